"""Expressions of the surface syntax to core terms, each with the conditions under which it is defined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never, final

from verifier.language import syntax as s
from verifier.language.types import EnumT, MapT, NumberT, StructT, Type
from verifier.system.lower_terms import (
    Context,
    Guard,
    Lowered,
    arithmetic,
    common,
    compare,
    core_type,
    for_all,
    in_range,
    lift,
    number,
    under,
    wrapped,
)
from verifier.system.terms import (
    BOOL,
    FALSE,
    INT,
    REAL,
    TRUE,
    ActionIs,
    Agg,
    At,
    Const,
    Named,
    Op,
    OpName,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Var,
    conj,
    negate,
)
from verifier.system.transition import Why

_COMPARISONS: Mapping[str, OpName] = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ARITHMETIC: Mapping[str, OpName] = {"+": "add", "-": "sub", "*": "mul"}


# ---------------------------------------------------------------------------------------------- places


@final
@dataclass(frozen=True, slots=True)
class Place:
    """A state variable or parameter at some keys. `type` may still be a map or a record."""

    kind: str
    name: str
    keys: tuple[Term, ...]
    type: Type
    at: At
    guards: tuple[Guard, ...] = ()

    def read(self) -> Term:
        """The scalar that stands there."""
        ty = core_type(self.type)
        if self.kind == "param":
            return Param(self.name, self.keys, ty)
        return State(self.name, self.keys, ty, self.at)


def place(e: s.Expr, c: Context) -> Place | None:
    """The variable that an expression designates, or None if it is not one."""
    match e:
        case s.Name() | s.Field() if (symbol := c.checked.symbols.get(id(e))) is not None:
            if symbol.kind not in ("param", "state"):
                return None
            return Place(symbol.kind, c.prefix + symbol.name, (), symbol.type, _run_of(e, c) or c.at)
        case s.Name():
            return None
        case s.Index(base, keys):
            inner = place(base, c)
            if inner is None or not isinstance(inner.type, MapT):
                return None
            lowered = tuple(expression(k, c) for k in keys)
            guards = inner.guards + tuple(g for k in lowered for g in k.guards)
            return Place(inner.kind, inner.name, tuple(k.term for k in lowered), inner.type.value, inner.at, guards)
        case s.Field(base, name):
            inner = place(base, c)
            if inner is None:
                return None
            return _field(inner, name)
        case s.Old(body):
            return place(body, replace(c, at="old"))
        case _:
            return None


def _field(inner: Place, name: str) -> Place | None:
    """One field of a record; of a map of records, the map of that field."""
    match inner.type:
        case StructT(_, fields):
            type_: Type = dict(fields)[name]
        case MapT(keys, StructT(_, fields)):
            type_ = MapT(keys, dict(fields)[name])
        case _:
            return None
    return replace(inner, name=f"{inner.name}.{name}", type=type_)


# ---------------------------------------------------------------------------------------------- expressions


def expression(e: s.Expr, c: Context) -> Lowered:
    """The core term of a (checked) expression."""
    match e:
        case s.Number(value=value):
            type_ = c.type_of(e)
            integer = e.integral and isinstance(type_, NumberT) and type_.integer
            return Lowered(number(value, INT if integer else REAL))
        case s.Boolean(value):
            return Lowered(TRUE if value else FALSE)
        case s.Name():
            return _name(e, c)
        case s.Index() | s.Field():
            symbol = c.checked.symbols.get(id(e))
            if symbol is not None and symbol.kind == "member":
                return _name(e, c)
            if isinstance(e, s.Field) and symbol is not None and symbol.kind == "def":
                return _inline(symbol.name, (), _run_of(e, c), e, c)
            found = place(e, c)
            assert found is not None, e
            return Lowered(found.read(), found.guards)
        case s.Call():
            return _call(e, c)
        case s.Old(body):
            return expression(body, replace(c, at="old"))
        case s.Unary("-", operand):
            inner = expression(operand, c)
            return _bounded(Lowered(arithmetic("neg", inner.term), inner.guards), e, c)
        case s.Unary(_, operand):
            inner = expression(operand, c)
            return Lowered(negate(inner.term), inner.guards)
        case s.Binary():
            return _binary(e, c)
        case s.IfThenElse(condition, then, otherwise):
            return _ite(expression(condition, c), expression(then, c), expression(otherwise, c))
        case s.Match():
            return _match(e, c)
        case s.Quantifier():
            return _quantifier(e, c)
        case s.Aggregate():
            return _aggregate(e, c)
        case s.CurrentAction() | s.Wildcard() | s.AnyValue():
            raise AssertionError(f"no value: {e}")
        case _:
            assert_never(e)


def _run_of(e: s.Name | s.Field, c: Context) -> At | None:
    """The run that is named before something's own name, if one is."""
    base: s.Expr = e
    while isinstance(base, s.Field):
        base = base.base
    named = isinstance(base, s.Name) and base is not e and id(base) not in c.checked.symbols
    return _run_named(base.name) if named and isinstance(base, s.Name) else None


