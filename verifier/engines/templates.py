"""Coefficients of `c1 * x + c2 * y <= c0`: guessed from samples, mended by counterexamples, until it is a lemma.

The coefficients are whole numbers, found by a solver of linear arithmetic from three kinds of data. In a state that a
run reaches the guess must hold. Of a state at which the property's proof gets stuck it must be false. And of a step
that it seems not to survive, either the state before must break it or the state after must keep it (ICE learning).
Small coefficients are tried first. What is learned is proved like any lemma.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import final

from verifier.engines.discharge import Discharger, Open
from verifier.engines.induction import Candidate, Induction
from verifier.engines.lemma_sets import GOAL, LemmaSets, Provable, effective, prove_with
from verifier.engines.quantities import Quantities, comparison, quantities
from verifier.engines.samples import Samples
from verifier.engines.vectors import Vector, vectors_at, vectors_of
from verifier.system.terms import Term
from verifier.system.transition import Invariant

ROUNDS = 24
"""Guesses for one group of quantities."""

WEIGHTS = (1, 2, 3, 4, 6, 9, 15)
"""Sizes that the coefficients may have in all, tried one after the other."""

MOST_SAMPLES = 120

LEARNING = 200_000
"""Solver resource units for one guess."""

Coefficients = tuple[Fraction, ...]


@final
@dataclass(slots=True)
class Learner:
    """What is known about the coefficients for one group of quantities."""

    discharger: Discharger
    group: Quantities
    held: tuple[Vector, ...]
    """Where the guess must hold."""
    broken: list[tuple[Vector, ...]] = field(default_factory=list)
    """Where it must be false, of one of the members."""
    kept: list[tuple[tuple[Vector, ...], tuple[Vector, ...]]] = field(default_factory=list)
    """Before and after: false of one before, or true of all after."""
    refused: list[Coefficients] = field(default_factory=list)

    def guess(self) -> Coefficients | None:
        """Coefficients that fit everything, the smallest ones that there are."""
        for weight in WEIGHTS:
            answer = self.discharger.wonder(self._text(weight), LEARNING)
            if answer.status == "sat":
                model = answer.model
                return tuple(Fraction(model.get(f"c{i}", 0)) for i in range(len(self.group.terms)))
        return None

    def _text(self, weight: int) -> str:
        """The conditions on c0 … cn as SMT-LIB 2. All but the constant's coefficient count as weight."""
        n = len(self.group.terms)
        lines = [f"(declare-const c{i} Int)" for i in range(n)]
        lines += [f"(assert (and (<= (- {weight}) c{i}) (<= c{i} {weight})))" for i in range(n - 1)]
        absolute = " ".join(f"(ite (< c{i} 0) (- c{i}) c{i})" for i in range(n - 1))
        lines.append(f"(assert (<= (+ 0 {absolute}) {weight}))")
        lines += [f"(assert {_at_most_zero(v)})" for v in self.held]
        lines += [f"(assert (or {' '.join(f'(not {_at_most_zero(v)})' for v in vs)}))" for vs in self.broken]
        for before, after in self.kept:
            fails = " ".join(f"(not {_at_most_zero(v)})" for v in before)
            holds = " ".join(_at_most_zero(v) for v in after)
            lines.append(f"(assert (or {fails} (and true {holds})))")
        for one in self.refused:
            lines.append(f"(assert (not (and {' '.join(f'(= c{i} {_whole(c)})' for i, c in enumerate(one))})))")
        return "\n".join(lines) + "\n"


def learned(
    discharger: Discharger, prop: Provable, known: Mapping[str, Term], goal: Term, left: Open, samples: Samples
) -> tuple[Term, ...] | None:
    """Lemmas of a template with which the property is proved; None if none is found."""
    for group in quantities(discharger.system, goal):
        held = tuple(vectors_of(samples, group))
        found = _learn(prop, known, left, Learner(discharger, group, _spread(held)))
        if found is not None:
            return found
    return None


def _learn(prop: Provable, known: Mapping[str, Term], left: Open, learner: Learner) -> tuple[Term, ...] | None:
    discharger = learner.discharger
    if not _note_broken(learner, left):
        return None
    for _ in range(ROUNDS):
        coefficients = learner.guess()
        if coefficients is None:
            return None
        learner.refused.append(coefficients)
        guess = comparison("le", learner.group.terms, coefficients)
        if guess is None:
            continue
        outcome = prove_with(discharger, prop, {**known, "the guess": guess}, quick=True)
        if isinstance(outcome, Open):
            _note_broken(learner, outcome)
            continue
        facts = {**known, GOAL: effective(prop)} if isinstance(prop, Invariant) else known
        induction = Induction(discharger, (Candidate("guess", guess, found=True),), facts, quick=True)
        if not induction.run():
            _note_step(learner, induction.failures["guess"])
            continue
        found = LemmaSets(discharger, prop, known).among((guess,))
        if found is not None:
            return found
    return None


def _note_broken(learner: Learner, left: Open) -> bool:
    """A state at which the proof is stuck has to be excluded; False where the solver gave no numbers."""
    start = left.case.encoder.start
    if not left.satisfiable or start is None:
        return False
    vectors = vectors_at(left, learner.group, start)
    if vectors:
        learner.broken.append(vectors)
    return bool(vectors)


def _note_step(learner: Learner, left: Open) -> None:
    """A step that the guess does not survive."""
    start, end = left.case.encoder.start, left.case.encoder.end
    if not left.satisfiable or start is None or end is None:
        return
    before, after = vectors_at(left, learner.group, start), vectors_at(left, learner.group, end)
    if before and after:
        learner.kept.append((before, after))


def _spread(vectors: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """Some of many, evenly taken."""
    if len(vectors) <= MOST_SAMPLES:
        return vectors
    return tuple(vectors[i * len(vectors) // MOST_SAMPLES] for i in range(MOST_SAMPLES))


def _at_most_zero(vector: Vector) -> str:
    """`Σ c·v <= 0` as text, in whole numbers."""
    scale = lcm(*(v.denominator for v in vector.numbers))
    parts = [f"(* {_whole(v * scale)} c{i})" for i, v in enumerate(vector.numbers) if v]
    return f"(<= (+ 0 {' '.join(parts)}) 0)" if parts else "true"


def _whole(value: Fraction) -> str:
    n = int(value)
    return str(n) if n >= 0 else f"(- {-n})"
