"""Lines of source with what matters in them marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from verifier.language.source import Source, Span
from verifier.report.html.views import CodeLine, Excerpt
from verifier.report.html.writes import writes
from verifier.system.execute import Interpreter
from verifier.system.trace import Counterexample, Step, Trace
from verifier.system.transition import Property, Rule, Scenario

_BRACES = re.compile(r"//[^\n]*|[{}]")
_TAB = 4
_MOST_LINES = 48
"""Lines of an excerpt beyond which its middle is left out."""


def place(span: Span, sources: Mapping[str, Source]) -> str:
    """`spec/lending/pool.vspec:190`; empty where the text is not known."""
    source = sources.get(span.path)
    return f"{source.path}:{source.position(span.start).line}" if source is not None else ""


def property_excerpt(prop: Property, found: Counterexample | None, sources: Mapping[str, Source]) -> Excerpt | None:
    """The property as written. All of a formula is marked; of a program the check that failed."""
    span = prop.heading.span
    source = sources.get(span.path)
    if source is None:
        return None
    marks: Iterable[Span] = (span,)
    match prop:
        case Rule() | Scenario() if found is not None:
            marks = (found.span,) if found.span.path == span.path and found.span.end else ()
        case _:
            pass
    return _excerpt(source, span, marks, "What is promised", "", "")


def action_excerpts(
    interp: Interpreter, trace: Trace, steps: Sequence[Step], numbers: Sequence[int], sources: Mapping[str, Source]
) -> Iterator[Excerpt]:
    """Each action that ran, once, in the order of the run. Lines that wrote what changed are marked, with the steps in
    which they did."""
    runs: dict[str, list[tuple[int, Step]]] = {}
    for number, step in zip(numbers, steps, strict=True):
        runs.setdefault(step.move.action, []).append((number, step))
    for name, taken in runs.items():
        action = interp.system.action(name)
        source = sources.get(action.span.path)
        if source is None:
            continue
        writers = _writers(interp, trace, taken, source)
        listed = " ".join(str(number) for number, _ in taken)
        words = f"step {listed}" if len(taken) == 1 else f"steps {', '.join(str(n) for n, _ in taken)}"
        whole = _whole(action.span, source)
        yield _excerpt(source, whole, writers, f"action {name}", words, listed, tuple(writers.values()))


def passage(span: Span, sources: Mapping[str, Source], what: str) -> Excerpt | None:
    """The lines of a place, marked."""
    source = sources.get(span.path)
    if source is None:
        return None
    found = _excerpt(source, span, (span,), what, "", "")
    return replace(found, lines=(_exactly(found.lines[0], source, span),)) if len(found.lines) == 1 else found


def _exactly(line: CodeLine, source: Source, span: Span) -> CodeLine:
    """The line with the very part marked that the span covers."""
    raw = source.line(line.number)
    shift = len(raw.expandtabs(_TAB)) - len(line.text)  # what was taken off its left
    start = source.position(span.start).column - 1
    left, right = (len(raw[:at].expandtabs(_TAB)) - shift for at in (start, start + max(1, span.end - span.start)))
    return replace(line, exact=(max(0, left), min(right, len(line.text)))) if left < len(line.text) else line


def _writers(interp: Interpreter, trace: Trace, taken: Sequence[tuple[int, Step]], source: Source) -> dict[Span, str]:
    """The statements that wrote a variable which changed, with the numbers of these steps."""
    out: dict[Span, str] = {}
    for number, step in taken:
        for span, state in writes(interp, trace.scope, trace.params, step):
            if step.before.get(state) != step.after.get(state) and span.path == source.path and span.end:
                out[span] = " ".join(dict.fromkeys((*out.get(span, "").split(), str(number))))
    return out


def _whole(name: Span, source: Source) -> Span:
    """From the line of a declaration's name to the brace that ends it."""
    start = name.start - (source.position(name.start).column - 1)
    depth = 0
    for match in _BRACES.finditer(source.text, name.end):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth <= 0:
                return Span(name.path, start, match.end())
    return Span(name.path, start, name.end)


def _excerpt(
    source: Source,
    span: Span,
    marks: Iterable[Span],
    what: str,
    note: str,
    steps: str,
    of_marks: Sequence[str] = (),
) -> Excerpt:
    first, last = _lines(source, span)
    marked: dict[int, str] = {}
    spans = tuple(marks)
    for mark, numbers in zip(spans, of_marks or ("",) * len(spans), strict=True):
        begin, end = _lines(source, mark)
        for line in range(begin, end + 1):
            marked[line] = " ".join(dict.fromkeys((*marked.get(line, "").split(), *numbers.split())))
    rows = [
        CodeLine(n, source.line(n).expandtabs(_TAB), n in marked, marked.get(n, "")) for n in range(first, last + 1)
    ]
    kept, cut = _shortened(rows)
    left_out = len(rows) - len(kept)
    return Excerpt(what, note, f"{source.path}:{first}", _dedented(kept), steps, cut if left_out else -1, left_out)


def _lines(source: Source, span: Span) -> tuple[int, int]:
    first = source.position(span.start).line
    return first, max(first, source.position(max(span.start, span.end - 1)).line)


def _shortened(rows: Sequence[CodeLine]) -> tuple[list[CodeLine], int]:
    """At most so many lines: the first ones, and those around what is marked."""
    if len(rows) <= _MOST_LINES:
        return list(rows), -1
    half = _MOST_LINES // 2
    last = max((i for i, row in enumerate(rows) if row.marked), default=len(rows) - 1)
    start = max(half, min(last - half // 2, len(rows) - half))
    return [*rows[:half], *rows[start : start + half]], half


def _dedented(rows: Sequence[CodeLine]) -> tuple[CodeLine, ...]:
    """Without the blanks that all lines begin with."""
    used = [len(row.text) - len(row.text.lstrip()) for row in rows if row.text.strip()]
    shift = min(used, default=0)
    return tuple(CodeLine(row.number, row.text[shift:], row.marked, row.steps) for row in rows)
