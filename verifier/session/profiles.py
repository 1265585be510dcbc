"""Profiles: parameters with the numbers of a real market, in a TOML file beside the spec.

`spec/lending/pool.toml` holds the profiles for the specs in `spec/lending/pool.vspec`. A profile gives a value to every
parameter of its model; parameters that a spec adds stay symbolic unless the profile gives them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from fractions import Fraction
from itertools import product
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.suggestion import suggest
from verifier.session.toml import Raw, RawTable
from verifier.system.numbers import number
from verifier.system.terms import Ty, Value
from verifier.system.trace import Cell
from verifier.system.transition import System, Variable

_OWN_KEYS = ("name", "model", "source", "spec")


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """A system that profiles may apply to. `added` are the parameters that its spec adds to the model's."""

    system: System
    added: frozenset[str]


@final
@dataclass(frozen=True, slots=True)
class Profiled:
    """A system with the numbers of one profile."""

    profile: str
    system: System
    raw: RawTable
    source: Source
    demanded: bool
    """Whether the profile names this spec, rather than all specs of its model."""


def read_profiles(
    source: Source, tables: Sequence[RawTable], candidates: Sequence[Candidate]
) -> tuple[tuple[Profiled, ...], tuple[Diagnostic, ...]]:
    """The systems with each profile's numbers, and everything that is wrong in the profiles."""
    out: list[Profiled] = []
    found: list[Diagnostic] = []
    names: dict[str, RawTable] = {}
    for raw in (t for t in tables if t.what == "profile"):
        before = len(found)
        mine = tuple(_apply(raw, source, candidates, names, found))
        if len(found) == before:
            out.extend(mine)
    return tuple(out), tuple(found)


def selected(name: str, globs: Sequence[str]) -> bool:
    """Whether one of the globs names the profile."""
    return any(fnmatchcase(name, glob) for glob in globs)


def _apply(
    raw: RawTable,
    source: Source,
    candidates: Sequence[Candidate],
    names: dict[str, RawTable],
    problems: list[Diagnostic],
) -> Iterable[Profiled]:
    name = _text(raw, source, "name", problems)
    model = _text(raw, source, "model", problems)
    if name is None or model is None:
        return
    if name in names:
        first = names[name].place(source, "name")
        problems.append(Diagnostic("VS0513", raw.place(source, "name"), {"name": name}, (("first", first),)))
        return
    names[name] = raw
    mine = [c for c in candidates if c.system.model == model]
    if not mine:
        known = dict.fromkeys(c.system.model for c in candidates)
        values = {"name": model, "what": "model", "suggestion": suggest(model, known)}
        problems.append(Diagnostic("VS0514", raw.place(source, "model"), values))
        return
    demanded = _specs(raw, source, mine, problems)
    if demanded is None:
        return
    mine = [c for c in mine if not demanded or c.system.spec in demanded]
    # A misspelt parameter is one mistake: the one that is meant is not reported as missing too.
    reported = _unknown(raw, source, name, mine, problems)
    for candidate in mine:
        fixed: dict[str, Cell] = {}
        for variable in candidate.system.params:
            value = _find(raw.values, variable.name)
            if value is None:
                if variable.name not in candidate.added and _finite(variable, candidate.system):
                    _missing(raw, variable, name, reported, problems)
                continue
            cell = _cell(value, variable, candidate.system)
            if isinstance(cell, _Wrong):
                _wrong(raw, source, variable, cell, reported, problems)
            else:
                fixed[variable.name] = cell
        yield Profiled(name, replace(candidate.system, fixed=fixed), raw, source, bool(demanded))


def _text(raw: RawTable, source: Source, key: str, problems: list[Diagnostic]) -> str | None:
    value = raw.values.get(key)
    if isinstance(value, str) and value:
        return value
    span = raw.place(source, key) if key in raw.values else raw.span
    problems.append(Diagnostic("VS0512", span, {"key": key}))
    return None


def _specs(
    raw: RawTable, source: Source, candidates: Sequence[Candidate], problems: list[Diagnostic]
) -> frozenset[str] | None:
    """The specs that the profile asks for; empty means all, None that there is no such spec."""
    value = raw.values.get("spec")
    if value is None:
        return frozenset()
    wanted = value if isinstance(value, list) else [value]
    known = [c.system.spec for c in candidates]
    for spec in wanted:
        if spec not in known:
            values = {"name": str(spec), "what": "spec", "suggestion": suggest(str(spec), known)}
            problems.append(Diagnostic("VS0514", raw.place(source, "spec"), values))
            return None
    return frozenset(str(s) for s in wanted)


def _unknown(
    raw: RawTable, source: Source, name: str, candidates: Sequence[Candidate], problems: list[Diagnostic]
) -> set[str]:
    """Report keys that are no parameters. Returns the parameters that are probably meant by them."""
    known = {v.name.split(".")[0] for c in candidates for v in c.system.params}
    missing = sorted(known - raw.values.keys())
    meant: set[str] = set()
    for key in raw.values:
        if key not in _OWN_KEYS and key not in known:
            meant.update(get_close_matches(key, missing, n=1))
            model = candidates[0].system.model
            values = {"key": key, "model": model, "profile": name, "suggestion": suggest(key, missing or sorted(known))}
            problems.append(Diagnostic("VS0515", raw.key(source, key), values))
    return meant


