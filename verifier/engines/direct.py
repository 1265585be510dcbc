"""Everything that is proved from the invariants without being one: steps, rules, enabledness, unreachability."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import final

from verifier.engines.discharge import Discharger, Hypotheses, Open
from verifier.logic.claims import conjuncts, follows, holds_over_step, parameter_facts
from verifier.logic.enabledness import Strategies, can_run, condition_never_met, is_defined, strategies
from verifier.logic.obligations import Claim
from verifier.logic.programs import program_ends_well, program_goals, program_runs
from verifier.logic.witness import IN_WORDS
from verifier.system.terms import TRUE, Named, Op, Quant, Term, conj, negate
from verifier.system.transition import Enabled, Invariant, Reachable, Rule, StepProperty


@final
@dataclass(frozen=True, slots=True)
class Proof:
    """A property is proved. `leans` tells whether invariants were needed; `notes` are sentences for the user."""

    leans: bool
    notes: tuple[str, ...] = ()


def prove_step(discharger: Discharger, prop: StepProperty, known: Hypotheses) -> Proof | Open:
    """Every action satisfies the formula, from any state that the invariants admit."""
    leans = False
    for part in conjuncts(conj(prop.defined, prop.formula)):
        for action in discharger.system.actions:
            claim = partial(holds_over_step, discharger.system, prop.heading.name, part, action)
            outcome = discharger.prove_from(claim, (), known)
            if isinstance(outcome, Open):
                return outcome
            leans |= outcome.leans
    return Proof(leans)


def prove_rule(discharger: Discharger, rule: Rule, known: Hypotheses) -> Proof | Open:
    """The program shows each of its goals, from any state that the invariants admit."""
    leans = False
    for index in range(len(program_goals(rule))):
        outcome = discharger.prove_from(partial(program_ends_well, discharger.system, rule, index), (), known)
        if isinstance(outcome, Open):
            return outcome
        leans |= outcome.leans
    return Proof(leans)


def prove_enabled(discharger: Discharger, prop: Enabled, known: Hypotheses) -> Proof | Open:
    """Some way to choose the open arguments lets the action run whenever the condition holds."""
    first: Open | None = None
    if prop.defined != TRUE:
        first = discharger.prove(is_defined(prop, known))
        if first is not None:
            return first
    for chosen in strategies(discharger.system, prop):
        left = discharger.prove(can_run(prop, chosen, known), effort="quick")
        if left is None:
            return Proof(True, _in_words(discharger, prop, chosen))
        first = first or left
    assert first is not None
    return first


def _in_words(discharger: Discharger, prop: Enabled, chosen: Strategies) -> tuple[str, ...]:
    action = discharger.system.action(prop.action)
    return tuple(
        f"`{variable.name}` can always be {IN_WORDS[strategy]}"
        for variable, strategy in zip(action.args, chosen, strict=True)
        if strategy is not None
    )


def prove_unreachable(discharger: Discharger, prop: Reachable, known: Hypotheses) -> bool:
    """Whether no state that the invariants admit satisfies the formula."""
    claim = follows(prop.heading.name, negate(prop.formula), known)
    return discharger.prove(claim, effort="quick") is None


# ---------------------------------------------------------------------------------------------- vacuity


def contradictory_assumptions(discharger: Discharger) -> bool:
    """Whether no parameters satisfy all assumptions."""
    claim = Claim("assumptions", lambda encoder, _: parameter_facts(encoder))
    return discharger.prove(claim, effort="quick") is None


def never_runs(discharger: Discharger, rule: Rule, known: Hypotheses) -> bool:
    """Whether a rule's program can't be run to its end from any state that the invariants admit."""
    return discharger.prove(program_runs(discharger.system, rule, known), effort="quick") is None


def never_asked(discharger: Discharger, prop: Enabled, known: Hypotheses) -> bool:
    """Whether the condition of an `enabled` never holds in a state that the invariants admit."""
    return discharger.prove(condition_never_met(prop, known), effort="quick") is None


def antecedent(formula: Term) -> Term | None:
    """`forall …: not A` for a formula `forall …: A implies B`; None for any other shape."""
    match formula:
        case Quant("forall", var, body):
            inner = antecedent(body)
            return None if inner is None else Quant("forall", var, inner)
        case Named(_, _, body):
            return antecedent(body)
        case Op("implies", (left, _)):
            return negate(left)
        case _:
            return None


def antecedent_never_met(discharger: Discharger, prop: Invariant | StepProperty, known: Hypotheses) -> bool:
    """Whether an implication has a left side that is false in every state (over every step) that can be."""
    never = antecedent(prop.formula)
    if never is None:
        return False
    name = f"{prop.heading.name}/never"
    if isinstance(prop, Invariant):
        return discharger.prove(follows(name, never, known), effort="quick") is None
    return all(
        discharger.prove(holds_over_step(discharger.system, name, never, action, known), effort="quick") is None
        for action in discharger.system.actions
    )
