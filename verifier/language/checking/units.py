"""Units and types as written, to what they mean."""

from __future__ import annotations

from typing import assert_never

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.numbers import number_named
from verifier.language.checking.suggest import hint
from verifier.language.checking.tables import UNKNOWN
from verifier.language.types import PLAIN, BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, Unit, UnknownT

# What people write who come from another language, and what it is called here.
FOREIGN_TYPES = {
    "uint": "uint256", "int512": "int", "float": "real", "double": "real", "number": "real", "decimal": "real",
    "boolean": "bool", "string": "a `sort`, whose members need no names", "integer": "int", "natural": "nat",
    "address": "a sort, as in `sort Account`", "bytes32": "a sort", "ufloat": "ureal", "fixed": "real",
}  # fmt: skip


def resolve_unit(unit: s.UnitExpr, c: Context) -> Unit | None:
    """The unit that is written, or None once an unknown base unit is reported."""
    out = PLAIN
    known = True
    for name, exponent in unit.factors:
        if name not in c.env.units:
            known = False
            otherwise = f"Declare it with `unit {name}` at the top of the model."
            c.tables.report_once(
                name,
                "VS0303",
                unit.span,
                name=name,
                hint=hint(name, otherwise, c.env.units),
            )
        out = out.times(Unit.of({name: exponent}))
    return out if known else None


def resolve_number(e: s.NumberType, c: Context) -> Type:
    """`real[USD]` and its kin."""
    unit = resolve_unit(e.unit, c) if e.unit is not None else PLAIN
    return UNKNOWN if unit is None else number_named(e.name, unit)


def resolve(e: s.TypeExpr, c: Context) -> Type:
    """The type that is written."""
    match e:
        case s.NumberType():
            return resolve_number(e, c)
        case s.BoolTypeExpr():
            return BoolT()
        case s.NamedType():
            return _named(e, c)
        case s.MapTypeExpr(keys, value):
            sorts = tuple(_key(k, c) for k in keys)
            inner = resolve(value, c)
            match inner:
                case MapT() | UnknownT():
                    return UNKNOWN
                case NumberT() | BoolT() | SortT() | EnumT() | StructT() if all(k is not None for k in sorts):
                    return MapT(tuple(k for k in sorts if k is not None), inner)
                case _:
                    return UNKNOWN
        case _:
            assert_never(e)


def _named(e: s.NamedType, c: Context) -> Type:
    found = c.env.types.get(e.name)
    if found is not None:
        return found
    foreign = FOREIGN_TYPES.get(e.name)
    if foreign is not None:
        advice = f"Here it is {foreign}." if " " in foreign else f"Here it is called `{foreign}`."
    elif e.name.startswith(("uint", "int")) and e.name.lstrip("uint").isdigit():
        advice = "The widths are the multiples of 8 from 8 to 256: `uint8`, `uint16`, … `uint256`."
    else:
        builtin = ("real", "ureal", "int", "nat", "bool")
        otherwise = f"Declare it in the model: `sort {e.name}`, `enum {e.name} {{ … }}` or `struct {e.name} {{ … }}`."
        advice = hint(e.name, otherwise, c.env.types, builtin)
    return c.tables.report_once(e.name, "VS0302", e.span, name=e.name, hint=advice)


def _key(e: s.NamedType, c: Context) -> SortT | EnumT | None:
    match _named(e, c):
        case SortT() | EnumT() as found:
            return found
        case StructT():
            c.tables.report("VS0228", e.span, name=e.name)
            return None
        case _:
            return None
