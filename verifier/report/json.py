"""A run for machines.

Every number of the user's is exact: an integer below 2^53 in size is a JSON number, a larger one a string of digits,
and a fraction a string `"p/q"` in lowest terms. Members of sorts and enums are their names. A map is an object whose
keys are the members' names, joined by `, ` where there are several. Times are in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.engines.verdict import StuckStep
from verifier.language.catalogue import entry
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span
from verifier.report.deadline import missed
from verifier.report.diagnostic import advice, message
from verifier.report.notices import entry as notice_entry
from verifier.report.scenario import scenario_text
from verifier.report.story import replay_command, what_failed
from verifier.session.incidents import Incident
from verifier.session.margins import Margin
from verifier.session.run import Result, Run
from verifier.system.execute import Interpreter
from verifier.system.numbers import member
from verifier.system.scenarios import because
from verifier.system.terms import Ty, Value
from verifier.system.trace import Cell, Counterexample, Scope, Step, Trace, Valuation
from verifier.system.transition import Responds, System, Variable
from verifier.system.values import with_enums

if TYPE_CHECKING:
    from verifier.session.gate.finding import GateFinding, GateReport

SCHEMA_VERSION = 1
_SAFE = 2**53


def report(run: Run, gate: GateReport | None = None) -> str:
    """The whole run as one JSON document, with what the gate says of it where there is one."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": dict(run.versions),
        "exit_status": run.status if gate is None else gate.status,
        "results": [result_entry(r, run) for r in run.results],
        "errors": [diagnostic(d, run.sources) for d in run.diagnostics],
        "warnings": [notice_entry(n, place_entry(n.finding.span, run.sources)) for n in run.notices],
        "unmet_assumptions": [diagnostic(d, run.sources) for d in run.unmet],
        "profiles": list(run.profiles),
        "margins": [_margin(m) for m in run.margins],
        "models_without_spec": list(run.models_without_spec),
        "gate": _gate(gate) if gate is not None else None,
        "seconds": _seconds(run.seconds),
        "solver_seconds": _seconds(run.solver_seconds),
    }
    return dump(document)


def _gate(gate: GateReport) -> dict[str, Any]:
    return {
        "open": gate.status == 0,
        "budget": gate.budget or None,
        "baseline": gate.baseline or None,
        "updated": gate.updated,
        "findings": [_finding(f, gate.run.sources) for f in gate.findings],
        "changes": [
            {"kind": c.kind, "id": c.id, "before": c.before or None, "after": c.after or None}
            for c in gate.baseline_diff
        ],
    }


def _finding(finding: GateFinding, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "id": finding.id,
        "message": finding.message,
        "accepted": finding.accepted,
        "reason": finding.reason or None,
        "expires": finding.expires.isoformat() if finding.expires is not None else None,
        "place": place_entry(finding.place, sources) if finding.place is not None else None,
    }


