"""What is told while a run lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from verifier.language.frozen import dataclass


@final
@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done: `done` of `total` specs are settled; `phase` says what is tried on `name` now."""

    spec: str
    name: str
    phase: str
    done: int
    total: int


Listen = Callable[[Progress], None]
