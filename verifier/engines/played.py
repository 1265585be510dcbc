"""Which actions some run takes: one that is known already, or a random one that is after the rest."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from verifier.engines.verdict import Verdict
from verifier.system.execute import Interpreter, act
from verifier.system.sampling import random_args
from verifier.system.scenarios import run_scenario
from verifier.system.simulate import begin
from verifier.system.trace import Step
from verifier.system.transition import Scenario, System
from verifier.system.values import scope_of

RUNS, STEPS, MEMBERS = 24, 12, 2
"""Random runs that look for actions, their length, and the members of each open sort."""


def actions_taken(system: System, verdicts: Iterable[Verdict], enough: int) -> frozenset[str]:
    """Actions that runs of the verdicts, scenarios or random runs take. The search ends when there are `enough`."""
    seen: set[str] = set()
    for verdict in verdicts:
        if verdict.counterexample is not None:
            seen |= _taken((*verdict.counterexample.trace.steps, *verdict.counterexample.program))
        if verdict.witness is not None:
            seen |= _taken(verdict.witness.steps)
    interpreter = Interpreter(system)
    for prop in system.properties:
        if isinstance(prop, Scenario) and len(seen) < enough:
            seen |= _taken(run_scenario(interpreter, prop).steps)
    for seed in range(RUNS):
        if len(seen) < enough:
            _explore(interpreter, Random(seed), seen, enough)
    return frozenset(seen)


def _taken(steps: Iterable[Step]) -> set[str]:
    return {s.move.action for s in steps if s.reverted is None}


def _explore(interpreter: Interpreter, rng: Random, seen: set[str], enough: int) -> None:
    """A random run that takes whatever has not been taken yet as soon as it can. Adds to `seen`."""
    system = interpreter.system
    play = begin(interpreter, rng, scope_of(system, {s.name: MEMBERS for s in system.sorts}))
    for _ in range(STEPS if play is not None else 0):
        assert play is not None
        for action in system.actions:
            if action.name in seen:
                continue
            args = random_args(interpreter, play.frame, action, rng)
            if act(interpreter, play.frame, action, args, {}) is None:
                seen.add(action.name)
        if len(seen) >= enough or not play.step():
            return
        seen.add(play.moves[-1].action)
