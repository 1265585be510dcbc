"""Counterexamples as traces in the Informal Trace Format (ITF), which Apalache, Quint and their viewers read.

Whole numbers are `{"#bigint": "…"}`. A real is the pair `{"#tup": [numerator, denominator]}` in lowest terms, with a
denominator above zero. A member of a sort is a string such as `A_OF_ACCOUNT`, as values of uninterpreted types are; a
member of an enum is its name. A map is a `#map`, whose keys are tuples where there are several. Parameters stand in
every state. The action that led to a state, its arguments and choices are in the state's `#meta`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.report.json import dump, exact, number
from verifier.report.story import what_failed
from verifier.session.run import Result, Run
from verifier.system.execute import Interpreter
from verifier.system.numbers import member
from verifier.system.scenarios import because
from verifier.system.terms import Ty, Value
from verifier.system.trace import Cell, Counterexample, Scope, Step, Valuation
from verifier.system.transition import System, Variable
from verifier.system.values import with_enums

_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@-]+")


def traces(run: Run) -> Iterator[tuple[str, str]]:
    """The name and the text of a file for each counterexample. One of a `compare` has two runs, and a file for each."""
    names: set[str] = set()
    for result in run.results:
        found = result.verdict.counterexample
        if found is None:
            continue
        name = _UNSAFE.sub("-", result.id).strip(".-")
        while name in names:
            name += "-"
        names.add(name)
        for branch, steps in _runs(found):
            suffix = f".{branch}" if branch else ""
            yield f"{name}{suffix}.itf.json", dump(_trace(result, found, steps, run))


def _runs(found: Counterexample) -> Iterator[tuple[str, Sequence[Step]]]:
    steps = (*found.trace.steps, *found.program)
    if not any(s.branch for s in steps):
        yield "", steps
        return
    for branch in ("first", "second"):
        yield branch, [s for s in steps if s.branch in ("", branch)]


def _trace(result: Result, found: Counterexample, steps: Sequence[Step], run: Run) -> dict[str, Any]:
    system = result.system
    scope = with_enums(system, found.trace.scope)
    params = _values(system.params, found.trace.params, scope)
    states = [{"#meta": {"index": 0}, **params, **_values(system.states, found.trace.start, scope)}]
    for index, step in enumerate(steps, 1):
        meta = {"index": index, **_taken(system, step, scope)}
        states.append({"#meta": meta, **params, **_values(system.states, step.after, scope)})
    variables = (*system.params, *system.states)
    incident = run.incident(result)
    return {
        "#meta": {
            "format": "ITF",
            "format-description": _DESCRIPTION,
            "source": result.prop.heading.span.path,
            "description": what_failed(result, Interpreter(system)),
            "varTypes": {v.name: _type(v) for v in variables},
            "units": {v.name: v.unit for v in variables if v.unit},
            "property": result.id,
            **({"resembles": incident.title} if incident is not None else {}),
            "tool": f"verify-spec {run.versions.get('verify-spec', '')}".strip(),
        },
        "params": [v.name for v in system.params],
        "vars": [v.name for v in variables],
        "states": states,
    }


def _taken(system: System, step: Step, scope: Scope) -> dict[str, Any]:
    action = system.action(step.move.action)
    out: dict[str, Any] = {
        "action": step.move.action,
        "arguments": {a.name: exact(v, a.ty, scope) for a, v in zip(action.args, step.move.args, strict=True)},
    }
    chosen = {name: number(cell) for name, cell in step.move.choices.items() if not isinstance(cell, Mapping)}
    if chosen:
        out["choices"] = chosen
    if step.reverted is not None:
        out["reverted"] = because(step.reverted)
    return out


def _values(variables: tuple[Variable, ...], valuation: Valuation, scope: Scope) -> dict[str, Any]:
    return {v.name: _cell(v, valuation[v.name], scope) for v in variables if v.name in valuation}


def _cell(variable: Variable, cell: Cell, scope: Scope) -> Any:
    if not isinstance(cell, Mapping):
        return _value(cell, variable.ty, scope)
    return {"#map": [[_key(variable, key, scope), _value(v, variable.ty, scope)] for key, v in cell.items()]}


def _key(variable: Variable, key: tuple[int, ...], scope: Scope) -> Any:
    parts = [_value(k, ty, scope) for k, ty in zip(key, variable.keys, strict=True)]
    return parts[0] if len(parts) == 1 else {"#tup": parts}


def _value(value: Value, ty: Ty, scope: Scope) -> Any:
    match ty.kind:
        case "bool":
            return bool(value)
        case "int":
            return {"#bigint": str(int(value))}
        case "real":
            ratio = Fraction(value)
            return {"#tup": [{"#bigint": str(ratio.numerator)}, {"#bigint": str(ratio.denominator)}]}
        case "sort":
            return f"{member(value, ty, scope)}_OF_{ty.name.upper()}"
        case _:
            return member(value, ty, scope)


def _type(variable: Variable) -> str:
    """The type in the notation of Apalache's type system."""
    names = [_type_name(k) for k in variable.keys]
    of = _type_name(variable.ty)
    if not names:
        return of
    key = names[0] if len(names) == 1 else f"<<{', '.join(names)}>>"
    return f"{key} -> {of}"


def _type_name(ty: Ty) -> str:
    match ty.kind:
        case "bool":
            return "Bool"
        case "int":
            return "Int"
        case "real":
            return "<<Int, Int>>"
        case "sort":
            return ty.name.upper()
        case _:
            return "Str"
