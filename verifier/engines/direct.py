"""Everything that is proved from the invariants without being one: steps, rules, enabledness, unreachability."""

from __future__ import annotations

from functools import partial
from typing import final

from verifier.engines.discharge import Discharger, Hypotheses, Open
from verifier.engines.hints import WHOLE, Split
from verifier.language.frozen import dataclass
from verifier.logic.claims import conjuncts, follows, holds_over_step
from verifier.logic.enabledness import Strategies, can_run, is_defined, strategies
from verifier.logic.programs import program_ends_well, program_goals
from verifier.logic.witness import IN_WORDS
from verifier.system.terms import TRUE, conj, negate
from verifier.system.transition import Enabled, Invariant, Reachable, Rule, StepProperty


@final
@dataclass(frozen=True, slots=True)
class Proof:
    """A property is proved. `leans` tells whether invariants were needed; `notes` are sentences for the user."""

    leans: bool
    notes: tuple[str, ...] = ()


def prove_step(discharger: Discharger, prop: StepProperty, known: Hypotheses, split: Split = WHOLE) -> Proof | Open:
    """Every action satisfies the formula, from any state that the invariants admit."""
    leans = False
    for part in conjuncts(conj(prop.defined, prop.formula)):
        for action in discharger.system.actions:
            claim = partial(holds_over_step, discharger.system, prop.heading.name, part, action)
            for case in split.parts:
                outcome = discharger.prove_from(claim, case, known)
                if isinstance(outcome, Open):
                    return outcome
                leans |= outcome.leans
    return Proof(leans)


def prove_rule(discharger: Discharger, rule: Rule, known: Hypotheses, split: Split = WHOLE) -> Proof | Open:
    """The program shows each of its goals, from any state that the invariants admit."""
    leans = False
    for index in range(len(program_goals(rule))):
        claim = partial(program_ends_well, discharger.system, rule, index)
        for case in split.parts:
            outcome = discharger.prove_from(claim, case, known)
            if isinstance(outcome, Open):
                return outcome
            leans |= outcome.leans
    return Proof(leans)


def prove_enabled(discharger: Discharger, prop: Enabled, known: Hypotheses, split: Split = WHOLE) -> Proof | Open:
    """Some way to choose the open arguments lets the action run whenever the condition holds: in each case another one,
    perhaps."""
    notes: list[tuple[str, ...]] = []
    for case in split.parts:
        outcome = _enabled_here(discharger, prop, (*known, *case))
        if isinstance(outcome, Open):
            return outcome
        notes.append(outcome.notes)
    return Proof(True, notes[0] if len(set(notes)) == 1 else ())


def _enabled_here(discharger: Discharger, prop: Enabled, known: Hypotheses) -> Proof | Open:
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


def prove_in_the_same_state(discharger: Discharger, prop: Invariant, known: Hypotheses) -> bool:
    """Whether every state that the invariants admit fulfils the formula."""
    return all(
        discharger.prove(follows(prop.heading.name, part, known), effort="quick") is None
        for part in conjuncts(conj(prop.defined, prop.formula))
    )


def prove_unreachable(discharger: Discharger, prop: Reachable, known: Hypotheses) -> bool:
    """Whether no state that the invariants admit satisfies the formula."""
    claim = follows(prop.heading.name, negate(prop.formula), known)
    return discharger.prove(claim, effort="quick") is None
