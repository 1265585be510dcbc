"""Operators on operands whose types are known."""

from __future__ import annotations

from verifier.language import syntax as s
from verifier.language.checking import numbers as n
from verifier.language.checking.describe import noun, type_text
from verifier.language.checking.environment import Context
from verifier.language.checking.fits import boolean, individual_place, number, same_units, scalar
from verifier.language.checking.tables import UNKNOWN
from verifier.language.checking.walk import constant
from verifier.language.types import ActionT, BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, UnknownT

BOOL = BoolT()
LARGEST_EXPONENT = 256


def binary(e: s.Binary, left: Type, right: Type, c: Context) -> Type:
    """The type of `left op right`."""
    match e.op:
        case "and" | "or" | "implies":
            boolean(e.left, left, f"The left side of `{e.op}`", c)
            boolean(e.right, right, f"The right side of `{e.op}`", c)
            return BOOL
        case "==" | "!=":
            _equality(e, left, right, c)
            return BOOL
        case "<" | "<=" | ">" | ">=":
            _order(e, left, right, c)
            return BOOL
        case "^":
            return _power(e, left, c)
        case "+" | "-" | "*" | "/":
            return _arithmetic(e, left, right, c)


def unary(e: s.Unary, type_: Type, c: Context) -> Type:
    """The type of `-e` or `not e`."""
    if e.op == "not":
        boolean(e.operand, type_, "The operand of `not`", c)
        return BOOL
    found = number(e.operand, type_, "`-`", c)
    return UNKNOWN if found is None else n.negated(found)


def _arithmetic(e: s.Binary, left: Type, right: Type, c: Context) -> Type:
    a = number(e.left, left, f"`{e.op}`", c)
    b = number(e.right, right, f"`{e.op}`", c)
    if e.op == "/" and constant(e.right) == 0:
        return c.tables.report("VS0219", e.right.span, text=c.tables.short(e.span))
    if a is None or b is None:
        return UNKNOWN
    match e.op:
        case "*":
            unit = a.unit.times(b.unit)
        case "/":
            unit = a.unit.times(b.unit, -1)
        case _:
            found = same_units(a, e.left, b, e.right, e.op, c)
            if found is None:
                return UNKNOWN
            unit = found
    return n.arithmetic(e.op, n.Operand(a, e.left), n.Operand(b, e.right), unit)


def _order(e: s.Binary, left: Type, right: Type, c: Context) -> None:
    kinds = (scalar(e.left, left, c), scalar(e.right, right, c))
    match kinds:
        case NumberT() as a, NumberT() as b:
            same_units(a, e.left, b, e.right, e.op, c)
        case (UnknownT(), _) | (_, UnknownT()):
            pass
        case (NumberT(), other):
            _not_ordered(e, e.right, other, c)
        case (other, _):
            _not_ordered(e, e.left, other, c)


def _not_ordered(e: s.Binary, part: s.Expr, type_: Type, c: Context) -> None:
    c.tables.report("VS0223", part.span, op=e.op, found=noun(type_), text=c.tables.short(part.span))


def _equality(e: s.Binary, left: Type, right: Type, c: Context) -> None:
    match left, right:
        case (ActionT(), _) | (_, ActionT()):
            c.tables.report_once("action", "VS0414", e.span)
        case (UnknownT(), _) | (_, UnknownT()):
            pass
        case (MapT(), MapT()):
            _no_whole(e, left, c)
        case (StructT() as a, StructT() as b) if a == b:
            field = a.fields[0][0] if a.fields else "field"
            sides = tuple(c.tables.short(x.span) for x in (e.left, e.right))
            c.tables.report(
                "VS0220", e.span, name=sides[0], type=a.name,
                example=f"{sides[0]}.{field} {e.op} {sides[1]}.{field}",
            )  # fmt: skip
        case NumberT(), NumberT():
            same_units(left, e.left, right, e.right, e.op, c)
        case (BoolT(), BoolT()):
            pass
        case (SortT(a), SortT(b)) | (EnumT(a), EnumT(b)) if a == b:
            pass
        case _:
            _different(e, left, right, c)


def _no_whole(e: s.Binary, type_: MapT, c: Context) -> None:
    names = [k.name[0].lower() for k in type_.keys]
    if len(set(names)) != len(names):
        names = [f"{name}{i}" for i, name in enumerate(names, 1)]
    binders = ", ".join(f"{name} in {k.name}" for name, k in zip(names, type_.keys, strict=True))
    sides = [_entry(x, ", ".join(names), c) for x in (e.left, e.right)]
    inner = f"forall {binders}: {sides[0]} == {sides[1]}"
    c.tables.report(
        "VS0222", e.span, op=e.op, type=type_text(type_), fixed=inner if e.op == "==" else f"not (forall {inner[7:]})"
    )


def _entry(e: s.Expr, keys: str, c: Context) -> str:
    match e:
        case s.Old(body):
            return f"old({c.tables.short(body.span)}[{keys}])"
        case _:
            return f"{c.tables.short(e.span)}[{keys}]"


def _different(e: s.Binary, left: Type, right: Type, c: Context) -> None:
    a, b = scalar(e.left, left, c), scalar(e.right, right, c)
    match a, b:
        case (UnknownT(), _) | (_, UnknownT()):
            return
        case _:
            c.tables.report(
                "VS0211", e.right.span, ("left", e.left.span), *individual_place(e.right, c),
                what=f"The right side of `{e.op}`", wanted=type_text(a), found=noun(b),
                text=c.tables.short(e.right.span),
            )  # fmt: skip


def _power(e: s.Binary, left: Type, c: Context) -> Type:
    base = number(e.left, left, "`^`", c)
    match e.right:
        case s.Number(unit=unit) if unit is not None:
            return c.tables.report("VS0207", e.right.span, text=c.tables.short(e.right.span), number=e.right.text)
        case s.Number(value=value, integral=True) if value <= LARGEST_EXPONENT:
            return UNKNOWN if base is None else n.power(base, int(value))
        case _:
            if isinstance(c.tables.types.get(id(e.right)), UnknownT):
                return UNKNOWN
            return c.tables.report("VS0208", e.right.span, text=c.tables.short(e.right.span))
