"""Numbers that are easy to read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from verifier.system.transition import Variable

DECIMALS = (6, 8, 9, 12, 18, 24, 27, 36)
"""Powers of ten that models of tokens are full of."""


def _magnitude(number: Fraction) -> int:
    """The power of ten of the first digit, exactly (a float would overflow)."""
    if number == 0:
        return 0
    size = abs(number)
    guess = len(str(size.numerator)) - len(str(size.denominator))
    return guess if size >= Fraction(10) ** guess else guess - 1


def roughness(value: int | Fraction) -> tuple[int, int, int, Fraction]:
    """How hard a number is to read: no finite decimals is worst, then the digits that matter, then the size."""
    number = Fraction(value)
    if number == 0:
        return (0, 0, 0, Fraction(0))
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return (1, len(str(number.denominator)) + len(str(number.numerator)), 0, abs(number))
    scaled, places = number, 0
    while scaled.denominator != 1:
        scaled *= 10
        places += 1
    digits = str(abs(scaled.numerator)).rstrip("0")
    lead = {"1": 0, "5": 1, "2": 1}.get(digits, 2)
    return (0, len(digits), lead + (0 if places <= 2 else places), abs(number) if number >= 1 else 1 / abs(number))


def rounder_values(value: int | Fraction, variable: Variable) -> Iterator[int | Fraction]:
    """Numbers near (and not so near) a value that are easier to read, the easiest first."""
    integer = variable.ty.kind == "int"
    seen: set[Fraction] = set()
    tries: list[Fraction] = [Fraction(n) for n in (0, 1, 10, 100, 1000, 2, 5, 20, 50)]
    number = Fraction(value)
    if not integer:
        tries += [Fraction(n, 10) for n in (5, 1, 9, 8, 2)] + [Fraction(n, 100) for n in (5, 1, 75, 95)]
    magnitude = _magnitude(number)
    tries += [Fraction(10**d) for d in DECIMALS if d <= magnitude]
    for digits in (1, 2, 3, 4):
        unit = Fraction(10) ** (magnitude - digits + 1)
        low = floor(number / unit) * unit
        tries += [low, low + unit, low + unit / 2]
    for candidate in sorted((t for t in tries), key=lambda t: roughness(t)[:3]):
        if candidate in seen or (integer and candidate.denominator != 1):
            continue
        seen.add(candidate)
        if variable.low is not None and candidate < variable.low:
            continue
        if variable.high is not None and candidate > variable.high:
            continue
        yield candidate.numerator if integer else candidate
