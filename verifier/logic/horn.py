"""A system as constrained Horn clauses over a linear abstraction, in a small closed world: what a guesser of invariants
and of paths can work on. Nothing is proved from it, so it only has to be roughly right.

The predicate `Inv` speaks of the *slots* of a state: parameters, scalars, the entries of maps, and the products of two
of these that the goal speaks of. Every product of unknowns is an unknown of its own (`linear.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import final

from verifier.logic.claims import parameter_facts
from verifier.logic.enabledness import stuck
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, arguments, holds, run_action
from verifier.logic.formulas import Node
from verifier.logic.linear import Linearised, constant
from verifier.logic.smtlib import write
from verifier.logic.symbolic import Cell, Frame, MapValue, SymbolicState
from verifier.logic.unroll import ClosedProgram
from verifier.logic.world import closed
from verifier.system.terms import INT, REAL, Const, Op, Param, State, Term, Var
from verifier.system.transition import (
    Action,
    Enabled,
    Invariant,
    Reachable,
    Rule,
    StepProperty,
    System,
    Variable,
)

MOST_PRODUCTS = 4

MOST_SLOTS = 30

Searched = Invariant | Reachable | StepProperty | Rule | Enabled


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """One argument of the predicate. `term` is what it is the value of, of one arbitrary member each sort; None where
    no such term stands for it."""

    variable: Variable
    keys: tuple[int, ...]
    parameter: bool
    term: Term | None

    @property
    def sort(self) -> str:
        """Its sort in SMT-LIB."""
        return "Bool" if self.variable.ty.kind == "bool" else "Real"


@final
@dataclass(frozen=True, slots=True)
class Horn:
    """The clauses as text for Z3's fixed points: rules `start`, `step <n>` and `bad <n>` over `Inv` and `bad`. `terms`
    says what the arguments of `Inv` mean; `actions` gives the action of each step's number."""

    text: str
    terms: tuple[Term | None, ...]
    actions: tuple[str, ...]


def horn_clauses(system: System, prop: Searched, goal: Term, known: tuple[Term, ...], members: int) -> Horn | None:
    """Initial states, steps, and how the goal can fail (of a `reachable`: be met), with so many members in every sort
    of any size. None where there is too much to speak of. Raises NotLinearError for what has no linear form."""
    sizes = {s.name: members for s in system.sorts if s.size is None}
    slots = tuple(_slots(system, sizes))
    if len(slots) > MOST_SLOTS:
        return None
    clauses = _Clauses(system, prop, goal, known, sizes, slots)
    clauses.products = clauses.products_of_goal()
    return clauses.all()


def _slots(system: System, sizes: Mapping[str, int]) -> Iterator[Slot]:
    all_sizes = {s.name: s.size if s.size is not None else sizes[s.name] for s in system.sorts}
    enums = {s.name for s in system.sorts if s.members}
    for parameter, variables in ((True, system.params), (False, system.states)):
        for v in variables:
            for at in product(*(range(all_sizes[k.name]) for k in v.keys)):
                general = all(k.name in enums or all_sizes[k.name] == 1 for k in v.keys) and v.ty.kind != "sort"
                keys = tuple(
                    Const(i, k) if k.name in enums else Var(f"{k.name}~{v.keys[:n].count(k)}", k)
                    for n, (i, k) in enumerate(zip(at, v.keys, strict=True))
                )
                term = Param(v.name, keys, v.ty) if parameter else State(v.name, keys, v.ty)
                yield Slot(v, at, parameter, term if general else None)


