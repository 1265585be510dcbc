"""`verify-spec new`."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show
from verifier.session.new import start


def run(options: argparse.Namespace) -> int:
    """Start a project."""
    done = start(options.folder)
    if done.diagnostics:
        from verifier.cli.arguments import refuse

        return refuse(done.diagnostics)
    from verifier.report.new import started

    look = look_of(sys.stdout)
    show(started(done, look), look=look)
    return 0
