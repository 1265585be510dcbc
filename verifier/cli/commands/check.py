"""`verify-spec check`."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING

from verifier.cli.output import look_of, show, write
from verifier.cli.outputs import chosen, deliver, put, quoted, refused

if TYPE_CHECKING:  # what is remembered is printed without any of it
    from verifier.report.outputs import Outputs
    from verifier.report.text import Look
    from verifier.session.remembered import Remembered
    from verifier.session.run import Run


def run(options: argparse.Namespace) -> int:
    """Settle what is asked for, and report it."""
    started = perf_counter()
    if options.second_solver and find_spec("cvc5") is None:
        from verifier.cli.arguments import refuse
        from verifier.language.diagnostics import Diagnostic

        return refuse((Diagnostic("VS0527", None, {}),))
    outputs = chosen(options)
    if refused(outputs, options.format):
        return 2
    before = _remembered(options, outputs)
    if before is not None:
        status = _again(before, options, outputs, started)
        if status is not None:
            return status
    return _anew(options, outputs, before)


def _anew(options: argparse.Namespace, outputs: Outputs, before: Remembered | None) -> int:
    from verifier.cli.progress import ProgressLine
    from verifier.session.session import Request, check

    request = Request(
        tuple(options.paths),
        tuple(options.property),
        tuple(options.profile),
        options.depth,
        cache=not options.no_cache,
        proofs=not options.no_proofs,
        second=options.second_solver,
    )
    with ProgressLine() as progress:
        found = check(request, progress)
    aside = bool(outputs.to_stdout)
    with quoted(outputs, options.format):
        status = tell(found, options.format, stories=_stories(options), aside=aside)
    status = deliver(outputs, found, None, options.format) or status
    if before is not None:
        sys.stdout.flush()
        _keep(before, found, options, outputs)
    return status


# ---------------------------------------------------------------------------------------------- what is remembered


def _remembered(options: argparse.Namespace, outputs: Outputs) -> Remembered | None:
    """The place in the cache of just this command, printed just this way."""
    if options.no_cache or options.second_solver:
        return None
    try:
        from verifier.session.remembered import remembered
    except ImportError:  # a Python without SQLite
        return None
    from verifier.report.places import in_repository

    asked = vars(options) | dict.fromkeys(("paths", "itf", *outputs.files))
    return remembered(
        tuple(options.paths),
        tuple(sorted((name, _plain(value)) for name, value in asked.items())),
        (tuple(outputs.files), bool(outputs.itf), outputs.github, bool(outputs.summary)),
        _look(outputs) if options.format == "terminal" else None,
        in_repository("."),
    )


def _again(before: Remembered, options: argparse.Namespace, outputs: Outputs, started: float) -> int | None:
    """Print what is remembered. Returns the exit status; None where nothing is."""
    from verifier.report.remembered import again

    told = again(before.recall(), options.format, outputs, lambda: perf_counter() - started)
    if told is None:
        return None
    with quoted(outputs, options.format):
        write(told.main, sys.stderr if options.format == "terminal" and outputs.to_stdout else sys.stdout)
    return put(outputs, told.texts, options.format) or told.status


def _keep(before: Remembered, found: Run, options: argparse.Namespace, outputs: Outputs) -> None:
    from verifier.report.remembered import kept

    def main(run: Run) -> str:
        return _text(run, options.format, _look(outputs), stories=_stories(options))

    before.keep(found, lambda: kept(found, options.format, main, outputs))


def _look(outputs: Outputs) -> Look:
    return look_of(sys.stderr if outputs.to_stdout else sys.stdout)


def _stories(options: argparse.Namespace) -> bool:
    return options.stories or bool(options.property)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


# ---------------------------------------------------------------------------------------------- reports


def tell(found: Run, form: str, *, stories: bool, aside: bool = False) -> int:
    """Report a run in the form asked for. Returns its exit status.

    In the terminal's form, mistakes in the input go to standard error; so does everything with `aside`, where standard
    output is for a report to a file.
    """
    if found.diagnostics and form != "json":
        from verifier.report.diagnostic import diagnostics

        look = look_of(sys.stderr)
        show(diagnostics(found.diagnostics, found.sources, look), sys.stderr, look)
        return found.status
    stream = sys.stderr if aside and form != "json" else sys.stdout
    write(_text(found, form, look_of(stream), stories=stories), stream)
    return found.status


def _text(found: Run, form: str, look: Look, *, stories: bool) -> str:
    if form == "json":
        from verifier.report import json

        return json.report(found)
    from verifier.report.terminal import Detail, report
    from verifier.report.text import render

    return render(report(found, look, Detail(expected=stories)), look)
