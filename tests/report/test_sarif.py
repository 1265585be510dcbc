"""SARIF, held against the schema that OASIS publishes and against what GitHub asks for."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, ValidationError
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example
from tests.report.kinds import RUNS, clean, gate, hostile, mistaken, noticed, unmet
from verifier.report.sarif import report
from verifier.session.gate.finding import GateReport
from verifier.session.run import Run

SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("sarif-schema-2.1.0.json").read_text())


def document(run: Run, of: GateReport | None = None) -> Any:
    """The document, valid."""
    found = json.loads(report(run, of))
    Draft4Validator(SCHEMA).validate(found)
    return found


def results(run: Run, of: GateReport | None = None) -> list[Any]:
    found: list[Any] = document(run, of)["runs"][0]["results"]
    return found


def test_the_document(snapshot: SnapshotAssertion) -> None:
    assert report(example()) == snapshot


@pytest.mark.parametrize("kind", RUNS)
def test_every_kind_of_run_is_valid(kind: str) -> None:
    run = document(RUNS[kind]())["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_the_schema_finds_what_is_broken() -> None:
    whole = document(example())
    for broken in (
        lambda d: d.pop("version"),
        lambda d: d["runs"][0]["tool"].pop("driver"),
        lambda d: d["runs"][0]["results"][0].update(level="fatal"),
        lambda d: d["runs"][0]["results"][0]["codeFlows"][0].pop("threadFlows"),
        lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
    ):
        copy = deepcopy(whole)
        broken(copy)
        with pytest.raises(ValidationError):
            Draft4Validator(SCHEMA).validate(copy)


def test_levels() -> None:
    found = {r["properties"]["id"].rpartition(".")[2]: (r["ruleId"], r["level"]) for r in results(example())}
    assert found["covered"] == ("violated", "error")
    assert found["can_borrow"] == ("bounded", "warning")
    assert found["order_matters"] == ("unknown", "warning")
    assert "books" not in found
    assert "attack" not in found
    assert results(clean()) == []
    assert {(r["ruleId"], r["level"]) for r in results(noticed())} == {("notice/never_runs", "note")}
    assert [r["ruleId"] for r in results(unmet())] == ["unmet-assumption"]


def test_mistakes_in_the_input() -> None:
    run = document(mistaken())["runs"][0]
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    assert {r["level"] for r in run["results"]} == {"error"}
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_a_fingerprint_is_of_the_name_and_not_of_the_line() -> None:
    run = example()
    moved = []
    for result in run.results:
        span = replace(result.prop.heading.span, start=0, end=5)
        moved.append(replace(result, prop=replace(result.prop, heading=replace(result.prop.heading, span=span))))
    before, after = results(run), results(replace(run, results=tuple(moved)))
    assert [r["partialFingerprints"] for r in before] == [r["partialFingerprints"] for r in after]
    assert before[0]["locations"] != after[0]["locations"]
    hashes = [r["partialFingerprints"]["primaryLocationLineHash"] for r in before]
    assert len(set(hashes)) == len(hashes)


def test_the_counterexample_goes_through_the_lines_of_the_model() -> None:
    flow = results(example())[0]["codeFlows"][0]["threadFlows"][0]["locations"]
    text = example().sources["spec/pool.vspec"]
    lines = [text.line(s["location"]["physicalLocation"]["region"]["startLine"]).strip() for s in flow]
    assert lines[1].startswith("action pledge")
    assert lines[2].startswith("action borrow")
    assert lines[3].startswith("environment action move_price")
    assert lines[-1].startswith("invariant covered")
    assert flow[2]["state"] == {"cash": {"text": "75 USD"}, "debt[A]": {"text": "25 USD"}}
    assert [s["executionOrder"] for s in flow] == list(range(1, len(flow) + 1))


def test_paths_are_relative_to_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "protocol with blank").mkdir()
    monkeypatch.chdir(tmp_path / "protocol with blank")
    at = results(example())[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert at == {"uri": "protocol%20with%20blank/spec/pool.vspec", "uriBaseId": "%SRCROOT%"}


def test_what_a_gate_accepts_is_suppressed() -> None:
    found = {(r["ruleId"], r["properties"]["id"]): r for r in results(gate().run, gate())}
    bounded = found["bounded", "spec/pool.vspec:PoolSafety.can_borrow"]
    assert bounded["suppressions"][0]["justification"] == "known, issue 12 (until 2027-01-31)"
    assert "suppressions" not in found["violated", "spec/pool.vspec:PoolSafety.covered"]
    assert ("no-baseline", "") in found
    assert not any(rule == "unknown" for rule, _ in found)  # the gate does not mind


def test_hostile_text_is_carried_as_text() -> None:
    assert report(hostile()).isascii()
    assert results(hostile())
