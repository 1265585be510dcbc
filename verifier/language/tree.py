"""From the grammar's rules to syntax nodes: one function a rule, under the rule's name.

Each gets the builder, the span of what was reduced, the index of its first token, and the values of its parts: a node, a
list of nodes, the index of a token, or None for an optional part left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

from verifier.language import syntax as s
from verifier.language.diagnostics import Diagnostic
from verifier.language.lexer import Tokens
from verifier.language.numbers import number_value
from verifier.language.source import Span
from verifier.language.tables import Tables

AGGREGATES = ("sum", "count", "max", "min")


@final
class Builder:
    """What the functions below share: the tokens, and the mistakes that only show in a finished part."""

    def __init__(self, table: Tables, tokens: Tokens) -> None:
        self.table = table
        self.tokens = tokens
        self.text = tokens.text
        self.span = tokens.span
        self.problems: list[Diagnostic] = []
        self.documented: set[int] = set()

    def problem(self, code: str, span: Span, **values: str) -> None:
        """Note a mistake."""
        self.problems.append(Diagnostic(code, span, values))

    def doc(self, first: int) -> str:
        """The documentation above the declaration that begins at token `first`."""
        places = self.tokens.docs.get(first)
        if places is None:
            return ""
        self.documented.add(first)
        text = self.tokens.source.text
        return "\n".join(text[start + 3 : end].rstrip().removeprefix(" ") for start, end in places)


# ---------------------------------------------------------------------------------------------- files


def _start(b: Builder, span: Span, first: int, *parts: Any) -> s.File:
    count = sum(1 for part in parts if isinstance(part, s.ImportDecl))
    return s.File(parts[:count], parts[count:], path=span.path)


def _import_decl(b: Builder, span: Span, first: int, path: int) -> s.ImportDecl:
    return s.ImportDecl(b.text(path), span)


def _model(b: Builder, span: Span, first: int, name: int, base: int | None, items: list[Any]) -> s.ModelDecl:
    extends = None if base is None else b.text(base)
    return s.ModelDecl(b.text(name), tuple(items), extends, b.doc(first), span, b.span(name))


def _spec(b: Builder, span: Span, first: int, name: int, model: int, items: list[Any]) -> s.SpecDecl:
    return s.SpecDecl(b.text(name), b.text(model), tuple(items), b.doc(first), span, b.span(name), b.span(model))


# ---------------------------------------------------------------------------------------------- declarations


def _unit_decl(b: Builder, span: Span, first: int, *names: int) -> s.UnitDecl:
    return s.UnitDecl(_texts(b, names), b.doc(first), span, _spans(b, names))


def _sort_decl(b: Builder, span: Span, first: int, name: int, size: int | None) -> s.SortDecl:
    count = None
    if size is not None:
        value, integral = number_value(b.text(size))
        if not integral or value < 1 or value > 1_000_000:
            b.problem("VS0127", b.span(size), found=b.text(size), name=b.text(name))
        else:
            count = int(value)
    return s.SortDecl(b.text(name), count, b.doc(first), span, b.span(name))


def _enum_decl(b: Builder, span: Span, first: int, name: int, *members: int) -> s.EnumDecl:
    return s.EnumDecl(b.text(name), _texts(b, members), b.doc(first), span, b.span(name), _spans(b, members))


def _struct_decl(b: Builder, span: Span, first: int, name: int, *fields: s.Parameter) -> s.StructDecl:
    return s.StructDecl(b.text(name), fields, b.doc(first), span, b.span(name))


def _param_decl(
    b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr, where: s.Expr | None
) -> s.ParamDecl:
    return s.ParamDecl(b.text(name), type_, where, b.doc(first), span, b.span(name))


def _state_decl(b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr) -> s.StateDecl:
    return s.StateDecl(b.text(name), type_, b.doc(first), span, b.span(name))


def _init_decl(b: Builder, span: Span, first: int, body: tuple[s.Statement, ...]) -> s.InitDecl:
    return s.InitDecl(body, b.doc(first), span)


def _def_decl(
    b: Builder, span: Span, first: int, name: int, parameters: tuple[s.Parameter, ...], body: s.Expr
) -> s.DefDecl:
    return s.DefDecl(b.text(name), parameters, body, b.doc(first), span, b.span(name))


def _action_decl(
    b: Builder, span: Span, first: int, name: int, parameters: tuple[s.Parameter, ...], body: tuple[s.Statement, ...]
) -> s.ActionDecl:
    return s.ActionDecl(b.text(name), parameters, body, False, b.doc(first), span, b.span(name))


def _environment_decl(
    b: Builder, span: Span, first: int, name: int, parameters: tuple[s.Parameter, ...], body: tuple[s.Statement, ...]
) -> s.ActionDecl:
    return s.ActionDecl(b.text(name), parameters, body, True, b.doc(first), span, b.span(name))


def _use_decl(b: Builder, span: Span, first: int, model: int, alias: int) -> s.UseDecl:
    return s.UseDecl(b.text(model), b.text(alias), b.doc(first), span)


def _expose_decl(b: Builder, span: Span, first: int, part: int, action: int) -> s.ExposeDecl:
    return s.ExposeDecl(b.text(part), b.text(action), b.doc(first), span)


def _assume_decl(b: Builder, span: Span, first: int, name: int, condition: s.Expr) -> s.AssumeDecl:
    return s.AssumeDecl(b.text(name), condition, b.doc(first), span, b.span(name))


def _rely_decl(
    b: Builder, span: Span, first: int, name: int, action: int, arguments: tuple[int, ...], condition: s.Expr
) -> s.RelyDecl:
    return s.RelyDecl(
        b.text(name), b.text(action), _texts(b, arguments), condition, b.doc(first),
        span, b.span(name), b.span(action), _spans(b, arguments),
    )  # fmt: skip


def _expectation(b: Builder, span: Span, first: int, word: int | None) -> tuple[s.Expectation | None]:
    return (None,) if word is None else ("violated",)


def _invariant_decl(
    b: Builder, span: Span, first: int, name: int, formula: s.Expr, expect: tuple[s.Expectation | None]
) -> s.InvariantDecl:
    return s.InvariantDecl(b.text(name), formula, False, expect[0], b.doc(first), span, b.span(name))


def _lemma_decl(
    b: Builder, span: Span, first: int, name: int, formula: s.Expr, expect: tuple[s.Expectation | None]
) -> s.InvariantDecl:
    return s.InvariantDecl(b.text(name), formula, True, expect[0], b.doc(first), span, b.span(name))


def _step_decl(
    b: Builder, span: Span, first: int, name: int, formula: s.Expr, expect: tuple[s.Expectation | None]
) -> s.StepDecl:
    return s.StepDecl(b.text(name), formula, expect[0], b.doc(first), span, b.span(name))


def _reachable_decl(
    b: Builder, span: Span, first: int, name: int, formula: s.Expr, expect: tuple[s.Expectation | None]
) -> s.ReachableDecl:
    return s.ReachableDecl(b.text(name), formula, expect[0], b.doc(first), span, b.span(name))


def _rule_decl(
    b: Builder, span: Span, first: int, name: int, parameters: tuple[s.Parameter, ...],
    body: tuple[s.Statement, ...], expect: tuple[s.Expectation | None],
) -> s.RuleDecl:  # fmt: skip
    return s.RuleDecl(b.text(name), parameters, body, expect[0], b.doc(first), span, b.span(name))


def _enabled_decl(
    b: Builder, span: Span, first: int, name: int, action: int, arguments: tuple[s.Expr, ...],
    when: s.Expr | None, expect: tuple[s.Expectation | None],
) -> s.EnabledDecl:  # fmt: skip
    return s.EnabledDecl(
        b.text(name), b.text(action), arguments, when, expect[0], b.doc(first), span, b.span(name), b.span(action)
    )


def _responds_decl(
    b: Builder, span: Span, first: int, name: int, trigger: s.Expr, _leads_to: int, response: s.Expr, bound: s.Expr,
    action: int, expect: tuple[s.Expectation | None],
) -> s.RespondsDecl:  # fmt: skip
    return s.RespondsDecl(
        b.text(name), trigger, response, bound, b.text(action), expect[0], b.doc(first), span, b.span(name)
    )


def _scenario_decl(
    b: Builder, span: Span, first: int, name: int, body: tuple[s.Statement, ...], expect: tuple[s.Expectation | None]
) -> s.ScenarioDecl:
    return s.ScenarioDecl(b.text(name), body, expect[0], b.doc(first), span, b.span(name))


def _parameter(b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr) -> s.Parameter:
    return s.Parameter(b.text(name), type_, span, b.span(name))


# ---------------------------------------------------------------------------------------------- types and units


def _map_type(b: Builder, span: Span, first: int, *parts: Any) -> s.MapTypeExpr:
    return s.MapTypeExpr(parts[:-1], parts[-1], span)


def _number_type(b: Builder, span: Span, first: int, name: int, unit: s.UnitExpr | None) -> s.NumberType:
    return s.NumberType(b.text(name), unit, span)


def _bool_type(b: Builder, span: Span, first: int) -> s.BoolTypeExpr:
    return s.BoolTypeExpr(span)


def _named_type(b: Builder, span: Span, first: int, name: int) -> s.NamedType:
    return s.NamedType(b.text(name), span)


def _unit(b: Builder, span: Span, first: int, factors: tuple[Any, ...], *more: Any) -> s.UnitExpr:
    out = list(factors)
    for operator, following in zip(more[::2], more[1::2], strict=True):
        sign = 1 if b.text(operator) == "*" else -1
        out += [(name, sign * exponent) for name, exponent in following]
    return s.UnitExpr(tuple(out), span)


def _unit_factor(b: Builder, span: Span, first: int, name: int) -> tuple[tuple[str, int], ...]:
    return ((b.text(name), 1),)


def _unit_power(b: Builder, span: Span, first: int, name: int, _power: int, exponent: int) -> tuple[tuple[str, int], ...]:
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


def _tuple(b: Builder, span: Span, first: int, *items: Any) -> tuple[Any, ...]:
    """Lists of statements, arguments, parameters, items; None stands for an empty list."""
    return () if items == (None,) else items


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
    return s.Invoke(b.text(action), arguments, span=span, name_span=b.span(action))


def _part_invocation(
    b: Builder, span: Span, first: int, part: s.Expr, action: int, arguments: tuple[s.Expr, ...]
) -> s.Invoke:
    match part:
        case s.Name(name):
            pass
        case _:
            name = b.tokens.source.slice(part.span)
            b.problem("VS0128", part.span, found=name, name=b.text(action))
    return s.Invoke(b.text(action), arguments, False, name, span, b.span(action))


def _reverts(b: Builder, span: Span, first: int, call: s.Invoke) -> s.Invoke:
    return s.Invoke(call.action, call.arguments, True, call.part, span, call.name_span)


def _check(b: Builder, span: Span, first: int, condition: s.Expr) -> s.Check:
    return s.Check(condition, span)


def _compare(b: Builder, span: Span, first: int, one: tuple[s.Statement, ...], two: tuple[s.Statement, ...]) -> s.Compare:
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


def _if_then_else(b: Builder, span: Span, first: int, condition: s.Expr, then: s.Expr, otherwise: s.Expr) -> s.IfThenElse:
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
    return s.Name(b.text(name), span)


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
        case ("old" | "sum" | "count"), _:
            b.problem("VS0129", span, name=name, count=str(len(arguments)))
    return s.Call(name, arguments, None, span, b.span(function))


def _scoped_call(b: Builder, span: Span, first: int, base: s.Expr, function: int, arguments: tuple[s.Expr, ...]) -> s.Call:
    match base:
        case s.Name(scope):
            pass
        case _:
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


def _texts(b: Builder, tokens: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(b.text(token) for token in tokens)


def _spans(b: Builder, tokens: tuple[int, ...]) -> tuple[Span, ...]:
    return tuple(b.span(token) for token in tokens)


_MAKE = (
    _start, _import_decl, _model, _spec, _unit_decl, _sort_decl, _enum_decl, _struct_decl, _param_decl, _state_decl,
    _init_decl, _def_decl, _action_decl, _environment_decl, _use_decl, _expose_decl, _assume_decl, _rely_decl, _expectation,
    _invariant_decl, _lemma_decl, _step_decl, _reachable_decl, _rule_decl, _enabled_decl, _responds_decl, _scenario_decl,
    _parameter, _map_type, _number_type, _bool_type, _named_type, _unit, _unit_factor, _unit_power, _unit_negative_power,
    _unit_one, _unit_group, _require, _assign, _let, _for_each, _if_statement, _wrapping, _invocation, _part_invocation,
    _reverts, _check, _compare, _start_block, _start_value, _any_value, _any_typed, _binary, _unary, _forall, _exists,
    _if_then_else, _number, _true, _false, _name, _current_action, _wildcard, _call, _scoped_call, _aggregate, _group,
    _match, _match_arm, _index, _field, _binders, _binder_group,
)  # fmt: skip

MAKERS: Mapping[str, Callable[..., Any]] = {make.__name__[1:]: make for make in _MAKE} | {
    name: _tuple
    for name in ("model_items", "spec_items", "block", "parameters", "parameter_list", "name_list", "choices", "arguments")
} | {"map_key": _named_type}
