"""`verify-spec watch`. Control-C is the way to end it, so it ends with status 0."""

from __future__ import annotations

import argparse
import sys
import time

from verifier.cli.output import look_of, show, terminal, write
from verifier.cli.progress import ProgressLine
from verifier.session.session import Request
from verifier.session.watch import Turn, Watcher


def run(options: argparse.Namespace) -> int:
    """Check, and check again when a file is saved."""
    watcher = Watcher(Request(tuple(options.paths), tuple(options.property), cache=not options.no_cache))
    try:
        while True:
            with ProgressLine() as progress:
                turn = watcher.look(progress)
            if turn is not None:
                _tell(turn, stories=bool(options.property))
            time.sleep(options.interval / 1000)
    except KeyboardInterrupt:
        write("\r  \nNo longer watching.\n" if terminal(sys.stdout) else "No longer watching.\n")
        return 0


def _tell(turn: Turn, *, stories: bool) -> None:
    from verifier.report.watch import report

    look = look_of(sys.stdout)
    show(report(turn, time.strftime("%H:%M:%S"), look, stories=stories), look=look)
    sys.stdout.flush()
