"""Counterexamples are small: as few steps, members and digits as it takes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from verifier.engines.minimise import Minimiser
from verifier.session.session import prepare
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate
from verifier.system.terms import Value
from verifier.system.trace import Cell, Counterexample, Move
from verifier.system.values import scope_of

MODEL = """
model Bank
sort Account
state balance : Account -> nat
state open    : Account -> bool
state pot     : nat
init { balance := 0  open := false  pot := 0 }
action enter(a: Account)                       { open[a] := true }
action pay(a: Account, x: nat)                 { require open[a]  balance[a] += x  pot += x }
action take(a: Account, x: nat)                { balance[a] -= x  pot -= x }
action give(a: Account, b: Account, x: nat)    { balance[a] -= x  balance[b] += x }
action steal(a: Account, x: nat)               { require x >= 1e18  pot -= x }

spec BankSpec for Bank
invariant pot_is_all : pot == sum(balance)
invariant no_two     : forall a, b in Account: a != b and balance[a] > 0 implies balance[b] == 0
"""


def smallest(tmp_path: Path, name: str, moves: list[tuple[str, tuple[int, ...]]], members: int) -> Counterexample:
    path = tmp_path / "bank.vspec"
    path.write_text(MODEL, encoding="utf-8")
    (system,) = (s for _, _, s in prepare((str(path),)).systems if s.spec == "BankSpec")
    prop = next(p for p in system.properties if p.heading.name == name)
    nothing: dict[str, Cell] = {}
    steps = tuple(Move(action, tuple[Value, ...](args), nothing) for action, args in moves)
    candidate = Candidate(scope_of(system, {"Account": members}), {}, {}, steps)
    found = Minimiser(system, prop, Interpreter(system)).run(candidate)
    assert found is not None
    return found


def calls(found: Counterexample) -> list[tuple[str, tuple[Value, ...]]]:
    return [(s.move.action, s.move.args) for s in found.trace.steps]


def test_steps_members_and_digits(tmp_path: Path) -> None:
    """Moves that only undo one another go in pairs, members who only pass things on are left out, and amounts shrink
    to what a constant of the model asks for."""
    long = [
        ("enter", (0,)),
        ("enter", (2,)),
        ("pay", (0, 7 * 10**40 + 123)),
        ("give", (0, 1, 10**30)),
        ("give", (1, 2, 10**30)),
        ("take", (2, 10**30)),
        ("pay", (2, 999)),
        ("steal", (1, 5 * 10**39 + 17)),
    ]
    found = smallest(tmp_path, "pot_is_all", long, 3)
    assert calls(found) == [("enter", (0,)), ("pay", (0, 10**18)), ("steal", (0, 10**18))]
    assert found.trace.scope.size("Account") == 1


def test_members_that_are_needed_stay(tmp_path: Path) -> None:
    moves = [("enter", (0,)), ("enter", (3,)), ("pay", (0, 41)), ("pay", (3, 37)), ("give", (0, 1, 1))]
    found = smallest(tmp_path, "no_two", moves, 4)
    assert found.trace.scope.size("Account") == 2
    assert len(calls(found)) <= 4
    assert {c[1][-1] for c in calls(found) if c[0] != "enter"} == {1}


@pytest.mark.parametrize(("value", "rounder"), [(Fraction(1, 3), Fraction(1, 2)), (10**18 + 1, 10**18)])
def test_roundness(value: int | Fraction, rounder: int | Fraction) -> None:
    from verifier.engines.round_numbers import roughness

    assert roughness(rounder) < roughness(value)
