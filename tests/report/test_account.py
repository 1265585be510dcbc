"""The account of a proof, as it is printed and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.engines.test_reasons import TEXT
from tests.report.examples import system
from verifier.engines.grounds import Account, Arithmetic, ArithmeticLine, Ground, LemmaAccount, Reason
from verifier.engines.verdict import Verdict
from verifier.language.source import Source, Span
from verifier.report.explanation import explained_page, property_entry
from verifier.report.text import ASCII, Look, render, width
from verifier.session.run import Result, Run

SOURCE = Source("spec/pool.vspec", TEXT)


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span("spec/pool.vspec", start, start + len(words))


LEMMA = "forall a in Account: debt[a] * (1 + bonus) <= stake[a] * price"
ITSELF = Ground("itself", "covered", "forall a in Account: debt[a] <= value(a)", at("invariant covered"))
REQUIRE = Ground("require", "", "debt[a] <= value(a) * ltv", at("require debt[a]"))
RANGE = Ground("range", "", "debt[a]", at("debt[a] -= x"))
FOUND = Ground("lemma", LEMMA, LEMMA)
BOUNDS = tuple(Ground("where", name, f"0 <= {name}", at(f"{name} ")) for name in ("ltv", "bonus"))
RELIES = tuple(Ground("rely", name, "to >= price", at(name)) for name in ("never_down", "never_far"))
ASSUME = Ground("assume", "shallow", "depth < 5", at("shallow"))
INVARIANT = Ground("invariant", "positive", "price > 0", at("invariant positive"))
REASONS = (
    Reason("start", "always"),
    Reason("pledge", "grounds", (ITSELF,)),
    Reason("borrow", "grounds", (REQUIRE, *BOUNDS, ITSELF)),
    Reason("repay", "grounds", (RANGE, ITSELF, FOUND)),
    Reason("reset", "always"),
    Reason("look", "untouched"),
    Reason("move", "grounds", (*RELIES, ASSUME, INVARIANT)),
)
SUMS = (
    Arithmetic("start", (ArithmeticLine(0, "That contradicts itself.", "total"),)),
    Arithmetic(
        "borrow",
        (
            ArithmeticLine(0, "Suppose that it fails: `debt[A] + x > stake[A] * price`."),
            ArithmeticLine(1, "1/2 × (stake[A] * price * ltv >= debt[A] + x)", "sum", "required"),
            ArithmeticLine(
                1, "(1 >= ltv) × (price > 0) × (stake[A] >= 0)", "sum", "ltv, invariant positive, by its type"
            ),
            ArithmeticLine(1, "Together: `0 > 0`, which is false.", "total"),
        ),
    ),
    Arithmetic("repay", (), "no proof was found in time"),
)


def explained(name: str = "covered", *, lemmas: int = 1) -> tuple[Result, Run, Account]:
    of = system(TEXT)
    prop = next(p for p in of.properties if p.heading.name == name)
    result = Result(of, prop, Verdict("proved", "induction with 1 found lemma", "L0"), "proved", ok=True)
    run = Run((result,), (), {SOURCE.path: SOURCE}, {"verify-spec": "0.0.0"}, 1.0, 0.5)
    found = tuple(LemmaAccount(LEMMA + " + 0" * i, REASONS[:3]) for i in range(lemmas))
    return result, run, Account(REASONS, found)


@pytest.mark.parametrize("columns", [80, 200])
def test_page(columns: int, snapshot: SnapshotAssertion) -> None:
    result, run, account = explained()
    text = render(explained_page(result, run, account, Look(columns)), Look(columns))
    assert text == snapshot
    assert all(width(row) <= columns for row in text.splitlines())


@pytest.mark.parametrize("columns", [80, 200])
def test_page_with_arithmetic(columns: int, snapshot: SnapshotAssertion) -> None:
    result, run, account = explained(lemmas=0)
    text = render(explained_page(result, run, replace(account, arithmetic=SUMS), Look(columns)), Look(columns))
    _, _, told = text.partition("The arithmetic")
    assert told == snapshot
    assert all(width(row) <= columns for row in text.splitlines())


def test_several_lemmas_are_numbered() -> None:
    result, run, account = explained(lemmas=2)
    text = render(explained_page(result, run, account, Look(100)), Look(100))
    assert "Lemma 1, found" in text
    assert "Lemma 2, found" in text
    assert "lemma 1" in text


def test_ascii() -> None:
    result, run, account = explained()
    assert render(explained_page(result, run, account, Look(80, glyphs=ASCII)), Look(80)).isascii()


@pytest.mark.parametrize("kind", ["step", "rule", "enabled"])
def test_words_fit_the_kind(kind: str) -> None:
    name = {"step": "debts_are_made_by_borrow", "rule": "covered_after_two", "enabled": "can_repay"}[kind]
    result, run, _ = explained(name)
    account = Account((Reason("borrow", "always"), Reason("repay", "open", notes=("`x` can be all of it",))))
    text = " ".join(render(explained_page(result, run, account, Look(100)), Look(100)).split())
    assert "init" not in text
    assert "takes another way. `x` can be all of it" in text


def test_json(snapshot: SnapshotAssertion) -> None:
    result, run, account = explained()
    document = property_entry(result, run, replace(account, arithmetic=SUMS))
    assert json.loads(json.dumps(document)) == document
    assert document["account"] == snapshot
    assert property_entry(result, run, None)["account"] is None
