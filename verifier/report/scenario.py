"""A counterexample as a `scenario`: paste it into the spec, and it is a regression test.

The scenario fails as long as the property does (`enabled` with an open argument is the exception: that there is no
value with which a call runs can't be said by one call; the scenario then leads to the state and says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from verifier.report import deadline
from verifier.report.step_claim import step_claim
from verifier.report.values import choices_text, entry_name
from verifier.system.execute import Interpreter
from verifier.system.numbers import literal_value, member
from verifier.system.pretty import pretty
from verifier.system.scenarios import chosen_states
from verifier.system.terms import TRUE, Term, Value
from verifier.system.trace import Cell, Counterexample, Scope, Step, Trace
from verifier.system.transition import (
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    Enabled,
    ForEach,
    Havoc,
    Invariant,
    Let,
    Property,
    Reachable,
    Require,
    Responds,
    Rule,
    Scenario,
    Set,
    StepProperty,
    Stmt,
    System,
    Variable,
)
from verifier.system.units import Units, program_units, units_of
from verifier.system.values import entries, with_enums

_LINE = 110
_COMMENT = re.compile(r"//[^\n]*")


def scenario_text(interp: Interpreter, prop: Property, found: Counterexample) -> str:
    """The counterexample of a property (or the run of a `reachable`) as a scenario that can be pasted into the spec."""
    return "\n".join(_scenario(interp, prop, found)) + "\n"


def _scenario(interp: Interpreter, prop: Property, found: Counterexample) -> Iterator[str]:
    system = interp.system
    trace = found.trace
    scope = with_enums(system, trace.scope)
    calls = [_call(system, step, scope) for step in trace.steps]
    claim: Sequence[str]
    match prop:
        case Invariant(heading=heading):
            claim = _check(heading.text)
        case Reachable(heading=heading):
            claim = _check(heading.text)
        case StepProperty() if trace.steps:
            lets, claim = step_claim(system, prop, found, scope)
            calls[-1:-1] = lets
        case StepProperty():
            claim = ()
        case Rule():
            claim = list(_program(prop.program, _rule_names(prop, found, scope), _rule_units(system, prop), scope))
        case Enabled():
            claim = list(_enabled(system, prop, found, scope))
        case Responds():
            calls, claim = deadline.checked(interp, prop, found, calls), ()
        case Scenario(heading=heading):
            yield heading.text
            return
    body = [*calls, *claim]
    yield f"scenario {prop.heading.name}_{'run' if isinstance(prop, Reachable) else 'counterexample'} {{"
    yield from _start(interp, trace, scope, "\n".join(body))
    yield from (f"  {text}" for text in body)
    yield "}"


# ---------------------------------------------------------------------------------------------- start


def _start(interp: Interpreter, trace: Trace, scope: Scope, body: str) -> Iterator[str]:
    """The start block: parameters, what `init` leaves open, and whoever takes part without being mentioned later."""
    system = interp.system
    values = [v for p in system.params for v in _values(p, trace.params[p.name], scope)]
    opened = dict.fromkeys(variable.name for variable, _ in chosen_states(interp).values())
    values += [v for name in opened for v in _values(system.state(name), trace.start[name], scope)]
    text = body + ", ".join(values)
    values += _silent_members(system, trace, scope, text)
    if not values:
        return
    lines = [""]
    for number, value in enumerate(values):
        item = value + ("," if number < len(values) - 1 else "")
        if len(lines[-1]) + len(item) > _LINE and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {item}".strip()
    if len(lines) == 1:
        yield f"  start {{ {lines[0]} }}"
    else:
        yield "  start {"
        yield from (f"    {line}" for line in lines)
        yield "  }"


def _values(variable: Variable, cell: Cell, scope: Scope) -> Iterator[str]:
    """`price = 2_000[USD/ETH]`; a map entry by entry, or at once where all entries are equal."""
    found = list(entries(cell))
    if variable.keys and found and all(value == found[0][1] for _, value in found):
        found = [((), found[0][1])]
    for key, value in found:
        yield f"{entry_name(variable, key, scope)} = {_literal(value, variable, scope)}"


def _literal(value: Value, variable: Variable, scope: Scope) -> str:
    return literal_value(value, variable.ty, variable.unit, scope)


def _silent_members(system: System, trace: Trace, scope: Scope, text: str) -> Iterator[str]:
    """A scenario has the members that it mentions. Those that no call mentions are mentioned by a value that `init`
    gives them, where there is a map that is keyed by their sort alone."""
    for sort in system.sorts:
        if sort.members or sort.name not in scope.names:
            continue
        holder = next((s for s in system.states if tuple(k.name for k in s.keys) == (sort.name,)), None)
        for index, name in enumerate(scope.names[sort.name]):
            cell = trace.start.get(holder.name) if holder is not None else None
            if holder is None or not isinstance(cell, Mapping) or re.search(rf"\b{re.escape(name)}\b", text):
                continue
            yield f"{entry_name(holder, (index,), scope)} = {_literal(cell[index,], holder, scope)}"


# ---------------------------------------------------------------------------------------------- calls and checks


def _call(system: System, step: Step, scope: Scope) -> str:
    action = system.action(step.move.action)
    args = [_literal(v, a, scope) for v, a in zip(step.move.args, action.args, strict=True)]
    taken = choices_text(step.move.choices)
    note = f"  // here with {taken}" if taken else ""
    return f"{step.move.action}({', '.join(args)}){note}"


def _check(text: str) -> tuple[str, ...]:
    """A property's own formula as a check."""
    return (f"check {' '.join(_COMMENT.sub('', text).split())}",)


