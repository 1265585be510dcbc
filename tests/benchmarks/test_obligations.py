"""The measured suite: every file has a twin that says what it breaks, and a sample comes out as it should."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.obligations.__main__ import main
from benchmarks.obligations.suite import FOLDER, TWIN, Entry, entries, obligations, settled, system_of
from benchmarks.obligations.tables import PAGE, differences, page, terminal
from verifier.language.formatter import format_file
from verifier.language.parser import parse
from verifier.language.source import Source

ALL = entries()
SAMPLE = (
    Entry("rounding", "mint_redeem"),
    Entry("amm", "constant_product"),
    Entry("liquidation", "improves_health"),
)


def _name(entry: Entry) -> str:
    return f"{entry.section}/{entry.name}"


def test_every_twin_has_its_file() -> None:
    twins = {p for p in FOLDER.rglob("*.vspec") if p.name.endswith(TWIN)}
    assert twins == {e.twin for e in ALL}


@pytest.mark.parametrize("entry", ALL, ids=_name)
def test_a_twin_is_the_same_file_with_a_mistake(entry: Entry) -> None:
    mistake, breaks = entry.mistake()
    system, twin = system_of(entry.path), system_of(entry.twin)
    assert not mistake.endswith("."), "a phrase, without a full stop"
    assert breaks
    assert set(breaks) <= set(obligations(system))
    assert obligations(system) == obligations(twin)
    assert not any(p.heading.expect_violated for p in (*system.properties, *twin.properties))
    assert _promises(entry.path) == _promises(entry.twin), "the mistake is not in what is promised"
    assert entry.path.read_text(encoding="utf-8") not in entry.twin.read_text(encoding="utf-8")


def _promises(path: Path) -> str:
    """The text of the spec without what it assumes."""
    spec = path.read_text(encoding="utf-8").partition("\nspec ")[2]
    return re.sub(r"^(?:assume|rely) .*?(?=^\S|\Z)", "", spec, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("entry", ALL, ids=_name)
def test_files_stand_in_canonical_layout(entry: Entry) -> None:
    for path in (entry.path, entry.twin):
        source = Source(str(path), path.read_text(encoding="utf-8"))
        file, problems = parse(source)
        assert file is not None
        assert not problems
        assert format_file(file, source) == source.text


@pytest.mark.parametrize("entry", SAMPLE, ids=_name)
def test_a_sample_comes_out_as_it_should_whatever_the_seed(entry: Entry) -> None:
    by_seed = {seed: settled(entry, seed) for seed in (0, 7)}
    assert [o for outcomes in by_seed.values() for o in outcomes if not o.ok] == []
    assert any(o.twin is not None for o in by_seed[0])
    assert list(differences(by_seed)) == []


def test_the_tables_name_every_obligation() -> None:
    outcomes = settled(SAMPLE[0])
    text, written = "\n".join(terminal(outcomes)), page(outcomes)
    for outcome in outcomes:
        assert f"mint_redeem.{outcome.name}" in text
        assert f"`mint_redeem.{outcome.name}`" in written
    assert SAMPLE[0].mistake()[0].split()[0] in written


def test_what_is_undecided_or_differs_is_told() -> None:
    outcomes = settled(SAMPLE[0])
    first, *others = outcomes
    worse = (replace(first, verdict="bounded"), *others)
    assert not worse[0].ok
    assert "bounded: rounding/mint_redeem.shares_add_up." in "\n".join(terminal(worse))
    assert list(differences({0: outcomes, 3: worse})) == [
        "rounding/mint_redeem.shares_add_up differs by seed: 0: proved, 3: bounded"
    ]
    missed = next(o for o in outcomes if o.twin is not None)
    assert missed.twin is not None
    assert not replace(missed, twin=replace(missed.twin, verdict="proved")).ok
    assert not replace(missed, twin=replace(missed.twin, replayed=False)).ok


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rounding/mint_redeem", "--seeds", "1-2", "--jobs", "1"]) == 0
    printed = capsys.readouterr().out
    assert "mint_redeem.deposit_then_redeem" in printed
    assert "The verdicts are the same for every seed." in printed
    with pytest.raises(SystemExit):
        main(["no_such_section"])
    assert "nothing in the suite is called no_such_section" in capsys.readouterr().err


def test_the_page_has_every_obligation() -> None:
    written = PAGE.read_text(encoding="utf-8")
    missing = [
        f"{_name(e)}.{name}"
        for e in ALL
        for name in obligations(system_of(e.path))
        if f"| `{e.name}.{name}` |" not in written
    ]
    assert missing == [], "run `python -m benchmarks.obligations --write`"
