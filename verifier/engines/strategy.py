"""Which method is tried when, for each kind of property.

| kind       | first                   | then               | then                 | last            |
| ---------- | ----------------------- | ------------------ | -------------------- | --------------- |
| invariant  | induction, all together | short search       | induction + a lemma  | search to depth |
| step, rule | from the invariants     | short search       | with a lemma         | search to depth |
| enabled    | a witness, from them    | short search       | with a lemma         | search to depth |
| reachable  | proved unreachable      | search to depth    |                      |                 |
| scenario   | the exact interpreter   |                    |                      |                 |

What is expected to be violated is searched for first. Every counterexample has been replayed before it gets here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random
from typing import final

from verifier.engines.direct import (
    Proof,
    antecedent_never_met,
    contradictory_assumptions,
    never_asked,
    never_runs,
    prove_enabled,
    prove_rule,
    prove_step,
    prove_unreachable,
)
from verifier.engines.discharge import Discharger, Open
from verifier.engines.induction import Candidate, Induction
from verifier.engines.minimise import Minimiser
from verifier.engines.search import Exhausted, Found, Search, scopes_up_to
from verifier.engines.strengthen import Strengthener
from verifier.engines.stuck import stuck_step
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
from verifier.system.values import scope_of

STOPPED_BY_THE_CLOCK = "A query was stopped by the clock, not by its budget: a faster machine may say more."

PLAYED_STEPS = 4_000
"""Random steps played in each scope before a property is left undecided."""

SHORT = 4
"""Steps of the search that comes before lemmas are guessed."""


@final
@dataclass(frozen=True, slots=True)
class Options:
    """`depth` bounds the search in steps, `members` the size of its scopes; `only` names the properties to settle
    (empty: all). Invariants that others lean on are proved in any case."""

    depth: int = 6
    members: int = 2
    only: frozenset[str] = frozenset()


@final
@dataclass(frozen=True, slots=True)
class Event:
    """Progress: what is being done for which property; `verdict` when it is settled."""

    prop: str
    phase: str
    verdict: Verdict | None = None


Listen = Callable[[Event], None]


def settle(system: System, options: Options, listen: Listen) -> tuple[Verdict | None, ...]:
    """A verdict for each property of the system, in order; None for those not asked for."""
    return Settling(system, options, listen).run()


@final
@dataclass(slots=True)
class Settling:
    """The work on one system."""

    system: System
    options: Options
    listen: Listen
    discharger: Discharger = field(init=False)
    known: dict[str, Term] = field(default_factory=dict)
    """Proved invariants by name, found lemmas included."""
    failures: Mapping[str, Open] = field(default_factory=dict)
    _known_at_failure: int = 0

    def __post_init__(self) -> None:
        self.discharger = Discharger(self.system)

    # ------------------------------------------------------------------------------------------ all of it

    def run(self) -> tuple[Verdict | None, ...]:
        """Settle every property asked for: the invariants first, since the others lean on them."""
        wanted = [p for p in self.system.properties if self._asked(p)]
        verdicts: dict[str, Verdict] = {}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
            if any(not isinstance(p, Scenario) for p in wanted):
                if contradictory_assumptions(self.discharger):
                    verdicts |= {p.heading.name: self._contradictory() for p in wanted if not isinstance(p, Scenario)}
                else:
                    self._invariants(verdicts, workers)
            for prop in wanted:
                if prop.heading.name in verdicts:
                    self.listen(Event(prop.heading.name, "settled", verdicts[prop.heading.name]))
                elif isinstance(prop, Invariant) and not prop.heading.expect_violated:
                    verdicts[prop.heading.name] = self._settled(prop)
            others = [p for p in wanted if p.heading.name not in verdicts]
            for prop, verdict in zip(others, workers.map(self._settled, others), strict=True):
                verdicts[prop.heading.name] = verdict
        return tuple(verdicts.get(p.heading.name) if self._asked(p) else None for p in self.system.properties)

    def _settled(self, prop: Property) -> Verdict:
        """One property, with what it cost."""
        name = prop.heading.name
        self.listen(Event(name, "started"))
        start = time.perf_counter()
        work = Single(self, prop, self.discharger.metered())
        verdict = replace(work.run(), cost=work.discharger.meter.cost(start))
        self.listen(Event(name, "settled", verdict))
        return verdict

    def _asked(self, prop: Property) -> bool:
        return not self.options.only or prop.heading.name in self.options.only

    def _contradictory(self) -> Verdict:
        return Verdict(
            "vacuous",
            "assumptions contradict each other",
            assumptions=assumptions(self.system),
            notes=("No parameters meet all the assumptions at once, so everything would hold.",),
        )

    def _invariants(self, verdicts: dict[str, Verdict], workers: Executor) -> None:
        """Prove as many invariants as possible, all together. Their cost is shared out evenly."""
        start = time.perf_counter()
        mine = [p for p in self.system.properties if isinstance(p, Invariant) and not p.heading.expect_violated]
        self.listen(Event("", "induction"))
        induction = Induction(self.discharger, tuple(Candidate(p.heading.name, effective(p)) for p in mine))
        for survivor in induction.run(workers):
            self.known[survivor.name] = survivor.formula
        self.failures, self._known_at_failure = induction.failures, len(self.known)
        share = self.discharger.meter.cost(start).shared(len(mine))
        for prop in mine:
            name = prop.heading.name
            if name not in self.known or not self._asked(prop):
                continue
            if antecedent_never_met(self.discharger, prop, tuple(self.known.values())):
                verdicts[name] = vacuous(self.system, "The left side of `implies` is never true.")
            else:
                leans = induction.leans.get(name, frozenset())
                notes = (f"by induction together with {_listed(sorted(leans))}",) if leans else ()
                verdicts[name] = proved(self, "induction", notes, cost=share)

    def failure(self, name: str) -> Open | None:
        """Why an invariant failed, if nothing more is known by now."""
        return self.failures.get(name) if len(self.known) == self._known_at_failure else None


@final
@dataclass(slots=True)
class Single:
    """The work on one property."""

    settling: Settling
    prop: Property
    discharger: Discharger

    @property
    def system(self) -> System:
        """The system that the property is about."""
        return self.settling.system

    def _say(self, phase: str) -> None:
        self.settling.listen(Event(self.prop.heading.name, phase))

    def run(self) -> Verdict:
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
        short = self._search(prop, min(SHORT, self.settling.options.depth))
        if isinstance(short, Verdict):
            return short
        self._say("looking for a lemma")
        helped = self._strengthen(prop, left)
        if helped is not None:
            return helped
        return self._last_search(prop, left, short.depth)

    def _search_first(self, prop: Invariant | StepProperty | Rule | Enabled) -> Verdict:
        found = self._search(prop, self.settling.options.depth)
        if isinstance(found, Verdict):
            return found
        left = self._prove(prop)
        if isinstance(left, Verdict):
            return left
        return self._undecided(found, left)

    def _last_search(self, prop: Invariant | StepProperty | Rule | Enabled, left: Open, excluded: int) -> Verdict:
        found = self._search(prop, self.settling.options.depth, excluded)
        return found if isinstance(found, Verdict) else self._undecided(found, left)

    # ------------------------------------------------------------------------------------------ proofs

    def _prove(self, prop: Invariant | StepProperty | Rule | Enabled) -> Verdict | Open:
        known = tuple(self.settling.known.values())
        name = prop.heading.name
        self._say("proving")
        match prop:
            case Invariant():
                before = self.settling.failure(name)
                if before is not None:
                    return before
                induction = Induction(self.discharger, (Candidate(name, effective(prop)),), self.settling.known)
                if induction.run():
                    if not prop.heading.expect_violated:
                        self.settling.known[name] = effective(prop)
                    return self._proved("induction", ())
                return induction.failures[name]
            case StepProperty():
                outcome = prove_step(self.discharger, prop, known)
                if isinstance(outcome, Proof) and antecedent_never_met(self.discharger, prop, known):
                    return self._vacuous("What it speaks of never happens: the left side of `implies` is never true.")
                return self._direct(outcome, "over every step", "over every step, from the invariants")
            case Rule():
                outcome = prove_rule(self.discharger, prop, known)
                if isinstance(outcome, Proof) and never_runs(self.discharger, prop, known):
                    return self._vacuous("Its calls can never all succeed, so there is nothing to check.")
                return self._direct(outcome, "from any state", "from the invariants")
            case Enabled():
                outcome = prove_enabled(self.discharger, prop, known)
                if isinstance(outcome, Proof) and never_asked(self.discharger, prop, known):
                    return self._vacuous("Its condition never holds.")
                return self._direct(outcome, "witness", "witness, from the invariants")

    def _direct(self, outcome: Proof | Open, alone: str, leaning: str) -> Verdict | Open:
        if isinstance(outcome, Open):
            return outcome
        return self._proved(leaning if outcome.leans and self.settling.known else alone, outcome.notes)

    def _proved(self, method: str, notes: tuple[str, ...], lemmas: tuple[str, ...] = ()) -> Verdict:
        return proved(self.settling, method, notes, lemmas)

    def _vacuous(self, why: str) -> Verdict:
        return vacuous(self.system, why)

    def _strengthen(self, prop: Invariant | StepProperty | Rule | Enabled, left: Open) -> Verdict | None:
        """Guess lemmas with which the proof goes through."""
        strengthener = Strengthener(self.discharger, Interpreter(self.system), self.settling.known)

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
        shown = tuple(pretty(strengthener.found[n]) for n in helped)
        if isinstance(prop, Invariant):
            # Other invariants may lean on it. (Other kinds are settled side by side, and keep what they find.)
            for n in helped:
                self.settling.known[f"{prop.heading.name}: {n}"] = strengthener.found[n]
            self.settling.known[prop.heading.name] = effective(prop)
        how = "induction" if isinstance(prop, Invariant) else "from the invariants"
        return self._proved(f"{how} with {len(helped)} found lemma{'s' if len(helped) > 1 else ''}", (), shown)

    # ------------------------------------------------------------------------------------------ searches

    def _search(self, prop: Property, depth: int, excluded: int = -1) -> Verdict | Exhausted:
        # A sum over all members makes a search slower, not shorter.
        known = tuple(k for k in self.settling.known.values() if not any(isinstance(t, Agg) for t in subterms(k)))
        search = Search(self.system, self.discharger.meter, Interpreter(self.system), known)
        scopes = tuple(scopes_up_to(self.system, self.settling.options.members))
        found = search.find(prop, depth, scopes, self._say, excluded)
        if isinstance(found, Found):
            return self._told(prop, found.counterexample, "bounded search, replayed")
        if found.undecided and depth == self.settling.options.depth:
            lucky = self._random_play(prop)
            if lucky is not None:
                return self._told(prop, lucky, "random play, replayed")
        return found

    def _random_play(self, prop: Property) -> Counterexample | None:
        """Where solvers give up, many random runs may still stumble on a violation."""
        self._say("playing at random")
        interpreter = Interpreter(self.system)
        for members in (self.settling.options.members, self.settling.options.members + 1):
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
            assumptions=assumptions(self.system),
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
        if prove_unreachable(self.discharger, prop, tuple(self.settling.known.values())):
            return Verdict(
                "violated",
                "proved unreachable",
                assumptions=assumptions(self.system),
                notes=("No run ever gets there: the invariants exclude it.",),
            )
        found = self._search(prop, self.settling.options.depth)
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


def assumptions(system: System) -> tuple[str, ...]:
    """The names of what a spec assumes of parameters and relies on of the environment."""
    named = [a.name for a in system.assumptions if a.kind == "assume"]
    return (*named, *(r.name for r in system.relies))


def vacuous(system: System, why: str) -> Verdict:
    """The verdict for what holds only because nothing happens."""
    return Verdict("vacuous", "proof", assumptions=assumptions(system), notes=(why,))


def proved(
    settling: Settling, method: str, notes: tuple[str, ...], lemmas: tuple[str, ...] = (), cost: Cost = Cost()
) -> Verdict:
    """The verdict for a proof by a solver alone."""
    return Verdict(
        "proved",
        method,
        level="L0",
        assumptions=assumptions(settling.system),
        lemmas=lemmas,
        notes=notes,
        cost=cost,
    )


def _listed(names: list[str]) -> str:
    shown = [f"`{n}`" for n in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
