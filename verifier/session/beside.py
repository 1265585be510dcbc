"""What stands beside the specs: a TOML file each, with profiles of real markets and incidents of the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, final

from verifier.language import syntax
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.files import read_source
from verifier.session.incidents import Incident, Key, read_incidents
from verifier.session.profiles import Candidate, Profiled, read_profiles
from verifier.session.toml import read_tables

if TYPE_CHECKING:
    from verifier.session.load import Target
    from verifier.session.session import Prepared


@final
@dataclass(frozen=True, slots=True)
class Beside:
    """All profiles, applied to their systems, and all incidents, with the properties that they are about."""

    profiled: tuple[Profiled, ...]
    incidents: Mapping[Key, Incident]
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]


def read_beside(prepared: Prepared) -> Beside:
    """The TOML files beside all specs."""
    profiled: list[Profiled] = []
    incidents: dict[Key, Incident] = {}
    sources: dict[str, Source] = {}
    problems: list[Diagnostic] = []
    for target in prepared.loaded.targets:
        source = _source(target)
        mine = [(checked, system) for other, checked, system in prepared.systems if other is target]
        if isinstance(source, Diagnostic):
            problems.append(source)
        elif source is not None and mine:
            sources[source.path] = source
            tables, unreadable = read_tables(source)
            candidates = tuple(
                Candidate(system, frozenset(i.name for i in checked.spec.items if isinstance(i, syntax.ParamDecl)))
                for checked, system in mine
                if checked.spec is not None
            )
            found, wrong = read_profiles(source, tables, candidates)
            known, misread = read_incidents(source, tables, tuple(system for _, system in mine if system.spec))
            profiled.extend(found)
            incidents |= known
            problems.extend((*unreadable, *wrong, *misread))
    return Beside(tuple(profiled), incidents, sources, tuple(problems))


def _source(target: Target) -> Source | Diagnostic | None:
    """The text beside a file; None if there is none."""
    path = target.path.with_suffix(".toml")
    name = target.source.path.removesuffix(target.path.suffix) + ".toml"
    return read_source(path, name) if path.exists() else None
