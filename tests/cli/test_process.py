"""The command as a process of its own: what only shows from outside. Each costs a start of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def verify(*words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    package = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(package), **env}
    return subprocess.run(
        [sys.executable, "-m", "verifier", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_version_imports_next_to_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from verifier.cli.main import main; main(['--version'])\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('verifier', 'z3', 'rich', 'argparse', 'dataclasses')))"
    )
    package = Path(__file__).resolve().parents[2]
    out = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(package)}, capture_output=True, check=True
    )
    assert b"['verifier', 'verifier.cli', 'verifier.cli.main']" in out.stdout


def test_a_hostile_working_directory(tmp_path: Path) -> None:
    for name in ("spec", "models", "verifier_spec", "json", "argparse"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('imported')")
    (tmp_path / "tomllib.py").write_text("raise SystemExit('imported')")
    script = "import sys; sys.path = [p for p in sys.path if p]; from verifier.cli.main import main; sys.exit(main())"
    package = Path(__file__).resolve().parents[2]
    out = subprocess.run(
        [sys.executable, "-P", "-c", script, "run", "lending/pool"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(package)}, capture_output=True, check=False,
    )  # fmt: skip
    assert out.returncode == 0, out.stderr
    assert b"normal_day" in out.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_code_pages(encoding: str) -> None:
    out = verify("run", "lending/pool", PYTHONIOENCODING=encoding)
    assert out.returncode == 0, out.stderr
    assert out.stdout.decode(encoding).startswith("LendingSolvency")


def test_no_colours_and_no_progress_in_a_pipe() -> None:
    out = verify("run", "lending/pool")
    assert b"\x1b" not in out.stdout + out.stderr
    assert out.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_reader_that_goes_away() -> None:
    package = Path(__file__).resolve().parents[2]
    out = subprocess.run(
        f"'{sys.executable}' -m verifier run | true", shell=True, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(package)}, cwd=package, timeout=60,
    )  # fmt: skip
    assert out.stderr == b""
