"""What a name means that a report prints and that is no property: an assumption, an action, a spec, or a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span
from verifier.session.assumptions import unmet
from verifier.session.beside import read_beside
from verifier.session.lookup import NotFound
from verifier.session.profiles import Profiled, show
from verifier.session.session import Prepared, prepare
from verifier.session.suggestion import suggest
from verifier.system.transition import Scenario, System

Sort = Literal["assume", "rely", "where", "action", "spec"]


@final
@dataclass(frozen=True, slots=True)
class Part:
    """A part of a spec or of its model. `text` is what it says, `names` the properties of the spec, which are
    promised under it (scenarios are not). With the name of a profile, `broken` tells whether its numbers
    break it, and `numbers` how."""

    id: str
    sort: Sort
    system: System
    name: str
    text: str
    doc: str
    span: Span
    names: tuple[str, ...]
    sources: Mapping[str, Source]
    profile: str = ""
    broken: bool = False
    numbers: str = ""


@final
@dataclass(frozen=True, slots=True)
class Market:
    """A profile: its numbers, where they were read, the specs that it was held against, and what it breaks of them."""

    name: str
    model: str
    origin: str
    numbers: tuple[tuple[str, str], ...]
    specs: tuple[tuple[str, tuple[Diagnostic, ...]], ...]
    span: Span
    sources: Mapping[str, Source]


def find_part(name: str) -> Part | NotFound:
    """`lending/pool:LendingSolvency.gentle_market`, with or without `@profile`; `lending/pool:LendingSolvency`."""
    wanted, _, profile = name.partition("@")
    path, _, full = wanted.rpartition(":")
    prepared = prepare((path,))
    if prepared.diagnostics:
        return NotFound(prepared.diagnostics, prepared.loaded.sources)
    known: list[str] = []
    for _, _, system in prepared.systems:
        for part in _parts(system, prepared.loaded.sources):
            known.append(part.id.rpartition(":")[2])
            if full in (part.name, known[-1]):
                return _with_profile(part, profile, prepared) if profile else part
    values = {"name": name, "suggestion": suggest(full, dict.fromkeys(known))}
    return NotFound((Diagnostic("VS0522", None, values),), prepared.loaded.sources)


def _parts(system: System, sources: Mapping[str, Source]) -> Iterator[Part]:
    names = tuple(p.heading.name for p in system.properties if not isinstance(p, Scenario))
    start = f"{system.path}:{system.spec}"
    if system.spec:
        yield Part(start, "spec", system, system.spec, "", system.doc, Span("", 0, 0), names, sources)
    for a in system.assumptions:
        yield Part(f"{start}.{a.name}", a.kind, system, a.name, _words(a.text), "", a.span, names, sources)
    for r in system.relies:
        text = f"{r.action} requires {_words(r.text)}"
        yield Part(f"{start}.{r.name}", "rely", system, r.name, text, r.doc, r.span, names, sources)
    for action in system.actions:
        yield Part(f"{start}.{action.name}", "action", system, action.name, "", action.doc, action.span, (), sources)


def _with_profile(part: Part, profile: str, prepared: Prepared) -> Part | NotFound:
    """The part, held against the numbers of a profile."""
    beside = read_beside(prepared)
    mine = [p for p in beside.profiled if p.system.path == part.system.path and p.system.spec == part.system.spec]
    found = next((p for p in mine if p.profile == profile), None)
    if found is None:
        suggestion = suggest(profile, dict.fromkeys(p.profile for p in mine))
        values = {"name": profile, "what": "profile", "suggestion": suggestion}
        return NotFound((Diagnostic("VS0520", None, values),), prepared.loaded.sources)
    broken = next((d for d in unmet(found) if d.values.get("assumption") == part.name), None)
    numbers = broken.values.get("numbers", "") if broken is not None else ""
    return replace(part, profile=profile, broken=broken is not None, numbers=numbers)


def find_market(name: str) -> Market | None:
    """A profile of the project, or of the built-in library where there is no project; None if there is none."""
    prepared = prepare(())
    if prepared.diagnostics:
        return None
    beside = read_beside(prepared)
    mine = [p for p in beside.profiled if p.profile == name]
    return _market(mine, {**prepared.loaded.sources, **beside.sources}) if mine else None


def _market(mine: list[Profiled], sources: Mapping[str, Source]) -> Market:
    first = mine[0]
    values = first.raw.values
    own = ("name", "model", "source", "spec")
    numbers = tuple((key, show(value)) for key, value in values.items() if key not in own)
    specs = tuple((f"{p.system.path}:{p.system.spec}", unmet(p)) for p in mine)
    return Market(
        first.profile, first.system.model, str(values.get("source", "")), numbers, specs, first.raw.span, sources
    )


def _words(text: str) -> str:
    return " ".join(text.split())