@final
@dataclass(slots=True)
class _Clauses:
    """Clauses in the making. `products` are pairs of slots, by their places."""

    system: System
    prop: Searched
    goal: Term
    known: tuple[Term, ...]
    sizes: Mapping[str, int]
    slots: tuple[Slot, ...]
    products: tuple[tuple[int, ...], ...] = ()
    actions: list[str] = field(default_factory=list)

    def all(self) -> Horn:
        """The clauses, and what their predicate speaks of."""
        sorts = " ".join((*(s.sort for s in self.slots), *("Real" for _ in self.products)))
        lines = [f"(declare-rel Inv ({sorts}))", "(declare-rel bad ())", self._initial()]
        if isinstance(self.prop, StepProperty):
            lines += self._steps(breaking=False)
            lines += self._steps(breaking=True)
        else:
            lines += self._steps(breaking=False)
            lines.append(self._question())
        terms = (*(s.term for s in self.slots), *(self._product(p) for p in self.products))
        return Horn("\n".join((*lines, "(query bad)")) + "\n", terms, tuple(self.actions))

    def _product(self, places: tuple[int, ...]) -> Term | None:
        terms = [t for i in places if (t := self.slots[i].term) is not None]
        if len(terms) < len(places):
            return None
        ty = REAL if any(t.ty == REAL for t in terms) else INT
        return Op("mul", tuple(Op("to_real", (t,), REAL) if t.ty != ty else t for t in terms), ty)

    # ------------------------------------------------------------------------------------------ rules

    def _initial(self) -> str:
        encoder = self._encoder()
        run = Run(encoder, merge=True)
        after = run.block(self.system.init, encoder.initial_unknown())
        return self._step(encoder, run, None, after.now, "start")

    def _steps(self, *, breaking: bool) -> Iterator[str]:
        for action in self.system.actions:
            for fixed in self._choices_of_members(action.args):
                number = len(self.actions)
                self.actions.append(action.name)
                yield self._action(action, fixed, number, breaking=breaking)

    def _action(self, action: Action, fixed: Mapping[str, int], number: int, *, breaking: bool) -> str:
        encoder = self._encoder()
        start = encoder.initial_unknown()
        free = arguments(encoder, tuple(v for v in action.args if v.name not in fixed))
        args = {**free, **{name: encoder.pool.number(k) for name, k in fixed.items()}}
        run = Run(encoder, merge=True)
        after = run_action(run, action, args, Frame({"now": start.now}))
        if not breaking:
            return self._step(encoder, run, start.now, after.now, f"step{number}")
        denied = encoder.deny(self.goal, Frame({"old": start.now, "now": after.now}, {}, action.name))
        facts = [*self._facts(encoder, start.now), *(holds(encoder, c) for c in run.conditions), denied]
        linear, names = self._written(encoder, facts, self._cells(encoder, start.now))
        return _rule(linear, [self._inv(linear, names)], "bad", f"bad{number}")

    def _question(self) -> str:
        linear, names = self._at_goal()
        return _rule(linear, [self._inv(linear, names)], "bad", "bad")

    def _at_goal(self) -> tuple[Linearised, list[str]]:
        encoder = self._encoder()
        start = encoder.initial_unknown()
        wanted = self._wanted(encoder, start)
        return self._written(encoder, [*self._facts(encoder, start.now), wanted], self._cells(encoder, start.now))

    def _wanted(self, encoder: Encoder, start: Frame) -> Node:
        """What is true of a state at which the property fails (a `reachable`: is met)."""
        pool = encoder.pool
        match self.prop:
            case Reachable():
                return encoder.assume(self.goal, start)
            case Rule(args=args, program=body):
                failures: list[Node] = []
                for fixed in self._choices_of_members(args):
                    members = {name: pool.number(k) for name, k in fixed.items()}
                    free = arguments(encoder, tuple(v for v in args if v.name not in fixed))
                    program = ClosedProgram(self.system, encoder)
                    program.block(body, Frame(start.states, {**free, **members}))
                    failures += program.failures
                return pool.or_(failures)
            case Enabled(free=free_names):
                spoken = product(*(encoder.members(v.ty.name) for v in free_names))
                local = (dict(zip((v.name for v in free_names), keys, strict=True)) for keys in spoken)
                return pool.or_(stuck(encoder, self.prop, Frame(start.states, one)) for one in local)
            case Invariant() | StepProperty():
                return encoder.deny(self.goal, start)

    def _choices_of_members(self, variables: tuple[Variable, ...]) -> Iterator[Mapping[str, int]]:
        """All values of the arguments that are members of sorts."""
        members = [v for v in variables if v.ty.kind == "sort"]
        sizes = {s.name: s.size if s.size is not None else self.sizes[s.name] for s in self.system.sorts}
        for keys in product(*(range(sizes[v.ty.name]) for v in members)):
            yield {v.name: k for v, k in zip(members, keys, strict=True)}

    def products_of_goal(self) -> tuple[tuple[int, ...], ...]:
        """The products of slots that the goal speaks of."""
        if isinstance(self.prop, StepProperty):
            return ()
        linear, names = self._at_goal()
        place = {name: i for i, name in enumerate(names)}
        found = [tuple(place[f] for f in p) for p in linear.products if all(f in place for f in p)]
        return tuple(found[:MOST_PRODUCTS])

    def _step(self, encoder: Encoder, run: Run, before: SymbolicState | None, after: SymbolicState, name: str) -> str:
        pool = encoder.pool
        facts = [*self._facts(encoder, before), *(holds(encoder, c) for c in run.conditions)]
        values = self._cells(encoder, after)
        nexts = [pool.var(f"next {i}", "B" if s.sort == "Bool" else "R") for i, s in enumerate(self.slots)]
        facts += [pool.eq(n, v) for n, v in zip(nexts, values, strict=True)]
        multiplied = [pool.var(f"next product {i}", "R") for i, _ in enumerate(self.products)]
        for unknown, places in zip(multiplied, self.products, strict=True):
            facts.append(pool.eq(unknown, pool.mul(*(values[i] for i in places))))
        pre = self._cells(encoder, before) if before is not None else []
        linear, names = self._written(encoder, facts, [*pre, *nexts, *multiplied])
        given = [self._inv(linear, names[: len(pre)])] if before is not None else []
        return _rule(linear, given, f"(Inv {' '.join(names[len(pre) :])})", name)

    # ------------------------------------------------------------------------------------------ parts

    def _encoder(self) -> Encoder:
        return Encoder(self.system, closed(self.system, self.sizes))

    def _facts(self, encoder: Encoder, state: SymbolicState | None) -> list[Node]:
        facts = parameter_facts(encoder)
        if state is not None:
            facts += [encoder.assume(k, Frame({"now": state})) for k in self.known]
        return facts

    def _cells(self, encoder: Encoder, state: SymbolicState) -> list[Node]:
        out: list[Node] = []
        for slot in self.slots:
            cell: Cell = encoder.param(slot.variable.name) if slot.parameter else state[slot.variable.name]
            if isinstance(cell, MapValue):
                cell = cell.read(tuple(encoder.pool.number(k) for k in slot.keys))
            out.append(cell)
        return out

    def _written(self, encoder: Encoder, facts: list[Node], wanted: list[Node]) -> tuple[Linearised, list[str]]:
        """The linear text of facts, and the name of each wanted unknown in it."""
        script = write(encoder.pool, [*facts, *encoder.facts], "relaxed")
        linear = Linearised.of("(assert false)" if script.trivial else script.text)
        names: list[str] = []
        for number, node in enumerate(wanted):
            name = script.unknowns.get(node)
            if name is None or name in names:
                own = f"free!{number}"
                linear.sorts[own] = "Bool" if encoder.pool.sorts[node] == "B" else "Real"
                value = encoder.pool.value(node)
                if name is not None:
                    linear.assertions.append(f"(= {own} {name})")
                elif isinstance(value, bool):
                    linear.assertions.append(own if value else f"(not {own})")
                elif value is not None:
                    linear.assertions.append(f"(= {own} {linear.text(constant(Fraction(value)))})")
                name = own
            names.append(name)
        return linear, names

    def _inv(self, linear: Linearised, names: list[str]) -> str:
        products = (linear.product(tuple(names[i] for i in places)) for places in self.products)
        return f"(Inv {' '.join((*names, *products))})"


def _rule(linear: Linearised, given: list[str], conclusion: str, name: str) -> str:
    body = " ".join((*given, *linear.assertions))
    unknowns = " ".join(f"({unknown} {sort})" for unknown, sort in linear.sorts.items())
    implication = f"(=> (and true {body}) {conclusion})"
    return f"(rule {f'(forall ({unknowns}) {implication})' if unknowns else implication} {name})"
