"""Whether a value fits where it goes: kinds, units, whole numbers. Each misfit has its own error."""

from __future__ import annotations

import re
from typing import Literal, final

from verifier.language import syntax as s
from verifier.language.checking.describe import in_unit, noun, type_text
from verifier.language.checking.environment import Context
from verifier.language.checking.numbers import holds, plain
from verifier.language.checking.tables import UNKNOWN
from verifier.language.checking.walk import constant, first_number
from verifier.language.source import Span
from verifier.language.types import ActionT, BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, Unit, UnknownT

UnitClash = Literal["decimals", "constant", "ratio", "units"]


@final
class Wanted:
    """A place that takes a value: its type, what it is called, and where it was declared."""

    __slots__ = ("declared", "name", "type")

    def __init__(self, type_: Type, name: str, declared: Span | None = None) -> None:
        self.type = type_
        self.name = name
        self.declared = declared

    @property
    def others(self) -> tuple[tuple[str, Span], ...]:
        """The second place of an error, if there is one."""
        return () if self.declared is None else (("declared", self.declared),)


def scalar(e: s.Expr, type_: Type, c: Context) -> Type:
    """The type of a single value; a whole map or record is reported, and becomes unknown."""
    match type_:
        case MapT(keys, value):
            text = c.tables.short(e.span)
            keys_text = ", ".join(k.name[0].lower() for k in keys)
            return c.tables.report(
                "VS0215", e.span, name=text, type=type_text(type_), keys=" and ".join(k.name for k in keys),
                value=type_text(value), example=f"{text}[{keys_text}]",
            )  # fmt: skip
        case StructT(name, fields):
            text = c.tables.short(e.span)
            field = fields[0][0] if fields else "field"
            return c.tables.report("VS0220", e.span, name=text, type=name, example=f"{text}.{field}")
        case ActionT():
            return c.tables.report("VS0414", e.span)
        case _:
            return type_


def boolean(e: s.Expr, type_: Type, what: str, c: Context) -> None:
    """A condition has to be true or false."""
    match scalar(e, type_, c):
        case BoolT() | UnknownT():
            return
        case other:
            text = c.tables.short(e.span)
            match other:
                case EnumT(_, members) if members:
                    fixed = f"{text} == {members[0]}"
                case NumberT():
                    fixed = f"{text} > 0"
                case _:
                    fixed = f"{text} == …"
            c.tables.report("VS0201", e.span, what=what, found=noun(other), fixed=fixed)


def number(e: s.Expr, type_: Type, what: str, c: Context) -> NumberT | None:
    """A number, or None once it is reported that it is none."""
    match scalar(e, type_, c):
        case NumberT() as found:
            return found
        case UnknownT():
            return None
        case other:
            text = c.tables.short(e.span)
            advice = (
                f"To make a number of a condition, write `if {text} then 1 else 0`; to count members, "
                "`count(P for a in S)`."
                if isinstance(other, BoolT)
                else "Members of sorts and enums have no numbers. Keep the number that belongs to each in a map."
            )
            c.tables.report("VS0202", e.span, what=what, found=noun(other), advice=advice)
            return None


# ---------------------------------------------------------------------------------------------- units


def bare_constant(e: s.Expr, type_: NumberT) -> bool:
    """A constant to which no unit was given. A percentage is a ratio that has none."""
    leaf = first_number(e)
    return plain(type_) and leaf is not None and not leaf.text.endswith(("%", "bps")) and constant(e) is not None


def unit_clash(a: NumberT, left: s.Expr, b: NumberT, right: s.Expr) -> UnitClash | None:
    """What is the matter between two numbers that need equal units; None if they have."""
    if a.unit == b.unit or a.flexible or b.flexible:
        return None
    if bare_constant(left, a) or bare_constant(right, b):
        return "constant"
    if decimals(a.unit, b.unit) is not None:
        return "decimals"
    return "ratio" if plain(a) or plain(b) else "units"


