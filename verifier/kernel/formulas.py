"""Formulas over atoms, in a normal form that decides when two of them are the same.

A formula is a tuple: `("true",)`, `("false",)`, `("ge", p)` (p >= 0), `("gt", p)`, `("eq", p)`, `("ne", p)`,
`("is", atom, value)`, `("and", parts)`, `("or", parts)`, and, of the members outside the classes,
`("all", star, classes, body)` and `("some", star, classes, body)`. There is no negation: it is pushed inwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any, final

from verifier.kernel.atoms import Atoms
from verifier.kernel.polynomials import (
    Monomial,
    Poly,
    add_to,
    added,
    constant,
    content,
    divided,
    divides,
    frozen,
    scaled,
    unknown,
    value_of,
)

Formula = tuple[Any, ...]
TRUE: Formula = ("true",)
FALSE: Formula = ("false",)
LITERALS = frozenset(("ge", "gt", "eq", "ne", "is", "all", "some"))
OPPOSITE = {"eq": "ne", "ne": "eq", "all": "some", "some": "all"}


class Refused(Exception):
    """The certificate proves nothing; the message says why."""


class Undecided(Refused):
    """A member depends on a condition that has to be decided first."""

    def __init__(self, condition: Formula) -> None:
        self.condition = condition
        super().__init__("a member depends on a condition that is not decided")


def is_formula(value: Any) -> bool:
    """Whether a value is a formula, and no unknown member."""
    return isinstance(value, tuple) and value[0] != "member"


@final
@dataclass(slots=True)
class Algebra:
    """Polynomials and formulas under what has been decided on the way down a proof tree."""

    atoms: Atoms
    decided: dict[Formula, bool] = field(default_factory=dict)
    rules: list[tuple[Monomial, Poly]] = field(default_factory=list)
    """Equations used from left to right: wherever the monomial occurs, the polynomial takes its place."""

    _reduced: dict[Monomial, Poly] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ polynomials

    def of_atom(self, atom: int) -> Poly:
        """An atom as a polynomial."""
        return self.normal(unknown(atom))

    def normal(self, poly: Poly) -> Poly:
        """The polynomial with every rule applied as often as it can be. Rules that run in a circle run out of stack."""
        if not self.rules:
            return poly
        out: Poly = {}
        for monomial, coefficient in poly.items():
            if monomial not in self._reduced:
                self._reduced[monomial] = self._reduce(monomial)
            add_to(out, self._reduced[monomial], coefficient)
        return out

    def _reduce(self, monomial: Monomial) -> Poly:
        for left, right in self.rules:
            if left[0] in monomial and (rest := divides(left, monomial)) is not None:
                return self.normal(self._product({rest: 1}, right))
        return {monomial: 1}

    def times(self, *polys: Poly) -> Poly:
        """The product."""
        return self.normal(reduce(self._product, polys, constant(1)))

    def _product(self, left: Poly, right: Poly) -> Poly:
        one, other = value_of(left), value_of(right)
        if one is not None or other is not None:
            return scaled(right, one) if one is not None else scaled(left, other or 0)
        out: Poly = {}
        for m1, c1 in left.items():
            for m2, c2 in right.items():
                monomial = tuple(sorted(m1 + m2)) if m1 and m2 else m1 or m2
                if not self.atoms.switches.isdisjoint(monomial):
                    # 0 and 1 are their own squares.
                    once = self.atoms.switches.intersection(monomial)
                    monomial = tuple(sorted([*once, *(a for a in monomial if a not in once)]))
                add_to(out, {monomial: c1 * c2})
        return out

    def whole(self, poly: Poly) -> bool:
        """Whether all atoms are integers (the coefficients may be fractions)."""
        whole = self.atoms.whole
        return all(whole[a] for m in poly for a in m)

    def inverse(self, poly: Poly) -> Poly:
        """1/p, and 0 where p is 0."""
        value = value_of(poly)
        if value is not None:
            return constant(Fraction(1) / value if value else 0)
        size = content(poly) if self.atoms.leading(poly) > 0 else -content(poly)
        core = divided(poly, size)
        ((monomial, _), *more) = core.items()
        # The inverse of a product is the product of the inverses.
        factors = [core] if more else [unknown(atom) for atom in monomial]
        made = (unknown(self.atoms.number(("inverse", frozen(factor)))) for factor in factors)
        return divided(self.times(*made), size)

    def floor(self, poly: Poly) -> Poly:
        """The greatest integer not above."""
        if self.whole(poly) and all(c.denominator == 1 for c in poly.values()):
            return poly
        # The whole part of the constant moves out, so that floor(x + 1) and floor(x) speak of one atom.
        steps = constant(poly.get((), 0).__floor__())
        inside = added(poly, steps, -1)
        if value_of(inside) is not None:
            return steps
        return added(self.of_atom(self.atoms.number(("floor", frozen(inside)), whole=True)), steps)

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
        if not self.whole(poly):
            return self.literal(("ge", frozen(divided(poly, content(poly)))))
        # Between integers, what is left of the constant once the rest is divided has no fraction.
        whole = divided(poly, content(poly, with_constant=False))
        part = whole.get((), 0)
        return self.literal(("ge", frozen(added(whole, constant(part - part.__floor__()), -1))))

    def gt(self, poly: Poly) -> Formula:
        """p > 0."""
        value = value_of(poly)
        if value is not None:
            return TRUE if value > 0 else FALSE
        core = divided(poly, content(poly))
        if self.whole(poly):
            # Between integers, p > 0 is p - 1 >= 0; the coefficients have to be whole for that.
            return self.ge(added(core, constant(-1)))
        return self.literal(("gt", frozen(core)))

    def eq(self, poly: Poly) -> Formula:
        """p = 0."""
        value = value_of(poly)
        if value is not None:
            return FALSE if value else TRUE
        if self.whole(poly) and (Fraction(poly.get((), 0)) / content(poly, with_constant=False)).denominator != 1:
            return FALSE
        size = content(poly)
        return self.literal(("eq", frozen(divided(poly, size if self.atoms.leading(poly) > 0 else -size))))

    def within(self, poly: Poly, side: str, bound: int) -> Formula:
        """p is not below (`low`) or not above (`high`) a bound."""
        return self.ge(added(poly, constant(-bound)) if side == "low" else added(constant(bound), poly, -1))

    def comparison(self, kind: str, poly: Poly) -> Formula:
        """A comparison with zero, by its kind."""
        made = {"ge": self.ge, "gt": self.gt, "eq": self.eq, "ne": self.eq}[kind](poly)
        return self.negation(made) if kind == "ne" else made

    def fact(self, atom: int, value: bool = True) -> Formula:
        """The atom has this truth value."""
        return self.literal(("is", atom, value))

    # ------------------------------------------------------------------------------------------ connectives

    def both(self, parts: Iterable[Formula]) -> Formula:
        """Conjunction."""
        return self.join("all", parts)

    def either(self, parts: Iterable[Formula]) -> Formula:
        """Disjunction."""
        return self.join("some", parts)

    def join(self, kind: str, parts: Iterable[Formula]) -> Formula:
        """Conjunction (`and`, `all`) or disjunction (`or`, `some`)."""
        kind, neutral, winner = ("and", TRUE, FALSE) if kind in ("and", "all") else ("or", FALSE, TRUE)
        out: dict[Formula, None] = {}
        for part in parts:
            for inner in part[1] if part[0] == kind else (part,):
                if inner == winner or (inner[0] == "is" and ("is", inner[1], not inner[2]) in out):
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
            case ("true" | "false" as kind,):
                return FALSE if kind == "true" else TRUE
            case ("ge" | "gt" as kind, poly):
                opposite = {m: -c for m, c in poly}
                return self.gt(opposite) if kind == "ge" else self.ge(opposite)
            case ("is", atom, value):
                return self.literal(("is", atom, not value))
            case ("and" | "or" as kind, parts):
                return self.join("or" if kind == "and" else "and", map(self.negation, parts))
            case ("all" | "some" as kind, star, classes, body):
                return self.literal((OPPOSITE[kind], star, classes, self.negation(body)))
        return self.literal((OPPOSITE[formula[0]], formula[1]))

    def switch(self, formula: Formula) -> Poly:
        """1 where the formula holds, else 0."""
        if formula[0] == "and":
            return self.times(*map(self.switch, formula[1]))
        other = self.negation(formula)
        if TRUE in (formula, other) or FALSE in (formula, other):
            return constant(int(formula == TRUE or other == FALSE))
        if formula[0] == "or" or self._comes_first(other, formula):
            return added(constant(1), self.switch(other), -1)
        return self.of_atom(self.atoms.number(("if", formula), whole=True, low=0, high=1))

    def _comes_first(self, left: Formula, right: Formula) -> bool:
        """Which of a literal and its negation stands for both."""
        if left[0] != right[0]:
            return bool(left[0] < right[0])
        return left[2] is True if left[0] == "is" else self.atoms.leading(dict(left[1])) > 0

    def chosen(self, condition: Formula, then: Any, otherwise: Any) -> Any:
        """If the condition holds the one, else the other: numbers, truth values or members."""
        if condition == TRUE or then == otherwise:
            return then
        if condition == FALSE:
            return otherwise
        if is_formula(then):
            return self.either((self.both((condition, then)), self.both((self.negation(condition), otherwise))))
        if not isinstance(then, dict):
            raise Undecided(condition)
        return added(otherwise, self.times(self.switch(condition), added(then, otherwise, -1)))
