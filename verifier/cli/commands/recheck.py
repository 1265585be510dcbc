"""`verify-spec recheck`. Needs no solver."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show, write


def run(options: argparse.Namespace) -> int:
    """Judge files of proofs."""
    from verifier.report.proofs_rechecked import rechecked, rechecked_json
    from verifier.session.recheck import recheck

    found = recheck(tuple(options.paths))
    if options.format == "json":
        write(rechecked_json(found))
        return found.status
    stream = sys.stderr if found.diagnostics else sys.stdout
    look = look_of(stream)
    show(rechecked(found, look), stream, look)
    return found.status
