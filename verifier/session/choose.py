"""Which properties of which systems are to be settled, and with which profile's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, final

from verifier.engines.verdict import Level
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.language.source import Source
from verifier.session.load import once
from verifier.session.proofs import proofs_of
from verifier.system.transition import Scenario, System

if TYPE_CHECKING:
    from verifier.session.assumptions import Known
    from verifier.session.beside import Beside
    from verifier.session.incidents import Incident, Key
    from verifier.session.margins import Margin
    from verifier.session.profiles import Profiled
    from verifier.session.session import Prepared, Request


@final
@dataclass(frozen=True, slots=True)
class Job:
    """One system and the names of its properties to settle. `proofs` is where its proofs would be; None where they are
    not to be used. `second` asks a second solver as well. `parts` is the lowest level of what the system is told of its
    parts: no proof by an engine has a higher one."""

    system: System
    names: frozenset[str]
    profile: str = ""
    proofs: Path | None = None
    second: bool = False
    parts: Level = "L3"


@final
@dataclass(frozen=True, slots=True)
class Jobs:
    """All that is to be done; `unmet` are assumptions that a profile's numbers break, `profiles` the names of those
    that were looked at, `incidents` what the violation of a property resembles, `margins` how much
    room the profiles that were chosen leave under the assumptions."""

    jobs: tuple[Job, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    unmet: tuple[Diagnostic, ...] = ()
    profiles: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    incidents: Mapping[Key, Incident] = field(default_factory=dict)
    margins: tuple[Margin, ...] = ()


def jobs_of(prepared: Prepared, request: Request) -> Jobs:
    """The jobs of a request.

    Without `--profile` each spec is settled for all parameters that meet its assumptions, and every profile beside it
    is held against these assumptions: then what is proved holds for its numbers too. With it, the specs are settled
    with the numbers of the profiles chosen; violations that a spec expects are then looked for only where the profile
    names the spec, or the request the property: they are about a flaw, which this market is not.
    """
    systems = tuple(system for _, _, system in prepared.systems if system.spec)
    problems: list[Diagnostic] = []
    if request.properties and not prepared.diagnostics:
        problems.extend(_unknown_properties(systems, request.properties))
    beside = None if request.scenarios_only else _beside(prepared)
    profiled = beside.profiled if beside is not None else ()
    problems.extend(beside.diagnostics if beside is not None else ())
    if request.profiles and not problems and not prepared.diagnostics:
        problems.extend(_unknown_profiles(profiled, request.profiles))
    unmet: list[Diagnostic] = []
    jobs: list[Job] = []
    margins: list[Margin] = []
    proofs = {(s.path, s.spec): proofs_of(t.place, t.path) for t, _, s in prepared.systems if request.proofs}
    if not request.profiles:
        jobs.extend(
            Job(s, names, proofs=proofs.get((s.path, s.spec)), second=request.second)
            for _, _, s in prepared.systems
            if s.spec and (names := _names(s, request, profile=False))
        )
    looked_at: dict[str, None] = {}
    conditions: Known = {}
    for item in profiled:
        if request.profiles and not _chosen(item.profile, request.profiles):
            continue
        broken = _unmet(item, conditions)
        if broken and not item.demanded and _expects_failure(item.system):
            continue  # the spec of a vulnerable variant, which this market is not
        looked_at[item.profile] = None
        unmet.extend(broken)
        system = item.system
        names = _names(system, request, profile=True)
        if not item.demanded and not request.properties:
            names -= {p.heading.name for p in system.properties if p.heading.expect_violated}
        if not request.profiles or not names:
            continue
        margins.extend(_margins(item))
        if not broken:
            stored = proofs.get((system.path, system.spec))
            jobs.append(Job(system, names, item.profile, proofs=stored, second=request.second))
    sources = beside.sources if beside is not None else {}
    incidents = beside.incidents if beside is not None else {}
    return Jobs(tuple(jobs), once(problems), once(unmet), tuple(looked_at), sources, incidents, tuple(margins))


def _names(system: System, request: Request, *, profile: bool) -> frozenset[str]:
    """The properties asked for. A scenario has numbers of its own, so profiles do not concern it."""
    return frozenset(
        p.heading.name
        for p in system.properties
        if _wanted(system, p.heading.name, request.properties)
        and not (profile and isinstance(p, Scenario))
        and (isinstance(p, Scenario) or not request.scenarios_only)
    )


def _wanted(system: System, name: str, globs: Sequence[str]) -> bool:
    if not globs:
        return True
    full = f"{system.spec}.{name}"
    return any(fnmatchcase(text, glob) for glob in globs for text in (name, full, f"{system.path}:{full}"))


def _chosen(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _expects_failure(system: System) -> bool:
    return any(p.heading.expect_violated for p in system.properties)


def _unknown_properties(systems: Sequence[System], globs: Sequence[str]) -> Iterator[Diagnostic]:
    from verifier.session.suggestion import suggest

    known = dict.fromkeys(p.heading.name for s in systems for p in s.properties)
    full = dict.fromkeys(f"{s.spec}.{p.heading.name}" for s in systems for p in s.properties)
    for glob in globs:
        if not any(_wanted(s, p.heading.name, (glob,)) for s in systems for p in s.properties):
            values = {"name": glob, "what": "property", "suggestion": suggest(glob, full if "." in glob else known)}
            yield Diagnostic("VS0520", None, values)


def _unknown_profiles(profiled: Sequence[Profiled], globs: Sequence[str]) -> Iterator[Diagnostic]:
    from verifier.session.suggestion import suggest

    known = dict.fromkeys(p.profile for p in profiled)
    for glob in globs:
        if not any(_chosen(name, (glob,)) for name in known):
            yield Diagnostic("VS0520", None, {"name": glob, "what": "profile", "suggestion": suggest(glob, known)})


def _beside(prepared: Prepared) -> Beside | None:
    """What the TOML files beside all specs say. They are read only where there is one."""
    if not any(t.path.with_suffix(".toml").exists() for t in prepared.loaded.targets):
        return None
    from verifier.session.beside import read_beside

    return read_beside(prepared)


def _unmet(item: Profiled, known: Known) -> tuple[Diagnostic, ...]:
    from verifier.session.assumptions import unmet

    return unmet(item, known)


def _margins(item: Profiled) -> tuple[Margin, ...]:
    from verifier.session.margins import margins

    return margins(item)
