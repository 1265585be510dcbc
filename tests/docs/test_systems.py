"""The page of systems is fresh, no row has lost its verdict, and every model has its page of prose."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import systems

ROWS, TERMS = systems.read()


def test_the_page_is_fresh() -> None:
    text = (systems.ROOT / "docs" / "systems.md").read_text(encoding="utf-8")
    assert text == systems.systems(), "run `python -m docs.generate`"


def test_every_row_is_there_once() -> None:
    assert [row["number"] for row in ROWS] == list(range(1, 53))
    assert len({term["name"] for term in TERMS}) == len(TERMS) == 50


@pytest.mark.parametrize("entry", [*ROWS, *TERMS], ids=lambda e: str(e.get("number", e.get("name"))))
def test_a_row_has_verdicts_or_says_what_it_waits_for(entry: systems.Entry) -> None:
    """A property that is not there any more is a KeyError here."""
    found = systems.promises(entry)
    waits = [m for m in entry["models"] if m in systems.LATER]
    assert found or waits or entry.get("apart"), "nothing states it, and no reason is given"
    lost = [p.id for p in found if not p.verdict or (p.verdict == "proved" and p.level != "L3")]
    assert not lost, "without a verdict, or without a certificate"
    known = {path: number for number, paths in systems.MODELS.items() for path in paths}
    strange = {m for m in entry["models"] if m not in systems.LATER and m not in known.values()}
    assert not strange, "no such model in the catalogue"


def test_every_proof_of_the_library_has_a_certificate() -> None:
    assert [p.id for p in systems.library().values() if p.verdict == "proved" and p.level != "L3"] == []
    assert [p.id for p in systems.library().values() if not p.verdict] == []


@pytest.mark.parametrize("path", systems.paths())
def test_every_model_has_a_page_of_prose(path: str) -> None:
    page = systems.ROOT / "models" / f"{path}.md"
    assert page.exists(), "a model says what it is, what it leaves out, and where its formulas are from"
    text = page.read_text(encoding="utf-8")
    for heading in ("## How it works", "## What is left out", "## What it promises", "## Sources"):
        assert heading in text, f"{Path(page).name} has no section `{heading}`"
