"""Runs of every kind that a report has to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.report.examples import SOURCE, example, run_of, system, verdicts
from verifier.engines.finding import Finding
from verifier.engines.verdict import Verdict
from verifier.language.check import check_program
from verifier.language.diagnostics import Diagnostic
from verifier.language.parser import parse
from verifier.language.source import Source, Span
from verifier.session.gate.finding import BaselineChange, GateFinding, GateReport
from verifier.session.incidents import Incident
from verifier.session.run import Notice, Run

HOSTILE = '<script>alert(1)</script> | `x` ``` @someone #12 \x1b[2J\x00 ]]> & "quoted" ::error:: %0A\n# head'


def clean() -> Run:
    """Everything came out as demanded."""
    of = system()
    given = verdicts(of)
    return run_of(of, given, "books", "somebody_owes", "attack", "another_day")


def vacuous() -> Run:
    """A promise about nothing, and a violation that was expected and is not there."""
    of = system()
    given = {"books": Verdict("vacuous", "induction"), "attack": Verdict("proved", "induction", "L3")}
    return run_of(of, given)


def mistaken() -> Run:
    """A mistake in the text, and one without a place."""
    source = Source("spec/b.vspec", "model B\nstate n : nat\ninit { n := true }\n")
    file, problems = parse(source)
    assert file is not None
    _, found = check_program([(source, file)], source.path)
    assert found
    missing = Diagnostic("VS0501", None, {"path": "spec/c.vspec", "suggestion": ""})
    return Run((), (*problems, *found, missing), {source.path: source}, {"verify-spec": "0.0.0"}, 0.1, 0.0)


def unmet() -> Run:
    """A profile that breaks an assumption."""
    run = clean()
    values = {
        "profile": "a-market", "kind": "the assumption", "assumption": "room", "spec": "PoolSafety", "numbers": "1 <= 0",
    }  # fmt: skip
    at = SOURCE.text.index("assume room")
    found = Diagnostic("VS0518", Span(SOURCE.path, at, at + 6), values)
    return replace(run, unmet=(found,), profiles=("a-market",))


def noticed() -> Run:
    """Something that is worth a look."""
    run = clean()
    of = run.results[0].system
    at = of.action("borrow").span
    return replace(run, notices=(Notice(of, Finding("never_runs", "action", "borrow", at)),))


def resembling() -> Run:
    """A violation that resembles something that happened."""
    run = example()
    of = run.results[0].system
    known = Incident("Example Finance", date(2024, 2, 29), "1 USD", "Somebody took it.", "a blog")
    return replace(run, incidents={(of.path, of.spec, "covered"): known})


def hostile() -> Run:
    """A spec whose words are chosen to break reports."""
    run = example()
    results = []
    for result in run.results:
        heading = replace(result.prop.heading, doc=HOSTILE)
        verdict = replace(result.verdict, notes=(HOSTILE,), advice=(HOSTILE,), lemmas=(HOSTILE,))
        results.append(replace(result, prop=replace(result.prop, heading=heading), verdict=verdict, profile=HOSTILE))
    return replace(run, results=tuple(results))


def gate() -> GateReport:
    """A gate with something refused, something accepted, and something that is about no promise."""
    run = example()
    about = {r.prop.heading.name: r.id for r in run.results}
    place = run.results[0].prop.heading.span
    findings = (
        GateFinding("violated", about["covered"], "It is violated.", place=place),
        GateFinding("bounded", about["can_borrow"], "It is bounded.", True, "known, issue 12", date(2027, 1, 31)),
        GateFinding("new-assumption", "spec/pool.vspec:PoolSafety.gentle", "It is not in the baseline.", place=place),
        GateFinding("no-baseline", "", "There is no baseline. Type `verify-spec gate --update-baseline`."),
        GateFinding("acceptance-expired", about["books"], "It expired on 2026-01-01.", True, "kept", date(2026, 1, 1)),
    )
    diff = (
        BaselineChange("added", about["covered"], "", "violated"),
        BaselineChange("removed", "gone", "proved L3", ""),
        BaselineChange("changed", about["books"], "proved L3", "proved L0"),
    )
    return GateReport(run, findings, diff, "proofs/baseline.toml", "pull-request")


RUNS = {
    "example": example, "clean": clean, "vacuous": vacuous, "mistaken": mistaken, "unmet": unmet, "noticed": noticed,
    "resembling": resembling, "hostile": hostile,
}  # fmt: skip
