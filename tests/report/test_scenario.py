"""A counterexample's scenario parses, and fails at its last line, where the property does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.report import examples
from verifier.report.scenario import scenario_text
from verifier.system.execute import Interpreter
from verifier.system.scenarios import ScenarioOutcome, run_scenario
from verifier.system.terms import Value
from verifier.system.trace import Move
from verifier.system.transition import Scenario


def pasted(name: str, *moves: Move, **more: object) -> tuple[str, ScenarioOutcome]:
    """The scenario of a counterexample, and how it goes when it stands in the spec."""
    of = examples.system()
    prop = next(p for p in of.properties if p.heading.name == name)
    found = examples.found(of, name, *moves, **more)  # type: ignore[arg-type]
    text = scenario_text(Interpreter(of), prop, found)
    again = examples.system(examples.TEXT + "\n" + text)
    scenario = again.properties[-1]
    assert isinstance(scenario, Scenario)
    return text, run_scenario(Interpreter(again), scenario)


FALL = examples.unchecked_fall((examples.pledge(0, 5), examples.borrow(0, 25)))


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("covered", FALL),
        ("only_the_market_moves_the_price", FALL),
        ("attack", (examples.pledge(0, 5), examples.borrow(0, 1))),
    ],
)
def test_a_violation_is_a_scenario_that_fails(name: str, moves: tuple[Move, ...]) -> None:
    text, outcome = pasted(name, *moves)
    assert outcome.problem is not None, text
    assert outcome.problem.kind == "check", text
    assert len(outcome.steps) == len(moves), text


@pytest.mark.parametrize("amount", [Fraction(7, 3), Fraction(5), Fraction(10**9, 3**19)])
def test_a_rule_is_written_out_with_its_arguments(amount: Fraction) -> None:
    args: dict[str, Value] = {"a": 0, "x": amount}
    text, outcome = pasted("borrowing_keeps_the_value", examples.pledge(0, 5), args=args)
    assert outcome.problem is not None, text
    assert outcome.problem.kind == "check", text


def test_a_comparison_of_two_runs() -> None:
    args: dict[str, Value] = {"a": 0, "b": 1, "x": Fraction(2)}
    text, outcome = pasted("order_matters", examples.pledge(0, 5), examples.pledge(1, 5), args=args, names=("A", "B"))
    assert "compare {" in text
    assert outcome.problem is not None, text
    assert outcome.problem.kind == "check", text


def test_members_that_nobody_mentions_take_part() -> None:
    text, outcome = pasted("attack", examples.pledge(0, 5), examples.borrow(0, 1), names=("A", "B", "C"))
    assert outcome.trace is not None, text
    assert set(outcome.trace.scope.names["Account"]) == {"A", "B", "C"}


def test_a_witness_is_a_scenario_that_passes() -> None:
    _, outcome = pasted("somebody_owes", examples.pledge(0, 5), examples.borrow(0, 1))
    assert outcome.passed
