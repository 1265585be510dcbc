"""From the grammar's rules to syntax nodes: types, units, statements and expressions. See `builder`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from verifier.language import syntax as s
from verifier.language.builder import Builder
from verifier.language.numbers import number_value
from verifier.language.source import Span

# Types of other languages, and what to write. They are only suspects: a file may declare one.
FOREIGN_TYPES: Mapping[str, str] = {
    "uint": "Write `nat` for a number that is never negative, or `uint256` for the bounded one of Solidity.",
    "float": "Numbers are exact here: write `real`, or `ureal` for one that is never negative.",
    "double": "Numbers are exact here: write `real`, or `ureal` for one that is never negative.",
    "decimal": "Write `real`, or `ureal` for a number that is never negative.",
    "integer": "Write `int`, or `nat` for one that is never negative.",
    "boolean": "Write `bool`.",
    "string": "There are no texts. A few names are an `enum`, any number of them a `sort`.",
}
FOREIGN_STATEMENTS: Mapping[str, str] = {
    "assert": "In an action, what must hold is a `require`; in a rule or a scenario write `check`.",
    "revert": "An action reverts when a `require` fails: write the condition under which it goes on.",
}

# ---------------------------------------------------------------------------------------------- types and units


def _map_type(b: Builder, span: Span, first: int, *parts: Any) -> s.MapTypeExpr:
    return s.MapTypeExpr(parts[:-1], parts[-1], span)


def _number_type(b: Builder, span: Span, first: int, name: int, unit: s.UnitExpr | None) -> s.NumberType:
    return s.NumberType(b.text(name), unit, span)


def _bool_type(b: Builder, span: Span, first: int) -> s.BoolTypeExpr:
    return s.BoolTypeExpr(span)


def _named_type(b: Builder, span: Span, first: int, name: int) -> s.NamedType:
    text = b.text(name)
    if text in FOREIGN_TYPES or re.fullmatch(r"u?int[0-9]+", text):
        b.suspects.append((text, span))
    return s.NamedType(text, span)


def _unit(b: Builder, span: Span, first: int, factors: tuple[Any, ...], *more: Any) -> s.UnitExpr:
    out = list(factors)
    for operator, following in zip(more[::2], more[1::2], strict=True):
        sign = 1 if b.text(operator) == "*" else -1
        out += [(name, sign * exponent) for name, exponent in following]
    return s.UnitExpr(tuple(out), span)


def _unit_factor(b: Builder, span: Span, first: int, name: int) -> tuple[tuple[str, int], ...]:
    return ((b.text(name), 1),)


def _unit_power(
    b: Builder, span: Span, first: int, name: int, _power: int, exponent: int
) -> tuple[tuple[str, int], ...]:
    value, integral = number_value(b.text(exponent))
    if not integral or not 1 <= value <= 100:
        b.problem("VS0126", b.span(exponent), found=b.text(exponent), what="exponent")
        return ()
    return ((b.text(name), int(value)),)


def _unit_negative_power(
    b: Builder, span: Span, first: int, name: int, power: int, _minus: int, exponent: int
) -> tuple[tuple[str, int], ...]:
    return tuple((n, -e) for n, e in _unit_power(b, span, first, name, power, exponent))


def _unit_one(b: Builder, span: Span, first: int, number: int) -> tuple[tuple[str, int], ...]:
    if b.text(number) != "1":
        b.problem("VS0126", b.span(number), found=b.text(number), what="factor")
    return ()


def _unit_group(b: Builder, span: Span, first: int, unit: s.UnitExpr) -> tuple[tuple[str, int], ...]:
    return unit.factors


# ---------------------------------------------------------------------------------------------- statements


def _require(b: Builder, span: Span, first: int, condition: s.Expr) -> s.Require:
    return s.Require(condition, span)


def _assign(b: Builder, span: Span, first: int, target: s.Expr, operator: int, value: s.Expr) -> s.Assign:
    match b.text(operator):
        case "+=":
            return s.Assign(target, "+=", value, span)
        case "-=":
            return s.Assign(target, "-=", value, span)
        case _:
            return s.Assign(target, ":=", value, span)


def _let(b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr | None, value: s.Expr) -> s.Let:
    return s.Let(b.text(name), type_, value, span, b.span(name))


def _for_each(b: Builder, span: Span, first: int, name: int, sort: int, body: tuple[s.Statement, ...]) -> s.For:
    binder = s.Binder(b.text(name), b.text(sort), b.span(name), b.span(sort))
    return s.For(binder, body, span)


def _if_statement(
    b: Builder, span: Span, first: int, condition: s.Expr, then: tuple[s.Statement, ...], otherwise: Any
) -> s.If:
    match otherwise:
        case None:
            return s.If(condition, then, (), span)
        case s.If():
            return s.If(condition, then, (otherwise,), span)
        case _:
            return s.If(condition, then, otherwise, span)


def _wrapping(b: Builder, span: Span, first: int, body: tuple[s.Statement, ...]) -> s.Wrapping:
    return s.Wrapping(body, span)


def _invocation(b: Builder, span: Span, first: int, action: int, arguments: tuple[s.Expr, ...]) -> s.Invoke:
    name = b.text(action)
    if name in ("assert", "revert"):
        b.problem("VS0112", b.span(action), found=name, hint=FOREIGN_STATEMENTS[name])
    return s.Invoke(name, arguments, span=span, name_span=b.span(action))


def _part_invocation(
    b: Builder, span: Span, first: int, part: s.Expr, action: int, arguments: tuple[s.Expr, ...]
) -> s.Invoke:
    name = _path(part)
    if name is None:
        name = b.tokens.source.slice(part.span)
        b.problem("VS0128", part.span, found=name, name=b.text(action))
    return s.Invoke(b.text(action), arguments, False, name, span, b.span(action))


def _path(e: s.Expr) -> str | None:
    """`oracle`, `first.oracle`: names with dots between them, as written without blanks."""
    match e:
        case s.Name(name):
            return name
        case s.Field(base, name):
            before = _path(base)
            return None if before is None else f"{before}.{name}"
        case _:
            return None


def _reverts(b: Builder, span: Span, first: int, call: s.Invoke) -> s.Invoke:
    return s.Invoke(call.action, call.arguments, True, call.part, span, call.name_span)


def _check(b: Builder, span: Span, first: int, condition: s.Expr) -> s.Check:
    return s.Check(condition, span)


def _compare(
    b: Builder, span: Span, first: int, one: tuple[s.Statement, ...], two: tuple[s.Statement, ...]
) -> s.Compare:
    return s.Compare(one, two, span)


def _start_block(b: Builder, span: Span, first: int, _word: int, *values: s.StartValue) -> s.Start:
    return s.Start(values, span)


def _start_value(b: Builder, span: Span, first: int, target: s.Expr, value: s.Expr) -> s.StartValue:
    return s.StartValue(target, value, span)


def _any_value(b: Builder, span: Span, first: int, where: s.Expr | None) -> s.AnyValue:
    return s.AnyValue(None, where, span)


def _any_typed(b: Builder, span: Span, first: int, _word: int, type_: s.TypeExpr, where: s.Expr | None) -> s.AnyValue:
    return s.AnyValue(type_, where, span)


# ---------------------------------------------------------------------------------------------- expressions


def _binary(b: Builder, span: Span, first: int, left: s.Expr, operator: int, right: s.Expr) -> s.Binary:
    op: Any = b.text(operator)
    return s.Binary(op, left, right, span, b.span(operator))


def _unary(b: Builder, span: Span, first: int, operator: int, operand: s.Expr) -> s.Unary:
    return s.Unary("-" if b.text(operator) == "-" else "not", operand, span)


def _forall(b: Builder, span: Span, first: int, binders: tuple[s.Binder, ...], body: s.Expr) -> s.Quantifier:
    return s.Quantifier("forall", binders, body, span)


def _exists(b: Builder, span: Span, first: int, binders: tuple[s.Binder, ...], body: s.Expr) -> s.Quantifier:
    return s.Quantifier("exists", binders, body, span)


def _if_then_else(
    b: Builder, span: Span, first: int, condition: s.Expr, then: s.Expr, otherwise: s.Expr
) -> s.IfThenElse:
    return s.IfThenElse(condition, then, otherwise, span)


def _number(b: Builder, span: Span, first: int, number: int, unit: s.UnitExpr | None) -> s.Number:
    written = b.text(number)
    value, integral = number_value(written)
    return s.Number("".join(written.split()).replace("bps", " bps"), value, integral, unit, span)


def _true(b: Builder, span: Span, first: int, _word: int) -> s.Boolean:
    return s.Boolean(True, span)


def _false(b: Builder, span: Span, first: int, _word: int) -> s.Boolean:
    return s.Boolean(False, span)


def _name(b: Builder, span: Span, first: int, name: int) -> s.Name:
    text = b.text(name)
    if text in ("True", "False", "TRUE", "FALSE"):
        b.problem("VS0112", span, found=text, hint=f"Truth values are `true` and `false`: write `{text.lower()}`.")
    return s.Name(text, span)


def _current_action(b: Builder, span: Span, first: int) -> s.CurrentAction:
    return s.CurrentAction(span)


def _wildcard(b: Builder, span: Span, first: int, _word: int) -> s.Wildcard:
    return s.Wildcard(span)


def _call(b: Builder, span: Span, first: int, function: int, arguments: tuple[s.Expr, ...]) -> s.Expr:
    name = b.text(function)
    match name, arguments:
        case "old", (body,):
            return s.Old(body, span)
        case ("sum" | "count" | "max" | "min") as kind, (body,):
            return s.Aggregate(kind, body, (), None, span)
        case (("old" | "sum" | "count"), _):
            b.problem("VS0129", span, name=name, count=str(len(arguments)))
    return s.Call(name, arguments, None, span, b.span(function))


def _scoped_call(
    b: Builder, span: Span, first: int, base: s.Expr, function: int, arguments: tuple[s.Expr, ...]
) -> s.Call:
    scope = _path(base)
    if scope is None:
        scope = b.tokens.source.slice(base.span)
        b.problem("VS0128", base.span, found=scope, name=b.text(function))
    return s.Call(b.text(function), arguments, scope, span, b.span(function))


def _aggregate(
    b: Builder, span: Span, first: int, function: int, body: s.Expr, binders: tuple[s.Binder, ...], guard: s.Expr | None
) -> s.Aggregate:
    match b.text(function):
        case ("sum" | "count" | "max" | "min") as kind:
            return s.Aggregate(kind, body, binders, guard, span)
        case other:
            b.problem("VS0130", b.span(function), name=other)
            return s.Aggregate("sum", body, binders, guard, span)


def _group(b: Builder, span: Span, first: int, body: s.Expr) -> s.Expr:
    return body


def _match(b: Builder, span: Span, first: int, subject: s.Expr, *arms: s.MatchArm) -> s.Match:
    return s.Match(subject, arms, span)


def _match_arm(b: Builder, span: Span, first: int, member: int, body: s.Expr) -> s.MatchArm:
    return s.MatchArm(b.text(member), body, span)


def _index(b: Builder, span: Span, first: int, base: s.Expr, *keys: s.Expr) -> s.Index:
    return s.Index(base, keys, span)


def _field(b: Builder, span: Span, first: int, base: s.Expr, name: int) -> s.Field:
    return s.Field(base, b.text(name), span, b.span(name))


def _binders(b: Builder, span: Span, first: int, *groups: tuple[s.Binder, ...]) -> tuple[s.Binder, ...]:
    return tuple(binder for group in groups for binder in group)


def _binder_group(b: Builder, span: Span, first: int, *parts: int) -> tuple[s.Binder, ...]:
    *names, sort = parts
    return tuple(s.Binder(b.text(name), b.text(sort), b.span(name), b.span(sort)) for name in names)


_MAKE = (
    _map_type, _number_type, _bool_type, _named_type, _unit, _unit_factor, _unit_power, _unit_negative_power,
    _unit_one, _unit_group, _require, _assign, _let, _for_each, _if_statement, _wrapping, _invocation,
    _part_invocation, _reverts, _check, _compare, _start_block, _start_value, _any_value, _any_typed, _binary, _unary,
    _forall, _exists, _if_then_else, _number, _true, _false, _name, _current_action, _wildcard, _call, _scoped_call,
    _aggregate, _group, _match, _match_arm, _index, _field, _binders, _binder_group,
)  # fmt: skip

TERMS: Mapping[str, Callable[..., Any]] = {make.__name__[1:]: make for make in _MAKE} | {"map_key": _named_type}
