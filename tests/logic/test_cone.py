"""Leaving out assumptions that nothing leads to: the same question, written sooner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from verifier.language.check import check_program
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.logic import claims
from verifier.logic.claims import conjuncts, holds_initially, is_preserved
from verifier.logic.obligations import Claim, cases
from verifier.session.session import prepare
from verifier.system.cone import assumptions_about
from verifier.system.lower import lower
from verifier.system.terms import Term, conj
from verifier.system.transition import Invariant, System

TEXT = """\
model Chain
sort Account
param a : real
param b : real
param c : real
param d : real
param floor_of : Account -> real
state s : real
init { s := 0 }
action with_a() { s := a }
action with_nothing() { s := 1 }
spec Chained for Chain
assume ab : a <= b
assume bc : b <= c
assume d_alone : d >= 1
assume enough : forall x in Account: floor_of[x] >= d
assume nothing : 1 <= 2
invariant positive : s >= 0
"""


def system_of(text: str) -> System:
    source = Source("x.vspec", text)
    file, problems = parse(source)
    assert file is not None and not problems
    checked, found = check_program([(source, file)], source.path)
    assert not found
    return next(lower(c) for c in checked if c.spec is not None)


def test_what_is_connected_is_kept() -> None:
    system = system_of(TEXT)
    always = {"d_alone", "enough", "nothing"}  # `enough` quantifies, and brings `d` with it
    with_a, with_nothing = (system.action(n).body for n in ("with_a", "with_nothing"))
    assert {a.name for a in assumptions_about(system, with_nothing)} == always
    assert {a.name for a in assumptions_about(system, with_a)} == always | {"ab", "bc"}
    assert assumptions_about(system, with_a) == system.assumptions


def _claims(system: System) -> Iterator[Claim]:
    goals: list[Term] = [conj(p.defined, p.formula) for p in system.properties if isinstance(p, Invariant)]
    for goal in goals:
        for part in conjuncts(goal):
            yield holds_initially(system, "x", part)
            for action in system.actions:
                yield is_preserved(system, "x", part, action, (goal,))
                yield is_preserved(system, "x", part, action, tuple(goals))


def _texts(system: System) -> list[str]:
    return [case.script("relaxed").text for claim in _claims(system) for case in cases(system, claim)]


@pytest.mark.parametrize("name", ["lending/pool", "vault/shares", "amm/constant_product", "cdp/vat"])
def test_the_library_asks_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    system = next(s for _, _, s in prepare((name,)).systems if s.spec)
    with_cone = _texts(system)
    monkeypatch.setattr(claims, "assumptions_about", lambda system, *_: system.assumptions)
    assert with_cone == _texts(system)
