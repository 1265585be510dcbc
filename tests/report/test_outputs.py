"""Reports to files: whole or not at all, and known beforehand to be possible."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from tests.report.examples import example
from verifier.report.outputs import FORMS, Form, Outputs, rendered, unwritable, written


def reasons(outputs: Outputs) -> list[str]:
    found = unwritable(outputs)
    assert {d.code for d in found} <= {"VS0560"}
    return [d.values["reason"] for d in found]


def put(outputs: Outputs) -> tuple[str, str]:
    """What goes to standard output, and the annotations."""
    out: list[str] = []
    told: list[str] = []
    assert written(outputs, example(), None, out.append, told.append) == ()
    return "".join(out), "".join(told)


def test_all_at_once(tmp_path: Path) -> None:
    files: dict[Form, str] = {form: str(tmp_path / "a" / "b" / f"report.{form}") for form in FORMS}
    summary = tmp_path / "summary.md"
    summary.write_text("earlier\n")
    outputs = Outputs(files, str(tmp_path / "traces"), github=True, summary=str(summary))
    assert reasons(outputs) == []
    out, told = put(outputs)
    assert out == ""
    assert told.startswith("::error ")
    for form, path in files.items():
        text = Path(path).read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>") if form == "html" else text == rendered(form, example())
    assert {p.name for p in (tmp_path / "a" / "b").iterdir()} == {f"report.{form}" for form in FORMS}
    assert len(list((tmp_path / "traces").iterdir())) == 5
    assert summary.read_text(encoding="utf-8").startswith("earlier\n<!-- verify-spec -->")


def test_standard_output() -> None:
    out, _ = put(Outputs({"json": "-"}))
    assert json.loads(out)["schema_version"] == 1


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    put(Outputs({"json": str(link)}))
    assert link.is_symlink()
    assert json.loads(path.read_text())["schema_version"] == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    put(Outputs({"json": str(tmp_path / "report.json")}))
    assert (tmp_path / "report.json").stat().st_mode == plain.stat().st_mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert reasons(Outputs({"json": str(pipe)})) == []
    put(Outputs({"json": str(pipe)}))
    reader.join(10)
    assert json.loads(got[0])["schema_version"] == 1


def test_what_can_t_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert reasons(Outputs({"json": str(tmp_path)})) == ["it is a folder"]
    assert reasons(Outputs({"json": str(tmp_path / "file" / "x.json")})) == ["a file stands where a folder is needed"]
    assert reasons(Outputs({}, itf=str(tmp_path / "file"))) == ["a file stands where a folder is needed"]
    assert reasons(Outputs({"json": str(tmp_path / ("x" * 300) / "x")})) == [
        "the name is longer than the file system allows"
    ]
    assert len(reasons(Outputs({}, github=True, summary=str(tmp_path)))) == 1
    assert reasons(Outputs({"json": "a\0b"})) == ["the name is not one that a file can have"]
    assert reasons(Outputs({"json": "/proc/nowhere/x.json"})) != []
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert len(reasons(Outputs({"json": str(loop / "x")}))) == 1
    assert sorted(os.listdir(tmp_path)) == ["file", "loop"]


@pytest.mark.parametrize("path", ["-", "x.out"])
def test_two_reports_can_t_go_to_one_place(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reasons(Outputs({"json": path, "sarif": path})) == ["two reports would go there"]


def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problems = written(Outputs({"json": str(tmp_path / "file" / "x")}), example(), None, print, print)
    assert [d.code for d in problems] == ["VS0560"]
