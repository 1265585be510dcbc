"""Which of the properties that are proved already say nothing of a system: with the numbers of a profile, say, with
which no action ever runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verifier.engines.discharge import Discharger, Hypotheses, Meter
from verifier.engines.single import vacuous
from verifier.engines.vacuity import nothing_begins, nothing_moves, why_vacuous
from verifier.engines.verdict import Verdict
from verifier.logic.solvers.answer import Memory
from verifier.system.transition import System


def vacuous_among(system: System, names: frozenset[str], known: Hypotheses, memory: Memory) -> Mapping[str, Verdict]:
    """The verdicts on those of some proved properties that are true of nothing. `known` are invariants."""
    discharger = Discharger(system, Meter(memory))
    props = [p for p in system.properties if p.heading.name in names]
    no_run = nothing_begins(discharger)
    if no_run:
        return {p.heading.name: replace(vacuous(system, no_run), method="no run begins") for p in props}
    still = nothing_moves(discharger, known)
    found: dict[str, Verdict] = {}
    for prop in props:
        why = why_vacuous(discharger, prop, known, still=still)
        if why:
            found[prop.heading.name] = vacuous(system, why)
    return found
