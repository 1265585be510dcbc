"""Random play: runs exist, repeat for a seed, and find what is there to be found."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.system.build import pool, vault
from tests.system.test_execute import prop
from verifier.system.execute import Interpreter
from verifier.system.replay import candidate_of, check_assumptions, claim_of, confirm, replay
from verifier.system.sampling import random_params
from verifier.system.simulate import hunt, random_run
from verifier.system.trace import Counterexample, Trace
from verifier.system.values import scope_of

POOL, WILD, VAULT = pool(), pool(max_drop_bounded=False), vault()


@pytest.mark.parametrize("system", [POOL, VAULT], ids=["pool", "vault"])
def test_runs_are_long_and_repeat(system):
    scope = scope_of(system, {"Account": 2, "Owner": 2})
    runs = [random_run(Interpreter(system), Random(7), scope, 30) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] is not None
    assert len(runs[0].steps) == 30
    assert len({s.move.action for s in runs[0].steps}) >= 3


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_run_is_its_own_replay(seed):
    interp = Interpreter(POOL)
    run = random_run(interp, Random(seed), scope_of(POOL, {"Account": 2}), 8)
    assert isinstance(run, Trace)
    assert replay(interp, candidate_of(run, {})) == run
    assert all(isinstance(v, Fraction) for v in run.params.values())
    assert isinstance(run.choices["price"], Fraction)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_parameters_satisfy_the_assumptions(seed):
    interp, scope = Interpreter(POOL), scope_of(POOL, {"Account": 1})
    params = random_params(interp, scope, Random(seed))
    assert params is not None
    assert check_assumptions(interp, scope, params) is None


@pytest.mark.parametrize(
    ("system", "name"),
    [(WILD, "covered"), (WILD, "a_liquidation"), (WILD, "liquidation_improves_health"), (VAULT, "fair_price")],
)
def test_what_can_fail_is_found(system, name):
    interp, property_ = Interpreter(system), prop(system, name)
    found = hunt(interp, property_, Random(1), 20_000)
    assert isinstance(found, Counterexample)
    assert confirm(interp, property_, claim_of(found)) == found


@pytest.mark.parametrize(
    ("system", "name"),
    [
        (POOL, "books_balance"),
        (POOL, "covered"),
        (POOL, "only_the_market_moves_the_price"),
        (POOL, "splitting_never_pays"),
        (VAULT, "shares_add_up"),
        (VAULT, "round_trip"),
    ],
)
def test_what_holds_is_not_refuted(system, name):
    assert hunt(Interpreter(system), prop(system, name), Random(2), 800) is None


def test_a_wrong_step_property_is_found():
    only = prop(POOL, "only_the_market_moves_the_price")
    wrong = replace(only, formula=only.formula.args[0])
    assert hunt(Interpreter(POOL), wrong, Random(3), 2_000) is not None
