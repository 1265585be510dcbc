"""Profiles of real markets: what came out with their numbers, and how much room they leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.report.html.views import MarginRow, MarginTable, Outcome, ProfileRow
from verifier.report.profiles import value_text
from verifier.report.words import summary
from verifier.session.margins import Margin
from verifier.session.run import Result, Run
from verifier.system.transition import System


def profile_rows(run: Run) -> Iterator[ProfileRow]:
    """All profiles of a run: those that break an assumption first, then by name."""
    broken = [found.values.get("profile", "") for found in run.unmet]
    settled: dict[str, list[Result]] = {}
    for result in run.results:
        if result.profile:
            settled.setdefault(result.profile, []).append(result)
    names = dict.fromkeys((*broken, *settled, *run.profiles))
    for name in sorted(names, key=lambda n: (n not in broken, all(r.ok for r in settled.get(n, ())), n)):
        mine = settled.get(name, [])
        if name in broken:
            number = broken.count(name)
            outcome = Outcome("bad", "breaks an assumption" if number == 1 else f"breaks {number} assumptions")
        elif all(r.ok for r in mine):
            outcome = Outcome("good", "all as demanded" if mine else "meets the assumptions")
        else:
            outcome = Outcome("bad", "not as demanded")
        yield ProfileRow(name, outcome, summary(mine))


def margin_tables(run: Run) -> Iterator[MarginTable]:
    """A table for each assumption that speaks of numbers of profiles, those with the least room first. Specs that
    leave the same room share one."""
    groups: dict[tuple[str, str, str, str, bool], list[Margin]] = {}
    for margin in run.margins:
        groups.setdefault((margin.path, margin.spec, margin.assumption, margin.open, margin.most), []).append(margin)
    systems = {(r.system.path, r.system.spec): r.system for r in run.results}
    specs: dict[tuple[str, str, str, str, tuple[MarginRow, ...]], list[str]] = {}
    for (path, spec, assumption, open_, most), group in groups.items():
        meaning = _meaning(systems.get((path, spec)), assumption, open_, most=most)
        specs.setdefault((path, assumption, open_, meaning, _margin_rows(group)), []).append(spec)
    for (_, assumption, open_, meaning, rows), sharing in specs.items():
        yield MarginTable(assumption, ", ".join(sharing), meaning, f"{open_} may be" if open_ else "To spare", rows)


def _margin_rows(group: Sequence[Margin]) -> tuple[MarginRow, ...]:
    widest = max(abs(m.value) for m in group)
    return tuple(
        MarginRow(
            m.profile,
            _room(m),
            int(100 * abs(m.value) / widest) if widest and (m.open or m.value > 0) else 0,
            "bad" if not m.open and m.value < 0 else "plain",
        )
        for m in sorted(group, key=lambda m: (m.tightness, m.profile))
    )


def _room(margin: Margin) -> str:
    """`at most 12.85%`, or the number to spare."""
    if not margin.open:
        return value_text(margin)
    return f"{_WORDS[margin.most, margin.strict]} {value_text(margin)}"


_WORDS = {(True, False): "at most", (True, True): "less than", (False, False): "at least", (False, True): "more than"}
"""By whether a bound is an upper one, and whether it is excluded."""


def _meaning(system: System | None, assumption: str, open_: str, *, most: bool) -> str:
    """The assumption as written, and how its room is measured."""
    text = next((a.text for a in system.assumptions if a.name == assumption), "") if system is not None else ""
    said = f"`{' '.join(text.split())}`: " if text else ""
    if open_:
        return f"{said}with these numbers it bounds `{open_}` {'from above' if most else 'from below'}."
    return f"{said}by how much the two sides differ."
