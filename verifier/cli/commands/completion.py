"""`verify-spec completion`."""

from __future__ import annotations

import argparse

from verifier.cli.arguments import parsers
from verifier.cli.completion import script, verbs
from verifier.cli.output import write


def run(options: argparse.Namespace) -> int:
    """Write a completion script."""
    from verifier.language.catalogue import codes
    from verifier.session.gate.finding import RULES
    from verifier.session.library import builtin

    root = builtin()
    specs = sorted((root / "spec").rglob("*.vspec")) if root is not None else []
    names = [p.relative_to(root / "spec").with_suffix("").as_posix() for p in specs] if root is not None else []
    words = {"PATH": names, "MODEL": names, "SPEC": names, "NAME": (*codes(), *RULES)}
    write(script(options.shell, verbs(parsers(), words)))
    return 0
