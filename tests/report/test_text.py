"""Widths and line breaks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.report.text import Cell, Look, Piece, line, pad, plain_text, render, table, width, wrap

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1)


def test_wide_and_combining_characters() -> None:
    assert width("abc") == 3
    assert width("価格") == 4
    assert width("e\u0301") == 1
    assert pad("価", 4) == "価  "


@given(st.lists(WORDS, max_size=8), st.integers(8, 60))
def test_wrapping_loses_nothing(words: list[str], columns: int) -> None:
    lines = wrap(" ".join(words), columns)
    assert "".join("".join(lines).split(" ")) == "".join(words)
    assert all(width(x) <= columns for x in lines)


def test_long_names_break_after_an_underscore() -> None:
    assert wrap("claims_only_move_by_supply_and_withdraw", 20) == ["claims_only_move_by_", "supply_and_withdraw"]


def test_no_blanks_at_the_end() -> None:
    rows = [[Cell("a"), Cell("")], [Cell("b"), Cell("long")]]
    assert render(table(rows, (3, 6)), Look()) == "  a\n  b    long\n"
    assert render([line(Piece("x  ", "bad"))], Look(colour=True)) == "\x1b[1;31mx\x1b[0m\n"


def test_control_characters_are_shown_as_such() -> None:
    assert plain_text("a\x1b[2Jb") == "a\N{REPLACEMENT CHARACTER}[2Jb"
