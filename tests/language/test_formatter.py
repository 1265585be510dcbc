"""The formatter: it changes no meaning, loses no comment, and has nothing to do the second time."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.language.strategies import files
from verifier.language.formatter import format_file
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.language.syntax import File

ROOT = Path(__file__).parents[2]
LIBRARY = sorted([*ROOT.glob("models/**/*.vspec"), *ROOT.glob("spec/**/*.vspec")])


def parsed(text: str) -> File:
    file, problems = parse(Source("x.vspec", text))
    assert file is not None, (problems, text)
    return file


def formatted(text: str) -> str:
    return format_file(parsed(text), Source("x.vspec", text))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_what_is_printed_is_read_back(file: File) -> None:
    text = format_file(file, Source("", ""))
    assert parsed(text) == file
    assert formatted(text) == text


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(files(), st.randoms(use_true_random=False))
def test_comments_anywhere_survive(file: File, dice: random.Random) -> None:
    text = with_comments(format_file(file, Source("", "")), dice)
    again = formatted(text)
    assert parsed(again) == parsed(text)
    assert comments(again) == comments(text)
    assert formatted(again) == again


def with_comments(text: str, dice: random.Random) -> str:
    """Comments, line breaks and empty lines between some of the words."""
    out = []
    for number, word in enumerate(
        re.findall(r"///[^\n]*\n|[0-9]\S* bps|leads to|import \S+|\s+|[A-Za-z_0-9.]+|\S", text)
    ):
        out.append(word)
        chance = dice.random()
        if word.isspace() and chance < 0.15:
            out.append(
                dice.choice(
                    [f" // note {number}\n", f"\n// note {number} {{\n", "\n", "\n\n\n", f"\n\n  // note {number}\n\n"]
                )
            )
    return "".join(out)


def comments(text: str) -> list[str]:
    return sorted(comment.text for comment in parsed(text).comments)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_library_survives(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    again = formatted(text)
    assert parsed(again) == parsed(text)
    assert comments(again) == comments(text)
    assert formatted(again) == again


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("model  M unit A,B sort S of 3", "model M\n\nunit A, B\nsort S of 3\n", id="one line"),
        pytest.param(
            "model M\nstate a:nat\nstate longer:real[USD/ETH]\n\nstate b:nat",
            "model M\n\nstate a      : nat\nstate longer : real[USD/ETH]\n\nstate b : nat\n",
            id="names are aligned up to an empty line",
        ),
        pytest.param(
            "model M\ndef f = ((a) + (b * c)) * (d)\ndef g=(a and b) or c",
            "model M\n\ndef f = (a + b * c) * d\ndef g = (a and b) or c\n",
            id="parentheses",
        ),
        pytest.param(
            "model M\naction f(){x:=1 y+=2\n}\naction g() { x := 1  y := 2 }",
            "model M\n\naction f() {\n  x := 1\n  y += 2\n}\n\naction g() { x := 1  y := 2 }\n",
            id="a block on one line stays there",
        ),
        pytest.param(
            "model M\naction f() {\n  if a { x := 1 } else if b { x := 2\n} else {\n x := 3 } // last\n}",
            "model M\n\naction f() {\n  if a { x := 1 } else if b {\n    x := 2\n  } else {\n    x := 3\n"
            f"{'  }':49}// last\n}}\n",
            id="else",
        ),
        pytest.param(
            "model M\nsort A // one\nsort Bcd // two\n",
            f"model M\n\n{'sort A':49}// one\n{'sort Bcd':49}// two\n",
            id="comments are aligned",
        ),
        pytest.param(
            "model M\ndef f =\n  a // one\n  + b // two\n",
            "model M\n\ndef f =\n  a // one\n  + b" + " " * 44 + "// two\n",
            id="what has comments inside stays as it was written",
        ),
        pytest.param(
            "spec S for M\ninvariant a : x > 0    expect\nviolated",
            "spec S for M\n\ninvariant a : x > 0 expect violated\n",
            id="expect violated",
        ),
        pytest.param(
            "model B extends A { action f() { } }",
            "model B extends A {\n  action f() {}\n}\n",
            id="a variant has braces",
        ),
        pytest.param("model A { sort B }", "model A\n\nsort B\n", id="a model has none"),
        pytest.param("", "", id="empty"),
        pytest.param("// only this", "// only this\n", id="only a comment"),
    ],
)
def test_layout(before: str, after: str) -> None:
    assert formatted(before) == after


def test_long_lines_are_broken() -> None:
    text = "spec S for M\n\ninvariant solvent :\n  " + " and ".join(
        f"debt_{i} <= value_{i} * threshold" for i in range(9)
    )
    lines = formatted(text).splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[3].startswith("  debt_0")
    assert lines[4].startswith("  and debt_1")


def test_documentation_keeps_its_place() -> None:
    text = "// about the file\n\n/// A pool.\n/// Two lines.\nmodel Pool\n\n/// What it holds.\nstate cash : nat\n"
    assert formatted(text) == text


def test_line_ends_of_windows() -> None:
    assert formatted("model M\r\n\r\nsort A // a\r\n") == f"model M\n\n{'sort A':49}// a\n"
