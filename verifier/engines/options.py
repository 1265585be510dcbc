"""What is asked of the engines, and what they tell on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import final

from verifier.engines.verdict import Verdict
from verifier.language.frozen import dataclass, field
from verifier.logic.solvers.answer import Forgetful, Memory
from verifier.system.terms import Term


@final
@dataclass(frozen=True, slots=True)
class Options:
    """`depth` bounds the search in steps, `members` the size of its scopes; `only` names the properties to settle
    (empty: all). Invariants that others lean on are proved in any case. `seed` is what the solvers' own random choices
    start from: another one must give the same verdicts. `memory` is asked before the
    solvers are, and changes nothing but the time. `look` asks for findings as well. `certified` are invariants that
    need no settling, by name: the kernel has accepted a proof of each. `proofs` stands for the file that had them."""

    depth: int = 6
    members: int = 2
    only: frozenset[str] = frozenset()
    seed: int = 0
    memory: Memory = Forgetful()
    look: bool = False
    certified: Mapping[str, Term] = field(default_factory=dict)
    proofs: bytes = b""


@final
@dataclass(frozen=True, slots=True)
class Event:
    """Progress: what is being done for which property; `verdict` when it is settled."""

    prop: str
    phase: str
    verdict: Verdict | None = None


Listen = Callable[[Event], None]
