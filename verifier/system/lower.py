"""The one way from checked syntax to a transition system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count, islice
from typing import Literal, final

from verifier.language import syntax as s
from verifier.language.checked import CheckedSpec
from verifier.language.frozen import dataclass
from verifier.language.source import Span
from verifier.language.types import NumberT, StructT
from verifier.system import transition as t
from verifier.system.lower_expressions import expression, place
from verifier.system.lower_parts import Instance, declared_variables, exposed, init, instances
from verifier.system.lower_statements import argument_variables, statements, variables
from verifier.system.lower_terms import Context, Names, core_type, lift
from verifier.system.terms import REAL, TRUE, Const, Op, Term, Value, Var, conj, implies
from verifier.system.transition import Why


@final
@dataclass(frozen=True, slots=True)
class _Model:
    """What a model alone says, its parts included: the same whatever spec is for it."""

    params: tuple[t.Variable, ...]
    states: tuple[t.Variable, ...]
    assumptions: tuple[t.Assumption, ...]
    init: tuple[t.Stmt, ...]
    actions: tuple[t.Action, ...]
    definitions: tuple[t.Definition, ...]


def lower(checked: CheckedSpec) -> t.System:
    """A model with its spec (or alone) as a transition system."""
    return _system(checked, _model(checked))


def lower_all(checked: Sequence[CheckedSpec]) -> Iterator[t.System]:
    """What `lower` gives for each of the specs that one check found; a model of several specs is lowered once."""
    known: dict[int, _Model] = {}
    for one in checked:
        model = known.get(id(one.model))
        if model is None:
            model = known[id(one.model)] = _model(one)
        yield _system(one, model)


def _model(checked: CheckedSpec) -> _Model:
    models = tuple(instances(checked))
    everything = [(m, i) for m in models for i in m.items]
    return _Model(
        params=tuple(v for m, i in everything if isinstance(i, s.ParamDecl) for v in declared_variables(m, i)),
        states=tuple(v for m, i in everything if isinstance(i, s.StateDecl) for v in declared_variables(m, i)),
        assumptions=tuple(a for m, i in everything for a in _assumption(i, m)),
        init=tuple(init(models)),
        actions=tuple(_action(*declared, (), models[-1]) for declared in _actions(models[-1])),
        definitions=tuple(d for m, i in everything if isinstance(i, s.DefDecl) for d in _definition(i, m)),
    )


def _system(checked: CheckedSpec, shared: _Model) -> t.System:
    model, spec = checked.model, checked.spec
    own = spec.items if spec is not None else ()
    relies = [i for i in own if isinstance(i, s.RelyDecl)]
    whole = Instance(checked, "")
    return t.System(
        model=model.name,
        spec=spec.name if spec is not None else "",
        path=checked.path,
        sorts=_sorts(checked),
        params=shared.params
        + tuple(v for i in own if isinstance(i, s.ParamDecl) for v in declared_variables(whole, i)),
        states=shared.states,
        assumptions=shared.assumptions + tuple(a for i in own for a in _assumption(i, whole)),
        relies=tuple(t.Rely(r.name, r.action, _text(checked, r.condition.span), r.doc, r.name_span) for r in relies),
        init=shared.init,
        actions=tuple(_relying(shared.actions, relies, whole)),
        definitions=shared.definitions
        + tuple(d for i in own if isinstance(i, s.DefDecl) for d in _definition(i, whole)),
        properties=tuple(p for i in own for p in _property(i, checked)),
        doc=spec.doc if spec is not None else model.doc,
        hints=tuple(_hint(proof, checked) for proof in spec.proofs) if spec is not None else (),
    )


def _context(checked: CheckedSpec) -> Context:
    return Context(checked, Names(), {})


def _text(checked: CheckedSpec, span: Span) -> str:
    return _context(checked).text(span)


def _sorts(checked: CheckedSpec) -> tuple[t.Sort, ...]:
    sorts = tuple(t.Sort(x.name, x.size) for x in checked.sorts.values())
    return sorts + tuple(t.Sort(x.name, len(x.members), x.members) for x in checked.enums.values())


def _assumption(item: s.ModelItem | s.SpecItem, instance: Instance) -> Iterator[t.Assumption]:
    match item:
        case s.ParamDecl(where=condition) if condition is not None:
            kind: Literal["where", "assume"] = "where"
        case s.AssumeDecl(condition=condition):
            kind = "assume"
        case _:
            return
    value = expression(condition, instance.context())
    term = conj(value.defined, value.term)
    text = _text(instance.checked, condition.span)
    yield t.Assumption(instance.prefix + item.name, term, kind, text, item.name_span)


def _actions(whole: Instance) -> Iterator[tuple[str, s.ActionDecl, Instance]]:
    """The model's own actions, and those of its parts that it exposes: name, text, and whose it is."""
    for item in whole.items:
        match item:
            case s.ActionDecl(name):
                yield name, item, whole
            case s.ExposeDecl():
                yield exposed(whole, item)
            case _:
                pass


def _relying(actions: tuple[t.Action, ...], relies: Sequence[s.RelyDecl], whole: Instance) -> Iterator[t.Action]:
    """The actions of the model, each with what the spec relies on when it is called."""
    relied = {rely.action for rely in relies}
    for action, declared in zip(actions, _actions(whole), strict=True):
        yield _action(*declared, relies, whole) if action.name in relied else action


def _action(name: str, decl: s.ActionDecl, owner: Instance, relies: Sequence[s.RelyDecl], whole: Instance) -> t.Action:
    context = replace(owner.context(), checked_arithmetic=True)
    args, inner = argument_variables(decl.parameters, context)
    guards: list[t.Stmt] = []
    for rely in relies:
        if rely.action == name:
            scope: dict[str, Term] = {own: Var(arg.name, arg.ty) for own, arg in zip(rely.arguments, args, strict=True)}
            # A rely is a promise in exact arithmetic, like any property.
            value = expression(rely.condition, replace(whole.context(), names=inner.names, scope=scope))
            why = Why("rely", _text(whole.checked, rely.condition.span), rely.name_span, rely.name)
            guards.append(t.Require(conj(value.defined, value.term), why))
    body = statements(decl.body, inner)
    return t.Action(name, args, (*guards, *body), decl.environment, decl.doc, decl.name_span)


def _definition(decl: s.DefDecl, instance: Instance) -> tuple[t.Definition, ...]:
    checked = instance.checked
    if any(isinstance(checked.declared[id(p)], StructT) for p in decl.parameters):
        return ()
    args, inner = argument_variables(decl.parameters, instance.context())
    value = expression(decl.body, inner)
    type_ = checked.types[id(decl.body)]
    unit = str(type_.unit) if isinstance(type_, NumberT) else ""
    return (t.Definition(instance.prefix + decl.name, args, value.term, value.defined, value.term.ty, unit),)


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


def _hint(proof: s.PropertyProof, checked: CheckedSpec) -> t.Hint:
    given = [names for said in proof.hints if isinstance(said, s.GivenInvariants) for names in said.names]
    splits = [said.formula for said in proof.hints if isinstance(said, s.CaseSplit)]
    values = [expression(formula, _context(checked)) for formula in splits]
    return t.Hint(
        proof.name,
        tuple(dict.fromkeys(given)) if given else None,
        tuple(conj(value.defined, value.term) for value in values),
        tuple(_text(checked, formula.span) for formula in splits),
        proof.name_span,
    )


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
        new = (f"{type_.name.lower()}_{i}" for i in count(1))
        members.extend(islice((name for name in new if name not in where), max(wanted - len(members), 0)))
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
