"""Finding one thing by its name: a property to explain, a model to simulate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.library import find_model, find_spec, roots
from verifier.session.session import prepare
from verifier.session.suggestion import suggest
from verifier.system.transition import Property, System


@final
@dataclass(frozen=True, slots=True)
class Found:
    """A system, and the property that was asked for."""

    system: System
    prop: Property | None
    sources: Mapping[str, Source]


@final
@dataclass(frozen=True, slots=True)
class NotFound:
    """Why there is none."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def find_property(name: str) -> Found | NotFound:
    """`lending/pool:covered`, `lending/pool:LendingSolvency.covered`."""
    path, _, wanted = name.rpartition(":")
    prepared = prepare((path,))
    sources = prepared.loaded.sources
    if prepared.diagnostics:
        return NotFound(prepared.diagnostics, sources)
    known: list[str] = []
    for _, _, system in prepared.systems:
        for prop in system.properties:
            known.append(prop.heading.name)
            if wanted in (prop.heading.name, f"{system.spec}.{prop.heading.name}"):
                return Found(system, prop, sources)
    values = {"name": name, "suggestion": suggest(wanted, dict.fromkeys(known))}
    return NotFound((Diagnostic("VS0522", None, values),), sources)


def find_system(name: str) -> Found | NotFound:
    """`lending/pool` is the model alone; `lending/pool:LendingSolvency` the model with that spec."""
    path, colon, spec = name.rpartition(":")
    if not colon or "/" in spec or "\\" in spec:
        path, spec = name, ""
    model = None
    if not spec and find_spec(path) is not None:
        model = next((m for root in roots() if (m := find_model(path, root)) is not None), None)
    prepared = prepare((str(model) if model is not None else path,))
    sources = prepared.loaded.sources
    if prepared.diagnostics:
        return NotFound(prepared.diagnostics, sources)
    for _, _, system in prepared.systems:
        if spec in ("", system.spec):
            return Found(system, None, sources)
    known = dict.fromkeys(f"{path}:{s.spec}" for _, _, s in prepared.systems if s.spec)
    return NotFound((Diagnostic("VS0523", None, {"name": name, "suggestion": suggest(name, known)}),), sources)
