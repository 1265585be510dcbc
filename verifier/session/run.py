"""One `Run`: everything a report may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

from verifier.engines.verdict import Verdict
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source
from verifier.system.transition import Property, System, kind_of

Expected = Literal["proved", "violated", "reached", "passed"]


@final
@dataclass(frozen=True, slots=True)
class Result:
    """One property settled. `expected` is what was demanded; `ok` whether it came out so."""

    system: System
    prop: Property
    verdict: Verdict
    expected: Expected
    ok: bool
    profile: str = ""

    @property
    def id(self) -> str:
        """`lending/pool:LendingSolvency.covered`, with `@profile` behind it where one was used."""
        suffix = f"@{self.profile}" if self.profile else ""
        return f"{self.system.path}:{self.system.spec}.{self.prop.heading.name}{suffix}"

    @property
    def kind(self) -> str:
        """The property's keyword."""
        return kind_of(self.prop)


@final
@dataclass(frozen=True, slots=True)
class Run:
    """All results of one command, in the order of the files and of the properties in them."""

    results: tuple[Result, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    versions: Mapping[str, str]
    seconds: float
    solver_seconds: float
    models_without_spec: tuple[str, ...] = ()
