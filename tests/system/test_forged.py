"""The referee looks at who there is, too: a run among members that there can't be shows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from verifier.session.session import prepare
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, Mismatch, confirm, refutes, replay
from verifier.system.trace import Counterexample, Move, Scope, Trace
from verifier.system.transition import Property, System

MODEL = """\
model M
sort Account
sort Slot of 2
enum Phase { Open, Shut }
param fee : real where 0 <= fee and fee < 1
state n     : nat
state phase : Phase
state k     : Account
state mark  : Account -> bool
init { n := 0  phase := any  k := any where true  mark := any }
action up(a: Account) { require a != k  n += 1 }
action draw(a: Account) {
  if a == k {
    let x = any nat where x < 2
    n += x
  }
}
action mix() { mark := any }
spec S for M
invariant short   : n == 0
invariant cheap   : fee < 1/2
reachable up      : n == 1
reachable nobody  : forall a in Account: false
reachable three   : count(true for s in Slot) == 3
enabled exit      : up(a) when a != k
rule   twice(a: Account) { up(a)  check n == 0 }
"""
MEMBERS = {"Account": ("A", "B"), "Slot": ("x", "y")}
START: dict[str, Any] = {"phase": 0, "k": 0, "mark": {(0,): False, (1,): True}}
UP = (Move("up", (1,), {}),)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    path = tmp_path_factory.mktemp("forged") / "m.vspec"
    path.write_text(MODEL)
    prepared = prepare((str(path),))
    assert not prepared.diagnostics, prepared.diagnostics
    return next(s for _, _, s in prepared.systems if s.spec)


def named(system: System, name: str) -> Property:
    return next(p for p in system.properties if p.heading.name == name)


def claim(members: Mapping[str, tuple[str, ...]] = MEMBERS, moves: tuple[Move, ...] = UP, **more: Any) -> Candidate:
    return Candidate(Scope(members), **{"params": {}, "choices": START, "moves": moves, **more})


def judged(system: System, name: str, candidate: Candidate) -> Counterexample | Mismatch | None:
    """What the referee says, in a word and at length alike."""
    interp, prop = Interpreter(system), named(system, name)
    found = confirm(interp, prop, candidate)
    assert refutes(interp, prop, candidate) is isinstance(found, Counterexample)
    return found


@pytest.mark.parametrize("name", ["short", "up", "twice"])
def test_an_honest_run_is_one(name: str, system: System) -> None:
    args = {"a": 1} if name == "twice" else {}
    assert isinstance(judged(system, name, claim(args=args)), Counterexample)
    listed = claim({**MEMBERS, "Phase": ("Open", "Shut")}, args=args)
    assert isinstance(judged(system, name, listed), Counterexample)


@pytest.mark.parametrize("name", ["short", "up", "nobody", "three", "exit", "twice"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Account": ()}, "there is no Account"),
        ({"Account": ("A", "A")}, "two members of `Account` have one name"),
        ({"Slot": ("x",)}, "`Slot` has 2 members, and not 1"),
        ({"Slot": ("x", "y", "z")}, "`Slot` has 2 members, and not 3"),
        ({"Phase": ("Open", "Shut", "Ajar")}, "`Phase` does not have just these members: Open, Shut, Ajar"),
        ({"Phase": ("Shut", "Open")}, "`Phase` does not have just these members: Shut, Open"),
        ({"Vault": ("v",)}, "there is no sort `Vault`"),
    ],
)
def test_members_that_there_can_not_be(name: str, change: dict[str, Any], told: str, system: System) -> None:
    candidate = claim({**MEMBERS, **change}, args={"a": 1})
    found = judged(system, name, candidate)
    assert isinstance(found, Mismatch)
    assert (found.where, found.text) == ("members", told)
    assert replay(Interpreter(system), candidate) == found


def test_a_sort_that_is_left_out(system: System) -> None:
    for left in MEMBERS:
        found = judged(system, "short", claim({s: m for s, m in MEMBERS.items() if s != left}))
        assert isinstance(found, Mismatch)
        assert found.text == f"there is no {left}"


@pytest.mark.parametrize("nobody", [2, -1, F(1, 2)])
def test_a_member_that_a_sort_does_not_have(nobody: Any, system: System) -> None:
    """As an argument, as what is chosen, as a key, and as the one of whom a property fails."""
    assert isinstance(judged(system, "short", claim(moves=(Move("up", (nobody,), {}),))), Mismatch)
    assert isinstance(judged(system, "short", claim(choices={**START, "k": nobody})), Mismatch)
    assert isinstance(judged(system, "short", claim(choices={**START, "phase": nobody})), Mismatch)
    more: dict[str, Any] = {"mark": {(0,): False, (1,): True, (nobody,): True}}
    assert isinstance(judged(system, "short", claim(choices={**START, **more})), Mismatch)
    assert isinstance(judged(system, "short", claim(moves=(*UP, Move("mix", (), more)))), Mismatch)
    for name in ("exit", "twice"):
        assert judged(system, name, claim(args={"a": nobody})) is None


def test_what_was_not_chosen_is_not_shown(system: System) -> None:
    """Nobody asks what a choice takes where the run does not come by; a report has to be able to print it, though."""
    ran = replay(Interpreter(system), claim(moves=(Move("draw", (1,), {"x": F(1, 2), "y": 5}),)))
    assert isinstance(ran, Trace)
    assert ran.steps[0].move.choices == {}
    for x, shown in ((1, {"x": 1}), (True, {"x": 1})):
        ran = replay(Interpreter(system), claim(moves=(Move("draw", (0,), {"x": x}),)))
        assert isinstance(ran, Trace)
        assert ran.steps[0].move.choices == shown


def test_the_numbers_of_a_profile_are_not_a_claim(system: System) -> None:
    profiled = replace(system, fixed={"fee": F(1, 10)})
    candidate = claim(params={"fee": F(3, 4)})
    assert isinstance(judged(system, "cheap", candidate), Counterexample)
    assert judged(profiled, "cheap", candidate) is None
    ran = replay(Interpreter(profiled), candidate)
    assert isinstance(ran, Trace)
    assert ran.params == {"fee": F(1, 10)}
    assert isinstance(judged(replace(system, fixed={"fee": F(2)}), "cheap", candidate), Mismatch)


@pytest.mark.parametrize("name", ["", "A\n\u2714 proved", "\x1b[2J", "\u202e"])
def test_a_member_whose_name_can_not_be_written(name: str, system: System) -> None:
    found = judged(system, "up", claim({"Account": (name, "B"), "Slot": ("x", "y")}))
    assert isinstance(found, Mismatch)
    assert found.text == "a member of `Account` has a name that can't be written"


def test_the_witness_of_a_rule_has_nothing_that_the_rule_does_not_have(system: System) -> None:
    found = judged(system, "twice", claim(moves=(), args={"a": 1, "nothing": 7, "k": F(1, 2)}))
    assert isinstance(found, Counterexample)
    assert found.witness == {"a": 1}


CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "soundness"


def test_that_no_way_to_run_was_found_is_no_failure() -> None:
    """Whoever claims it: in the initial state each of these actions can run but the last."""
    prepared = prepare((str(CORPUS / "ways_to_run.vspec"),))
    locks = next(s for _, _, s in prepared.systems if s.spec)
    failing: set[str] = set()
    for prop in locks.properties:
        for ready in (False, True):
            start: dict[str, Any] = {"ready": {(0,): ready, (1,): False}}
            forged = Candidate(Scope({"Account": ("A", "B")}), {}, start)
            if confirm(Interpreter(locks), prop, forged) is not None:
                failing.add(prop.heading.name)
    assert failing == {"shut"}
