"""Where a text that is no TOML goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source
from verifier.session.toml import parsed, read_tables


@pytest.mark.parametrize(
    ("text", "problem", "before"),
    [
        ("a = 1\nb = 5%\nc = 2\n", "expected newline or end of document after a statement", "a = 1\nb = 5"),
        ("a = 1\r\nb = 5%\r\n", "expected newline or end of document after a statement", "a = 1\r\nb = 5"),
        ("a = 1\nb = \nc = 2\n", "invalid value", "a = 1\nb = "),
        ("a = 1\r\nb = \r\nc = 2\r\n", "invalid value", "a = 1\r\nb = "),
        ("a = [1,\n  2\n", "unclosed array", "a = [1,\n  2"),
        ("[gate\n", "expected ']' at the end of a table declaration", "[gate"),
        ("a = " + "[" * 5000, "it is nested too deeply", ""),
        ("a = 1 \u00e4\n", "expected newline or end of document after a statement", "a = 1 "),
        ("a = 1\na = 2\n", "cannot overwrite a value", "a = 1\na = 2"),
    ],
)
def test_the_character_is_pointed_at(text: str, problem: str, before: str) -> None:
    found = parsed(Source("x.toml", text), "VS0551")
    assert isinstance(found, Diagnostic)
    assert found.span is not None
    assert (found.code, found.values["problem"], text[: found.span.start]) == ("VS0551", problem, before)
    _, beside = read_tables(Source("x.toml", text))
    assert [(d.code, d.span, d.values) for d in beside] == [("VS0510", found.span, found.values)]


@pytest.fixture
def few_digits() -> Iterator[None]:
    """Python's own limit on the digits of a number, which the commands lift."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(4300)
    yield
    sys.set_int_max_str_digits(before)


@pytest.mark.usefixtures("few_digits")
def test_a_number_that_python_will_not_read_has_no_place() -> None:
    found = parsed(Source("x.toml", "a = 1\nb = " + "1" * 5000), "VS0510")
    assert isinstance(found, Diagnostic)
    assert found.span is not None
    assert found.span.start == 0


def test_decimals() -> None:
    assert parsed(Source("x.toml", "a = 1.5"), "VS0551") == {"a": 1.5}
    assert parsed(Source("x.toml", "a = 1.50"), "VS0551", str) == {"a": "1.50"}
