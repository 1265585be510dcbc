"""A run as Markdown for the comment of a pull request, or for the summary of a job: what failed first, then the rest
folded away, and never more than a comment may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, final

from verifier.language.frozen import dataclass
from verifier.report.cases import Case, Remark, cases, remarks, story_text, word
from verifier.report.notices import words
from verifier.report.places import place
from verifier.report.text import UNICODE, plain_text
from verifier.report.words import count, how, summary
from verifier.session.run import Run

if TYPE_CHECKING:
    from verifier.session.gate.finding import BaselineChange, GateReport

LIMIT = 60_000
"""Characters. GitHub takes comments of up to 65,536."""
MARKER = "<!-- verify-spec -->"
"""The first line, by which a bot finds its comment again."""

_ROWS = 200
_HEADS = {0: "all as demanded", 1: "violated", 2: "mistakes in the input", 3: "not decided", 4: "vacuous"}
_GATE_HEADS = {0: "the gate is open", 2: "mistakes in the input"}
_ACTIVE = re.compile(r"[\\`*{}\[\]<>#@|~&$]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)")
_CODE = re.compile(r"`([^`]+)`")
_TICKS = re.compile(r"`+")


@final
@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the comment that is shown whole or not at all. `what` is said of those that are left out."""

    text: str
    what: str


def report(run: Run, gate: GateReport | None = None, *, limit: int = LIMIT) -> str:
    """The whole run as one comment of at most `limit` characters (and of as many as its head needs)."""
    told = remarks(run, gate, notices=False)
    every = cases(run, gate)
    out = [MARKER, _head(run, gate, told), ""]
    blocks = [*_failures(told, run), *_diff(gate), *_stories(told, run), *_everything(every, run), *_notices(run)]
    room = limit - sum(len(line) + 1 for line in out) - 200
    left: dict[str, int] = {}
    for block in blocks:
        if len(block.text) + 2 <= room:
            out.append(block.text)
            out.append("")
            room -= len(block.text) + 2
        else:
            left[block.what] = left.get(block.what, 0) + 1
    if left:
        listed = ", ".join(count(number, what) for what, number in left.items())
        out.append(f"_Left out, as a comment holds no more: {listed}. The other reports have all of it._")
    return "\n".join(out).rstrip() + "\n"


def _head(run: Run, gate: GateReport | None, told: Sequence[Remark]) -> str:
    if gate is None:
        status, head = run.status, _HEADS[run.status]
    else:
        status, head = gate.status, _GATE_HEADS.get(gate.status, "the gate is shut")
    sign = UNICODE.good if status == 0 else UNICODE.bad
    out = [f"## {sign} verify-spec: {head}", ""]
    if gate is not None and gate.updated:
        out += [f"The baseline {code(gate.baseline)} has been written anew.", ""]
    refused = [r for r in told if r.accepted is None]
    accepted = len(told) - len(refused)
    parts = [summary(run.results)] if run.results else []
    parts += [f"{count(len(run.diagnostics), 'mistake')} in the input"] if run.diagnostics else []
    parts += [f"{count(len(run.unmet), 'assumption')} not met by a profile"] if run.unmet else []
    parts += [f"{accepted} accepted"] if accepted else []
    parts += ["nothing was checked"] if not parts else []
    return "\n".join([*out, f"{text('; '.join(parts))}. {run.seconds:.1f} s"])


# ---------------------------------------------------------------------------------------------- what failed


def _failures(told: Sequence[Remark], run: Run) -> Iterator[_Block]:
    if not told:
        return
    rows = [_failure(r, run) for r in told]
    head = ["| | what | where | |", "| --- | --- | --- | --- |"]
    yield _Block("\n".join([*head, *rows[:_ROWS]]), "table of failures")
    if len(rows) > _ROWS:
        yield _Block(f"… and {len(rows) - _ROWS} more.", "row")


