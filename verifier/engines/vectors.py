"""The values of quantities in one state: what guesses are fitted to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import final

from verifier.engines.discharge import Open
from verifier.engines.quantities import Quantities
from verifier.engines.samples import Samples
from verifier.language.frozen import dataclass
from verifier.logic.model import Valued
from verifier.logic.symbolic import Frame
from verifier.system.terms import Var


@final
@dataclass(frozen=True, slots=True)
class Vector:
    """The numbers of a group of quantities, of one choice of members in one state."""

    numbers: tuple[Fraction, ...]


def vectors_of(samples: Samples, group: Quantities) -> Iterator[Vector]:
    """The vectors of all sampled states, of every choice of members; each once."""
    seen: set[tuple[Fraction, ...]] = set()
    vars_ = group.variables()
    for frame in samples.frames():
        for members in product(*(frame.members[v.ty.name] for v in vars_)):
            frame.locals = {v.name: m for v, m in zip(vars_, members, strict=True)}
            values = [samples.value(frame, t) for t in group.terms]
            if any(v is None for v in values):
                continue
            numbers = tuple(Fraction(v) for v in values)
            if numbers not in seen:
                seen.add(numbers)
                yield Vector(numbers)


def vectors_at(left: Open, group: Quantities, frame: Frame) -> tuple[Vector, ...]:
    """The vectors that a solver's numbers give at a frame of an open case: one for each choice of members. A number
    that the solver left open is taken for zero; a case without a value gives none."""
    encoder = left.case.encoder
    valued = Valued(encoder.pool, left.script.unknowns, left.answer.model)
    vars_ = group.variables()
    out: list[Vector] = []
    for members in product(*(encoder.members(v.ty.name) for v in vars_)):
        local: Mapping[Var, int] = dict(zip(vars_, members, strict=True))
        here = Frame(frame.states, {**frame.locals, **{v.name: m for v, m in local.items()}})
        try:
            out.append(Vector(tuple(Fraction(valued.value(encoder.value(t, here))) for t in group.terms)))
        except ZeroDivisionError:
            continue
    return tuple(out)
