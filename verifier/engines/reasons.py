"""Why a proved property holds: for each action, the few facts from which it follows.

A proof is asked for again with facts left out, one after the other, until none can go: what is left suffices, and no
part of it can be spared. (There may be other such sets.) It costs as many queries as there are facts, so it is done
only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal, final

from verifier.engines.discharge import Discharger
from verifier.engines.grounds import Ground, GroundKind, Reason
from verifier.language.frozen import dataclass
from verifier.language.source import NOWHERE, Span
from verifier.logic.claims import conjuncts, follows, holds_initially, holds_over_step, is_preserved
from verifier.logic.enabledness import can_run, strategies
from verifier.logic.encode import Stem
from verifier.logic.obligations import Claim
from verifier.logic.programs import program_ends_well, program_goals
from verifier.logic.witness import IN_WORDS
from verifier.system.analysis import states_read, states_written
from verifier.system.programs import statements_of
from verifier.system.terms import Term, conj
from verifier.system.transition import (
    Action,
    Branch,
    Call,
    Compare,
    Enabled,
    ForEach,
    Invariant,
    Property,
    Require,
    Rule,
    StepProperty,
    Stmt,
    System,
    Why,
)


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """A proved invariant that may be leaned on."""

    name: str
    formula: Term
    kind: Literal["itself", "invariant", "lemma"]
    text: str = ""
    span: Span = NOWHERE


Rebuild = Callable[[System, tuple[Term, ...]], Iterable[Claim]]
"""The claims of one part of a proof, for a system and hypotheses in which some are left out."""


def reasons(discharger: Discharger, prop: Property, facts: tuple[Fact, ...]) -> Iterator[Reason]:
    """The reasons for which a property holds, one for each action (or each line that a rule has to show)."""
    work = _Work(discharger, facts)
    match prop:
        case Invariant():
            yield from work.invariant(prop)
        case StepProperty():
            goal = conj(prop.defined, prop.formula)
            for action in discharger.system.actions:
                yield work.stepped(prop, goal, action)
        case Rule():
            yield from work.rule(prop)
        case Enabled():
            yield work.enabled(prop)
        case _:
            return


EVERYWHERE = "in every state"
"""Where an invariant holds that others imply."""


def partial_here(goal: Term) -> Rebuild:
    """That a formula holds in every state that the hypotheses admit."""

    def claims(system: System, hypotheses: tuple[Term, ...]) -> Iterator[Claim]:
        del system
        return (follows("here", part, hypotheses) for part in conjuncts(goal))

    return claims


def partial_start(goal: Term) -> Rebuild:
    """That a formula holds in every initial state."""

    def claims(system: System, hypotheses: tuple[Term, ...]) -> Iterator[Claim]:
        del hypotheses
        return (holds_initially(system, "start", part) for part in conjuncts(goal))

    return claims


@final
@dataclass(frozen=True, slots=True)
class _Work:
    discharger: Discharger
    facts: tuple[Fact, ...]

    # ------------------------------------------------------------------------------------------ kinds

    def invariant(self, prop: Invariant) -> Iterator[Reason]:
        """Why an invariant holds at the start and is kept by every action; or why the others imply it."""
        system, goal = self.discharger.system, conj(prop.defined, prop.formula)
        told = [self.reason("start", self.of_body(system.init), partial_start(goal), ())]
        told += [self.kept(prop, goal, action) for action in system.actions]
        if any(reason.kind == "open" for reason in told):
            others = tuple(f for f in self.facts if f.kind != "itself")
            here = self.reason(EVERYWHERE, (), partial_here(goal), others)
            told = told if here.kind == "open" else [here]
        yield from told

    def kept(self, prop: Invariant, goal: Term, action: Action) -> Reason:
        """Why an action keeps an invariant."""
        touched = states_written(action.body)
        parts = [p for p in conjuncts(goal) if states_read(p) & touched]
        if not parts:
            return Reason(action.name, "untouched")

        def claims(system: System, hypotheses: tuple[Term, ...]) -> Iterator[Claim]:
            name = prop.heading.name
            return (is_preserved(system, name, p, system.action(action.name), hypotheses) for p in parts)

        return self.reason(action.name, self.of_body(action.body), claims, self.facts)

    def stepped(self, prop: StepProperty, goal: Term, action: Action) -> Reason:
        """Why every run of an action satisfies a step property."""

        def claims(system: System, hypotheses: tuple[Term, ...]) -> Iterator[Claim]:
            name = prop.heading.name
            return (holds_over_step(system, name, p, system.action(action.name), hypotheses) for p in conjuncts(goal))

        reason = self.reason(action.name, self.of_body(action.body), claims, self.facts)
        untouched = not states_read(goal) & states_written(action.body)
        return replace(reason, kind="untouched") if reason.kind == "always" and untouched else reason

    def rule(self, rule: Rule) -> Iterator[Reason]:
        """Why a program shows each of its goals."""
        system = self.discharger.system
        called = tuple(dict.fromkeys(s.action for s in statements_of(rule.program) if isinstance(s, Call)))
        whys = [w for name in called for w in self.of_body(system.action(name).body)]
        whys += [w for w in self.of_body(rule.program) if w not in whys]
        for index, goal in enumerate(program_goals(rule)):

            def claims(changed: System, hypotheses: tuple[Term, ...], at: int = index) -> Iterator[Claim]:
                own = next(p for p in changed.properties if p.heading.name == rule.heading.name)
                assert isinstance(own, Rule)
                yield program_ends_well(changed, own, at, hypotheses)

            yield self.reason(goal.text, whys, claims, self.facts)

    def enabled(self, prop: Enabled) -> Reason:
        """Why an action can run."""
        system = self.discharger.system
        everything = tuple(f.formula for f in self.facts)
        for chosen in strategies(system, prop):
            if self.discharger.prove(can_run(prop, chosen, everything), effort="quick") is None:
                break
        else:
            return Reason(prop.action, "open")
        notes = tuple(
            f"`{variable.name}` can be {IN_WORDS[strategy]}"
            for variable, strategy in zip(system.action(prop.action).args, chosen, strict=True)
            if strategy is not None
        )

        def claims(changed: System, hypotheses: tuple[Term, ...]) -> Iterator[Claim]:
            del changed
            yield can_run(prop, chosen, hypotheses)

        left = _Left((), self._assumptions(), self.facts, as_written=True)
        return replace(self._reason(prop.action, left, claims), notes=notes)

    # ------------------------------------------------------------------------------------------ leaving out

    def of_body(self, body: tuple[Stmt, ...]) -> list[Why]:
        """The conditions for the success of a block that can be left out, each once."""
        return list(dict.fromkeys(_whys(body)))

    def reason(self, where: str, whys: Iterable[Why], claims: Rebuild, facts: tuple[Fact, ...]) -> Reason:
        """The fewest facts from which the claims follow."""
        return self._reason(where, _Left(tuple(whys), self._assumptions(), facts), claims)

    def _reason(self, where: str, left: _Left, claims: Rebuild) -> Reason:
        needed = self._fewest(left, claims)
        if needed is None:
            return Reason(where, "open")
        grounds = tuple(needed.grounds(self.discharger.system))
        return Reason(where, "grounds" if grounds else "always", grounds)

    def _assumptions(self) -> tuple[Stem, ...]:
        return tuple((a.kind, a.name) for a in self.discharger.system.assumptions)

    def _fewest(self, left: _Left, claims: Rebuild) -> _Left | None:
        """Leave out whole groups, then single facts, for as long as the claims follow."""
        if not self._follows(left, claims):
            return None
        for group in left.groups():
            without = left.without(group)
            if self._follows(without, claims):
                left = without
                continue
            for one in group if len(group) > 1 else ():
                without = left.without((one,))
                if self._follows(without, claims):
                    left = without
        return left

    def _follows(self, left: _Left, claims: Rebuild) -> bool:
        system = left.system(self.discharger.system)
        asking = Discharger(system, self.discharger.meter, self.discharger.answers, seed=self.discharger.seed)
        hypotheses = tuple(f.formula for f in left.facts)
        return all(asking.prove(claim, effort="quick") is None for claim in claims(system, hypotheses))


# ---------------------------------------------------------------------------------------------- what is left


@final
@dataclass(frozen=True, slots=True)
class _Left:
    """The facts that a proof may still use."""

    whys: tuple[Why, ...]
    assumptions: tuple[Stem, ...]
    facts: tuple[Fact, ...]
    as_written: bool = False
    """The actions stay as they are: what they require is what is to be shown."""

    def groups(self) -> Iterator[tuple[Why | Stem | Fact, ...]]:
        """What to try to do without, the dearest first: other invariants, relies, assumptions, bounds of parameters,
        conditions of the actions, and last that the property held before."""
        yield tuple(f for f in self.facts if f.kind != "itself")
        yield tuple(w for w in self.whys if w.kind == "rely")
        yield tuple(a for a in self.assumptions if a[0] == "assume")
        yield tuple(a for a in self.assumptions if a[0] == "where")
        yield tuple(w for w in self.whys if w.kind not in ("rely", "require", "assume"))
        yield tuple(w for w in self.whys if w.kind in ("require", "assume"))
        yield tuple(f for f in self.facts if f.kind == "itself")

    def without(self, group: Iterable[Why | Stem | Fact]) -> _Left:
        """The rest."""
        gone = tuple(group)
        return _Left(
            tuple(w for w in self.whys if w not in gone),
            tuple(a for a in self.assumptions if a not in gone),
            tuple(f for f in self.facts if f not in gone),
            self.as_written,
        )

    def system(self, whole: System) -> System:
        """The system in which all else is neither assumed nor required."""
        assumed = replace(
            whole, assumptions=tuple(a for a in whole.assumptions if (a.kind, a.name) in self.assumptions)
        )
        if self.as_written:
            return assumed
        keep = frozenset(self.whys)
        return replace(
            assumed,
            init=_with(whole.init, keep),
            actions=tuple(replace(a, body=_with(a.body, keep)) for a in whole.actions),
            properties=tuple(
                replace(p, program=_with(p.program, keep)) if isinstance(p, Rule) else p for p in whole.properties
            ),
        )

    def grounds(self, whole: System) -> Iterator[Ground]:
        """What is left, for people."""
        for why in self.whys:
            kind: GroundKind = "condition" if why.kind == "assume" else why.kind
            yield Ground(kind, why.name, why.text, why.span)
        for assumption in whole.assumptions:
            if (assumption.kind, assumption.name) in self.assumptions:
                yield Ground(assumption.kind, assumption.name, assumption.text, assumption.span)
        for fact in self.facts:
            yield Ground(fact.kind, fact.name, fact.text, fact.span)


def _whys(body: tuple[Stmt, ...]) -> Iterator[Why]:
    for stmt in body:
        match stmt:
            case Require(_, why):
                yield why
            case Branch(_, then, otherwise):
                yield from _whys((*then, *otherwise))
            case Compare(first, second):
                yield from _whys((*first, *second))
            case ForEach(_, inner):
                yield from _whys(inner)
            case _:
                pass


def _with(body: tuple[Stmt, ...], keep: frozenset[Why]) -> tuple[Stmt, ...]:
    """The block without the conditions that are not kept."""
    out: list[Stmt] = []
    for stmt in body:
        match stmt:
            case Require(_, why):
                if why in keep:
                    out.append(stmt)
            case Branch(condition, then, otherwise, span):
                out.append(Branch(condition, _with(then, keep), _with(otherwise, keep), span))
            case Compare(first, second, span):
                out.append(Compare(_with(first, keep), _with(second, keep), span))
            case ForEach(var, inner, span):
                out.append(ForEach(var, _with(inner, keep), span))
            case _:
                out.append(stmt)
    return tuple(out)
