"""Runs to make pages of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.report.examples import SOURCE, example
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span
from verifier.session.gate.finding import BaselineChange, GateFinding, GateReport
from verifier.session.incidents import Incident
from verifier.session.run import Run

PATH = "spec/pool.vspec"
INCIDENT = Incident(
    "Black Thursday",
    date(2020, 3, 12),
    "8.3 million USD",
    "The price fell by `half` in a day, and bids of nothing won the auctions.",
    "https://example.org/black-thursday?a=1&b=2",
)
UNMET = Diagnostic(
    "VS0518",
    Span(PATH, SOURCE.text.index("ltv :"), SOURCE.text.index("ltv :") + 3),
    {
        "profile": "a-market", "spec": "PoolSafety", "kind": "the assumption", "assumption": "room",
        "text": "ltv <= 1 - max_drop", "numbers": "1.02 <= 1",
    },
    (("assumption", Span(PATH, SOURCE.text.index("assume room"), SOURCE.text.index("assume room") + 11)),),
)  # fmt: skip


def everything() -> Run:
    """One verdict of each kind, with an incident and an unmet assumption."""
    return replace(
        example(),
        unmet=(UNMET,),
        incidents={(PATH, "PoolSafety", "covered"): INCIDENT},
        profiles=("a-market", "b-market"),
    )


def gated(*names: str) -> GateReport:
    """What a gate says of it, or of the properties that are named."""
    run = everything()
    if names:
        run = replace(run, results=tuple(r for r in run.results if r.prop.heading.name in names))
    span = run.results[0].prop.heading.span
    findings = (
        GateFinding("violated", f"{PATH}:PoolSafety.covered", "`covered` is violated.", place=span),
        GateFinding(
            "bounded", f"{PATH}:PoolSafety.can_borrow", "It is only bounded.", accepted=True,
            reason="Waits for the new model", expires=date(2027, 1, 31),
        ),
    )  # fmt: skip
    changes = (
        BaselineChange("changed", f"{PATH}:PoolSafety.books", "proved L3", "proved L0"),
        BaselineChange("removed", f"{PATH}:PoolSafety.gone", "proved L3"),
        BaselineChange("added", f"{PATH}:PoolSafety.attack", "", "violated"),
    )
    return GateReport(run, findings, changes, "proofs/baseline.toml", "pull-request")


def hostile(text: str) -> Run:
    """The same run where everything that a user writes freely is this text, after an `x`."""
    bad = f"x{text}"
    run = everything()
    results = []
    for result in run.results:
        heading = replace(result.prop.heading, doc=bad if result.prop.heading.doc else "", text=bad)
        verdict = replace(
            result.verdict,
            method=bad,
            notes=tuple(bad for _ in result.verdict.notes),
            advice=tuple(bad for _ in result.verdict.advice),
            lemmas=tuple(bad for _ in result.verdict.lemmas),
            stuck=replace(result.verdict.stuck, reason=bad, claim=bad, before=((bad, bad),), after=((bad, "3"),))
            if result.verdict.stuck is not None
            else None,
        )
        system = replace(result.system, doc=bad)
        results.append(replace(result, system=system, prop=replace(result.prop, heading=heading), verdict=verdict))
    span = run.results[0].prop.heading.span
    room = span.end - span.start  # the same length, so that every other place stays where it is
    line = bad.replace("\n", " ")[:room].ljust(room)
    lines = SOURCE.text[: span.start] + line + SOURCE.text[span.end :]
    return replace(
        run,
        results=tuple(results),
        sources={PATH: Source(PATH, lines)},
        versions={"verify-spec": bad},
        profiles=(bad,),
        models_without_spec=(bad,),
        incidents={(PATH, "PoolSafety", "covered"): Incident(bad, date(2020, 3, 12), bad, bad, bad)},
    )
