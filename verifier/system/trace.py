"""Concrete runs: what the interpreter produces, engines look for, and reports tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, final

from verifier.language.frozen import dataclass
from verifier.language.source import NOWHERE, Span
from verifier.system.terms import Value
from verifier.system.transition import Why

Cell = Value | Mapping[tuple[int, ...], Value]
"""The value of one variable: a scalar, or every entry of a map by its keys."""

Valuation = Mapping[str, Cell]
"""The value of every state variable (or of every parameter)."""


@final
@dataclass(frozen=True, slots=True)
class Scope:
    """How many members each sort has in a run, and what they are called."""

    names: Mapping[str, tuple[str, ...]]

    def size(self, sort: str) -> int:
        """Number of members."""
        return len(self.names[sort])


@final
@dataclass(frozen=True, slots=True)
class Reverted:
    """An action that had no effect, and why. `values` are the two sides of the comparison that failed, if one did."""

    why: Why
    values: tuple[Value, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Move:
    """What to run: an action, its arguments, and the values its choices take (by the choice's name)."""

    action: str
    args: tuple[Value, ...]
    choices: Mapping[str, Cell]


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One call as it ran. `branch` tells which block of a `compare` it belongs to. With `reverted`, nothing changed."""

    move: Move
    before: Valuation
    after: Valuation
    branch: Literal["", "first", "second"] = ""
    reverted: Reverted | None = None
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Trace:
    """A run from an initial state. `choices` are what the init block's `any` took."""

    scope: Scope
    params: Valuation
    choices: Mapping[str, Cell]
    start: Valuation
    steps: tuple[Step, ...]

    @property
    def end(self) -> Valuation:
        """The last state."""
        return self.steps[-1].after if self.steps else self.start


@final
@dataclass(frozen=True, slots=True)
class Counterexample:
    """A run that breaks a property, as the interpreter has replayed it.

    `trace` leads to the state concerned (for a step property, its last step is the one). `witness` gives the members
    and values for which it fails: the outer universal variables of a formula, a rule's arguments, the free names of
    `enabled`. `program` is the rule's or scenario's own steps from there, `span` the check (or call) that failed.
    `undefined` tells that the property has no value there (a divisor is zero) rather than the value false.
    """

    trace: Trace
    witness: Mapping[str, Value]
    program: tuple[Step, ...] = ()
    span: Span = NOWHERE
    undefined: bool = False
