"""`verify-spec explain`."""

from __future__ import annotations

import argparse
import re
import sys

from verifier.cli.output import look_of, show, write


def run(options: argparse.Namespace) -> int:
    """Explain an error code, a property, or anything else that a report names."""
    name: str = options.name
    if ":" in name:
        return _property(name, options)
    word = name.removeprefix("notice/")
    if _word(word, options.format):
        return 0
    return _code(name, options.format)


def _word(name: str, form: str) -> bool:
    """A rule of the gate, a notice, or a level of trust; False if it is none of them."""
    from verifier.report import meant
    from verifier.report.cases import RULES
    from verifier.report.json import dump
    from verifier.report.words import LEVELS

    look = look_of(sys.stdout)
    if name in RULES:
        page, entry = meant.rule_page(name, look), meant.rule_entry
    elif name in meant.NOTICES:
        page, entry = meant.notice_page(name, look), meant.notice_entry
    elif name.upper() in LEVELS:
        name = name.upper()
        page, entry = meant.level_page(name, look), meant.level_entry
    else:
        return False
    if form == "json":
        write(dump(entry(name)))
    else:
        show(page, look=look)
    return True


def _code(name: str, form: str) -> int:
    from verifier.language.catalogue import codes, entry
    from verifier.report.explanation import error_entry, error_page

    code = name.upper()
    if code not in codes():
        return _market(name, form)
    if form == "json":
        from verifier.report.json import dump

        write(dump(error_entry(entry(code))))
        return 0
    show(error_page(entry(code), look_of(sys.stdout)))
    return 0


def _market(name: str, form: str) -> int:
    """A profile; or nothing that is known."""
    from verifier.language.catalogue import codes
    from verifier.language.diagnostics import Diagnostic
    from verifier.report.cases import RULES
    from verifier.session.meant import find_market

    coded = re.fullmatch(r"[A-Za-z]{1,3}[0-9]+", name)
    market = find_market(name) if not coded else None
    if market is None:
        from difflib import get_close_matches

        from verifier.cli.arguments import refuse

        close = (
            get_close_matches(name.upper(), codes(), n=1) if coded else get_close_matches(name, RULES, n=1, cutoff=0.75)
        )
        suggestion = f"Did you mean `{close[0]}`? " if close else ""
        return refuse((Diagnostic("VS0522", None, {"name": name, "suggestion": suggestion}),))
    from verifier.report.json import dump
    from verifier.report.meant import market_entry, market_page

    if form == "json":
        write(dump(market_entry(market)))
    else:
        show(market_page(market, look_of(sys.stdout)))
    return 0


def _part(name: str, form: str) -> int | None:
    """An assumption, an action or a spec; None if it is none of them."""
    from verifier.report.json import dump
    from verifier.report.meant import part_entry, part_page
    from verifier.session.lookup import NotFound
    from verifier.session.meant import find_part

    found = find_part(name)
    match found:
        case NotFound(diagnostics, sources):
            if any(d.code == "VS0522" for d in diagnostics):
                return None
            from verifier.report.diagnostic import diagnostics as shown

            show(shown(diagnostics, sources, look_of(sys.stderr)), sys.stderr)
            return 2
        case _ if form == "json":
            write(dump(part_entry(found)))
            return 0
        case _:
            show(part_page(found, look_of(sys.stdout)))
            return 0


def _property(name: str, options: argparse.Namespace) -> int:
    from verifier.cli.progress import ProgressLine
    from verifier.session.explained import Explained, explain
    from verifier.session.lookup import NotFound

    with ProgressLine() as progress:
        found = explain(name, progress, arithmetic=options.arithmetic, cache=not options.no_cache)
    match found:
        case NotFound(diagnostics, sources):
            other = _part(name, options.format) if any(d.code == "VS0522" for d in diagnostics) else None
            if other is not None:
                return other
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
