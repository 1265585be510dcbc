"""What the formats of continuous integration say alike: what became of each promise, and everything that needs telling.

Rules have the names that the gate uses. With a gate it is the gate that decides: what it accepts, or does not mind, is
no failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, assert_never, final

from verifier.language.catalogue import entry
from verifier.language.frozen import dataclass
from verifier.language.source import Span
from verifier.report.diagnostic import advice, message
from verifier.report.notices import words
from verifier.report.story import replay_command, story_body, what_failed
from verifier.report.text import Look, plain_text, render
from verifier.report.words import outcome, steps
from verifier.session.run import Result, Run
from verifier.system.execute import Interpreter
from verifier.system.transition import Reachable

if TYPE_CHECKING:
    from verifier.session.gate.finding import GateFinding, GateReport

Problem = Literal["violated", "not-violated", "unknown", "bounded", "vacuous"]
Severity = Literal["error", "warning", "note"]

LOOK = Look(width=110)

RULES: dict[str, tuple[str, str]] = {
    "violated": (
        "A promise is broken",
        "There is a run of the model that breaks the promise. It has been replayed by the exact interpreter.",
    ),
    "not-violated": (
        "A violation that was expected was not found",
        "It is marked `expect violated`: a flaw that is kept on purpose is no longer there, or no longer found.",
    ),
    "unknown": (
        "Neither a proof nor a run that breaks it was found",
        "The promise is not settled. That is no proof, and not a violation either.",
    ),
    "bounded": (
        "Only runs up to some length were tried",
        "No counterexample was found up to the depth and scope that are printed. That is no proof.",
    ),
    "vacuous": (
        "True only because nothing can happen",
        "Contradictory assumptions, no initial state, calls that never succeed, or an antecedent that is never met.",
    ),
    "unmet-assumption": (
        "A profile's numbers break an assumption",
        "What is proved under this assumption does not hold for the numbers of this profile.",
    ),
    "skipped": ("A promise was not settled", "Nothing is known of it, so it counts as failed."),
    "level-too-low": (
        "A proof on too low a level of trust",
        "The gate demands more of this promise, such as a certificate that is checked without a solver (L3).",
    ),
    "level-fell": ("A proof on a lower level of trust than before", "The baseline has it on a higher level."),
    "weaker": ("A weaker outcome than before", "It is allowed, and the baseline has a better one."),
    "worse": ("A worse outcome than before", "The baseline has a failure here already, and a milder one."),
    "changed": ("A promise reads otherwise than in the baseline", "The text of the promise has changed."),
    "missing": ("A promise has gone", "It is in the baseline, and no longer in the specs."),
    "new-assumption": (
        "A new assumption",
        "Every proof of the spec may lean on it, so it has to be looked at before it is let in.",
    ),
    "nothing-promised": ("A file promises nothing", "It was named in the gate's configuration, and holds no promise."),
    "no-baseline": ("There is no baseline", "Without one the gate can't tell what has changed, and stays shut."),
    "acceptance-expired": ("An acceptance has expired", "What was accepted has to be mended, or accepted again."),
    "acceptance-unneeded": ("An acceptance is no longer needed", "What was accepted passes: take the acceptance out."),
    "acceptance-unknown": ("An acceptance of something that is not there", "Nothing has the name that was accepted."),
}
"""What each rule is, as a heading and as a sentence or two."""


@final
@dataclass(frozen=True, slots=True)
class Case:
    """One promise. `problem` is None where all is well, `allowed` tells that the gate does not mind the problem, and
    `accepted` is the finding whose acceptance covers it."""

    result: Result
    problem: Problem | None = None
    allowed: bool = False
    accepted: GateFinding | None = None

    @property
    def failed(self) -> bool:
        """Whether it keeps the build from being green."""
        return self.problem is not None and not self.allowed and self.accepted is None


@final
@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell at a place: a failure, a mistake in the input, or something worth a look. `id` names what it
    is about in the same way in every run; `case` is the promise, where it is one; `accepted` a gate's finding that
    covers it."""

    rule: str
    severity: Severity
    id: str
    title: str
    message: str
    span: Span | None
    case: Case | None = None
    accepted: GateFinding | None = None
    again: str = ""
    """What to type to see it again."""


def problem_of(result: Result) -> Problem | None:
    """What keeps a result from being what was demanded."""
    if result.ok:
        return None
    if result.expected == "violated":
        return "not-violated"
    name = result.verdict.name
    match name:
        case "violated" | "unknown" | "bounded" | "vacuous":
            return name
        case "proved":  # of what was to be proved, never
            return "unknown"
        case _:
            assert_never(name)


def cases(run: Run, gate: GateReport | None = None) -> tuple[Case, ...]:
    """Every promise of a run, in its order."""
    return tuple(_case(result, gate) for result in run.results)


def _case(result: Result, gate: GateReport | None) -> Case:
    problem = problem_of(result)
    if gate is None or problem is None:
        return Case(result, problem)
    found = [f for f in gate.findings if f.id == result.id and f.rule in (problem, "worse", "weaker")]
    accepted = next((f for f in found if f.accepted), None)
    return Case(result, problem, allowed=not found, accepted=accepted if all(f.accepted for f in found) else None)


