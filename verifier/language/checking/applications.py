"""Built-in functions, aggregates, and the arms of a `match`, on parts whose types are known."""

from __future__ import annotations

from verifier.language import syntax as s
from verifier.language.checking import numbers as n
from verifier.language.checking.describe import noun, type_text
from verifier.language.checking.environment import Context
from verifier.language.checking.fits import agree, boolean, number
from verifier.language.checking.suggest import hint, listed
from verifier.language.checking.tables import UNKNOWN
from verifier.language.types import BoolT, EnumT, MapT, NumberT, StructT, Type, UnknownT

Typed = tuple[tuple[s.Expr, Type], ...]


def builtin(e: s.Call, args: Typed, c: Context) -> Type:
    """`min`, `max` of two or more, `abs`, `floor`, `ceil` of one."""
    if e.function in ("min", "max"):
        if len(args) < 2:
            return _wrong_count(e, "2 or more arguments", f"{e.function}(a, b)", c)
        found = [number(a, t, f"`{e.function}`", c) for a, t in args]
        if any(t is None for t in found):
            return UNKNOWN
        kind, unit = agree(args, "VS0217", f"The arguments of `{e.function}`", c)
        if unit is None:
            return kind
        operands = tuple(n.Operand(t, a) for a, t in args if isinstance(t, NumberT))
        return n.joined(operands, unit) if e.function == "min" else n.largest(operands, unit)
    if len(args) != 1:
        return _wrong_count(e, "1 argument", f"{e.function}(e)", c)
    only = number(*args[0], f"`{e.function}`", c)
    if only is None:
        return UNKNOWN
    return n.absolute(only) if e.function == "abs" else n.rounded(only)


def _wrong_count(e: s.Call, wanted: str, signature: str, c: Context) -> UnknownT:
    return c.tables.report(
        "VS0314", e.span, name=e.function, wanted=wanted, found=str(len(e.arguments)), signature=signature
    )


def aggregate(e: s.Aggregate, body: Type, c: Context) -> Type:
    """`sum(E for a in S if P)`, or of a whole map."""
    part = body
    if not e.binders:
        match body:
            case MapT(_, value):
                part = value
            case UnknownT():
                return n.NAT if e.kind == "count" else UNKNOWN
            case _:
                return _not_a_map(e, body, c)
    what = f"What `{e.kind}` " + ("counts" if e.kind == "count" else "adds up" if e.kind == "sum" else "compares")
    match e.kind:
        case "count":
            if not isinstance(part, BoolT | UnknownT) and not e.binders:
                return _not_a_map(e, body, c)
            boolean(e.body, part, what, c)
            return n.NAT
        case "sum" if isinstance(part, BoolT):
            text = c.tables.short(e.body.span)
            advice = f"Count instead: `count({text})`." if not e.binders else "Count instead: `count(P for a in S)`."
            return c.tables.report("VS0202", e.body.span, what="`sum`", found="true or false", advice=advice)
        case _:
            found = _number_part(e, part, c)
            if found is None:
                return UNKNOWN
            return n.total(found) if e.kind == "sum" else found


def _number_part(e: s.Aggregate, part: Type, c: Context) -> NumberT | None:
    if e.binders:
        return number(e.body, part, f"`{e.kind}`", c)
    match part:
        case NumberT():
            return part
        case StructT(name, fields):
            text = c.tables.short(e.body.span)
            example = f"{e.kind}({text}.{fields[0][0]})" if fields else text
            c.tables.report("VS0220", e.body.span, name=text, type=name, example=example)
            return None
        case _:
            _not_a_map(e, part, c)
            return None


def _not_a_map(e: s.Aggregate, body: Type, c: Context) -> UnknownT:
    text = c.tables.short(e.body.span)
    match body:
        case MapT(_, value) if e.kind == "count":
            advice = (
                f"`count` counts where something is true, but the entries of `{text}` are `{type_text(value)}`: "
                f"write `count({text}[a] > 0 for a in …)`."
            )
        case _:
            advice = f"Say over which members: `{e.kind}({text} for a in Account)`."
    return c.tables.report("VS0225", e.body.span, kind=e.kind, text=text, found=noun(body), advice=advice)


def match_members(e: s.Match, subject: Type, c: Context) -> None:
    """Every member of the enum has one arm."""
    match subject:
        case EnumT(enum, members):
            pass
        case UnknownT():
            return
        case _:
            c.tables.report("VS0224", e.subject.span, text=c.tables.short(e.subject.span), found=noun(subject))
            return
    seen: dict[str, s.MatchArm] = {}
    for arm in e.arms:
        if arm.member not in members:
            advice = hint(arm.member, f"Its members are {listed(members)}.", members)
            c.tables.report("VS0308", arm.span, name=arm.member, enum=enum, hint=advice)
        elif arm.member in seen:
            c.tables.report("VS0421", arm.span, ("first", seen[arm.member].span), name=arm.member)
        else:
            seen[arm.member] = arm
    missing = [m for m in members if m not in seen]
    if missing and all(a.member in members for a in e.arms):
        arms = "  ".join(f"{m} => …" for m in missing)
        c.tables.report("VS0420", e.span, missing=listed(missing), enum=enum, arms=arms)
