"""What is proved of parts: found, settled before the models that use them, and told to these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, final

from verifier.language.frozen import dataclass, field
from verifier.language.syntax import ParamDecl
from verifier.session.choose import Job
from verifier.session.library import place_of
from verifier.system.inherited import inherited
from verifier.system.transition import Inherited, Invariant, System

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.language.checked import CheckedSpec
    from verifier.session.session import Prepared

Prepare = Callable[[tuple[str, ...]], "Prepared"]
Proved = Callable[[Job], frozenset[str]]
"""The names of a job's properties that are proved."""


@final
@dataclass(frozen=True, slots=True)
class Parts:
    """The specs of parts, each prepared and settled once."""

    prepare: Prepare
    proved: Proved
    prepared: dict[Path, Prepared] = field(default_factory=dict)
    settled: dict[tuple[str, str, str], tuple[System, frozenset[str]]] = field(default_factory=dict)

    def told(self, job: Job, checked: CheckedSpec, paths: Mapping[str, Path]) -> Job:
        """The job with all that is proved of the parts of its model."""
        if not checked.parts:
            return job
        return replace(job, system=self._told(job.system, checked, paths))

    def _told(self, system: System, checked: CheckedSpec, paths: Mapping[str, Path]) -> System:
        facts: dict[str, Inherited] = {}
        for path, part in _within(checked, ""):
            for known, names in self._specs(part, paths):
                for fact in inherited(known, path, known.path):
                    if fact.source.rpartition(".")[2] in names:
                        name = f"{fact.name} ({known.spec})" if fact.name in facts else fact.name
                        facts[name] = replace(fact, name=name)
        return replace(system, inherited=tuple(facts.values()))

    def _specs(self, part: CheckedSpec, paths: Mapping[str, Path]) -> Iterator[tuple[System, frozenset[str]]]:
        """The specs for the model of a part, each with the names of the invariants that are proved."""
        for file in _files(paths.get(part.model_path)):
            if file not in self.prepared:
                self.prepared[file] = self.prepare((str(file),))
            prepared = self.prepared[file]
            if prepared.diagnostics:
                continue
            for _, checked, system in prepared.systems:
                if _same_model(checked, part) and _speaks_of_hosts(checked, system):
                    yield self._settled(checked, system, prepared.loaded.paths)

    def _settled(
        self, checked: CheckedSpec, system: System, paths: Mapping[str, Path]
    ) -> tuple[System, frozenset[str]]:
        key = (checked.path, system.model, system.spec)
        if key not in self.settled:
            wanted = frozenset(
                p.heading.name for p in system.properties if isinstance(p, Invariant) and not p.heading.expect_violated
            )
            told = self._told(system, checked, paths)
            self.settled[key] = (told, self.proved(Job(told, wanted)))
        return self.settled[key]


def _within(checked: CheckedSpec, prefix: str) -> Iterator[tuple[str, CheckedSpec]]:
    """The parts with their paths, and the parts of these."""
    for alias, part in checked.parts.items():
        yield prefix + alias, part
        yield from _within(part, f"{prefix}{alias}.")


def _same_model(one: CheckedSpec, other: CheckedSpec) -> bool:
    return (one.model_path, one.model.name) == (other.model_path, other.model.name)


def _speaks_of_hosts(checked: CheckedSpec, system: System) -> bool:
    """Whether a spec has invariants that hold inside a host: none of its own parameters, nothing relied on."""
    own = checked.spec.items if checked.spec is not None else ()
    return not any(isinstance(i, ParamDecl) for i in own) and next(inherited(system, "", ""), None) is not None


def _files(model: Path | None) -> Iterator[Path]:
    """Where specs for the models of a file stand: in the file itself, and in the one that mirrors it."""
    if model is None:
        return
    yield model
    place = place_of(model)
    if place.folder == "models" and place.root is not None:
        mirror = place.root / "spec" / f"{place.short}{model.suffix}"
        if mirror.is_file():
            yield mirror
