"""The options for reports to files, within this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import FAILING, plain, run  # noqa: F401
from tests.session.conftest import project, write  # noqa: F401
from verifier.session import session


def test_several_at_once(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    write(project)("spec/a/counter.vspec", (project / "spec/a/counter.vspec").read_text() + FAILING)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    words = ("--json", "out/r.json", "--junit", "out/r.xml", "--sarif", "out/r.sarif", "--markdown", "out/r.md")
    status, out, err = run(capsys, "check", "a/counter", "-p", "wrong", *words, "--itf", "out/itf", "--github")
    assert (status, err) == (1, "")
    assert "Violated: 1 failed" in out
    assert "::error file=spec/a/counter.vspec,line=7," in out
    assert json.loads((project / "out/r.json").read_text())["exit_status"] == 1
    assert {p.name for p in (project / "out").iterdir()} == {"r.json", "r.xml", "r.sarif", "r.md", "itf"}
    assert [p.name for p in (project / "out/itf").iterdir()] == ["a-counter-Counting.wrong.itf.json"]
    assert "verify-spec: violated" in (project / "summary.md").read_text(encoding="utf-8")


def test_words_of_a_spec_are_no_commands_of_the_runner(
    project: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (project / "spec/a/counter.vspec").read_text()
    write(project)("spec/a/counter.vspec", "/// ::error::not ours\n" + text)
    _, out, _ = run(capsys, "check", "a/counter", "-p", "one_step", "--github")
    before, inside, after = out.splitlines()[0], out.splitlines()[1:-1], out.splitlines()[-1]
    token = before.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert any(line.strip() == "::error::not ours" for line in inside)
    assert after == f"::{token}::"
    assert token not in "".join(inside)


def test_a_report_on_standard_output_stands_there_alone(
    project: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, "check", "a/counter", "-p", "one_step", "--json", "-", "--github")
    assert status == 0
    assert json.loads(out)["exit_status"] == 0
    assert "All as demanded" in err


def test_what_can_t_be_written_is_known_before_anything_is_settled(
    project: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it began")

    monkeypatch.setattr(session, "prepare", never)
    status, out, err = run(capsys, "check", "a/counter", "--junit", "spec/a/counter.vspec/x.xml", "--json", ".")
    assert (status, out) == (2, "")
    assert err.count("error VS0560") == 2
    status, _, err = run(capsys, "check", "--json", "-", "--format", "json")
    assert status == 2
    assert "two reports would go there" in err


def test_mistakes_in_the_input_are_reported_as_well(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    write(project)("spec/b.vspec", "spec S for\n")
    status, _, err = run(capsys, "check", "b", "--junit", "r.xml", "--sarif", "r.sarif", "--json", "r.json", "--github")
    assert status == 2
    assert "error VS" in err
    assert "<error " in (project / "r.xml").read_text(encoding="utf-8")
    assert json.loads((project / "r.json").read_text())["errors"]


# ---------------------------------------------------------------------------------------------- check-state


@pytest.mark.parametrize(
    ("state", "status"),
    [('{"n": 3}', 0), ('{"n": -3}', 1), ('{"n": 1.5}', 2), ('{"m": 1}', 2), ("{}", 2), ("n", 2)],
)
def test_check_state(
    project: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    state: str,
    status: int,
) -> None:
    write(project)("state.json", state)
    assert run(capsys, "check-state", "a/counter", "state.json")[0] == status
    got, out, _ = run(capsys, "check-state", "a/counter", "state.json", "--format", "json")
    assert got == status
    if status < 2:
        assert json.loads(out)["invariants"][0]["name"] == "never_negative"


def test_check_state_needs_no_solver(project: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    import subprocess
    import sys

    write(project)("state.json", '{"n": 3}')
    code = (
        "import sys; from verifier.cli.main import main; "
        "assert main(['check-state', 'a/counter', 'state.json']) == 0; assert 'z3' not in sys.modules"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": root}, cwd=project, capture_output=True)
    assert done.returncode == 0, done.stderr
