"""Values worth trying for an argument or a choice: where a comparison turns, beside it, and in between.

For one number and comparisons that are linear in it, the list is complete: if any value fits, one of these does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from verifier.system.evaluate import Frame, Undefined, domain, whole
from verifier.system.execute import Interpreter
from verifier.system.terms import Term, Value
from verifier.system.trace import Cell
from verifier.system.transition import Action, Variable
from verifier.system.values import admits, all_keys

Measure = Callable[[Any], Sequence[Any]]
"""The distances of all comparisons when the number has a value."""


def points(variable: Variable, measure: Measure) -> list[Any]:
    """Values of a number to try, smallest first."""
    turns = _turns(measure)
    low, high = variable.low, variable.high
    if variable.ty.kind == "int":
        near = {n for t in turns for n in (floor(t) - 1, floor(t), floor(t) + 1, floor(t) + 2)} | {0, 1}
        return sorted(n for n in near | _ends(low, high) if _within(n, low, high))
    ends = [low] if low is not None else []
    marks = sorted(t for t in {*turns, 0, *ends, *([high] if high is not None else [])} if _within(t, low, high))
    between = [whole(Fraction(a + b) / 2) for a, b in pairwise(marks)]
    beyond = [marks[-1] + 1, marks[0] - 1, marks[-1] * 2] if marks else [1]
    return sorted({*marks, *between, *(b for b in beyond if _within(b, low, high))})


def _ends(low: int | None, high: int | None) -> set[int]:
    return {n for n in (low, high) if n is not None}


def _within(value: Any, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _turns(measure: Measure) -> set[Any]:
    """Where a distance is zero: by the secant through 0 and 1, and a second one where the distance is not linear."""
    at_zero, at_one, at_two = measure(0), measure(1), measure(2)
    found: set[Any] = set()
    for number, (d0, d1, d2) in enumerate(zip(at_zero, at_one, at_two, strict=False)):
        turn = None if d0 is None or d1 is None else _secant(0, d0, 1, d1)
        if turn is not None:
            found.add(turn)
        if d1 is None or d2 is None or (turn is not None and d2 - d1 == d1 - d0):
            continue
        start = turn if turn is not None else _secant(1, d1, 2, d2)
        if start is None or start in (1, 2):
            continue
        found.add(start)
        again = measure(start)
        if number < len(again) and again[number]:
            found.add(_secant(1, d1, start, again[number]))
    return found - {None}


def _secant(x0: Any, d0: Any, x1: Any, d1: Any) -> Any:
    slope = d1 - d0
    if not slope:
        return None
    return whole(x0 - Fraction(d0) * (x1 - x0) / Fraction(slope))


# ---------------------------------------------------------------------------------------------- arguments


def argument_points(interp: Interpreter, frame: Frame, action: Action, args: Sequence[Any], index: int) -> list[Any]:
    """Values to try for one argument of an action in the frame's state, the other arguments being as given."""
    variable = action.args[index]
    if not variable.ty.numeric:
        return list(domain(variable.ty, frame.members))
    trial = list(args)

    def measure(value: Any) -> Sequence[Any]:
        trial[index] = value
        return distances_of(interp, frame, action, trial)

    return points(variable, measure)


def distances_of(interp: Interpreter, frame: Frame, action: Action, args: Sequence[Any]) -> list[Any]:
    """The distances of all comparisons in the action's requires, as if every one of them held."""
    now, local = frame.now, frame.locals
    frame.now, frame.locals, frame.owned = dict(now), {v.name: a for v, a in zip(action.args, args, strict=True)}, set()
    found: list[Any] = []
    frame.probe = found
    try:
        interp.block(action.body)(frame)
    except Undefined:
        pass
    frame.probe, frame.now, frame.locals = None, now, local
    return found


# ---------------------------------------------------------------------------------------------- choices


def fitting(interp: Interpreter, frame: Frame, variable: Variable, where: Term) -> Cell | None:
    """A value of a choice for which its condition holds, the one nearest to zero of those tried; None if none does.

    For a whole map the same value is tried at every entry.
    """
    for value in choice_points(interp, frame, variable, where):
        if admits(variable, value, frame.members) and holds_with(interp, frame, variable, value, where):
            cell: Cell = spread(variable, value, frame)
            return cell
    return None


def choice_points(interp: Interpreter, frame: Frame, variable: Variable, where: Term) -> list[Value]:
    """Values to try for a choice, those nearest to zero first. A variable of that name in the state is being filled."""
    if not variable.ty.numeric:
        return list(domain(variable.ty, frame.members))
    distances = interp.distances(where)

    def measure(value: Any) -> Sequence[Any]:
        found: list[Any] = _with(frame, variable, value, distances)
        return found

    return sorted(points(variable, measure), key=abs)


def holds_with(interp: Interpreter, frame: Frame, variable: Variable, value: Value, where: Term) -> bool:
    """Whether a choice's condition holds for a value."""
    try:
        return bool(_with(frame, variable, value, interp.code(where)))
    except Undefined:
        return False


def _with(frame: Frame, variable: Variable, value: Any, code: Callable[[Frame], Any]) -> Any:
    now, local = frame.now, frame.locals
    if variable.name in now and variable.name not in local:
        frame.now = {**now, variable.name: spread(variable, value, frame)}
    frame.locals = {**local, variable.name: value}
    try:
        return code(frame)
    finally:
        frame.now, frame.locals = now, local


def spread(variable: Variable, value: Any, frame: Frame) -> Any:
    """The value itself, or for a map the value at every key."""
    if not variable.keys:
        return value
    return dict.fromkeys(all_keys(variable.keys, frame.members), value)


def chooser(interp: Interpreter) -> Callable[[Frame, str, Variable, Term], Cell | None]:
    """Finds a fitting value for every choice that nobody made, and writes it down among the choices."""

    def choose(frame: Frame, name: str, variable: Variable, where: Term) -> Cell | None:
        cell = fitting(interp, frame, variable, where)
        if cell is not None and isinstance(frame.choices, dict):
            frame.choices[name] = cell
        return cell

    return choose
