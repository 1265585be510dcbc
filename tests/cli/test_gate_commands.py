"""The gate, new projects and watching, as they are typed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.test_commands import run
from tests.docs.pages import ROOT


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d+ s", "N s", text)


@pytest.fixture
def started(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    assert run(capsys, "new", "vault")[0] == 0
    monkeypatch.chdir(tmp_path / "vault")
    return tmp_path / "vault"


def test_a_new_project_passes_its_gate(
    started: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion
) -> None:
    status, out, err = run(capsys, "gate", "--no-cache")
    assert (status, err) == (0, "")
    assert timeless(out) == snapshot


def test_a_new_project_is_formatted_and_proved_as_it_stands(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "fmt", "--check")[0] == 0
    assert run(capsys, "recheck")[0] == 0
    assert run(capsys, "check", "--no-cache")[0] == 0


def test_a_new_project_can_be_read_in_a_minute(started: Path) -> None:
    texts = [started / "README.md", started / "verify-spec.toml", *started.rglob("*.vspec")]
    words = sum(len(re.findall(r"\w+", p.read_text())) for p in texts)
    assert words < 600


def test_what_new_says(capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    assert run(capsys, "new", "a/b")[1] == snapshot


def test_new_writes_over_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    status, _, err = run(capsys, "new")
    assert status == 2
    assert "`README.md` can't be written: there is such a file already." in err
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("columns", ["80", "200"])
def test_a_gate_that_is_shut(
    started: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch,
    columns: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", columns)
    model = started / "models" / "vault.vspec"
    model.write_text(model.read_text().replace("  owed[a] -= amount\n", ""))
    status, out, _ = run(capsys, "gate", "--no-cache")
    assert status == 1
    assert timeless(out) == snapshot
    assert max(map(len, out.splitlines())) <= int(columns)


def test_all_reports_at_once(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys, "gate", "--no-cache", "--json", "out/a.json", "--junit", "out/b.xml", "--sarif", "out/c.sarif",
        "--markdown", "out/d.md", "--html", "out/e.html", "--github",
    )  # fmt: skip
    assert status == 0
    assert {p.name for p in (started / "out").iterdir()} == {"a.json", "b.xml", "c.sarif", "d.md", "e.html"}
    assert "The gate is open" in out


def test_json(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (started / "proofs" / "baseline.toml").unlink()
    status, out, _ = run(capsys, "gate", "--no-cache", "--format", "json")
    document = json.loads(out)
    assert status == 1
    assert [f["rule"] for f in document["gate"]["findings"]] == ["no-baseline"]


def test_a_typo_in_the_configuration(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = started / "verify-spec.toml"
    config.write_text(config.read_text().replace("specs =", "spces ="))
    status, out, err = run(capsys, "gate", "--sarif", "-")
    assert status == 2
    assert "Did you mean `specs`?" in err
    assert '"VS0552"' in out  # what the reports are for is told that as well


def test_no_gate(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "gate")
    assert (status, out) == (2, "")
    assert "error VS0550: " in err


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_watching_ends_cleanly(started: Path) -> None:
    command = [sys.executable, "-u", "-m", "verifier", "watch", "--interval", "50", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        # A shell starts what runs in its background with Control-C ignored, and so would be what that starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    ) as watching:
        assert watching.stdout is not None
        seen = _until(watching, "Waiting for a change")
        assert "All as demanded" in seen
        spec = started / "spec" / "vault.vspec"
        spec.write_text(spec.read_text().replace("check cash == 0", "check cash == 1[USD]"))
        seen = _until(watching, "Waiting for a change")
        assert "Changed: spec/vault.vspec." in seen
        assert "scenario a_day: failed" in seen
        watching.send_signal(signal.SIGINT)
        rest, _ = watching.communicate(timeout=60)
        assert watching.returncode == 0
    assert rest.strip() == "No longer watching."


def _until(process: subprocess.Popen[str], words: str) -> str:
    seen = ""
    deadline = time.monotonic() + 60
    assert process.stdout is not None
    while words not in seen and time.monotonic() < deadline:
        row = process.stdout.readline()
        if not row:
            break
        seen += row
    return seen
