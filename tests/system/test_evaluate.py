"""Evaluation against a second, naive evaluator; simplifications keep the value; printing keeps the meaning."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.system.build import ACCOUNT, op
from verifier.language import syntax as s
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.system.evaluate import Env, Undefined, evaluate
from verifier.system.pretty import pretty
from verifier.system.terms import (
    BOOL,
    FALSE,
    INT,
    REAL,
    TRUE,
    Agg,
    Const,
    Named,
    Op,
    Quant,
    State,
    Term,
    Var,
    conj,
    forall,
    implies,
    negate,
)
from verifier.system.trace import Scope

SCOPE = Scope({"Account": ("A", "B")})
KEYS = [(0,), (1,)]

# ---------------------------------------------------------------------------------------------- random terms

numbers = st.fractions(-4, 4, max_denominator=3)


def leaves(bound: tuple[str, ...]) -> st.SearchStrategy[Term]:
    scalars: list[st.SearchStrategy[Term]] = [
        st.builds(lambda v: Const(v, REAL), numbers),
        st.sampled_from([State("x", (), REAL), State("y", (), REAL)]),
    ]
    if bound:
        scalars.append(st.sampled_from([State("m", (Var(n, ACCOUNT),), REAL) for n in bound]))
    return st.one_of(scalars)


def reals(depth: int, bound: tuple[str, ...] = ()) -> st.SearchStrategy[Term]:
    if depth == 0:
        return leaves(bound)
    below, test = reals(depth - 1, bound), truths(depth - 1, bound)
    fresh = f"k{len(bound)}"
    return st.one_of(
        leaves(bound),
        st.builds(op, st.sampled_from(["add", "sub", "mul", "div", "min", "max"]), below, below),
        st.builds(lambda a, b, c: op("add", a, b, c), below, below, below),
        st.builds(op, st.sampled_from(["neg", "abs"]), below),
        st.builds(lambda t, kind: op("to_real", op(kind, t)), below, st.sampled_from(["floor", "ceil"])),
        st.builds(lambda c, a, b: Op("ite", (c, a, b), REAL), test, below, below),
        st.builds(
            lambda kind, body, guard: Agg(kind, (Var(fresh, ACCOUNT),), body, guard, REAL),
            st.sampled_from(["sum", "max", "min"]),
            reals(depth - 1, (*bound, fresh)),
            truths(depth - 1, (*bound, fresh)),
        ),
        st.builds(lambda body: Named("shown", (), body, REAL), below),
    )


def truths(depth: int, bound: tuple[str, ...] = ()) -> st.SearchStrategy[Term]:
    atoms = st.sampled_from([TRUE, FALSE, State("p", (), BOOL)])
    if depth == 0:
        return atoms
    below, number = truths(depth - 1, bound), reals(depth - 1, bound)
    fresh = f"k{len(bound)}"
    return st.one_of(
        atoms,
        st.builds(op, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), number, number),
        st.builds(op, st.sampled_from(["and", "or", "implies"]), below, below),
        st.builds(lambda a, b, c: op("and", a, b, c), below, below, below),
        st.builds(lambda a: op("not", a), below),
        st.builds(
            lambda kind, body: Quant(kind, Var(fresh, ACCOUNT), body),
            st.sampled_from(["forall", "exists"]),
            truths(depth - 1, (*bound, fresh)),
        ),
    )


states = st.fixed_dictionaries(
    {"x": numbers, "y": numbers, "p": st.booleans(), "m": st.fixed_dictionaries({k: numbers for k in KEYS})}
)

# ---------------------------------------------------------------------------------------------- a naive evaluator


def naive(term: Term, state: dict[str, Any], local: dict[str, int]) -> Any:
    def go(t: Term) -> Any:
        return naive(t, state, local)

    match term:
        case Const(value):
            return value
        case Var(name):
            return local[name]
        case State(name, ()):
            return state[name]
        case State(name, keys):
            return state[name][tuple(go(k) for k in keys)]
        case Named(_, _, body):
            return go(body)
        case Quant(kind, var, body):
            values = (naive(body, state, {**local, var.name: i}) for i in (0, 1))
            return all(values) if kind == "forall" else any(values)
        case Agg(kind, vars_, body, guard):
            found = []
            for members in product((0, 1), repeat=len(vars_)):
                inner = {**local, **{v.name: i for v, i in zip(vars_, members, strict=True)}}
                if naive(guard, state, inner):
                    found.append(naive(body, state, inner))
            if kind in ("max", "min") and not found:
                raise Undefined
            return {"sum": sum, "count": len, "max": max, "min": min}[kind](found)
        case Op("and", args):
            return all(go(a) for a in args)
        case Op("or", args):
            return any(go(a) for a in args)
        case Op("implies", (a, b)):
            return not go(a) or go(b)
        case Op("ite", (a, b, c)):
            return go(b) if go(a) else go(c)
        case Op(name, args):
            return apply(name, [go(a) for a in args])
    raise AssertionError(term)


def apply(name: str, v: list[Any]) -> Any:
    match name:
        case "add":
            return sum(v)
        case "sub":
            return v[0] - v[1]
        case "mul":
            return v[0] * v[1]
        case "div":
            if v[1] == 0:
                raise Undefined
            return Fraction(v[0]) / v[1]
        case "neg":
            return -v[0]
        case "abs":
            return abs(v[0])
        case "floor":
            return floor(v[0])
        case "ceil":
            return ceil(v[0])
        case "to_real":
            return Fraction(v[0])
        case "min" | "max":
            return {"min": min, "max": max}[name](v)
        case "not":
            return not v[0]
    return {"eq": v[0] == v[1], "ne": v[0] != v[1], "lt": v[0] < v[1], "le": v[0] <= v[1], "gt": v[0] > v[1],
            "ge": v[0] >= v[1]}[name]  # fmt: skip


def value(term: Term, state: dict[str, Any]) -> Any:
    try:
        return evaluate(term, Env(SCOPE, {}, {"now": state}))
    except Undefined:
        return None


@given(st.one_of(reals(3), truths(3)), states)
@settings(max_examples=100, deadline=None)
def test_two_evaluators_agree(term, state):
    try:
        expected = naive(term, state, {})
    except Undefined:
        expected = None
    found = value(term, state)
    assert found == expected
    if found is not None:
        assert type(found) is (Fraction if term.ty == REAL else bool)


@given(st.lists(truths(2), max_size=4), states)
@settings(deadline=None)
def test_simplifications_keep_the_value(terms, state):
    values = [value(t, state) for t in terms]
    assume(None not in values)
    assert value(conj(*terms), state) == all(values)
    for term, known in zip(terms, values, strict=True):
        assert value(negate(term), state) == (not known)
        assert value(implies(terms[0], term), state) == (not values[0] or known)
        assert value(forall(Var("unused", ACCOUNT), term), state) == known


# ---------------------------------------------------------------------------------------------- printing


def parsed(text: str) -> s.Expr:
    file, problems = parse(Source("t", f"spec T for M\ninvariant it: {text}\n"))
    assert not problems, (text, problems)
    assert file is not None
    return file.units[0].items[0].formula


_OPS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt",
        ">=": "ge", "and": "and", "or": "or", "implies": "implies"}  # fmt: skip


def back(e: s.Expr, bound: tuple[str, ...] = ()) -> Term:
    """The core term of the small part of the language that the random terms use, without any checking."""

    def go(inner: s.Expr) -> Term:
        return back(inner, bound)

    match e:
        case s.Number(value=number):
            return Const(Fraction(number), REAL)
        case s.Boolean(truth):
            return TRUE if truth else FALSE
        case s.Name(name):
            return Var(name, ACCOUNT) if name in bound else State(name, (), BOOL if name == "p" else REAL)
        case s.Index(s.Name(name), keys):
            return State(name, tuple(go(k) for k in keys), REAL)
        case s.Unary("-", inner):
            return op("neg", go(inner))
        case s.Unary(_, inner):
            return op("not", go(inner))
        case s.Binary("^", left, right):
            return op("mul", *(go(left) for _ in range(int(right.value))))
        case s.Binary(sign, left, right):
            return op(_OPS[sign], go(left), go(right))
        case s.IfThenElse(condition, then, otherwise):
            return Op("ite", (go(condition), go(then), go(otherwise)), REAL)
        case s.Quantifier(kind, binders, body):
            term = back(body, (*bound, *(b.name for b in binders)))
            for binder in reversed(binders):
                term = Quant(kind, Var(binder.name, ACCOUNT), term)
            return term
        case s.Call("floor" | "ceil" as name, args):
            return op("to_real", op(name, *(go(a) for a in args)))
        case s.Call(name, args):
            return op(name, *(go(a) for a in args))
        case s.Aggregate(kind, s.Name(name), ()):
            return Agg(kind, (Var("z", ACCOUNT),), State(name, (Var("z", ACCOUNT),), REAL), TRUE, REAL)
        case s.Aggregate(kind, body, binders, guard):
            inside = (*bound, *(b.name for b in binders))
            vars_ = tuple(Var(b.name, ACCOUNT) for b in binders)
            return Agg(kind, vars_, back(body, inside), back(guard, inside) if guard is not None else TRUE, REAL)
    raise AssertionError(e)


def unnamed(term: Term) -> Term:
    match term:
        case Named(_, _, body):
            return unnamed(body)
        case Op(name, args, ty):
            return Op(name, tuple(unnamed(a) for a in args), ty)
        case Quant(kind, var, body):
            return Quant(kind, var, unnamed(body))
        case Agg(kind, vars_, body, guard, ty):
            return Agg(kind, vars_, unnamed(body), unnamed(guard), ty)
        case _:
            return term


@given(st.one_of(reals(3), truths(4)), states)
@settings(max_examples=100, deadline=None)
def test_printed_terms_mean_what_they_did(term, state):
    term = unnamed(term)
    again = back(parsed(pretty(term)))
    known = value(term, state)
    assume(known is not None)
    assert value(again, state) == known


@pytest.mark.parametrize("member", [0, 1])
def test_locals_and_integers(member):
    term = op("floor", State("m", (Var("a", ACCOUNT),), REAL))
    env = Env(SCOPE, {}, {"now": {"m": {(0,): Fraction(7, 2), (1,): Fraction(-7, 2)}}}, {"a": member})
    assert evaluate(term, env) == (3, -4)[member]
    assert term.ty == INT
