"""`enabled` at one state: is there a choice of the open arguments with which the action runs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, final

from verifier.language.frozen import dataclass
from verifier.system.candidates import argument_points, chooser
from verifier.system.evaluate import Frame, domain, typed, whole
from verifier.system.execute import Interpreter, act
from verifier.system.terms import Value
from verifier.system.transition import Action, Enabled

_TRIES = 400


@final
@dataclass(frozen=True, slots=True)
class Stuck:
    """Values of the free names for which the condition holds and no way to run the action was found; or, with
    `undefined`, for which the condition has no value."""

    witness: Mapping[str, Value]
    undefined: bool = False


def stuck(interp: Interpreter, frame: Frame, prop: Enabled, given: Mapping[str, Value]) -> Stuck | None:
    """Where the property fails in the frame's state, for the given free names or, without them, for any. Nowhere, if a
    member is given that there is not.

    Arguments from finite types are tried exhaustively, and a number whose requires are linear in it is decided; with
    several open numbers, or requires of higher degree, a way to run the action may be missed.
    """
    names = tuple(v.name for v in prop.free)
    combinations: Iterator[tuple[Any, ...]] = product(*(domain(v.ty, frame.members) for v in prop.free))
    if all(n in given for n in names):
        if any(given[v.name] not in domain(v.ty, frame.members) for v in prop.free):
            return None
        combinations = iter([tuple(given[n] for n in names)])
    now = frame.now
    for values in combinations:
        frame.locals, frame.now = dict(zip(names, values, strict=True)), now
        witness = {v.name: typed(value, v.ty) for v, value in zip(prop.free, values, strict=True)}
        if not interp.holds(frame, prop.defined):
            return Stuck(witness, undefined=True)
        if not interp.holds(frame, prop.when):
            continue
        fixed = tuple(None if a is None else whole(interp.code(a)(frame)) for a in prop.args)
        if way_to_run(interp, frame, interp.actions[prop.action], fixed) is None:
            frame.now = now
            return Stuck(witness)
    frame.now = now
    return None


def way_to_run(
    interp: Interpreter, frame: Frame, action: Action, args: tuple[Any, ...]
) -> tuple[tuple[Any, ...], Mapping[str, Any]] | None:
    """Arguments (None is open) and choices with which the action runs from the frame's state, if some are found."""
    now, explain = frame.now, frame.explain
    frame.chooser, frame.explain = chooser(interp), False
    found = None
    for trial in _trials(interp, frame, action, args):
        choices: dict[str, Any] = {}
        reverted = act(interp, frame, action, trial, choices)
        frame.now = now
        if reverted is None:
            found = (trial, choices)
            break
    frame.chooser, frame.explain = None, explain
    return found


def _trials(interp: Interpreter, frame: Frame, action: Action, args: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Complete argument lists: finite arguments first, then each open number at its turning points."""
    open_finite = [i for i, a in enumerate(args) if a is None and not action.args[i].ty.numeric]
    open_numbers = [i for i, a in enumerate(args) if a is None and action.args[i].ty.numeric]
    budget = _TRIES
    for members in product(*(domain(action.args[i].ty, frame.members) for i in open_finite)):
        trial = list(args)
        for i, member in zip(open_finite, members, strict=True):
            trial[i] = member
        for i in open_numbers:
            trial[i] = 1
        budget = max(budget, _TRIES // 4)
        for complete in _numbers(interp, frame, action, trial, open_numbers):
            yield complete
            budget -= 1
            if budget <= 0:
                break


def _numbers(
    interp: Interpreter, frame: Frame, action: Action, trial: list[Any], numbers: list[int]
) -> Iterator[tuple[Any, ...]]:
    if not numbers:
        yield tuple(trial)
        return
    first, *rest = numbers
    for value in argument_points(interp, frame, action, trial, first):
        yield from _numbers(interp, frame, action, [*trial[:first], value, *trial[first + 1 :]], rest)
