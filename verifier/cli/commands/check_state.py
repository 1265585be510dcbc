"""`verify-spec check-state`."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show, write
from verifier.session.state import Refused, check_state


def run(options: argparse.Namespace) -> int:
    """Hold the numbers of a running system against the invariants of a spec."""
    found = check_state(options.spec, options.state, tuple(options.property), options.top)
    if isinstance(found, Refused):
        if options.format == "json":
            from verifier.report.state import refusal

            write(refusal(found))
            return 2
        from verifier.report.diagnostic import diagnostics

        look = look_of(sys.stderr)
        show(diagnostics(found.diagnostics, found.sources, look), sys.stderr, look)
        return 2
    if options.format == "json":
        from verifier.report.state import document

        write(document(found))
    else:
        from verifier.report.state import report

        look = look_of(sys.stdout)
        show(report(found, look), sys.stdout, look)
    return found.status