def _failure(remark: Remark, run: Run) -> str:
    sign = UNICODE.bad if remark.severity == "error" else UNICODE.open
    title = remark.title
    if remark.accepted is not None:
        until = f" until {remark.accepted.expires.isoformat()}" if remark.accepted.expires is not None else ""
        title = f"{title} (accepted{until}: {remark.accepted.reason})"
        sign = UNICODE.dot
    at = place(remark.span, run.sources)
    where = code(f"{at.path}:{at.line}") if at is not None else ""
    return f"| {sign} | {text(title)} | {where} | {text(remark.message)} |"


def _stories(told: Sequence[Remark], run: Run) -> Iterator[_Block]:
    for remark in told:
        if remark.case is not None:
            body = fenced(story_text(remark.case.result, run), "text")
            yield _Block(folded(remark.title, body), "story")


def _diff(gate: GateReport | None) -> Iterator[_Block]:
    if gate is None or not gate.baseline_diff:
        return
    lines = [line for change in gate.baseline_diff for line in _change(change)]
    title = f"{count(len(gate.baseline_diff), 'change')} against the baseline"
    yield _Block(folded(title, fenced("\n".join(lines), "diff")), "list of changes")


def _change(change: BaselineChange) -> Iterator[str]:
    if change.before or change.kind != "added":
        yield f"- {change.id}: {change.before}".rstrip(": ")
    if change.after or change.kind == "added":
        yield f"+ {change.id}: {change.after}".rstrip(": ")


# ---------------------------------------------------------------------------------------------- the rest, folded


def _everything(every: Sequence[Case], run: Run) -> Iterator[_Block]:
    for name, several in groupby(every, key=lambda c: (c.result.system.spec, c.result.system.path, c.result.profile)):
        group = tuple(several)
        spec, path, profile = name
        rows = ["| | promise | outcome | how |", "| --- | --- | --- | --- |", *(_row(c, run) for c in group)]
        title = f"{spec}, {path}" + (f", profile {profile}" if profile else "")
        yield _Block(folded(f"{title}: {summary(c.result for c in group)}", "\n".join(rows)), "table of a spec")


def _row(case: Case, run: Run) -> str:
    sign = UNICODE.good if case.problem is None else UNICODE.bad if case.failed else UNICODE.dot
    result = case.result
    incident = run.incident(result)
    resembles = f"; resembles {incident.title}" if incident is not None else ""
    name = f"{result.kind} {code(result.prop.heading.name)}"
    return f"| {sign} | {name} | {text(word(case))} | {text(how(result.verdict) + resembles)} |"


def _notices(run: Run) -> Iterator[_Block]:
    if run.notices:
        said = dict.fromkeys(words(n.finding).head for n in run.notices)
        yield _Block(folded(f"Worth a look: {len(said)}", "\n".join(f"- {text(s)}" for s in said)), "list of notices")


# ---------------------------------------------------------------------------------------------- words


def text(plain: str) -> str:
    """Text that Markdown shows as it is, but for `code`: no links, no mentions, nothing that ends a cell of a table."""
    parts = _CODE.split(" ".join(plain_text(plain).split()))  # every other part is code
    return "".join(code(part) if number % 2 else _quiet(part) for number, part in enumerate(parts))


def code(plain: str) -> str:
    """Text as code within a line or a cell."""
    return f"<code>{_escaped(plain_text(plain))}</code>"


def _escaped(plain: str) -> str:
    return _ACTIVE.sub(lambda m: f"&#{ord(m[0])};", plain)


def _quiet(plain: str) -> str:
    """GitHub looks for people and issues in what it has rendered, so a comment parts them from their sign."""
    return re.sub(r"(&#(?:35|64);)(?=\w)", r"\1<!-- -->", _escaped(plain))


def fenced(plain: str, language: str) -> str:
    """Text as a block of code, whatever is in it."""
    longest = max((len(m) for m in _TICKS.findall(plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{plain.rstrip()}\n{fence}"


def folded(title: str, body: str) -> str:
    """A block that is shown once its title is clicked."""
    return f"<details><summary>{text(title)}</summary>\n\n{body}\n\n</details>"
