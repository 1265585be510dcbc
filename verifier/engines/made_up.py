"""States and steps made up at random, whatever the model does.

What is false of one of them does depend on the model; two formulas that differ on one say different things. So a solver
is asked only about the few that agree everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, assert_never, final

from verifier.system.evaluate import Frame, whole
from verifier.system.execute import Interpreter
from verifier.system.sampling import plain, random_params
from verifier.system.terms import Term, conj
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
    Variable,
)
from verifier.system.values import all_keys, scope_of

DRAWS = 3
"""Draws of parameters that meet the assumptions."""

FRAMES = 3
"""Pairs of states for each."""

_MEMBERS = 2

Signature = tuple[bool, ...]
"""On which of the made-up states (steps, runs) a property is true."""


@final
@dataclass(slots=True)
class MadeUp:
    """Frames with parameters that meet the assumptions, and any states. The same ones every time."""

    interpreter: Interpreter
    _frames: list[Frame] | None = None

    def signature(self, prop: Property) -> Signature | None:
        """Where a property is true; None where that can't be told: no parameters were found, or it has no formula."""
        frames = self._made()
        if not frames:
            return None
        match prop:
            case Invariant(_, formula, defined) | StepProperty(_, formula, defined) | Reachable(_, formula, defined):
                claim = conj(defined, formula)
                return tuple(self.interpreter.holds(frame, claim) for frame in frames)
            case Rule():
                return tuple(self._idle(prop, frame, Random(index)) for index, frame in enumerate(frames))
            case Enabled() | Responds() | Scenario():
                return None
            case _:
                assert_never(prop)

    def _made(self) -> list[Frame]:
        if self._frames is None:
            self._frames = list(self._make(Random(0)))
        return self._frames

    def _make(self, rng: Random) -> Iterator[Frame]:
        system = self.interpreter.system
        scope = scope_of(system, {s.name: _MEMBERS for s in system.sorts})
        for _ in range(DRAWS):
            params = random_params(self.interpreter, scope, rng)
            if params is None:
                return
            for index in range(FRAMES):
                frame = self.interpreter.frame(scope, params)
                frame.now = self._state(frame, rng)
                # Steps that change one thing tell more formulas apart than those that change everything.
                other = self._state(frame, rng)
                changed = [n for n in other if rng.random() < (index + 1) / FRAMES]
                frame.old = {**frame.now, **{n: other[n] for n in changed}}
                frame.action = rng.choice(system.actions).name if system.actions else ""
                yield frame

    def _state(self, frame: Frame, rng: Random) -> dict[str, Any]:
        return {v.name: _cell(v, frame, rng) for v in self.interpreter.system.states}

    # ------------------------------------------------------------------------------------------ rules

    def _idle(self, rule: Rule, frame: Frame, rng: Random) -> bool:
        """Whether the program comes out although every call leads anywhere."""
        now = frame.now
        frame.locals = {v.name: whole(plain(v, frame, rng)) for v in rule.args}
        outcome = self._block(rule.program, frame, rng)
        frame.now, frame.locals = now, {}
        return outcome is not False

    def _block(self, body: tuple[Stmt, ...], frame: Frame, rng: Random) -> bool | None:
        """False if a goal fails, None if a `require` of the program's own says that it does not apply."""
        for stmt in body:
            outcome = self._statement(stmt, frame, rng)
            if outcome is not True:
                return outcome
        return True

    def _statement(self, stmt: Stmt, frame: Frame, rng: Random) -> bool | None:
        match stmt:
            case Require(condition):
                return True if self._holds(frame, condition) else None
            case Let(var, value, defined):
                if not self._holds(frame, defined):
                    return False
                frame.locals[var.name] = whole(self.interpreter.code(value)(frame))
                return True
            case Call(reverts=reverts, defined=defined):
                if reverts or not self._holds(frame, defined):
                    return False
                frame.now = self._state(frame, rng)
                return True
            case Check(condition, defined):
                return self._holds(frame, defined) and self._holds(frame, condition)
            case Compare(first, second):
                return self._compare(first, second, frame, rng)
            case Set() | Choose() | Havoc() | ForEach() | Branch():
                return False
            case _:
                assert_never(stmt)

    def _compare(self, first: tuple[Stmt, ...], second: tuple[Stmt, ...], frame: Frame, rng: Random) -> bool | None:
        start = frame.now
        ends: list[dict[str, Any]] = []
        for body in (first, second):
            frame.now = start
            outcome = self._block(body, frame, rng)
            if outcome is not True:
                return outcome
            ends.append(frame.now)
        frame.first, frame.second = ends
        frame.now = start
        return True

    def _holds(self, frame: Frame, condition: Term) -> bool:
        return self.interpreter.holds(frame, condition)


def _cell(variable: Variable, frame: Frame, rng: Random) -> Any:
    if not variable.keys:
        return whole(plain(variable, frame, rng))
    return {key: whole(plain(variable, frame, rng)) for key in all_keys(variable.keys, frame.members)}
