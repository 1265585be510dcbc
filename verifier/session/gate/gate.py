"""The gate: settle what a project demands, and hold it against the baseline.

`gate` shows the whole way: configuration → files → runs → findings → report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.choose import Job, jobs_of
from verifier.session.files import shown
from verifier.session.gate.baseline import Baseline, baseline_of, changes, read_baseline, write_baseline
from verifier.session.gate.config import USUAL, Budget, GateConfig, Refused, find_config
from verifier.session.gate.consequences import violations
from verifier.session.gate.finding import GateReport
from verifier.session.gate.globs import files_of
from verifier.session.gate.judge import Case, Owed, judged, unmatched
from verifier.session.load import once
from verifier.session.run import Run
from verifier.session.session import Prepared, Request, prepare, settled
from verifier.session.suggestion import nearest
from verifier.session.versions import versions

if TYPE_CHECKING:
    from verifier.session.progress import Listen


@final
@dataclass(frozen=True, slots=True)
class GateRequest:
    """What to judge: the file of the configuration (None: the nearest from the working directory upwards), the budget
    (None: the usual one), whether to write the baseline, and whether earlier runs are remembered. `second` tells
    whether there is a second solver that a budget may ask for."""

    config: str | None = None
    budget: str | None = None
    update: bool = False
    cache: bool = False
    second: bool = True


def gate(request: GateRequest, today: date, listen: Listen = lambda _: None) -> GateReport:
    """Judge a project. `today` decides which acceptances have expired."""
    started = perf_counter()
    config = find_config(request.config, _here())
    if isinstance(config, Refused):
        return _refused(config.diagnostics, config.sources)
    budget = _budget(config, request)
    paths, problems = _files(config)
    if isinstance(budget, Diagnostic) or problems:
        told = (*((budget,) if isinstance(budget, Diagnostic) else ()), *problems)
        return _refused(told, {config.source.path: config.source})
    before = read_baseline(config.root / config.baseline)
    if isinstance(before, Diagnostic):
        text = {} if before.span is None else _text(config.root / config.baseline)
        return _refused((before,), {config.source.path: config.source, **text})
    prepared = prepare(paths)
    run, owed = _settle(prepared, config, budget, request, listen, started)
    mine = {config.source.path: config.source} | ({before[1].path: before[1]} if before is not None else {})
    run = replace(run, sources={**run.sources, **mine}, seconds=perf_counter() - started)
    if run.diagnostics:
        return GateReport(run, (), baseline=config.baseline, budget=budget.name)
    systems = tuple(s for _, _, s in prepared.systems if s.spec)
    case = Case(
        run, systems, owed, tuple(_empty(prepared)), config, before[0] if before else None,
        before[1] if before else None, budget.seconds,
    )  # fmt: skip
    asked = {one.id for one in owed}
    after = baseline_of((r for r in run.results if r.id in asked), systems, run.profiles)
    return _told(case, after, request, budget, today)


def _here() -> Path:
    """The working directory; where it is gone, a name for it that leads nowhere."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def _told(case: Case, after: Baseline, request: GateRequest, budget: Budget, today: date) -> GateReport:
    config, before = case.config, case.baseline
    findings = judged(case, today)
    # What is lost where an assumption is broken is told, and is nothing that the baseline would have.
    now = after if request.update else baseline_of(case.run.results, case.systems, case.run.profiles)
    diff = changes(before if before is not None else Baseline(), now)
    updated = False
    if request.update and not any(f.rule in ("skipped", "nothing-promised") for f in findings):
        problem = write_baseline(config.root / config.baseline, after) if diff or before is None else None
        if problem is not None:
            return GateReport(replace(case.run, diagnostics=(problem,)), (), baseline=config.baseline)
        updated = True
        findings = judged(replace(case, baseline=after), today)
    return GateReport(case.run, findings, diff, config.baseline, budget.name, updated, first=before is None)


def _refused(found: tuple[Diagnostic, ...], sources: Mapping[str, Source]) -> GateReport:
    run = Run((), once(found), dict(sources), versions(solver=False), 0.0, 0.0)
    return GateReport(run, ())


def _text(path: Path) -> dict[str, Source]:
    from verifier.session.files import read_source

    source = read_source(path)
    return {source.path: source} if isinstance(source, Source) else {}


