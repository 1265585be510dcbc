"""What a spec assumes and promises."""

from __future__ import annotations

from dataclasses import replace

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking import programs
from verifier.language.checking.declarations import Items, parameter_types, with_parameters
from verifier.language.checking.definitions import states_read
from verifier.language.checking.environment import Context, Implicit
from verifier.language.checking.expressions import bind, condition, infer
from verifier.language.checking.fits import Wanted, fits, number
from verifier.language.checking.names import action_named, arity
from verifier.language.checking.numbers import ANY_NUMBER
from verifier.language.checking.suggest import listed
from verifier.language.checking.tables import UNKNOWN
from verifier.language.checking.walk import constant
from verifier.language.source import Span
from verifier.language.types import EnumT, SortT


def check_properties(items: Items, c: Context) -> None:
    """Every assumption and property, and that their names are different."""
    seen: dict[str, Span] = {}
    for item in items:
        c.tables.next_declaration()
        match item:
            case s.AssumeDecl() | s.RelyDecl() | s.InvariantDecl() | s.StepDecl() | s.RuleDecl() | s.EnabledDecl():
                pass
            case s.RespondsDecl() | s.ReachableDecl() | s.ScenarioDecl():
                pass
            case _:
                continue
        first = seen.setdefault(item.name, item.name_span)
        if first is not item.name_span:
            c.tables.report("VS0309", item.name_span, ("first", first), name=item.name, kind="declared")
        _property(item, c)


def _property(item: s.AssumeDecl | s.RelyDecl | s.PropertyDecl, c: Context) -> None:
    match item:
        case s.AssumeDecl(name, formula):
            condition(formula, f"The assumption `{name}`", replace(c, mode="assume"))
        case s.RelyDecl():
            _rely(item, replace(c, mode="rely"))
        case s.InvariantDecl(name, formula, lemma):
            condition(formula, f"The {'lemma' if lemma else 'invariant'} `{name}`", replace(c, mode="invariant"))
        case s.StepDecl(name, formula):
            condition(formula, f"The step property `{name}`", replace(c, mode="step"))
        case s.ReachableDecl(name, formula):
            condition(formula, f"The reachable state `{name}`", replace(c, mode="reachable"))
        case s.EnabledDecl():
            _enabled(item, replace(c, mode="enabled"))
        case s.RuleDecl(name, parameters):
            inner = replace(c, mode="rule")
            parameter_types(parameters, name, inner)
            programs.rule(item, with_parameters(parameters, inner))
        case s.ScenarioDecl():
            programs.scenario(item, replace(c, mode="scenario", implicit=Implicit("individual")))
        case s.RespondsDecl():
            _responds(item, replace(c, mode="responds"))


def _responds(item: s.RespondsDecl, c: Context) -> None:
    action_named(item, item.action, item.action_span, c)
    inner = bind(item.binders, c)
    condition(item.trigger, f"What `{item.name}` begins with", inner)
    condition(item.response, f"What `{item.name}` leads to", inner)
    found = number(item.bound, infer(item.bound, c, ANY_NUMBER), "`within`", c)
    if found is None:
        return
    value = constant(item.bound)
    text = c.tables.short(item.bound.span)
    if not found.integer or found.unit.factors or (value is not None and value < 0):
        c.tables.report("VS0447", item.bound.span, text=text, action=item.action)
    elif states := states_read(item.bound, c):
        c.tables.report("VS0448", item.bound.span, names=listed(sorted(states)))


def _rely(item: s.RelyDecl, c: Context) -> None:
    action = action_named(item, item.action, item.action_span, c)
    decl = action.decl if action is not None else None
    if action is None or not isinstance(decl, s.ActionDecl):
        for name, span in zip(item.arguments, item.argument_spans, strict=False):
            c = c.with_local(Symbol("argument", name, UNKNOWN, span))
        condition(item.condition, f"What `{item.name}` relies on", c)
        return
    if not decl.environment:
        c.tables.report("VS0418", item.action_span, ("declared", action.span), name=item.action)
    call = item.action_span.to(item.argument_spans[-1]) if item.argument_spans else item.action_span
    arity(item.action, len(item.arguments), decl.parameters, call, action.span, c)
    for i, name in enumerate(item.arguments):
        type_ = c.tables.declared.get(id(decl.parameters[i]), UNKNOWN) if i < len(decl.parameters) else UNKNOWN
        span = item.argument_spans[i] if i < len(item.argument_spans) else item.action_span
        c = c.with_local(Symbol("argument", name, type_, span, item))
    condition(item.condition, f"What `{item.name}` relies on", c)


def _enabled(item: s.EnabledDecl, c: Context) -> None:
    names = Implicit("argument")
    c = replace(c, implicit=names)
    action = action_named(item, item.action, item.action_span, c)
    decl = action.decl if action is not None else None
    parameters: tuple[s.Parameter, ...] = ()
    if action is not None and isinstance(decl, s.ActionDecl):
        parameters = decl.parameters
        last = item.arguments[-1].span if item.arguments else item.action_span
        arity(item.action, len(item.arguments), parameters, item.action_span.to(last), action.span, c)
    for i, argument in enumerate(item.arguments):
        parameter = parameters[i] if i < len(parameters) else None
        type_ = c.tables.declared.get(id(parameter), UNKNOWN) if parameter is not None else UNKNOWN
        match argument:
            case s.Wildcard():
                c.tables.types[id(argument)] = type_
            case s.Name(name) if action is None and c.find(name) is None:
                # With the action unknown, so is the sort of this name: one error is enough.
                names.names[name] = Symbol("argument", name, UNKNOWN, argument.span)
            case _:
                found = infer(argument, c, type_)
                if parameter is not None:
                    wanted = Wanted(type_, f"`{parameter.name}` of `{item.action}`", parameter.span)
                    fits(argument, found, wanted, c)
    names.may_grow = False
    if item.when is not None:
        condition(item.when, f"The `when` of `{item.name}`", c)
    free: list[tuple[str, SortT | EnumT]] = []
    for name, symbol in names.names.items():
        match symbol.type:
            case SortT() | EnumT() as sort:
                free.append((name, sort))
            case _:
                pass
    c.tables.free[id(item)] = tuple(free)
