"""What a solver says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, final

Status = Literal["unsat", "sat", "unknown"]


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
