"""Terms as Python functions give what the interpreter gives, value for value."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.examples import system
from verifier.system.evaluate import Env, Undefined, evaluate, frame_of, typed
from verifier.system.generated import function
from verifier.system.terms import BOOL, INT, REAL, Const, Op, Var
from verifier.system.trace import Scope

TEXT = """\
model All
sort Account
sort Feed of 2
enum Phase { Open, Halted }
param p : real
param w : Phase -> real
state n : int
state x : real
state phase : Phase
state keeper : Account
state m : Account -> int
state r : (Account, Feed) -> real
state f : Account -> bool
init { n := 0  x := 0  phase := Open  keeper := any where true  m := 0  r := 0  f := false }
def a1(a: Account) = floor(x * 3 / 2) + ceil(x / 7) - m[a] * abs(n)
def a2(a: Account) = if f[a] and not (m[a] > n or x == p) then min(x, p, 3) else max(x, m[a], -p)
def a3(a: Account) = x / m[a] - p / 3
def a4 = sum(m[b] * r[b, c] for b in Account, c in Feed if f[b]) + count(m[b] > 0 for b in Account)
def a5(a: Account) = max(r[a, c] for c in Feed if r[a, c] >= x) - min(m)
def a6(a: Account) = (forall b in Account: m[b] <= m[a] implies f[b]) or exists c in Feed: r[a, c] != x
def a7 = w[phase] + m[keeper] ^ 2
def a8 = match phase { Open => p, Halted => -x }
spec S for All
invariant i : true
"""
SYSTEM = system(TEXT, "all.vspec")
SCOPE = Scope({"Account": ("A", "B"), "Feed": ("c", "d"), "Phase": ("Open", "Halted")})

reals = st.fractions(-3, 3, max_denominator=3)
integers = st.integers(-2, 3)


@st.composite
def environments(draw: st.DrawFn) -> Env:
    params = {"p": draw(reals), "w": {(0,): draw(reals), (1,): draw(reals)}}
    now = {
        "n": draw(integers), "x": draw(reals), "phase": draw(st.integers(0, 1)), "keeper": draw(st.integers(0, 1)),
        "m": {(0,): draw(integers), (1,): draw(integers)}, "f": {(0,): draw(st.booleans()), (1,): draw(st.booleans())},
        "r": {(a, c): draw(reals) for a in (0, 1) for c in (0, 1)},
    }  # fmt: skip
    return Env(SCOPE, params, {"now": now}, {"a": draw(st.integers(0, 1))})


@pytest.mark.parametrize("definition", SYSTEM.definitions, ids=lambda d: d.name)
@given(env=environments())
@settings(deadline=None, max_examples=60)
def test_the_same_value_or_none(definition: object, env: Env) -> None:
    d = next(x for x in SYSTEM.definitions if x is definition)
    variables = tuple(Var(a.name, a.ty) for a in d.args)
    made = function(d.body, variables, frame_of(env))
    try:
        wanted = evaluate(d.body, env)
    except Undefined:
        with pytest.raises(Undefined):
            made(*(env.locals[v.name] for v in variables))
        return
    assert typed(made(*(env.locals[v.name] for v in variables)), d.ty) == wanted


def test_a_term_that_is_too_deep_for_python_is_evaluated_all_the_same() -> None:
    term = Var("x", REAL)
    for _ in range(110):
        term = Op("neg", (Op("add", (term, Const(1, INT)), REAL),), REAL)  # type: ignore[assignment]
    made = function(term, (Var("x", REAL),), frame_of(Env(SCOPE, {}, {})))
    assert made(Fraction(1, 2)) == Fraction(1, 2)


def test_nothing_of_a_text_is_run() -> None:
    name = "x).__class__.__base__.__subclasses__(), (0"
    variable = Var(name, BOOL)
    made = function(Op("not", (variable,), BOOL), (variable,), frame_of(Env(SCOPE, {}, {})))
    assert made(True) is False
