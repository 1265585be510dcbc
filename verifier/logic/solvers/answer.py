"""What a solver is asked, what it says, and who may remember that."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, Protocol, final

from verifier.language.frozen import dataclass, field

Status = Literal["unsat", "sat", "unknown"]

TIMEOUT = "timeout"
"""The reason of an `unknown` that the clock enforced: a faster machine may say more."""

_REPEATS = ("canceled", "incomplete", "(incomplete")


@final
@dataclass(frozen=True, slots=True)
class Question:
    """SMT-LIB text for one procedure of a solver, within `rlimit` resource units; `seed` is what the solver's random
    choices start from. All that an answer depends on, besides the solver's version."""

    text: str
    procedure: str
    rlimit: int
    seed: int = 0


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """`model` gives the value of each unknown by its SMT name, when asked for; irrational values come as a close
    rational with `exact` False. `rlimit` counts the resource units used; `why` is the solver's reason for `unknown`."""

    status: Status
    model: Mapping[str, Fraction | bool] = field(default_factory=dict)
    exact: bool = True
    rlimit: int = 0
    seconds: float = 0.0
    why: str = ""

    @property
    def repeats(self) -> bool:
        """Whether the same question gets the same answer on every machine: it was not stopped by the clock, by a signal
        or for want of memory."""
        return self.status != "unknown" or self.why.startswith(_REPEATS)


class Memory(Protocol):
    """Remembers answers that repeat, longer than a run."""

    def recall(self, question: Question) -> Answer | None:
        """What the question was answered before, if that is known. It took no time."""

    def keep(self, question: Question, answer: Answer) -> None:
        """Remember an answer, if it is worth it."""


@final
@dataclass(frozen=True, slots=True)
class Forgetful:
    """Remembers nothing."""

    def recall(self, question: Question) -> Answer | None:
        """Nothing."""

    def keep(self, question: Question, answer: Answer) -> None:
        """Forget it at once."""
