"""One property settled, by the methods of its kind in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import final

from verifier.engines.direct import Proof, prove_enabled, prove_rule, prove_step, prove_unreachable
from verifier.engines.discharge import Discharger, Open
from verifier.engines.induction import Candidate, Induction
from verifier.engines.minimise import Minimiser
from verifier.engines.options import Event, Listen, Options
from verifier.engines.search import Exhausted, Found, Search, everyone, scopes_up_to
from verifier.engines.strengthen import Strengthener
from verifier.engines.stuck import stuck_step
from verifier.engines.vacuity import why_vacuous
from verifier.engines.verdict import Cost, Verdict
from verifier.system.execute import Interpreter
from verifier.system.pretty import pretty
from verifier.system.replay import claim_of
from verifier.system.rewrite import subterms
from verifier.system.scenarios import run_scenario, sentence
from verifier.system.simulate import hunt
from verifier.system.terms import Agg, Term, conj
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

STOPPED_BY_THE_CLOCK = "A query was stopped by the clock, not by its budget: a faster machine may say more."

PLAYED_STEPS = 4_000
"""Random steps played in each scope before a property is left undecided."""

WIDE_DEPTH = 2
"""Steps of the search with one member more than usual."""

SHORT = 4
"""Steps of the search that comes before lemmas are guessed."""


@final
@dataclass(slots=True)
class Shared:
    """What the work on all properties of a system shares. `known` are the proved invariants by name, found lemmas
    included; `failures` says why others fell, when `known` had `known_then` entries."""

    system: System
    options: Options
    listen: Listen
    known: dict[str, Term] = field(default_factory=dict)
    failures: Mapping[str, Open] = field(default_factory=dict)
    known_then: int = 0

    def failure(self, name: str) -> Open | None:
        """Why an invariant failed, if nothing more is known by now."""
        return self.failures.get(name) if len(self.known) == self.known_then else None


@final
@dataclass(slots=True)
class Single:
    """The work on one property."""

    shared: Shared
    prop: Property
    discharger: Discharger

    @property
    def system(self) -> System:
        """The system that the property is about."""
        return self.shared.system

    def _say(self, phase: str) -> None:
        self.shared.listen(Event(self.prop.heading.name, phase))

    def run(self) -> Verdict:
        """The verdict; what is proved only because nothing can happen is called so."""
        verdict = self._settled()
        if verdict.name != "proved":
            return verdict
        why = why_vacuous(self.discharger, self.prop, tuple(self.shared.known.values()))
        return vacuous(self.system, why) if why else verdict

    def _settled(self) -> Verdict:
        """By the kind of the property."""
        prop = self.prop
        match prop:
            case Scenario():
                return self._scenario(prop)
            case Reachable():
                return self._reachable(prop)
            case _ if prop.heading.expect_violated:
                return self._search_first(prop)
            case _:
                return self._prove_first(prop)

    def _prove_first(self, prop: Invariant | StepProperty | Rule | Enabled) -> Verdict:
        left = self._prove(prop)
        if isinstance(left, Verdict):
            return left
        short = self._search(prop, min(SHORT, self.shared.options.depth))
        if isinstance(short, Verdict):
            return short
        self._say("looking for a lemma")
        helped = self._strengthen(prop, left)
        if helped is not None:
            return helped
        return self._last_search(prop, left, short.depth)

    def _search_first(self, prop: Invariant | StepProperty | Rule | Enabled) -> Verdict:
        found = self._search(prop, self.shared.options.depth)
        if isinstance(found, Verdict):
            return found
        left = self._prove(prop)
        if isinstance(left, Verdict):
            return left
        return self._undecided(found, left)

    def _last_search(self, prop: Invariant | StepProperty | Rule | Enabled, left: Open, excluded: int) -> Verdict:
        found = self._search(prop, self.shared.options.depth, excluded)
        return found if isinstance(found, Verdict) else self._undecided(found, left)

    # ------------------------------------------------------------------------------------------ proofs

    def _prove(self, prop: Invariant | StepProperty | Rule | Enabled) -> Verdict | Open:
        known = tuple(self.shared.known.values())
        name = prop.heading.name
        self._say("proving")
        match prop:
            case Invariant():
                before = self.shared.failure(name)
                if before is not None:
                    return before
                induction = Induction(self.discharger, (Candidate(name, effective(prop)),), self.shared.known)
                if induction.run():
                    if not prop.heading.expect_violated:
                        self.shared.known[name] = effective(prop)
                    return self._proved("induction", ())
                return induction.failures[name]
            case StepProperty():
                outcome = prove_step(self.discharger, prop, known)
                return self._direct(outcome, "over every step", "over every step, from the invariants")
            case Rule():
                outcome = prove_rule(self.discharger, prop, known)
                return self._direct(outcome, "from any state", "from the invariants")
            case Enabled():
                outcome = prove_enabled(self.discharger, prop, known)
                return self._direct(outcome, "witness", "witness, from the invariants")

    def _direct(self, outcome: Proof | Open, alone: str, leaning: str) -> Verdict | Open:
        if isinstance(outcome, Open):
            return outcome
        return self._proved(leaning if outcome.leans and self.shared.known else alone, outcome.notes)

    def _proved(self, method: str, notes: tuple[str, ...], lemmas: tuple[str, ...] = ()) -> Verdict:
        return proved(self.system, method, notes, lemmas)

    def _strengthen(self, prop: Invariant | StepProperty | Rule | Enabled, left: Open) -> Verdict | None:
        """Guess lemmas with which the proof goes through."""
        strengthener = Strengthener(self.discharger, Interpreter(self.system), self.shared.known)

        def attempt(hypotheses: tuple[Term, ...]) -> Open | None:
            match prop:
                case Invariant():
                    trial = {str(i): h for i, h in enumerate(hypotheses)}
                    candidate = Candidate(prop.heading.name, effective(prop))
                    induction = Induction(self.discharger, (candidate,), trial, quick=True)
                    return None if induction.run() else induction.failures[prop.heading.name]
                case StepProperty():
                    outcome = prove_step(self.discharger, prop, hypotheses)
                case Rule():
                    outcome = prove_rule(self.discharger, prop, hypotheses)
                case Enabled():
                    outcome = prove_enabled(self.discharger, prop, hypotheses)
            return outcome if isinstance(outcome, Open) else None

        helped = strengthener.help(goal_of(prop), left, attempt)
        if helped is None:
            return None
        shown = tuple(
            pretty(strengthener.found[n], scope_of(self.system, {}), units=units_of(self.system)) for n in helped
        )
        if isinstance(prop, Invariant):
            # Other invariants may lean on it. (Other kinds are settled side by side, and keep what they find.)
            for n in helped:
                self.shared.known[f"{prop.heading.name}: {n}"] = strengthener.found[n]
            self.shared.known[prop.heading.name] = effective(prop)
        how = "induction" if isinstance(prop, Invariant) else "from the invariants"
        return self._proved(f"{how} with {len(helped)} found lemma{'s' if len(helped) > 1 else ''}", (), shown)

    # ------------------------------------------------------------------------------------------ searches

    def _search(self, prop: Property, depth: int, excluded: int = -1) -> Verdict | Exhausted:
        # A sum over all members makes a search slower, not shorter.
        known = tuple(k for k in self.shared.known.values() if not any(isinstance(t, Agg) for t in subterms(k)))
        search = Search(
            self.system, self.discharger.meter, Interpreter(self.system), known, seed=self.shared.options.seed
        )
        scopes = tuple(scopes_up_to(self.system, self.shared.options.members))
        found = search.find(prop, depth, scopes, self._say, excluded)
        if isinstance(found, Exhausted) and depth == self.shared.options.depth:
            # Some violations take more members than steps: who is left out of a vote, the third of three who meet.
            wider = search.find(prop, WIDE_DEPTH, (everyone(self.system, self.shared.options.members + 1),), self._say)
            found = wider if isinstance(wider, Found) else found
        if isinstance(found, Found):
            return self._told(prop, found.counterexample, "bounded search, replayed")
        if found.undecided and depth == self.shared.options.depth:
            lucky = self._random_play(prop)
            if lucky is not None:
                return self._told(prop, lucky, "random play, replayed")
        return found

    def _random_play(self, prop: Property) -> Counterexample | None:
        """Where solvers give up, many random runs may still stumble on a violation."""
        self._say("playing at random")
        interpreter = Interpreter(self.system)
        for members in (self.shared.options.members, self.shared.options.members + 1):
            scope = scope_of(self.system, {s.name: members for s in self.system.sorts})
            found = hunt(interpreter, prop, Random(members), PLAYED_STEPS, scope)
            if found is not None:
                return found
        return None

    def _told(self, prop: Property, found: Counterexample, method: str) -> Verdict:
        """A counterexample (for a reachable: a run that gets there) in its most readable form."""
        smaller = Minimiser(self.system, prop, Interpreter(self.system)).run(claim_of(found))
        counterexample = smaller or found
        trace = counterexample.trace
        scope = tuple((n, trace.scope.size(n)) for n in (s.name for s in self.system.sorts if s.size is None))
        depth = len(trace.steps)
        if isinstance(prop, Reachable):
            return Verdict("proved", "run found and replayed", depth=depth, scope=scope, witness=trace)
        return Verdict(
            "violated",
            method,
            assumptions=assumptions_of(self.system),
            depth=depth,
            scope=scope,
            counterexample=counterexample,
        )

    def _undecided(self, searched: Exhausted, left: Open) -> Verdict:
        stuck = stuck_step(left, self.system)
        scope = tuple(searched.sizes.items())
        notes = (STOPPED_BY_THE_CLOCK,) if self.discharger.meter.timed_out else ()
        verdict = Verdict("unknown", "neither proved nor refuted", depth=searched.depth, scope=scope, stuck=stuck)
        if searched.depth >= 1:
            verdict = replace(verdict, name="bounded", method="bounded search")
        return replace(verdict, notes=notes)

    def _reachable(self, prop: Reachable) -> Verdict:
        if prove_unreachable(self.discharger, prop, tuple(self.shared.known.values())):
            return Verdict(
                "violated",
                "proved unreachable",
                assumptions=assumptions_of(self.system),
                notes=("The invariants exclude it.",),
            )
        found = self._search(prop, self.shared.options.depth)
        if isinstance(found, Verdict):
            return found
        scope = tuple(found.sizes.items())
        note = f"Not reached within {found.depth} steps." if found.depth >= 0 else "The search was given up."
        return Verdict("bounded", "bounded search", depth=found.depth, scope=scope, notes=(note,))

    def _scenario(self, prop: Scenario) -> Verdict:
        interpreter = Interpreter(self.system)
        outcome = run_scenario(interpreter, prop)
        if outcome.passed:
            return Verdict("proved", "replayed", depth=len(outcome.steps), witness=outcome.trace)
        assert outcome.problem is not None
        return Verdict(
            "violated",
            "replayed",
            depth=len(outcome.steps),
            counterexample=outcome.counterexample,
            notes=(sentence(interpreter, outcome.problem),),
        )


def effective(prop: Invariant) -> Term:
    """What an invariant says: that its formula has a value, and that it is true."""
    return conj(prop.defined, prop.formula)


def goal_of(prop: Invariant | StepProperty | Rule | Enabled) -> Term:
    """The formula whose comparisons a lemma is likely to be about."""
    match prop:
        case Invariant() | StepProperty():
            return prop.formula
        case Enabled():
            return prop.when
        case Rule():
            return conj(*(s.condition for s in prop.program if isinstance(s, Check)))


def assumptions_of(system: System) -> tuple[str, ...]:
    """The names of what a spec assumes of parameters and relies on of the environment."""
    named = [a.name for a in system.assumptions if a.kind == "assume"]
    return (*named, *(r.name for r in system.relies))


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
