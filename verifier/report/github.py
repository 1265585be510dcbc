"""A run as the commands that GitHub's runners turn into annotations: one line each, at the place it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.report.cases import Remark, remarks
from verifier.report.places import place
from verifier.report.text import plain_text
from verifier.session.run import Run

if TYPE_CHECKING:
    from verifier.session.gate.finding import GateReport

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def commands(run: Run, gate: GateReport | None = None) -> str:
    """All annotations, the gravest first: GitHub shows the first ten of each kind."""
    return "".join(_annotation(remark, run) for remark in remarks(run, gate))


def _annotation(remark: Remark, run: Run) -> str:
    at = place(remark.span, run.sources)
    given = {"title": remark.title}
    if at is not None and not at.path.startswith("<"):
        where = {"file": at.path, "line": str(at.line), "endLine": str(at.end_line)}
        if at.line == at.end_line:  # columns are for ranges within a line
            where |= {"col": str(at.column), "endColumn": str(at.end_column)}
        given = {**where, **given}
    listed = ",".join(f"{name}={_property(value)}" for name, value in given.items())
    accepted = f" Accepted: {remark.accepted.reason}." if remark.accepted is not None else ""
    severity = "note" if remark.accepted is not None else remark.severity
    again = f"\nAgain: {remark.again}" if remark.again else ""
    return f"::{_COMMANDS[severity]} {listed}::{_data(remark.message + accepted + again)}\n"


def _data(text: str) -> str:
    text = "\n".join(plain_text(line) for line in text.splitlines())
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
