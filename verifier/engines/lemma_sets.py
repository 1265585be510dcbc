"""From many guesses to the few lemmas that carry a proof: Houdini's algorithm, led by the cases that are left open.

Whoever guessed, what comes out is proved: the lemmas (with the property, where that is an invariant) are inductive
relative to one another, and the property follows from them as an ordinary obligation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

from verifier.engines.direct import Proof, prove_enabled, prove_rule, prove_step
from verifier.engines.discharge import Discharger, Open, OutOfBudgetError
from verifier.engines.hints import WHOLE, Split
from verifier.engines.induction import Candidate, Induction
from verifier.system.terms import Term, conj
from verifier.system.transition import Enabled, Invariant, Rule, StepProperty

Provable = Invariant | StepProperty | Rule | Enabled

GOAL = "the property itself"
MOST = 40
"""Guesses that are tried together."""

ROUNDS = 3
"""How often guesses that would help others are added."""


def effective(prop: Invariant) -> Term:
    """What an invariant says: that its formula has a value, and that it is true."""
    return conj(prop.defined, prop.formula)


def prove_with(
    discharger: Discharger, prop: Provable, known: Mapping[str, Term], *, quick: bool = False, split: Split = WHOLE
) -> Proof | Open:
    """Prove a property from facts that hold in every reachable state; by cases of the state before, where there is a
    split."""
    hypotheses = tuple(known.values())
    match prop:
        case Invariant():
            induction = Induction(discharger, (Candidate(GOAL, effective(prop), split=split),), known, quick=quick)
            return Proof(bool(known)) if induction.run() else induction.failures[GOAL]
        case StepProperty():
            return prove_step(discharger, prop, hypotheses, split)
        case Rule():
            return prove_rule(discharger, prop, hypotheses, split)
        case Enabled():
            return prove_enabled(discharger, prop, hypotheses, split)


@final
@dataclass(slots=True)
class LemmaSets:
    """Looks among guesses for lemmas with which one property is proved."""

    discharger: Discharger
    prop: Provable
    known: Mapping[str, Term]
    """Invariants that are proved."""
    fallen: dict[str, Open] = field(default_factory=dict)
    """Guesses that are not inductive, with the case at which they fell."""

    def led_by(self, left: Open, guesses: Iterable[Term]) -> tuple[Term, ...] | None:
        """Start with the guesses that exclude the case at which the proof got stuck; then add those that exclude the
        cases at which these fell."""
        waiting = list(dict.fromkeys(guesses))
        open_cases, chosen = [left], list[Term]()
        for _ in range(ROUNDS):
            more = [g for g in waiting if any(case.is_excluded_by(g) for case in open_cases)]
            more = more[: MOST - len(chosen)]
            if not more:
                return None
            waiting = [g for g in waiting if g not in set(more)]
            chosen += more
            self.fallen = {}
            found = self.among(chosen)
            if found is not None:
                return found
            open_cases = [case for case in self.fallen.values() if case.satisfiable]
        return None

    def among(self, guesses: Sequence[Term]) -> tuple[Term, ...] | None:
        """The fewest of the guesses that are inductive together and carry the property; None if all do not."""
        survivors = self._inductive(tuple(guesses))
        if survivors is None or not (isinstance(self.prop, Invariant) or self._carries(survivors)):
            return None
        return self._fewest(survivors)

    def _inductive(self, guesses: tuple[Term, ...]) -> tuple[Term, ...] | None:
        """The guesses that are inductive together; None if an invariant that is to be proved falls even with them."""
        goal = (Candidate(GOAL, effective(self.prop)),) if isinstance(self.prop, Invariant) else ()
        own = tuple(Candidate(f"guess {i}", g, found=True) for i, g in enumerate(guesses))
        induction = Induction(self.discharger, (*goal, *own), self.known)
        survivors = induction.run(give_up=GOAL if goal else None)
        self.fallen |= induction.failures
        if goal and GOAL not in {c.name for c in survivors}:
            return None
        return tuple(c.formula for c in survivors if c.found)

    def _carries(self, lemmas: tuple[Term, ...]) -> bool:
        facts = {**self.known, **{f"lemma {i}": t for i, t in enumerate(lemmas)}}
        return isinstance(prove_with(self.discharger, self.prop, facts, quick=True), Proof)

    def _works(self, lemmas: tuple[Term, ...]) -> bool:
        survivors = self._inductive(lemmas)
        return survivors == lemmas and (isinstance(self.prop, Invariant) or self._carries(lemmas))

    def _fewest(self, lemmas: tuple[Term, ...]) -> tuple[Term, ...]:
        """Leave out what is not needed, in halves and then one by one; as far as the budget goes."""
        size = len(lemmas) // 2
        try:
            while size >= 1:
                at = 0
                while at < len(lemmas):
                    fewer = (*lemmas[:at], *lemmas[at + size :])
                    if len(fewer) < len(lemmas) and self._works(fewer):
                        lemmas = fewer
                    else:
                        at += size
                size //= 2
        except OutOfBudgetError:
            pass
        return lemmas
