"""The work on one property: what is known, how far it got, and what its verdicts look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.engines.discharge import Discharger, Open
from verifier.engines.lemma_sets import Provable, effective
from verifier.engines.minimise import Minimiser
from verifier.engines.options import Event, Listen, Options
from verifier.engines.samples import MANY, Samples
from verifier.engines.search import Exhausted
from verifier.engines.spacer import Guessed
from verifier.engines.verdict import Cost, Verdict, assumptions_of
from verifier.system.execute import Interpreter
from verifier.system.pretty import pretty
from verifier.system.replay import claim_of
from verifier.system.scenarios import run_scenario, sentence
from verifier.system.terms import Term, conj
from verifier.system.trace import Counterexample
from verifier.system.transition import (
    Check,
    Enabled,
    Invariant,
    Property,
    Reachable,
    Rule,
    Scenario,
    StepProperty,
    System,
)
from verifier.system.units import units_of
from verifier.system.values import scope_of


@final
@dataclass(slots=True)
class Shared:
    """What the work on all properties of a system shares. `known` are the proved invariants by name, found lemmas
    included; `found` gives the lemmas that were found for a property; `failures` says why others fell, when `known` had
    `known_then` entries."""

    system: System
    options: Options
    listen: Listen
    known: dict[str, Term] = field(default_factory=dict)
    found: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    failures: Mapping[str, Open] = field(default_factory=dict)
    known_then: int = 0

    def failure(self, name: str) -> Open | None:
        """Why an invariant failed, if nothing more is known by now."""
        return self.failures.get(name) if len(self.known) == self.known_then else None


@final
@dataclass(slots=True)
class Single:
    """The work on one property. `left` is the case at which the proof got stuck, `searched` how far a search went
    without finding anything."""

    shared: Shared
    prop: Property
    discharger: Discharger
    interpreter: Interpreter
    samples: Samples
    many_samples: Samples
    left: Open | None = None
    searched: Exhausted | None = None
    guessed: dict[int, Guessed | None] = field(default_factory=dict)
    """What Spacer said, by the number of members."""
    notes: tuple[str, ...] = ()
    """Sentences for the user that belong to whatever verdict there will be."""

    @staticmethod
    def of(shared: Shared, prop: Property, discharger: Discharger) -> Single:
        """The work on a property, not yet begun."""
        interpreter = Interpreter(shared.system)
        return Single(shared, prop, discharger, interpreter, Samples(interpreter), Samples(interpreter, *MANY))

    @property
    def system(self) -> System:
        """The system that the property is about."""
        return self.shared.system

    @property
    def provable(self) -> Provable:
        """The property, of a kind that is proved by obligations."""
        match self.prop:
            case Invariant() | StepProperty() | Rule() | Enabled():
                return self.prop
            case _:
                raise AssertionError(self.prop)

    def say(self, phase: str) -> None:
        """Tell what is being done."""
        self.shared.listen(Event(self.prop.heading.name, phase))

    # ------------------------------------------------------------------------------------------ verdicts

    def proved(self, method: str, notes: tuple[str, ...] = ()) -> Verdict:
        """Proved; an invariant is something that others may lean on from here on."""
        if isinstance(self.prop, Invariant) and not self.prop.heading.expect_violated:
            self.shared.known[self.prop.heading.name] = effective(self.prop)
        return proved(self.system, method, notes)

    def proved_with(self, lemmas: Iterable[Term]) -> Verdict:
        """Proved with lemmas that were found. (Other invariants may lean on them. Other kinds are settled side by side,
        and keep what they find.)"""
        shown = tuple(dict.fromkeys(lemmas))
        self.shared.found[self.prop.heading.name] = shown
        how = "from the invariants"
        if isinstance(self.prop, Invariant):
            how = "induction"
            for number, lemma in enumerate(shown, start=1):
                self.shared.known[f"{self.prop.heading.name}: found_{number}"] = lemma
            self.shared.known[self.prop.heading.name] = effective(self.prop)
        method = f"{how} with {len(shown)} found lemma{'s' if len(shown) > 1 else ''}"
        scope, units = scope_of(self.system, {}), units_of(self.system)
        return proved(self.system, method, (), tuple(pretty(t, scope, units=units) for t in shown))

    def told(self, found: Counterexample, method: str) -> Verdict:
        """A counterexample (for a reachable: a run that gets there) in its most readable form."""
        smaller = Minimiser(self.system, self.prop, self.interpreter).run(claim_of(found))
        counterexample = smaller or found
        trace = counterexample.trace
        scope = tuple((n, trace.scope.size(n)) for n in (s.name for s in self.system.sorts if s.size is None))
        depth = len(trace.steps)
        if isinstance(self.prop, Reachable):
            return Verdict("proved", "run found and replayed", depth=depth, scope=scope, witness=trace)
        return Verdict(
            "violated",
            method,
            assumptions=assumptions_of(self.system),
            depth=depth,
            scope=scope,
            counterexample=counterexample,
        )


def scenario_verdict(single: Single, prop: Scenario) -> Verdict:
    """A scenario is run, and needs no solver."""
    outcome = run_scenario(single.interpreter, prop)
    if outcome.passed:
        return Verdict("proved", "replayed", depth=len(outcome.steps), witness=outcome.trace)
    assert outcome.problem is not None
    return Verdict(
        "violated",
        "replayed",
        depth=len(outcome.steps),
        counterexample=outcome.counterexample,
        notes=(sentence(single.interpreter, outcome.problem),),
    )


def goal_of(prop: Property) -> Term:
    """The formula whose comparisons a lemma is likely to be about."""
    match prop:
        case Invariant() | StepProperty() | Reachable():
            return prop.formula
        case Enabled():
            return prop.when
        case Rule():
            return conj(*(s.condition for s in prop.program if isinstance(s, Check)))
        case _:
            return conj()


def stated_by(prop: Property) -> Term:
    """What a property says of a state (a step), with its definedness; nothing for those that are programs."""
    match prop:
        case Invariant() | StepProperty() | Reachable():
            return conj(prop.defined, prop.formula)
        case _:
            return conj()


def vacuous(system: System, why: str) -> Verdict:
    """The verdict for what holds only because nothing happens."""
    return Verdict("vacuous", "proof", assumptions=assumptions_of(system), notes=(why,))


def proved(
    system: System, method: str, notes: tuple[str, ...], lemmas: tuple[str, ...] = (), cost: Cost = Cost()
) -> Verdict:
    """The verdict for a proof by a solver alone."""
    return Verdict(
        "proved",
        method,
        level="L0",
        assumptions=assumptions_of(system),
        lemmas=lemmas,
        notes=notes,
        cost=cost,
    )
