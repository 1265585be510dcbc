"""What a proof rests on, as data: for each of its parts, the facts from which it follows."""

from __future__ import annotations

from typing import Literal, final

from verifier.language.frozen import dataclass
from verifier.language.source import NOWHERE, Span

GroundKind = Literal[
    "require",  # a `require` of an action
    "range",  # a value that would leave its type's range reverts the action
    "divisor",  # a division by zero reverts it
    "nothing_fits",  # a `max` or `min` over nothing reverts it
    "condition",  # a `require` of a rule's own
    "rely",
    "assume",
    "where",  # the bounds of a parameter
    "itself",  # that the property held before
    "invariant",  # another one
    "lemma",  # one that was found
]


@final
@dataclass(frozen=True, slots=True)
class Ground:
    """A fact that a proof needs. `name` is what a rely, an assumption, a parameter or an invariant is called, `text`
    its words, or those of a `require`."""

    kind: GroundKind
    name: str
    text: str = ""
    span: Span = NOWHERE


ReasonKind = Literal[
    "untouched",  # the action writes nothing that the property reads
    "always",  # it holds after the action whatever was before
    "grounds",  # it follows from the grounds
    "open",  # no such single step explains it (it was proved in another way)
]


@final
@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of a proof goes through. `where` is `start`, an action, or a line of a rule's program."""

    where: str
    kind: ReasonKind
    grounds: tuple[Ground, ...] = ()
    notes: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class LemmaAccount:
    """A lemma that was found, in the language, and why it holds."""

    text: str
    reasons: tuple[Reason, ...]


@final
@dataclass(frozen=True, slots=True)
class Account:
    """Why a proved property holds."""

    reasons: tuple[Reason, ...]
    lemmas: tuple[LemmaAccount, ...] = ()
