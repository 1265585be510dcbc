"""The gate for people: each failure with its story, what is accepted, the diff of the baseline, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.report.diagnostic import diagnostics
from verifier.report.story import story
from verifier.report.terminal import seconds
from verifier.report.text import BLANK, Line, Look, Piece, Role, indented, line, plain_text, width
from verifier.report.words import count, summary
from verifier.session.gate.finding import BaselineChange, GateFinding, GateReport
from verifier.session.run import Run

_TOLD = frozenset(("violated", "not-violated", "unknown", "bounded", "vacuous"))
_DIFF_LIMIT = 40
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_ROLES: dict[str, Role] = {"added": "good", "removed": "bad", "changed": "warn"}
UPDATE = "verify-spec gate --update-baseline"


def report(gate: GateReport, look: Look) -> list[Line]:
    """The whole report."""
    run = gate.run
    if run.diagnostics:
        return diagnostics(run.diagnostics, run.sources, look)
    out: list[Line] = []
    told = {f.id for f in gate.refused if f.rule in _TOLD}
    for result in run.results:
        if result.id in told and not result.ok:
            out.extend((*story(result, run, look), BLANK))
    refused, accepted = gate.refused, [f for f in gate.findings if f.accepted]
    out.extend(_findings("Refused", refused, run, look))
    out.extend(_findings("Accepted for a while", accepted, run, look))
    out.extend(_diff(gate, look))
    out.extend(_sum(gate, look))
    return out


def _findings(title: str, found: Sequence[GateFinding], run: Run, look: Look) -> Iterator[Line]:
    if not found:
        return
    yield line(Piece(title, "strong"))
    yield BLANK
    for finding in found:
        yield from _finding(finding, run, look)
    yield BLANK


def _finding(finding: GateFinding, run: Run, look: Look) -> Iterator[Line]:
    sign = Piece(look.glyphs.open, "warn") if finding.accepted else Piece(look.glyphs.bad, "bad")
    place = _place(finding, run)
    head = plain_text(finding.id)
    first, *rest = indented(head, "    ", look.width, "strong")
    yield line("  ", sign, " ", *first[1:])
    yield from rest
    yield from indented(f"{finding.rule}: {plain_text(finding.message)}", "      ", look.width)
    if finding.accepted and finding.expires is not None:
        until = f"Accepted until {finding.expires.isoformat()}: {plain_text(finding.reason)}"
        yield from indented(until, "      ", look.width, "faint")
    if place:
        yield from indented(place, "      ", look.width, "place")


def _place(finding: GateFinding, run: Run) -> str:
    """`spec/lending/pool.vspec:41`; empty where the text is not known."""
    source = run.sources.get(finding.place.path) if finding.place is not None else None
    if finding.place is None or source is None:
        return ""
    return f"{plain_text(source.path)}:{source.position(finding.place.start).line}"


def _diff(gate: GateReport, look: Look) -> Iterator[Line]:
    """What would change in the baseline, or has just been changed. Of a first one nothing is told: all of it is new."""
    diff = () if gate.first else gate.baseline_diff
    if gate.updated:
        changed = f"{count(len(gate.baseline_diff), 'line')} {'written' if gate.first else 'changed'}"
        words = f"{gate.baseline}: {changed}." if gate.baseline_diff else f"{gate.baseline} is as it was."
        yield from indented(plain_text(words), "", look.width, "strong")
    elif diff:
        yield line(Piece("Against the baseline", "strong"), Piece(f"  {plain_text(gate.baseline)}", "faint"))
    if diff:
        yield BLANK
        ordered = sorted(diff, key=lambda change: change.kind == "added")  # what is lost comes first
        for change in ordered[:_DIFF_LIMIT]:
            yield from _change(change, look)
        if len(diff) > _DIFF_LIMIT:
            yield from indented(f"… and {len(diff) - _DIFF_LIMIT} more lines", "  ", look.width, "faint")
    if diff or gate.updated:
        yield BLANK


def _change(change: BaselineChange, look: Look) -> Iterator[Line]:
    sign = Piece(_SIGNS[change.kind], _ROLES[change.kind])
    value = f"{plain_text(change.before)} {look.glyphs.arrow} {plain_text(change.after)}".strip()
    if change.kind != "changed":
        value = plain_text(change.after or change.before)
    head = plain_text(change.id)
    if width(head) + width(value) + 8 <= look.width:
        yield line("  ", sign, f" {head}  ", Piece(value, "faint"))
        return
    start, *more = indented(head, "    ", look.width)
    yield line("  ", sign, " ", *start[1:])
    yield from more
    yield from indented(value, "      ", look.width, "faint")


def _sum(gate: GateReport, look: Look) -> Iterator[Line]:
    run, refused = gate.run, gate.refused
    accepted = sum(f.accepted for f in gate.findings)
    if any(f.rule == "no-baseline" for f in refused):
        yield from indented(f"Write the baseline with `{UPDATE}`, and commit it.", "", look.width)
    elif gate.baseline_diff and not gate.updated:
        yield from indented(f"If the changes are wanted: `{UPDATE}`, and commit the file.", "", look.width)
    if refused:
        rules = ", ".join(f"`verify-spec explain {rule}`" for rule in dict.fromkeys(f.rule for f in refused[:3]))
        yield from indented(f"What a rule means: {rules}.", "", look.width, "faint")
    state = f"The gate is shut ({count(len(refused), 'finding')})" if refused else "The gate is open"
    held = f", {accepted} accepted for a while" if accepted else ""
    budget = f", budget {plain_text(gate.budget)}" if gate.budget else ""
    counted = summary(run.results) or "nothing settled"
    words = f"{state}: {counted}{held}. {seconds(run.seconds)}{budget}."
    first, *rest = indented(words, "", look.width)
    head = "The gate is shut" if refused else "The gate is open"
    text = first[1].text
    yield line(Piece(head, "bad" if refused else "good"), text[len(head) :])
    yield from rest