def _rule_names(rule: Rule, found: Counterexample, scope: Scope) -> dict[str, str]:
    """What stands for each argument of a rule: a member's name, or a number with its unit."""
    names: dict[str, str] = {}
    for variable in rule.args:
        if variable.name in found.witness:
            text = _literal(found.witness[variable.name], variable, scope)
            names[variable.name] = f"({text})" if " " in text or text.startswith("-") else text
    return names


def _rule_units(system: System, rule: Rule) -> Units:
    return program_units(units_of(system), rule.args, rule.program)


def _program(program: tuple[Stmt, ...], names: Mapping[str, str], units: Units, scope: Scope) -> Iterator[str]:
    """A rule's program with its arguments put in."""

    def text(term: Term) -> str:
        return pretty(term, scope, names, units)

    for stmt in program:
        match stmt:
            case Let(var, value):
                yield f"let {text(var)} = {text(value)}"
            case Call(action, args, reverts):
                listed = ", ".join(_bare(text(a)) for a in args)
                yield f"{'reverts ' if reverts else ''}{action}({listed})"
            case Check(condition):
                yield f"check {text(condition)}"
            case Compare(first, second):
                one, other = ("  ".join(_program(p, names, units, scope)) for p in (first, second))
                yield f"compare {{ {one} }} with {{ {other} }}"
            case Branch(condition, then, otherwise):
                yield f"// if {text(condition)}:"
                yield from _program(then, names, units, scope)
                if otherwise:
                    yield "// else:"
                    yield from (f"// {line}" for line in _program(otherwise, names, units, scope))
            case ForEach(var, body):
                for index in range(scope.size(var.ty.name)):
                    here = {**names, var.name: member(index, var.ty, scope)}
                    yield from _program(body, here, units, scope)
            case Require() | Choose() | Set() | Havoc():
                pass  # a scenario has no assumptions or choices of its own; the values put in meet them


def _bare(text: str) -> str:
    """An argument needs no parentheses around it."""
    inner = text[1:-1]
    return inner if text.startswith("(") and text.endswith(")") and "(" not in inner and ")" not in inner else text


def _enabled(system: System, prop: Enabled, found: Counterexample, scope: Scope) -> Iterator[str]:
    names = {v.name: member(found.witness[v.name], v.ty, scope) for v in prop.free if v.name in found.witness}
    units = units_of(system)
    args = ["_" if a is None else _bare(pretty(a, scope, names, units)) for a in prop.args]
    call = f"{prop.action}({', '.join(args)})"
    if prop.when != TRUE:
        yield f"check {pretty(prop.when, scope, names, units)}"
    if "_" in args:
        yield f"// Here no value for `_` lets `{call}` run."
    else:
        yield call
