"""Statements of the surface syntax to core statements, every revert made explicit."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from verifier.language import syntax as s
from verifier.language.source import Span
from verifier.language.types import EnumT, MapT, NumberT, SortT, StructT, Type
from verifier.system import transition as t
from verifier.system.lower_expressions import Place, expression, place
from verifier.system.lower_terms import Context, Lowered, arithmetic, core_type, in_range, lift, wrapped
from verifier.system.rewrite import rewrite
from verifier.system.terms import TRUE, Const, State, Term, Ty, Var, conj
from verifier.system.transition import Why


def statements(body: tuple[s.Statement, ...], c: Context) -> tuple[t.Stmt, ...]:
    """A block. Locals that it introduces end with it."""
    out: list[t.Stmt] = []
    for statement in body:
        lowered, c = _statement(statement, c)
        out.extend(lowered)
    return tuple(out)


def _statement(node: s.Statement, c: Context) -> tuple[tuple[t.Stmt, ...], Context]:
    match node:
        case s.Require(condition):
            value = expression(condition, c)
            kind: t.WhyKind = "require" if c.checked_arithmetic else "assume"
            why = Why(kind, c.text(condition.span), condition.span)
            return (*_guards(value), t.Require(value.term, why)), c
        case s.Assign():
            return _assign(node, c), c
        case s.Let():
            return _let(node, c)
        case s.For(binder, body):
            var, inner = c.bind(binder.name, core_type(c.checked.declared[id(binder)]))
            return (t.ForEach(var, statements(body, inner), node.span),), c
        case s.If(condition, then, otherwise):
            value = expression(condition, c)
            branch = t.Branch(value.term, statements(then, c), statements(otherwise, c), node.span)
            return (*_guards(value), branch), c
        case s.Wrapping(body):
            return statements(body, replace(c, wrapping=True)), c
        case s.Invoke():
            return _run_part(node, c) if c.checked_arithmetic else (_invoke(node, c),), c
        case s.Check(condition):
            value = expression(condition, c)
            return (t.Check(value.term, value.defined, node.span, c.text(condition.span)),), c
        case s.Compare(first, second):
            return (t.Compare(statements(first, c), statements(second, c), node.span),), c
        case s.Start():
            return (), c
        case _:
            assert_never(node)


def _guards(value: Lowered) -> tuple[t.Stmt, ...]:
    return tuple(t.Require(g.condition, g.why) for g in value.guards)


def _invoke(node: s.Invoke, c: Context) -> t.Call:
    symbol = c.checked.symbols[id(node)]
    decl = symbol.decl
    assert isinstance(decl, s.ActionDecl)
    args = [expression(a, c) for a in node.arguments]
    wanted = [core_type(c.checked.declared[id(p)]) for p in decl.parameters]
    terms = tuple(lift(a.term, ty) for a, ty in zip(args, wanted, strict=True))
    defined = conj(*(a.defined for a in args))
    return t.Call(symbol.name, terms, node.reverts, defined, node.span, c.text(node.span))


def _run_part(node: s.Invoke, c: Context) -> tuple[t.Stmt, ...]:
    """An action of a part in place of its call. What it requires, its caller requires; arguments have to be in the
    ranges of their types; arithmetic that wraps around the call does not wrap inside."""
    symbol = c.checked.symbols[id(node)]
    decl = symbol.decl
    assert isinstance(decl, s.ActionDecl)
    owner = c.owner(symbol.name)
    out: list[t.Stmt] = []
    scope: dict[str, Term] = {}
    for parameter, argument in zip(decl.parameters, node.arguments, strict=True):
        value = expression(argument, c)
        declared = owner.checked.declared[id(parameter)]
        term = lift(value.term, core_type(declared))
        out.extend(_guards(value))
        if not isinstance(term, Var | Const):
            var = Var(c.names.fresh(f"{symbol.name} {parameter.name}"), term.ty)
            out.append(t.Let(var, term, TRUE, node.span))
            term = var
        out.extend(_range_check(term, declared, c.type_of(argument), c.text(argument.span), argument.span))
        scope[parameter.name] = term
    return (*out, *statements(decl.body, replace(owner, scope=scope, wrapping=False)))


# ---------------------------------------------------------------------------------------------- let and choice


def _let(node: s.Let, c: Context) -> tuple[tuple[t.Stmt, ...], Context]:
    declared = c.checked.declared[id(node)]
    if isinstance(node.value, s.AnyValue):
        var, inner = c.bind(node.name, core_type(declared))
        where = expression(node.value.where, inner) if node.value.where is not None else Lowered(TRUE)
        low, high = _range(declared)
        return (t.Choose(var, conj(where.defined, where.term), low, high, node.span),), inner
    value = expression(node.value, c)
    ty = core_type(declared)
    var, inner = c.bind(node.name, ty)
    term = lift(value.term, ty)
    if not c.checked_arithmetic:
        return (t.Let(var, term, value.defined, node.span),), inner
    checks = _range_check(var, declared, c.type_of(node.value), c.text(node.name_span), node.span)
    return (*_guards(value), t.Let(var, term, TRUE, node.span), *checks), inner


def _range(type_: Type) -> tuple[int | None, int | None]:
    return (type_.low, type_.high) if isinstance(type_, NumberT) else (None, None)


def _range_check(term: Term, target: Type, source: Type, text: str, span: Span) -> tuple[t.Stmt, ...]:
    """The revert when a value does not fit its place; left out where the types alone exclude it."""
    low, high = _range(target)
    known_low, known_high = _range(source)
    if low is not None and known_low is not None and known_low >= low:
        low = None
    if high is not None and known_high is not None and known_high <= high:
        high = None
    condition = in_range(term, low, high)
    return () if condition == TRUE else (t.Require(condition, Why("range", text, span)),)


# ---------------------------------------------------------------------------------------------- assignment


def _assign(node: s.Assign, c: Context) -> tuple[t.Stmt, ...]:
    target = place(node.target, c)
    assert target is not None, node
    checks = tuple(t.Require(g.condition, g.why) for g in target.guards)
    if isinstance(node.value, s.AnyValue):
        return checks + _choose(node, node.value, target, c)
    match target.type:
        case MapT():
            return checks + _fill(node, target, target.type, c)
        case StructT(_, fields):
            return checks + _copy(node, target, fields, c)
        case _:
            value = expression(node.value, c)
            return (*checks, *_guards(value), *_store(node, target, value.term, c))


def _store(node: s.Assign, target: Place, value: Term, c: Context) -> tuple[t.Stmt, ...]:
    """`target op value` for a scalar."""
    ty = core_type(target.type)
    incoming: Type = c.type_of(node.value)
    if node.op == "+=":
        value = arithmetic("add", target.read(), value)
        known = _range(incoming)[0]
        incoming = NumberT(integer=False, low=0 if known is not None and known >= 0 else None)
    elif node.op == "-=":
        value = arithmetic("sub", target.read(), value)
        incoming = NumberT(integer=False)
    if c.wrapping and isinstance(target.type, NumberT) and target.type.bits is not None:
        assert target.type.low is not None
        assert target.type.high is not None
        value = wrapped(value, target.type.low, target.type.high)
        incoming = target.type
    value = lift(value, ty)
    text = c.text(node.target.span)
    if _range_check(value, target.type, incoming, text, node.span) == ():
        return (t.Set(target.name, target.keys, value, node.span),)
    # The new value is needed twice: name it, so that it is computed once.
    var = Var(c.names.fresh(f"new {target.name}"), ty)
    return (
        t.Let(var, value, TRUE, node.span),
        *_range_check(var, target.type, incoming, text, node.span),
        t.Set(target.name, target.keys, var, node.span),
    )


def _fill(node: s.Assign, target: Place, type_: MapT, c: Context) -> tuple[t.Stmt, ...]:
    """`m := value` for a whole map: every entry at once."""
    vars_ = tuple(Var(c.names.fresh(_letter(key)), core_type(key)) for key in type_.keys)
    value = expression(node.value, c)
    entry = replace(target, keys=vars_, type=type_.value)
    if isinstance(type_.value, StructT):
        raise AssertionError("a map of records is filled field by field")
    body: tuple[t.Stmt, ...] = _store(node, entry, value.term, c)
    for var in reversed(vars_):
        body = (t.ForEach(var, body, node.span),)
    return (*_guards(value), *body)


def _copy(node: s.Assign, target: Place, fields: tuple[tuple[str, Type], ...], c: Context) -> tuple[t.Stmt, ...]:
    """`position[a] := position[b]`: all fields, read before any is written."""
    source = place(node.value, c)
    assert source is not None
    out: list[t.Stmt] = [t.Require(g.condition, g.why) for g in source.guards]
    writes: list[t.Stmt] = []
    for name, type_ in fields:
        read = replace(source, name=f"{source.name}.{name}", type=type_).read()
        var = Var(c.names.fresh(f"copy {name}"), read.ty)
        out.append(t.Let(var, read, TRUE, node.span))
        writes.append(t.Set(f"{target.name}.{name}", target.keys, var, node.span))
    return (*out, *writes)


def _letter(key: SortT | EnumT) -> str:
    return key.name[0].lower()


def _choose(node: s.Assign, value: s.AnyValue, target: Place, c: Context) -> tuple[t.Stmt, ...]:
    """`x := any where P`: P speaks of the new `x`."""
    if target.keys == () or isinstance(target.type, MapT):
        where = expression(value.where, c) if value.where is not None else Lowered(TRUE)
        names = _flat(target.name, target.type)
        condition = conj(where.defined, where.term)
        last = len(names) - 1
        return tuple(
            t.Havoc(name, condition if i == last else TRUE, c.names.fresh(name), node.span)
            for i, name in enumerate(names)
        )
    var = Var(c.names.fresh(f"new {target.name}"), core_type(target.type))
    low, high = _range(target.type)
    if value.where is None:
        return (
            t.Choose(var, TRUE, low, high, node.span),
            t.Set(target.name, target.keys, var, node.span),
        )
    where = expression(value.where, c)
    condition = _substitute_entry(conj(where.defined, where.term), target, var)
    return (
        t.Choose(var, condition, low, high, node.span),
        t.Set(target.name, target.keys, var, node.span),
    )


def _flat(name: str, type_: Type) -> tuple[str, ...]:
    """The core variables that one surface variable becomes."""
    value = type_.value if isinstance(type_, MapT) else type_
    if isinstance(value, StructT):
        return tuple(f"{name}.{field}" for field, _ in value.fields)
    return (name,)


def _substitute_entry(term: Term, target: Place, var: Var) -> Term:
    """The term with the very entry that is being chosen replaced by its new value."""

    def swap(node: Term) -> Term | None:
        if isinstance(node, State) and node.name == target.name and node.keys == target.keys:
            return var
        return None

    return rewrite(term, swap)


def argument_variables(parameters: tuple[s.Parameter, ...], c: Context) -> tuple[tuple[t.Variable, ...], Context]:
    """Arguments of an action or a rule as variables, and the context in which they are known."""
    out: list[t.Variable] = []
    for parameter in parameters:
        declared = c.checked.declared[id(parameter)]
        var, c = c.bind(parameter.name, core_type(declared))
        out.append(variable(var.name, declared, "", parameter.span))
    return tuple(out), c


def variable(name: str, type_: Type, doc: str, span: Span) -> t.Variable:
    """A scalar or map variable (not a record)."""
    keys: tuple[Ty, ...] = ()
    if isinstance(type_, MapT):
        keys = tuple(core_type(k) for k in type_.keys)
        type_ = type_.value
    low, high = _range(type_)
    unit = str(type_.unit) if isinstance(type_, NumberT) else ""
    return t.Variable(name, keys, core_type(type_), low, high, unit, doc, span)


def variables(name: str, type_: Type, doc: str, span: Span) -> tuple[t.Variable, ...]:
    """A variable of any type; a record becomes one variable a field."""
    keys = type_.keys if isinstance(type_, MapT) else ()
    value = type_.value if isinstance(type_, MapT) else type_
    if not isinstance(value, StructT):
        return (variable(name, type_, doc, span),)
    return tuple(
        variable(f"{name}.{field}", MapT(keys, inner) if keys else inner, doc, span) for field, inner in value.fields
    )
