"""Invariants by induction: all of them together, then each with as little as it needs.

The invariants that survive are inductive relative to one another: each holds initially, and each is kept by every
action from states where all survivors hold. One that falls is taken out, and whatever had leaned on it is tried anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import final

from verifier.engines.discharge import Discharger, Hypotheses, Open, Proved
from verifier.engines.hints import WHOLE, Split, given
from verifier.logic.claims import conjuncts, holds_initially, is_preserved
from verifier.logic.obligations import Claim
from verifier.system.analysis import states_read, states_written
from verifier.system.terms import Term
from verifier.system.transition import Action, Hint


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that may be an invariant. `name` is its own; `found` tells that the tool made it up: then no
    patience is spent on it. `split` are the cases by which it is proved; `hint` is what its proof says, to be tried
    before anything else."""

    name: str
    formula: Term
    found: bool = False
    split: Split = WHOLE
    hint: Hint | None = None


@final
@dataclass(slots=True)
class Induction:
    """The greatest set of candidates that is inductive, found by taking out what fails (Houdini's algorithm)."""

    discharger: Discharger
    candidates: tuple[Candidate, ...]
    known: Mapping[str, Term] = field(default_factory=dict)
    """Invariants proved before."""
    failures: dict[str, Open] = field(default_factory=dict)
    leans: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each survivor, the other invariants that its proof was given."""
    strayed: set[str] = field(default_factory=set)
    """Candidates of which not everything could be shown as their proofs say."""
    quick: bool = False
    """Give up early: for candidates of which most are expected to fail."""

    def run(self, workers: Executor | None = None, give_up: str | None = None) -> tuple[Candidate, ...]:
        """The survivors, in the order given. With workers, the first round asks all its questions at once. When the
        candidate named `give_up` falls, there is nothing more to look for."""
        initially = workers.map if workers is not None else map
        held = list(initially(self._holds_initially, self.candidates))
        alive = {c.name: c for c, holds in zip(self.candidates, held, strict=True) if holds}
        leaning: dict[tuple[str, str], bool] = {}
        if workers is not None:
            waiting = [
                workers.submit(self._kept, candidate, action, alive, leaning)
                for candidate in alive.values()
                for action in self.discharger.system.actions
            ]
            for future in waiting:
                future.result()
        while True:
            fallen = self._round(alive, leaning)
            if fallen is None:
                return tuple(alive.values())
            if fallen == give_up:
                return ()
            del alive[fallen]
            for key, leans in list(leaning.items()):
                if key[0] == fallen or leans:
                    del leaning[key]

    def _round(self, alive: dict[str, Candidate], leaning: dict[tuple[str, str], bool]) -> str | None:
        """Prove what is not proved yet; the name of the first candidate that falls, if one does."""
        for candidate in alive.values():
            for action in self.discharger.system.actions:
                key = (candidate.name, action.name)
                if key in leaning:
                    continue
                left = self._kept(candidate, action, alive, leaning)
                if left is not None:
                    self.failures[candidate.name] = left
                    return candidate.name
            self.leans[candidate.name] = self._used(candidate, alive, leaning)
        return None

    def _used(
        self, candidate: Candidate, alive: Mapping[str, Candidate], leaning: Mapping[tuple[str, str], bool]
    ) -> frozenset[str]:
        leans = any(v for (name, _), v in leaning.items() if name == candidate.name)
        hint = candidate.hint
        if hint is not None and hint.uses is not None and candidate.name not in self.strayed:
            return frozenset(hint.uses) if leans else frozenset()
        return frozenset((*alive, *self.known)) - {candidate.name} if leans else frozenset()

    def _holds_initially(self, candidate: Candidate) -> bool:
        system = self.discharger.system
        for part in conjuncts(candidate.formula):
            left = self.discharger.prove(
                holds_initially(system, candidate.name, part),
                effort="quick" if self.quick or candidate.found else "full",
            )
            if left is not None:
                self.failures[candidate.name] = left
                return False
        return True

    def _kept(
        self,
        candidate: Candidate,
        action: Action,
        alive: Mapping[str, Candidate],
        leaning: dict[tuple[str, str], bool],
    ) -> Open | None:
        """Whether the action keeps the candidate: first from the candidate alone, then from everything alive."""
        touched = states_written(action.body)
        others = {**self.known, **{c.name: c.formula for c in alive.values() if c is not candidate}}
        leans = False
        for part in conjuncts(candidate.formula):
            if not (states_read(part) & touched):
                continue
            claim = partial(is_preserved, self.discharger.system, candidate.name, part, action)
            outcome = self._proved(claim, candidate, others)
            if isinstance(outcome, Open):
                return outcome
            leans |= outcome.leans
        leaning[(candidate.name, action.name)] = leans
        return None

    def _proved(
        self, claim: Callable[[Hypotheses], Claim], candidate: Candidate, others: Mapping[str, Term]
    ) -> Open | Proved:
        """One claim about the candidate: as its proof says, where there is one, and then from all the others."""
        hint = candidate.hint
        told = given(hint, others) if hint is not None else None
        if hint is not None and told is not None:
            outcome = self._by_cases(claim, candidate, tuple(told.values()), Split(hint.cases))
            if isinstance(outcome, Proved):
                return outcome
        if hint is not None:
            self.strayed.add(candidate.name)
        return self._by_cases(claim, candidate, tuple(others.values()), candidate.split)

    def _by_cases(
        self, claim: Callable[[Hypotheses], Claim], candidate: Candidate, others: Hypotheses, split: Split
    ) -> Open | Proved:
        leans = False
        for case in split.parts:
            own = (candidate.formula, *case)
            outcome = self.discharger.prove_from(claim, own, others, quick=self.quick or candidate.found)
            if isinstance(outcome, Open):
                return outcome
            leans |= outcome.leans
        return Proved(leans)
