"""What is proved of parts: found, settled before the models that use them, and told to these."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, final

from verifier.engines.verdict import Level
from verifier.language.frozen import dataclass, field
from verifier.language.syntax import ParamDecl, SpecDecl
from verifier.session.choose import Job
from verifier.session.library import place_of
from verifier.system.inherited import inherited
from verifier.system.transition import Inherited, Invariant, System

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.language.checked import CheckedSpec
    from verifier.session.session import Prepared

Prepare = Callable[[tuple[str, ...]], "Prepared"]
Specs = tuple[tuple["CheckedSpec", System, Mapping[str, "Path"]], ...]
"""What is checked and lowered, with where the files stand that it was read from."""
Proved = Callable[[Job], Mapping[str, Level]]
"""A job's properties that are proved, each with its level."""


@final
@dataclass(frozen=True, slots=True)
class Parts:
    """The specs of parts, each prepared and settled once; `asked` is what has been prepared already."""

    prepare: Prepare
    proved: Proved
    asked: Prepared
    specs: dict[Path, Specs] = field(default_factory=dict)
    settled: dict[tuple[str, str, str], tuple[System, Mapping[str, Level]]] = field(default_factory=dict)

    def told(self, job: Job, checked: CheckedSpec, paths: Mapping[str, Path]) -> Job:
        """The job with all that is proved of the parts of its model."""
        if not checked.parts:
            return job
        return self._told(job, checked, paths)

    def _told(self, job: Job, checked: CheckedSpec, paths: Mapping[str, Path]) -> Job:
        facts: dict[str, Inherited] = {}
        lowest = job.parts
        for path, part in _within(checked, ""):
            for known, proved in self._specs(part, paths):
                for fact in inherited(known, path, known.path):
                    level = proved.get(fact.source.rpartition(".")[2])
                    if level is not None:
                        name = f"{fact.name} ({known.spec})" if fact.name in facts else fact.name
                        facts[name] = replace(fact, name=name)
                        lowest = min(lowest, level)
        return replace(job, system=replace(job.system, inherited=tuple(facts.values())), parts=lowest)

    def _specs(self, part: CheckedSpec, paths: Mapping[str, Path]) -> Iterator[tuple[System, Mapping[str, Level]]]:
        """The specs for the model of a part, each with the invariants that are proved."""
        for file in _files(paths.get(part.model_path)):
            if file not in self.specs:
                self.specs[file] = self._read(file)
            for checked, system, seen in self.specs[file]:
                if _same_model(checked, part) and _speaks_of_hosts(checked, system):
                    yield self._settled(checked, system, seen)

    def _read(self, file: Path) -> Specs:
        """The specs in a file: read already if they were asked for; and most models have none in their own file."""
        loaded = self.asked.loaded
        if not self.asked.diagnostics:
            target = next((t for t in loaded.targets if os.path.abspath(t.path) == str(file)), None)
            if target is not None:
                return tuple((c, s, loaded.paths) for t, c, s in self.asked.systems if t is target)
            units = next(
                (f.units for t in loaded.targets for s, f in t.files if loaded.paths.get(s.path) == file), None
            )
            if units is not None and not any(isinstance(unit, SpecDecl) for unit in units):
                return ()
        prepared = self.prepare((str(file),))
        return () if prepared.diagnostics else tuple((c, s, prepared.loaded.paths) for _, c, s in prepared.systems)

    def _settled(
        self, checked: CheckedSpec, system: System, paths: Mapping[str, Path]
    ) -> tuple[System, Mapping[str, Level]]:
        key = (checked.path, system.model, system.spec)
        if key not in self.settled:
            wanted = frozenset(
                p.heading.name for p in system.properties if isinstance(p, Invariant) and not p.heading.expect_violated
            )
            told = self._told(Job(system, wanted), checked, paths)
            self.settled[key] = (told.system, self.proved(told))
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