def decimals(a: Unit, b: Unit) -> tuple[str, str, int] | None:
    """For `wei18` and `wei6`: the finer and the coarser one, and the number of decimals between them."""
    ratio = a.times(b, -1).factors
    if len(ratio) != 2 or ratio[0][1] + ratio[1][1] != 0 or abs(ratio[0][1]) != 1:
        return None
    found = [re.fullmatch(r"(.*?)([0-9]+)", name) for name, _ in ratio]
    first, second = found
    if first is None or second is None or first[1] != second[1]:
        return None
    (x, _), (y, _) = ratio
    if not _stands_for(a, b, x, y) and not _stands_for(a, b, y, x):
        return None
    more = int(first[2]) - int(second[2])
    return (x, y, more) if more > 0 else (y, x, -more)


def _stands_for(a: Unit, b: Unit, x: str, y: str) -> bool:
    """Whether `a` has `x` just where `b` has `y`: a factor too many is another mistake than one that is missing."""
    left, right = dict(a.factors), dict(b.factors)
    return left.get(x, 0) * right.get(y, 0) > 0


def factor_text(a: Unit, b: Unit) -> dict[str, str]:
    """The values that the message about a forgotten decimals factor needs."""
    found = decimals(a, b)
    assert found is not None
    fine, coarse, places = found
    return {"factor": f"1e{places}[{fine}/{coarse}]", "fine": fine, "coarse": coarse}


def with_unit(e: s.Expr, unit: Unit, c: Context) -> str:
    """The constant as it should have been written."""
    match e:
        case s.Number(text):
            return f"{text}[{unit}]"
        case s.Unary("-", s.Number(text)):
            return f"-{text}[{unit}]"
        case s.Binary("*" | "/" | "^"):
            return f"{c.tables.short(e.span)} * 1[{unit}]"
        case _:
            return f"({c.tables.short(e.span)}) * 1[{unit}]"


def same_units(a: NumberT, left: s.Expr, b: NumberT, right: s.Expr, op: str, c: Context) -> Unit | None:
    """The unit of two numbers that are added or compared; None once the clash is reported."""
    clash = unit_clash(a, left, b, right)
    units = {"left": in_unit(a.unit), "right": in_unit(b.unit), "op": op}
    match clash:
        case None:
            return b.unit if a.flexible else a.unit
        case "decimals":
            c.tables.report("VS0209", right.span, ("other", left.span), **units, **factor_text(a.unit, b.unit))
        case "constant":
            bare, other, unit = (left, right, b.unit) if bare_constant(left, a) else (right, left, a.unit)
            c.tables.report(
                "VS0206", bare.span, ("other", other.span),
                number=c.tables.short(bare.span), unit=in_unit(unit), fixed=with_unit(bare, unit, c),
            )  # fmt: skip
        case "ratio":
            ratio, amount, unit = (left, right, b.unit) if plain(a) else (right, left, a.unit)
            c.tables.report(
                "VS0205", ratio.span, ("amount", amount.span),
                op=op, unit=str(unit), ratio=c.tables.short(ratio.span), amount=c.tables.short(amount.span),
            )  # fmt: skip
        case "units":
            c.tables.report("VS0203", right.span, ("left", left.span), op=op, left=str(a.unit), right=str(b.unit))
    return None


# ---------------------------------------------------------------------------------------------- storing


def fits(e: s.Expr, type_: Type, wanted: Wanted, c: Context) -> bool:
    """Whether a value may be stored, passed or returned as `wanted`; if not, it is reported."""
    value = scalar(e, type_, c)
    match value, wanted.type:
        case (UnknownT(), _) | (_, UnknownT()):
            return True
        case NumberT(), NumberT():
            return _number_fits(e, value, wanted, wanted.type, c)
        case (BoolT(), BoolT()):
            return True
        case (SortT(a), SortT(b)) | (EnumT(a), EnumT(b)) if a == b:
            return True
        case _:
            c.tables.report(
                "VS0211", e.span, *wanted.others, *individual_place(e, c),
                what=wanted.name, wanted=type_text(wanted.type), found=noun(value), text=c.tables.short(e.span),
            )  # fmt: skip
            return False


