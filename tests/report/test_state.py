"""A state that was held against promises, as people and programs read it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.session.test_state import STATE
from tests.session.test_state import report as held
from verifier.report.state import document, percent, report
from verifier.report.text import ASCII, Look, render, width
from verifier.session.state import StateReport, check_state


def told(tmp_path: Path, look: Look, change: dict[str, Any] | None = None) -> str:
    from dataclasses import replace

    found = held(tmp_path, {**STATE, **(change or {})})
    return render(report(replace(found, name="state.json", seconds=0.5), look), look).replace(str(tmp_path), "…")


def test_the_report(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert told(tmp_path, Look(100)) == snapshot


def test_the_report_of_a_state_that_fails(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    change = {"cash": 5, "drop": 1, "debt": {"alice": 10, "bob": 4, "0x" + "ab" * 20: 7}, "delegate": {}}
    assert told(tmp_path, Look(100), {**change, "delegate": {k: "bob" for k in change["debt"]}}) == snapshot  # type: ignore[union-attr]


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_it_fits_the_window(tmp_path: Path, columns: int) -> None:
    shown = told(tmp_path, Look(columns, glyphs=ASCII), {"cash": 5})
    assert max(map(width, shown.splitlines()[1:])) <= max(columns, 78)


def test_the_document(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    found = json.loads(document(held(tmp_path, STATE)))
    for volatile in ("seconds", "state", "path"):
        assert found.pop(volatile)
    assert json.dumps(found, indent=1) == snapshot


NOBODY = """\
model Book
unit USD
sort Account
state open : Account -> bool
state debt : Account -> ureal[USD]
state cash : ureal[USD]
init { open := false  debt := 0  cash := 0 }
def largest = max(debt[a] for a in Account if open[a])
def used    = sum(debt) / cash
action lend(a: Account, x: ureal[USD]) { debt[a] += x }
spec Books for Book
invariant small : largest <= 7[USD]
invariant least : forall b in Account: debt[b] <= min(debt[a] for a in Account if open[a] and a != b)
invariant room  : used <= 1
"""


def of_nobody(tmp_path: Path) -> StateReport:
    (tmp_path / "book.vspec").write_text(NOBODY)
    (tmp_path / "state.json").write_text('{"open": {"a": false}, "debt": {"a": 2}, "cash": 0}')
    found = check_state(str(tmp_path / "book.vspec"), str(tmp_path / "state.json"))
    assert isinstance(found, StateReport)
    return found


def test_a_maximum_of_nothing_is_no_division(tmp_path: Path) -> None:
    text = render(report(of_nobody(tmp_path), Look(100)), Look(100))
    small, least, room = (text.split(name)[1] for name in ("small  fails", "least  fails", "room  fails"))
    nothing = "It has no value: `max(debt[a] for a in Account if open[a])` is a maximum of nothing."
    assert nothing in small.split("least")[0]
    assert "zero" not in small.split("room")[0]
    assert "No value: `min(debt[a] for a in Account if open[a] and a != b)` is a minimum of nothing." in least
    assert "It has no value: something is divided by zero." in room
    assert "exists a in Account: open[a]\n      It is false.\n" in small
    told = json.loads(document(of_nobody(tmp_path)))
    causes = {i["name"]: [r["cause"] for p in i["parts"] for r in p["nearest"]] for i in told["invariants"]}
    assert causes == {
        "small": [None, "maximum of nothing"],
        "least": [None, "minimum of nothing"],
        "room": [None, "division by zero"],
    }


@given(st.fractions(min_value=0, max_value=3))
def test_a_share_never_rounds_across_the_threshold(ratio: Fraction) -> None:
    text = percent(ratio)
    if text.startswith("just"):
        assert ("below" in text) == (ratio < 1)
    else:
        shown = Fraction(text.removesuffix("%").replace("_", "")) / 100
        assert (shown < 1) == (ratio < 1)
        assert (shown > 1) <= (ratio > 1)
