"""The meaning of core terms: exact evaluation in Python integers and fractions.

A term is compiled once to a Python closure over a `Frame`. Inside, a real that is a whole number is carried as an `int`
(they compare and combine alike, and integers are many times faster); what leaves through `evaluate` is a `Fraction`
again. Nothing is ever a float.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import ceil, floor
from operator import add, attrgetter, eq, ge, gt, le, lt, mul, ne, neg, sub
from typing import Any, assert_never, final

from verifier.system.terms import (
    TRUE,
    ActionIs,
    Agg,
    At,
    Const,
    Named,
    Op,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Value,
    Var,
)
from verifier.system.trace import Cell, Scope, Valuation
from verifier.system.transition import Variable


@final
class Undefined(Exception):
    """A term has no value here: a divisor is zero, or a `max`/`min` ranges over nothing.

    Terms that stand behind their `defined` condition or their `Require` never raise it.
    """


@final
@dataclass(frozen=True, slots=True)
class Env:
    """Where a term is evaluated.

    `scope` names the members of every sort and enum that the term speaks of. `states` holds the valuations that may be
    read, `locals` the values of free variables, `action` the one that `ActionIs` compares with.
    """

    scope: Scope
    params: Valuation
    states: Mapping[At, Valuation]
    locals: Mapping[str, Value] = field(default_factory=dict)
    action: str = ""


@final
@dataclass(slots=True)
class Frame:
    """The mutable registers of one run.

    `owned` are the maps of `now` that this run has copied and may write in place; `explain` asks for the values of the
    two sides of a comparison that fails. `chooser` finds the value of a choice that `choices` does not give: it gets
    the frame, the name of the choice, the variable to fill and the condition, and returns None if it finds nothing.
    With `probe`, no `require` stops the run: each appends how far its comparisons are from their bounds.
    """

    members: Mapping[str, range]
    params: Mapping[str, Any]
    now: dict[str, Any]
    old: Mapping[str, Any] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    second: Mapping[str, Any] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    action: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    explain: bool = True
    chooser: Callable[[Frame, str, Variable, Term], Cell | None] | None = None
    probe: list[Any] | None = None


Code = Callable[[Frame], Any]
"""A compiled term."""


def whole(value: Any) -> Any:
    """A number as it is carried inside: an `int` if it is one."""
    return value.numerator if value.__class__ is Fraction and value.denominator == 1 else value


def typed(value: Any, ty: Ty) -> Value:
    """A value as it is shown outside: a real is a `Fraction`, a truth value a `bool`."""
    match ty.kind:
        case "real":
            return Fraction(value)
        case "bool":
            return bool(value)
        case _:
            return int(value) if value.denominator == 1 else Fraction(value)


def evaluate(term: Term, env: Env) -> Value:
    """The exact value of a term. Raises `Undefined` where it has none."""
    return typed(compile_term(term)(frame_of(env)), term.ty)


def frame_of(env: Env) -> Frame:
    """The registers for an environment."""
    none: Valuation = {}
    return Frame(
        members={name: range(len(members)) for name, members in env.scope.names.items()},
        params=env.params,
        now=dict(env.states.get("now", none)),
        old=env.states.get("old", none),
        first=env.states.get("first", none),
        second=env.states.get("second", none),
        locals=dict(env.locals),
        action=env.action,
    )


def domain(ty: Ty, members: Mapping[str, range]) -> range | tuple[bool, bool]:
    """All values of a type that can be enumerated."""
    return (False, True) if ty.kind == "bool" else members[ty.name]


# ---------------------------------------------------------------------------------------------- compiling


def compile_term(term: Term) -> Code:
    """The closure that computes a term."""
    match term:
        case Const(value):
            constant = whole(value)
            return lambda _: constant
        case Var(name):
            return lambda f: f.locals[name]
        case Param(name, keys):
            if not keys:
                return lambda f: f.params[name]
            key = compile_keys(keys)
            return lambda f: f.params[name][key(f)]
        case State():
            return _state(term)
        case Op():
            return _op(term)
        case Quant(kind, var, body):
            return _quantifier(kind == "forall", var, compile_term(body))
        case Agg():
            return _aggregate(term)
        case Named(_, _, body):
            return compile_term(body)
        case ActionIs(action):
            return lambda f: f.action == action
        case _:
            assert_never(term)


def compile_keys(keys: tuple[Term, ...]) -> Callable[[Frame], tuple[int, ...]]:
    """The closure that computes a tuple of keys."""
    match keys:
        case (Var(name),):
            return lambda f: (f.locals[name],)
        case (Var(first), Var(second)):
            return lambda f: (f.locals[first], f.locals[second])
        case (only,):
            key = compile_term(only)
            return lambda f: (key(f),)
        case _:
            codes = tuple(compile_term(k) for k in keys)
            return lambda f: tuple(code(f) for code in codes)


def _state(term: State) -> Code:
    name, keys, at = term.name, term.keys, term.at
    if at != "now":
        return _earlier(name, keys, at)
    if not keys:
        return lambda f: f.now[name]
    if len(keys) == 1 and isinstance(keys[0], Var):
        local = keys[0].name
        return lambda f: f.now[name][(f.locals[local],)]
    key = compile_keys(keys)
    return lambda f: f.now[name][key(f)]


def _earlier(name: str, keys: tuple[Term, ...], at: At) -> Code:
    valuation: Code = attrgetter(at)
    if not keys:
        return lambda f: valuation(f)[name]
    key = compile_keys(keys)
    return lambda f: valuation(f)[name][key(f)]


def _quantifier(universal: bool, var: Var, body: Code) -> Code:
    name, ty = var.name, var.ty

    def run(f: Frame) -> bool:
        local = f.locals
        outer = local.get(name)
        answer = universal
        for member in domain(ty, f.members):
            local[name] = member
            if body(f) is not universal:
                answer = not universal
                break
        local[name] = outer
        return answer

    return run


def _aggregate(term: Agg) -> Code:
    kind, body = term.kind, compile_term(term.body)
    guard = None if term.guard == TRUE else compile_term(term.guard)
    names = tuple(v.name for v in term.vars)
    types = tuple(v.ty for v in term.vars)
    constant_one = kind == "count" and isinstance(term.body, Const)

    def values(f: Frame) -> list[Any]:
        local = f.locals
        outer = [local.get(n) for n in names]
        out: list[Any] = []
        for combination in product(*(domain(ty, f.members) for ty in types)):
            local.update(zip(names, combination, strict=True))
            if guard is None or guard(f):
                out.append(1 if constant_one else body(f))
        local.update(zip(names, outer, strict=True))
        return out

    match kind:
        case "sum" | "count":
            return lambda f: sum(values(f))
        case "max" | "min":
            pick: Callable[[list[Any]], Any] = max if kind == "max" else min

            def extreme(f: Frame) -> Any:
                found = values(f)
                if not found:
                    raise Undefined
                return pick(found)

            return extreme
        case _:
            assert_never(kind)


# ---------------------------------------------------------------------------------------------- operators

_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": add, "sub": sub, "mul": mul, "eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge,
}  # fmt: skip

_UNARY: Mapping[str, Callable[[Any], Any]] = {"neg": neg, "floor": floor, "ceil": ceil, "abs": abs}


def _op(term: Op) -> Code:
    args = tuple(compile_term(a) for a in term.args)
    match term.op:
        case "sub" | "eq" | "ne" | "lt" | "le" | "gt" | "ge":
            return _binary(_BINARY[term.op], *args)
        case "add" | "mul":
            code = _binary(_BINARY[term.op], args[0], args[1])
            for more in args[2:]:
                code = _binary(_BINARY[term.op], code, more)
            return code
        case "div":
            return _divide(*args)
        case "neg" | "floor" | "ceil" | "abs":
            return _unary(_UNARY[term.op], args[0])
        case "to_real":
            return args[0]
        case "min":
            return lambda f: min(a(f) for a in args)
        case "max":
            return lambda f: max(a(f) for a in args)
        case "and" | "or" | "not" | "implies" | "ite":
            return _logical(term.op, args)
        case _:
            assert_never(term.op)


def _binary(operation: Callable[[Any, Any], Any], left: Code, right: Code) -> Code:
    return lambda f: operation(left(f), right(f))


def _unary(operation: Callable[[Any], Any], argument: Code) -> Code:
    return lambda f: operation(argument(f))


def _divide(left: Code, right: Code) -> Code:
    def run(f: Frame) -> Any:
        a, b = left(f), right(f)
        if not b:
            raise Undefined
        if a.__class__ is int and b.__class__ is int:
            return Fraction(a, b) if a % b else a // b
        return a / b

    return run


def _logical(op: str, args: tuple[Code, ...]) -> Code:
    match op, args:
        case "not", (a,):
            return lambda f: not a(f)
        case "implies", (a, b):
            return lambda f: b(f) if a(f) else True
        case "ite", (a, b, c):
            return lambda f: b(f) if a(f) else c(f)
        case "and", (a, b):
            return lambda f: a(f) and b(f)
        case "or", (a, b):
            return lambda f: a(f) or b(f)
        case "and", _:
            return lambda f: all(a(f) for a in args)
        case _:
            return lambda f: any(a(f) for a in args)
