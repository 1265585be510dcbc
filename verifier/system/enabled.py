"""`enabled` at one state: is there a choice of the open arguments with which the action runs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any, final

from verifier.language.frozen import dataclass
from verifier.system.candidates import argument_points, chooser
from verifier.system.dependence import FREE, LINEAR, dependence
from verifier.system.evaluate import Frame, domain, typed, whole
from verifier.system.execute import Interpreter, act
from verifier.system.terms import Value
from verifier.system.transition import Action, Enabled

_TRIES = 400
"""Values of several numbers that are tried for each choice of members, where trying does not decide."""


@final
@dataclass(frozen=True, slots=True)
class Stuck:
    """Values of the free names for which the condition holds and there is no way to run the action; or, with
    `undefined`, for which the condition has no value."""

    witness: Mapping[str, Value]
    undefined: bool = False


def stuck(interp: Interpreter, frame: Frame, prop: Enabled, given: Mapping[str, Value]) -> Stuck | None:
    """Where the property fails in the frame's state, for the given free names or, without them, for any. Nowhere, if a
    member is given that there is not.

    Arguments from finite types are tried exhaustively, and a number whose requires are linear in it is decided. What is
    not decided is no failure: several open numbers, or requires of higher degree, where none was found that fits.
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
        if _never_runs(interp, frame, interp.actions[prop.action], fixed):
            frame.now = now
            return Stuck(witness)
    frame.now = now
    return None


def _never_runs(interp: Interpreter, frame: Frame, action: Action, args: tuple[Any, ...]) -> bool:
    """Whether the action can't run from the frame's state, whatever is put for the arguments that are open (None), and
    whatever it chooses itself. False also where that is not certain."""
    finite = [i for i, a in enumerate(args) if a is None and not action.args[i].ty.numeric]
    numbers = [i for i, a in enumerate(args) if a is None and action.args[i].ty.numeric]
    given = (v for i, v in enumerate(action.args) if i not in numbers)
    depends = dependence(action, given, (action.args[i] for i in numbers))
    every = len(numbers) <= 1 and depends.worst <= LINEAR  # then those that are tried are as good as all
    now, explain = frame.now, frame.explain
    frame.chooser, frame.explain = chooser(interp), False
    try:
        for members in product(*(domain(action.args[i].ty, frame.members) for i in finite)):
            trial = list(args)
            for i, member in zip(finite, members, strict=True):
                trial[i] = member
            for i in numbers:
                trial[i] = 1
            certain = every
            tries = _numbers(interp, frame, action, trial, numbers)
            for complete in tries if every else islice(tries, _TRIES):
                reverted = act(interp, frame, action, complete, {})
                frame.now = now
                if reverted is None:
                    return False
                if depends.of(reverted.why) == FREE:
                    certain = True
                    break
            if not certain:
                return False
    finally:
        frame.chooser, frame.explain = None, explain
    return True


def _numbers(
    interp: Interpreter, frame: Frame, action: Action, trial: list[Any], numbers: list[int]
) -> Iterator[tuple[Any, ...]]:
    if not numbers:
        yield tuple(trial)
        return
    first, *rest = numbers
    for value in argument_points(interp, frame, action, trial, first):
        yield from _numbers(interp, frame, action, [*trial[:first], value, *trial[first + 1 :]], rest)