def _run_named(word: str) -> At | None:
    match word:
        case "first" | "second":
            return word
        case _:
            return None


def _name(e: s.Name | s.Index | s.Field, c: Context) -> Lowered:
    symbol = c.checked.symbols[id(e)]
    name = symbol.name
    match symbol.kind:
        case "param" | "state":
            found = place(e, c)
            assert found is not None
            return Lowered(found.read(), found.guards)
        case "member":
            assert isinstance(symbol.type, EnumT)
            return Lowered(Const(symbol.type.members.index(name), Ty("enum", symbol.type.name)))
        case "individual":
            sort, index = c.individuals[name]
            return Lowered(Const(index, Ty("sort", sort)))
        case "def":
            return _inline(name, (), None, e, c)
        case _:
            return Lowered(c.scope[name])


def _call(e: s.Call, c: Context) -> Lowered:
    symbol = c.checked.symbols.get(id(e))
    if symbol is not None and symbol.kind == "def":
        return _inline(symbol.name, e.arguments, _run_named((e.scope or "").partition(".")[0]), e, c)
    args = tuple(expression(a, c) for a in e.arguments)
    guards = tuple(g for a in args for g in a.guards)
    terms = tuple(a.term for a in args)
    match e.function:
        case "floor" | "ceil" as rounding:
            if terms[0].ty == INT:
                return Lowered(terms[0], guards)
            return Lowered(Op(rounding, terms, INT), guards)
        case "min" | "max" | "abs" as op:
            return Lowered(arithmetic(op, *terms), guards)
        case _:
            raise AssertionError(e.function)


def _inline(name: str, arguments: tuple[s.Expr, ...], run: At | None, node: object, c: Context) -> Lowered:
    """A definition's body in place of its call, with the arguments (evaluated outside) substituted."""
    decl = c.checked.symbols[id(node)].decl
    assert isinstance(decl, s.DefDecl)
    owner = c.owner(name)
    args = tuple(expression(a, c) for a in arguments)
    terms: list[Term] = []
    scope: dict[str, Term] = {}
    for parameter, arg in zip(decl.parameters, args, strict=True):
        wanted = core_type(owner.checked.declared[id(parameter)])
        terms.append(lift(arg.term, wanted))
        scope[parameter.name] = terms[-1]
    at = run or c.at
    body = expression(decl.body, replace(owner, scope=scope, at=at))
    guards = tuple(g for a in args for g in a.guards) + body.guards
    return Lowered(Named(c.prefix + name, tuple(terms), body.term, body.term.ty, at), guards)


def _binary(e: s.Binary, c: Context) -> Lowered:
    if e.op in ("==", "!=") and (isinstance(e.left, s.CurrentAction) or isinstance(e.right, s.CurrentAction)):
        other = e.right if isinstance(e.left, s.CurrentAction) else e.left
        assert isinstance(other, s.Name | s.Field)
        same = ActionIs(c.checked.symbols[id(other)].name)
        return Lowered(same if e.op == "==" else negate(same))
    left, right = expression(e.left, c), expression(e.right, c)
    both = left.guards + right.guards
    match e.op:
        case "and":
            return Lowered(conj(left.term, right.term), left.guards + under(left.term, right.guards))
        case "or":
            term = Op("or", (left.term, right.term), BOOL)
            return Lowered(term, left.guards + under(negate(left.term), right.guards))
        case "implies":
            return Lowered(Op("implies", (left.term, right.term), BOOL), left.guards + under(left.term, right.guards))
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            return Lowered(compare(_COMPARISONS[e.op], left.term, right.term), both)
        case "+" | "-" | "*":
            return _bounded(Lowered(arithmetic(_ARITHMETIC[e.op], left.term, right.term), both), e, c)
        case "/":
            divisor = lift(right.term, REAL)
            nonzero = compare("ne", divisor, number(0, REAL))
            if not isinstance(divisor, Const):
                both = (*both, Guard(nonzero, Why("divisor", c.text(e.right.span), e.right.span)))
            return Lowered(Op("div", (lift(left.term, REAL), divisor), REAL), both)
        case "^":
            return _bounded(_power(left, right), e, c)
        case _:
            assert_never(e.op)


