"""Axes: round numbers that span what is drawn, and places on the page, without any floating point."""

from __future__ import annotations

from fractions import Fraction

_STEPS = (1, 2, 5, 10)
_MOST_TICKS = 5


def ticks(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Round numbers from at most `low` to at least `high`, at least two of them; from zero where that is near."""
    if low > 0 and low * 2 <= high:
        low = Fraction(0)
    if high < 0 and high * 2 >= low:
        high = Fraction(0)
    if low == high:
        low, high = (Fraction(0), high) if high > 0 else (low, Fraction(0)) if low < 0 else (low, low + 1)
    step = _step((high - low) / _MOST_TICKS)
    first, last = (low / step).__floor__(), -((-high / step).__floor__())
    return tuple(step * k for k in range(first, last + 1))


def _step(least: Fraction) -> Fraction:
    """The least of 1, 2, 5 times a power of ten that is at least so much."""
    power = Fraction(1)
    while power * 10 <= least:
        power *= 10
    while power > least:
        power /= 10
    return next(power * k for k in _STEPS if power * k >= least)


def pixel(value: Fraction | int) -> str:
    """A place in the units of a view box, with one decimal."""
    tenths = (Fraction(value) * 10 + Fraction(1, 2)).__floor__()
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}" + (f".{rest}" if rest else "")
