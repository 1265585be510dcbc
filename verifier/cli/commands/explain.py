"""`verify-spec explain`."""

from __future__ import annotations

import argparse
import re
import sys

from verifier.cli.output import look_of, show


def run(options: argparse.Namespace) -> int:
    """Explain an error code or a property."""
    name: str = options.name
    return _property(name) if ":" in name else _code(name)


def _code(name: str) -> int:
    from verifier.language.catalogue import codes, entry
    from verifier.language.diagnostics import Diagnostic
    from verifier.report.explanation import error_page

    known = codes()
    code = name.upper()
    if code not in known:
        from difflib import get_close_matches

        from verifier.cli.arguments import refuse

        close = get_close_matches(code, known, n=1) if re.fullmatch(r"[A-Z]{1,3}[0-9]+", code) else []
        suggestion = f"Did you mean `{close[0]}`? " if close else ""
        return refuse((Diagnostic("VS0522", None, {"name": name, "suggestion": suggestion}),))
    show(error_page(entry(code), look_of(sys.stdout)))
    return 0


def _property(name: str) -> int:
    from verifier.report.explanation import property_page
    from verifier.session.lookup import Found, NotFound, find_property

    match find_property(name):
        case NotFound(diagnostics, sources):
            from verifier.report.diagnostic import diagnostics as shown

            show(shown(diagnostics, sources, look_of(sys.stderr)), sys.stderr)
            return 2
        case Found(system, prop, sources):
            assert prop is not None
            show(property_page(system, prop, sources.get(prop.heading.span.path), look_of(sys.stdout)))
            return 0