def _power(base: Lowered, exponent: Lowered) -> Lowered:
    assert isinstance(exponent.term, Const)
    times = int(exponent.term.value)
    if times == 0:
        return Lowered(number(1, base.term.ty), base.guards)
    if times == 1:
        return base
    return Lowered(Op("mul", (base.term,) * times, base.term.ty), base.guards)


def _bounded(value: Lowered, e: s.Binary | s.Unary, c: Context) -> Lowered:
    """Arithmetic on a bounded integer type: wraps, or reverts outside the range, or (in a property) neither."""
    type_ = c.type_of(e)
    if not isinstance(type_, NumberT) or type_.bits is None or not c.checked_arithmetic:
        return value
    assert type_.low is not None
    assert type_.high is not None
    if c.wrapping:
        return Lowered(wrapped(value.term, type_.low, type_.high), value.guards)
    guard = Guard(in_range(value.term, type_.low, type_.high), Why("range", c.text(e.span), e.span))
    return Lowered(value.term, (*value.guards, guard))


def _ite(condition: Lowered, then: Lowered, otherwise: Lowered) -> Lowered:
    (left, right), ty = common((then.term, otherwise.term))
    guards = condition.guards + under(condition.term, then.guards) + under(negate(condition.term), otherwise.guards)
    return Lowered(Op("ite", (condition.term, left, right), ty), guards)


def _match(e: s.Match, c: Context) -> Lowered:
    subject = expression(e.subject, c)
    type_ = c.type_of(e.subject)
    assert isinstance(type_, EnumT)
    arms = [(type_.members.index(arm.member), expression(arm.body, c)) for arm in e.arms]
    out = arms[-1][1]
    for index, body in reversed(arms[:-1]):
        is_member = Op("eq", (subject.term, Const(index, subject.term.ty)), BOOL)
        out = _ite(Lowered(is_member), body, out)
    return Lowered(out.term, subject.guards + out.guards)


def _bind_all(binders: tuple[s.Binder, ...], c: Context) -> tuple[tuple[Var, ...], Context]:
    out: list[Var] = []
    for binder in binders:
        var, c = c.bind(binder.name, core_type(c.checked.declared[id(binder)]))
        out.append(var)
    return tuple(out), c


def _quantifier(e: s.Quantifier, c: Context) -> Lowered:
    vars_, inner = _bind_all(e.binders, c)
    body = expression(e.body, inner)
    term = body.term
    for var in reversed(vars_):
        term = Quant(e.kind, var, term)
    return Lowered(term, for_all(vars_, body.guards))


def _aggregate(e: s.Aggregate, c: Context) -> Lowered:
    if not e.binders:
        return _whole_map(e, c)
    vars_, inner = _bind_all(e.binders, c)
    guard = expression(e.guard, inner) if e.guard is not None else Lowered(TRUE)
    body = expression(e.body, inner)
    if e.kind == "count":
        counted = conj(guard.term, body.term)
        guards = for_all(vars_, guard.guards + under(guard.term, body.guards))
        return Lowered(Agg("count", vars_, number(1, INT), counted, INT), guards)
    guards = for_all(vars_, guard.guards + under(guard.term, body.guards))
    if e.kind in ("max", "min") and guard.term != TRUE:
        some: Term = guard.term
        for var in reversed(vars_):
            some = Quant("exists", var, some)
        guards = (*guards, Guard(some, Why("nothing_fits", c.text(e.span), e.span)))
    return Lowered(Agg(e.kind, vars_, body.term, guard.term, body.term.ty), guards)


def _whole_map(e: s.Aggregate, c: Context) -> Lowered:
    """`sum(debt)`, `count(frozen)`: over every key of the map."""
    found = place(e.body, c)
    assert found is not None
    type_ = found.type
    assert isinstance(type_, MapT)
    vars_ = tuple(Var(c.names.fresh(key.name[0].lower()), core_type(key)) for key in type_.keys)
    entry = replace(found, keys=vars_, type=type_.value).read()
    if e.kind == "count":
        return Lowered(Agg("count", vars_, number(1, INT), entry, INT), found.guards)
    return Lowered(Agg(e.kind, vars_, entry, TRUE, entry.ty), found.guards)
