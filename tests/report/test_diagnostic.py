"""Errors as they are printed."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from verifier.language.check import check_program
from verifier.language.diagnostics import Diagnostic
from verifier.language.parser import parse
from verifier.language.source import Source, Span
from verifier.report.diagnostic import diagnostics
from verifier.report.text import ASCII, Look, render, width

UNITS = """\
model Pool
unit ETH, USD
state cash : ureal[USD]
state gold : ureal[ETH]
init { cash := 0  gold := 0 }
action mix() {
\trequire cash + gold > 0
}
"""


LOOK = Look(80)


def shown(text: str, look: Look = LOOK) -> str:
    source = Source("models/pool.vspec", text)
    file, problems = parse(source)
    if file is not None and not problems:
        _, problems = check_program([(source, file)], source.path)
    return render(diagnostics(problems, {source.path: source}, look), look)


def test_both_places_of_a_conflict(snapshot: SnapshotAssertion) -> None:
    assert shown(UNITS) == snapshot


def test_ascii() -> None:
    assert shown(UNITS, Look(80, glyphs=ASCII)).isascii()


def test_colours(snapshot: SnapshotAssertion) -> None:
    assert shown(UNITS, Look(80, colour=True)) == snapshot


def test_syntax(snapshot: SnapshotAssertion) -> None:
    assert shown("model Pool\n\nstate cash nat\n\ninit { cash = 0; }\n") == snapshot


def test_a_file_that_is_not_there(snapshot: SnapshotAssertion) -> None:
    found = Diagnostic("VS0501", None, {"path": "lending/pol", "suggestion": "Did you mean `lending/pool`? "})
    assert render(diagnostics([found], {}, Look(80)), Look(80)) == snapshot


@pytest.mark.parametrize(
    "text",
    [
        "\tstate gold : ureal",
        "価格 state gold : ureal",
        "x" * 500 + " gold " + "y" * 500,
        "e\u0301 gold",
        "gold",
        "a gold\r",
    ],
)
def test_the_underline_stands_below_the_place(text: str) -> None:
    start = text.index("gold")
    source = Source("a.vspec", text)
    found = Diagnostic("VS0506", Span("a.vspec", start, start + 4), {"path": "a.vspec"})
    look = Look(80)
    rows = render(diagnostics([found], {"a.vspec": source}, look), look).splitlines()
    shown_line = next(r for r in rows if "gold" in r)
    under = next(r for r in rows if "^^^^" in r)
    assert width(shown_line[: shown_line.index("gold")]) == under.index("^")
    assert all(width(r) <= 80 for r in rows)


def test_a_place_at_the_end_of_the_text() -> None:
    source = Source("a.vspec", "model X")
    found = Diagnostic("VS0506", Span("a.vspec", 7, 7), {"path": "a.vspec"})
    assert "^" in render(diagnostics([found], {"a.vspec": source}, Look(80)), Look(80))


def test_a_place_over_several_lines() -> None:
    source = Source("a.vspec", "model X {\n  state a : nat\n}\n")
    found = Diagnostic("VS0506", Span("a.vspec", 0, 24), {"path": "a.vspec"})
    assert "^^^^^^^^^" in render(diagnostics([found], {"a.vspec": source}, Look(80)), Look(80))


def test_values_can_not_take_over_the_terminal() -> None:
    found = Diagnostic("VS0501", None, {"path": "a\x1b[2J", "suggestion": ""})
    assert "\x1b" not in render(diagnostics([found], {}, Look(80)), Look(80))
