"""The story of examples/lending-gate: green, a change of one number, red with all reports, and green again."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.test_commands import run
from tests.docs.pages import ROOT
from verifier import __version__
from verifier.session.new import STARTER

HERE = ROOT / "examples" / "lending-gate"
MARKET = "pool:Solvency.room_for_the_bonus@staked-ether"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    where = tmp_path / "repository"
    shutil.copytree(HERE, where)
    (where / ".git").mkdir()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(where)
    return where


def test_the_story(copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    summary = copy / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    reports = (
        "--github", "--html", "out/report.html", "--markdown", "out/report.md", "--junit", "out/junit.xml",
        "--sarif", "out/results.sarif", "--json", "out/run.json",
    )  # fmt: skip

    status, out, err = run(capsys, "gate", "--no-cache", *reports)
    assert (status, err) == (0, "")
    assert "The gate is open: 18 proved (18 L3)" in out
    assert "::error" not in out
    assert "the gate is open" in (copy / "out/report.md").read_text()

    # Somebody wants more leverage.
    profiles = copy / "spec" / "pool.toml"
    text = profiles.read_text()
    line = 1 + text[: text.index("0.95")].count("\n")
    profiles.write_text(text.replace("liq_threshold = 0.95", "liq_threshold = 0.97"))
    status, out, err = run(capsys, "gate", "--no-cache", *reports)
    assert (status, err) == (1, "")
    assert "The gate is shut" in out
    assert "0.9797 <= 0.96 is false" in " ".join(out.split())
    assert "After 4 steps, `debt[A] <= value(A)` is false" in " ".join(out.split())
    assert "level-" not in out
    assert "missing" not in out

    # The annotation stands at the line that was changed.
    annotations = [row for row in out.splitlines() if row.startswith("::error ")]
    assert any(f"file=spec/pool.toml,line={line}," in row for row in annotations)
    assert any("file=spec/pool.vspec," in row and "debt[A] <= value(A)" in row for row in annotations)

    comment = (copy / "out/report.md").read_text()
    assert "the gate is shut" in comment
    assert "scenario covered_counterexample" in comment
    assert "+ pool:Solvency.covered@staked-ether: violated" in comment
    assert summary.read_text().strip().endswith(comment.strip()[-40:])

    page = (copy / "out/report.html").read_text()
    assert "Gate shut" in page
    assert "covered_counterexample" in page

    suite = ET.parse(copy / "out/junit.xml").getroot()
    failed = {case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None}
    assert any("covered" in str(name) for name in failed)

    results = json.loads((copy / "out/results.sarif").read_text())["runs"][0]["results"]
    assert {"violated", "unmet-assumption"} <= {r["ruleId"] for r in results}

    findings = json.loads((copy / "out/run.json").read_text())["gate"]["findings"]
    assert MARKET in {f["id"] for f in findings}

    # Put back, it is open again.
    profiles.write_text(text)
    status, out, _ = run(capsys, "gate", "--no-cache", *reports)
    assert status == 0
    assert "The gate is open" in out


def test_what_else_a_change_may_break(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A promise that is quietly weakened, and one that is dropped."""
    spec = copy / "spec" / "pool.vspec"
    text = spec.read_text()
    spec.write_text(text.replace("debt[a] <= value(a)\n", "debt[a] <= 2 * value(a)\n", 1))
    status, out, _ = run(capsys, "gate")
    assert status == 1
    assert "changed: What it says is not what it said" in " ".join(out.split())
    spec.write_text(re.sub(r"/// Debts can be repaid.*\nenabled borrowers_can_repay.*\n", "", text))
    status, out, _ = run(capsys, "gate")
    assert status == 1
    assert "✘ pool:Solvency.borrowers_can_repay" in out
    assert "missing: " in out


def test_the_example_is_in_order(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "fmt", "--check")[0] == 0
    assert run(capsys, "recheck")[0] == 0
    status, out, _ = run(capsys, "check", "--no-cache")
    assert status == 0
    assert "Worth a look" not in out


def test_its_workflow_is_that_of_a_new_project() -> None:
    starter = (STARTER / "workflow.yml").read_text().replace("@VERSION@", __version__)
    assert (HERE / ".github/workflows/verify-spec.yml").read_text() == starter


def test_the_readme_says_what_the_numbers_are() -> None:
    text = (HERE / "README.md").read_text()
    profiles = tomllib.loads((HERE / "spec" / "pool.toml").read_text())["profile"]
    market = next(p for p in profiles if p["name"] == "staked-ether")
    assert f"-liq_threshold = {market['liq_threshold']}" in text
    assert f"`1 - {market['max_drop']}`" in text
    assert f"`0.97 * {1 + market['liq_bonus']}`" in text


def test_the_sdist_carries_the_examples() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "/examples" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
