"""The workflows, the snippets and the hooks are valid, and the commands in them run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT, blocks
from verifier import __version__
from verifier.cli.arguments import parsers
from verifier.session.new import STARTER, start

PAGE = ROOT / "docs" / "ci.md"
WORKFLOW = (STARTER / "workflow.yml").read_text(encoding="utf-8").replace("@VERSION@", __version__)
PINNED = f'python -m pip install "verify-spec=={__version__}"'
REPORTS = {"report.html", "report.md", "junit.xml", "results.sarif"}


def snippets() -> list[str]:
    return [b.text for b in blocks(PAGE) if b.language == "yaml"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, and a command `verify-spec` that is this checkout."""
    assert not start(str(tmp_path / "project")).diagnostics
    shim = tmp_path / "bin" / "verify-spec"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m verifier "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-euc", command], capture_output=True, text=True, check=False, encoding="utf-8")


def evaluated(command: str, event: str) -> str:
    """With the one expression that the workflow uses."""
    budget = "night" if event == "schedule" else "pull-request"
    out = re.sub(r"\$\{\{ github\.event_name == 'schedule' && 'night' \|\| 'pull-request' \}\}", budget, command)
    assert "${{" not in out
    return out


def test_the_page_shows_the_workflow_of_a_new_project() -> None:
    assert WORKFLOW in snippets()


def test_the_workflow_needs_no_secret_and_no_right_that_a_fork_lacks() -> None:
    document: dict[Any, Any] = yaml.safe_load(WORKFLOW)
    assert document["permissions"] == {"contents": "read"}
    assert set(document[True]) == {"push", "pull_request", "schedule"}  # YAML reads `on` as a truth value
    assert "secrets." not in WORKFLOW
    assert "pull_request_target" not in WORKFLOW
    (job,) = document["jobs"].values()
    assert job["permissions"] == {"contents": "read", "security-events": "write"}
    for step in job["steps"]:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step["uses"]) if "uses" in step else step["run"]
    upload = next(s for s in job["steps"] if "upload-sarif" in s.get("uses", ""))
    assert "head.repo.full_name == github.repository" in upload["if"]
    assert upload["continue-on-error"] is True
    artefact = next(s for s in job["steps"] if "upload-artifact" in s.get("uses", ""))
    assert (artefact["if"], artefact["with"]["path"]) == ("always()", "out/")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("event", ["pull_request", "schedule"])
def test_its_commands_run(project: Path, event: str) -> None:
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    install, gate = (s["run"] for s in job["steps"] if "run" in s)
    assert install == PINNED
    done = shell(evaluated(gate, event))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"budget {'night' if event == 'schedule' else 'pull-request'}" in " ".join(done.stdout.split())
    assert {p.name for p in (project / "out").iterdir()} == REPORTS


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_they_fail_where_the_gate_is_shut_and_leave_the_reports(project: Path) -> None:
    model = project / "models" / "vault.vspec"
    model.write_text(model.read_text().replace("  owed[a] -= amount\n", ""))
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    done = shell(evaluated(job["steps"][-3]["run"], "pull_request"))
    assert done.returncode == 1
    assert "::error file=spec/vault.vspec,line=5," in done.stdout
    assert {p.name for p in (project / "out").iterdir()} == REPORTS


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_gitlab(project: Path) -> None:
    (document,) = (d for d in map(yaml.safe_load, snippets()) if "verify-spec" in d)
    job = document["verify-spec"]
    install, *commands = job["script"]
    assert install == PINNED
    for command in commands:
        done = shell(command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (project / job["artifacts"]["reports"]["junit"]).is_file()
    assert job["artifacts"]["when"] == "always"
    assert {p.name for p in (project / "out").iterdir()} == REPORTS


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return found


def test_hooks_are_what_the_page_says() -> None:
    (document,) = (d for d in map(yaml.safe_load, snippets()) if "repos" in d)
    (repo,) = document["repos"]
    assert repo["rev"] == f"v{__version__}"
    assert [h["id"] for h in repo["hooks"]] == [h["id"] for h in hooks()]
    for hook in hooks():
        assert hook["language"] == "python"
        program, command = shlex.split(hook["entry"])
        assert program == "verify-spec"
        assert command in parsers()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("models/a.vspec", ["fmt", "run", "gate"]),
        ("spec/a/b.vspec", ["fmt", "run", "gate"]),
        ("spec/a.toml", ["gate"]),
        ("proofs/a.json", ["gate"]),
        ("proofs/baseline.toml", ["gate"]),
        ("verify-spec.toml", ["gate"]),
        ("pyproject.toml", ["gate"]),
        ("README.md", []),
        ("src/spec.toml", []),
    ],
)
def test_hooks_look_at_the_right_files(path: str, wanted: list[str]) -> None:
    assert [h["id"].removeprefix("verify-spec-") for h in hooks() if re.search(h["files"], path)] == wanted


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("hook", hooks(), ids=lambda h: h["id"])
def test_hooks_run(hook: dict[str, Any], project: Path) -> None:
    names = "spec/vault.vspec models/vault.vspec" if hook.get("pass_filenames", True) else ""
    done = shell(f"{hook['entry']} {names}")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_anywhere_else(project: Path) -> None:
    (block,) = (b for b in blocks(PAGE) if b.language == "sh")
    install, gate = block.text.strip().splitlines()
    assert install == PINNED
    assert shell(gate).returncode == 0
