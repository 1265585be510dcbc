"""The command from the words that are typed to the exit status, within this process."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.session.conftest import project, write  # noqa: F401
from verifier import __version__
from verifier.cli.main import main

FAILING = "scenario wrong { start { stride = 2, limit = 5, slack = 6 }  up()  check n == 3 }\n"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "90")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(words)
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return status, out.out, out.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"verify-spec {__version__}\n", "")


@pytest.mark.parametrize(
    "words", [("--help",), ("-h",), ("help",), ("help", "check"), ("fmt", "--help"), ("explain", "-h")]
)
def test_help(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    status, out, err = run(capsys, *words)
    assert status == 0
    assert "examples:" in out
    assert err == ""


def test_no_words_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert "commands:" in err


@pytest.mark.parametrize(
    "words",
    [
        ("chekc", "lending/pool"),
        ("lending/pool",),
        ("frobnicate",),
        ("--colour", "check"),
        ("check", "--propetry", "x"),
        ("check", "--format", "xml"),
        ("check", "--depth", "many"),
        ("check", "--depth", "-1"),
        ("check", "--property"),
        ("simulate",),
        ("simulate", "lending/pool", "--steps", "0"),
        ("explain",),
        ("explain", "VS0203", "VS0204"),
        ("explain", "VS9999"),
        ("explain", "nonsense"),
        ("explain", "lending/pool:coverd"),
        ("explain", "lending/pol:covered"),
        ("simulate", "lending/pool:Nothing"),
        ("check", "nothing.vspec"),
        ("fmt", "nothing.vspec"),
    ],
)
def test_mistakes_in_the_command(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert err == snapshot


def test_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    status, out, _ = run(capsys, "run")
    assert status == 0
    assert "one_step" in out
    assert "never_negative" not in out


def test_run_with_a_scenario_that_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    path = project / "spec" / "a" / "counter.vspec"
    path.write_text(path.read_text() + FAILING)
    status, out, _ = run(capsys, "run", "a/counter")
    assert status == 1
    assert "the two sides are 2 and 3" in out
    assert "verify-spec check a/counter --property wrong" in out


def test_no_solver_is_imported_for_scenarios(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    before = "z3" in sys.modules
    run(capsys, "run")
    assert ("z3" in sys.modules) == before


def test_json_alone_on_standard_output(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    status, out, err = run(capsys, "run", "--format", "json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert document["exit_status"] == 0
    assert [r["id"] for r in document["results"]] == ["a/counter:Counting.one_step"]


def test_json_of_mistakes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    write(project)("spec/b.vspec", "spec S for\n")
    status, out, err = run(capsys, "check", "b", "--format", "json")
    assert (status, err) == (2, "")
    document = json.loads(out)
    assert document["results"] == []
    assert document["errors"][0]["place"]["file"] == "spec/b.vspec"


def test_unknown_property(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    status, _, err = run(capsys, "check", "--property", "one_stp")
    assert status == 2
    assert "Did you mean `one_step`?" in err


@pytest.mark.parametrize("glob", ["one_*", "Counting.one_step", "a/counter:Counting.*step"])
def test_globs(project: Path, capsys: pytest.CaptureFixture[str], glob: str) -> None:  # noqa: F811
    status, out, _ = run(capsys, "check", "-p", glob)
    assert status == 0
    assert "one_step" in out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff\xfe",
        b"\xff" * 1000,
        b"model",
        b"model X {",
        b"model X state",
        "model Größe\u202e state x : nat".encode(),
        b"model X\nstate n : nat\ninit { n := " + b"(" * 5000,
        b"model X\nstate n : nat\ninit { n := " + b"1 + " * 20000 + b"1 }",
        b"not " * 20000,
        b"/// " * 20000,
        b"[" * 100000,
        b"spec S for Nothing\n",
        b"\x1b[2Jmodel",
        b"model X\r\nstate n : nat\r\ninit { n := 1 \r\n",
        b"model X state n : nat init { n := " + b"9" * 100000 + b" }",
    ],
)
def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "x.vspec"
    path.write_bytes(content)
    status, out, err = run(capsys, "check", str(path))
    assert status == 2, (out, err)
    assert "error VS" in err
    assert "\x1b" not in err
    assert run(capsys, "fmt", "--check", str(path))[0] in (0, 1, 2)
    assert path.read_bytes() == content


def test_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from verifier.session import session

    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(session, "prepare", broken)
    status, out, err = run(capsys, "check", "lending/pool")
    assert (status, out) == (70, "")
    assert "our bug" in err
    with pytest.raises(KeyError):
        main(["check", "lending/pool", "--debug"])


def test_interrupt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from verifier.session import session

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "prepare", interrupted)
    assert run(capsys, "check", "lending/pool")[0] == 130


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "latin-1", "utf-8"])
def test_code_pages(project: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:  # noqa: F811
    path = project / "spec" / "a" / "counter.vspec"
    path.write_text("/// Größe ≤ 価格 ✔\n" + path.read_text() + FAILING, encoding="utf-8")
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    assert main(["run", "a/counter"]) == 1
    assert main(["check", "größe/≤"]) == 2
    for stream in streams:
        stream.flush()
        assert stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_fmt(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    path = write(project)("models/ugly.vspec", "model  X\nstate n:nat // n\ninit{n:=0}\n")
    assert run(capsys, "fmt", "--check", str(path))[0] == 1
    assert run(capsys, "fmt", str(path))[0] == 0
    assert run(capsys, "fmt", "--check", str(path))[0] == 0
    assert "// n" in path.read_text()
    crlf = write(project)("models/crlf.vspec", path.read_text().replace("\n", "\r\n"))
    assert run(capsys, "fmt", "--check", str(crlf))[0] == 0


def test_fmt_without_paths_is_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    status, out, _ = run(capsys, "fmt", "--check")
    assert status == 1
    assert "models/a/counter.vspec" in out


def test_explain_a_property(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    status, out, _ = run(capsys, "explain", "a/counter:never_negative")
    assert status == 0
    assert "If it fails" in out


def test_explain_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "explain", "vs0203")
    assert status == 0
    assert out.startswith("VS0203")


@pytest.mark.parametrize("model", ["a/counter", "a/counter:Counting", "models/a/counter.vspec", "lending/pool"])
def test_simulate(project: Path, capsys: pytest.CaptureFixture[str], model: str) -> None:  # noqa: F811
    status, out, _ = run(capsys, "simulate", model, "--seed", "5", "--runs", "2")
    assert status == 0
    assert run(capsys, "simulate", model, "--seed", "5", "--runs", "2") == (0, out, "")
    assert "seed 5" in out
