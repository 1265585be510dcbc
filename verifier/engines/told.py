"""The rung of the user's own proofs: one property, proved as its proof says."""

from __future__ import annotations

from typing import assert_never

from verifier.engines.discharge import Open
from verifier.engines.hints import Split, as_told, given, of_no_help
from verifier.engines.lemma_sets import prove_with
from verifier.engines.single import Single
from verifier.engines.verdict import Verdict
from verifier.system.transition import Enabled, Invariant, Rule, StepProperty


def as_its_proof_says(single: Single) -> Verdict | None:
    """From the invariants that the proof names alone, and by its cases. Where that fails, a note says so, and the other
    rungs follow."""
    prop, known = single.provable, single.shared.known
    name = prop.heading.name
    hint = single.system.hint(name)
    if hint is None:
        return None
    told = given(hint, known)
    if told is None or (isinstance(prop, Invariant) and single.shared.failure(name) is not None):
        # What is missing is not assumed; and nothing more is known than when it failed along with the others.
        single.notes = (*single.notes, of_no_help(hint, known))
        return None
    single.say("proving as its proof says")
    outcome = prove_with(single.discharger, prop, told, split=Split(hint.cases))
    if isinstance(outcome, Open):
        single.notes = (*single.notes, of_no_help(hint, known))
        return None
    notes = (*outcome.notes, as_told(hint)) if as_told(hint) else outcome.notes
    leaning = outcome.leans and bool(told)
    match prop:
        case Invariant():
            return single.proved("induction", notes)
        case StepProperty():
            return single.proved("over every step, from the invariants" if leaning else "over every step", notes)
        case Rule():
            return single.proved("from the invariants" if leaning else "from any state", notes)
        case Enabled():
            return single.proved("witness, from the invariants" if leaning else "witness", notes)
        case _:
            assert_never(prop)
