"""Which properties of which systems are to be settled, and with which profile's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, final

from verifier.language import syntax
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.language.source import Source
from verifier.session.load import once
from verifier.session.proofs import proofs_of
from verifier.system.transition import Scenario, System

if TYPE_CHECKING:
    from verifier.session.profiles import Profiled
    from verifier.session.session import Prepared, Request


@final
@dataclass(frozen=True, slots=True)
class Job:
    """One system and the names of its properties to settle. `proofs` is where its proofs would be; None where they are
    not to be used. `second` asks a second solver as well."""

    system: System
    names: frozenset[str]
    profile: str = ""
    proofs: Path | None = None
    second: bool = False


@final
@dataclass(frozen=True, slots=True)
class Jobs:
    """All that is to be done; `unmet` are assumptions that a profile's numbers break, `profiles` the names of those
    that were looked at."""

    jobs: tuple[Job, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    unmet: tuple[Diagnostic, ...] = ()
    profiles: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


def jobs_of(prepared: Prepared, request: Request) -> Jobs:
    """The jobs of a request.

    Without `--profile` each spec is settled for all parameters that meet its assumptions, and every profile beside it
    is held against these assumptions: then what is proved holds for its numbers too. With it, the specs are settled
    with the numbers of the profiles chosen.
    """
    systems = tuple(system for _, _, system in prepared.systems if system.spec)
    problems: list[Diagnostic] = []
    if request.properties and not prepared.diagnostics:
        problems.extend(_unknown_properties(systems, request.properties))
    profiled, sources, found = ((), {}, ()) if request.scenarios_only else _profiles(prepared)
    problems.extend(found)
    if request.profiles and not problems and not prepared.diagnostics:
        problems.extend(_unknown_profiles(profiled, request.profiles))
    unmet: list[Diagnostic] = []
    jobs: list[Job] = []
    if not request.profiles:
        jobs.extend(
            Job(s, names, proofs=proofs_of(t.place, t.path) if request.proofs else None, second=request.second)
            for t, _, s in prepared.systems
            if s.spec and (names := _names(s, request, profile=False))
        )
    looked_at: dict[str, None] = {}
    for item in profiled:
        if request.profiles and not _chosen(item.profile, request.profiles):
            continue
        broken = _unmet(item)
        if broken and not item.demanded and _expects_failure(item.system):
            continue  # the spec of a vulnerable variant, which this market is not
        looked_at[item.profile] = None
        unmet.extend(broken)
        if request.profiles and not broken:
            names = _names(item.system, request, profile=True)
            jobs.extend([Job(item.system, names, item.profile, second=request.second)] if names else [])
    return Jobs(tuple(jobs), once(problems), once(unmet), tuple(looked_at), sources)


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
    from verifier.session.profiles import suggest

    known = dict.fromkeys(p.heading.name for s in systems for p in s.properties)
    full = dict.fromkeys(f"{s.spec}.{p.heading.name}" for s in systems for p in s.properties)
    for glob in globs:
        if not any(_wanted(s, p.heading.name, (glob,)) for s in systems for p in s.properties):
            values = {"name": glob, "what": "property", "suggestion": suggest(glob, full if "." in glob else known)}
            yield Diagnostic("VS0520", None, values)


def _unknown_profiles(profiled: Sequence[Profiled], globs: Sequence[str]) -> Iterator[Diagnostic]:
    from verifier.session.profiles import suggest

    known = dict.fromkeys(p.profile for p in profiled)
    for glob in globs:
        if not any(_chosen(name, (glob,)) for name in known):
            yield Diagnostic("VS0520", None, {"name": glob, "what": "profile", "suggestion": suggest(glob, known)})


def _profiles(prepared: Prepared) -> tuple[tuple[Profiled, ...], dict[str, Source], tuple[Diagnostic, ...]]:
    """The profiles beside all specs. TOML is read only where there is some."""
    out: list[Profiled] = []
    problems: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for target in prepared.loaded.targets:
        if not target.path.with_suffix(".toml").exists():
            continue
        from verifier.session.profiles import Candidate, profile_source, read

        candidates = tuple(
            Candidate(system, frozenset(i.name for i in checked.spec.items if isinstance(i, syntax.ParamDecl)))
            for other, checked, system in prepared.systems
            if other is target and checked.spec is not None
        )
        source = profile_source(target)
        match source:
            case Diagnostic():
                problems.append(source)
            case Source() if candidates:
                found, wrong = read(source, candidates)
                sources[source.path] = source
                out.extend(found)
                problems.extend(wrong)
            case _:
                pass
    return tuple(out), sources, tuple(problems)


def _unmet(item: Profiled) -> tuple[Diagnostic, ...]:
    from verifier.session.assumptions import unmet

    return unmet(item)
