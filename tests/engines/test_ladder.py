"""Each rung of the ladder has a small spec that no rung before it settles."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.engines.strategy import LADDER
from verifier.session.session import Request, check

VERDICTS = Path(__file__).resolve().parent.parent / "corpus" / "verdicts"

CLIMBED = (
    ("counter", "Cap.at_most_three", "induction", "proved"),
    ("counter", "Cap.one_at_a_time", "direct", "proved"),
    ("counter", "Cap.beyond", "unreachable", "violated"),
    ("counter", "Cap.at_most_two", "short search", "violated"),
    ("counter", "DeepSpec.too_deep_to_find", "Spacer", "violated"),
    ("rung_spacer", "TicketsSpec.covered_twice", "Spacer", "proved"),
    ("rung_houdini", "RelaySpec.below_the_cap", "Houdini", "proved"),
    ("rung_equality", "AccrualSpec.never_below_scaled", "equality", "proved"),
    ("rung_template", "MarginSpec.nothing_for_nothing", "template", "proved"),
    ("rung_k_induction", "TurnsSpec.in_turn", "k-induction", "proved"),
    ("rung_k_induction", "DelaySpec.within_the_limit", "one lemma", "proved"),
    ("found_lemmas", "CurveSpec.nothing_to_pay", "one lemma", "proved"),
    ("found_lemmas", "SnapshotsSpec.due_never_falls", "Spacer", "proved"),
)


@pytest.mark.parametrize(("file", "prop", "rung", "verdict"), CLIMBED, ids=lambda x: str(x))
def test_the_rung_that_settles_it(file: str, prop: str, rung: str, verdict: str) -> None:
    path = VERDICTS / f"{file}.vspec"
    spec, _, name = prop.partition(".")
    run = check(Request(paths=(str(path),), properties=(prop,)))
    assert not run.diagnostics
    (result,) = [r for r in run.results if r.system.spec == spec and r.prop.heading.name == name]
    assert (result.verdict.rung, result.verdict.name) == (rung, verdict)


@pytest.mark.parametrize("file", sorted({file for file, *_ in CLIMBED if file.startswith("rung_")}))
def test_found_lemmas_can_be_pasted(file: str, tmp_path: Path) -> None:
    """What is found is printed in the language: stated as lemmas, it is proved by plain induction, and so is the
    property that needed it."""
    text = (VERDICTS / f"{file}.vspec").read_text(encoding="utf-8")
    run = check(Request(paths=(str(VERDICTS / f"{file}.vspec"),)))
    found = {(r.system.spec, lemma) for r in run.results for lemma in r.verdict.lemmas}
    for number, (spec, lemma) in enumerate(sorted(found)):
        head, line, tail = text.partition(f"spec {spec} for ")
        first, end, others = tail.partition("\n")
        text = f"{head}{line}{first}{end}lemma found_{number} : {lemma}\n{others}"
    path = tmp_path / "pasted.vspec"
    path.write_text(text, encoding="utf-8")
    again = check(Request(paths=(str(path),)))
    assert not again.diagnostics
    proved = [r for r in again.results if r.verdict.name == "proved" and r.kind in ("invariant", "lemma")]
    assert all(not r.verdict.lemmas for r in proved)
    assert len([r for r in proved if r.kind == "lemma"]) == len(found)


def test_names_of_rungs_differ() -> None:
    assert len({r.name for r in LADDER}) == len(LADDER)


def test_the_page_on_verdicts_names_every_rung() -> None:
    """In the order in which they are tried; invariants have a name of their own for the first, and what a proof file
    says has a page of its own."""
    page = (VERDICTS.parent.parent.parent / "docs" / "verdicts.md").read_text(encoding="utf-8")
    section = page.partition("## How a property is settled")[2].partition("\n## ")[0]
    named = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert [n for n in named if n != "induction"] == [r.name for r in LADDER if r.name != "proof"]
