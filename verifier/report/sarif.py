"""A run as SARIF 2.1.0, in the form that GitHub's code scanning takes.

A result for whatever did not come out, with the counterexample as a code flow through the lines of the model. A result
is known again by the name of its promise, not by its line: moving a property neither closes nor opens an alert.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from verifier.language.catalogue import codes, entry
from verifier.language.source import Source, Span
from verifier.report.cases import RULES, Remark, remarks
from verifier.report.json import dump
from verifier.report.places import place
from verifier.report.text import plain_text
from verifier.report.values import call_text, items
from verifier.session.run import Result, Run
from verifier.system.trace import Counterexample, Step, Valuation
from verifier.system.transition import Call, Compare, Rule, Scenario, Stmt, System
from verifier.system.values import with_enums

if TYPE_CHECKING:
    from verifier.session.gate.finding import GateReport

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_NOTICES = {
    "never_runs": "An action that can never run",
    "not_seen_to_run": "An action that was not seen to run",
    "says_nothing": "A promise that says nothing",
    "part_says_nothing": "A part of a promise that says nothing",
    "says_the_same": "Two promises that say the same",
    "not_needed": "An assumption that nothing needs",
    "proof_refused": "A solver's proof that its checker does not accept",
    "checker_unused": "A checker of proofs that can't be used",
}
_WORD = re.compile(r"[A-Za-z0-9]{2,}")
_FLOW_LIMIT = 200
"""Steps of a counterexample that are shown; runs that people can read are far shorter."""


def report(run: Run, gate: GateReport | None = None) -> str:
    """The whole run as one document."""
    told = remarks(run, gate)
    rules = list(dict.fromkeys(r.rule for r in told))
    version = run.versions.get("verify-spec", "0")
    status = run.status if gate is None else gate.status
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "verify-spec",
                        "version": version,
                        "rules": [_rule(r) for r in rules],
                    }
                },
                "automationDetails": {"id": "verify-spec/"},
                "invocations": [{"executionSuccessful": not run.diagnostics, "exitCode": status}],
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(r, rules.index(r.rule), run) for r in told],
            }
        ],
    }
    return dump(document)


# ---------------------------------------------------------------------------------------------- rules


def _rule(rule: str) -> dict[str, Any]:
    if rule in RULES:
        title, text = RULES[rule]
        level = "warning" if rule in ("unknown", "bounded", "vacuous") else "error"
    elif rule in codes():
        title, text, level = entry(rule).title, entry(rule).explanation, "error"
    else:
        title, level = _NOTICES.get(rule.removeprefix("notice/"), rule), "note"
        text = f"{title}. Nothing is wrong, and it deserves a look."
    known = {"error": "error", "warning": "warning", "note": "recommendation"}[level]
    return {
        "id": rule,
        "name": "".join(word.capitalize() for word in _WORD.findall(title.replace("'", ""))),
        "shortDescription": {"text": _sentence(title)},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["formal-verification"], "problem.severity": known, "precision": "very-high"},
    }


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:] + ("" if title.endswith(".") else ".")


# ---------------------------------------------------------------------------------------------- results


def _result(remark: Remark, index: int, run: Run) -> dict[str, Any]:
    out: dict[str, Any] = {
        "ruleId": remark.rule,
        "ruleIndex": index,
        "kind": "fail",
        "level": remark.severity,
        "message": {"text": f"{remark.message} Again: {remark.again}" if remark.again else remark.message},
        "locations": _locations(remark, run),
        "partialFingerprints": _fingerprints(remark),
        "properties": {"id": remark.id},
    }
    if remark.accepted is not None:
        until = remark.accepted.expires
        why = f"{remark.accepted.reason} (until {until.isoformat()})" if until is not None else remark.accepted.reason
        out["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    if remark.case is not None:
        result = remark.case.result
        verdict = result.verdict
        out["properties"] |= {"verdict": verdict.name, "expected": result.expected, "method": verdict.method}
        found = verdict.counterexample
        if found is not None:
            flow = list(_flow(result, found, run))
            if flow:
                out["codeFlows"] = [{"message": {"text": _title(found)}, "threadFlows": [{"locations": flow}]}]
            related = _related(result, found, run)
            if related:
                out["relatedLocations"] = related
    return out


def _locations(remark: Remark, run: Run) -> list[dict[str, Any]]:
    at = _physical(remark.span, run.sources)
    logical = {"fullyQualifiedName": remark.id, "kind": "member"}
    return [{**({"physicalLocation": at} if at is not None else {}), "logicalLocations": [logical]}]


def _fingerprints(remark: Remark) -> dict[str, str]:
    """GitHub reads the first of the two, others the second; both are made of the rule and the name alone."""
    hashed = sha256(f"{remark.rule}\n{remark.id}".encode()).hexdigest()
    return {"primaryLocationLineHash": f"{hashed[:16]}:1", "verifySpecObligation/v1": hashed}


def _physical(span: Span | None, sources: Mapping[str, Source]) -> dict[str, Any] | None:
    at = place(span, sources)
    if at is None or span is None:
        return None
    region = {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
        "snippet": {"text": sources[span.path].slice(span)},
    }
    return {"artifactLocation": _artifact(at.path), "region": region}


def _artifact(path: str) -> dict[str, str]:
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": _ROOT}


# ---------------------------------------------------------------------------------------------- the counterexample


def _title(found: Counterexample) -> str:
    number = len(found.trace.steps) + len(found.program)
    return "The initial state breaks it." if not number else f"The run that breaks it, in {number} steps."


def _flow(result: Result, found: Counterexample, run: Run) -> Iterator[dict[str, Any]]:
    """The run as locations: each step at the action of the model that it takes, the last one at the promise. A rule's
    own steps stand at its calls. What changes is the state of a location."""
    system = result.system
    steps = (*found.trace.steps, *found.program)
    own = _calls(result)
    scope = with_enums(system, found.trace.scope)
    start = _values(system, found.trace.start, result, found)
    params = {i.name: i.full for i in items(system.params, found.trace.params, scope)}
    init = next((s for s in (_span(stmt) for stmt in system.init) if s is not None and s.path in run.sources), None)
    first = init if init is not None else result.prop.heading.span
    yield from _step(0, first, "The initial state.", {**params, **start}, run, "essential")
    before = start
    for number, step in enumerate(steps[:_FLOW_LIMIT], 1):
        after = _values(system, step.after, result, found)
        changed = {name: value for name, value in after.items() if before.get(name) != value}
        before = after
        in_program = number > len(found.trace.steps)
        span = step.span if in_program and step.span.path in run.sources else _action_span(system, step)
        if in_program and span is None and own:
            span = own[min(number - len(found.trace.steps), len(own)) - 1]
        words = f"{number}. {call_text(system, step, scope)}" + (" reverts" if step.reverted is not None else "")
        yield from _step(number, span, words, changed, run, "essential")
    claim = found.span if found.span.path in run.sources else result.prop.heading.span
    yield from _step(len(steps) + 1, claim, "Here it does not hold.", {}, run, "essential")


def _step(
    order: int, span: Span | None, words: str, state: Mapping[str, str], run: Run, importance: str
) -> Iterator[dict[str, Any]]:
    at = _physical(span, run.sources)
    if at is None:
        return
    told = ", ".join(f"{name} = {value}" for name, value in state.items())
    text = plain_text(f"{words} {told}" if told else words)
    yield {
        "location": {"physicalLocation": at, "message": {"text": text}},
        "executionOrder": order + 1,
        "importance": importance,
        "state": {name: {"text": value} for name, value in state.items()},
    }


def _values(system: System, state: Valuation, result: Result, found: Counterexample) -> dict[str, str]:
    return {i.name: i.full for i in items(system.states, state, with_enums(system, found.trace.scope))}


def _action_span(system: System, step: Step) -> Span | None:
    return next((a.span for a in system.actions if a.name == step.move.action), None)


def _calls(result: Result) -> list[Span]:
    """Where a rule or a scenario calls actions, in the order of its text."""
    match result.prop:
        case Rule(program=program) | Scenario(program=program):
            return list(_call_spans(program))
        case _:
            return []


def _call_spans(program: Sequence[Stmt]) -> Iterator[Span]:
    for stmt in program:
        match stmt:
            case Call(span=span):
                yield span
            case Compare(first, second):
                yield from _call_spans(first)
                yield from _call_spans(second)
            case _:
                pass


def _span(stmt: Stmt) -> Span | None:
    span = getattr(stmt, "span", None)
    return span if isinstance(span, Span) and span.path else None


def _related(result: Result, found: Counterexample, run: Run) -> list[dict[str, Any]]:
    """The formula that fails, and the actions that the run takes, each once."""
    system = result.system
    spans: dict[Span, str] = {}
    if found.span.path in run.sources:
        spans[found.span] = "what fails"
    for step in (*found.trace.steps, *found.program):
        span = _action_span(system, step)
        if span is not None:
            spans.setdefault(span, f"action {step.move.action}")
    out: list[dict[str, Any]] = []
    for span, words in spans.items():
        at = _physical(span, run.sources)
        if at is not None:
            out.append({"id": len(out), "physicalLocation": at, "message": {"text": words}})
    return out
