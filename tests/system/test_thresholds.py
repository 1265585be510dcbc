"""Formulas in parts, and how near each member is to a threshold: the same answers as the interpreter's, in exact order."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.examples import system
from verifier.system.evaluate import Env, Frame, Undefined, evaluate, frame_of
from verifier.system.pretty import pretty
from verifier.system.thresholds import Measure, TooManyCasesError, measure, parts
from verifier.system.trace import Scope
from verifier.system.transition import Invariant

TEXT = """\
model Book
unit USD, ETH
sort Account
state price : ureal[USD/ETH]
state cash  : real[USD]
state coll  : Account -> real[ETH]
state debt  : Account -> real[USD]
state open  : Account -> bool
init { price := 0  cash := 0  coll := 0  debt := 0  open := false }
def worth(a: Account) = coll[a] * price
def covered(a: Account) = debt[a] <= worth(a)
def fine = forall a in Account: covered(a) and (open[a] implies debt[a] > 0)
spec Promises for Book
invariant all_covered  : forall a in Account: covered(a)
invariant fine_is_fine : fine
invariant books        : cash == sum(debt)
invariant few_open     : count(open[a] for a in Account) < 3 and cash >= 0
invariant shares       : forall a in Account: open[a] implies debt[a] / sum(debt) <= 1 / 2
invariant largest      : forall a in Account: debt[a] <= max(coll) * price or not open[a]
invariant pairs        : forall a, b in Account: debt[a] <= debt[b] + 5[USD]
invariant somebody     : exists a in Account: open[a]
invariant ratio        : sum(debt) / cash >= 1
invariant extreme      : max(debt[a] for a in Account if open[a]) <= cash
invariant each_extreme : forall b in Account: debt[b] <= min(debt[a] for a in Account if open[a] and a != b) + cash
invariant nested       : forall b in Account: open[b] implies (if debt[b] > 0 then 1 else max(coll[a] / coll[b] for a in Account)) >= 0
"""
SYSTEM = system(TEXT, "book.vspec")
NAMES = ("A", "B", "C")

numbers = st.fractions(-3, 3, max_denominator=4) | st.integers(-2, 2).map(Fraction)


@st.composite
def states(draw: st.DrawFn) -> dict[str, object]:
    of = lambda values: {(i,): draw(values) for i in range(3)}  # noqa: E731
    return {
        "price": abs(draw(numbers)), "cash": draw(numbers), "coll": of(numbers), "debt": of(numbers),
        "open": of(st.booleans()),
    }  # fmt: skip


def frame(state: dict[str, object]) -> Frame:
    return frame_of(Env(Scope({"Account": NAMES}), {}, {"now": state}))  # type: ignore[dict-item]


def measures(prop: Invariant, state: dict[str, object], top: int = 5) -> list[Measure]:
    return [measure(part, frame(state), top) for f in (prop.defined, prop.formula) for part in parts(f)]


@pytest.mark.parametrize("prop", SYSTEM.properties, ids=lambda p: p.heading.name)
@given(state=states())
@settings(deadline=None, max_examples=60)
def test_the_parts_together_say_what_the_formula_says(prop: Invariant, state: dict[str, object]) -> None:
    env = Env(Scope({"Account": NAMES}), {}, {"now": state})  # type: ignore[dict-item]
    try:
        truth = bool(evaluate(prop.defined, env)) and bool(evaluate(prop.formula, env))
    except Undefined:
        truth = False
    assert all(m.holds for m in measures(prop, state)) == truth


@given(state=states())
@settings(deadline=None)
def test_whoever_is_nearest_comes_first(state: dict[str, object]) -> None:
    (found,) = measures(SYSTEM.properties[0], state)  # type: ignore[arg-type]
    assert found.concerned == 3
    assert len(found.nearest) == 3
    assert found.failing == sum(not r.holds for r in found.nearest)
    holds = [r.holds for r in found.nearest]
    assert holds == sorted(holds)
    for truth in (False, True):
        shares = [r.ratio for r in found.nearest if r.holds is truth and r.ratio is not None]
        assert shares == sorted(shares, reverse=True)
        others = [r.over for r in found.nearest if r.holds is truth and r.ratio is None and (r.left or r.right)]
        assert others == sorted(others, reverse=True)  # type: ignore[type-var]
    for reading in found.nearest:
        assert reading.left is not None
        assert reading.right is not None
        assert reading.over == reading.left - reading.right
    assert found.shortfall == (sum(r.over for r in found.nearest if not r.holds) if found.failing else None)  # type: ignore[misc]


def test_numbers_that_are_rounded_alike_are_told_apart() -> None:
    state = {
        "price": 1, "cash": 0, "open": {(i,): False for i in range(3)},
        "coll": {(0,): 10**40, (1,): 10**40, (2,): 10**40},
        "debt": {(0,): 10**40 - 2, (1,): 10**40 - 1, (2,): 10**40 - 3},
    }  # fmt: skip
    (found,) = measures(SYSTEM.properties[0], state)  # type: ignore[arg-type]
    assert [r.members[0] for r in found.nearest] == [1, 0, 2]
    assert found.nearest[0].ratio == Fraction(10**40 - 1, 10**40)


def test_numbers_beyond_all_floats() -> None:
    state = {
        "price": 1, "cash": 0, "open": {(i,): False for i in range(3)},
        "coll": {(0,): 1, (1,): 1, (2,): 1}, "debt": {(0,): 10**400, (1,): 10**401, (2,): 10**399},
    }  # fmt: skip
    (found,) = measures(SYSTEM.properties[0], state, top=2)  # type: ignore[arg-type]
    assert [r.members[0] for r in found.nearest] == [1, 0]


def test_those_whom_a_part_does_not_concern_are_counted_apart() -> None:
    state = {
        "price": 1, "cash": 0, "coll": {(i,): 1 for i in range(3)}, "debt": {(0,): 3, (1,): 1, (2,): 0},
        "open": {(0,): True, (1,): True, (2,): False},
    }  # fmt: skip
    prop = next(p for p in SYSTEM.properties if p.heading.name == "shares")
    found = [m for m in measures(prop, state) if m.part.comparison is not None]  # type: ignore[arg-type]
    assert [(m.concerned, m.passed_over, m.failing) for m in found] == [(2, 1, 1)]


def test_too_many_cases_are_refused_and_not_begun() -> None:
    prop = next(p for p in SYSTEM.properties if p.heading.name == "pairs")
    members = {"Account": tuple(map(str, range(10_000)))}
    here = frame_of(Env(Scope(members), {}, {"now": {"debt": {}}}))
    (part,) = parts(prop.formula)  # type: ignore[union-attr]
    with pytest.raises(TooManyCasesError) as refused:
        measure(part, here, 1)
    assert refused.value.cases == 10_000**2


EMPTY: dict[str, object] = {
    "price": Fraction(0), "cash": Fraction(0), "coll": dict.fromkeys([(0,), (1,), (2,)], Fraction(0)),
    "debt": dict.fromkeys([(0,), (1,), (2,)], Fraction(0)), "open": dict.fromkeys([(0,), (1,), (2,)], False),
}  # fmt: skip


def lacking(name: str, state: dict[str, object]) -> list[tuple[tuple[int, ...], str] | None]:
    """For each reading of the formula itself: who it is about, and what has no value."""
    prop = next(p for p in SYSTEM.properties if p.heading.name == name)
    assert isinstance(prop, Invariant)
    found = [r for part in parts(prop.formula) for r in measure(part, frame(state), 5).nearest]
    scope = Scope({"Account": NAMES})
    assert all((r.lacking is not None) == r.undefined for r in found)
    return [(r.members, pretty(r.lacking, scope)) if r.lacking is not None else None for r in found]


def test_what_has_no_value_is_named() -> None:
    assert lacking("ratio", EMPTY) == [((), "sum(debt) / cash")]
    assert lacking("extreme", EMPTY) == [((), "max(debt[a] for a in Account if open[a])")]
    least = "min(debt[a] for a in Account if open[a] and a != b)"
    assert lacking("each_extreme", EMPTY) == [((i,), least) for i in range(3)]
    one = {**EMPTY, "open": {(0,): True, (1,): False, (2,): False}}
    assert lacking("extreme", one) == [None]
    assert lacking("each_extreme", one) == [((0,), least), None, None]
    assert lacking("nested", one) == [((0,), "coll[a] / coll[b]")]
    assert lacking("nested", {**one, "debt": {(i,): Fraction(1) for i in range(3)}}) == [None]
