"""What is worth a look: its words, the section in the terminal, and the entries for machines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import SOURCE, TEXT, example
from verifier.engines.finding import Finding
from verifier.language.source import Span
from verifier.report.json import report as json_report
from verifier.report.notices import section, words
from verifier.report.terminal import report
from verifier.report.text import ASCII, Look, render, width
from verifier.session.run import Notice, Run


def at(words_: str) -> Span:
    start = TEXT.index(words_)
    return Span(SOURCE.path, start, start + len(words_))


FINDINGS = (
    Finding("never_runs", "action", "borrow", at("borrow")),
    Finding("never_runs", "environment action", "move_price", at("move_price"), relies=("gentle",)),
    Finding("never_runs", "action", "pledge", at("pledge"), relies=("gentle", "calm")),
    Finding("not_seen_to_run", "action", "pledge", at("pledge"), depth=3, scope=(("Account", 2),)),
    Finding("says_nothing", "invariant", "books", at("invariant books")),
    Finding("says_nothing", "step", "only_the_market_moves_the_price", at("step only")),
    Finding("says_nothing", "rule", "order_matters", at("rule order")),
    Finding("part_says_nothing", "invariant", "covered", at("invariant covered"), text="not open"),
    Finding("says_the_same", "invariant", "covered", at("invariant covered"), other="books"),
    Finding("not_needed", "assume", "room", at("room")),
    Finding("not_needed", "rely", "gentle", at("gentle")),
    Finding("not_needed", "where", "ltv", at("ltv")),
    Finding("not_needed", "where", "max_drop", at("max_drop")),
    Finding("proof_refused", "invariant", "covered", at("invariant covered"), text="Ethos: Error: a wrong step."),
    Finding("checker_unused", "checker", "ethos", text="It accepts a proof with a wrong step."),
)


def run_with(*findings: Finding) -> Run:
    run = example()
    return replace(run, notices=tuple(Notice(run.results[0].system, f) for f in findings))


@pytest.mark.parametrize("columns", [80, 200])
def test_section(columns: int, snapshot: SnapshotAssertion) -> None:
    text = render(section(run_with(*FINDINGS), Look(columns)), Look(columns))
    assert text == snapshot
    assert all(width(row) <= columns for row in text.splitlines())


def test_nothing_to_look_at() -> None:
    assert not list(section(run_with(), Look(80)))
    assert "Worth a look" not in render(report(run_with(), Look(80)), Look(80))


def test_the_section_stands_before_the_sum_and_changes_no_status() -> None:
    run = run_with(*FINDINGS)
    text = render(report(run, Look(80)), Look(80))
    assert run.status == run_with().status
    assert text.index("Worth a look") < text.rindex("proved")


def test_what_specs_share_is_told_once() -> None:
    run = run_with(FINDINGS[0])
    (notice,) = run.notices
    other = Notice(replace(notice.system, spec="Another"), notice.finding)
    text = render(section(replace(run, notices=(notice, other)), Look(100)), Look(100))
    assert text.count("can never run") == 1
    assert "PoolSafety, Another" in text


def test_ascii() -> None:
    assert render(section(run_with(*FINDINGS), Look(80, glyphs=ASCII)), Look(80)).isascii()


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda f: f"{f.kind}-{f.what}")
def test_words_are_sentences(finding: Finding) -> None:
    said = words(finding)
    assert finding.about in said.head
    for text in (said.head, said.text):
        assert text[0].isupper() or text[0] == "`"
        assert text.endswith(".")
        assert "  " not in text


def test_json(snapshot: SnapshotAssertion) -> None:
    assert json.loads(json_report(run_with(*FINDINGS)))["warnings"] == snapshot
