"""Equalities between sums of quantities that every sampled state satisfies, by exact elimination.

A conservation law (what is paid in is what is held or lent) is an affine equality of a few quantities. All those that
a handful of states satisfy form the null space of a matrix; it is small, and what is no law seldom survives in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

from verifier.engines.quantities import comparison, quantities
from verifier.engines.samples import Samples
from verifier.engines.vectors import vectors_of
from verifier.system.terms import Term
from verifier.system.transition import System

MOST_DIGITS = 1_000
"""Coefficients beyond it are accidents of the samples."""

Row = Sequence[Fraction]


def equalities(system: System, goal: Term, samples: Samples) -> Iterator[Term]:
    """Equalities that hold in all samples; those between the goal's own quantities first."""
    for group in quantities(system, goal):
        rows = [v.numbers for v in vectors_of(samples, group)]
        if len(set(rows)) <= len(group.terms):
            continue
        for relation in null_space(rows, len(group.terms)):
            whole = _whole(relation)
            if max(abs(c) for c in whole) <= MOST_DIGITS:
                guess = comparison("eq", group.terms, whole)
                if guess is not None:
                    yield guess


def null_space(rows: Sequence[Row], width: int) -> Iterator[tuple[Fraction, ...]]:
    """A basis of the vectors that are orthogonal to all rows."""
    reduced: list[list[Fraction]] = []
    pivots: list[int] = []
    for row in rows:
        rest = list(row)
        for pivot, known in zip(pivots, reduced, strict=True):
            factor = rest[pivot]
            if factor:
                rest = [a - factor * b for a, b in zip(rest, known, strict=True)]
        at = next((i for i, a in enumerate(rest) if a), None)
        if at is None:
            continue
        rest = [a / rest[at] for a in rest]
        reduced = [[a - known[at] * b for a, b in zip(known, rest, strict=True)] for known in reduced]
        reduced.append(rest)
        pivots.append(at)
        if len(pivots) == width:
            return
    for free in (i for i in range(width) if i not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for pivot, known in zip(pivots, reduced, strict=True):
            vector[pivot] = -known[free]
        yield tuple(vector)


def _whole(vector: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    scale = lcm(*(a.denominator for a in vector))
    numbers = [int(a * scale) for a in vector]
    common = gcd(*numbers) or 1
    return tuple(Fraction(n // common) for n in numbers)
