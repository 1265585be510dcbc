"""What a specification should be told besides its verdicts: what in it never happens, says nothing, or is not needed.

None of it makes a verdict wrong, and none of it is guessed: what is said here has been proved, or says how far it was
looked for. Everything runs on a small allowance; where that is used up, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from verifier.engines.direct import Proof, prove_step
from verifier.engines.discharge import Discharger, Hypotheses, Meter, OutOfBudgetError
from verifier.engines.finding import Finding, FindingKind
from verifier.engines.needed import unneeded
from verifier.engines.played import actions_taken
from verifier.engines.search import Exhausted, Search, everyone
from verifier.engines.triviality import trivial_properties
from verifier.engines.vacuity import never_true
from verifier.engines.verdict import Verdict
from verifier.system.execute import Interpreter
from verifier.system.occasions import denied_antecedents
from verifier.system.pretty import pretty
from verifier.system.terms import TRUE, ActionIs, negate
from verifier.system.transition import (
    Action,
    Heading,
    Invariant,
    Property,
    Require,
    StepProperty,
    System,
)
from verifier.system.units import units_of
from verifier.system.values import scope_of

ALLOWANCE = 60_000
"""Solver resource units for what is said and done, and again for what is assumed."""

DEPTH, MEMBERS = 3, 2
"""Steps of the search for a run that takes an action, and members of each open sort."""

LIMIT = 50_000
"""Resource limit of one query of that search."""


def look(discharger: Discharger, verdicts: Mapping[str, Verdict], known: Hypotheses) -> tuple[Finding, ...]:
    """All findings about a system whose properties have these verdicts; `known` are the proved invariants."""
    settled = [p for p in discharger.system.properties if p.heading.name in verdicts]
    proved = [p for p in settled if verdicts[p.heading.name].name == "proved"]
    spoken = [p for p in settled if verdicts[p.heading.name].name != "vacuous"]
    excluded = tuple(discharger.excluded or ())
    frugal = Discharger(discharger.system, Meter(discharger.meter.memory), discharger.answers, discharger.seed)
    frugal = frugal.within(ALLOWANCE)
    return (
        *_while_it_lasts(idle_actions(frugal, tuple(verdicts.values()), known)),
        *_while_it_lasts(_empty_parts(frugal, proved, known)),
        *_while_it_lasts(trivial_properties(frugal, spoken)),
        *_while_it_lasts(unneeded(frugal.within(ALLOWANCE), excluded, verdicts)),
    )


def _while_it_lasts(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings up to where the allowance is used up."""
    try:
        yield from findings
    except OutOfBudgetError:
        return


# ---------------------------------------------------------------------------------------------- actions


def idle_actions(discharger: Discharger, verdicts: Iterable[Verdict], known: Hypotheses) -> Iterator[Finding]:
    """Actions that never run, or that no run was seen to take."""
    system = discharger.system
    seen = actions_taken(system, verdicts, len(system.actions))
    for action in system.actions:
        if action.name in seen:
            continue
        never = StepProperty(Heading(action.name, False, "", "", action.span), negate(ActionIs(action.name)), TRUE)
        if isinstance(prove_step(discharger, never, known), Proof):
            yield replace(_finding("never_runs", action), relies=_to_blame(discharger, never, action, known))
            continue
        search = Search(system, discharger.meter, Interpreter(system), limit=LIMIT, seed=discharger.seed)
        found = search.find(never, DEPTH, (everyone(system, MEMBERS),))
        if isinstance(found, Exhausted) and found.depth == DEPTH:
            yield replace(
                _finding("not_seen_to_run", action), depth=found.depth, scope=tuple(sorted(found.sizes.items()))
            )


def _finding(kind: FindingKind, action: Action) -> Finding:
    what = "environment action" if action.environment else "action"
    return Finding(kind, what, action.name, action.span)


def _to_blame(discharger: Discharger, never: StepProperty, action: Action, known: Hypotheses) -> tuple[str, ...]:
    """The relies on an action without which it might run."""
    relies = tuple(r.name for r in discharger.system.relies if r.action == action.name)
    if not relies:
        return ()
    free = Discharger(without_relies(discharger.system, frozenset(relies)), discharger.meter, discharger.answers)
    return () if isinstance(prove_step(free, never, known), Proof) else relies


def without_relies(system: System, names: frozenset[str]) -> System:
    """The system in which the environment may do what these relies forbid."""
    actions = tuple(
        replace(
            a,
            body=tuple(
                s for s in a.body if not (isinstance(s, Require) and s.why.kind == "rely" and s.why.name in names)
            ),
        )
        for a in system.actions
    )
    return replace(system, actions=actions, relies=tuple(r for r in system.relies if r.name not in names))


# ---------------------------------------------------------------------------------------------- parts of properties


def _empty_parts(discharger: Discharger, proved: Iterable[Property], known: Hypotheses) -> Iterator[Finding]:
    """Parts of proved properties that are implications whose left side is never true."""
    system = discharger.system
    scope, units = scope_of(system, {}), units_of(system)
    for prop in proved:
        if not isinstance(prop, Invariant | StepProperty):
            continue
        parts = denied_antecedents(prop.formula)
        for denied in parts if len(parts) > 1 else ():
            if denied is not None and never_true(discharger, prop, denied, known):
                text = pretty(denied, scope, units=units)
                name = prop.heading.name
                what = "invariant" if isinstance(prop, Invariant) else "step"
                yield Finding("part_says_nothing", what, name, prop.heading.span, text=text)
