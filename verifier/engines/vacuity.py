"""What is proved only because nothing can happen: assumptions that contradict each other, no state to start from, a
program that never runs to its end, a condition that never holds."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from verifier.engines.discharge import Discharger, Hypotheses
from verifier.engines.played import actions_taken
from verifier.logic.claims import follows, holds_initially, holds_over_step, parameter_facts
from verifier.logic.enabledness import condition_never_met
from verifier.logic.obligations import Claim
from verifier.logic.programs import program_runs
from verifier.system.occasions import denied_antecedents
from verifier.system.terms import FALSE, Quant, Term, conj, negate
from verifier.system.transition import Enabled, Invariant, Property, Reachable, Responds, Rule, Scenario, StepProperty

CONTRADICTION = "No parameters meet all the assumptions at once, so everything would hold."
NO_START = "No initial state meets all that `init` asks for, so no run ever begins and everything would hold."
NEVER_SUCCEEDS = "Its calls can never all succeed, so there is nothing to check."
NEVER_BEGINS = "What it begins with is never true, so nothing is ever waited for."
NO_STEP = "No action can ever run, so nothing happens that could break it."


def nothing_begins(discharger: Discharger) -> str:
    """Why there is no run at all, in a sentence; empty if there may be one."""
    assumed = Claim("assumptions", lambda encoder, _: parameter_facts(encoder))
    if discharger.prove(assumed) is None:
        return CONTRADICTION
    if discharger.prove(holds_initially(discharger.system, "start", FALSE)) is None:
        return NO_START
    return ""


def why_vacuous(discharger: Discharger, prop: Property, known: Hypotheses, *, still: bool) -> str:
    """Why a property that has been proved says nothing, in a sentence; empty if it may say something. `known` are the
    proved invariants; `still` tells that no action can ever run."""
    match prop:
        case Invariant() | StepProperty() if still:
            return NO_STEP
        case Invariant():
            return "The left side of `implies` is never true." if _never_met(discharger, prop, known) else ""
        case StepProperty():
            if _never_met(discharger, prop, known):
                return "What it speaks of never happens: the left side of `implies` is never true."
            return ""
        case Rule():
            runs = program_runs(discharger.system, prop, known)
            return NEVER_SUCCEEDS if _excluded(discharger, runs) else ""
        case Enabled():
            asked = condition_never_met(prop, known)
            return "Its condition never holds." if _excluded(discharger, asked) else ""
        case Responds():
            begins = follows(f"{prop.heading.name}/never", _never(prop), known)
            return NEVER_BEGINS if _excluded(discharger, begins) else ""
        case Reachable() | Scenario():
            return ""
        case _:
            assert_never(prop)


def _never(prop: Responds) -> Term:
    """That what a deadline begins with is never true."""
    never: Term = negate(conj(prop.defined, prop.trigger))
    for var in reversed(prop.vars):
        never = Quant("forall", var, never)
    return never


def nothing_moves(discharger: Discharger, known: Hypotheses) -> bool:
    """Whether there are actions, and none of them can run in any state that the invariants admit."""
    system = discharger.system
    if not system.actions or actions_taken(system, (), 1):
        return False
    idle = (holds_over_step(system, f"{a.name}/never", FALSE, a, known) for a in system.actions)
    return all(_excluded(discharger, claim) for claim in idle)


def _excluded(discharger: Discharger, claim: Claim) -> bool:
    return discharger.prove(claim, effort="quick") is None


# ---------------------------------------------------------------------------------------------- antecedents


def never_true(discharger: Discharger, prop: Invariant | StepProperty, denied: Term, known: Hypotheses) -> bool:
    """Whether what `denied` denies is false in every state that the invariants admit (over every step from one)."""
    name = f"{prop.heading.name}/never"
    match prop:
        case Invariant():
            return _excluded(discharger, follows(name, denied, known))
        case StepProperty():
            claim = partial(holds_over_step, discharger.system, name, denied)
            return all(_excluded(discharger, claim(action, known)) for action in discharger.system.actions)
        case _:
            assert_never(prop)


def _never_met(discharger: Discharger, prop: Invariant | StepProperty, known: Hypotheses) -> bool:
    """Whether every part is an implication whose left side is never true."""
    return all(
        denied is not None and never_true(discharger, prop, denied, known)
        for denied in denied_antecedents(prop.formula)
    )
