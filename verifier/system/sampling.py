"""Random parameters, initial states and moves that have a fair chance to fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from verifier.system.candidates import argument_points, choice_points, holds_with, points, spread
from verifier.system.evaluate import Frame, Undefined, domain, whole
from verifier.system.execute import Interpreter, failing_assumption
from verifier.system.programs import statements_of
from verifier.system.rewrite import subterms
from verifier.system.terms import Const, Op, Param, Term, Value, Var
from verifier.system.trace import Cell, Scope
from verifier.system.transition import Action, Call, Rule, System, Variable
from verifier.system.values import admits, all_keys, scope_of

REALS: tuple[Fraction | int, ...] = (
    0, 1, 2, 3, 10, 100, 1000,
    Fraction(1, 2), Fraction(1, 10), Fraction(1, 5), Fraction(3, 4), Fraction(4, 5), Fraction(9, 10), Fraction(1, 20),
    Fraction(21, 20), Fraction(11, 10), Fraction(3, 2), Fraction(1, 100),
)  # fmt: skip
"""Reals to try where nothing better is known: amounts, ratios, small rates."""

INTS = (0, 1, 2, 3, 5, 10, 100, 1000, 10**6, 10**18)
"""Integers to try where nothing better is known."""

_ATTEMPTS = 60


def random_scope(system: System, rng: Random, most: int = 3) -> Scope:
    """One to `most` members of every sort without a size of its own."""
    return scope_of(system, {s.name: rng.randint(1, most) for s in system.sorts})


def plain(variable: Variable, frame: Frame, rng: Random) -> Any:
    """A value of a variable's type and range, with nothing else known."""
    if not variable.ty.numeric:
        return rng.choice(domain(variable.ty, frame.members))
    pool: Sequence[Any] = INTS if variable.ty.kind == "int" else REALS
    value = rng.choice(pool)
    if variable.low is not None and value < variable.low:
        value = variable.low + value
    if variable.low is None and rng.random() < 0.1:
        value = -value
    if variable.high is not None and value > variable.high:
        value = rng.choice((variable.high, variable.low if variable.low is not None else variable.high))
    return value


# ---------------------------------------------------------------------------------------------- parameters


def random_params(interp: Interpreter, scope: Scope, rng: Random) -> dict[str, Cell] | None:
    """Parameters that satisfy all assumptions, or None if none were found.

    They are drawn one after the other; each is checked against the assumptions that speak of it and of earlier ones
    only, and tried at their bounds.
    """
    system = interp.system
    frame = interp.frame(scope, {})
    decided = _decided(system)
    for _ in range(_ATTEMPTS):
        drawn = all(_draw(interp, frame, variable, decided[variable.name], rng) for variable in system.params)
        if drawn and failing_assumption(interp, frame) is None:
            return dict(frame.params)
    return None


def _decided(system: System) -> dict[str, list[Term]]:
    """The parts of assumptions whose last parameter, in the order of declaration, is this one."""
    order = [p.name for p in system.params]
    out: dict[str, list[Term]] = {name: [] for name in order}
    for condition in (part for assumption in system.assumptions for part in _conjuncts(assumption.condition)):
        names = {t.name for t in subterms(condition) if isinstance(t, Param)}
        if names:
            out[max(names, key=order.index)].append(condition)
    return out


def _conjuncts(term: Term) -> Iterator[Term]:
    match term:
        case Op("and", args):
            for arg in args:
                yield from _conjuncts(arg)
        case _:
            yield term


def _draw(interp: Interpreter, frame: Frame, variable: Variable, conditions: list[Term], rng: Random) -> bool:
    if variable.name in interp.system.fixed:
        return True
    for attempt in range(8):
        value = _param_value(interp, frame, variable, conditions, rng, at_bounds=attempt % 2 == 1)
        frame.params = {**frame.params, variable.name: value}
        if all(interp.holds(frame, c) for c in conditions):
            return True
    return False


def _param_value(
    interp: Interpreter, frame: Frame, variable: Variable, conditions: list[Term], rng: Random, *, at_bounds: bool
) -> Any:
    if variable.keys:
        return {key: plain(variable, frame, rng) for key in all_keys(variable.keys, frame.members)}
    if at_bounds and variable.ty.numeric and conditions:
        return rng.choice(_param_points(interp, frame, variable, conditions) or [0])
    constants = [c for c in _constants(conditions) if admits(variable, c, frame.members)]
    if constants and variable.ty.numeric and rng.random() < 0.3:
        return rng.choice(constants)
    return plain(variable, frame, rng)