def headline(case: Case, run: Run) -> str:
    """One or two sentences about a promise that did not come out: what happened, and what that resembles."""
    result = case.result
    verdict = result.verdict
    match case.problem:
        case None:
            return ""
        case "violated":
            return plain_text(" ".join((what_failed(result, Interpreter(result.system)), *_resembles(result, run))))
        case "not-violated":
            found = "it is proved" if verdict.name == "proved" else "no run was found that breaks it"
            return f"It was expected to be violated, but {found}."
        case "unknown":
            claim = verdict.stuck.claim if verdict.stuck is not None else ""
            return plain_text(f"Neither a proof nor a run that breaks it was found. {claim}".strip())
        case "bounded":
            far = f" of up to {steps(verdict.depth)}" if verdict.depth is not None else ""
            what = "gets there" if isinstance(result.prop, Reachable) else "breaks it"
            return f"No run{far} {what}, which is no proof: longer runs were not tried."
        case "vacuous":
            return "It is true only because nothing can happen."
        case _:
            assert_never(case.problem)


def _resembles(result: Result, run: Run) -> Iterator[str]:
    incident = run.incident(result)
    if incident is not None:
        yield f"This resembles {incident.title}."


def story_text(result: Result, run: Run) -> str:
    """All that there is to tell about a result, as plain text."""
    return render(story_body(result, run, LOOK), LOOK)


def word(case: Case) -> str:
    """What came out, in a word or two: `violated`, `proved`, `violated as expected`."""
    result = case.result
    extra = " as expected" if result.ok and result.expected == "violated" else ""
    return outcome(result, LOOK.glyphs).word + extra


# ---------------------------------------------------------------------------------------------- remarks


def remarks(run: Run, gate: GateReport | None = None, *, notices: bool = True) -> tuple[Remark, ...]:
    """Everything that needs telling, the gravest first: mistakes in the input, promises that did not come out,
    assumptions that a profile breaks, what else the gate refuses, and what is worth a look."""
    told = [*_mistakes(run), *_failures(run, gate), *_unmet(run, gate), *_gate(gate)]
    told.sort(key=lambda r: ("error", "warning", "note").index(r.severity))  # stable: each kind keeps its order
    return (*told, *(_notices(run) if notices else ()))


def _mistakes(run: Run) -> Iterator[Remark]:
    for found in run.diagnostics:
        where = found.span.path if found.span is not None else found.values.get("path", "")
        text = f"{message(found)} {advice(found)}".strip()
        yield Remark(found.code, "error", f"{found.code}:{where}", entry(found.code).title, text, found.span)


def _failures(run: Run, gate: GateReport | None) -> Iterator[Remark]:
    for case in cases(run, gate):
        if case.problem is None or case.allowed:
            continue
        result = case.result
        severity: Severity = "error" if case.problem in ("violated", "not-violated") else "warning"
        if case.accepted is not None:
            severity = "note"
        profile = f" with profile {result.profile}" if result.profile else ""
        title = plain_text(f"{result.kind} {result.prop.heading.name}: {word(case)}{profile}")
        yield Remark(
            case.problem,
            severity,
            result.id,
            title,
            headline(case, run),
            result.prop.heading.span,
            case,
            case.accepted,
            replay_command(result, run),
        )


def _unmet(run: Run, gate: GateReport | None) -> Iterator[Remark]:
    if gate is not None and any(f.rule == "unmet-assumption" for f in gate.findings):
        return  # the gate tells them
    for found in run.unmet:
        values = found.values
        name = f"{values.get('spec', '')}.{values.get('assumption', '')}@{values.get('profile', '')}"
        yield Remark("unmet-assumption", "error", name, RULES["unmet-assumption"][0], message(found), found.span)


def _gate(gate: GateReport | None) -> Iterator[Remark]:
    for finding in gate_findings(gate):
        severity: Severity = "note" if finding.accepted else "error"
        title = RULES[finding.rule][0]
        text = plain_text(f"{finding.id}: {finding.message}" if finding.id else finding.message)
        accepted = finding if finding.accepted else None
        yield Remark(finding.rule, severity, finding.id, title, text, finding.place, None, accepted)


def gate_findings(gate: GateReport | None) -> Iterator[GateFinding]:
    """The findings that are not told with the promise that they are about."""
    if gate is None:
        return
    told = {(r.id, p) for r in gate.run.results if (p := problem_of(r)) is not None}
    yield from (f for f in gate.findings if (f.id, f.rule) not in told)


def _notices(run: Run) -> Iterator[Remark]:
    seen: set[tuple[str, Span]] = set()
    for notice in run.notices:
        finding = notice.finding
        if (finding.kind, finding.span) in seen:  # several specs may share it
            continue
        seen.add((finding.kind, finding.span))
        said = words(finding)
        yield Remark(f"notice/{finding.kind}", "note", notice.id, said.head, f"{said.head} {said.text}", finding.span)
