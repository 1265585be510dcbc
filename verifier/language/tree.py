"""From the grammar's rules to syntax nodes: files and declarations. See `builder`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verifier.language import syntax as s
from verifier.language.builder import Builder
from verifier.language.numbers import number_value
from verifier.language.source import NOWHERE, Span
from verifier.language.terms import TERMS

_Named = tuple[str, Span]
"""The name of an action, which is a path where the action is a part's, and its place."""


def _start(b: Builder, span: Span, first: int, *parts: Any) -> s.File:
    count = sum(1 for part in parts if isinstance(part, s.ImportDecl))
    return s.File(parts[:count], parts[count:], path=span.path)


def _import_decl(b: Builder, span: Span, first: int, path: int) -> s.ImportDecl:
    return s.ImportDecl(b.text(path), span)


def _model(b: Builder, span: Span, first: int, name: int, base: int | None, items: list[Any]) -> s.ModelDecl:
    extends, place = (None, NOWHERE) if base is None else (b.text(base), b.span(base))
    return s.ModelDecl(b.text(name), tuple(items), extends, b.doc(first), span, b.span(name), place)


def _spec(b: Builder, span: Span, first: int, name: int, model: int, items: list[Any]) -> s.SpecDecl:
    return s.SpecDecl(b.text(name), b.text(model), tuple(items), b.doc(first), span, b.span(name), b.span(model))


def _proof(b: Builder, span: Span, first: int, subject: int, items: list[Any]) -> s.ProofDecl:
    return s.ProofDecl(b.text(subject), tuple(items), b.doc(first), span, b.span(subject))


def _property_proof(b: Builder, span: Span, first: int, name: int, *hints: s.Hint) -> s.PropertyProof:
    return s.PropertyProof(b.text(name), hints, b.doc(first), span, b.span(name))


def _given_invariants(b: Builder, span: Span, first: int, *names: int) -> s.GivenInvariants:
    return s.GivenInvariants(b.texts(names), span, b.spans(names))


def _case_split(b: Builder, span: Span, first: int, formula: s.Expr) -> s.CaseSplit:
    return s.CaseSplit(formula, span)


def _unit_decl(b: Builder, span: Span, first: int, *names: int) -> s.UnitDecl:
    return s.UnitDecl(b.texts(names), b.doc(first), span, b.spans(names))


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
    return s.EnumDecl(b.text(name), b.texts(members), b.doc(first), span, b.span(name), b.spans(members))


def _struct_decl(b: Builder, span: Span, first: int, name: int, *fields: s.Parameter) -> s.StructDecl:
    return s.StructDecl(b.text(name), fields, b.doc(first), span, b.span(name))


def _param_decl(b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr, where: s.Expr | None) -> s.ParamDecl:
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
    return s.UseDecl(b.text(model), b.text(alias), b.doc(first), span, b.span(model), b.span(alias))


def _expose_decl(b: Builder, span: Span, first: int, part: int, action: _Named) -> s.ExposeDecl:
    return s.ExposeDecl(b.text(part), action[0], b.doc(first), span, b.span(part).to(action[1]))


def _action_name(b: Builder, span: Span, first: int, *names: int) -> _Named:
    return ".".join(b.texts(names)), span


def _assume_decl(b: Builder, span: Span, first: int, name: int, condition: s.Expr) -> s.AssumeDecl:
    return s.AssumeDecl(b.text(name), condition, b.doc(first), span, b.span(name))


def _rely_decl(
    b: Builder, span: Span, first: int, name: int, action: _Named, arguments: tuple[int, ...], condition: s.Expr
) -> s.RelyDecl:
    return s.RelyDecl(
        b.text(name), action[0], b.texts(arguments), condition, b.doc(first),
        span, b.span(name), action[1], b.spans(arguments),
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
    b: Builder, span: Span, first: int, name: int, action: _Named, arguments: tuple[s.Expr, ...],
    when: s.Expr | None, expect: tuple[s.Expectation | None],
) -> s.EnabledDecl:  # fmt: skip
    return s.EnabledDecl(
        b.text(name), action[0], arguments, when, expect[0], b.doc(first), span, b.span(name), action[1]
    )


def _responds_decl(
    b: Builder, span: Span, first: int, name: int, trigger: s.Expr, _leads_to: int, response: s.Expr, bound: s.Expr,
    action: _Named, expect: tuple[s.Expectation | None],
) -> s.RespondsDecl:  # fmt: skip
    binders: tuple[s.Binder, ...] = ()
    match trigger:
        # Unless it stands in parentheses, a `forall` at the beginning is about the response as well.
        case s.Quantifier("forall", names, body) if b.text(name + 2) == "forall":
            binders, trigger = names, body
        case _:
            pass
    return s.RespondsDecl(
        b.text(name),
        trigger,
        response,
        bound,
        action[0],
        expect[0],
        binders,
        b.doc(first),
        span,
        b.span(name),
        action[1],
    )


def _scenario_decl(
    b: Builder, span: Span, first: int, name: int, body: tuple[s.Statement, ...], expect: tuple[s.Expectation | None]
) -> s.ScenarioDecl:
    return s.ScenarioDecl(b.text(name), body, expect[0], b.doc(first), span, b.span(name))


def _parameter(b: Builder, span: Span, first: int, name: int, type_: s.TypeExpr) -> s.Parameter:
    return s.Parameter(b.text(name), type_, span, b.span(name))


def _tuple(b: Builder, span: Span, first: int, *items: Any) -> tuple[Any, ...]:
    """Lists of statements, arguments, parameters, items; None stands for an empty list."""
    return () if items == (None,) else items


def _parameters(b: Builder, span: Span, first: int, listed: tuple[s.Parameter, ...] | None) -> tuple[s.Parameter, ...]:
    return listed or ()


_MAKE = (
    _start, _import_decl, _model, _spec, _proof, _property_proof, _given_invariants, _case_split,
    _unit_decl, _sort_decl, _enum_decl, _struct_decl, _param_decl, _state_decl,
    _init_decl, _def_decl, _action_decl, _environment_decl, _use_decl, _expose_decl, _assume_decl, _rely_decl,
    _expectation, _invariant_decl, _lemma_decl, _step_decl, _reachable_decl, _rule_decl, _enabled_decl,
    _responds_decl, _scenario_decl, _parameter, _parameters, _action_name,
)  # fmt: skip
_LISTS = ("model_items", "spec_items", "proof_items", "block", "parameter_list", "name_list", "choices", "arguments")

MAKERS: Mapping[str, Callable[..., Any]] = {
    **{make.__name__[1:]: make for make in _MAKE},
    **dict.fromkeys(_LISTS, _tuple),
    **TERMS,
}
