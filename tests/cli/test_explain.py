"""`explain` takes every name that a report prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.test_commands import run
from tests.session.gate.conftest import CONFIG, PROFILES, Project
from verifier.engines.finding import FindingKind
from verifier.report.cases import RULES as WORDS
from verifier.report.meant import NOTICES, TO_DO
from verifier.session.gate.finding import RULES


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path)
    made.write("spec/counter.toml", PROFILES.replace("stride = 9", "stride = 11"))
    return made


def test_every_notice_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(NOTICES) == set(get_args(FindingKind))
    for name in NOTICES:
        assert run(capsys, "explain", name)[1].startswith(f"{name}  ")


def test_every_rule_of_the_gate_has_its_words() -> None:
    assert set(RULES) == set(WORDS) == set(TO_DO)


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "explain", rule)
    assert (status, err) == (0, "")
    assert out.startswith(f"{rule}  ")
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    "name",
    [
        "level-fell",
        "acceptance-unneeded",
        "L3",
        "notice/never_runs",
        "counter:Counting",
        "counter:Counting.small",
        "counter:small@fast",
        "counter:Counting.small@slow",
        "counter:Counting.gentle",
        "counter:Counting.stride",
        "counter:Counting.up",
        "fast",
        "slow",
    ],
)
def test_pages(name: str, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    status, out, err = run(capsys, "explain", name)
    assert (status, err) == (0, "")
    assert out == snapshot
    status, out, _ = run(capsys, "explain", name, "--format", "json")
    assert status == 0
    assert json.loads(out)["schema_version"] == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("level-fel", "Did you mean `level-fell`?"),
        ("fastt", "nothing called `fastt`"),
        ("counter:smal", "nothing called `counter:smal`"),
        ("counter:small@fats", "Did you mean `fast`?"),
        ("counte:small", "VS0501"),
    ],
)
def test_slips(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "explain", name)
    assert (status, out) == (2, "")
    assert words in err


def test_every_id_of_a_gate_that_is_shut(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """With profiles, an assumption that they break, and acceptances that name what is there."""
    project.write("verify-spec.toml", CONFIG + 'profiles = ["*"]\n')
    project.spec("n >= 0 expect violated", "n >= 0")
    report = project.gate()
    ids = [f.id for f in report.findings if f.rule != "no-baseline"]
    assert len(ids) >= 2
    for name in ids:
        assert run(capsys, "explain", name, "--no-cache")[0] == 0, name