def dump(document: Mapping[str, Any]) -> str:
    """A document as text, in plain ASCII, so that no code page can spoil it."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def diagnostic(found: Diagnostic, sources: Mapping[str, Source]) -> dict[str, Any]:
    """One diagnostic with its places."""
    return {
        "code": found.code,
        "title": entry(found.code).title,
        "message": message(found),
        "help": advice(found),
        "place": place_entry(found.span, sources) if found.span is not None else None,
        "related": [{"role": role, **(place_entry(span, sources) or {})} for role, span in found.others],
    }


def result_entry(result: Result, run: Run) -> dict[str, Any]:
    """One result as a JSON value."""
    verdict = result.verdict
    interp = Interpreter(result.system)
    found = verdict.counterexample
    return {
        "id": result.id,
        "spec": result.system.spec,
        "model": result.system.model,
        "property": result.prop.heading.name,
        "kind": result.kind,
        "doc": result.prop.heading.doc,
        "verdict": verdict.name,
        "ok": result.ok,
        "expected": result.expected,
        "method": verdict.method,
        "rung": verdict.rung or None,
        "level": verdict.level,
        "assumptions": list(verdict.assumptions),
        "lemmas": list(verdict.lemmas),
        "depth": verdict.depth,
        "scope": dict(verdict.scope),
        "profile": result.profile or None,
        "cached": result.cached,
        "place": place_entry(result.prop.heading.span, run.sources),
        "seconds": _seconds(verdict.cost.seconds),
        "solver_seconds": _seconds(verdict.cost.solver_seconds),
        "queries": verdict.cost.queries,
        "rlimit": verdict.cost.rlimit,
        "counterexample": _counterexample(result, interp, found, run) if found is not None else None,
        "incident": _incident(run.incident(result)),
        "witness": _trace(interp.system, verdict.witness) if verdict.witness is not None else None,
        "stuck": _stuck(verdict.stuck) if verdict.stuck is not None else None,
        "notes": list(verdict.notes),
        "advice": list(verdict.advice),
        "command": replay_command(result, run),
    }


def _margin(margin: Margin) -> dict[str, Any]:
    return {
        "profile": margin.profile,
        "spec": f"{margin.path}:{margin.spec}",
        "assumption": margin.assumption,
        "parameter": margin.open or None,
        "bound": ("at most" if margin.most else "at least") if margin.open else None,
        "strict": margin.strict,
        "value": number(margin.value),
    }


def _incident(incident: Incident | None) -> dict[str, str | None] | None:
    if incident is None:
        return None
    return {
        "name": incident.name,
        "date": incident.date.isoformat(),
        "loss": incident.loss or None,
        "what": incident.what,
        "source": incident.source,
    }


def _seconds(value: float) -> float:
    return round(value, 3)


def place_entry(span: Span, sources: Mapping[str, Source]) -> dict[str, Any] | None:
    """A place as a JSON value; None if its text is not known."""
    source = sources.get(span.path)
    if source is None:
        return None
    start, end = source.position(span.start), source.position(max(span.start, span.end))
    return {
        "file": span.path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }


def _stuck(stuck: StuckStep) -> dict[str, Any]:
    return {
        "action": stuck.action,
        "reason": stuck.reason,
        "claim": stuck.claim,
        "product": stuck.product or None,
        "perhaps_unreachable": True,
        "before": dict(stuck.before),
        "after": dict(stuck.after),
    }


# ---------------------------------------------------------------------------------------------- runs


def _counterexample(result: Result, interp: Interpreter, found: Counterexample, run: Run) -> dict[str, Any]:
    system = interp.system
    scope = with_enums(system, found.trace.scope)
    arguments = {name: _named(system, result, name, value, scope) for name, value in found.witness.items()}
    return {
        "summary": what_failed(result, interp),
        **_trace(system, found.trace),
        "witness": arguments,
        "program": [_step(system, step, scope) for step in found.program],
        "undefined": found.undefined,
        "failed_at": place_entry(found.span, run.sources),
        "waiting": _waiting(result, interp, found),
        "scenario": scenario_text(interp, result.prop, found),
    }


def _waiting(result: Result, interp: Interpreter, found: Counterexample) -> list[int | None] | None:
    """Of a deadline: how often its action has run since the wait began, in the first state and after each step."""
    match result.prop:
        case Responds() as prop if not found.undefined:
            return list(missed(interp, prop, found).counters)
        case _:
            return None


def _named(system: System, result: Result, name: str, value: Value, scope: Scope) -> Any:
    """A witness: a member by its name where its type can be told from the property, else the number."""
    from verifier.system.rewrite import subterms
    from verifier.system.terms import Quant
    from verifier.system.transition import Enabled, Invariant, Reachable, Rule, StepProperty

    types: dict[str, Ty] = {}
    match result.prop:
        case Rule(args=args):
            types = {a.name: a.ty for a in args}
        case Enabled(free=free) | Responds(vars=free):
            types = {v.name: v.ty for v in free}
        case Invariant(formula=formula) | StepProperty(formula=formula) | Reachable(formula=formula):
            types = {t.var.name: t.var.ty for t in subterms(formula) if isinstance(t, Quant)}
        case _:
            pass
    return exact(value, types[name], scope) if name in types else number(value)


def _trace(system: System, trace: Trace) -> dict[str, Any]:
    scope = with_enums(system, trace.scope)
    return {
        "members": {s.name: list(scope.names[s.name]) for s in system.sorts if not s.members and s.name in scope.names},
        "params": _valuation(system.params, trace.params, scope),
        "start": _valuation(system.states, trace.start, scope),
        "steps": [_step(system, step, scope) for step in trace.steps],
    }


def _step(system: System, step: Step, scope: Scope) -> dict[str, Any]:
    action = system.action(step.move.action)
    changed = tuple(v for v in system.states if step.before.get(v.name) != step.after.get(v.name))
    return {
        "action": step.move.action,
        "arguments": {a.name: exact(v, a.ty, scope) for a, v in zip(action.args, step.move.args, strict=True)},
        "choices": {name: _loose(cell) for name, cell in step.move.choices.items()},
        "branch": step.branch or None,
        "reverted": because(step.reverted) if step.reverted is not None else None,
        "changes": _changes(changed, step, scope),
    }


def _changes(changed: tuple[Variable, ...], step: Step, scope: Scope) -> dict[str, Any]:
    """The new values of what changed; of a map only the entries that did."""
    out: dict[str, Any] = {}
    for variable in changed:
        before, after = step.before[variable.name], step.after[variable.name]
        if isinstance(after, Mapping) and isinstance(before, Mapping):
            after = {key: value for key, value in after.items() if before.get(key) != value}
        out[variable.name] = _cell(variable, after, scope)
    return out


def _valuation(variables: tuple[Variable, ...], valuation: Valuation, scope: Scope) -> dict[str, Any]:
    return {v.name: _cell(v, valuation[v.name], scope) for v in variables if v.name in valuation}


def _cell(variable: Variable, cell: Cell, scope: Scope) -> Any:
    if not isinstance(cell, Mapping):
        return exact(cell, variable.ty, scope)
    return {
        ", ".join(member(k, ty, scope) for k, ty in zip(key, variable.keys, strict=True)): exact(
            value, variable.ty, scope
        )
        for key, value in cell.items()
    }


def _loose(cell: Cell) -> Any:
    """A choice, whose type is not declared anywhere: numbers as they are, a map with its keys as indices."""
    if isinstance(cell, Mapping):
        return {", ".join(map(str, key)): number(value) for key, value in cell.items()}
    return number(cell)


def exact(value: Value, ty: Ty, scope: Scope) -> Any:
    """A value of a type."""
    return number(value) if ty.numeric or ty.kind == "bool" else member(value, ty, scope)


def number(value: Value) -> bool | int | str:
    """A number without any loss."""
    match value:
        case bool():
            return value
        case Fraction() if value.denominator != 1:
            return f"{value.numerator}/{value.denominator}"
        case _:
            whole = int(value)
            return whole if abs(whole) < _SAFE else str(whole)
