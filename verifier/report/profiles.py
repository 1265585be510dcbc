"""Many markets at once: a table with a line for each profile, those with the least room first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from verifier.report.text import Cell, Line, Look, Piece, indented, line, plain_text, table, width
from verifier.report.words import count, outcome, summary
from verifier.session.margins import Margin
from verifier.session.run import Result, Run
from verifier.system.numbers import readable

_NARROW = 64


def several(run: Run) -> bool:
    """Whether the run is about more than one profile."""
    return len({r.profile for r in run.results if r.profile} | {m.profile for m in run.margins}) > 1


def profile_tables(run: Run, look: Look) -> Iterator[Line]:
    """A table for each file of specs."""
    ordered = sorted(run.results, key=lambda r: r.system.path)
    for path, group in groupby(ordered, key=lambda r: r.system.path):
        results = tuple(group)
        specs = ", ".join(dict.fromkeys(r.system.spec for r in results))
        these = count(len({r.profile for r in results}), "profile")
        yield line(Piece(f"{these} of {results[0].system.model}", "strong"), Piece(f"  {plain_text(path)}", "faint"))
        yield from indented(f"Specs: {specs}", "  ", look.width, "faint")
        yield line("")
        yield from _table(results, _rooms(run, path), look)


def _rooms(run: Run, path: str) -> Mapping[str, Margin]:
    """The first margin of each profile: how much the open parameter of an assumption may be, if there is one."""
    found: dict[str, Margin] = {}
    for margin in run.margins:
        if margin.path == path:
            found.setdefault(margin.profile, margin)
    return found


def _by_room(results: Sequence[Result], rooms: Mapping[str, Margin]) -> Mapping[str, Sequence[Result]]:
    """The results of one file by profile, those with the least room first, those that say nothing of it last."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.profile, []).append(result)
    ordered = sorted(found, key=lambda n: (n not in rooms, rooms[n].tightness if n in rooms else 0, n))
    return {name: found[name] for name in ordered}


def room_text(margin: Margin) -> str:
    """`max_drop <= 12.85%`, or `room_for_the_bonus: 0.02 to spare`."""
    if not margin.open:
        return f"{margin.assumption}: {value_text(margin)} to spare"
    sign = ("<" if margin.most else ">") + ("" if margin.strict else "=")
    return f"{margin.open} {sign} {value_text(margin)}"


def value_text(margin: Margin) -> str:
    """The bound of an open parameter, shares as percentages, which risk analysts read; else the number to spare."""
    if margin.open and abs(margin.value) < 1 and margin.value.denominator != 1:
        return f"{readable(margin.value * 100)}%"
    return readable(margin.value)


def _table(results: Sequence[Result], rooms: Mapping[str, Margin], look: Look) -> Iterator[Line]:
    rows: list[tuple[Cell, ...]] = []
    for name, mine in _by_room(results, rooms).items():
        told = outcome(next((r for r in mine if not r.ok), mine[0]), look.glyphs)
        room = room_text(rooms[name]) if name in rooms else ""
        rows.append((Cell(told.sign, told.role), Cell(name), Cell(room), Cell(summary(mine), "faint")))
    if look.width < _NARROW:
        for sign, named, margin, counted in rows:
            yield line(Piece(f"  {sign.text} ", sign.role), named.text)
            yield from indented("; ".join(t for t in (margin.text, counted.text) if t), "    ", look.width, "faint")
        return
    longest = [max(width(row[i].text) for row in rows) for i in range(4)]
    left = max(24, look.width - 8 - longest[0] - longest[2])
    widest = min(longest[1], left * 3 // 5)
    yield from table(rows, (longest[0], widest, longest[2], min(longest[3], left - widest)), frozenset())
