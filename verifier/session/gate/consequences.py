"""What becomes of the promises where a profile's numbers break an assumption.

Nothing is proved for such numbers any more. Whether something is also lost is worth knowing: the invariants are settled
with these numbers and without the assumptions that they break, and those that are violated then are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.session.assumptions import unmet
from verifier.session.beside import read_beside
from verifier.session.choose import Job
from verifier.session.run import Result
from verifier.session.schedule import Schedule
from verifier.session.session import Prepared
from verifier.system.transition import Invariant, System

if TYPE_CHECKING:
    from verifier.session.progress import Listen

_MOST = 5
"""How many pairs of a profile and a spec are looked at: the first ones tell the story."""


def violations(prepared: Prepared, depth: int | None, listen: Listen, until: float | None) -> tuple[Result, ...]:
    """The invariants that are broken with the numbers of profiles which do not meet the assumptions."""
    jobs = tuple(_jobs(prepared))[:_MOST]
    if not jobs:
        return ()
    told = Schedule(jobs, depth, listen, None, until).results()
    return tuple(r for r in told if isinstance(r, Result) and r.verdict.name == "violated")


def _jobs(prepared: Prepared) -> Iterator[Job]:
    for item in read_beside(prepared).profiled:
        broken = {d.values.get("assumption") for d in unmet(item)}
        if not broken or (not item.demanded and _about_a_flaw(item.system)):
            continue
        kept = tuple(a for a in item.system.assumptions if a.name not in broken)
        names = frozenset(
            p.heading.name
            for p in item.system.properties
            if isinstance(p, Invariant) and not p.lemma and not p.heading.expect_violated
        )
        if names:
            yield Job(replace(item.system, assumptions=kept), names, item.profile)


def _about_a_flaw(system: System) -> bool:
    return any(p.heading.expect_violated for p in system.properties)
