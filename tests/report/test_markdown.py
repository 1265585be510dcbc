"""The comment for a pull request, and the annotations."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example
from tests.report.kinds import HOSTILE, RUNS, clean, gate, hostile, mistaken, resembling
from verifier.report.github import commands
from verifier.report.markdown import LIMIT, MARKER, code, fenced, report, text


def test_the_comment(snapshot: SnapshotAssertion) -> None:
    assert report(example()) == snapshot


def test_the_comment_of_a_gate(snapshot: SnapshotAssertion) -> None:
    assert report(gate().run, gate()) == snapshot


def test_the_comment_of_a_clean_run() -> None:
    told = report(clean())
    assert told.startswith(MARKER)
    assert "✔ verify-spec: all as demanded" in told
    assert "| ✘ |" not in told


def test_mistakes_in_the_input() -> None:
    told = report(mistaken())
    assert "mistakes in the input" in told
    assert "spec/b.vspec" in told


def test_an_incident_is_named() -> None:
    assert "This resembles Example Finance, 29 February 2024, 1 USD." in report(resembling())


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("limit", [1_000, 4_000, LIMIT])
def test_it_is_never_too_long_and_every_block_is_closed(kind: str, limit: int) -> None:
    told = report(RUNS[kind](), limit=limit)
    assert len(told) <= limit
    assert told.count("<details>") == told.count("</details>")
    if limit == 1_000 and kind in ("example", "hostile"):
        assert "Left out" in told


def test_many_failures_fit_in() -> None:
    run = example()
    many = replace(run, results=run.results * 300)
    assert len(report(many)) <= LIMIT
    assert "more" in report(many)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_active(given_text: str) -> None:
    for shown in (text(given_text), code(given_text)):
        bare = re.sub(r"</?code>|<!-- -->|&#\d+;", "", shown)
        assert not re.search(r"[<>|@#`*\[\]\n]|\b_|_\b", re.sub(r"(?<=[^\W_])_+(?=[^\W_])", "", bare))


def test_mentions_and_issues_are_parted_from_their_sign() -> None:
    assert text("@someone #12") == "&#64;<!-- -->someone &#35;<!-- -->12"


@settings(deadline=None)
@given(st.text(alphabet="`a\n"))
def test_a_fence_is_longer_than_what_is_in_it(inside: str) -> None:
    first, *_, last = fenced(inside, "text").split("\n")
    assert last == first.removesuffix("text")
    assert last not in inside.split("\n")


def test_annotations(snapshot: SnapshotAssertion) -> None:
    assert commands(example()) == snapshot


def test_annotations_of_a_gate(snapshot: SnapshotAssertion) -> None:
    assert commands(gate().run, gate()) == snapshot


def test_an_annotation_is_one_line_whatever_is_in_it() -> None:
    told = commands(hostile())
    for line in told.splitlines():
        command, _, message = line.removeprefix("::").partition("::")
        assert re.fullmatch(r"(error|warning|notice) .*", command)
        assert "\r" not in message
    assert HOSTILE not in told
    assert "\x1b" not in told


def test_the_gravest_come_first() -> None:
    kinds = [line.split(" ")[0] for line in commands(example()).splitlines()]
    assert kinds == sorted(kinds, key=("::error", "::warning", "::notice").index)
