"""The whole report, as it is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example, run_of, system, verdicts
from verifier.engines.verdict import Verdict
from verifier.report.terminal import Detail, report
from verifier.report.text import ASCII, Look, render, width
from verifier.session.run import Run

VACUOUS = Verdict("vacuous", "assumptions contradict each other", notes=("No parameters meet all of them.",))


def shown(run: Run, look: Look, *, expected: bool = False) -> str:
    return render(report(run, look, Detail(expected=expected)), look)


@pytest.mark.parametrize("columns", [80, 200])
def test_report(columns: int, snapshot: SnapshotAssertion) -> None:
    assert shown(example(), Look(columns)) == snapshot


def test_ascii(snapshot: SnapshotAssertion) -> None:
    text = shown(example(), Look(80, glyphs=ASCII))
    assert text.isascii()
    assert text == snapshot


def test_colours(snapshot: SnapshotAssertion) -> None:
    of = system()
    run = run_of(of, verdicts(of), "books", "borrowing_keeps_the_value")
    assert shown(run, Look(100, colour=True)) == snapshot


def test_narrow() -> None:
    text = shown(example(), Look(40))
    # What is to be pasted stays in one line, however long it is.
    told = [row for row in text.splitlines() if not row.startswith(("    ", "  Again: "))]
    assert max(width(row) for row in told) <= 40, max(told, key=width)


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 200])
def test_no_name_is_cut(columns: int) -> None:
    text = "".join(shown(example(), Look(columns)).split())
    for result in example().results:
        assert result.prop.heading.name.split("_")[0] in text
    assert "eighty_columns" in text or "eighty_" in text


def test_nothing_depends_on_colour_alone() -> None:
    coloured = shown(example(), Look(100, colour=True))
    plain = shown(example(), Look(100))
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_expected_violations_are_told_on_demand() -> None:
    of = system()
    run = run_of(of, verdicts(of), "attack")
    assert "Why:" not in shown(run, Look(100))
    assert "Why:" in shown(run, Look(100), expected=True)


def test_expected_violation_that_was_not_found(snapshot: SnapshotAssertion) -> None:
    of = system()
    run = run_of(of, {"attack": Verdict("proved", "induction", "L0")})
    assert run.status == 1
    assert shown(run, Look(80)) == snapshot


def test_vacuous(snapshot: SnapshotAssertion) -> None:
    of = system()
    run = run_of(of, {"books": VACUOUS})
    assert run.status == 4
    assert shown(run, Look(80)) == snapshot


def test_nothing_to_check(snapshot: SnapshotAssertion) -> None:
    empty = replace(example(), results=())
    assert shown(empty, Look(80)) == snapshot
    assert shown(replace(empty, models_without_spec=("Pool", "Vat")), Look(80)) == snapshot


@pytest.mark.parametrize(
    ("name", "status"), [("proved", 0), ("violated", 1), ("bounded", 3), ("unknown", 3), ("vacuous", 4)]
)
def test_status(name: str, status: int) -> None:
    of = system()
    verdict = Verdict(name, "a method")  # type: ignore[arg-type]
    assert run_of(of, {"books": verdict}).status == status


def test_status_of_several() -> None:
    of = system()
    mixed = {"books": VACUOUS, "covered": Verdict("unknown", "x")}
    assert run_of(of, mixed).status == 3
    assert run_of(of, {**mixed, "can_borrow": Verdict("violated", "x")}).status == 1
