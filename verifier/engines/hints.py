"""Proofs as the user's proof file says: from the invariants that it names alone, and by cases.

Nothing in a hint is believed. An invariant is given to a proof only once it is proved (or falls with it), and a case
comes with its negation, so that there is no state that no case is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import final

from verifier.language.checking.suggest import listed
from verifier.language.frozen import dataclass
from verifier.system.terms import Term, negate
from verifier.system.transition import Hint, Property


@final
@dataclass(frozen=True, slots=True)
class Split:
    """States told apart by whether each formula holds of them. `parts` gives, for each kind, what is known there: every
    state is of one of these kinds, whatever the formulas say."""

    formulas: tuple[Term, ...] = ()

    @property
    def parts(self) -> tuple[tuple[Term, ...], ...]:
        """The kinds of states: one without formulas, twice as many with each."""
        return tuple(product(*((f, negate(f)) for f in self.formulas)))


WHOLE = Split()
"""All states are of one kind."""


def given(hint: Hint, known: Mapping[str, Term]) -> dict[str, Term] | None:
    """What a proof may use of what is known (or assumed along with it); None where something that it names is not."""
    if hint.uses is None:
        return dict(known)
    return {name: known[name] for name in hint.uses if name in known} if not unproved(hint, known) else None


def unproved(hint: Hint, known: Iterable[str]) -> tuple[str, ...]:
    """The invariants that a proof names, and that are not known."""
    there = frozenset(known)
    return tuple(name for name in hint.uses or () if name not in there)


def used_first(properties: Sequence[Property], hints: Iterable[Hint]) -> tuple[Property, ...]:
    """The properties, each behind those that its proof names (as far as these do not name one another in a circle)."""
    by_name = {p.heading.name: p for p in properties}
    uses = {h.name: h.uses or () for h in hints}
    out: dict[str, Property] = {}
    for prop in properties:
        waiting, entered = [prop.heading.name], set[str]()
        while waiting:
            name = waiting[-1]
            before = [n for n in uses.get(name, ()) if n in by_name and n not in out and n not in entered]
            entered.add(name)
            if before:
                waiting.append(before[0])
            else:
                out.setdefault(waiting.pop(), by_name[name])
    return tuple(out.values())


# ---------------------------------------------------------------------------------------------- in words


def as_told(hint: Hint) -> str:
    """What a proof was made of, in a sentence."""
    told = [f"from {listed(hint.uses)} alone"] if hint.uses is not None else []
    told += [f"by cases on {listed(hint.texts)}"] if hint.texts else []
    return f"as its proof says: {', '.join(told)}" if told else ""


def of_no_help(hint: Hint, known: Iterable[str]) -> str:
    """That the proof did not carry the property, and why, if that can be told."""
    missing = unproved(hint, known)
    if not missing:
        return "its proof did not help"
    return f"its proof did not help: {listed(missing)} {'is' if len(missing) == 1 else 'are'} not proved"
