"""What a run printed, to be printed again: texts, each with a place for the time that it takes then.

Reports are made once more for that, as a second run would have made them: everything is known from before, and took no
time. The reader is strict: it takes what `kept` would have made for the same command, and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, final

from verifier.language.frozen import dataclass
from verifier.report.outputs import Form, Outputs, Texts, rendered, texts

if TYPE_CHECKING:
    from verifier.session.run import Run

_TIMES = (0.737, 0.619, 0.283, 0.851, 0.467, 0.138, 0.942, 0.364, 0.526)
"""Seconds that a report is made with, to find where it says them. One that it says anywhere else is no use."""

_STATUSES = (0, 1, 3, 4)


@final
@dataclass(frozen=True, slots=True)
class _Said:
    """How a report says how long the run took: so many digits between two texts."""

    before: str
    digits: int
    after: str = ""

    def text(self, seconds: float) -> str:
        return f"{self.before}{seconds:.{self.digits}f}{self.after}"


_SAID: Mapping[str, _Said | None] = {
    "terminal": _Said("", 2),
    "json": _Said('\n  "seconds": ', 3),
    "junit": _Said('time="', 3, '"'),
    "sarif": None,
    "html": _Said('<span class="value">', 2, " s</span>"),
    "markdown": _Said(". ", 1, " s\n"),
}
"""How each form says it; None for those that don't."""


@final
@dataclass(frozen=True, slots=True)
class Told:
    """All that a command printed: its exit status, its report for whoever called it, and reports to files."""

    status: int
    main: str
    texts: Texts


def kept(run: Run, form: str, main: Callable[[Run], str], outputs: Outputs) -> Any:
    """What a run is to be remembered by, as JSON; None where it can't be said where a text has the time. `form` is that
    of the main report, which `main` makes."""
    free = replace(run, results=tuple(_free(r) for r in run.results), solver_seconds=0.0)
    summary = replace(outputs, files={}, itf="", github=False)
    others = texts(replace(outputs, files={}, summary=""), free)

    def cut(name: str, made: Callable[[Run], str]) -> list[str] | None:
        return _cut(lambda seconds: made(replace(free, seconds=seconds)), _SAID[name])

    def report(name: Form) -> list[str] | None:
        return cut(name, lambda timed: rendered(name, timed))

    parts: dict[str, list[str] | None] = {name: report(name) for name in outputs.files}
    parts["main"] = cut(form, main)
    added = cut("markdown", lambda timed: texts(summary, timed).summary) if outputs.summary else [""]
    if added is None or None in parts.values():
        return None
    return {
        "status": run.status,
        "reports": parts,
        "traces": dict(others.traces),
        "annotations": others.annotations,
        "summary": added,
    }


def again(data: Any, form: str, outputs: Outputs, seconds: Callable[[], float]) -> Told | None:
    """What the same command has to print, with the seconds that it took; None for JSON that is not `kept`."""
    match data:
        case {
            "status": int(status),
            "reports": dict(reports),
            "traces": dict(traces),
            "annotations": str(annotations),
            "summary": summary,
            **more,
        } if not more and type(status) is int and status in _STATUSES and reports.keys() == {"main", *outputs.files}:
            pass
        case _:
            return None
    took = seconds()
    main = _filled(reports["main"], _SAID[form], took)
    files = {name: _filled(reports[name], _SAID[name], took) for name in outputs.files}
    added = _filled(summary, _SAID["markdown"] if outputs.summary else None, took)
    if main is None or added is None or not all(_is_trace(n, t) for n, t in traces.items()):
        return None
    whole: dict[Form, str] = {name: text for name, text in files.items() if text is not None}
    if len(whole) < len(files):
        return None
    return Told(status, main, Texts(whole, traces, annotations, added))


def _is_trace(name: str, text: Any) -> bool:
    """Whether it is a file of the folder that was asked for, and text."""
    return isinstance(text, str) and os.path.basename(name) == name not in ("", ".", "..")


def _free(result: Any) -> Any:
    """A result as it is when an earlier run has found it."""
    cost = replace(result.verdict.cost, seconds=0.0, solver_seconds=0.0)
    return replace(result, verdict=replace(result.verdict, cost=cost), cached=True)


def _cut(made: Callable[[float], str], said: _Said | None) -> list[str] | None:
    """A text in two pieces, between which it says how long the run took; in one where it does not say that."""
    if said is None:
        return [made(0.0)]
    for seconds in _TIMES:
        parts = made(seconds).split(said.text(seconds))
        if len(parts) == 2:
            return parts
    return None


def _filled(parts: Any, said: _Said | None, seconds: float) -> str | None:
    """The text again, with the time that it took now; None for what is no text in pieces."""
    match parts, said:
        case [str(text)], None:
            return text
        case [str(head), str(tail)], _Said():
            return head + said.text(seconds) + tail
        case _:
            return None
