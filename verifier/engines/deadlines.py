"""Deadlines, settled as an invariant of the system with a counter; what is found is judged by the system itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verifier.engines import rungs
from verifier.engines.discharge import Discharger, Open, OutOfBudgetError
from verifier.engines.induction import Candidate, Induction
from verifier.engines.lemma_sets import prove_with
from verifier.engines.single import Shared, Single
from verifier.engines.strengthen import Strengthener
from verifier.engines.verdict import Verdict
from verifier.system.deadlines import Watched, counter_of, guesses, known_of_wait, watched
from verifier.system.execute import Interpreter
from verifier.system.pretty import pretty
from verifier.system.replay import claim_of, confirm
from verifier.system.terms import Term
from verifier.system.trace import Counterexample
from verifier.system.transition import Responds, System
from verifier.system.units import units_of
from verifier.system.values import scope_of

BUDGET = 8_000_000
"""Solver resource units that may be spent on looking for a clock that the wait keeps to."""


def settle_deadline(single: Single, prop: Responds, climb: Callable[[Single], Verdict]) -> Verdict:
    """The verdict about a deadline; `climb` settles an invariant. The invariants that are proved of the system hold of
    the counting one too, whose runs are the same."""
    watching = watched(single.system, prop)
    outer = single.discharger
    discharger = Discharger(watching.system, outer.meter, seed=outer.seed)
    known = dict(single.shared.known)
    consistent = _inductive(watching, discharger, known)
    known |= consistent
    shared = Shared(watching.system, single.shared.options, single.shared.listen, known)
    inner = Single.of(shared, watching.claim, discharger)
    verdict = None
    if not prop.heading.expect_violated:
        verdict = _soon(inner) or _with_a_clock(inner, prop)
    verdict = verdict or climb(inner)
    if verdict.name == "proved":
        own = shared.found.get(prop.heading.name, ())
        single.shared.found[prop.heading.name] = (*consistent.values(), *own)
    return _judged(single.system, prop, verdict)


def _soon(inner: Single) -> Verdict | None:
    proof = rungs.as_it_stands(inner)
    if proof is not None:
        return replace(proof, rung="induction")
    found = rungs.short_search(inner)
    return replace(found, rung="short search") if found is not None else None


def _inductive(watching: Watched, discharger: Discharger, known: dict[str, Term]) -> dict[str, Term]:
    candidates = tuple(Candidate(p.heading.name, p.formula, found=True) for p in watching.consistency)
    return {c.name: c.formula for c in Induction(discharger, candidates, known).run()}


def _with_a_clock(inner: Single, prop: Responds) -> Verdict | None:
    """Proved with the guess that a wait is no longer than something in the state says."""
    assert inner.left is not None
    inner.say("looking for a clock")
    discharger = inner.discharger.within(BUDGET)
    claim, known = inner.provable, inner.shared.known

    def attempt(tie: Term) -> Open | None:
        outcome = prove_with(discharger, claim, {**known, "the tie": tie}, quick=True)
        return outcome if isinstance(outcome, Open) else None

    ties = (g for g in guesses(inner.system, prop) if inner.samples.survives(g))
    try:
        tie = Strengthener(discharger, known).help(ties, inner.left, attempt)
    except OutOfBudgetError:
        return None
    if tie is None:
        return None
    inner.shared.found[prop.heading.name] = (tie,)
    shown = pretty(tie, scope_of(inner.system, {}), units=units_of(inner.system))
    verdict = inner.proved("induction", (known_of_wait(shown),))
    return replace(verdict, rung="a clock")


def _judged(system: System, prop: Responds, verdict: Verdict) -> Verdict:
    """The verdict as one about the system itself: with its run without the counter, as the referee sees it, and without
    lemmas that speak of the counter."""
    counter = counter_of(prop.heading.name)
    waits = tuple(known_of_wait(lemma) for lemma in verdict.lemmas if counter in lemma)
    others = tuple(lemma for lemma in verdict.lemmas if counter not in lemma)
    verdict = replace(verdict, lemmas=others, notes=(*verdict.notes, *waits))
    if verdict.counterexample is None:
        return verdict
    found = confirm(Interpreter(system), prop, claim_of(verdict.counterexample))
    assert isinstance(found, Counterexample), f"the counter and the referee disagree about {prop.heading.name}"
    return replace(verdict, counterexample=found)
