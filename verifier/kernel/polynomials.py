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


def plain(value: Number) -> Number:
    """A whole number as an `int`."""
    return value if value.__class__ is int or value.denominator != 1 else value.numerator


def constant(value: Number) -> Poly:
    """A constant."""
    return {(): plain(value)} if value else {}


def unknown(number: int) -> Poly:
    """One unknown."""
    return {(number,): 1}


def added(left: Poly, right: Poly, factor: Number = 1) -> Poly:
    """`left + factor * right`."""
    out = dict(left)
    add_to(out, right, factor)
    return out


def add_to(out: Poly, right: Poly, factor: Number = 1) -> None:
    """Adds `factor * right` to a polynomial that nobody else has seen yet."""
    for monomial, coefficient in right.items():
        total = out.get(monomial, 0) + factor * coefficient
        if total:
            out[monomial] = plain(total)
        else:
            out.pop(monomial, None)


def scaled(poly: Poly, factor: Number) -> Poly:
    """`factor * poly`."""
    return poly if factor == 1 else {m: plain(c * factor) for m, c in poly.items()} if factor else {}


def divided(poly: Poly, divisor: Number) -> Poly:
    """`poly / divisor`, for a divisor that is not zero."""
    if divisor in (1, -1):
        return poly if divisor == 1 else {m: -c for m, c in poly.items()}
    return {m: plain(Fraction(c) / divisor) for m, c in poly.items()}


def value_of(poly: Poly) -> Number | None:
    """The value of a constant, else None."""
    if not poly:
        return 0
    return poly.get(()) if len(poly) == 1 else None


def frozen(poly: Poly) -> Frozen:
    """The polynomial as a tuple."""
    return tuple(sorted(poly.items()))


def content(poly: Poly, *, with_constant: bool = True) -> Number:
    """The positive number that, divided out, leaves whole coefficients without a common factor."""
    numerators, denominators = 0, 1
    for monomial, coefficient in poly.items():
        if monomial or with_constant:
            numerators = gcd(numerators, coefficient.numerator)
            denominators = lcm(denominators, coefficient.denominator)
    return Fraction(numerators or 1, denominators) if denominators > 1 else numerators or 1


def divides(part: Monomial, whole: Monomial) -> Monomial | None:
    """What is left of a monomial when another is taken out, None if it is not in it."""
    rest = list(whole)
    for factor in part:
        if factor not in rest:
            return None
        rest.remove(factor)
    return tuple(rest)