def individual_place(e: s.Expr, c: Context) -> tuple[tuple[str, Span], ...]:
    """Where an undeclared name got its sort, for the error that it has another one."""
    if not isinstance(e, s.Name) or c.implicit is None or e.name not in c.implicit.names:
        return ()
    return (("implicit", c.implicit.names[e.name].span),)


def _number_fits(e: s.Expr, value: NumberT, wanted: Wanted, want: NumberT, c: Context) -> bool:
    if want.integer and not value.integer:
        text = c.tables.short(e.span)
        advice = (
            f"Say which way to round: `floor({text})` rounds down, `ceil({text})` rounds up."
            if constant(e) is None
            else "Write a whole number, or make the type a `real`."
        )
        c.tables.report("VS0210", e.span, *wanted.others, what=wanted.name, wanted=type_text(want), advice=advice)
        return False
    if value.unit != want.unit and not value.flexible:
        units = {"what": wanted.name, "wanted": in_unit(want.unit), "found": in_unit(value.unit)}
        if bare_constant(e, value):
            c.tables.report(
                "VS0206", e.span, *(("other", place) for _, place in wanted.others),
                number=c.tables.short(e.span), unit=in_unit(want.unit), fixed=with_unit(e, want.unit, c),
            )  # fmt: skip
        elif decimals(value.unit, want.unit) is not None:
            c.tables.report(
                "VS0209", e.span, *(("other", place) for _, place in wanted.others),
                left=in_unit(want.unit), right=in_unit(value.unit), op=":=", **factor_text(value.unit, want.unit),
            )  # fmt: skip
        else:
            c.tables.report("VS0204", e.span, *wanted.others, **units)
        return False
    exact = constant(e)
    if exact is not None and not holds(want, exact):
        c.tables.report(
            "VS0218", e.span, *wanted.others, what=wanted.name, number=c.tables.short(e.span),
            type=type_text(want), range=_range_text(want),
        )  # fmt: skip
        return False
    return True


def _range_text(type_: NumberT) -> str:
    if type_.high is None or type_.bits is None:
        return "is never below 0"
    if type_.low == 0:
        return f"goes from 0 to 2^{type_.bits} - 1"
    return f"goes from -2^{type_.bits - 1} to 2^{type_.bits - 1} - 1"


def agree(parts: tuple[tuple[s.Expr, Type], ...], code: str, what: str, c: Context) -> tuple[Type, Unit | None]:
    """The first part's kind if all have the same (numbers with one unit); `what` names the construct."""
    kept = [(e, scalar(e, t, c)) for e, t in parts]
    if any(isinstance(t, UnknownT) for _, t in kept):
        return UNKNOWN, None
    first_e, first = kept[0]
    unit: Unit | None = None
    for e, type_ in kept[1:]:
        match first, type_:
            case NumberT(), NumberT():
                if unit_clash(first, first_e, type_, e) is not None:
                    return _disagree(first_e, first, e, type_, code, what, c), None
                if first.flexible:
                    first_e, first = e, type_
            case _ if first == type_:
                pass
            case _:
                return _disagree(first_e, first, e, type_, code, what, c), None
    if isinstance(first, NumberT):
        unit = first.unit
    return first, unit


def _disagree(a: s.Expr, first: Type, b: s.Expr, second: Type, code: str, what: str, c: Context) -> UnknownT:
    match first, second:
        case NumberT(), NumberT() if bare_constant(b, second):
            advice = f"Write `{with_unit(b, first.unit, c)}`."
        case NumberT(), NumberT() if bare_constant(a, first):
            advice = f"Write `{with_unit(a, second.unit, c)}`."
        case NumberT(), NumberT():
            advice = "They need one unit: convert one of them with a price or a rate."
        case _:
            advice = "All of them have to give the same kind of value."
    return c.tables.report(
        code, b.span, ("first", a.span), what=what, first=noun(first), second=noun(second), advice=advice
    )
