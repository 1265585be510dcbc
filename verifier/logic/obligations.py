"""From a claim to its cases: one for each path through the branches and each way in which the accounts may coincide.

A claim is proved when the facts of every case are contradictory. The facts are what is assumed, what the run needed in
order to succeed, and the negated goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import final

from verifier.language.frozen import dataclass, field
from verifier.logic.complete import completed
from verifier.logic.encode import Encoder, Stem
from verifier.logic.execute import Run
from verifier.logic.formulas import Node
from verifier.logic.smtlib import Reading, Script, write
from verifier.logic.split import branches
from verifier.logic.world import Pattern, opened, patterns
from verifier.system.transition import System

MOST_KEYS = 5
"""Keys of one sort that are told apart by enumeration (52 patterns); further ones are if-then-else keys."""


@final
@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one case, ready to be written; `taken` are the branch decisions it followed."""

    encoder: Encoder
    facts: tuple[Node, ...]
    taken: tuple[bool, ...]

    def script(self, reading: Reading) -> Script:
        """The query that is unsatisfiable if the case is excluded."""
        return write(self.encoder.pool, self.facts, reading)

    @property
    def stems(self) -> frozenset[Stem]:
        """The assumptions that some fact is there for."""
        stems, lifted = self.encoder.stems, self.encoder.lifted
        direct = frozenset(s for fact in self.facts for s in stems.get(fact, ()))
        return direct | self.encoder.lifting if any(f in lifted for f in self.facts) else direct

    def without(self, gone: frozenset[Stem]) -> Case:
        """The case without what is known only by certain assumptions: facts for which no other assumption is left, and
        all that is known of the members outside the classes if some of it may be due to one of them."""
        stems, lifted = self.encoder.stems, self.encoder.lifted
        unsure = lifted if self.encoder.lifting & gone else frozenset[Node]()
        kept = (f for f in self.facts if f not in unsure and (f not in stems or stems[f] - gone))
        return Case(self.encoder, tuple(kept), self.taken)

    def halves(self) -> tuple[Case, Case] | None:
        """The same case split in two, or None where it is a plain conjunction already."""
        found = branches(self.encoder.pool, self.facts)
        if found is None:
            return None
        left, right = (Case(self.encoder, facts, self.taken) for facts in found)
        return left, right


Build = Callable[[Encoder, Run], list[Node]]
"""Builds the facts of one case with the encoder's pattern, following the run's decisions."""


@final
@dataclass(frozen=True, slots=True)
class Claim:
    """Something to prove. `asks`, `holds` and `fails` are its three sentences."""

    name: str
    build: Build = field(repr=False)
    asks: str = ""
    holds: str = ""
    fails: str = ""
    merge: bool = False
    keys: Mapping[str, int] = field(default_factory=dict)
    """A first guess of how many keys of each open sort it will ask for."""


def cases(system: System, claim: Claim) -> Iterator[Case]:
    """All cases of a claim, lazily."""
    pending: list[tuple[bool, ...]] = [()]
    while pending:
        decisions = pending.pop()
        counted, run, facts = _counting_pass(system, claim, decisions)
        # Every decision past the given ones took the first branch: the second ones are still to come.
        pending.extend((*run.taken[:i], False) for i in range(len(decisions), len(run.taken)))
        wanted = keys_wanted(counted)
        for pattern in patterns(system, wanted):
            if pattern.classes == counted.pattern.classes:
                yield Case(counted, completed(counted, facts), tuple(run.taken))
                continue
            encoder = Encoder(system, opened(system, pattern.counts), pattern)
            again = Run(encoder, tuple(run.taken), claim.merge)
            yield Case(encoder, completed(encoder, claim.build(encoder, again)), tuple(again.taken))


def same_case(system: System, claim: Claim, case: Case) -> Case:
    """The case of another claim that follows the same path, with the same keys alike. (Keys that only the other claim
    asks for are members known by a number, which weakens what is asserted, so an excluded case is excluded.)"""
    pattern = case.encoder.pattern
    encoder = Encoder(system, opened(system, pattern.counts), pattern)
    run = Run(encoder, case.taken, claim.merge)
    return Case(encoder, completed(encoder, claim.build(encoder, run)), tuple(run.taken))


def _counting_pass(system: System, claim: Claim, decisions: tuple[bool, ...]) -> tuple[Encoder, Run, list[Node]]:
    """Build with all keys distinct, until the number of keys that are asked for is known: a first guess may be off,
    and instances of a fact that says `exists` ask for more keys the more classes there are."""
    wanted = {sort: min(n, MOST_KEYS) for sort, n in claim.keys.items() if n > 0}
    for _ in range(4):
        pattern = Pattern({sort: tuple(range(n)) for sort, n in wanted.items()})
        encoder = Encoder(system, opened(system, pattern.counts), pattern)
        run = Run(encoder, decisions, claim.merge)
        facts = claim.build(encoder, run)
        asked = keys_wanted(encoder)
        if asked == wanted:
            break
        wanted = asked
    return encoder, run, facts


def keys_wanted(encoder: Encoder) -> dict[str, int]:
    """How many keys of each sort are told apart. Where something is denied of every member and nobody is spoken of,
    it is one: no sort is empty."""
    wanted = {sort: min(n, MOST_KEYS) for sort, n in encoder.asked.items()}
    for universal in encoder.universals:
        if universal.denied:
            wanted |= {sort: 1 for sort in universal.sorts if wanted.get(sort, 0) == 0}
    return wanted
