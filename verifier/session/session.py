"""The public Python API: from paths to a `Run`.

`check` shows the whole way, stage by stage:

    text → syntax → names and types → transition system → verdicts → Run
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING, final

from verifier.language.diagnostics import Diagnostic
from verifier.session.agreed import agreed
from verifier.session.choose import Job, jobs_of
from verifier.session.library import target_of
from verifier.session.load import Loaded, Target, load, once
from verifier.session.run import Notice, Result, Run
from verifier.session.versions import versions
from verifier.system.transition import Scenario, System

if TYPE_CHECKING:
    from verifier.language.checked import CheckedSpec
    from verifier.session.cache import Cache
    from verifier.session.progress import Listen


@final
@dataclass(frozen=True, slots=True)
class Request:
    """What to check: files, folders and library names (none: everything in the project), the properties and the
    profiles whose names match a glob, and how many steps the bounded search may take (None: the tool's own choice).
    `cache` tells to look into the user's cache folder first, and to write there what is found; `proofs` to use what
    stands in files of proofs; `second` to ask a second solver whatever excluded a case. After `seconds` (None: never)
    what is not settled is left out of the results."""

    paths: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    depth: int | None = None
    scenarios_only: bool = False
    cache: bool = False
    proofs: bool = True
    second: bool = False
    seconds: float | None = None


@final
@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is known before anything is settled."""

    systems: tuple[tuple[Target, CheckedSpec, System], ...]
    loaded: Loaded
    diagnostics: tuple[Diagnostic, ...]


def check(request: Request, listen: Listen = lambda _: None) -> Run:
    """Settle every property that the request asks for."""
    started = perf_counter()
    prepared = prepare(request.paths)  # text, syntax, names and types, transition systems
    return settled(prepared, request, listen, started)


def settled(prepared: Prepared, request: Request, listen: Listen, started: float) -> Run:
    """What the request asks for of files that are read already. `started` is when the clock of the run began."""
    jobs = jobs_of(prepared, request)  # which properties of which system, with which profile's numbers
    diagnostics = (*prepared.diagnostics, *jobs.diagnostics)
    # Verdicts, and what is worth a look.
    told, repeats = ((), False) if diagnostics else _settle(prepared, jobs.jobs, request, listen, started)
    results = tuple(t for t in told if isinstance(t, Result))
    return Run(
        results=results,
        diagnostics=diagnostics,
        sources={**prepared.loaded.sources, **jobs.sources},
        versions=versions(solver=any(not isinstance(r.prop, Scenario) and not r.verdict.stored for r in results)),
        seconds=perf_counter() - started,
        solver_seconds=sum(r.verdict.cost.solver_seconds for r in results),
        models_without_spec=_without_spec(s for _, _, s in prepared.systems),
        unmet=jobs.unmet if not diagnostics else (),
        targets={s.path: target_of(t.place) for t, _, s in prepared.systems},
        profiles=jobs.profiles,
        incidents=jobs.incidents,
        margins=jobs.margins,
        ambiguous=_ambiguous(s for _, _, s in prepared.systems),
        notices=agreed((t for t in told if isinstance(t, Notice)), (s for _, _, s in prepared.systems)),
        repeats=repeats,
    )


def prepare(paths: tuple[str, ...]) -> Prepared:
    """Everything up to the transition systems; nothing here needs a solver."""
    loaded = load(paths)
    if not loaded.targets:
        return Prepared((), loaded, once(loaded.diagnostics))
    from verifier.language.check import check_program  # not needed for a file that is not there or can't be read
    from verifier.system.lower import lower_all

    problems = list(loaded.diagnostics)
    systems: list[tuple[Target, CheckedSpec, System]] = []
    for target in loaded.targets:
        specs, found = check_program(target.files, target.source.path)
        problems.extend(found)
        lowered = (replace(system, path=target.place.short) for system in lower_all(specs))
        systems.extend(zip(repeat(target), specs, lowered, strict=False))
    return Prepared(tuple(systems), loaded, once(problems))


def _settle(
    prepared: Prepared, jobs: tuple[Job, ...], request: Request, listen: Listen, started: float
) -> tuple[tuple[Result | Notice, ...], bool]:
    """All verdicts, and whether the same request would come to the same."""
    from verifier.session.settle import settle  # not needed to report a mistake in the input

    cache = _cache() if request.cache and jobs else None
    try:
        until = started + request.seconds if request.seconds is not None else None
        told = settle(prepared, jobs, request.depth, listen, cache, prepare, until)
        return told, cache is not None and not cache.lost and not request.second and until is None
    finally:
        if cache is not None:
            cache.close()


def _cache() -> Cache | None:
    try:
        from verifier.session.cache import open_cache
    except ImportError:  # a Python without SQLite
        return None
    return open_cache()


def _without_spec(systems: Iterable[System]) -> tuple[str, ...]:
    known = tuple(systems)
    covered = {s.model for s in known if s.spec}
    return tuple(dict.fromkeys(s.model for s in known if not s.spec and s.model not in covered))


def _ambiguous(systems: Iterable[System]) -> frozenset[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    twice: set[tuple[str, str]] = set()
    for system in systems:
        for name in {p.heading.name for p in system.properties}:
            key = (system.path, name)
            (twice if key in seen else seen).add(key)
    return frozenset(twice)