def _budget(config: GateConfig, request: GateRequest) -> Budget | Diagnostic:
    name = request.budget
    found = config.budgets.get(USUAL if name is None else name)
    if found is not None:
        return found if request.second or not found.second else Diagnostic("VS0527", None, {})
    if name is None:
        return Budget()
    listed = ", ".join(f"`{b}`" for b in config.budgets)
    suggestion = nearest(name, config.budgets) or (f"There is: {listed}. " if listed else "")
    return Diagnostic("VS0556", None, {"name": name, "path": config.source.path, "suggestion": suggestion})


def _files(config: GateConfig) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """All files that the configuration names, and the globs that name none."""
    found: dict[str, None] = {}
    problems: list[Diagnostic] = []
    for pattern in config.specs:
        files, unread = files_of(config.root, pattern.glob)
        problems.extend(unread)
        if not files and not unread:
            values = {"glob": pattern.glob, "what": "specification", "suggestion": ""}
            problems.append(Diagnostic("VS0555", pattern.span, values))
        found.update(dict.fromkeys(map(str, files)))
    return tuple(found), tuple(problems)


# ---------------------------------------------------------------------------------------------- the runs


def _settle(
    prepared: Prepared, config: GateConfig, budget: Budget, request: GateRequest, listen: Listen, started: float
) -> tuple[Run, tuple[Owed, ...]]:
    """For all numbers first; then with those of the profiles, where some are named; last, what is lost where the
    numbers of a profile break an assumption."""
    asked = Request(depth=budget.depth, cache=request.cache, second=budget.second, seconds=budget.seconds)
    jobs = jobs_of(prepared, asked)
    owed = tuple(_owed(jobs.jobs))
    named = replace(asked, profiles=tuple(p.glob for p in config.profiles))
    with_numbers = jobs_of(prepared, named) if named.profiles else None
    if with_numbers is not None:
        owed = (*owed, *_owed(with_numbers.jobs))
    if not prepared.diagnostics:
        unnamed = with_numbers.diagnostics if with_numbers is not None and not jobs.diagnostics else ()
        problems = (*_unnamed(config, unnamed), *unmatched(config, owed))
        prepared = replace(prepared, diagnostics=once(problems))
    run = settled(prepared, asked, listen, started)
    if not run.diagnostics and with_numbers is not None:
        run = _merged(run, settled(prepared, named, listen, started))
    if not run.diagnostics and run.unmet:
        until = started + budget.seconds if budget.seconds is not None else None
        lost = violations(prepared, budget.depth, listen, until)
        run = replace(
            run,
            results=(*run.results, *lost),
            versions={**run.versions, **versions(solver=bool(lost))},
            solver_seconds=run.solver_seconds + sum(r.verdict.cost.solver_seconds for r in lost),
        )
    return run, owed


def _owed(jobs: tuple[Job, ...]) -> Iterator[Owed]:
    for job in jobs:
        suffix = f"@{job.profile}" if job.profile else ""
        for prop in job.system.properties:
            if prop.heading.name in job.names:
                yield Owed(f"{job.system.path}:{job.system.spec}.{prop.heading.name}{suffix}", prop)


def _unnamed(config: GateConfig, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """Globs that name no profile, said where they stand."""
    spans = {p.glob: p.span for p in config.profiles}
    for one in found:
        span = spans.get(one.values.get("name", "")) if one.code == "VS0520" else None
        if span is None:
            yield one
        else:
            values = {"glob": one.values["name"], "what": "profile", "suggestion": one.values.get("suggestion", "")}
            yield Diagnostic("VS0555", span, values)


def _merged(run: Run, other: Run) -> Run:
    """The run for all numbers, with what a run with the numbers of profiles adds to it."""
    return replace(
        run,
        results=(*run.results, *other.results),
        diagnostics=once((*run.diagnostics, *other.diagnostics)),
        sources={**run.sources, **other.sources},
        versions={**run.versions, **other.versions},
        solver_seconds=run.solver_seconds + other.solver_seconds,
        unmet=once((*run.unmet, *other.unmet)),
        profiles=tuple(dict.fromkeys((*run.profiles, *other.profiles))),
        notices=(*run.notices, *other.notices),
    )


def _empty(prepared: Prepared) -> Iterator[str]:
    """Files that were named and promise nothing."""
    for target in prepared.loaded.targets:
        if not any(t is target and s.spec and s.properties for t, _, s in prepared.systems):
            yield shown(target.path)
