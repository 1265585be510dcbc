"""What shows that a property is not true of nothing: a run on which what it speaks of does happen.

Each occasion is itself a property, made to be violated: a run that breaks it is the evidence, and replaying it takes no
solver.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from verifier.language.source import NOWHERE
from verifier.system.terms import BOOL, FALSE, TRUE, Named, Op, Quant, Term, Var, conj, negate
from verifier.system.transition import (
    Check,
    Enabled,
    Heading,
    Invariant,
    Property,
    Reachable,
    Responds,
    Rule,
    Scenario,
    StepProperty,
    System,
)


def something_happens(system: System) -> Invariant | StepProperty:
    """That no action ever runs (where there is none: that no run ever begins)."""
    heading = Heading("nothing happens", True, "", "", NOWHERE)
    return StepProperty(heading, FALSE, TRUE) if system.actions else Invariant(heading, FALSE, TRUE)


def occasion(prop: Property) -> Property | None:
    """That what a property begins with never comes about; None where it always speaks of something."""
    match prop:
        case Invariant(heading, formula) | StepProperty(heading, formula):
            denied = denied_antecedents(formula)
            if any(d is None for d in denied):
                return None
            never = conj(*(d for d in denied if d is not None))
            return (
                Invariant(heading, never, TRUE) if isinstance(prop, Invariant) else StepProperty(heading, never, TRUE)
            )
        case Rule():
            return replace(prop, program=(*prop.program, Check(FALSE)))
        case Enabled(heading, free, _, _, when, defined):
            return Invariant(heading, _never(free, conj(defined, when)), TRUE)
        case Responds(heading, variables, trigger, defined=defined):
            return Invariant(heading, _never(variables, conj(defined, trigger)), TRUE)
        case Reachable() | Scenario():
            return None
        case _:
            assert_never(prop)


def _never(variables: tuple[Var, ...], condition: Term) -> Term:
    never = negate(condition)
    for var in reversed(variables):
        never = Quant("forall", var, never)
    return never


def denied_antecedents(formula: Term) -> tuple[Term | None, ...]:
    """For each part of a formula that is an implication `forall …: A implies B`, the claim `forall …: not A` that it
    is empty; None for a part of any other shape. The left sides of nested implications count together."""
    match formula:
        case Op("and", args):
            return tuple(d for a in args for d in denied_antecedents(a))
        case Quant("forall", var, body):
            return tuple(None if d is None else Quant("forall", var, d) for d in denied_antecedents(body))
        case Named(_, _, body):
            return denied_antecedents(body)
        case Op("implies", (left, right)):
            never = negate(left)
            return tuple(never if d is None else Op("or", (never, d), BOOL) for d in denied_antecedents(right))
        case _:
            return (None,)
