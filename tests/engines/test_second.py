"""Level L1: a second solver is asked whatever excluded a case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from verifier.cli.main import main
from verifier.engines.second import second_answers
from verifier.logic.solvers.answer import Status
from verifier.logic.solvers.process import Helper
from verifier.session import second as seconds
from verifier.session.session import Request, check

SPEC = """\
model Counter
state n : int
init { n := 1 }
action up() { n += n * n }
spec S for Counter
invariant positive : n >= 1
step grows : n > old(n)
reachable two : n == 2
"""

needs_cvc5 = pytest.mark.skipif(find_spec("cvc5") is None, reason="cvc5 is not installed")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "c.vspec").write_text(SPEC)
    monkeypatch.chdir(tmp_path)


def levels(**more: bool) -> dict[str, str | None]:
    return {r.prop.heading.name: r.verdict.level for r in check(Request(**more)).results}  # type: ignore[arg-type]


@needs_cvc5
def test_two_solvers_agree() -> None:
    assert levels(second=True) == {"positive": "L1", "grows": "L1", "two": None}
    assert levels() == {"positive": "L0", "grows": "L0", "two": None}


@needs_cvc5
def test_what_the_second_solver_says() -> None:
    x = "(declare-const x Real)\n"
    told = second_answers((f"{x}(assert (< (* x x) 0.0))", f"{x}(assert (> x 0.0))", "(no such thing)"))
    assert list(told.values()) == ["unsat", "sat", "unknown"]


def test_where_the_second_solver_gives_up_the_level_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seconds, "second_answers", lambda texts: dict.fromkeys(texts, "unknown"))
    assert levels(second=True)["positive"] == "L0"


def test_where_the_solvers_disagree_nothing_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def contrary(texts: Iterable[str]) -> Mapping[str, Status]:
        return dict.fromkeys(texts, "sat")

    monkeypatch.setattr(seconds, "second_answers", contrary)
    monkeypatch.setattr("verifier.cli.commands.check.find_spec", lambda name: name)
    assert main(["check", "--second-solver", "--no-cache"]) == 70
    told = capsys.readouterr().err
    assert "Z3 says" in told
    content = json.loads(Path(told.strip().splitlines()[-1].strip()).read_text())
    assert content["z3"] == "unsat"
    assert content["cvc5"] == "sat"
    assert "(assert" in content["query"]


def test_without_cvc5_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("verifier.cli.commands.check.find_spec", lambda name: None)
    assert main(["check", "--second-solver"]) == 2
    assert "verify-spec[cvc5]" in capsys.readouterr().err


def test_a_process_that_hangs_or_breaks_is_started_anew() -> None:
    helper = Helper("tests.engines.helpless")
    try:
        assert helper.ask({"do": "hang"}, 3.0) == "late"
        assert helper.ask({"do": "die"}, 30.0) == "broken"
        assert helper.ask({"do": "answer"}, 30.0) == {"answer": 42}
    finally:
        helper.stop()
