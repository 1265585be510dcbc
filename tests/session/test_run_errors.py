"""Every example of a VS05xx in the catalogue raises that code, and no other."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from verifier.cli.main import main
from verifier.language.catalogue import codes, entry
from verifier.session.choose import jobs_of
from verifier.session.library import builtin
from verifier.session.session import Request, prepare

MINE = [entry(code) for code in codes() if code.startswith("VS05")]
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NEEDS_PERMISSIONS = ("VS0503", "VS0509")


@pytest.mark.parametrize("code", [e.code for e in MINE if e.kind == "profile"])
def test_profiles(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = builtin()
    assert root is not None
    (tmp_path / "spec" / "lending").mkdir(parents=True)
    (tmp_path / "spec" / "lending" / "pool.vspec").write_bytes((root / "spec" / "lending" / "pool.vspec").read_bytes())
    monkeypatch.chdir(tmp_path)

    def raised(text: str) -> list[str]:
        (tmp_path / "spec" / "lending" / "pool.toml").write_text(text, encoding="utf-8")
        request = Request(("lending/pool",))
        jobs = jobs_of(prepare(request.paths), request)
        return sorted({d.code for d in (*jobs.diagnostics, *jobs.unmet)})

    assert raised(entry(code).example) == [code]
    assert raised(entry(code).instead) == []


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("code", [e.code for e in MINE if e.kind == "command"])
def test_commands(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if code in NEEDS_PERMISSIONS and AS_ROOT:
        pytest.skip("root may read and write everything")
    (tmp_path / "pool.vspec").write_text("model Pool state cash:nat init { cash := 0 }")
    monkeypatch.chdir(tmp_path)
    prepared, _, command = entry(code).example.rpartition(" && ")
    if prepared:
        subprocess.run(prepared, shell=True, check=True, cwd=tmp_path)
    words = shlex.split(command)
    assert words[0] == "verify-spec"
    assert main(words[1:]) == 2
    assert f"error {code}: " in capsys.readouterr().err
    tmp_path.chmod(0o755)
