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


@given(st.fractions(min_value=0, max_value=3))
def test_a_share_never_rounds_across_the_threshold(ratio: Fraction) -> None:
    text = percent(ratio)
    if text.startswith("just"):
        assert ("below" in text) == (ratio < 1)
    else:
        shown = Fraction(text.removesuffix("%").replace("_", "")) / 100
        assert (shown < 1) == (ratio < 1)
        assert (shown > 1) <= (ratio > 1)
