"""Runs on which what is proved does speak of something, for the file of proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from verifier.engines.discharge import Meter
from verifier.engines.search import Found, Search, scopes_up_to
from verifier.logic.solvers.answer import Memory
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, claim_of, refutes
from verifier.system.simulate import hunt
from verifier.system.transition import Property, System
from verifier.system.values import scope_of

DEPTH, MEMBERS = 5, 2
LIMIT = 300_000
"""Resource limit of one query of the search."""

PLAYS = ((1_000, 8), (4_000, 30))
"""Random play: steps in all, and steps of one run."""


def breaking_run(
    system: System, prop: Property, memory: Memory, runs: Sequence[Candidate] = (), seed: int = 0
) -> Candidate | None:
    """A run that breaks a property made to be broken: the beginning of one that is given, or else by random play, or by
    a search. None if none was found."""
    interp = Interpreter(system)
    for run in runs:
        for length in range(len(run.moves) + 1):
            beginning = replace(run, moves=run.moves[:length], args={}, program_choices=())
            if refutes(interp, prop, beginning):
                return beginning
    scope = scope_of(system, {s.name: MEMBERS for s in system.sorts})
    for steps, length in PLAYS:
        found = hunt(interp, prop, Random(seed), steps, scope, length)
        if found is not None:
            return claim_of(found)
    search = Search(system, Meter(memory), interp, limit=LIMIT, seed=seed)
    outcome = search.find(prop, DEPTH, tuple(scopes_up_to(system, MEMBERS)))
    return claim_of(outcome.counterexample) if isinstance(outcome, Found) else None
