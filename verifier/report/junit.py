"""A run as JUnit XML, as continuous integration reads it: a suite for each spec, a case for each promise.

What is violated, unknown, bounded or vacuous is a `failure` whose `type` says which; a mistake in the input is an
`error`. What a gate accepts is `skipped`, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from verifier.report.cases import RULES, Case, Remark, cases, headline, remarks, story_text
from verifier.report.places import place
from verifier.report.words import how
from verifier.session.run import Result, Run

if TYPE_CHECKING:
    from verifier.session.gate.finding import GateFinding, GateReport

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def report(run: Run, gate: GateReport | None = None) -> str:
    """The whole run as one document."""
    root = Element("testsuites", name="verify-spec")
    for key, several in groupby(cases(run, gate), key=lambda c: _suite_name(c.result)):
        group = tuple(several)
        suite = SubElement(root, "testsuite", name=_text(key))
        for case in group:
            _case(suite, case, run)
        _count(suite, sum(c.result.verdict.cost.seconds for c in group))
    for name, rest in _others(remarks(run, gate, notices=False)):
        suite = SubElement(root, "testsuite", name=name)
        for remark in rest:
            _remark(suite, remark, run)
        _count(suite, 0)
    _count(root, run.seconds, root.iter("testcase"))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite_name(result: Result) -> str:
    profile = f"@{result.profile}" if result.profile else ""
    return f"{result.system.path}:{result.system.spec}{profile}"


def _others(told: Iterable[Remark]) -> list[tuple[str, list[Remark]]]:
    """What is about no promise, by where it comes from."""
    suites: dict[str, list[Remark]] = {}
    for remark in told:
        if remark.case is None:
            known = remark.rule in RULES
            name = "profiles" if remark.rule == "unmet-assumption" else "gate" if known else "input"
            suites.setdefault(name, []).append(remark)
    return list(suites.items())


def _count(suite: Element, seconds: float, found: Iterable[Element] | None = None) -> None:
    listed: Sequence[Element] = tuple(suite if found is None else found)
    suite.set("tests", str(len(listed)))
    for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(word, str(sum(1 for c in listed if c.find(tag) is not None)))
    suite.set("time", f"{seconds:.3f}")


def _case(suite: Element, case: Case, run: Run) -> None:
    result = case.result
    verdict = result.verdict
    incident = run.incident(result)
    element = _element(suite, result.prop.heading.name, _suite_name(result), verdict.cost.seconds)
    at = place(result.prop.heading.span, run.sources)
    if at is not None:
        element.set("file", _text(at.path))
        element.set("line", str(at.line))
    listed = SubElement(element, "properties")
    told = {
        "id": result.id,
        "kind": result.kind,
        "verdict": verdict.name,
        "expected": result.expected,
        "level": verdict.level or "",
        "method": how(verdict),
        "assumptions": ", ".join(verdict.assumptions),
        "lemmas": "; ".join(verdict.lemmas),
        "resembles": incident.title if incident is not None else "",
    }
    for name, value in told.items():
        if value:
            SubElement(listed, "property", name=name, value=_text(value))
    if case.problem is None:
        return
    if case.accepted is not None:
        SubElement(element, "skipped", message=_text(_accepted(case.accepted)))
    elif case.allowed:
        SubElement(element, "system-out").text = f"{verdict.name}, which the gate allows here."
    else:
        failure = SubElement(element, "failure", type=case.problem, message=_text(headline(case, run)))
        failure.text = _text(story_text(result, run))


def _remark(suite: Element, remark: Remark, run: Run) -> None:
    group = suite.get("name", "")
    element = _element(suite, f"{remark.rule} {remark.id}" if group == "gate" else remark.id, group, 0)
    at = place(remark.span, run.sources)
    where = f"{at.path}:{at.line}:{at.column}: " if at is not None else ""
    if at is not None:
        element.set("file", _text(at.path))
        element.set("line", str(at.line))
    if remark.accepted is not None:
        SubElement(element, "skipped", message=_text(_accepted(remark.accepted)))
        return
    tag = "error" if group == "input" else "failure"
    told = SubElement(element, tag, type=remark.rule, message=_text(remark.message))
    told.text = _text(f"{where}{remark.title}\n{remark.message}\n")


def _element(suite: Element, name: str, group: str, seconds: float) -> Element:
    return SubElement(suite, "testcase", name=_text(name), classname=_text(group), time=f"{seconds:.3f}")


def _accepted(finding: GateFinding) -> str:
    until = f" until {finding.expires.isoformat()}" if finding.expires is not None else ""
    return f"accepted{until}: {finding.reason}"


def _text(text: str) -> str:
    """Text without the characters that XML can't hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
