"""Why a proved property holds, one line for each action: the pages of `verify-spec explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from verifier.engines.grounds import Account, Arithmetic, Ground, Reason
from verifier.language.source import Source, Span
from verifier.report.text import BLANK, Cell, Line, Look, Piece, indented, line, plain_text, table, width
from verifier.report.words import how, outcome
from verifier.session.run import Result
from verifier.system.deadlines import counter_of
from verifier.system.transition import Enabled, Invariant, Property, Responds, Rule

WIDEST = 120
"""Columns beyond which prose is not spread."""


def verdict_line(result: Result, look: Look) -> Line:
    """What came out, and by which method."""
    told = outcome(result, look.glyphs)
    return line(Piece(f"{told.sign} {told.word}", told.role), f"  {how(result.verdict)}")


def account_page(result: Result, account: Account, sources: Mapping[str, Source], look: Look) -> Iterator[Line]:
    """The reasons, the lemmas with theirs, and what all of it rests on."""
    columns = Look(min(look.width, WIDEST), look.colour, look.glyphs)
    names = {found.text: _numbered(i, len(account.lemmas)) for i, found in enumerate(account.lemmas, start=1)}
    yield BLANK
    yield line(Piece("Why it holds", "strong"))
    yield from _reasons(account.reasons, result.prop, names, columns)
    for found in account.lemmas:
        yield BLANK
        name = names[found.text]
        yield line(Piece(f"{name[:1].upper()}{name[1:]}", "strong"), ", found and proved on the way:")
        yield from indented(plain_text(found.text), "  ", columns.width, "code")
        yield from _reasons(found.reasons, None, names, columns)
    if isinstance(result.prop, Responds):
        yield BLANK
        yield from indented(_counted(result.prop), "", columns.width)
    yield from _arithmetic(account.arithmetic, columns)
    rest = grounds(account)
    if rest:
        yield BLANK
        yield line(Piece("It rests on", "strong"))
        yield from _rest(rest, sources, columns)
    yield BLANK
    yield from indented(
        "Each line names facts that suffice and of which none can be spared; there may be other ways.",
        "", columns.width, "faint",
    )  # fmt: skip


def _counted(prop: Responds) -> str:
    """What the counter is that a proof of a deadline speaks of."""
    counter = counter_of(prop.heading.name)
    return f"`{counter}` is how often `{prop.action}` has run since the wait began, and -1 while nothing is waited for."


def grounds(account: Account) -> tuple[Ground, ...]:
    """All that the reasons name, once each, but for the property and the lemmas themselves."""
    reasons = (*account.reasons, *(r for found in account.lemmas for r in found.reasons))
    order = ("require", "condition", "range", "divisor", "nothing_fits", "where", "assume", "rely", "invariant")
    named = dict.fromkeys(g for r in reasons for g in r.grounds if g.kind in order)
    return tuple(sorted(named, key=lambda g: order.index(g.kind)))


def _numbered(number: int, of: int) -> str:
    return "the lemma" if of == 1 else f"lemma {number}"


# ---------------------------------------------------------------------------------------------- reasons


def _reasons(reasons: Sequence[Reason], prop: Property | None, names: Mapping[str, str], look: Look) -> Iterator[Line]:
    """A table of actions and reasons; actions with the same reason share a line."""
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for reason in reasons:
        said = (because(reason, prop, names), reason.notes)
        shared.setdefault(said, []).append("at the start" if reason.where == "start" else reason.where)
    rows = [
        [Cell(plain_text(", ".join(where))), Cell(". ".join((said, *notes)))] for (said, notes), where in shared.items()
    ]
    widest = max(width(r[0].text) for r in rows)
    left = min(widest, max(16, look.width // 3))
    yield from table(rows, (left, max(24, look.width - left - 6)))


def because(reason: Reason, prop: Property | None, names: Mapping[str, str]) -> str:
    """Why one part of a proof goes through."""
    match reason.kind:
        case "untouched":
            return "changes nothing that it speaks of"
        case "always":
            return _always(reason, prop)
        case "open":
            return "no single step shows it: the proof takes another way"
        case "grounds":
            before = any(g.kind == "itself" for g in reason.grounds)
            by = listed(phrases(reason.grounds, names))
            if before:
                return f"it held before, and {by}" if by else "it held before, and this does not break it"
            return f"by {by}"
        case _:
            assert_never(reason.kind)


def _always(reason: Reason, prop: Property | None) -> str:
    match prop:
        case Enabled():
            return "in any state at all"
        case Rule():
            return "by what the calls do, whatever was before"
        case Invariant() | Responds() | None:
            return "whatever `init` chooses" if reason.where == "start" else "makes it true, whatever was before"
        case _:
            return "by what it does, whatever was before"


def phrases(grounds_: Sequence[Ground], names: Mapping[str, str]) -> list[str]:
    """The facts in words; those that go by a name are listed together."""
    out: list[str] = []
    told: set[str] = set()
    for ground in grounds_:
        match ground.kind:
            case "itself":
                pass
            case "where" | "assume" | "rely" | "invariant" as kind:
                if kind not in told:
                    told.add(kind)
                    these = [f"`{g.name}`" for g in grounds_ if g.kind == kind]
                    out.append(f"{_HEADS[kind][len(these) > 1]} {listed(these)}")
            case _:
                out.append(_phrase(ground, names))
    return out


_HEADS: Mapping[str, tuple[str, str]] = {
    "where": ("the bounds of", "the bounds of"),
    "assume": ("assumption", "assumptions"),
    "rely": ("rely", "relies"),
    "invariant": ("invariant", "invariants"),
}


def _phrase(ground: Ground, names: Mapping[str, str]) -> str:
    text = plain_text(" ".join(ground.text.split()))
    match ground.kind:
        case "require":
            return f"`require {text}`"
        case "condition":
            return f"the rule's own `require {text}`"
        case "range":
            return f"the range of `{text}`"
        case "divisor":
            return f"the divisor `{text}`, which is not zero"
        case "nothing_fits":
            return f"`{text}`, which reverts over nothing"
        case "lemma":
            return names.get(ground.text, f"`{text}`")
        case "where" | "assume" | "rely" | "invariant" | "itself":
            return f"`{ground.name}`"
        case _:
            assert_never(ground.kind)


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


# ---------------------------------------------------------------------------------------------- arithmetic


def _arithmetic(parts: Sequence[Arithmetic], look: Look) -> Iterator[Line]:
    """The certificates, part by part."""
    if not parts:
        return
    yield BLANK
    yield line(Piece("The arithmetic", "strong"))
    preface = (
        "Suppose that it fails. Then each fact below holds, and so does their sum, each of them times a number above "
        "zero or times another one. The sum is false, so it does not fail. No solver is needed to check that."
    )
    yield from indented(preface, "  ", look.width, "faint")
    for part in parts:
        yield BLANK
        yield line("  ", Piece("at the start" if part.where == "start" else plain_text(part.where), "strong"))
        if part.lost:
            yield from indented(f"No certificate was found: {part.lost}.", "    ", look.width, "faint")
        for one in part.lines:
            indent = " " * (4 + 2 * min(one.depth, 8))
            match one.role:
                case "sum":
                    first, *others = indented(f"{one.text}  [{one.source}]", f"{indent}  ", look.width)
                    yield line(indent, "+ ", *first[1:])
                    yield from others
                case "step" | "total":
                    yield from indented(one.text, indent, look.width, "faint" if one.role == "step" else "plain")
                case _:
                    assert_never(one.role)


# ---------------------------------------------------------------------------------------------- what it rests on


def _rest(rest: Sequence[Ground], sources: Mapping[str, Source], look: Look) -> Iterator[Line]:
    rows = [
        [
            Cell(_kind(g), "faint"),
            Cell(_said(g)),
            Cell(_place(g.span, sources), "place"),
        ]
        for g in rest
    ]
    first = max(width(r[0].text) for r in rows)
    last = min(max(width(r[2].text) for r in rows), max(16, look.width * 2 // 5))
    middle = min(max(width(r[1].text) for r in rows), max(20, look.width - first - last - 8))
    yield from table(rows, (first, middle, last))


def _kind(ground: Ground) -> str:
    match ground.kind:
        case "condition":
            return "require"
        case "where":
            return "bounds"
        case "divisor" | "nothing_fits":
            return "revert"
        case _:
            return ground.kind


def _said(ground: Ground) -> str:
    text = plain_text(" ".join(ground.text.split()))
    return f"{ground.name}: {text}" if ground.name and ground.kind not in ("require", "condition", "range") else text


def _place(span: Span, sources: Mapping[str, Source]) -> str:
    source = sources.get(span.path)
    return f"{plain_text(source.path)}:{source.position(span.start).line}" if source is not None else ""


# ---------------------------------------------------------------------------------------------- for machines


def entry(account: Account, prop: Property, place: Any) -> dict[str, Any]:
    """An account as a JSON value; `place` makes one of a span."""
    names = {found.text: _numbered(i, len(account.lemmas)) for i, found in enumerate(account.lemmas, start=1)}
    return {
        "reasons": [_reason(r, prop, names, place) for r in account.reasons],
        "lemmas": [
            {"text": found.text, "reasons": [_reason(r, None, names, place) for r in found.reasons]}
            for found in account.lemmas
        ],
        "rests_on": [_ground(g, place) for g in grounds(account)],
        "arithmetic": [
            {
                "where": part.where,
                "lost": part.lost or None,
                "lines": [
                    {"depth": x.depth, "role": x.role, "text": x.text, "source": x.source or None} for x in part.lines
                ],
            }
            for part in account.arithmetic
        ],
    }


def _reason(reason: Reason, prop: Property | None, names: Mapping[str, str], place: Any) -> dict[str, Any]:
    return {
        "where": reason.where,
        "kind": reason.kind,
        "because": because(reason, prop, names),
        "grounds": [_ground(g, place) for g in reason.grounds],
        "notes": list(reason.notes),
    }


def _ground(ground: Ground, place: Any) -> dict[str, Any]:
    return {
        "kind": ground.kind,
        "name": ground.name or None,
        "text": " ".join(ground.text.split()),
        "place": place(ground.span),
    }
