"""The verdict where no rung had an answer: how far the search went, what is in the way of a proof, what to try."""

from __future__ import annotations

from dataclasses import replace

from verifier.engines.advice import advice
from verifier.engines.single import Single
from verifier.engines.stuck import stuck_step
from verifier.engines.verdict import Verdict
from verifier.system.transition import Reachable

STOPPED_BY_THE_CLOCK = "A query was stopped by the clock, not by its budget: a faster machine may say more."


def undecided(single: Single) -> Verdict:
    """`bounded` if all runs of some length have been excluded, else `unknown`."""
    searched = single.searched
    depth = searched.depth if searched is not None else -1
    scope = tuple(searched.sizes.items()) if searched is not None else ()
    notes = (STOPPED_BY_THE_CLOCK,) if single.discharger.meter.timed_out else ()
    if isinstance(single.prop, Reachable):
        note = f"Not reached within {depth} steps." if depth >= 0 else "The search was given up."
        to_try = advice(single, None)
        return Verdict("bounded", "bounded search", depth=depth, scope=scope, notes=(note, *notes), advice=to_try)
    stuck = stuck_step(single.left, single.system) if single.left is not None else None
    verdict = Verdict(
        "unknown",
        "neither proved nor refuted",
        depth=depth if depth >= 0 else None,
        scope=scope,
        stuck=stuck,
        notes=notes,
        advice=advice(single, stuck),
    )
    return replace(verdict, name="bounded", method="bounded search") if depth >= 1 else verdict
