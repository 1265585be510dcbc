"""Properties that say nothing: true whatever the model does, or said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import combinations
from typing import Any

from verifier.engines.discharge import Discharger
from verifier.engines.finding import Finding
from verifier.engines.made_up import MadeUp, Signature
from verifier.engines.opaque import opaque
from verifier.language.source import Span
from verifier.logic.anything import holds_over_any_step, program_is_idle
from verifier.logic.claims import follows
from verifier.logic.obligations import Claim
from verifier.logic.programs import program_goals
from verifier.system.analysis import states_read
from verifier.system.execute import Interpreter
from verifier.system.programs import statements_of
from verifier.system.rewrite import subterms
from verifier.system.terms import TRUE, Named, Term, Var, conj
from verifier.system.transition import (
    Check,
    Enabled,
    Invariant,
    Let,
    Property,
    Reachable,
    Rule,
    StepProperty,
    System,
    Variable,
    kind_of,
)

MOST_PAIRS = 8
"""Pairs of properties that are asked about."""


def trivial_properties(discharger: Discharger, props: Iterable[Property]) -> Iterator[Finding]:
    """Properties that hold in any state and over any step, and properties that say what an earlier one says."""
    made_up = MadeUp(Interpreter(discharger.system))
    signatures = {p.heading.name: (p, made_up.signature(p)) for p in props}
    always: set[str] = set()
    for name, (prop, signature) in signatures.items():
        if signature is not None and all(signature) and _holds_of_anything(discharger, prop):
            always.add(name)
            if not _by_definition(discharger, prop):
                yield Finding("says_nothing", kind_of(prop), name, prop.heading.span)
    # What always holds follows from anything, and says the same as nothing in particular.
    rest = [(p, s) for name, (p, s) in signatures.items() if name not in always]
    yield from _said_before(discharger, rest)


# ---------------------------------------------------------------------------------------------- true of anything


def _by_definition(discharger: Discharger, prop: Property) -> bool:
    """Whether a property that is true of anything is so only by what a definition stands for: then it says something
    of that definition. (So it is taken to where that can't be told.)"""
    if not any(isinstance(t, Named) for t in _terms(prop)):
        return False
    match prop:
        case Invariant() | StepProperty() | Reachable():
            hidden = opaque(discharger.system, _claim(prop))
            if hidden is None:
                return True
            system, formula = hidden
            without = Discharger(system, discharger.meter, seed=discharger.seed, allowance=discharger.allowance)
            return not _holds_of_anything(without, replace(prop, formula=formula, defined=TRUE))
        case _:
            return True


def _terms(prop: Property) -> Iterator[Term]:
    match prop:
        case Invariant() | StepProperty() | Reachable():
            yield from subterms(_claim(prop))
        case Rule():
            for stmt in statements_of(prop.program):
                match stmt:
                    case Check(condition, defined):
                        yield from subterms(conj(defined, condition))
                    case Let(_, value, defined):
                        yield from subterms(value)
                        yield from subterms(defined)
                    case _:
                        pass
        case _:
            return


def _holds_of_anything(discharger: Discharger, prop: Property) -> bool:
    return all(discharger.prove(claim, effort="quick") is None for claim in _idle_claims(discharger.system, prop))


def _idle_claims(system: System, prop: Property) -> Iterator[Claim]:
    """What is to be shown for a property to be true of anything."""
    name = prop.heading.name
    match prop:
        case Invariant() | Reachable():
            yield follows(f"{name}/any", _claim(prop), ())
        case StepProperty():
            for action in system.actions:
                yield holds_over_any_step(name, _claim(prop), action.name, ())
        case Rule():
            yield from (program_is_idle(system, prop, index) for index in range(len(program_goals(prop))))
        case _:
            raise AssertionError(prop)


# ---------------------------------------------------------------------------------------------- said twice


def _said_before(discharger: Discharger, props: list[tuple[Property, Signature | None]]) -> Iterator[Finding]:
    said: set[str] = set()
    asked = 0
    for (one, left), (other, right) in combinations(props, 2):
        if other.heading.name in said or left != right or not _comparable(one, other):
            continue
        same = shape(one) == shape(other)
        if not same and left is not None and not isinstance(one, Rule) and asked < MOST_PAIRS:
            asked += 1
            same = _equivalent(discharger, one, other)
        if same:
            said.add(other.heading.name)
            heading = other.heading
            yield Finding("says_the_same", kind_of(other), heading.name, heading.span, other=one.heading.name)


def _comparable(one: Property, other: Property) -> bool:
    """Whether it is worth asking: of one kind, with one demand, about the same state variables."""
    if type(one) is not type(other) or one.heading.expect_violated != other.heading.expect_violated:
        return False
    return _reads(one) == _reads(other)


def _reads(prop: Property) -> frozenset[str]:
    match prop:
        case Invariant() | StepProperty() | Reachable():
            return states_read(_claim(prop))
        case _:
            return frozenset()


def _equivalent(discharger: Discharger, one: Property, other: Property) -> bool:
    return all(
        discharger.prove(claim, effort="quick") is None
        for goal, given in ((one, other), (other, one))
        for claim in _consequence(discharger.system, goal, given)
    )


def _consequence(system: System, goal: Property, given: Property) -> Iterator[Claim]:
    """What is to be shown for one property to follow from another of its kind."""
    name = f"{goal.heading.name}/from {given.heading.name}"
    match goal, given:
        case (Invariant() | Reachable()) as one, (Invariant() | Reachable()) as other:
            yield follows(name, _claim(one), (_claim(other),))
        case StepProperty() as one, StepProperty() as other:
            for action in system.actions:
                yield holds_over_any_step(name, _claim(one), action.name, (_claim(other),))
        case _:
            raise AssertionError((goal, given))


def _claim(prop: Invariant | Reachable | StepProperty) -> Term:
    return conj(prop.defined, prop.formula)


def shape(prop: Property) -> tuple[Any, ...]:
    """What a property says, without its name, its places and the names that it gives to its own variables: equal for
    two properties that are the same text up to such names."""
    names: dict[str, int] = {}
    match prop:
        case Enabled(_, free, action, args, when, defined):
            return (action, *(_shape(part, names) for part in (free, when, args, defined)))
        case Rule(_, args, program):
            return (_shape(args, names), _shape(program, names))
        case Invariant(_, formula, defined) | Reachable(_, formula, defined) | StepProperty(_, formula, defined):
            return (_shape(formula, names), _shape(defined, names))
        case _:
            return (prop.heading.name,)


def _shape(part: Any, names: dict[str, int]) -> Any:
    match part:
        case Var(name, ty):
            return "var", names.setdefault(name, len(names)), ty
        case Variable(name, keys, ty, low, high):
            return "var", names.setdefault(name, len(names)), keys, ty, low, high
        case tuple():
            return tuple(_shape(p, names) for p in part)
        case Span():
            return None
        case _ if is_dataclass(part):
            inner = (getattr(part, f.name) for f in fields(part) if f.name not in ("text", "doc"))
            return (type(part).__name__, *(_shape(p, names) for p in inner))
        case _:
            return part
