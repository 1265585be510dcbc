"""`verify-spec check`."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from verifier.cli.output import look_of, show, write
from verifier.cli.outputs import chosen, deliver, quoted, refused
from verifier.cli.progress import ProgressLine
from verifier.session.run import Run
from verifier.session.session import Request, check


def run(options: argparse.Namespace) -> int:
    """Settle what is asked for, and report it."""
    request = Request(
        tuple(options.paths),
        tuple(options.property),
        tuple(options.profile),
        options.depth,
        cache=not options.no_cache,
        proofs=not options.no_proofs,
        second=options.second_solver,
    )
    if request.second and find_spec("cvc5") is None:
        from verifier.cli.arguments import refuse
        from verifier.language.diagnostics import Diagnostic

        return refuse((Diagnostic("VS0527", None, {}),))
    outputs = chosen(options)
    if refused(outputs, options.format):
        return 2
    with ProgressLine() as progress:
        found = check(request, progress)
    aside = bool(outputs.to_stdout)
    with quoted(outputs, options.format):
        status = tell(found, options.format, stories=options.stories or bool(options.property), aside=aside)
    return deliver(outputs, found, None, options.format) or status


def tell(found: Run, form: str, *, stories: bool, aside: bool = False) -> int:
    """Report a run in the form asked for. Returns its exit status.

    In the terminal's form, mistakes in the input go to standard error; so does everything with `aside`, where standard
    output is for a report to a file.
    """
    if form == "json":
        from verifier.report import json

        write(json.report(found))
        return found.status
    if found.diagnostics:
        from verifier.report.diagnostic import diagnostics

        look = look_of(sys.stderr)
        show(diagnostics(found.diagnostics, found.sources, look), sys.stderr, look)
        return found.status
    from verifier.report.terminal import Detail, report

    stream = sys.stderr if aside else sys.stdout
    look = look_of(stream)
    show(report(found, look, Detail(expected=stories)), stream, look)
    return found.status
