"""What the engines answer."""

from __future__ import annotations

from typing import Literal, final

from verifier.language.frozen import dataclass
from verifier.system.trace import Counterexample, Trace
from verifier.system.transition import System

VerdictName = Literal["proved", "violated", "bounded", "unknown", "vacuous"]
Level = Literal["L0", "L1", "L2", "L3"]

CERTIFICATE, STORED_RUN = "certificate", "stored run"
"""The rungs of verdicts that come out of a file of proofs, checked anew."""
IN_THE_SAME_STATE = "from the invariants, in the same state"
"""The method for an invariant that others imply wherever they hold."""


@final
@dataclass(frozen=True, slots=True)
class Cost:
    """What it took. Seconds are wall time; `rlimit` counts solver resource units, the same on every machine.
    `timed_out` tells that the clock stopped some query, so that another machine may see another outcome."""

    seconds: float = 0.0
    solver_seconds: float = 0.0
    queries: int = 0
    rlimit: int = 0
    timed_out: bool = False

    def shared(self, among: int) -> Cost:
        """The part that one of several has of it."""
        n = max(among, 1)
        return Cost(self.seconds / n, self.solver_seconds / n, self.queries // n, self.rlimit // n, self.timed_out)


@final
@dataclass(frozen=True, slots=True)
class StuckStep:
    """The step that the induction could not exclude: a state *perhaps unreachable* where the property holds and the
    action (None: no action) seems to break it. `reason` says in words why it is not settled, `claim` what is feared:
    "`borrow` can break `covered`.", and `product` the product of unknowns that the solver gave up on, as an expression
    of the language (empty where there are numbers, or where no product is to blame)."""

    action: str | None
    reason: str
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    claim: str = ""
    product: str = ""


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one property.

    `method` names the engine in words (`induction`, `induction with 2 lemmas`, `bounded search`, `replay`), `rung` the
    row of the table in `strategy.py` that it came from (empty for scenarios, and where no rung settled it).
    `level` is how far a proof can be trusted; None unless proved. `assumptions` names what the answer rests on
    (assume, rely, where). `lemmas` are invariants that were found, in the language. `depth`/`scope` tell how far a
    search went (steps; members of each sort), or the length and scope of the counterexample. `witness` is the run of a
    `reachable` that was reached. `notes` are sentences for the user, `advice` what to try where it is not decided.
    """

    name: VerdictName
    method: str
    level: Level | None = None
    assumptions: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    depth: int | None = None
    scope: tuple[tuple[str, int], ...] = ()
    counterexample: Counterexample | None = None
    witness: Trace | None = None
    stuck: StuckStep | None = None
    notes: tuple[str, ...] = ()
    cost: Cost = Cost()
    rung: str = ""
    advice: tuple[str, ...] = ()

    @property
    def stored(self) -> bool:
        """Whether it was no solver that settled it, but what a file of proofs holds: a certificate or a run."""
        return self.rung in (CERTIFICATE, STORED_RUN)


def assumptions_of(system: System) -> tuple[str, ...]:
    """The names of what a spec assumes of parameters and relies on of the environment."""
    named = [a.name for a in system.assumptions if a.kind == "assume"]
    return (*named, *(r.name for r in system.relies))
