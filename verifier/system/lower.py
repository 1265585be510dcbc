"""The one way from checked syntax to a transition system."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from verifier.language import syntax as s
from verifier.language.checked import CheckedSpec
from verifier.language.source import Span
from verifier.language.types import NumberT, StructT
from verifier.system import transition as t
from verifier.system.lower_expressions import Context, Names, core_type, expression, lift, place
from verifier.system.lower_statements import argument_variables, statements, variables
from verifier.system.terms import REAL, TRUE, Const, Op, Term, Value, Var, conj, implies
from verifier.system.transition import Why


def lower(checked: CheckedSpec) -> t.System:
    """A model with its spec (or alone) as a transition system."""
    model, spec = checked.model, checked.spec
    items = (*model.items, *(spec.items if spec is not None else ()))
    relies = [i for i in items if isinstance(i, s.RelyDecl)]
    params = [i for i in items if isinstance(i, s.ParamDecl)]
    return t.System(
        model=model.name,
        spec=spec.name if spec is not None else "",
        path=checked.path,
        sorts=_sorts(checked),
        params=tuple(v for p in params for v in variables(p.name, checked.declared[id(p)], p.doc, p.name_span)),
        states=tuple(
            v
            for i in items
            if isinstance(i, s.StateDecl)
            for v in variables(i.name, checked.declared[id(i)], i.doc, i.name_span)
        ),
        assumptions=tuple(_assumptions(items, checked)),
        relies=tuple(t.Rely(r.name, r.action, _text(checked, r.condition.span), r.doc, r.name_span) for r in relies),
        init=tuple(
            stmt
            for i in items
            if isinstance(i, s.InitDecl)
            for stmt in statements(i.body, replace(_context(checked), checked_arithmetic=True))
        ),
        actions=tuple(_action(i, relies, checked) for i in items if isinstance(i, s.ActionDecl)),
        definitions=tuple(d for i in items if isinstance(i, s.DefDecl) for d in _definition(i, checked)),
        properties=tuple(p for i in items for p in _property(i, checked)),
        doc=spec.doc if spec is not None else model.doc,
    )


def _context(checked: CheckedSpec) -> Context:
    return Context(checked, Names(), {})


def _text(checked: CheckedSpec, span: Span) -> str:
    return _context(checked).text(span)


def _sorts(checked: CheckedSpec) -> tuple[t.Sort, ...]:
    sorts = tuple(t.Sort(x.name, x.size) for x in checked.sorts.values())
    return sorts + tuple(t.Sort(x.name, len(x.members), x.members) for x in checked.enums.values())


def _assumptions(items: tuple[object, ...], checked: CheckedSpec) -> list[t.Assumption]:
    out: list[t.Assumption] = []
    for item in items:
        match item:
            case s.ParamDecl(where=condition) if condition is not None:
                kind: Literal["where", "assume"] = "where"
            case s.AssumeDecl(condition=condition):
                kind = "assume"
            case _:
                continue
        value = expression(condition, _context(checked))
        term = conj(value.defined, value.term)
        out.append(t.Assumption(item.name, term, kind, _text(checked, condition.span), item.name_span))
    return out


def _action(decl: s.ActionDecl, relies: list[s.RelyDecl], checked: CheckedSpec) -> t.Action:
    context = replace(_context(checked), checked_arithmetic=True)
    args, inner = argument_variables(decl.parameters, context)
    guards: list[t.Stmt] = []
    for rely in relies:
        if rely.action == decl.name:
            scope: dict[str, Term] = {
                name: Var(arg.name, arg.ty) for name, arg in zip(rely.arguments, args, strict=True)
            }
            # A rely is a promise in exact arithmetic, like any property.
            value = expression(rely.condition, replace(inner, scope=scope, checked_arithmetic=False))
            why = Why("rely", _text(checked, rely.condition.span), rely.name_span, rely.name)
            guards.append(t.Require(conj(value.defined, value.term), why))
    body = statements(decl.body, inner)
    return t.Action(decl.name, args, (*guards, *body), decl.environment, decl.doc, decl.name_span)


def _definition(decl: s.DefDecl, checked: CheckedSpec) -> tuple[t.Definition, ...]:
    if any(isinstance(checked.declared[id(p)], StructT) for p in decl.parameters):
        return ()
    args, inner = argument_variables(decl.parameters, _context(checked))
    value = expression(decl.body, inner)
    type_ = checked.types[id(decl.body)]
    unit = str(type_.unit) if isinstance(type_, NumberT) else ""
    return (t.Definition(decl.name, args, value.term, value.defined, value.term.ty, unit),)


# ---------------------------------------------------------------------------------------------- properties


def _heading(decl: s.PropertyDecl, text: Span, checked: CheckedSpec) -> t.Heading:
    source = checked.sources.get(text.path)
    return t.Heading(decl.name, decl.expect == "violated", decl.doc, source.slice(text) if source else "", decl.span)


def _property(decl: object, checked: CheckedSpec) -> tuple[t.Property, ...]:
    context = _context(checked)
    match decl:
        case s.InvariantDecl(formula=formula, lemma=lemma):
            value = expression(formula, context)
            heading = _heading(decl, formula.span, checked)
            return (t.Invariant(heading, value.term, value.defined, lemma),)
        case s.StepDecl(formula=formula):
            value = expression(formula, context)
            return (t.StepProperty(_heading(decl, formula.span, checked), value.term, value.defined),)
        case s.ReachableDecl(formula=formula):
            value = expression(formula, context)
            return (t.Reachable(_heading(decl, formula.span, checked), value.term, value.defined),)
        case s.RuleDecl(parameters=parameters, body=body):
            args, inner = argument_variables(parameters, context)
            return (t.Rule(_heading(decl, decl.span, checked), args, statements(body, inner)),)
        case s.EnabledDecl():
            return (_enabled(decl, checked),)
        case s.RespondsDecl():
            return (_responds(decl, checked),)
        case s.ScenarioDecl():
            return (_scenario(decl, checked),)
        case _:
            return ()


def _enabled(decl: s.EnabledDecl, checked: CheckedSpec) -> t.Enabled:
    context = _context(checked)
    free: list[Var] = []
    for name, sort in checked.free[id(decl)]:
        var, context = context.bind(name, core_type(sort))
        free.append(var)
    action = checked.symbols[id(decl)].decl
    assert isinstance(action, s.ActionDecl)
    args: list[Term | None] = []
    defined: Term = TRUE
    when = expression(decl.when, context) if decl.when is not None else None
    for parameter, argument in zip(action.parameters, decl.arguments, strict=True):
        if isinstance(argument, s.Wildcard):
            args.append(None)
            continue
        value = expression(argument, context)
        args.append(lift(value.term, core_type(checked.declared[id(parameter)])))
        defined = conj(defined, value.defined)
    condition = when.term if when is not None else TRUE
    total = conj(when.defined if when is not None else TRUE, implies(condition, defined))
    return t.Enabled(_heading(decl, decl.span, checked), tuple(free), decl.action, tuple(args), condition, total)


def _responds(decl: s.RespondsDecl, checked: CheckedSpec) -> t.Responds:
    context = _context(checked)
    free: list[Var] = []
    for binder in decl.binders:
        var, context = context.bind(binder.name, core_type(checked.declared[id(binder)]))
        free.append(var)
    trigger, response, bound = (expression(e, context) for e in (decl.trigger, decl.response, decl.bound))
    defined = conj(trigger.defined, response.defined, bound.defined)
    heading = _heading(decl, Span(decl.span.path, decl.name_span.end, decl.action_span.end), checked)
    heading = replace(heading, text=heading.text.strip().removeprefix(":").lstrip())
    return t.Responds(heading, tuple(free), trigger.term, response.term, bound.term, decl.action, defined)


def _scenario(decl: s.ScenarioDecl, checked: CheckedSpec) -> t.Scenario:
    names: dict[str, list[str]] = {sort: [] for sort in checked.sorts}
    where: dict[str, tuple[str, int]] = {}
    for name, sort in checked.individuals[id(decl)]:
        where[name] = (sort.name, len(names[sort.name]))
        names[sort.name].append(name)
    for type_ in checked.sorts.values():
        wanted = type_.size if type_.size is not None else 1
        members = names[type_.name]
        members.extend(f"{type_.name.lower()}_{i}" for i in range(1, wanted - len(members) + 1))
    context = replace(_context(checked), individuals=where)
    start = tuple(
        value
        for stmt in decl.body
        if isinstance(stmt, s.Start)
        for item in stmt.values
        for value in _start_value(item, context)
    )
    individuals = {name: tuple(members) for name, members in names.items()}
    return t.Scenario(_heading(decl, decl.span, checked), individuals, start, statements(decl.body, context))


def _start_value(item: s.StartValue, context: Context) -> tuple[t.StartValue, ...]:
    target = place(item.target, context)
    assert target is not None
    value = closed_value(expression(item.value, context).term)
    keys = tuple(closed_value(k) for k in target.keys)
    type_ = target.type
    if isinstance(type_, StructT):
        raise AssertionError("a record is given field by field")
    declared = variables(target.name, type_, "", item.span)[0]
    if declared.ty == REAL:
        value = Fraction(value)
    kind: Literal["param", "state"] = "param" if target.kind == "param" else "state"
    return (t.StartValue(kind, target.name, tuple(map(int, keys)), value, item.span),)


def closed_value(term: Term) -> Value:
    """The value of a term without variables, as written in a `start` block.

    Raises ZeroDivisionError for a division by zero, and AssertionError for anything that is not a constant expression
    (the checker lets no other through).
    """
    match term:
        case Const(value):
            return value
        case Op("to_real", (inner,)):
            return Fraction(closed_value(inner))
        case Op("neg", (inner,)):
            return -closed_value(inner)
        case Op("add" | "sub" | "mul" | "div" as op, args):
            values = [closed_value(a) for a in args]
            out = values[0]
            for value in values[1:]:
                match op:
                    case "add":
                        out = out + value
                    case "sub":
                        out = out - value
                    case "mul":
                        out = out * value
                    case _:
                        out = Fraction(out) / value
            return out
        case Op("floor", (inner,)):
            return closed_value(inner).__floor__()
        case Op("ceil", (inner,)):
            return closed_value(inner).__ceil__()
        case _:
            raise AssertionError(f"not a constant: {term}")