def _param_points(interp: Interpreter, frame: Frame, variable: Variable, conditions: list[Term]) -> list[Any]:
    def measure(value: Any) -> list[Any]:
        frame.params = {**frame.params, variable.name: value}
        return [d for c in conditions for d in interp.distances(c)(frame)]

    return points(variable, measure)


def _constants(conditions: list[Term]) -> list[Any]:
    return [whole(t.value) for c in conditions for t in subterms(c) if isinstance(t, Const) and t.ty.numeric]


# ---------------------------------------------------------------------------------------------- choices


def random_chooser(interp: Interpreter, rng: Random) -> Any:
    """Takes a random fitting value for every choice, and writes it down among the frame's choices."""

    def choose(frame: Frame, name: str, variable: Variable, where: Term) -> Cell | None:
        cell = _random_choice(interp, frame, variable, where, rng)
        if cell is not None and isinstance(frame.choices, dict):
            frame.choices[name] = cell
        return cell

    return choose


def _random_choice(interp: Interpreter, frame: Frame, variable: Variable, where: Term, rng: Random) -> Cell | None:
    if variable.keys:
        return _random_map(interp, frame, variable, where, rng)
    tried: list[Value] = [plain(variable, frame, rng) for _ in range(2)]
    values: list[Value] = choice_points(interp, frame, variable, where)
    rng.shuffle(values)
    for value in (*tried, *values):
        if admits(variable, value, frame.members) and holds_with(interp, frame, variable, value, where):
            return value
    return None


def _random_map(interp: Interpreter, frame: Frame, variable: Variable, where: Term, rng: Random) -> Cell | None:
    now = frame.now
    keys = list(all_keys(variable.keys, frame.members))
    for _ in range(4):
        cell: dict[tuple[int, ...], Value] = {key: plain(variable, frame, rng) for key in keys}
        frame.now = {**now, variable.name: cell}
        fits = interp.holds(frame, where)
        frame.now = now
        if fits:
            return cell
    values: list[Value] = choice_points(interp, frame, variable, where)
    rng.shuffle(values)
    for value in values:
        if admits(variable, value, frame.members) and holds_with(interp, frame, variable, value, where):
            uniform: Cell = spread(variable, value, frame)
            return uniform
    return None


# ---------------------------------------------------------------------------------------------- arguments


def random_args(interp: Interpreter, frame: Frame, action: Action, rng: Random) -> tuple[Any, ...]:
    """Arguments for an action in the frame's state, numbers mostly at or between the bounds of its requires."""
    args = [1 if v.ty.numeric else rng.choice(domain(v.ty, frame.members)) for v in action.args]
    for index, variable in enumerate(action.args):
        if variable.ty.numeric:
            args[index] = _random_number(interp, frame, action, args, index, rng)
    return tuple(args)


def _random_number(
    interp: Interpreter, frame: Frame, action: Action, args: Sequence[Any], index: int, rng: Random
) -> Any:
    if rng.random() < 0.35:
        return plain(action.args[index], frame, rng)
    found = argument_points(interp, frame, action, args, index)
    return rng.choice(found) if found else plain(action.args[index], frame, rng)


def random_rule_args(interp: Interpreter, frame: Frame, rule: Rule, rng: Random) -> dict[str, Any]:
    """Arguments for a rule: a number that is handed to an action is tried at that action's bounds."""
    out = {v.name: 1 if v.ty.numeric else plain(v, frame, rng) for v in rule.args}
    uses = _uses(rule)
    for variable in rule.args:
        if not variable.ty.numeric:
            continue
        out[variable.name] = plain(variable, frame, rng)
        if variable.name in uses and rng.random() < 0.65:
            call, index = uses[variable.name]
            args = _call_args(interp, frame, call, out)
            if args is not None:
                found = argument_points(interp, frame, interp.actions[call.action], args, index)
                fitting = [v for v in found if admits(variable, v, frame.members)]
                if fitting:
                    out[variable.name] = rng.choice(fitting)
    return out


def _uses(rule: Rule) -> Mapping[str, tuple[Call, int]]:
    """The first call that each argument of a rule is handed to as it is, and its place there."""
    out: dict[str, tuple[Call, int]] = {}
    names = {a.name for a in rule.args}
    for call in statements_of(rule.program):
        if not isinstance(call, Call):
            continue
        for index, term in enumerate(call.args):
            if isinstance(term, Var) and term.name in names and term.name not in out:
                out[term.name] = (call, index)
    return out


def _call_args(interp: Interpreter, frame: Frame, call: Call, known: Mapping[str, Any]) -> list[Any] | None:
    frame.locals = dict(known)
    try:
        return [whole(interp.code(a)(frame)) for a in call.args]
    except (KeyError, Undefined):  # an argument that depends on a `let` of the program
        return None
