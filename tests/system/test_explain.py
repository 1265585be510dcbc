"""Explanations as a reader sees them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

from tests.system.build import a, debt, healthy, op, pool, price, real, total
from tests.system.test_execute import BORROWED, CRASH, PARAMS, TWO, WILD, candidate, prop
from verifier.system.evaluate import Env
from verifier.system.execute import Interpreter
from verifier.system.explain import explain, explain_counterexample, lines
from verifier.system.holdings import derived, gains
from verifier.system.replay import confirm, replay
from verifier.system.scenarios import run_scenario
from verifier.system.terms import REAL, TRUE, Agg, Named, Quant
from verifier.system.trace import Counterexample, Scope
from verifier.system.transition import Check


def told(property_, *moves, args=None, system=WILD):
    interp = Interpreter(system)
    found = confirm(interp, property_, candidate(*moves, args=args))
    assert isinstance(found, Counterexample)
    return text_of(explain_counterexample(interp, property_, found))


def text_of(explanation):
    marks = {True: "  true", False: "  FALSE", None: ""}
    return [f"{'  ' * line.depth}{line.text}{marks[line.holds]}" for line in lines(explanation)]


def test_an_invariant():
    assert told(prop(WILD, "covered"), *CRASH) == [
        "forall a in Account: debt[a] <= value(a)   (fails for a = B)  FALSE",
        "  debt[B] <= value(B)  FALSE",
        "    7_000 USD <= 5_000 USD  FALSE",
        "    value(B) = collateral[B] * price = 5 ETH * 1_000 USD/ETH = 5_000 USD",
    ]


def test_definitions_are_unfolded_once():
    invariant = replace(
        prop(WILD, "covered"), formula=Quant("forall", a, op("implies", op("gt", debt(a), real(0)), healthy(a)))
    )
    assert told(invariant, *CRASH) == [
        "forall a in Account: debt[a] > 0 implies healthy(a)   (fails for a = B)  FALSE",
        "  debt[B] > 0 implies healthy(B)  FALSE",
        "    debt[B] > 0  true",
        "      7_000 USD > 0  true",
        "    healthy(B)  FALSE",
        "      debt[B] <= value(B) * liq_threshold  FALSE",
        "        7_000 USD <= 5_000 USD * 0.8  FALSE",
        "        7_000 USD <= 4_000 USD  FALSE",
        "        value(B) = collateral[B] * price = 5 ETH * 1_000 USD/ETH = 5_000 USD",
    ]


def test_sums_show_their_entries():
    invariant = replace(prop(WILD, "books_balance"), formula=op("eq", total("debt", "d"), total("deposits", "e")))
    assert told(invariant, *BORROWED) == [
        "sum(debt) == sum(deposits)  FALSE",
        "  7_000 USD == 10_000 USD  FALSE",
        "  sum(debt) = 0 USD + 7_000 USD = 7_000 USD",
        "  sum(deposits) = 10_000 USD + 0 USD = 10_000 USD",
    ]


def test_a_step():
    only = prop(WILD, "only_the_market_moves_the_price")
    wrong = replace(only, formula=op("or", only.formula.args[0], op("not", only.formula.args[1])))
    assert told(wrong, *CRASH) == [
        "price == old(price) or action != move_price  FALSE",
        "  price == old(price)  FALSE",
        "    1_000 USD/ETH == 2_000 USD/ETH  FALSE",
        "  action != move_price  FALSE",
        "    action == move_price  true",
    ]


def test_a_reachable_state():
    assert told(prop(WILD, "a_liquidation"), *CRASH)[:3] == [
        "exists a in Account: not healthy(a)   (holds for a = B)  true",
        "  not healthy(B)  true",
        "    healthy(B)  FALSE",
    ]


def test_a_rule_knows_its_lets():
    assert told(prop(WILD, "liquidation_improves_health"), *CRASH, args={"a": 1, "repaid": F(700)}) == [
        "debt[B] * value_before <= debt_before * value(B)  FALSE",
        "  6_300 USD * 5_000 USD <= 7_000 USD * 4_265 USD  FALSE",
        "  31_500_000 USD^2 <= 29_855_000 USD^2  FALSE",
        "  value(B) = collateral[B] * price = 4.265 ETH * 1_000 USD/ETH = 4_265 USD",
    ]


def test_a_scenario():
    system = pool()
    interp = Interpreter(system)
    day = system.properties[-1]
    check = Check(op("ge", debt(day.program[1].args[0]), real(1)), text="debt[bob] >= 1[USD]")
    wrong = replace(day, program=(check,))
    outcome = run_scenario(interp, wrong)
    assert text_of(explain_counterexample(interp, wrong, outcome.counterexample)) == [
        "debt[bob] >= 1[USD]  FALSE",
        "  0 USD >= 1 USD  FALSE",
    ]


def test_what_has_no_value():
    interp = Interpreter(WILD)
    env = Env(Scope({}), {}, {"now": {"price": F(0), "cash": F(1)}})
    term = op("gt", op("div", real(1), price), real(0))
    assert text_of(explain(interp, term, env)) == ["1 / price > 0   (has no value: price is 0)"]
    invariant = replace(prop(WILD, "covered"), formula=TRUE, defined=op("gt", price, real(5_000)))
    assert told(invariant, *CRASH) == [
        "price > 5_000[USD/ETH]   (must hold for the formula to have a value)  FALSE",
        "  1_000 USD/ETH > 5_000 USD/ETH  FALSE",
    ]


def test_derived_values():
    interp = Interpreter(WILD)
    trace = replay(interp, candidate(*CRASH))
    table = {d.text: d.value for d in derived(interp, TWO, PARAMS, trace.end)}
    assert table == {"value(A)": 0, "value(B)": 5_000, "healthy(A)": True, "healthy(B)": False}


def test_gains():
    interp = Interpreter(WILD)
    trace = replay(interp, candidate(*BORROWED))
    rows = [(g.who, g.variable, g.unit, g.delta) for g in gains(WILD, TWO, trace.start, trace.end)]
    assert rows == [
        ("B", "collateral", "ETH", 5),
        ("B", "debt", "USD", 7_000),
        ("A", "deposits", "USD", 10_000),
        ("protocol", "cash", "USD", 3_000),
    ]


def test_what_an_aggregate_goes_over_has_no_number_of_its_own():
    worth = Named("worth", (), Agg("sum", (a,), op("mul", debt(a), price), TRUE, REAL), REAL)
    invariant = replace(prop(WILD, "books_balance"), formula=op("le", worth, real(5)))
    assert told(invariant, *BORROWED)[-2] == (
        "  worth = sum(debt[a] * price for a in Account) = sum(debt[a] * 2_000 USD/ETH for a in Account) = "
        "14_000_000 USD^2/ETH"
    )
