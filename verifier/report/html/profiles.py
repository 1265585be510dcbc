"""Profiles of real markets: what came out with their numbers, and how much room they leave."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.html.views import Outcome, ProfileRow
from verifier.report.words import summary
from verifier.session.run import Result, Run


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
