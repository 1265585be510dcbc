"""Random play: runs for `verify-spec simulate`, and a search for violations that costs microseconds a step."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, final

from verifier.system.evaluate import Frame
from verifier.system.execute import Interpreter, act, enter
from verifier.system.programs import Player, statements_of
from verifier.system.replay import Candidate, Mismatch, confirm, replay
from verifier.system.sampling import random_args, random_chooser, random_params, random_rule_args, random_scope
from verifier.system.terms import TRUE
from verifier.system.trace import Cell, Counterexample, Move, Scope, Trace
from verifier.system.transition import (
    Choose,
    Enabled,
    Invariant,
    Property,
    Reachable,
    Responds,
    Rule,
    Scenario,
    StepProperty,
)
from verifier.system.values import with_enums

_TRIES_A_MOVE = 8
_SKIPPED = 0.9
_RUNS_A_DRAW = 8


@final
@dataclass(slots=True)
class Play:
    """A run in progress, in the inside form of values."""

    interp: Interpreter
    rng: Random
    scope: Scope
    frame: Frame
    params: dict[str, Cell]
    choices: dict[str, Any]
    moves: list[Move]
    before: dict[str, Any]

    def step(self) -> bool:
        """Make one random move that succeeds; False if none was found."""
        actions = self.interp.system.actions
        frame = self.frame
        for _ in range(_TRIES_A_MOVE):
            action = self.rng.choice(actions)
            before = frame.now
            args = random_args(self.interp, frame, action, self.rng)
            choices: dict[str, Any] = {}
            if act(self.interp, frame, action, args, choices) is None:
                # A move that changes nothing is a wasted one, but a property may hang on it.
                if frame.now == before and self.rng.random() < _SKIPPED:
                    frame.now = before
                    continue
                self.before = before
                self.moves.append(Move(action.name, args, choices))
                return True
        return False

    def candidate(self, **more: Any) -> Candidate:
        """The run so far as a claim."""
        return Candidate(self.scope, self.params, self.choices, tuple(self.moves), **more)


def begin(interp: Interpreter, rng: Random, scope: Scope, params: dict[str, Cell] | None = None) -> Play | None:
    """A random start: parameters (unless given) that satisfy the assumptions, and an initial state; None if none was
    found."""
    scope = with_enums(interp.system, scope)
    if params is None:
        params = random_params(interp, scope, rng)
    if params is None:
        return None
    frame = interp.frame(scope, params)
    frame.explain = False
    frame.chooser = random_chooser(interp, rng)
    for _ in range(10):
        choices: dict[str, Any] = {}
        if enter(interp, frame, choices) is None:
            return Play(interp, rng, scope, frame, params, choices, [], frame.now)
    return None


def random_run(interp: Interpreter, rng: Random, scope: Scope, steps: int) -> Trace | None:
    """A random run of at most that many steps, the same for the same generator; None if no start was found.

    It ends early where no move is found that succeeds.
    """
    play = begin(interp, rng, scope)
    if play is None:
        return None
    if interp.system.actions:
        while len(play.moves) < steps and play.step():
            pass
    trace = replay(interp, play.candidate())
    assert not isinstance(trace, Mismatch), f"a simulated run can't be replayed: {trace.text}"
    return trace


# ---------------------------------------------------------------------------------------------- hunting


def hunt(
    interp: Interpreter,
    prop: Property,
    rng: Random,
    budget_steps: int,
    scope: Scope | None = None,
    depth: int = 12,
) -> Counterexample | None:
    """Play at random, at most `budget_steps` moves in runs of at most `depth`, until the property fails (until a
    `reachable` is reached); then the run, as the referee has confirmed it. It is not minimal.

    Without a scope every run has one to three members of each sort. `enabled` and scenarios are not searched: a random
    run can't tell that an action is impossible. `responds` is looked for as the invariant of its watched system.
    """
    if isinstance(prop, Enabled | Scenario | Responds):
        return None
    spent, runs = 0, 0
    here, params = scope or random_scope(interp.system, rng), None
    while spent < budget_steps:
        if runs % _RUNS_A_DRAW == 0:
            here, params = scope or random_scope(interp.system, rng), None
        play = begin(interp, rng, here, params)
        spent, runs = spent + 1, runs + 1
        if play is None:
            spent, runs = spent + 20, 0
            continue
        params = play.params
        found = _one_run(play, prop, min(depth, budget_steps - spent + 1))
        spent += len(play.moves)
        if found is not None:
            return found
    return None


def _one_run(play: Play, prop: Property, depth: int) -> Counterexample | None:
    while True:
        found = _look(play, prop)
        if found is not None:
            return found
        if len(play.moves) >= depth or not play.interp.system.actions or not play.step():
            return None


def _look(play: Play, prop: Property) -> Counterexample | None:
    """Whether the property fails at the present end of the run."""
    interp, frame = play.interp, play.frame
    frame.locals = {}
    match prop:
        case Invariant(formula=formula, defined=defined):
            fails = not (interp.holds(frame, defined) and interp.holds(frame, formula))
        case StepProperty(formula=formula, defined=defined):
            if not play.moves:
                return None
            frame.old, frame.action = play.before, play.moves[-1].action
            fails = not ((defined == TRUE or interp.holds(frame, defined)) and interp.holds(frame, formula))
        case Reachable(formula=formula, defined=defined):
            fails = interp.holds(frame, defined) and interp.holds(frame, formula)
        case Rule():
            return _try_rule(play, prop)
        case _:
            return None
    return _confirmed(play, prop, play.candidate()) if fails else None


def _try_rule(play: Play, rule: Rule) -> Counterexample | None:
    frame = play.frame
    here = frame.now
    args = random_rule_args(play.interp, frame, rule, play.rng)
    player = Player(play.interp, frame, dict(args))
    stop = player.play(rule.program)
    frame.now = here
    if stop is None or stop.kind in ("reverted", "require"):
        return None
    chosen = tuple(s.move.choices for s in player.steps)
    own = {k: v for k, v in player.locals.items() if k in _own_choices(rule) or k in args}
    return _confirmed(play, rule, play.candidate(args=own, program_choices=chosen))


def _own_choices(rule: Rule) -> frozenset[str]:
    return frozenset(s.var.name for s in statements_of(rule.program) if isinstance(s, Choose))


def _confirmed(play: Play, prop: Property, candidate: Candidate) -> Counterexample | None:
    found = confirm(play.interp, prop, candidate)
    assert not isinstance(found, Mismatch), f"a simulated run can't be replayed: {found.text}"
    return found
