"""What a literal means, exactly: `10_000`, `0.825`, `1e18`, `5%`, `30 bps`."""

from __future__ import annotations

import re
from fractions import Fraction

_LITERAL = re.compile(r"([0-9_]+)(?:\.([0-9_]+))?(?:[eE]([+-]?[0-9]+))?[ \t]*(%|bps)?")


def is_sensible(text: str) -> bool:
    """Short enough to be computed with: the exponent of `1e999999999` alone would fill the memory."""
    exponent = re.search(r"[eE][+-]?0*([0-9]*)", text)
    return len(text) <= 200 and (exponent is None or len(exponent.group(1)) <= 3)


def number_value(text: str) -> tuple[Fraction, bool]:
    """The value, and whether it may stand for an integer. A malformed literal, already reported, counts as zero."""
    match = _LITERAL.fullmatch(text) if is_sensible(text) else None
    if match is None:
        return Fraction(0), True
    whole, decimals, exponent, suffix = match.groups(default="")
    decimals = decimals.replace("_", "")
    power = int(exponent or 0) - len(decimals) - {"": 0, "%": 2, "bps": 4}[suffix]
    digits = int(whole.replace("_", "") + decimals)
    value = Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)
    return value, not suffix and value.denominator == 1
