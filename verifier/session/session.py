"""The public Python API: from paths to a `Run`.

`check` shows the whole way, stage by stage:

    text → syntax → names and types → transition system → verdicts → Run
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, final

from verifier.engines.verdict import Cost, Verdict
from verifier.language.diagnostics import Diagnostic
from verifier.session.choose import Job, jobs_of
from verifier.session.library import target_of
from verifier.session.load import Loaded, Target, load, once
from verifier.session.run import Expected, Result, Run
from verifier.session.versions import versions
from verifier.system.transition import Property, Reachable, Scenario, System

if TYPE_CHECKING:
    from verifier.language.checked import CheckedSpec


@final
@dataclass(frozen=True, slots=True)
class Request:
    """What to check: files, folders and library names (none: everything in the project), the properties and the
    profiles whose names match a glob, and how many steps the bounded search may take (None: the tool's own choice)."""

    paths: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    depth: int | None = None
    scenarios_only: bool = False


@final
@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done: `done` of `total` specs are settled; `phase` says what is tried on `name` now."""

    spec: str
    name: str
    phase: str
    done: int
    total: int


Listen = Callable[[Progress], None]


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
    jobs = jobs_of(prepared, request)  # which properties of which system, with which profile's numbers
    diagnostics = (*prepared.diagnostics, *jobs.diagnostics)
    results = () if diagnostics else tuple(_settle(jobs.jobs, request, listen))  # verdicts
    return Run(
        results=results,
        diagnostics=diagnostics,
        sources={**prepared.loaded.sources, **jobs.sources},
        versions=versions(),
        seconds=perf_counter() - started,
        solver_seconds=sum(r.verdict.cost.solver_seconds for r in results),
        models_without_spec=_without_spec(s for _, _, s in prepared.systems),
        unmet=jobs.unmet if not diagnostics else (),
        targets={s.path: target_of(t.place) for t, _, s in prepared.systems},
        profiles=jobs.profiles,
        ambiguous=_ambiguous(s for _, _, s in prepared.systems),
    )


def prepare(paths: tuple[str, ...]) -> Prepared:
    """Everything up to the transition systems; nothing here needs a solver."""
    from verifier.language.check import check_program  # not needed to report a file that is not there
    from verifier.system.lower import lower

    loaded = load(paths)
    problems = list(loaded.diagnostics)
    systems: list[tuple[Target, CheckedSpec, System]] = []
    for target in loaded.targets:
        specs, found = check_program(target.files, target.source.path)
        problems.extend(found)
        systems.extend((target, spec, replace(lower(spec), path=target.place.short)) for spec in specs)
    return Prepared(tuple(systems), loaded, once(problems))


def _settle(jobs: Iterable[Job], request: Request, listen: Listen) -> Iterator[Result]:
    todo = tuple(jobs)
    for number, job in enumerate(todo):
        system = job.system
        verdicts = dict(_scenarios(system, job.names))
        others = job.names - verdicts.keys()
        if others:
            verdicts.update(_engines(system, others, request, listen, number, len(todo)))
        for prop in system.properties:
            verdict = verdicts.get(prop.heading.name)
            if verdict is not None:
                expected = _expected(prop)
                yield Result(system, prop, verdict, expected, _as_demanded(verdict, expected), job.profile)


def _scenarios(system: System, names: frozenset[str]) -> Iterator[tuple[str, Verdict]]:
    """Scenarios are run, not proved: the interpreter alone settles them."""
    from verifier.system.execute import Interpreter
    from verifier.system.scenarios import run_scenario, sentence

    interp = Interpreter(system)
    for prop in system.properties:
        if isinstance(prop, Scenario) and prop.heading.name in names:
            started = perf_counter()
            outcome = run_scenario(interp, prop)
            cost = Cost(seconds=perf_counter() - started)
            if outcome.problem is None:
                yield prop.heading.name, Verdict("proved", "run", cost=cost)
            else:
                notes = (sentence(interp, outcome.problem),)
                found = outcome.counterexample
                yield prop.heading.name, Verdict("violated", "run", counterexample=found, notes=notes, cost=cost)


def _engines(
    system: System, names: frozenset[str], request: Request, listen: Listen, done: int, total: int
) -> Iterator[tuple[str, Verdict]]:
    """Solvers are imported here and nowhere else, so that whatever needs none starts fast."""
    from verifier.engines.strategy import Event, Options, settle

    def heard(event: Event) -> None:
        listen(Progress(system.spec, event.prop, event.phase, done, total))

    options = Options(only=names) if request.depth is None else Options(only=names, depth=request.depth)
    for prop, verdict in zip(system.properties, settle(system, options, heard), strict=True):
        if verdict is not None:
            yield prop.heading.name, verdict


def _expected(prop: Property) -> Expected:
    if prop.heading.expect_violated:
        return "violated"
    match prop:
        case Reachable():
            return "reached"
        case Scenario():
            return "passed"
        case _:
            return "proved"


def _as_demanded(verdict: Verdict, expected: Expected) -> bool:
    return verdict.name == ("violated" if expected == "violated" else "proved")


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
