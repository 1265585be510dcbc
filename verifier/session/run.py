"""One `Run`: everything a report may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, final

from verifier.engines.finding import Finding
from verifier.engines.verdict import Verdict
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.language.source import Source
from verifier.system.transition import Property, System, kind_of

if TYPE_CHECKING:
    from verifier.session.incidents import Incident, Key
    from verifier.session.margins import Margin

Expected = Literal["proved", "violated", "reached", "passed"]


@final
@dataclass(frozen=True, slots=True)
class Result:
    """One property settled. `expected` is what was demanded; `ok` whether it came out so; `cached` whether an earlier
    run found it."""

    system: System
    prop: Property
    verdict: Verdict
    expected: Expected
    ok: bool
    profile: str = ""
    cached: bool = False

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
class Notice:
    """Something in a spec that is worth a look, although nothing is wrong."""

    system: System
    finding: Finding

    @property
    def id(self) -> str:
        """`lending/pool:LendingSolvency.covered`: the action, the property or the assumption that it is about."""
        return f"{self.system.path}:{self.system.spec}.{self.finding.about}"


@final
@dataclass(frozen=True, slots=True)
class Run:
    """All results of one command, in the order of the files and of the properties in them.

    `diagnostics` are mistakes in the input; with any of them nothing was settled. `unmet` are assumptions that the
    numbers of a profile break. `targets` gives, for the path of a system, what to type to check it again. `profiles`
    are those whose numbers were held against the assumptions of their specs. `ambiguous` are the (path, property) that
    several specs of a file have. `notices` is what is worth a look in the specs that were settled as a whole; they
    change no verdict and no exit status. `incidents` says what the violation of a property resembles,
    `margins` how much room the profiles leave whose numbers were used. `repeats` tells that all of it was kept in the
    cache, so that the same command would come to the same while nothing changes.
    """

    results: tuple[Result, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    versions: Mapping[str, str]
    seconds: float
    solver_seconds: float
    models_without_spec: tuple[str, ...] = ()
    unmet: tuple[Diagnostic, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    ambiguous: frozenset[tuple[str, str]] = frozenset()
    notices: tuple[Notice, ...] = ()
    incidents: Mapping[Key, Incident] = field(default_factory=dict)
    margins: tuple[Margin, ...] = ()
    repeats: bool = False

    def incident(self, result: Result) -> Incident | None:
        """What a violation resembles, of those that happened; None for what is not violated."""
        if result.verdict.counterexample is None:
            return None
        return self.incidents.get((result.system.path, result.system.spec, result.prop.heading.name))

    @property
    def status(self) -> int:
        """The exit status: 0 all as demanded, 1 something is violated, 2 the input has mistakes, 3 something is not
        decided, 4 something is vacuous. Where several apply, the first in the order 2, 1, 3, 4."""
        if self.diagnostics:
            return 2
        wrong = [r for r in self.results if not r.ok]
        if self.unmet or any(r.expected == "violated" or r.verdict.name == "violated" for r in wrong):
            return 1
        if any(r.verdict.name in ("bounded", "unknown") for r in wrong):
            return 3
        return 4 if wrong else 0
