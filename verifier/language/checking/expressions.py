"""The type of an expression, with what every name in it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking import numbers as n
from verifier.language.checking.applications import aggregate, builtin, match_members
from verifier.language.checking.environment import BUILTINS, RUNS, SOME_MAP, Context
from verifier.language.checking.fields import field, of_part, run_name
from verifier.language.checking.fits import Wanted, agree, boolean, fits
from verifier.language.checking.names import action_named, definition, name, not_indexed, sort_named, wrong_key
from verifier.language.checking.operators import BOOL, binary, unary
from verifier.language.checking.parts import dotted
from verifier.language.checking.tables import UNKNOWN
from verifier.language.checking.units import resolve_unit
from verifier.language.types import PLAIN, ActionT, BoolT, EnumT, MapT, NumberT, SortT, Type


def infer(e: s.Expr, c: Context, want: Type | None = None) -> Type:
    """The type of an expression, noted in the tables. `want` is what would fit: it decides nothing but what an
    undeclared individual is, and which names are suggested for an unknown one."""
    match e:
        case s.Number(value=value, integral=integral, unit=unit):
            found = resolve_unit(unit, c) if unit is not None else PLAIN
            out: Type = UNKNOWN if found is None else n.literal(value, integral, found, unit is not None)
        case s.Boolean():
            out = BOOL
        case s.Name():
            out = name(e, c, want)
        case s.CurrentAction():
            out = ActionT() if c.mode == "step" else c.tables.report_once("action", "VS0414", e.span)
        case s.Index():
            out = _index(e, c)
        case s.Field():
            out = _field(e, c)
        case s.Call():
            out = _call(e, c)
        case s.Old(body):
            out = _old(e, body, c, want)
        case s.Unary(op, inner):
            out = unary(e, infer(inner, c, BOOL if op == "not" else n.ANY_NUMBER), c)
        case s.Binary():
            out = _binary(e, c)
        case s.IfThenElse():
            out = _if(e, c, want)
        case s.Match():
            out = _match(e, c, want)
        case s.Quantifier(kind, binders, body):
            inner_c = bind(binders, c)
            boolean(body, infer(body, inner_c, BOOL), f"What `{kind}` speaks of", c)
            out = BOOL
        case s.Aggregate():
            out = _aggregate(e, c)
        case s.Wildcard() | s.AnyValue():
            # The grammar lets these stand only where their statement or declaration handles them.
            out = UNKNOWN
        case _:
            assert_never(e)
    c.tables.types[id(e)] = out
    return out


def bind(binders: tuple[s.Binder, ...], c: Context) -> Context:
    """The context inside `forall`, `sum`, `for`: every binder is a member of its sort."""
    for binder in binders:
        sort = sort_named(binder, c)
        c.tables.declared[id(binder)] = sort
        c = c.with_local(Symbol("binder", binder.name, sort, binder.span, binder))
    return c


def condition(e: s.Expr, what: str, c: Context) -> None:
    """An expression that has to be true or false."""
    boolean(e, infer(e, c, BOOL), what, c)


def _binary(e: s.Binary, c: Context) -> Type:
    match e.op, e.left, e.right:
        case ("==" | "!=", s.CurrentAction(), (s.Name() | s.Field()) as other) | (
            "==" | "!=", (s.Name() | s.Field()) as other, s.CurrentAction()
        ):  # fmt: skip
            for side in (e.left, e.right):
                c.tables.types[id(side)] = ActionT()
            if c.mode == "step":
                action_named(other, dotted(other) or c.tables.short(other.span), other.span, c)
            else:
                c.tables.report_once("action", "VS0414", e.span)
            return BOOL
        case _:
            pass
    want: Type = BOOL if e.op in ("and", "or", "implies") else n.ANY_NUMBER
    if e.op in ("==", "!=") and isinstance(e.left, s.Name) and c.find(e.left.name) is None:
        # An individual that is named here for the first time gets its sort from the other side.
        right = infer(e.right, c)
        left = infer(e.left, c, right)
    else:
        left = infer(e.left, c, None if e.op in ("==", "!=") else want)
        right = infer(e.right, c, left if e.op in ("==", "!=") else want)
    return binary(e, left, right, c)


def _if(e: s.IfThenElse, c: Context, want: Type | None) -> Type:
    condition(e.condition, "The condition of `if`", c)
    parts = ((e.then, infer(e.then, c, want)), (e.otherwise, infer(e.otherwise, c, want)))
    return _joined(parts, "The two branches of `if`", c)


def _joined(parts: tuple[tuple[s.Expr, Type], ...], what: str, c: Context) -> Type:
    kind, unit = agree(parts, "VS0216", what, c)
    if unit is None:
        return kind
    return n.joined(tuple(n.Operand(t, e) for e, t in parts if isinstance(t, NumberT)), unit)


def _match(e: s.Match, c: Context, want: Type | None) -> Type:
    subject = infer(e.subject, c)
    match_members(e, subject, c)
    parts = tuple((arm.body, infer(arm.body, c, want)) for arm in e.arms)
    if not parts:
        return UNKNOWN
    return _joined(parts, "The arms of `match`", c)


def _old(e: s.Old, body: s.Expr, c: Context, want: Type | None) -> Type:
    if c.mode != "step":
        c.tables.report_once("old", "VS0412", e.span, text=c.tables.short(body.span))
    elif c.in_old:
        c.tables.report("VS0413", e.span, text=c.tables.short(body.span))
    return infer(body, replace(c, in_old=True), want)


# ---------------------------------------------------------------------------------------------- access


def _index(e: s.Index, c: Context) -> Type:
    base = infer(e.base, c, SOME_MAP)
    match base:
        case MapT(keys, value) if len(keys) == len(e.keys):
            for key, sort in zip(e.keys, keys, strict=True):
                match infer(key, c, sort):
                    case SortT(got) | EnumT(got) if got == sort.name:
                        pass
                    case found:
                        wrong_key(key, found, sort, e.base, c)
            return value
        case _:
            for key in e.keys:
                infer(key, c, UNKNOWN)
            return not_indexed(e, base, c)


def _field(e: s.Field, c: Context) -> Type:
    path = dotted(e)
    first, _, rest = (path or "").partition(".")
    if path is not None and c.find(first) is None:
        if first in RUNS and (isinstance(e.base, s.Name) or rest in c.env.values):
            c.tables.types[id(e.base)] = UNKNOWN
            return run_name(e, first, rest, c)
        if first in c.env.parts:
            found = of_part(e, path, c)
            if found is not None:
                return found
    match e.base:
        case s.Name(base) if c.find(base) is None and base in c.env.types:
            c.tables.types[id(e.base)] = c.env.types.get(base, UNKNOWN)
            return field(e, c.env.types.get(base, UNKNOWN), c, of_type=True)
        case _:
            return field(e, infer(e.base, c), c, of_type=False)


# ---------------------------------------------------------------------------------------------- application


def _call(e: s.Call, c: Context) -> Type:
    if e.scope is None and e.function in BUILTINS:
        args = tuple((a, infer(a, c, n.ANY_NUMBER)) for a in e.arguments)
        return builtin(e, args, c)
    found = definition(e, c)
    if found is None:
        for argument in e.arguments:
            infer(argument, c)
        return UNKNOWN
    decl, result = found
    for argument, parameter in zip(e.arguments, decl.parameters, strict=False):
        wanted = Wanted(
            c.tables.declared.get(id(parameter), UNKNOWN), f"`{parameter.name}` of `{decl.name}`", parameter.span
        )
        fits(argument, infer(argument, c, wanted.type), wanted, c)
    return result


def _aggregate(e: s.Aggregate, c: Context) -> Type:
    inner = bind(e.binders, c)
    if e.guard is not None:
        condition(e.guard, f"The `if` of `{e.kind}`", inner)
    want: Type = SOME_MAP if not e.binders else BoolT() if e.kind == "count" else n.ANY_NUMBER
    return aggregate(e, infer(e.body, inner, want), c)