def _missing(raw: RawTable, variable: Variable, name: str, reported: set[str], problems: list[Diagnostic]) -> None:
    if variable.name not in reported:
        reported.add(variable.name)
        values = {"key": variable.name, "profile": name, "unit": _of_unit(variable)}
        others = (("declared", variable.span),) if variable.span.path else ()
        problems.append(Diagnostic("VS0516", raw.span, values, others))


def _wrong(
    raw: RawTable, source: Source, variable: Variable, wrong: _Wrong, reported: set[str], problems: list[Diagnostic]
) -> None:
    if variable.name not in reported:
        reported.add(variable.name)
        values = {"key": variable.name, "expected": wrong.expected, "got": wrong.got}
        others = (("declared", variable.span),) if variable.span.path else ()
        problems.append(Diagnostic("VS0517", raw.place(source, variable.name.split(".")[0]), values, others))


def _of_unit(variable: Variable) -> str:
    return f" (in {variable.unit})" if variable.unit else ""


def _find(values: Mapping[str, Raw], name: str) -> Raw | None:
    """A field of a struct is a key in a table."""
    head, _, rest = name.partition(".")
    value = values.get(head)
    if rest:
        return _find(value, rest) if isinstance(value, dict) else None
    return value


# ---------------------------------------------------------------------------------------------- values


@final
@dataclass(frozen=True, slots=True)
class _Wrong:
    """A value that does not fit, in words."""

    expected: str
    got: str


def _members(ty: Ty, system: System) -> tuple[str, ...] | None:
    """The names by which a table gives the members; None for a sort of any size."""
    sort = system.sort(ty.name)
    if sort.members or sort.size is None:
        return sort.members or None
    return tuple(f"{sort.name.lower()}_{i}" for i in range(1, sort.size + 1))


def _finite(variable: Variable, system: System) -> bool:
    return all(_members(k, system) is not None for k in variable.keys) and variable.ty.kind != "sort"


def _cell(raw: Raw, variable: Variable, system: System) -> Cell | _Wrong:
    if not variable.keys:
        return _value(raw, variable, system)
    members = [_members(k, system) for k in variable.keys]
    if any(m is None for m in members):
        return _Wrong("no value here: this map has an entry for each member of a sort of any size", show(raw))
    entries: dict[tuple[int, ...], Value] = {}
    for key in product(*(range(len(m or ())) for m in members)):
        value: Raw | None = raw
        path: list[str] = []
        for index, names in zip(key, members, strict=True):
            label = (names or ())[index]
            path.append(label)
            if isinstance(value, list):
                value = value[index] if len(value) == len(names or ()) else None
            elif isinstance(value, dict):
                value = value.get(label)
            else:
                listed = ", ".join(names or ())
                return _Wrong(f"a table with the keys {listed}", show(raw))
        if value is None:
            return _Wrong(f"a value for {', '.join(path)}", "none")
        entry = _value(value, variable, system)
        if isinstance(entry, _Wrong):
            return _Wrong(f"{entry.expected} for {', '.join(path)}", entry.got)
        entries[key] = entry
    extra = _extra_key(raw, members[0] or ())
    return _Wrong(f"no other keys than {', '.join(members[0] or ())}", f"`{extra}`") if extra else entries


def _extra_key(raw: Raw, members: tuple[str, ...]) -> str:
    return next((k for k in raw if k not in members), "") if isinstance(raw, dict) else ""


def _value(raw: Raw, variable: Variable, system: System) -> Value | _Wrong:
    match variable.ty.kind, raw:
        case "bool", bool():
            return raw
        case "bool", _:
            return _Wrong("`true` or `false`", show(raw))
        case (("int" | "real"), bool()):
            return _Wrong("a number", show(raw))
        case "real", int() | Fraction():
            return _in_range(Fraction(raw), variable)
        case "int", int():
            return _in_range(raw, variable)
        case "int", Fraction(denominator=1):
            return _in_range(int(raw), variable)
        case "int", Fraction():
            return _Wrong("a whole number", show(raw))
        case (("int" | "real"), _):
            return _Wrong("a number, such as 0.05 for 5%", show(raw))
        case "enum", str():
            members = system.sort(variable.ty.name).members
            if raw in members:
                return members.index(raw)
            return _Wrong(f"one of {', '.join(members)}", show(raw))
        case _:
            return _Wrong(f"a member of {variable.ty.name} by name", show(raw))


def _in_range(value: int | Fraction, variable: Variable) -> Value | _Wrong:
    if variable.low is not None and value < variable.low:
        return _Wrong(f"a value of at least {variable.low}", show(value))
    if variable.high is not None and value > variable.high:
        return _Wrong(f"a value of at most {variable.high}", show(value))
    return value


def show(raw: Raw) -> str:
    """A TOML value for a message."""
    match raw:
        case bool():
            return str(raw).lower()
        case int():
            return str(raw) if abs(raw) < 10**30 else "a number of more than 30 digits"
        case Fraction():
            return number(raw)
        case str():
            return f'"{raw}"' if len(raw) < 40 else "a long text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:  # a date or a time
            return str(raw)
