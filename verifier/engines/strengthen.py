"""Strengthening: find a lemma that makes a stuck induction go through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import final

from verifier.engines.discharge import Discharger, Open
from verifier.engines.induction import Candidate, Induction
from verifier.language.frozen import dataclass
from verifier.system.terms import Term

MOST_HELPFUL = 12
"""Guesses that would help, of which at most so many are tried for being invariant."""


MOST_STUCK = 8
"""Cases that a guess has to exclude before it is tried."""


@final
@dataclass(frozen=True, slots=True)
class Strengthener:
    """Looks among guesses for one that helps and is proved. `known` are invariants that are proved."""

    discharger: Discharger
    known: Mapping[str, Term]

    def help(self, guesses: Iterable[Term], left: Open, attempt: Callable[[Term], Open | None]) -> Term | None:
        """A lemma with which the attempt succeeds, or None. `left` is the case at which it failed without one."""
        stuck = [left]
        tried = 0
        for guess in guesses:
            if not all(case.is_excluded_by(guess) for case in stuck):
                continue
            failed = attempt(guess)
            if failed is not None:
                # These numbers met all that was known before the guess as well, so whatever helps has to exclude them.
                if len(stuck) < MOST_STUCK:
                    stuck.append(failed)
                continue
            if Induction(self.discharger, (Candidate("guess", guess, found=True),), self.known, quick=True).run():
                return guess
            tried += 1
            if tried >= MOST_HELPFUL:
                return None
        return None
