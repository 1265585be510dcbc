"""Why a proved property holds: the facts named suffice, and none of them can be spared."""

from __future__ import annotations

import pytest

from tests.report.examples import system
from verifier.engines.account import account_of
from verifier.engines.grounds import Account
from verifier.session.session import prepare

TEXT = """\
model Pool
sort Account
param ltv   : real where 0 < ltv and ltv <= 1
param bonus : real where 0 <= bonus
param depth : nat
state price : ureal
state cash  : ureal
state debt  : Account -> ureal
state stake : Account -> ureal
state seen  : nat
init { price := any where price > 0  cash := 0  debt := 0  stake := 0  seen := 0 }
def value(a: Account) = stake[a] * price
action pledge(a: Account, x: ureal) { require x > 0  stake[a] += x }
action borrow(a: Account, x: ureal) {
  require x > 0
  debt[a] += x
  cash += x
  require debt[a] <= value(a) * ltv
}
action repay(a: Account, x: ureal) { require seen >= 0  debt[a] -= x }
action reset(a: Account) { debt[a] := 0 }
action look() { seen += 1 }
environment action move(to: ureal) { require to > 0  price := to }

spec S for Pool
assume shallow : depth < 5
rely never_down : move(to) requires to >= price
rely never_far  : move(to) requires to <= 2 * price
invariant covered : forall a in Account: debt[a] <= value(a)
invariant positive : price > 0
step debts_are_made_by_borrow : forall a in Account: debt[a] <= old(debt[a]) or action == borrow
enabled can_repay : repay(a, _) when debt[a] > 0
rule covered_after_two(a: Account, x: ureal) {
  require x < 10
  let before = price
  borrow(a, x)
  move(before)
  check debt[a] <= value(a)
}
"""


def account(name: str) -> Account:
    of = system(TEXT)
    prop = next(p for p in of.properties if p.heading.name == name)
    return account_of(of, prop, lambda _: None)


def told(found: Account) -> dict[str, tuple[str, ...]]:
    """For each part of the proof its kind, or the names (else the words) of its grounds."""
    return {
        r.where: (r.kind,)
        if r.kind != "grounds"
        else tuple(g.name or g.text if g.kind != "itself" else "itself" for g in r.grounds)
        for r in found.reasons
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "covered",
            {
                "start": ("always",),
                "pledge": ("itself",),
                "borrow": ("debt[a] <= value(a) * ltv", "ltv", "itself"),
                "repay": ("itself",),
                "reset": ("itself",),
                "look": ("untouched",),
                "move": ("never_down", "itself"),
            },
        ),
        (
            "positive",
            {
                "start": ("always",),
                "pledge": ("untouched",),
                "borrow": ("untouched",),
                "repay": ("untouched",),
                "reset": ("untouched",),
                "look": ("untouched",),
                "move": ("to > 0",),
            },
        ),
        (
            "debts_are_made_by_borrow",
            {
                "pledge": ("untouched",),
                "borrow": ("always",),
                "repay": ("always",),
                "reset": ("always",),
                "look": ("untouched",),
                "move": ("untouched",),
            },
        ),
        ("can_repay", {"repay": ("always",)}),
        ("covered_after_two", {"debt[a] <= value(a)": ("debt[a] <= value(a) * ltv", "ltv")}),
    ],
)
def test_reasons(name: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert told(account(name)) == expected


def test_notes_say_what_is_chosen() -> None:
    (reason,) = account("can_repay").reasons
    assert any("`x` can be" in note for note in reason.notes)


def test_lemmas_have_reasons_of_their_own() -> None:
    of = next(s for _, _, s in prepare(("lending/pool",)).systems if s.spec == "LendingSolvency")
    prop = next(p for p in of.properties if p.heading.name == "covered")
    found = account_of(of, prop, lambda _: None)
    assert found.lemmas
    assert all(lemma.reasons for lemma in found.lemmas)
    assert {r.where for r in found.reasons if any(g.kind == "lemma" for g in r.grounds)} == {"liquidate"}


def test_certificates_as_sums() -> None:
    of = system(TEXT)
    prop = next(p for p in of.properties if p.heading.name == "covered")
    parts = {part.where: part for part in account_of(of, prop, lambda _: None, arithmetic=True).arithmetic}
    assert parts.keys() == {"start", "pledge", "borrow", "repay", "reset", "move"}
    assert not any(part.lost for part in parts.values())
    for part in parts.values():
        assert part.lines[-1].role == "total"
    borrow = parts["borrow"].lines
    assert any(one.role == "sum" and "required" in one.source for one in borrow)
    assert any(one.role == "total" and one.text.endswith("which is false.") for one in borrow)
    assert all("#" not in one.text and "*Account" not in one.text for part in parts.values() for one in part.lines)
