"""Strengthening: find a lemma that makes a stuck induction go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import final

from verifier.engines.discharge import Discharger, Open
from verifier.engines.induction import Candidate, Induction
from verifier.engines.lemmas import candidates
from verifier.system.execute import Interpreter
from verifier.system.simulate import random_run
from verifier.system.terms import Term
from verifier.system.trace import Trace
from verifier.system.values import scope_of

RUNS, STEPS = 12, 8
"""Random runs that a guess has to survive before a solver sees it."""

MOST_HELPFUL = 12
"""Guesses that would help, of which at most so many are tried for being invariant."""


MOST_STUCK = 8
"""Cases that a guess has to exclude before it is tried."""


@final
@dataclass(slots=True)
class Strengthener:
    """Guesses lemmas and keeps those that are proved."""

    discharger: Discharger
    interpreter: Interpreter
    known: dict[str, Term]
    """Invariants that are proved."""
    found: dict[str, Term] = field(default_factory=dict)
    _traces: list[Trace] | None = None

    def help(
        self, goal: Term, left: Open, attempt: Callable[[tuple[Term, ...]], Open | None]
    ) -> tuple[str, ...] | None:
        """Names of lemmas (added to `found`) with which the attempt succeeds, or None. `left` is the case at which it
        failed without one; `attempt` gets the hypotheses."""
        known = tuple(self.known.values())
        stuck = [left]
        tried = 0
        for guess in self._survivors(goal):
            if not all(case.is_excluded_by(guess) for case in stuck):
                continue
            failed = attempt((*known, guess))
            if failed is not None:
                # These numbers met all that was known before the guess as well, so whatever helps has to exclude them.
                if len(stuck) < MOST_STUCK:
                    stuck.append(failed)
                continue
            name = self._prove(guess)
            if name is not None:
                return (name,)
            tried += 1
            if tried >= MOST_HELPFUL:
                return None
        return None

    def _prove(self, guess: Term) -> str | None:
        name = f"found_{len(self.found) + 1}"
        induction = Induction(self.discharger, (Candidate(name, guess, found=True),), self.known, quick=True)
        if not induction.run():
            return None
        self.found[name] = guess
        return name

    def _survivors(self, goal: Term) -> Iterator[Term]:
        """Guesses that no random run refutes."""
        for guess in candidates(self.discharger.system, goal):
            if all(self._holds(guess, trace) for trace in self._runs()):
                yield guess

    def _runs(self) -> list[Trace]:
        if self._traces is None:
            scope = scope_of(self.discharger.system, {s.name: 2 for s in self.discharger.system.sorts})
            runs = (random_run(self.interpreter, Random(seed), scope, STEPS) for seed in range(RUNS))
            self._traces = [r for r in runs if r is not None]
        return self._traces

    def _holds(self, guess: Term, trace: Trace) -> bool:
        states = [trace.start, *(s.after for s in trace.steps)]
        return all(
            self.interpreter.holds(self.interpreter.frame(trace.scope, trace.params, state), guess) for state in states
        )
