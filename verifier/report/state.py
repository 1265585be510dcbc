"""A state that was held against the promises of a spec, for people and as JSON: what holds, what fails, by how much,
and which members are nearest to a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.report.json import diagnostic, dump, exact, number
from verifier.report.text import BLANK, Cell, Line, Look, Piece, Role, indented, line, plain_text, table, width
from verifier.report.words import count
from verifier.session.state import Judged, Level, Levels, Refused, StateReport
from verifier.system.numbers import approximate, finite_decimal, format_value
from verifier.system.numbers import number as number_text
from verifier.system.pretty import pretty
from verifier.system.terms import Agg, Term, Ty, Value
from verifier.system.thresholds import Measure, Part, Reading
from verifier.system.transition import Invariant, kind_of
from verifier.system.units import Units, unit_of, units_of

SCHEMA_VERSION = 1

_WORDS = {"holds": "holds", "fails": "fails", "skipped": "not evaluated"}
_CAUSES = {"max": "a maximum of nothing", "min": "a minimum of nothing"}
_SIGNS = {"le": "<=", "lt": "<", "ge": ">=", "gt": ">", "eq": "=="}
_ROLES: Mapping[str, Role] = {"holds": "good", "fails": "bad", "skipped": "warn"}


def report(found: StateReport, look: Look) -> list[Line]:
    """The report for a terminal."""
    units = units_of(found.system)
    out = [
        line(
            Piece(f"{found.system.spec} for {found.system.model}", "strong"),
            Piece(f"  {plain_text(found.system.path)}, in the state of {plain_text(found.name)}", "faint"),
        )
    ]
    out.extend(_members(found, look))
    for heading, judged in (("Assumptions", found.assumptions), ("Invariants", found.invariants)):
        if judged:
            out.extend((BLANK, line(Piece(heading, "strong"))))
            for one in judged:
                out.extend(_judged(one, found, units, look))
    if found.levels:
        out.extend((BLANK, line(Piece("Ratios", "strong"))))
        for levels in found.levels:
            out.extend(_levels(levels, found, look))
    return [*out, BLANK, *_sum(found, look)]


def _members(found: StateReport, look: Look) -> Iterator[Line]:
    sizes = [(s.name, len(found.scope.names.get(s.name, ()))) for s in found.system.sorts if not s.members]
    if sizes:
        yield from indented(", ".join(f"{size:_} of {name}" for name, size in sizes), "  ", look.width)
    kinds = {v.name: v.ty.kind for v in (*found.system.params, *found.system.states)}
    for name, missing in found.filled.items():
        entries = "entry is" if missing == 1 else "entries are"
        value = "false" if kinds[name] == "bool" else "0"
        text = f"{missing:_} {entries} missing in `{name}`, and taken as {value}."
        yield from indented(text, "  ", look.width, "warn")


def _sum(found: StateReport, look: Look) -> Iterator[Line]:
    counted: dict[str, int] = {}
    for judged in found.invariants:
        counted[_WORDS[judged.outcome]] = counted.get(_WORDS[judged.outcome], 0) + 1
    parts = [
        f"{counted[w]} {w if n == 'skipped' or counted[w] == 1 else w.removesuffix('s')}"
        for n, w in _WORDS.items()
        if w in counted
    ]
    broken = sum(a.outcome == "fails" for a in found.assumptions)
    text = f"{count(len(found.invariants), 'invariant')}: {', '.join(parts)}."
    if broken:
        text += f" {count(broken, 'assumption')} not met: what is proved of the spec says nothing about these numbers."
    yield from indented(
        f"{text} {found.seconds:.2f} s", "", look.width, _ROLES["holds" if not found.status else "fails"]
    )


# ---------------------------------------------------------------------------------------------- one promise


def _judged(judged: Judged, found: StateReport, units: Units, look: Look) -> Iterator[Line]:
    outcome = judged.outcome
    sign = {"holds": look.glyphs.good, "fails": look.glyphs.bad, "skipped": look.glyphs.open}[outcome]
    told = f"not evaluated: {judged.skipped}" if outcome == "skipped" else _told(judged)
    yield line("  ", Piece(sign, _ROLES[outcome]), f" {judged.name}", Piece(f"  {told}" if told else "", "faint"))
    for one in judged.measures:
        if isinstance(judged.about, Invariant) or not one.holds:
            yield from _measure(one, found, units, look)


def _told(judged: Judged) -> str:
    """`fails for 3 of 100_000`."""
    if judged.outcome != "fails":
        return ""
    several = [m for m in judged.measures if m.part.vars and m.failing]
    if len(several) == 1:
        return f"fails for {several[0].failing:_} of {several[0].concerned:_}"
    return "fails"


def _measure(one: Measure, found: StateReport, units: Units, look: Look) -> Iterator[Line]:
    part = one.part
    if not part.vars:
        yield from indented(_text(part, found, units), "      ", look.width, "code")
        yield from (x for r in one.nearest for x in _alone(r, part, found, units, look))
        return
    passed = f", {one.passed_over:_} are not concerned" if one.passed_over else ""
    cases = ("member" if len(part.vars) == 1 else "case") + ("" if one.concerned == 1 else "s")
    who = f"   ({one.concerned:_} {cases}{passed})"
    yield from indented(_text(part, found, units) + who, "      ", look.width, "code")
    if one.shortfall is not None and one.failing > 1:
        yield from indented(f"by {_value(one.shortfall, part, units)} in all", "      ", look.width, "bad")
    if (part.comparison is None and one.holds) or not one.nearest:
        return
    rows = [*_head(part, found, units), *(_row(r, part, found) for r in one.nearest)]
    if part.comparison is not None and not any(r.ratio is not None for r in one.nearest):
        rows = [row[:-1] for row in rows]
    sizes = [max(width(c.text) for c in column) for column in zip(*rows, strict=True)]
    while sum(sizes) + 2 * len(sizes) + 4 > look.width and max(sizes) > 12:
        sizes[sizes.index(max(sizes))] -= 1
    yield from (line("    ", *row) for row in table(rows, sizes, frozenset(range(1, len(sizes)))))
    for why in dict.fromkeys(_why(r, found, units) for r in one.nearest if r.undefined):
        if why:
            yield from indented(f"No value: {why}.", "      ", look.width, "bad")


def _why(reading: Reading, found: StateReport, units: Units) -> str:
    """Why a part has no value; empty where that was not found out."""
    match reading.lacking:
        case None:
            return ""
        case Agg(kind) as extreme:
            return f"`{pretty(extreme, found.scope, {}, units)}` is {_CAUSES[kind]}"
        case _:
            return "something is divided by zero"


def _alone(reading: Reading, part: Part, found: StateReport, units: Units, look: Look) -> Iterator[Line]:
    """The numbers of a part that is about no member: `6_800 USD <= 8_000 USD   (85% of the limit)`."""
    comparison = part.comparison
    role: Role = "faint" if reading.holds else "bad"
    if reading.undefined:
        why = _why(reading, found, units)
        yield from indented(f"It has no value{': ' if why else ''}{why}.", "      ", look.width, role)
    elif comparison is not None and reading.left is not None and reading.right is not None:
        sign = _SIGNS[comparison.op]
        sides = f"{_value(reading.left, part, units)} {sign} {_value(reading.right, part, units)}"
        share = f"{percent(reading.ratio)} of the limit" if reading.ratio is not None else ""
        by = f"left - right = {_value(reading.left - reading.right, part, units)}" if reading.over else ""
        more = ", ".join(p for p in (by, share) if p)
        yield from indented(sides + (f"   ({more})" if more else ""), "      ", look.width, role)
    elif not reading.holds:
        yield from indented("It is false.", "      ", look.width, role)


def _head(part: Part, found: StateReport, units: Units) -> Iterator[list[Cell]]:
    """What the columns are, and below it their unit."""
    who = Cell(", ".join(v.name.partition("'")[0] for v in part.vars), "faint")
    comparison = part.comparison
    if comparison is None:
        yield [who, Cell("", "faint")]
        return
    sides = (pretty(t, found.scope, {}, units) for t in comparison.args)
    yield [who, *(Cell(text, "faint") for text in (*sides, "left - right", "of the limit"))]
    unit = _unit(part, units)
    if unit:
        yield [Cell(""), Cell(unit, "faint"), Cell(unit, "faint"), Cell(unit, "faint"), Cell("")]


def _row(reading: Reading, part: Part, found: StateReport) -> list[Cell]:
    who = Cell(plain_text(", ".join(_names(reading.members, part, found))))
    role: Role = "plain" if reading.holds else "bad"
    if part.comparison is None:
        return [who, Cell("has no value" if reading.undefined else "true" if reading.holds else "false", role)]
    if reading.undefined or reading.left is None or reading.right is None:
        return [who, Cell("has no value", role), Cell(""), Cell(""), Cell("")]
    share = percent(reading.ratio) if reading.ratio is not None else ""
    sides = (reading.left, reading.right, reading.left - reading.right)
    return [who, *(Cell(short(v), role) for v in sides), Cell(share, role)]


def _value(value: int | Fraction, part: Part, units: Units) -> str:
    unit = _unit(part, units)
    return decimal(value) + (f" {unit}" if unit else "")


def short(value: int | Fraction) -> str:
    """A number for a table: rounded where it has many digits."""
    told = decimal(value)
    return told if len(told) <= 14 else f"≈ {approximate(Fraction(value), 8)}"


def decimal(value: int | Fraction) -> str:
    """A number in decimals: exact where it has not too many of them, else `≈` and the first ones."""
    if finite_decimal(abs(Fraction(value))) is not None:
        return number_text(value)
    return f"≈ {approximate(Fraction(value), 8)}"


def _unit(part: Part, units: Units) -> str:
    comparison = part.comparison
    known = [u for t in comparison.args if (u := unit_of(t, units)) is not None] if comparison is not None else []
    return str(known[0]) if known else ""


def _text(part: Part, found: StateReport, units: Units) -> str:
    """`debt[a] <= value(a)`, with whom it concerns behind it."""
    guards = " and ".join(pretty(g, found.scope, {}, units) for g in part.guards)
    return pretty(part.claim, found.scope, {}, units) + (f"   where {guards}" if guards else "")


def _names(members: Sequence[Value], part: Part, found: StateReport) -> list[str]:
    """The names of members."""
    return [format_value(m, v.ty, "", found.scope) for m, v in zip(members, part.vars, strict=True)]


def percent(ratio: Fraction) -> str:
    """A share, as a percentage that never rounds across the threshold: `99.99…%` is below it."""
    value = ratio * 100
    exact_text = finite_decimal(value)
    if exact_text is not None and len(exact_text) <= 8:
        return f"{exact_text}%"
    told = approximate(value, 5)
    if (ratio < 1) != (Fraction(told.replace("_", "")) < 100):
        return "just below 100%" if ratio < 1 else "just above 100%"
    return f"{told}%"


# ---------------------------------------------------------------------------------------------- ratios


def _levels(levels: Levels, found: StateReport, look: Look) -> Iterator[Line]:
    definition = levels.definition
    if not definition.args:
        value = decimal(levels.lowest[0].value) if levels.lowest else ""
        told = f"≈ {value[2:]}" if value.startswith("≈") else f"= {value}" if value else "has no value"
        yield from indented(f"{definition.name} {told}", "  ", look.width)
        return
    listed = ", ".join(a.name for a in definition.args)
    none = f", {levels.undefined:_} without" if levels.undefined else ""
    yield from indented(f"{definition.name}({listed})   ({levels.number:_} values{none})", "  ", look.width)
    for word, some in (("lowest", levels.lowest), ("highest", levels.highest)):
        told = ", ".join(f"{plain_text(', '.join(_level_names(x, levels, found)))} {decimal(x.value)}" for x in some)
        if told:
            yield from indented(f"{word}: {told}", "      ", look.width, "faint")


def _level_names(level: Level, levels: Levels, found: StateReport) -> list[str]:
    pairs = zip(level.members, levels.definition.args, strict=True)
    return [format_value(m, a.ty, "", found.scope) for m, a in pairs]


# ---------------------------------------------------------------------------------------------- for machines


def document(found: StateReport) -> str:
    """The report as JSON; docs/state.schema.json is its schema."""
    units = units_of(found.system)
    system = found.system
    return dump(
        {
            "schema_version": SCHEMA_VERSION,
            "exit_status": found.status,
            "spec": system.spec,
            "model": system.model,
            "path": system.path,
            "state": found.name,
            "members": {s.name: len(found.scope.names.get(s.name, ())) for s in system.sorts if not s.members},
            "missing_entries": dict(found.filled),
            "assumptions": [_entry(j, found, units) for j in found.assumptions],
            "invariants": [_entry(j, found, units) for j in found.invariants],
            "ratios": [_ratio(x, found) for x in found.levels],
            "errors": [],
            "seconds": round(found.seconds, 3),
        }
    )


def refusal(found: Refused) -> str:
    """The same document where nothing was evaluated: without a spec, and with the mistakes in `errors`."""
    return dump(
        {
            "schema_version": SCHEMA_VERSION,
            "exit_status": 2,
            **dict.fromkeys(("spec", "model", "path", "state")),
            "members": {},
            "missing_entries": {},
            **{what: [] for what in ("assumptions", "invariants", "ratios")},
            "errors": [diagnostic(d, found.sources) for d in found.diagnostics],
            "seconds": 0,
        }
    )


def _entry(judged: Judged, found: StateReport, units: Units) -> dict[str, Any]:
    about = judged.about
    match about:
        case Invariant():
            kind = kind_of(about)
        case _:
            kind = about.kind
    return {
        "name": judged.name,
        "kind": kind,
        "outcome": judged.outcome,
        "reason": judged.skipped or None,
        "parts": [_part(m, found, units) for m in judged.measures],
    }


def _part(one: Measure, found: StateReport, units: Units) -> dict[str, Any]:
    part = one.part
    return {
        "text": pretty(part.claim, found.scope, {}, units),
        "where": [pretty(g, found.scope, {}, units) for g in part.guards],
        "for_all": [{"name": v.name.partition("'")[0], "sort": v.ty.name or v.ty.kind} for v in part.vars],
        "unit": _unit(part, units) or None,
        "holds": one.holds,
        "concerned": one.concerned,
        "not_concerned": one.passed_over,
        "failing": one.failing,
        "shortfall": _number(one.shortfall),
        "nearest": [_reading(r, part, found) for r in one.nearest],
    }


def _reading(reading: Reading, part: Part, found: StateReport) -> dict[str, Any]:
    known = reading.left is not None and reading.right is not None
    return {
        "members": [_member(m, v.ty, found) for m, v in zip(reading.members, part.vars, strict=True)],
        "holds": reading.holds,
        "undefined": reading.undefined,
        "cause": _cause(reading.lacking),
        "left": _number(reading.left),
        "right": _number(reading.right),
        "difference": _number(reading.left - reading.right) if known else None,  # type: ignore[operator]
        "share": _number(reading.ratio),
    }


def _cause(lacking: Term | None) -> str | None:
    match lacking:
        case None:
            return None
        case Agg(kind):
            return _CAUSES[kind].removeprefix("a ")
        case _:
            return "division by zero"


def _ratio(levels: Levels, found: StateReport) -> dict[str, Any]:
    def told(some: Sequence[Level]) -> list[dict[str, Any]]:
        return [{"members": _level_names(x, levels, found), "value": number(x.value)} for x in some]

    return {
        "name": levels.definition.name,
        "values": levels.number,
        "undefined": levels.undefined,
        "lowest": told(levels.lowest),
        "highest": told(levels.highest),
    }


def _member(value: Value, ty: Ty, found: StateReport) -> Any:
    return exact(value, ty, found.scope)


def _number(value: int | Fraction | None) -> bool | int | str | None:
    return None if value is None else number(value)
