"""Errors, unmet assumptions, notices and the gate's findings, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span
from verifier.report.diagnostic import advice, label, message
from verifier.report.html.excerpts import passage, place
from verifier.report.html.views import Change, Excerpt, GateView, Outcome, Remark
from verifier.report.notices import words
from verifier.report.words import count
from verifier.session.gate.finding import BaselineChange, GateFinding, GateReport
from verifier.session.run import Notice, Run


def diagnostic(found: Diagnostic, sources: Mapping[str, Source]) -> Remark:
    """An error, or an assumption that is not met."""
    spans: list[tuple[str, Span]] = [(label(found) or "Here", found.span)] if found.span is not None else []
    spans.extend((label(found, role) or role.replace("_", " ").capitalize(), span) for role, span in found.others)
    shown = tuple(e for what, span in spans if (e := passage(span, sources, what)) is not None)
    return Remark(message(found), advice(found), (), found.code, shown, "bad")


def notices(run: Run) -> Iterator[Remark]:
    """What is worth a look; what several specs share is told once."""
    specs: dict[object, list[str]] = {}
    first: dict[object, Notice] = {}
    for notice in run.notices:
        specs.setdefault(notice.finding, []).append(notice.system.spec)
        first.setdefault(notice.finding, notice)
    for finding, notice in first.items():
        said = words(notice.finding)
        where = place(notice.finding.span, run.sources)
        yield Remark(said.head, said.text, tuple(p for p in (where, *dict.fromkeys(specs[finding])) if p))


def gate_view(report: GateReport, targets: Mapping[str, str]) -> GateView:
    """What the gate says; `targets` gives, by the names of properties, the ids of their parts of the page."""
    refused = report.refused
    accepted = [f for f in report.findings if f.accepted]
    if not report.status:
        outcome, sentence = Outcome("good", "open"), "Nothing keeps the gate shut."
    else:
        outcome, sentence = Outcome("bad", "shut"), f"{count(len(refused), 'finding')} keep the gate shut."
        if len(refused) == 1:
            sentence = "1 finding keeps the gate shut."
        if not refused:
            sentence = "Mistakes in the input keep the gate shut."
    note = f"Budget: {report.budget}." if report.budget else ""
    if report.updated:
        note = f"{note} The baseline was written by this command.".strip()
    return GateView(
        outcome,
        sentence,
        tuple(_finding(f, report.run.sources, targets) for f in refused),
        tuple(_finding(f, report.run.sources, targets) for f in accepted),
        tuple(_change(c) for c in report.baseline_diff),
        note,
        report.baseline,
    )


def accepted_as(name: str, report: GateReport) -> str:
    """Why the gate lets something pass, in a sentence; empty where it does not."""
    found = next((f for f in report.findings if f.accepted and f.id == name), None)
    if found is None:
        return ""
    until = f" until {found.expires.isoformat()}" if found.expires is not None else ""
    return f"The gate accepts it{until}: {found.reason or 'no reason is given'}."


def _finding(found: GateFinding, sources: Mapping[str, Source], targets: Mapping[str, str]) -> Remark:
    excerpt: Excerpt | None = passage(found.place, sources, "Here") if found.place is not None else None
    until = f" Accepted until {found.expires.isoformat()}." if found.accepted and found.expires is not None else ""
    because = f"Accepted because: {found.reason}." if found.accepted and found.reason else ""
    return Remark(
        found.message,
        f"{because.replace('..', '.')}{until}".strip(),
        (found.id,),
        found.rule,
        (excerpt,) if excerpt is not None else (),
        "plain" if found.accepted else "bad",
        targets.get(found.id, ""),
    )


def _change(found: BaselineChange) -> Change:
    match found.kind:
        case "added":
            sign = "+"
        case "removed":
            sign = "-"
        case "changed":
            sign = "~"
        case _:
            assert_never(found.kind)
    return Change(sign, found.kind, found.id, found.before, found.after)


def remarks(found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> tuple[Remark, ...]:
    """Several of them."""
    return tuple(diagnostic(one, sources) for one in found)
