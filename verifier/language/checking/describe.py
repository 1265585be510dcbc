"""Types and units in the words of a message: as the user writes them."""

from __future__ import annotations

from typing import assert_never

from verifier.language.types import ActionT, BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, Unit, UnknownT


def type_text(type_: Type) -> str:
    """A type as it is written in a declaration: `ureal[USD]`, `(Account, Market) -> nat`."""
    match type_:
        case NumberT(unit=unit):
            return f"{_number_text(type_)}[{unit}]" if unit.factors else _number_text(type_)
        case BoolT():
            return "bool"
        case SortT(name) | EnumT(name) | StructT(name):
            return name
        case MapT(keys, value):
            left = keys[0].name if len(keys) == 1 else f"({', '.join(k.name for k in keys)})"
            return f"{left} -> {type_text(value)}"
        case ActionT():
            return "action"
        case UnknownT():
            return "unknown"
        case _:
            assert_never(type_)


def _number_text(type_: NumberT) -> str:
    unsigned = type_.low is not None and type_.low >= 0
    if type_.bits is not None:
        return f"{'u' if unsigned else ''}int{type_.bits}"
    if type_.integer:
        return "nat" if unsigned else "int"
    return "ureal" if unsigned else "real"


def noun(type_: Type) -> str:
    """What a value of the type is, for a sentence: "an amount in `USD`", "a member of `Account`"."""
    match type_:
        case NumberT(unit=unit):
            return in_unit(unit)
        case BoolT():
            return "true or false"
        case SortT(name):
            return f"a member of `{name}`"
        case EnumT(name):
            return f"one of `{name}`"
        case StructT(name):
            return f"a whole `{name}`"
        case MapT():
            return f"a whole map (`{type_text(type_)}`)"
        case ActionT():
            return "an action"
        case UnknownT():
            return "unknown"
        case _:
            assert_never(type_)


def in_unit(unit: Unit) -> str:
    """An amount with its unit: "an amount in `USD`", "a value in `USD/ETH`", "a plain number"."""
    if not unit.factors:
        return "a plain number"
    return f"{'an amount' if len(unit.factors) == 1 and unit.factors[0][1] > 0 else 'a value'} in `{unit}`"
