"""JUnit XML, as a reader of it sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example
from tests.report.kinds import RUNS, clean, gate, hostile, mistaken, resembling, unmet, vacuous
from verifier.report.junit import report
from verifier.session.gate.finding import GateReport
from verifier.session.run import Run


def outcomes(run: Run, of: GateReport | None = None) -> dict[str, tuple[type, str] | None]:
    """What became of each case."""
    found = JUnitXml.fromstring(report(run, of).encode())
    cases = [c for suite in found for c in suite]
    return {c.name: (type(c.result[0]), c.result[0].type or "") if c.result else None for c in cases}


def test_the_document(snapshot: SnapshotAssertion) -> None:
    assert report(example()) == snapshot


def test_the_document_of_a_gate(snapshot: SnapshotAssertion) -> None:
    assert report(gate().run, gate()) == snapshot


def test_each_outcome_is_a_failure_of_its_own_type() -> None:
    found = outcomes(example())
    assert found["covered"] == (Failure, "violated")
    assert found["can_borrow"] == (Failure, "bounded")
    assert found["order_matters"] == (Failure, "unknown")
    assert found["a_day"] == (Failure, "violated")
    assert found["books"] is None
    assert found["attack"] is None  # violated as expected
    assert outcomes(vacuous()) == {"books": (Failure, "vacuous"), "attack": (Failure, "not-violated")}


def test_a_clean_run_has_no_failures() -> None:
    assert set(outcomes(clean()).values()) == {None}


def test_mistakes_in_the_input_are_errors() -> None:
    found = outcomes(mistaken())
    assert found
    assert {kind for kind, _ in found.values() if kind} == {Error}  # type: ignore[misc]
    assert any("VS0501" in name for name in found)


def test_assumptions_that_a_profile_breaks_are_failures() -> None:
    assert outcomes(unmet())["PoolSafety.room@a-market"] == (Failure, "unmet-assumption")


def test_an_incident_is_named() -> None:
    assert 'name="resembles" value="Example Finance, 29 February 2024, 1 USD"' in report(resembling())
    assert "This resembles Example Finance" in report(resembling())


def test_what_a_gate_accepts_is_skipped_and_what_it_refuses_fails() -> None:
    report_of = gate()
    found = outcomes(report_of.run, report_of)
    assert found["covered"] == (Failure, "violated")
    assert found["can_borrow"] == (Skipped, "")
    assert found["order_matters"] is None  # the gate does not mind
    assert found["new-assumption spec/pool.vspec:PoolSafety.gentle"] == (Failure, "new-assumption")
    assert found["no-baseline "] == (Failure, "no-baseline")


@pytest.mark.parametrize("kind", RUNS)
def test_the_numbers_of_a_suite_are_those_of_its_cases(kind: str) -> None:
    root = ET.fromstring(report(RUNS[kind]()))
    for element in (root, *root.iter("testsuite")):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases)
        for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(word, "")) == sum(c.find(tag) is not None for c in cases)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_carried(text: str) -> None:
    run = clean()
    result = replace(run.results[0], profile=text)
    ET.fromstring(report(replace(run, results=(result,))).encode("utf-8", "surrogatepass"))


def test_hostile_text(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(report(hostile()), encoding="utf-8")
    assert JUnitXml.fromfile(str(file)).tests == len(hostile().results)
