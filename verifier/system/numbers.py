"""How numbers are written: exactly, with digits in groups of three, and with their unit."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from verifier.system.terms import Ty, Value
from verifier.system.trace import Scope

_MOST_DECIMALS = 12
_MOST_DENOMINATOR = 1000


def number(value: int | Fraction) -> str:
    """The exact value: `10_000`, `1e18`, `0.825`, `17/21`."""
    value = Fraction(value)
    sign, size = ("-", -value) if value < 0 else ("", value)
    decimal = finite_decimal(size)
    return sign + (decimal if decimal is not None else f"{integer(size.numerator)}/{integer(size.denominator)}")


def readable(value: int | Fraction) -> str:
    """The exact value where that can be taken in at a glance, else `≈` and a few digits of it."""
    value = Fraction(value)
    exact = number(value)
    if "/" not in exact or value.denominator <= _MOST_DENOMINATOR:
        return exact
    return "≈ " + approximate(value)


def approximate(value: Fraction, digits: int = 6) -> str:
    """About that many significant digits, rounded to nearest (halves up); at least the whole part."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    whole = size.numerator // size.denominator
    places = max(0, digits - len(str(whole)))
    if whole == 0:
        leading = len(str(size.denominator)) - len(str(size.numerator))
        places = digits + max(0, leading)
    scaled = (size * 10**places + Fraction(1, 2)).__floor__()
    return sign + decimal_point(scaled, places)


def integer(value: int) -> str:
    """`10_000`; round powers of ten from a million million on as `25e17`."""
    digits = str(value)
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros >= 9 and len(digits) > 12:
        return f"{digits[: len(digits) - zeros]}e{zeros}"
    return f"{value:_}"


def decimal_point(scaled: int, places: int) -> str:
    """`scaled / 10**places` without superfluous zeros."""
    if places == 0:
        return integer(scaled)
    digits = str(scaled).rjust(places + 1, "0")
    whole, rest = digits[:-places], digits[-places:].rstrip("0")
    return integer(int(whole)) + (f".{rest}" if rest else "")


def finite_decimal(size: Fraction) -> str | None:
    """A non-negative number as a decimal, if it is one with a reasonable number of places."""
    places = 0
    rest = size.denominator
    while rest != 1 and places <= _MOST_DECIMALS:
        rest //= gcd(rest, 10)
        places += 1
        if gcd(rest, 10) == 1 and rest != 1:
            return None
    if rest != 1 or places > _MOST_DECIMALS:
        return None
    return decimal_point(int(size * 10**places), places)


def literal(value: int | Fraction, unit: str = "") -> str:
    """An expression of the language with exactly this value and unit: `7_000[USD]`, `17[USD] / 21`, `0`."""
    value = Fraction(value)
    if value == 0:
        return "0"
    suffix = f"[{unit}]" if unit else ""
    sign, size = ("-", -value) if value < 0 else ("", value)
    decimal = finite_decimal(size)
    if decimal is not None:
        return f"{sign}{decimal}{suffix}"
    return f"{sign}{integer(size.numerator)}{suffix} / {integer(size.denominator)}"


def format_value(value: Value, ty: Ty, unit: str = "", scope: Scope | None = None) -> str:
    """A value for a reader: `7_000 USD`, `true`, `A`, `Halted`."""
    match ty.kind:
        case "bool":
            return "true" if value else "false"
        case "int" | "real":
            return readable(value) + (f" {unit}" if unit else "")
        case _:
            return member(value, ty, scope)


def literal_value(value: Value, ty: Ty, unit: str = "", scope: Scope | None = None) -> str:
    """A value as an expression of the language, to be pasted."""
    return literal(value, unit) if ty.numeric else format_value(value, ty, unit, scope)


def member(value: Value, ty: Ty, scope: Scope | None) -> str:
    """The name of a member of a sort or an enum."""
    names = scope.names.get(ty.name, ()) if scope is not None else ()
    index = int(value)
    return names[index] if index < len(names) else f"{ty.name} {index + 1}"
