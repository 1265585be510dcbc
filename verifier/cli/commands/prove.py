"""`verify-spec prove`."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show
from verifier.cli.progress import ProgressLine
from verifier.session.progress import Progress


def run(options: argparse.Namespace) -> int:
    """Write files of proofs."""
    from verifier.report.proofs import proved
    from verifier.session.proving import prove

    with ProgressLine() as progress:
        done = prove(
            tuple(options.paths),
            lambda spec, phase: progress(Progress(spec, "", phase, 0, 1)),
            cache=not options.no_cache,
        )
    stream = sys.stdout if done.files else sys.stderr
    look = look_of(stream)
    show(proved(done, look), stream, look)
    return 2 if done.diagnostics else 0
