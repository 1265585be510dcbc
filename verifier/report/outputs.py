"""Which reports there are beside the one on the terminal, and how they are written.

Whether all of them can be written is known before anything is settled. A file appears whole or not at all, in a folder
that is made where it is missing.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, assert_never, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.session.files import put, shown, unreadable

if TYPE_CHECKING:  # what a remembered run printed is written without it
    from verifier.session.gate.finding import GateReport
    from verifier.session.run import Run

Form = Literal["json", "junit", "sarif", "html", "markdown"]

FORMS: Mapping[Form, str] = {
    "json": "everything, for programs (docs/run.schema.json)",
    "junit": "JUnit XML, for the list of tests that CI shows",
    "sarif": "SARIF 2.1.0, for code scanning",
    "html": "one page to read, without network",
    "markdown": "a comment for a pull request",
}
"""The reports that are one file each, and what they are for."""

STDOUT = "-"
_SUMMARY_LIMIT = 1_000_000
"""Characters of a job's summary; GitHub takes a mebibyte."""


@final
@dataclass(frozen=True, slots=True)
class Outputs:
    """What was asked for: a path (or `-`) for each form, a folder for traces, and annotations for GitHub. `summary` is
    the file that GitHub shows as the summary of a job; empty where there is none."""

    files: Mapping[Form, str] = field(default_factory=dict)
    itf: str = ""
    github: bool = False
    summary: str = ""

    @property
    def to_stdout(self) -> tuple[Form, ...]:
        """The forms that go to standard output."""
        return tuple(form for form, path in self.files.items() if path == STDOUT)


def unwritable(outputs: Outputs) -> tuple[Diagnostic, ...]:
    """Why some of it could not be written. Folders that are missing are made; nothing else is changed."""
    found = [_unwritable(path) for path in outputs.files.values() if path != STDOUT]
    found.append(_no_folder(outputs.itf) if outputs.itf else None)
    found.append(_no_summary(outputs.summary) if outputs.github and outputs.summary else None)
    found.extend(_twice(outputs))
    return tuple(f for f in found if f is not None)


@final
@dataclass(frozen=True, slots=True)
class Texts:
    """What is written: the text of each form, of each trace by the name of its file, the annotations, and what is added
    to the summary of a job."""

    files: Mapping[Form, str] = field(default_factory=dict)
    traces: Mapping[str, str] = field(default_factory=dict)
    annotations: str = ""
    summary: str = ""


def texts(outputs: Outputs, run: Run, gate: GateReport | None = None) -> Texts:
    """All that was asked for, as text."""
    found: Mapping[str, str] = {}
    annotations = summary = ""
    files = {form: rendered(form, run, gate) for form in outputs.files}
    if outputs.itf:
        from verifier.report.itf import traces

        found = dict(traces(run))
    if outputs.github:
        from verifier.report.github import commands

        annotations = commands(run, gate)
    if outputs.summary:
        from verifier.report.markdown import report

        summary = report(run, gate, limit=_SUMMARY_LIMIT) + "\n"
    return Texts(files, found, annotations, summary)


def written(
    outputs: Outputs, run: Run, gate: GateReport | None, write: Callable[[str], None], tell: Callable[[str], None]
) -> tuple[Diagnostic, ...]:
    """Write all that was asked for. `write` takes what goes to standard output, `tell` the annotations. Returns what
    could not be written."""
    return delivered(outputs, texts(outputs, run, gate), write, tell)


def delivered(
    outputs: Outputs, texts: Texts, write: Callable[[str], None], tell: Callable[[str], None]
) -> tuple[Diagnostic, ...]:
    """As `written`, what is text already."""
    problems: list[Diagnostic] = []
    for form, path in outputs.files.items():
        if path == STDOUT:
            write(texts.files[form])
        else:
            problems.extend(_put(Path(path), texts.files[form]))
    for name, text in texts.traces.items():
        problems.extend(_put(Path(outputs.itf, name), text))
    if outputs.github:
        tell(texts.annotations)
    problems.extend(_summary(outputs.summary, texts.summary))
    return tuple(problems)


def rendered(form: Form, run: Run, gate: GateReport | None = None) -> str:
    """A report as text."""
    match form:
        case "json":
            from verifier.report import json

            return json.report(run, gate)
        case "junit":
            from verifier.report import junit

            return junit.report(run, gate)
        case "sarif":
            from verifier.report import sarif

            return sarif.report(run, gate)
        case "html":
            from verifier.report.html import page

            return page(run, gate)
        case "markdown":
            from verifier.report import markdown

            return markdown.report(run, gate)
        case _:
            assert_never(form)


def _summary(path: str, text: str) -> Iterator[Diagnostic]:
    """The summary of a job is added to what other steps have written."""
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except (OSError, ValueError) as problem:
        yield _refused(path, problem)


# ---------------------------------------------------------------------------------------------- files


def _put(path: Path, text: str) -> Iterator[Diagnostic]:
    try:
        put(path, text.encode(), through_links=True)
    except (OSError, ValueError) as problem:
        yield _refused(str(path), problem)


def _unwritable(path: str) -> Diagnostic | None:
    try:
        real = Path(path).resolve()
        if real.is_dir():
            return Diagnostic("VS0560", None, {"path": shown(Path(path)), "reason": "it is a folder"})
        if real.exists() and not stat.S_ISREG(real.stat().st_mode):
            return None
        real.parent.mkdir(parents=True, exist_ok=True)
        _probe(real.parent)
    except (OSError, ValueError, RuntimeError) as problem:
        return _refused(path, problem)
    return None


def _no_folder(path: str) -> Diagnostic | None:
    try:
        real = Path(path).resolve()
        real.mkdir(parents=True, exist_ok=True)
        _probe(real)
    except (OSError, ValueError, RuntimeError) as problem:
        return _refused(path, problem)
    return None


def _no_summary(path: str) -> Diagnostic | None:
    try:
        with open(path, "a", encoding="utf-8"):
            return None
    except (OSError, ValueError) as problem:
        return _refused(path, problem)


def _probe(folder: Path) -> None:
    """Whether a file can be made there: permissions alone don't tell (a file system that is read-only, or full)."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".verify-spec.")
    os.close(handle)
    os.unlink(name)


def _twice(outputs: Outputs) -> Iterator[Diagnostic]:
    """One file can't hold two reports."""
    seen: set[str] = set()
    for path in outputs.files.values():
        key = path if path == STDOUT else os.path.abspath(path)
        if key in seen:
            name = "standard output" if path == STDOUT else shown(Path(path))
            yield Diagnostic("VS0560", None, {"path": name, "reason": "two reports would go there"})
        seen.add(key)


def _refused(path: str, problem: Exception) -> Diagnostic:
    match problem:
        case NotADirectoryError() | FileExistsError():
            reason = "a file stands where a folder is needed"
        case OSError() | ValueError():
            found = unreadable(path, problem)
            reason = found.values.get("reason", "it is gone").replace("to read it", "to write it")
        case _:
            reason = "its symbolic links lead round in a circle"
    return Diagnostic("VS0560", None, {"path": shown(Path(path.replace("\0", ""))), "reason": reason})
