"""Polynomials with exact rational coefficients, over numbered unknowns.

A polynomial is a dictionary from monomials to non-zero coefficients; a monomial is the sorted tuple of the numbers of
its factors, repeated as often as they occur. The empty monomial carries the constant.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

Number = int | Fraction
Monomial = tuple[int, ...]
Poly = dict[Monomial, Number]
Frozen = tuple[tuple[Monomial, Number], ...]
"""A polynomial that can be compared and hashed: its terms, sorted."""

ZERO: Poly = {}


def plain(value: Number) -> Number:
    """A whole number as an `int`."""
    return value.numerator if value.denominator == 1 else value


def constant(value: Number) -> Poly:
    """A constant."""
    return {(): plain(value)} if value else {}


def unknown(number: int) -> Poly:
    """One unknown."""
    return {(number,): 1}


def added(left: Poly, right: Poly, factor: Number = 1) -> Poly:
    """`left + factor * right`."""
    out = dict(left)
    for monomial, coefficient in right.items():
        total = out.get(monomial, 0) + factor * coefficient
        if total:
            out[monomial] = plain(total)
        else:
            out.pop(monomial, None)
    return out


def scaled(poly: Poly, factor: Number) -> Poly:
    """`factor * poly`."""
    return {m: plain(c * factor) for m, c in poly.items()} if factor else {}


def value_of(poly: Poly) -> Number | None:
    """The value of a constant, else None."""
    if not poly:
        return 0
    return poly[()] if len(poly) == 1 and () in poly else None


def frozen(poly: Poly) -> Frozen:
    """The polynomial as a tuple."""
    return tuple(sorted(poly.items()))


def content(poly: Poly, *, with_constant: bool = True) -> Fraction:
    """The positive number that, divided out, leaves whole coefficients without a common factor."""
    numerators, denominators = 0, 1
    for monomial, coefficient in poly.items():
        if monomial or with_constant:
            numerators = gcd(numerators, coefficient.numerator)
            denominators = lcm(denominators, coefficient.denominator)
    return Fraction(numerators, denominators) if numerators else Fraction(1)


def divides(part: Monomial, whole: Monomial) -> Monomial | None:
    """What is left of a monomial when another is taken out, None if it is not in it."""
    rest = list(whole)
    for factor in part:
        if factor not in rest:
            return None
        rest.remove(factor)
    return tuple(rest)
