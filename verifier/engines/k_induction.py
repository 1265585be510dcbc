"""k-induction: a property that holds in several states in a row holds in the next one.

Sound for any number of accounts, as every chain of actions is an ordinary obligation in the open world. The base is
that it holds in every state within `k - 1` steps of the start; the step, that no action breaks it after `k - 1` steps
through states in which it holds (as all proved invariants do). An action that keeps it by itself needs no longer chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import final

from verifier.engines.discharge import Discharger, Open
from verifier.engines.lemma_sets import effective
from verifier.language.frozen import dataclass
from verifier.logic.chains import Chain, holds_after, holds_from_start
from verifier.logic.claims import conjuncts, expected_keys
from verifier.logic.obligations import MOST_KEYS
from verifier.system.analysis import states_read, states_written
from verifier.system.terms import Term, conj
from verifier.system.transition import Action, Invariant, StepProperty

MOST_K = 3

MOST_CHAINS = 150
"""Chains of actions, for one k, beyond which it is not tried."""


def prove_by_k_induction(
    discharger: Discharger, prop: Invariant | StepProperty, known: Mapping[str, Term]
) -> int | None:
    """The k (2 or 3) for which a property is k-inductive, given invariants that are proved; None if there is none."""
    invariant = isinstance(prop, Invariant)
    goal = effective(prop) if isinstance(prop, Invariant) else conj(prop.defined, prop.formula)
    work = _KInduction(discharger, prop.heading.name, goal, (goal,) if invariant else (), tuple(known.values()))
    actions = discharger.system.actions
    if invariant and not work.base(0):
        return None
    failing = work.left_open(actions, 0)
    for k in range(2, MOST_K + 1):
        if len(actions) ** (k - 1) * max(len(failing), 1) > MOST_CHAINS or not work.base(k - 1):
            return None
        failing = work.left_open(failing, k - 1)
        if not failing:
            return k
    return None


@final
@dataclass(frozen=True, slots=True)
class _KInduction:
    discharger: Discharger
    name: str
    goal: Term
    own: tuple[Term, ...]
    """The goal, where it speaks of one state, so that it may be assumed along the way."""
    known: tuple[Term, ...]

    def base(self, steps: int) -> bool:
        """Whether the goal holds `steps` steps from the start (of a step property: over the last of them), if it does
        earlier."""
        system, along = self.discharger.system, (*self.own, *self.known)
        return all(
            not self._crowded(chain, part)
            and self.discharger.prove(holds_from_start(system, self.name, part, chain, along), effort="quick") is None
            for chain in product(system.actions, repeat=steps)
            for part in conjuncts(self.goal)
        )

    def left_open(self, last: tuple[Action, ...], before: int) -> tuple[Action, ...]:
        """Those of the actions that may break the goal after `before` steps."""
        actions = self.discharger.system.actions
        return tuple(a for a in last if not all(self._keeps((*c, a)) for c in product(actions, repeat=before)))

    def _keeps(self, chain: Chain) -> bool:
        written = states_written(chain[-1].body)
        for part in conjuncts(self.goal):
            if self.own and not states_read(part) & written:
                continue
            if self._crowded(chain, part):
                return False
            claim = partial(holds_after, self.discharger.system, self.name, part, chain)
            if isinstance(self.discharger.prove_from(claim, self.own, self.known, quick=True), Open):
                return False
        return True

    def _crowded(self, chain: Chain, part: Term) -> bool:
        """Whether a chain speaks of too many members, which may be the same in too many ways."""
        asked = expected_keys(self.discharger.system, (v for action in chain for v in action.args), part)
        return any(number > MOST_KEYS for number in asked.values())
