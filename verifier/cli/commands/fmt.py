"""`verify-spec fmt`."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.output import look_of, show, write
from verifier.session.formatting import format_paths


def run(options: argparse.Namespace) -> int:
    """Format files in place, or tell which would change."""
    formatted = format_paths(tuple(options.paths), write=not options.check)
    if formatted.diagnostics:
        from verifier.report.diagnostic import diagnostics

        show(diagnostics(formatted.diagnostics, formatted.sources, look_of(sys.stderr)), sys.stderr)
    for name in formatted.changed:
        write(f"{'would change' if options.check else 'changed'}: {name}\n")
    if formatted.diagnostics:
        return 2
    total = formatted.total
    files = f"{total} file{'' if total == 1 else 's'}"
    changed = len(formatted.changed)
    verb = "would change" if options.check else "changed"
    write(f"{files}, {changed} {verb}.\n" if changed else f"{files} as they should be.\n")
    return 1 if changed and options.check else 0
