"""What is worth a look: said where it is so, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.report.examples import system
from verifier.engines.finding import Finding
from verifier.engines.strategy import Options, settled
from verifier.session.session import prepare

CORPUS = Path(__file__).parent.parent / "corpus" / "verdicts"
_MARK = re.compile(r"worth a look \((\w+)\)\s*$")


def findings(text: str) -> tuple[Finding, ...]:
    return settled(system(text), Options(look=True), lambda _: None).findings


@pytest.mark.parametrize("name", ["worth_a_look", "not_needed"])
def test_exactly_what_the_corpus_marks(name: str) -> None:
    path = CORPUS / f"{name}.vspec"
    text = path.read_text(encoding="utf-8")
    expected = {
        (number, match[1])
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.startswith("//") and (match := _MARK.search(line))
    }
    prepared = prepare((str(path),))
    assert not prepared.diagnostics
    sources = prepared.loaded.sources
    found = {
        (sources[f.span.path].position(f.span.start).line, f.kind)
        for _, _, of in prepared.systems
        if of.spec
        for f in settled(of, Options(look=True), lambda _: None).findings
    }
    assert found == expected


IDLE = """\
model Idle
param p : real
state x : real
init { x := 0 }
action one() { require x > p and x < p  x := 1 }
action two() { require x > 2 and p == 0  x := 1 }
spec S for Idle
invariant still : x == 0
step no_step : x == old(x) + 1
"""


def test_nothing_can_happen() -> None:
    out = settled(system(IDLE), Options(look=True), lambda _: None)
    assert [v.name for v in out.verdicts if v] == ["vacuous", "vacuous"]
    assert {f.about for f in out.findings if f.kind == "never_runs"} == {"one", "two"}
    again = settled(system(IDLE), Options(only=frozenset({"still"})), lambda _: None)
    assert [v.name for v in again.verdicts if v] == ["vacuous"]


def test_something_can_happen() -> None:
    moving = IDLE.replace("require x > 2 and p == 0", "require x < 2 and p == 0").replace(
        "x := 1 }\nspec", "x := 0 }\nspec"
    )
    out = settled(system(moving), Options(look=True), lambda _: None)
    assert [v.name for v in out.verdicts if v] == ["proved", "violated"]


def test_relies_that_forbid_an_action_are_named() -> None:
    text = "model M\nstate x : real\ninit { x := 0 }\naction go() { x := 1 }\nenvironment action fall(y: real) { require y > 1  x := y }\n"
    spec = (
        "spec S for M\nrely calm : fall(y) requires y < 0\nrely mild : fall(y) requires y < 5\ninvariant i : x <= 1\n"
    )
    (found,) = (f for f in findings(text + spec) if f.kind == "never_runs")
    assert (found.about, found.relies) == ("fall", ("calm", "mild"))
    runs = findings(text + spec.replace("y < 0", "y < 4").replace("x <= 1", "x <= 4"))
    assert not any(f.kind == "never_runs" for f in runs)
