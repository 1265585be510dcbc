"""States from JSON: exact, strict, and with a path for whatever does not fit."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.conftest import write
from verifier.language.diagnostics import Diagnostic
from verifier.session.exact_json import number_of, parse
from verifier.session.session import prepare
from verifier.session.state import Refused, StateReport, check_state
from verifier.session.state_file import Given, read_state
from verifier.system.transition import System

MODEL = """\
model Feed
unit USD
param max_age : nat
state price : ureal[USD]
init { price := 1[USD] }
action report(to: ureal[USD]) { price := to }

model Desk
use Feed as feed
unit ETH
sort Account
sort Pool of 2
enum Phase { Open, Halted }
struct Position { size: real[ETH]  open: bool }
param fee    : real where 0 <= fee and fee < 1
param weight : Phase -> real
state cash     : ureal[USD]
state blocks   : uint256
state phase    : Phase
state keeper   : Account
state debt     : Account -> ureal[USD]
state held     : (Account, Pool) -> nat
state position : Account -> Position
state delegate : Account -> Account
init {
  cash := 0  blocks := 0  phase := Open  keeper := any where true  debt := 0  held := 0
  for a in Account { position[a].size := 0  position[a].open := false  delegate[a] := a }
}
def usage(a: Account) = debt[a] / cash
def used = sum(debt) / cash
spec DeskSpec for Desk
param drop : real
assume mild : drop < fee
invariant cheap : forall a in Account: debt[a] <= cash * (1 - fee)
invariant priced : feed.price > 0
invariant bad : cash == 0 expect violated
lemma held_by_open : forall a in Account, p in Pool: held[a, p] > 0 implies position[a].open
spec Steps for Desk
step nothing : cash == old(cash)
"""
STATE: dict[str, Any] = {
    "fee": "0.1",
    "weight": {"Open": 1, "Halted": "1/3"},
    "cash": 100.50,
    "blocks": 2**255,
    "phase": "Halted",
    "keeper": "alice",
    "debt": {"alice": "0x10", "bob": {"num": 1, "den": "3"}, "0xabc": "1e1"},
    "held": {"alice": {"p": 1, "q": 2}, "bob, p": 3},
    "position": {"alice": {"size": "-1.5", "open": True}, "bob": {"size": 0, "open": True}},
    "delegate": {"alice": "bob", "bob": "bob", "0xabc": "alice"},
    "feed": {"price": 7, "max_age": 3},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> System:
    path = write(tmp_path_factory.mktemp("desk"))("desk.vspec", MODEL)
    prepared = prepare((str(path),))
    assert not prepared.diagnostics, prepared.diagnostics
    return next(s for _, _, s in prepared.systems if s.spec == "DeskSpec")


def given_by(document: Any, system: System, *needed: str) -> Given:
    found = read_state(parse(json.dumps(document), "x"), system, frozenset(needed))
    assert isinstance(found, Given), found
    return found


def problems(document: Any, system: System, *needed: str) -> list[str]:
    text = document if isinstance(document, str) else json.dumps(document)
    found = read_state(parse(text, "x"), system, frozenset(needed))
    assert not isinstance(found, Given)
    assert {d.code for d in found} == {"VS0570"}
    return [f"{d.values['path']}: {d.values['problem']}" for d in found]


def test_everything_is_read_exactly(desk: System) -> None:
    found = given_by(STATE, desk)
    names = found.scope.names
    assert names["Account"] == ("alice", "bob", "0xabc")
    assert names["Pool"] == ("p", "q")
    values = found.values
    assert values["fee"] == Fraction(1, 10)
    assert dict(values["weight"]) == {(0,): 1, (1,): Fraction(1, 3)}
    assert values["cash"] == Fraction(201, 2)
    assert values["blocks"] == 2**255
    assert (values["phase"], values["keeper"]) == (1, 0)
    assert dict(values["debt"]) == {(0,): 16, (1,): Fraction(1, 3), (2,): 10}
    assert dict(values["held"]) == {(0, 0): 1, (0, 1): 2, (1, 0): 3}
    assert values["held"][2, 1] == 0
    assert dict(values["position.size"]) == {(0,): Fraction(-3, 2), (1,): 0}
    assert values["position.open"][1,] is True
    assert values["position.open"][2,] is False
    assert dict(values["delegate"]) == {(0,): 1, (1,): 1, (2,): 0}
    assert (values["feed.price"], values["feed.max_age"]) == (7, 3)
    assert found.filled == {"position.size": 1, "position.open": 1}
    assert found.absent == {"drop"}


def test_other_ways_to_write_it(desk: System) -> None:
    params = {"fee": 0.1, "feed.max_age": 3}
    state = {"feed.price": 7, "position.size": {"alice": 1}}
    found = given_by({"params": params, "state": state}, desk)
    assert found.values["feed.price"] == 7
    assert found.values["position.size"][0,] == 1
    assert found.values["fee"] == Fraction(1, 10)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cash": None}, "$.cash: expected a number of at least 0 (in USD), and this is null."),
        ({"cash": True}, "$.cash: expected a number of at least 0 (in USD), and this is true."),
        ({"cash": "5 USD"}, '$.cash: expected a number of at least 0 (in USD), and this is the text "5 USD".'),
        ({"cash": -1}, "$.cash: expected a number of at least 0 (in USD), and this is below 0."),
        ({"cash": "1__0"}, '$.cash: expected a number of at least 0 (in USD), and this is the text "1__0".'),
        ({"cash": {"num": 1, "den": 0}}, "$.cash: expected a number of at least 0 (in USD), and this is an object."),
        ({"cash": "1/0"}, '$.cash: expected a number of at least 0 (in USD), and this is the text "1/0".'),
        ({"cash": "9" * 500}, "$.cash: expected a number of at least 0 (in USD), and this is a long text."),
        ({"blocks": 2**256}, "$.blocks: expected a whole number of at least 0, and this is above"),
        ({"blocks": 1.5}, "$.blocks: expected a whole number of at least 0, and this is a decimal."),
        ({"phase": "Closed"}, "$.phase: `Closed` is no Phase; there is `Open` and `Halted`."),
        ({"phase": 0}, "$.phase: expected the name of a member of Phase, as text, and this is 0."),
        ({"weight": {"Close": 1}}, "$.weight.Close: `Close` is no Phase; there is `Open` and `Halted`."),
        ({"debt": [1, 2]}, "$.debt: expected an object with a key for each Account, and this is a list."),
        ({"debt": {"alice": "x"}}, '$.debt.alice: expected a number of at least 0 (in USD), and this is the text "x".'),
        ({"debt": {"a b": {}}}, '$.debt["a b"]: expected a number of at least 0 (in USD), and this is an object.'),
        ({"held": {"alice": 1}}, "$.held.alice: expected an object with a key for each Pool, and this is 1."),
        ({"held": {"alice": {"p": 1, "q": 1, "r": 1}}}, "$: `Pool` has 2 members, and the state names 3."),
        ({"position": {"alice": 1}}, "$.position.alice: expected an object with `size` and `open`, and this is 1."),
        ({"position": {"alice": {"size": 1}}}, "$.position.alice.open: missing: expected `true` or `false`."),
        (
            {"position": {"alice": {"size": 1, "opn": True}}},
            "$.position.alice.opn: there is no such field. Did you mean `open`?",
        ),
        ({"delegate": {"alice": "bob"}}, "$.delegate.bob: missing: expected the name of a member of Account, as text."),
        ({"feed": 7}, "$.feed: expected an object with the variables of the part, and this is 7."),
        ({"feed": {"prise": 7}}, "$.feed.prise: the model and its spec have no such parameter or state variable."),
        ({"dept": {}}, "$.dept: the model and its spec have no such parameter or state variable. Did you mean `debt`?"),
    ],
)
def test_what_does_not_fit_is_told_with_its_path(change: dict[str, Any], told: str, desk: System) -> None:
    assert any(p.startswith(told) for p in problems({**STATE, **change}, desk)), problems({**STATE, **change}, desk)


def test_more_that_does_not_fit(desk: System) -> None:
    assert problems([], desk) == ["$: expected an object with a key for each variable, and this is a list."]
    assert problems({}, desk, "debt") == ["$.debt: missing: expected an object with a key for each Account."]
    assert problems('{"cash": NaN}', desk)[0].endswith("and this is NaN.")
    assert problems('{"cash": 1e999999999}', desk)[0].endswith(
        "and this is a number that is out of all bounds, 1e999999999."
    )
    assert problems('{"cash": ' + "9" * 5000 + "}", desk)[0].endswith("and this is a number of 5000 digits.")
    assert problems('{"debt": {"a": 1, "a": 2}}', desk)[0].endswith("and this is an object that has the key `a` twice.")
    assert len(problems({"debt": {str(n): "x" for n in range(100)}}, desk)) == 20


@pytest.mark.parametrize("text", ["", "{", "price = 7", "{'a': 1}", "[" * 100_000, '{"a": 1} x'])
def test_no_json(text: str) -> None:
    found = parse(text, "state.json")
    assert isinstance(found, Diagnostic)
    assert found.code == "VS0571"


@given(st.fractions(), st.sampled_from(["ratio", "pair"]))
def test_ratios_are_exact(value: Fraction, form: str) -> None:
    raw: Any = f"{value.numerator}/{value.denominator}"
    if form == "pair":
        raw = {"num": value.numerator, "den": str(value.denominator)}
    assert number_of(raw) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_decimals_are_exact(value: Any) -> None:
    assert number_of(str(value)) == Fraction(value)
    assert parse(f"[{value}]", "x") == [Fraction(value)]


# ---------------------------------------------------------------------------------------------- the whole way


def judged(tmp_path: Path, document: Any, spec: str = "", **more: Any) -> StateReport | Refused:
    model = write(tmp_path)("desk.vspec", MODEL)
    state = write(tmp_path)("state.json", document if isinstance(document, str) else json.dumps(document))
    return check_state(f"{model}{spec}", str(state), **more)


def report(tmp_path: Path, document: Any, **more: Any) -> StateReport:
    found = judged(tmp_path, document, **more)
    assert isinstance(found, StateReport), found
    return found


def codes(found: StateReport | Refused) -> list[str]:
    assert isinstance(found, Refused)
    return [d.code for d in found.diagnostics]


def test_what_holds_and_what_fails(tmp_path: Path) -> None:
    found = report(tmp_path, STATE)
    assert {j.name: j.outcome for j in found.invariants} == {
        "cheap": "holds",
        "priced": "holds",
        "held_by_open": "holds",
    }
    assert {j.name: j.outcome for j in found.assumptions} == {"fee": "holds", "mild": "skipped"}
    assert found.status == 0
    found = report(tmp_path, {**STATE, "cash": 17})
    assert {j.name: j.outcome for j in found.invariants}["cheap"] == "fails"
    assert found.status == 1
    (measured,) = found.invariants[0].measures
    assert [r.members for r in measured.nearest] == [(0,), (2,), (1,)]
    assert measured.nearest[0].over == Fraction(16) - 17 * Fraction(9, 10)


def test_an_assumption_that_is_not_met_fails(tmp_path: Path) -> None:
    assert report(tmp_path, {**STATE, "drop": 1}).status == 1


def test_a_division_by_zero_is_no_promise_kept(tmp_path: Path) -> None:
    found = report(tmp_path, {**STATE, "cash": 0})
    levels = {x.definition.name: x for x in found.levels}
    assert (levels["usage"].number, levels["usage"].undefined) == (0, 3)


def test_ratios(tmp_path: Path) -> None:
    found = report(tmp_path, STATE, top=1)
    levels = {x.definition.name: x for x in found.levels}
    assert set(levels) == {"usage", "used"}
    assert levels["usage"].lowest[0].members == (1,)
    assert levels["usage"].highest[0].members == (0,)
    assert levels["used"].lowest[0].value == Fraction(79, 3) / Fraction(201, 2)


def test_only_what_the_invariants_need_has_to_be_there(tmp_path: Path) -> None:
    found = report(tmp_path, {"feed": {"price": 1}}, properties=("priced",))
    assert [j.name for j in found.invariants] == ["priced"]
    assert codes(judged(tmp_path, {"feed": {"price": 1}})) == ["VS0570"] * 5


def test_an_invariant_that_is_expected_to_fail_is_looked_at_by_its_name(tmp_path: Path) -> None:
    assert report(tmp_path, {"cash": 1}, properties=("bad",)).status == 1


def test_nobody_is_there(tmp_path: Path) -> None:
    assert report(tmp_path, {"fee": 0, "cash": 0, "debt": {}}, properties=("cheap",)).status == 0


def test_mistakes(tmp_path: Path) -> None:
    assert codes(judged(tmp_path, "no json")) == ["VS0571"]
    assert codes(judged(tmp_path, STATE, ":Desk")) == ["VS0572"]
    assert codes(judged(tmp_path, STATE, ":Steps")) == ["VS0573"]
    assert codes(judged(tmp_path, STATE, properties=("cheep",))) == ["VS0520"]
    assert codes(check_state("lending/pool", "nowhere.json")) == ["VS0572"]
    assert codes(check_state("lending/pool:LendingSolvency", "nowhere.json")) == ["VS0501"]
    assert codes(check_state("lending/pol", "nowhere.json")) == ["VS0501"]
