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
class ArithmeticLine:
    """One line of a certificate: a step down (`depth` tells how far), a fact that is added with its factor and where it
    comes from, or what all of them add up to."""

    depth: int
    text: str
    role: Literal["step", "sum", "total"] = "step"
    source: str = ""


@final
@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The certificate of one part of a proof; without one, `lost` says why."""

    where: str
    lines: tuple[ArithmeticLine, ...]
    lost: str = ""


@final
@dataclass(frozen=True, slots=True)
class Account:
    """Why a proved property holds."""

    reasons: tuple[Reason, ...]
    lemmas: tuple[LemmaAccount, ...] = ()
    arithmetic: tuple[Arithmetic, ...] = ()
    """The certificates, where they were asked for."""
