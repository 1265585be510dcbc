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
        yield from _table(by_margin(results, run), run, look)


def by_margin(results: Sequence[Result], run: Run) -> Mapping[str, tuple[Result, ...]]:
    """The results of one file by profile, those with the least room first, those that say nothing of it last."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.profile, []).append(result)
    rooms = {name: room(run, name, group[0].system.path) for name, group in found.items()}
    ordered = sorted(found, key=lambda n: (rooms[n] is None, (m := rooms[n]) and m.tightness, n))
    return {name: tuple(found[name]) for name in ordered}


def room(run: Run, profile: str, path: str) -> Margin | None:
    """The first margin of a profile: how much the open parameter of an assumption may be, if there is one."""
    return next((m for m in run.margins if (m.profile, m.path) == (profile, path)), None)


def room_text(margin: Margin | None) -> str:
    """`max_drop <= 12.85%`, or `room_for_the_bonus: 0.02 to spare`."""
    if margin is None:
        return ""
    if not margin.open:
        return f"{margin.assumption}: {readable(margin.value)} to spare"
    sign = ("<" if margin.most else ">") + ("" if margin.strict else "=")
    return f"{margin.open} {sign} {_share(margin)}"


def _share(margin: Margin) -> str:
    """Shares as percentages, which risk analysts read; anything else as a number."""
    if abs(margin.value) < 1 and margin.value.denominator != 1:
        return f"{readable(margin.value * 100)}%"
    return readable(margin.value)


def _table(groups: Mapping[str, tuple[Result, ...]], run: Run, look: Look) -> Iterator[Line]:
    rows: list[tuple[Cell, ...]] = []
    for name, results in groups.items():
        worst = next((r for r in results if not r.ok), results[0])
        told = outcome(worst, look.glyphs)
        words = summary(results)
        rows.append(
            (
                Cell(told.sign, told.role),
                Cell(name),
                Cell(room_text(room(run, name, worst.system.path))),
                Cell(words, "faint"),
            )
        )
    if look.width < _NARROW:
        for sign, named, margin, counted in rows:
            yield line(Piece(f"  {sign.text} ", sign.role), named.text)
            yield from indented("; ".join(t for t in (margin.text, counted.text) if t), "    ", look.width, "faint")
        return
    longest = [max(width(row[i].text) for row in rows) for i in range(4)]
    left = max(24, look.width - 8 - longest[0] - longest[2])
    widest = min(longest[1], left * 3 // 5)
    yield from table(rows, (longest[0], widest, longest[2], min(longest[3], left - widest)), frozenset())
