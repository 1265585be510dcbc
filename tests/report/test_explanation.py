"""The pages of `explain`, and simulated runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.report import examples
from verifier.language.catalogue import codes, entry
from verifier.report.explanation import error_page, property_page
from verifier.report.simulation import simulation
from verifier.report.text import Look, render, width
from verifier.system.execute import Interpreter


@pytest.mark.parametrize("code", codes())
def test_every_code_has_a_page(code: str) -> None:
    text = render(error_page(entry(code), Look(80)), Look(80))
    assert text.startswith(code)
    prose = [row for row in text.splitlines() if not row.startswith("  ")]
    assert all(width(row) <= 80 for row in prose)


def test_page_of_an_error(snapshot: SnapshotAssertion) -> None:
    assert render(error_page(entry("VS0518"), Look(80)), Look(80)) == snapshot


@pytest.mark.parametrize("name", ["covered", "attack", "borrowing_keeps_the_value", "a_day"])
def test_page_of_a_property(name: str, snapshot: SnapshotAssertion) -> None:
    of = examples.system()
    prop = next(p for p in of.properties if p.heading.name == name)
    assert render(property_page(of, prop, examples.SOURCE, Look(80)), Look(80)) == snapshot


def test_simulation(snapshot: SnapshotAssertion) -> None:
    of = examples.system()
    trace = examples.found(of, "attack", examples.pledge(0, 5), examples.borrow(0, 1)).trace
    asked = SimpleNamespace(model="spec/pool.vspec", steps=3, runs=1, accounts=1)
    assert render(simulation(Interpreter(of), trace, 1, asked, 7, Look(80)), Look(80)) == snapshot
