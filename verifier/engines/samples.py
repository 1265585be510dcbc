"""States that random runs reach: what a guess has to survive before a solver sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, final

from verifier.system.evaluate import Frame, Undefined
from verifier.system.execute import Interpreter
from verifier.system.simulate import random_run
from verifier.system.terms import Term
from verifier.system.trace import Trace
from verifier.system.values import scope_of

RUNS, STEPS = 12, 8
"""Random runs that every guess has to survive."""

MANY = (60, 12)
"""Runs and steps where coefficients are fitted to the states they reach."""

MEMBERS = 2


@final
@dataclass(slots=True)
class Samples:
    """Random runs of one system, played when first asked for; the same ones every time."""

    interpreter: Interpreter
    runs: int = RUNS
    steps: int = STEPS
    _traces: list[Trace] | None = None

    def traces(self) -> list[Trace]:
        """The runs."""
        if self._traces is None:
            system = self.interpreter.system
            scope = scope_of(system, {s.name: MEMBERS for s in system.sorts})
            runs = (random_run(self.interpreter, Random(seed), scope, self.steps) for seed in range(self.runs))
            self._traces = [r for r in runs if r is not None]
        return self._traces

    def frames(self) -> Iterator[Frame]:
        """Every state of every run, ready to evaluate terms in."""
        for trace in self.traces():
            for state in (trace.start, *(s.after for s in trace.steps)):
                yield self.interpreter.frame(trace.scope, trace.params, state)

    def survives(self, guess: Term) -> bool:
        """Whether a formula holds in all of these states."""
        return all(self.interpreter.holds(frame, guess) for frame in self.frames())

    def value(self, frame: Frame, term: Term) -> Any:
        """The value of a numeric term in one of the states; None where it has none."""
        try:
            return self.interpreter.code(term)(frame)
        except Undefined:
            return None
