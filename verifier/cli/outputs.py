"""The options for reports to files, which `check` and `gate` share: `add` them, take what was `chosen`, ask before
anything is settled whether it is `refused`, and `deliver` at the end.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.report.outputs import Outputs, Texts
    from verifier.session.gate.finding import GateReport
    from verifier.session.run import Run


def add(parser: argparse.ArgumentParser) -> None:
    """The options themselves."""
    from verifier.report.outputs import FORMS

    group = parser.add_argument_group("reports to files", "Several may be asked for at once; `-` is standard output.")
    for form, what in FORMS.items():
        group.add_argument(f"--{form}", metavar="FILE", help=what)
    group.add_argument("--itf", metavar="DIR", help="a folder for counterexamples as ITF traces, one file each")
    group.add_argument(
        "--github", action="store_true", help="annotations for GitHub Actions, and the summary of the job"
    )


def chosen(options: argparse.Namespace) -> Outputs:
    """What the options ask for."""
    from verifier.report.outputs import FORMS, Outputs

    files = {form: path for form in FORMS if (path := getattr(options, form)) is not None}
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "") if options.github else ""
    return Outputs(files, options.itf or "", options.github, summary)


def refused(outputs: Outputs, form: str) -> bool:
    """Whether some of it can't be written; says so on standard error. To be asked before anything is settled."""
    from verifier.cli.arguments import refuse
    from verifier.language.diagnostics import Diagnostic
    from verifier.report.outputs import STDOUT, unwritable

    found = list(unwritable(outputs))
    if STDOUT in outputs.files.values() and form != "terminal":
        found.append(Diagnostic("VS0560", None, {"path": "standard output", "reason": "two reports would go there"}))
    if found:
        refuse(found)
    return bool(found)


@contextmanager
def quoted(outputs: Outputs, form: str) -> Iterator[None]:
    """While the report for people is printed on GitHub, nothing in it is a command of the runner's: not even a line of
    a spec that looks like one."""
    if not outputs.github or form != "terminal":
        yield
        return
    from secrets import token_hex

    stream = sys.stderr if outputs.to_stdout else sys.stdout
    token = token_hex(16)
    stream.write(f"::stop-commands::{token}\n")
    try:
        yield
    finally:
        stream.write(f"::{token}::\n")


def deliver(outputs: Outputs, run: Run, gate: GateReport | None, form: str) -> int:
    """Write the reports. Returns 2 if one of them could not be written after all, else 0."""
    from verifier.report.outputs import texts

    return put(outputs, texts(outputs, run, gate), form)


def put(outputs: Outputs, texts: Texts, form: str) -> int:
    """Write reports that are texts already, as `deliver` does.

    Annotations go to standard output, unless that is for a report; GitHub reads both streams.
    """
    from verifier.cli.arguments import refuse
    from verifier.cli.output import write
    from verifier.report.outputs import delivered

    stream = sys.stderr if outputs.to_stdout or form != "terminal" else sys.stdout
    problems = delivered(outputs, texts, write, lambda text: write(text, stream))
    return refuse(problems) if problems else 0
