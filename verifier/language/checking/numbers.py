"""The types of numbers that arithmetic gives. Pure: units that differ are somebody else's matter.

An integer and an integer give an integer, a real and anything a real, `/` always a real. Unsigned numbers stay
unsigned under `+` and `*`. A bounded type survives arithmetic with itself and with constants that it can hold;
with anything else the result is a plain integer.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import final

from verifier.language import syntax as s
from verifier.language.checking.walk import constant
from verifier.language.frozen import dataclass
from verifier.language.types import PLAIN, NumberT, Unit

NAT = NumberT(integer=True, low=0)
ANY_NUMBER = NumberT(integer=False)


def number_named(name: str, unit: Unit) -> NumberT:
    """`real`, `ureal`, `int`, `nat`, `uint8` … `int256` with a unit."""
    match name:
        case "real":
            return NumberT(integer=False, unit=unit)
        case "ureal":
            return NumberT(integer=False, low=0, unit=unit)
        case "int":
            return NumberT(integer=True, unit=unit)
        case "nat":
            return NumberT(integer=True, low=0, unit=unit)
        case _:
            bits = int(name.removeprefix("u").removeprefix("int"))
            if name.startswith("u"):
                return NumberT(True, 0, (1 << bits) - 1, unit, bits)
            return NumberT(True, -(1 << (bits - 1)), (1 << (bits - 1)) - 1, unit, bits)


def literal(value: Fraction, integral: bool, unit: Unit, has_unit: bool) -> NumberT:
    """The type of a literal; a bare zero fits every unit."""
    return NumberT(integral, 0 if value >= 0 else None, unit=unit, flexible=value == 0 and not has_unit)


@final
@dataclass(frozen=True, slots=True)
class Operand:
    """A number's type with the expression it is of, since a constant adapts to the bounded type beside it."""

    type: NumberT
    expr: s.Expr


def unsigned(type_: NumberT) -> bool:
    """Never below zero."""
    return type_.low is not None and type_.low >= 0


def holds(type_: NumberT, value: Fraction) -> bool:
    """Whether a constant lies in the range of a type (and is whole, where it has to be)."""
    if type_.integer and value.denominator != 1:
        return False
    return (type_.low is None or value >= type_.low) and (type_.high is None or value <= type_.high)


def _bounded(operands: tuple[Operand, ...]) -> NumberT | None:
    """The bounded type that all operands share; constants that fit in it adapt."""
    own = [o.type for o in operands if o.type.bits is not None]
    if not own or any((t.low, t.high) != (own[0].low, own[0].high) for t in own):
        return None
    for operand in operands:
        if operand.type.bits is None:
            value = constant(operand.expr) if operand.type.integer else None
            if value is None or not holds(own[0], value):
                return None
    return own[0]


def common(operands: tuple[Operand, ...], unit: Unit, low: int | None) -> NumberT:
    """The type that holds all operands; `low` is its lower end where it is unbounded."""
    bounded = _bounded(operands)
    if bounded is not None:
        return replace(bounded, unit=unit, flexible=False)
    types = [o.type for o in operands]
    flexible = all(t.flexible for t in types)
    return NumberT(all(t.integer for t in types), low, unit=unit, flexible=flexible)


def joined(operands: tuple[Operand, ...], unit: Unit) -> NumberT:
    """Of `if`, `match` and `min`: any of the operands."""
    return common(operands, unit, 0 if all(unsigned(o.type) for o in operands) else None)


def largest(operands: tuple[Operand, ...], unit: Unit) -> NumberT:
    """Of `max`: unsigned as soon as one operand is."""
    return common(operands, unit, 0 if any(unsigned(o.type) for o in operands) else None)


def arithmetic(op: str, left: Operand, right: Operand, unit: Unit) -> NumberT:
    """Of `+ - * /`, with the unit that results."""
    both = unsigned(left.type) and unsigned(right.type)
    if op == "/":
        return NumberT(False, 0 if both else None, unit=unit)
    out = common((left, right), unit, 0 if both and op != "-" else None)
    return replace(out, flexible=False) if op == "*" else out


def negated(type_: NumberT) -> NumberT:
    """Of `-e`. The negative of an unsigned number is a plain one."""
    if type_.bits is not None and not unsigned(type_):
        return type_
    return NumberT(type_.integer, None, unit=type_.unit, flexible=type_.flexible)


def power(base: NumberT, exponent: int) -> NumberT:
    """Of `base ^ exponent`."""
    unit = base.unit.power(exponent)
    if base.bits is not None:
        return replace(base, unit=unit)
    return NumberT(base.integer, 0 if unsigned(base) or exponent % 2 == 0 else None, unit=unit)


def absolute(type_: NumberT) -> NumberT:
    """Of `abs(e)`: the least `intN` has no counterpart in `intN`, so the result is unbounded."""
    if unsigned(type_):
        return type_
    return NumberT(type_.integer, 0, unit=type_.unit, flexible=type_.flexible)


def rounded(type_: NumberT) -> NumberT:
    """Of `floor(e)` and `ceil(e)`, which keep the unit."""
    if type_.integer:
        return type_
    return NumberT(True, 0 if unsigned(type_) else None, unit=type_.unit, flexible=type_.flexible)


def total(type_: NumberT) -> NumberT:
    """Of `sum(e for …)`: a bounded type does not bound the sum."""
    return NumberT(type_.integer, 0 if unsigned(type_) else None, unit=type_.unit)


def plain(type_: NumberT) -> bool:
    """Whether it carries no unit."""
    return type_.unit == PLAIN
