"""`verify-spec explain`."""

from __future__ import annotations

import argparse
import re
import sys

from verifier.cli.output import look_of, show, write


def run(options: argparse.Namespace) -> int:
    """Explain an error code or a property."""
    name: str = options.name
    return _property(name, options) if ":" in name else _code(name, options.format)


def _code(name: str, form: str) -> int:
    from verifier.language.catalogue import codes, entry
    from verifier.language.diagnostics import Diagnostic
    from verifier.report.explanation import error_entry, error_page

    known = codes()
    code = name.upper()
    if code not in known:
        from difflib import get_close_matches

        from verifier.cli.arguments import refuse

        close = get_close_matches(code, known, n=1) if re.fullmatch(r"[A-Z]{1,3}[0-9]+", code) else []
        suggestion = f"Did you mean `{close[0]}`? " if close else ""
        return refuse((Diagnostic("VS0522", None, {"name": name, "suggestion": suggestion}),))
    if form == "json":
        from verifier.report.json import dump

        write(dump(error_entry(entry(code))))
        return 0
    show(error_page(entry(code), look_of(sys.stdout)))
    return 0


def _property(name: str, options: argparse.Namespace) -> int:
    from verifier.cli.progress import ProgressLine
    from verifier.session.explained import Explained, explain
    from verifier.session.lookup import NotFound

    with ProgressLine() as progress:
        found = explain(name, progress, arithmetic=options.arithmetic, cache=not options.no_cache)
    match found:
        case NotFound(diagnostics, sources):
            from verifier.report.diagnostic import diagnostics as shown

            show(shown(diagnostics, sources, look_of(sys.stderr)), sys.stderr)
            return 2
        case Explained(run, result, account):
            if options.format == "json":
                from verifier.report.explanation import property_entry
                from verifier.report.json import dump

                write(dump(property_entry(result, run, account)))
            else:
                from verifier.report.explanation import explained_page

                show(explained_page(result, run, account, look_of(sys.stdout)))
            return 0
