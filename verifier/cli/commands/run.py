"""`verify-spec run`: the scenarios alone. Needs no solver."""

from __future__ import annotations

import argparse

from verifier.cli.commands.check import tell
from verifier.session.session import Request, check


def run(options: argparse.Namespace) -> int:
    """Run the scenarios."""
    found = check(Request(tuple(options.paths), tuple(options.property), scenarios_only=True))
    return tell(found, options.format, stories=bool(options.property))
