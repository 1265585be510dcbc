"""All jobs of a request: what is needed of parts first, then the rest side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.session.choose import Job
from verifier.session.parts import Parts, Prepare
from verifier.session.progress import Listen, Progress
from verifier.session.run import Notice, Result
from verifier.session.schedule import Schedule
from verifier.system.transition import Scenario, System

if TYPE_CHECKING:
    from verifier.engines.verdict import Level
    from verifier.session.cache import Cache
    from verifier.session.session import Prepared

Told = tuple[Result | Notice, ...]


def settle(
    prepared: Prepared,
    jobs: tuple[Job, ...],
    depth: int | None,
    listen: Listen,
    cache: Cache | None,
    prepare: Prepare,
    until: float | None = None,
) -> Told:
    """The results of all jobs, in their order. Specs of parts that were not asked for are settled silently, with
    `prepare` to read them. `until` is when to stop, on the clock of `perf_counter`."""
    checked = {_key(system): (spec, prepared.loaded.paths) for _, spec, system in prepared.systems}
    early: dict[int, Told] = {}

    def proved(job: Job) -> Mapping[str, Level]:
        asked = next((i for i, other in enumerate(jobs) if _covers(other, job)), None)
        if asked is None:
            silent = replace(job, second=any(other.second for other in jobs))
            told = tuple(Schedule((silent,), depth, _silence, cache, until).results())
        else:
            loud = replace(jobs[asked], system=job.system, parts=job.parts)
            told = tuple(Schedule((loud,), depth, listen, cache, until).results())
            early[asked] = told
        results = (r for r in told if isinstance(r, Result) and r.verdict.name == "proved")
        return {r.prop.heading.name: r.verdict.level or "L0" for r in results}

    parts = Parts(prepare, proved, prepared)
    ready = [parts.told(job, *checked[_key(job.system)]) if _needs_proofs(job) else job for job in jobs]
    rest = {i: job for i, job in enumerate(ready) if i not in early}
    told = list(Schedule(tuple(rest.values()), depth, listen, cache, until).results())
    return tuple(_in_order(ready, early, told))


def _key(system: System) -> tuple[str, str, str]:
    return system.path, system.model, system.spec


def _covers(asked: Job, job: Job) -> bool:
    return not asked.profile and _key(asked.system) == _key(job.system) and job.names <= asked.names


def _needs_proofs(job: Job) -> bool:
    return any(p.heading.name in job.names and not isinstance(p, Scenario) for p in job.system.properties)


def _silence(_: Progress) -> None:
    pass


def _in_order(jobs: list[Job], early: dict[int, Told], told: list[Result | Notice]) -> Iterator[Result | Notice]:
    for index, job in enumerate(jobs):
        if index in early:
            yield from early[index]
        else:
            yield from (one for one in told if one.system is job.system)
