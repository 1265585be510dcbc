"""Every error code has its words, and an example that is alive."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import verifier.language
from verifier.language.catalogue import codes, entry
from verifier.language.check import check_program
from verifier.language.diagnostics import Diagnostic
from verifier.language.parser import parse
from verifier.language.source import Source

LIVE = [code for code in codes() if code < "VS05" and entry(code).kind == "text"]


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text, up to names and types."""
    source = Source("example.vspec", text)
    file, problems = parse(source)
    return problems if file is None else check_program([(source, file)], source.path)[1]


def parsed(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with the syntax of a text."""
    return parse(Source("example.vspec", text))[1]


@pytest.mark.parametrize("code", codes())
def test_an_entry_is_complete(code: str) -> None:
    about = entry(code)
    assert about.title
    assert about.message
    assert about.explanation
    assert about.example


@pytest.mark.parametrize("code", LIVE)
def test_the_example_raises_this_error_and_no_other(code: str) -> None:
    assert {d.code for d in diagnostics(entry(code).example)} == {code}


@pytest.mark.parametrize("code", LIVE)
def test_the_mended_example_is_free_of_errors(code: str) -> None:
    # Of a syntax error only the syntax is mended: the examples are fragments of models.
    look = parsed if code < "VS02" else diagnostics
    assert look(entry(code).instead) == ()


@pytest.mark.parametrize("code", LIVE)
def test_the_words_have_all_their_values(code: str) -> None:
    about = entry(code)
    templates = (about.message, about.help, *about.labels.values())
    fields = {name for t in templates for _, name, _, _ in string.Formatter().parse(t) if name}
    for found in diagnostics(about.example):
        assert fields <= set(found.values)
        assert {role for role, _ in found.others} <= set(about.labels)
        assert found.span is None or "primary" in about.labels


def test_every_code_that_is_raised_has_an_entry() -> None:
    folder = Path(verifier.language.__file__).parent
    raised = {
        code
        for path in folder.rglob("*.py")
        if path.parent.name != "catalogue"
        for code in re.findall(r'"(VS\d{4})"', path.read_text(encoding="utf-8"))
    }
    assert raised <= set(codes())
