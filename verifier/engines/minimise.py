"""Counterexamples people can read: fewer steps, fewer members, smaller and rounder numbers.

Every try is replayed by the interpreter, so that a smaller claim is as true as the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, permutations
from typing import final

from verifier.engines.fewer_members import without_member
from verifier.engines.round_numbers import roughness, rounder_values
from verifier.engines.slots import Slot, put, read, slots
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, confirm, refutes
from verifier.system.terms import Value
from verifier.system.trace import Counterexample
from verifier.system.transition import Property, StepProperty, System, Variable

MOST_TRIES = 1_500
"""Replays spent on one counterexample."""

SMALL = 10
"""Numbers up to here are not scaled down."""


@final
@dataclass(slots=True)
class Minimiser:
    """Makes one candidate simpler for as long as it still breaks the property."""

    system: System
    prop: Property
    interpreter: Interpreter
    tries: int = 0

    def run(self, candidate: Candidate) -> Counterexample | None:
        """The simplest version found, confirmed."""
        candidate = self._without_members(self._without_moves(candidate))
        for _ in range(3):
            before = candidate
            candidate = self._together(self._scaled(candidate))
            for slot in list(self._numbers(candidate)):
                candidate = self._rounder(candidate, (slot,))
            if candidate == before or self.tries >= MOST_TRIES:
                break
            # Other numbers may do with fewer moves.
            candidate = self._without_moves(candidate)
        found = confirm(self.interpreter, self.prop, candidate)
        return found if isinstance(found, Counterexample) else None

    def _works(self, candidate: Candidate) -> bool:
        self.tries += 1
        return self.tries <= MOST_TRIES and refutes(self.interpreter, self.prop, candidate)

    # ------------------------------------------------------------------------------------------ moves, members

    def _without_moves(self, candidate: Candidate) -> Candidate:
        """Leave out moves that are not needed: many at once, the last ones first, then one by one, then two by two."""
        size = max(1, len(candidate.moves) // 2)
        while size >= 1:
            end = len(candidate.moves)
            while end > 0:
                candidate, end = self._cut(candidate, range(max(0, end - size), end)), end - size
            size //= 2
        for pair in reversed(tuple(combinations(range(len(candidate.moves)), 2))):
            if pair[1] < len(candidate.moves):
                candidate = self._cut(candidate, pair)
        return candidate

    def _cut(self, candidate: Candidate, out: Iterable[int]) -> Candidate:
        gone = set(out)
        moves = tuple(m for i, m in enumerate(candidate.moves) if i not in gone)
        if isinstance(self.prop, StepProperty) and not moves:
            return candidate
        shorter = replace(candidate, moves=moves)
        return shorter if self._works(shorter) else candidate

    def _without_members(self, candidate: Candidate) -> Candidate:
        """Let one member do what two did, or leave one out who did nothing."""
        for sort in self.system.sorts:
            if sort.size is not None:
                continue
            for _ in range(candidate.scope.size(sort.name) - 1):
                members = range(candidate.scope.size(sort.name))
                pairs = permutations(reversed(members), 2)
                fewer = (without_member(self.system, self.prop, candidate, sort.name, a, b) for a, b in pairs)
                found = next((f for f in fewer if self._works(f)), None)
                if found is None:
                    break
                candidate = found
        return candidate

    # ------------------------------------------------------------------------------------------ numbers

    def _numbers(self, candidate: Candidate) -> Iterator[Slot]:
        for slot in slots(self.system, self.prop, candidate):
            value, variable = self._read(candidate, slot)
            if variable.ty.kind in ("int", "real") and not isinstance(value, bool):
                yield slot

    def _read(self, candidate: Candidate, slot: Slot) -> tuple[Value, Variable]:
        return read(self.system, self.prop, candidate, slot)

    def _scaled(self, candidate: Candidate) -> Candidate:
        """All amounts (the parameters apart) by one power of ten smaller: constants of 18 digits in a model make a
        solver answer in numbers of 40."""
        amounts = [s for s in self._numbers(candidate) if s[0] != "param"]
        sizes = {s: abs(Fraction(self._read(candidate, s)[0])) for s in amounts}
        big = [s for s, size in sizes.items() if size > SMALL]
        digits = max((len(str(int(sizes[s]))) for s in big), default=0)
        for power in range(digits - 1, 0, -1):
            smaller = candidate
            for slot in big:
                value, variable = self._read(candidate, slot)
                scaled = Fraction(value) / 10**power
                smaller = put(smaller, slot, scaled.__ceil__() if variable.ty.kind == "int" else scaled)
            if self._works(smaller):
                return smaller
        return candidate

    def _together(self, candidate: Candidate) -> Candidate:
        """What has the same value in several places (paid in and paid out) is made rounder in all of them at once."""
        places: dict[Value, list[Slot]] = {}
        for slot in self._numbers(candidate):
            places.setdefault(self._read(candidate, slot)[0], []).append(slot)
        for same in places.values():
            if len(same) > 1:
                candidate = self._rounder(candidate, tuple(same))
        return candidate

    def _rounder(self, candidate: Candidate, places: tuple[Slot, ...]) -> Candidate:
        value, variable = self._read(candidate, places[0])
        cost = roughness(value)
        for nicer in rounder_values(value, variable):
            if roughness(nicer) >= cost:
                continue
            changed = candidate
            for slot in places:
                changed = put(changed, slot, nicer)
            if self._works(changed):
                return changed
        return candidate
