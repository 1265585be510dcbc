"""`verify-spec gate`."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from importlib.util import find_spec

from verifier.cli.output import look_of, show, write
from verifier.cli.outputs import chosen, deliver, quoted, refused
from verifier.cli.progress import ProgressLine
from verifier.session.gate.finding import GateReport
from verifier.session.gate.gate import GateRequest, gate


def run(options: argparse.Namespace) -> int:
    """Judge the project, and report it."""
    outputs = chosen(options)
    if refused(outputs, options.format):
        return 2
    request = GateRequest(
        options.config,
        options.budget,
        options.update_baseline,
        cache=not options.no_cache,
        second=find_spec("cvc5") is not None,
    )
    today = datetime.now().astimezone().date()
    with ProgressLine() as progress:
        found = gate(request, today, progress)
    with quoted(outputs, options.format):
        _tell(found, options.format, aside=bool(outputs.to_stdout))
    return deliver(outputs, found.run, found, options.format) or found.status


def _tell(found: GateReport, form: str, *, aside: bool) -> None:
    if form == "json":
        from verifier.report import json

        write(json.report(found.run, found))
        return
    from verifier.report.gate import report

    stream = sys.stderr if aside or found.run.diagnostics else sys.stdout
    look = look_of(stream)
    show(report(found, look), stream, look)
