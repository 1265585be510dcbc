"""The transition system as plain JSON values, without places and words: what a proof speaks of, and what is hashed.

A term is a list whose first entry says what it is; definitions are spelled out. Numbers are written as text (`"3/2"`),
so that no reader has to agree about floats.

A `responds` is there as an invariant of the counter that `deadlines` adds to the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from verifier.system.deadlines import counting
from verifier.system.terms import ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Ty, Value, Var
from verifier.system.transition import (
    Action,
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    Enabled,
    ForEach,
    Havoc,
    Invariant,
    Let,
    Property,
    Reachable,
    Require,
    Responds,
    Rule,
    Scenario,
    Set,
    StepProperty,
    Stmt,
    System,
    Variable,
)

FORMAT = "verify-spec core 1"


def canonical(system: System) -> dict[str, Any]:
    """The system as JSON values, with a counter for each deadline."""
    counted = counting(system)
    return {
        "format": FORMAT,
        "sorts": [[s.name, s.size] for s in counted.sorts],
        "params": [_variable(p) for p in counted.params],
        "states": [_variable(s) for s in counted.states],
        "fixed": {name: _fixed(value) for name, value in sorted(counted.fixed.items())},
        "assumptions": [[a.name, term_json(a.condition)] for a in counted.assumptions],
        "init": _block(counted.init),
        "actions": [_action(a) for a in counted.actions],
        "properties": [p for p in map(_property, counted.properties) if p is not None],
    }


def deadline_json(prop: Responds) -> list[Any]:
    """A deadline as it is said, without a counter."""
    terms = (prop.trigger, prop.response, prop.bound, prop.defined)
    return [[_var(v) for v in prop.vars], *(term_json(t) for t in terms), prop.action]


def _type(ty: Ty) -> Any:
    return [ty.kind, ty.name] if ty.name else ty.kind


def _variable(v: Variable) -> list[Any]:
    return [v.name, [_type(k) for k in v.keys], _type(v.ty), v.low, v.high]


def _fixed(value: Value | Mapping[tuple[int, ...], Value]) -> Any:
    if isinstance(value, Mapping):
        return [[list(keys), _value(v)] for keys, v in sorted(value.items())]
    return _value(value)


def _value(value: Value) -> Any:
    return value if isinstance(value, bool) else str(value)


def _action(action: Action) -> list[Any]:
    return [action.name, [_variable(a) for a in action.args], _block(action.body)]


def _property(prop: Property) -> dict[str, Any] | None:
    name = prop.heading.name
    match prop:
        case Invariant(_, formula, defined) | StepProperty(_, formula, defined):
            kind = "invariant" if isinstance(prop, Invariant) else "step"
            return {"kind": kind, "name": name, "formula": term_json(formula), "defined": term_json(defined)}
        case Rule(_, args, program):
            return {"kind": "rule", "name": name, "args": [_variable(a) for a in args], "program": _block(program)}
        case Enabled(_, free, action, args, when, defined):
            return {
                "kind": "enabled",
                "name": name,
                "free": [_var(v) for v in free],
                "action": action,
                "args": [None if a is None else term_json(a) for a in args],
                "when": term_json(when),
                "defined": term_json(defined),
            }
        case Responds() | Reachable() | Scenario():
            return None
        case _:
            assert_never(prop)


def _var(var: Var) -> list[Any]:
    return [var.name, _type(var.ty)]


def _terms(terms: tuple[Term, ...]) -> list[Any]:
    return [term_json(t) for t in terms]


def term_json(term: Term) -> list[Any]:
    """A term as nested lists."""
    match term:
        case Const(value, ty):
            return ["const", _value(value), _type(ty)]
        case Var(name, ty):
            return ["var", name, _type(ty)]
        case Param(name, keys, ty):
            return ["param", name, _terms(keys), _type(ty)]
        case State(name, keys, ty, at):
            return ["state", name, _terms(keys), _type(ty), at]
        case Op(op, args, ty):
            return ["op", op, _terms(args), _type(ty)]
        case Quant(kind, var, body):
            return [kind, _var(var), term_json(body)]
        case Agg(kind, vars_, body, guard, ty):
            return ["agg", kind, [_var(v) for v in vars_], term_json(body), term_json(guard), _type(ty)]
        case Named(_, _, body):
            return term_json(body)
        case ActionIs(action):
            return ["action", action]
        case _:
            assert_never(term)


def _block(body: tuple[Stmt, ...]) -> list[Any]:
    return [_statement(s) for s in body]


def _statement(stmt: Stmt) -> list[Any]:
    match stmt:
        case Require(condition):
            return ["require", term_json(condition)]
        case Set(state, keys, value):
            return ["set", state, _terms(keys), term_json(value)]
        case Let(var, value, defined):
            return ["let", _var(var), term_json(value), term_json(defined)]
        case Choose(var, where, low, high):
            return ["choose", _var(var), term_json(where), low, high]
        case Havoc(state, where, name):
            return ["havoc", state, term_json(where), name]
        case ForEach(var, body):
            return ["for", _var(var), _block(body)]
        case Branch(condition, then, otherwise):
            return ["if", term_json(condition), _block(then), _block(otherwise)]
        case Call(action, args, reverts, defined):
            return ["call", action, _terms(args), reverts, term_json(defined)]
        case Check(condition, defined):
            return ["check", term_json(condition), term_json(defined)]
        case Compare(first, second):
            return ["compare", _block(first), _block(second)]
        case _:
            assert_never(stmt)
