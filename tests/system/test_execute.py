"""Running actions: what a step changes, when it reverts, and that a revert changes nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.system.build import pool, vault, without
from verifier.system.evaluate import Env, Undefined, evaluate
from verifier.system.execute import Interpreter
from verifier.system.replay import (
    Candidate,
    Mismatch,
    check_assumptions,
    claim_of,
    confirm,
    initial,
    refutes,
    replay,
    run_action,
    violates,
)
from verifier.system.terms import REAL, Const, Op, State
from verifier.system.trace import Counterexample, Move, Reverted, Scope, Trace
from verifier.system.transition import Choose
from verifier.system.values import scope_of

POOL = pool()
PARAMS = {
    "ltv": F("0.75"),
    "liq_threshold": F("0.8"),
    "liq_bonus": F("0.05"),
    "close_factor": F(1, 2),
    "max_drop": F("0.1"),
}
TWO = Scope({"Account": ("A", "B")})


def prop(system, name):
    return next(p for p in system.properties if p.heading.name == name)


def move(action, *args, **choices):
    return Move(action, args, choices)


def candidate(*moves, params=PARAMS, args=None, program=()):
    return Candidate(TWO, params, {"price": F(2000)}, moves, args or {}, program)


BORROWED = (move("supply", 0, F(10_000)), move("pledge", 1, F(5)), move("borrow", 1, F(7_000)))


def test_a_run_is_computed_exactly():
    trace = replay(Interpreter(POOL), candidate(*BORROWED))
    assert isinstance(trace, Trace)
    assert trace.end["cash"] == 3_000
    assert trace.end["debt"] == {(0,): 0, (1,): 7_000}
    assert trace.end["collateral"] == {(0,): 0, (1,): 5}


def test_reals_leave_as_fractions():
    trace = replay(Interpreter(POOL), candidate(*BORROWED))
    assert isinstance(trace, Trace)
    assert all(type(v) is F for v in trace.end["debt"].values())
    assert type(trace.end["cash"]) is F
    assert type(trace.params["ltv"]) is F


def test_a_require_after_an_update_undoes_it():
    interp = Interpreter(POOL)
    trace = replay(interp, candidate(*BORROWED))
    step = run_action(interp, TWO, PARAMS, trace.end, move("borrow", 1, F(1_000)))
    assert step.reverted is not None
    assert step.reverted.why.text == "debt[a] <= value(a) * ltv"
    assert step.reverted.values == (8_000, 7_500)
    assert step.after == step.before == trace.end


def test_the_failing_conjunct_gives_the_values():
    interp = Interpreter(POOL)
    trace = replay(interp, candidate(*BORROWED))
    step = run_action(interp, TWO, PARAMS, trace.end, move("borrow", 1, F(5_000)))
    assert step.reverted is not None
    assert step.reverted.values == (5_000, 3_000)


@pytest.mark.parametrize("args", [(1, F(-1)), (2, F(1))])
def test_an_argument_out_of_range_reverts(args):
    interp = Interpreter(POOL)
    state = initial(interp, TWO, PARAMS, {"price": F(1)})
    step = run_action(interp, TWO, PARAMS, state, move("supply", *args))
    assert step.reverted is not None
    assert step.reverted.why.kind == "range"


def test_init_takes_its_choices():
    interp = Interpreter(POOL)
    assert initial(interp, TWO, PARAMS, {"price": F(3, 2)})["price"] == F(3, 2)
    for choices in ({}, {"price": F(0)}, {"price": F(-1)}):
        reverted = initial(interp, TWO, PARAMS, choices)
        assert isinstance(reverted, Reverted)
        assert reverted.why.kind == "nothing_fits"


def test_assumptions_are_named():
    interp = Interpreter(POOL)
    assert check_assumptions(interp, TWO, PARAMS) is None
    broken = check_assumptions(interp, TWO, {**PARAMS, "liq_bonus": F(1, 2)})
    assert broken is not None
    assert broken.name == "room_for_the_bonus"


def test_a_profile_fixes_parameters():
    interp = Interpreter(replace(POOL, fixed={"ltv": F(2)}))
    broken = check_assumptions(interp, TWO, PARAMS)
    assert broken is not None
    assert broken.name == "liq_threshold"


def test_a_run_that_does_not_exist_is_a_mismatch():
    mismatch = replay(Interpreter(POOL), candidate(*BORROWED, move("borrow", 1, F(1_000))))
    assert isinstance(mismatch, Mismatch)
    assert (mismatch.where, mismatch.step) == ("step", 3)
    assert mismatch.text == "step 4 reverts (require: debt[a] <= value(a) * ltv)"


def test_relies_keep_the_market_gentle():
    mismatch = replay(Interpreter(POOL), candidate(*BORROWED, move("move_price", F(1_000))))
    assert isinstance(mismatch, Mismatch)
    assert mismatch.reverted is not None
    assert mismatch.reverted.why.name == "gentle_market"


WILD = pool(max_drop_bounded=False)
CRASH = (*BORROWED, move("move_price", F(1_000)))


def test_an_invariant_fails_for_a_witness():
    found = confirm(Interpreter(WILD), prop(WILD, "covered"), candidate(*CRASH))
    assert isinstance(found, Counterexample)
    assert found.witness == {"a": 1}
    assert len(found.trace.steps) == 4
    assert not found.undefined


def test_a_true_invariant_has_no_counterexample():
    assert confirm(Interpreter(WILD), prop(WILD, "books_balance"), candidate(*CRASH)) is None


def test_a_counterexample_confirms_itself():
    interp, covered = Interpreter(WILD), prop(WILD, "covered")
    found = confirm(interp, covered, candidate(*CRASH))
    assert confirm(interp, covered, claim_of(found)) == found
    assert refutes(interp, covered, claim_of(found))
    assert violates(interp, covered, found.trace) == found


def test_steps_know_old_and_action():
    system = pool()
    only = prop(system, "only_the_market_moves_the_price")
    assert confirm(Interpreter(system), only, candidate(*BORROWED, move("move_price", F(1_900)))) is None
    wrong = replace(only, formula=only.formula.args[0])
    found = confirm(Interpreter(system), wrong, candidate(*BORROWED, move("move_price", F(1_900))))
    assert isinstance(found, Counterexample)


def test_reachable_gives_a_run():
    found = confirm(Interpreter(WILD), prop(WILD, "a_liquidation"), candidate(*CRASH))
    assert isinstance(found, Counterexample)
    assert found.witness == {"a": 1}


def test_a_rule_fails_in_its_program():
    rule = prop(WILD, "liquidation_improves_health")
    found = confirm(Interpreter(WILD), rule, candidate(*CRASH, args={"a": 1, "repaid": F(700)}))
    assert isinstance(found, Counterexample)  # under water, a bonus makes things worse
    assert found.witness == {"a": 1, "repaid": 700}
    assert [s.move.action for s in found.program] == ["liquidate"]
    assert found.program[0].after["collateral"][(1,)] == 5 - F(735, 1000)


def test_a_rule_whose_call_reverts_is_not_broken():
    rule = prop(WILD, "liquidation_improves_health")
    assert confirm(Interpreter(WILD), rule, candidate(*BORROWED, args={"a": 1, "repaid": F(700)})) is None


def test_compare_runs_both_from_the_same_state():
    rule = prop(POOL, "splitting_never_pays")
    start = BORROWED[:2]
    args = {"a": 1, "x": F(1_000), "y": F(2_000)}
    assert confirm(Interpreter(POOL), rule, candidate(*start, args=args)) is None
    wrong = replace(
        rule,
        program=(
            rule.program[0],
            replace(rule.program[1], condition=Op("ne", rule.program[1].condition.args, rule.program[1].condition.ty)),
        ),
    )
    found = confirm(Interpreter(POOL), wrong, candidate(*start, args=args))
    assert isinstance(found, Counterexample)
    assert [s.branch for s in found.program] == ["first", "first", "second"]


def test_enabled_finds_a_way():
    enabled = prop(WILD, "anyone_can_liquidate")
    assert confirm(Interpreter(WILD), enabled, candidate(*CRASH)) is None
    empty = replace(
        WILD.action("liquidate"),
        args=(WILD.action("liquidate").args[0], replace(WILD.action("liquidate").args[1], low=9_000)),
    )
    stuck = replace(WILD, actions=tuple(empty if x.name == "liquidate" else x for x in WILD.actions))
    found = confirm(Interpreter(stuck), enabled, candidate(*CRASH))
    assert isinstance(found, Counterexample)
    assert found.witness == {"a": 1}


def test_choices_must_fit():
    system = vault()
    interp, scope = Interpreter(system), scope_of(system, {"Owner": 1})
    moves = (move("deposit", 0, 10), move("lucky", 0, gift=5))
    trace = replay(interp, Candidate(scope, {}, {}, moves))
    assert isinstance(trace, Trace)
    assert trace.end["total_assets"] == 5
    for bad in ({}, {"gift": 6}, {"gift": -1}, {"gift": F(1, 2)}):
        assert isinstance(replay(interp, Candidate(scope, {}, {}, (moves[0], Move("lucky", (0,), bad)))), Mismatch)
    assert isinstance(system.action("lucky").body[0], Choose)


def test_rounding_down():
    system = vault()
    interp, scope = Interpreter(system), scope_of(system, {"Owner": 2})
    moves = (move("deposit", 0, 3), move("donate", 4), move("deposit", 1, 5))
    trace = replay(interp, Candidate(scope, {}, {}, moves))
    assert isinstance(trace, Trace)
    assert trace.end["shares"] == {(0,): 3, (1,): 2}


def test_division_by_zero_is_undefined():
    term = Op("div", (Const(F(1), REAL), State("x", (), REAL)), REAL)
    with pytest.raises(Undefined):
        evaluate(term, Env(Scope({}), {}, {"now": {"x": F(0)}}))
    assert evaluate(term, Env(Scope({}), {}, {"now": {"x": F(4)}})) == F(1, 4)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["supply", "pledge", "borrow", "liquidate"]), st.integers(0, 1), st.fractions(-5, 50)
        ),
        max_size=8,
    )
)
def test_a_revert_changes_nothing_and_a_step_only_its_own_account(calls):
    system = without(WILD, "room_for_the_bonus")
    interp = Interpreter(system)
    state = initial(interp, TWO, PARAMS, {"price": F(10)})
    for name, who, much in calls:
        step = run_action(interp, TWO, PARAMS, state, move(name, who, much))
        assert step.before == state
        if step.reverted is not None:
            assert step.after == state
        other = 1 - who
        for held in ("debt", "collateral", "deposits"):
            assert step.after[held][(other,)] == state[held][(other,)]
        state = step.after
        assert state["cash"] + sum(state["debt"].values()) == sum(state["deposits"].values())
