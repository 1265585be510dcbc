"""Formulas over atoms, in a normal form that decides when two of them are the same.

A formula is a tuple: `("true",)`, `("false",)`, `("ge", p)` (p >= 0), `("gt", p)`, `("eq", p)`, `("ne", p)`,
`("is", atom, value)`, `("and", parts)`, `("or", parts)`, and, of the members outside the classes,
`("all", star, classes, body)` and `("some", star, classes, body)`. There is no negation: it is pushed inwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, final

from verifier.kernel.atoms import NONE, Atoms, Shape
from verifier.kernel.polynomials import (
    Monomial,
    Poly,
    added,
    constant,
    content,
    divides,
    frozen,
    scaled,
    unknown,
    value_of,
)
from verifier.kernel.spelling import leading

Formula = tuple[Any, ...]
TRUE: Formula = ("true",)
FALSE: Formula = ("false",)
LITERALS = frozenset(("ge", "gt", "eq", "ne", "is", "all", "some"))
MOST_STEPS = 20_000
"""Uses of rules in one normalisation; only rules that run in a circle need more."""


class Refused(Exception):
    """The certificate proves nothing; the message says why."""


@final
@dataclass(slots=True)
class Algebra:
    """Polynomials and formulas under what has been decided on the way down a proof tree."""

    atoms: Atoms
    decided: dict[Formula, bool] = field(default_factory=dict)
    rules: list[tuple[Monomial, Poly]] = field(default_factory=list)
    """Equations used from left to right: wherever the monomial occurs, the polynomial takes its place."""

    # ------------------------------------------------------------------------------------------ polynomials

    def of_atom(self, atom: int) -> Poly:
        """An atom as a polynomial."""
        return self.normal(unknown(atom)) if self.rules else unknown(atom)

    def normal(self, poly: Poly) -> Poly:
        """The polynomial with every rule applied as often as it can be."""
        for _ in range(MOST_STEPS):
            step = self._step(poly)
            if step is None:
                return poly
            poly = step
        raise Refused("the equations used as rules run in a circle")

    def _step(self, poly: Poly) -> Poly | None:
        for monomial, coefficient in poly.items():
            for left, right in self.rules:
                rest = divides(left, monomial)
                if rest is not None:
                    smaller = {m: c for m, c in poly.items() if m != monomial}
                    return added(smaller, self._product({rest: 1}, right), coefficient)
        return None

    def times(self, *polys: Poly) -> Poly:
        """The product."""
        out = constant(1)
        for poly in polys:
            out = self._product(out, poly)
        return self.normal(out) if self.rules else out

    def _product(self, left: Poly, right: Poly) -> Poly:
        one = value_of(left)
        if one is not None:
            return scaled(right, one)
        switches = self.atoms.switches
        out: Poly = {}
        for m1, c1 in left.items():
            for m2, c2 in right.items():
                monomial = tuple(sorted(m1 + m2)) if m1 and m2 else m1 or m2
                if switches and not switches.isdisjoint(monomial):
                    # 0 and 1 are their own squares.
                    kept = [a for i, a in enumerate(monomial) if i == 0 or a != monomial[i - 1] or a not in switches]
                    monomial = tuple(kept)
                total = out.get(monomial, 0) + c1 * c2
                if total:
                    out[monomial] = total
                else:
                    del out[monomial]
        return {m: c.numerator if c.denominator == 1 else c for m, c in out.items()}

    def whole(self, poly: Poly) -> bool:
        """Whether all atoms are integers (the coefficients may be fractions)."""
        return all(self.atoms.whole[a] for m in poly for a in m)

    def inverse(self, poly: Poly) -> Poly:
        """1/p, and 0 where p is 0."""
        value = value_of(poly)
        if value is not None:
            return constant(Fraction(1) / value if value else 0)
        size = content(poly)
        if leading(self.atoms, poly) < 0:
            size = -size
        core = scaled(poly, 1 / size)
        if len(core) == 1:
            ((monomial, _),) = core.items()
            if len(monomial) > 1:
                return self.times(constant(1 / size), *(self._inverse({(a,): 1}) for a in monomial))
        return scaled(self._inverse(core), 1 / size)

    def _inverse(self, core: Poly) -> Poly:
        return self.of_atom(self.atoms.number(("inverse", frozen(core)), self.stars_of_poly(core), whole=False))

    def floor(self, poly: Poly) -> Poly:
        """The greatest integer not above."""
        if self.whole(poly) and all(c.denominator == 1 for c in poly.values()):
            return poly
        outside = {m: c for m, c in poly.items() if not m}
        inside = added(poly, outside, -1)
        steps = outside.get((), 0).__floor__()
        # The whole part of the constant moves out, so that floor(x + 1) and floor(x) speak of one atom.
        inside = added(inside, constant(outside.get((), 0) - steps))
        if not inside or value_of(inside) is not None:
            return constant(steps)
        atom = self.atoms.number(("floor", frozen(inside)), self.stars_of_poly(inside), whole=True)
        return added(self.of_atom(atom), constant(steps))

    def stars_of_poly(self, poly: Poly) -> frozenset[str]:
        """The members outside the classes that a polynomial speaks of."""
        out = NONE
        for monomial in poly:
            for atom in monomial:
                out |= self.atoms.stars[atom]
        return out

    # ------------------------------------------------------------------------------------------ literals

    def literal(self, formula: Formula) -> Formula:
        """A literal, or what has been decided of it."""
        known = self.decided.get(formula)
        return formula if known is None else TRUE if known else FALSE

    def ge(self, poly: Poly) -> Formula:
        """p >= 0."""
        value = value_of(poly)
        if value is not None:
            return TRUE if value >= 0 else FALSE
        return self.literal(self._bound(poly, strict=False))

    def gt(self, poly: Poly) -> Formula:
        """p > 0."""
        value = value_of(poly)
        if value is not None:
            return TRUE if value > 0 else FALSE
        return self.literal(self._bound(poly, strict=True))

    def _bound(self, poly: Poly, *, strict: bool) -> Formula:
        if not self.whole(poly):
            return ("gt" if strict else "ge", frozen(scaled(poly, 1 / content(poly))))
        if strict:
            # Between integers, p > 0 is p - 1 >= 0; the coefficients have to be whole for that.
            poly = added(scaled(poly, 1 / content(poly)), constant(-1))
        whole = scaled(poly, 1 / content(poly, with_constant=False))
        whole[()] = whole.get((), 0).__floor__()
        if not whole[()]:
            del whole[()]
        return ("ge", frozen(whole))

    def eq(self, poly: Poly) -> Formula:
        """p = 0."""
        value = value_of(poly)
        if value is not None:
            return FALSE if value else TRUE
        if self.whole(poly):
            step = content(poly, with_constant=False)
            if (poly.get((), 0) / step).denominator != 1:
                return FALSE
        return self.literal(("eq", self._signed(poly)))

    def ne(self, poly: Poly) -> Formula:
        """p != 0."""
        return self.negation(self.eq(poly))

    def _signed(self, poly: Poly) -> Any:
        size = content(poly)
        return frozen(scaled(poly, (1 if leading(self.atoms, poly) > 0 else -1) / size))

    def fact(self, atom: int, value: bool = True) -> Formula:
        """The atom has this truth value."""
        return self.literal(("is", atom, value))

    # ------------------------------------------------------------------------------------------ connectives

    def both(self, parts: Iterable[Formula]) -> Formula:
        """Conjunction."""
        return self._join("and", parts, TRUE, FALSE)

    def either(self, parts: Iterable[Formula]) -> Formula:
        """Disjunction."""
        return self._join("or", parts, FALSE, TRUE)

    def _join(self, kind: str, parts: Iterable[Formula], neutral: Formula, winner: Formula) -> Formula:
        out: dict[Formula, None] = {}
        for part in parts:
            for inner in part[1] if part[0] == kind else (part,):
                if inner == winner:
                    return winner
                if inner != neutral:
                    out[inner] = None
        if not out:
            return neutral
        return next(iter(out)) if len(out) == 1 else (kind, tuple(out))

    def implies(self, left: Formula, right: Formula) -> Formula:
        """If `left` then `right`."""
        if left == TRUE:
            return right
        return self.either((self.negation(left), right))

    def negation(self, formula: Formula) -> Formula:
        """The negation, pushed inwards."""
        match formula:
            case ("true",):
                return FALSE
            case ("false",):
                return TRUE
            case ("ge", poly):
                return self.gt({m: -c for m, c in poly})
            case ("gt", poly):
                return self.ge({m: -c for m, c in poly})
            case ("eq", poly):
                return self.literal(("ne", poly))
            case ("ne", poly):
                return self.literal(("eq", poly))
            case ("is", atom, value):
                return self.literal(("is", atom, not value))
            case ("and", parts):
                return self.either(self.negation(p) for p in parts)
            case ("or", parts):
                return self.both(self.negation(p) for p in parts)
            case ("all", star, classes, body):
                return self.literal(("some", star, classes, self.negation(body)))
            case ("some", star, classes, body):
                return self.literal(("all", star, classes, self.negation(body)))
        raise AssertionError(formula)

    def switch(self, formula: Formula) -> Poly:
        """1 where the formula holds, else 0."""
        match formula:
            case ("true",):
                return constant(1)
            case ("false",):
                return {}
            case ("and", parts):
                return self.times(*(self.switch(p) for p in parts))
            case ("or", parts):
                return added(constant(1), self.switch(self.negation(formula)), -1)
        other = self.negation(formula)
        if other[0] in ("true", "false"):
            return constant(0 if other == TRUE else 1)
        if self._comes_first(other, formula):
            return added(constant(1), self._switch(other), -1)
        return self._switch(formula)

    def _comes_first(self, left: Formula, right: Formula) -> bool:
        """Which of a literal and its negation stands for both."""
        if left[0] != right[0]:
            return bool(left[0] < right[0])
        if left[0] == "is":
            return bool(left[2])
        return leading(self.atoms, dict(left[1])) > 0

    def _switch(self, literal: Formula) -> Poly:
        shape: Shape = ("if", literal)
        return self.of_atom(self.atoms.number(shape, self.stars_of(literal), whole=True, low=0, high=1))

    def chosen(self, condition: Formula, then: Poly, otherwise: Poly) -> Poly:
        """If the condition holds the one, else the other."""
        if condition == TRUE or then == otherwise:
            return then
        if condition == FALSE:
            return otherwise
        return added(otherwise, self.times(self.switch(condition), added(then, otherwise, -1)))

    def stars_of(self, formula: Formula) -> frozenset[str]:
        """The members outside the classes that a formula speaks of, without those it binds."""
        match formula:
            case ("ge" | "gt" | "eq" | "ne", poly):
                return self.stars_of_poly(dict(poly))
            case ("is", atom, _):
                return self.atoms.stars[atom]
            case ("and" | "or", parts):
                out = NONE
                for part in parts:
                    out |= self.stars_of(part)
                return out
            case ("all" | "some", star, _, body):
                return self.stars_of(body) - {star}
        return NONE
