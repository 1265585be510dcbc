"""Runs of a fixed length in a closed world: every step takes one of the actions, symbolically.

Exact in both directions: what satisfies the facts is a run, and every run of that length and scope satisfies them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import final

from verifier.logic.claims import parameter_facts
from verifier.logic.enabledness import stuck
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, in_range, run_action
from verifier.logic.formulas import Node
from verifier.logic.symbolic import Cell, Frame, MapValue, SymbolicState
from verifier.logic.world import closed, growth_strings
from verifier.system.terms import Term, conj
from verifier.system.transition import (
    Action,
    Call,
    Check,
    Compare,
    Enabled,
    Invariant,
    Let,
    Property,
    Reachable,
    Require,
    Rule,
    StepProperty,
    Stmt,
    System,
    Variable,
)


@final
@dataclass(frozen=True, slots=True)
class Option:
    """One action with its member arguments fixed, as it may happen at one step. `chosen` tells whether it does."""

    action: Action
    args: Mapping[str, Node]
    chosen: Node
    choices: Mapping[str, Cell]
    after: SymbolicState


@final
@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which the property fails at the end: `chosen` tells whether it is the one."""

    chosen: Node
    args: Mapping[str, Node] = field(default_factory=dict)
    program_choices: tuple[Mapping[str, Cell], ...] = ()


@final
@dataclass(slots=True)
class Unrolling:
    """A run of growing length."""

    system: System
    sizes: Mapping[str, int]
    invariants: tuple[Term, ...] = ()
    """Proved; asserted of every state, to cut the search short."""
    encoder: Encoder = field(init=False)
    facts: list[Node] = field(default_factory=list)
    states: list[SymbolicState] = field(default_factory=list)
    steps: list[tuple[Option, ...]] = field(default_factory=list)
    start_choices: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.encoder = Encoder(self.system, closed(self.system, self.sizes))
        self.facts += parameter_facts(self.encoder)
        run = Run(self.encoder, merge=True)
        after = run.block(self.system.init, self.encoder.initial_unknown())
        self.facts += [self._holds(c.term, c.frame, c.under) for c in run.conditions]
        self.start_choices = run.choices
        self._arrive(after.now)

    def _holds(self, term: Term, frame: Frame, under: Node) -> Node:
        return self.encoder.pool.implies(under, self.encoder.formula(term, frame, True))

    def _arrive(self, state: SymbolicState) -> None:
        self.states.append(state)
        frame = Frame({"now": state})
        self.facts += [self.encoder.formula(i, frame, True) for i in self.invariants]

    # ------------------------------------------------------------------------------------------ steps

    def step(self, only: str | None = None) -> None:
        """One step more: any action, or one in particular."""
        index = len(self.steps)
        before = self.states[-1]
        options = [
            option
            for action in self.system.actions
            if only is None or action.name == only
            for option in self._options(action, before, index)
        ]
        self.steps.append(tuple(options))
        pool = self.encoder.pool
        self.facts.append(pool.or_(o.chosen for o in options))
        self.facts += [pool.not_(pool.and_((a.chosen, b.chosen))) for a, b in combinations(options, 2)]
        self._arrive(self._joined(before, options, index + 1))

    def _options(self, action: Action, before: SymbolicState, index: int) -> Iterator[Option]:
        encoder, pool = self.encoder, self.encoder.pool
        members = [v for v in action.args if v.ty.kind == "sort"]
        shared = {
            v.name: encoder.scalar(f"{action.name}.{v.name}@{index}", v.ty, v.low, v.high)
            for v in action.args
            if v.ty.kind != "sort"
        }
        for keys in self._member_choices(members, first=index == 0):
            fixed = {v.name: pool.number(k) for v, k in zip(members, keys, strict=True)}
            args = {v.name: fixed.get(v.name, shared.get(v.name, 0)) for v in action.args}
            run = Run(encoder, merge=True)
            after = run_action(run, action, args, Frame({"now": before}))
            label = f"{action.name}({','.join(map(str, keys))})@{index}"
            conditions = pool.and_(self._holds(c.term, c.frame, c.under) for c in run.conditions)
            if conditions == pool.false:
                continue
            chosen = pool.var(label, "B")
            self.facts.append(pool.implies(chosen, conditions))
            yield Option(action, args, chosen, run.choices, after.now)

    def _member_choices(self, members: list[Variable], *, first: bool) -> Iterator[tuple[int, ...]]:
        """All values of member arguments; at the first step up to the names of the members."""
        if not first:
            yield from product(*(range(self.encoder.world.sizes[v.ty.name]) for v in members))
            return
        sorts = list(dict.fromkeys(v.ty.name for v in members))
        for chosen in product(
            *(growth_strings(sum(1 for v in members if v.ty.name == s), self.encoder.world.sizes[s]) for s in sorts)
        ):
            feeds = {s: iter(keys) for s, keys in zip(sorts, chosen, strict=True)}
            yield tuple(next(feeds[v.ty.name]) for v in members)

    def _joined(self, before: SymbolicState, options: list[Option], index: int) -> SymbolicState:
        """The state after whichever option was chosen: an unknown for each entry that some option changes."""
        return {v.name: self._joined_cell(v, before[v.name], options, index) for v in self.system.states}

    def _joined_cell(self, variable: Variable, before: Cell, options: list[Option], index: int) -> Cell:
        if isinstance(before, int):
            after = [o.after[variable.name] for o in options]
            return self._joined_entry(variable, f"{variable.name}@{index}", before, options, [_node(a) for a in after])
        entries: dict[tuple[Node, ...], Node] = {}
        for keys in self._all_keys(variable):
            now = [_map(o.after[variable.name]).read(keys) for o in options]
            label = f"{variable.name}@{index}[{','.join(str(self.encoder.pool.data[k]) for k in keys)}]"
            entries[keys] = self._joined_entry(variable, label, before.read(keys), options, now)
        return MapValue(lambda keys: self._lookup(entries, keys))

    def _joined_entry(
        self, variable: Variable, label: str, before: Node, options: list[Option], after: list[Node]
    ) -> Node:
        pool = self.encoder.pool
        if all(a == before for a in after):
            return before
        joined = self.encoder.scalar(label, variable.ty, variable.low, variable.high)
        changing: list[Node] = []
        for option, value in zip(options, after, strict=True):
            if value != before:
                changing.append(option.chosen)
                self.facts.append(pool.implies(option.chosen, pool.eq(joined, value)))
        self.facts.append(pool.or_((*changing, pool.eq(joined, before))))
        return joined

    def _lookup(self, entries: Mapping[tuple[Node, ...], Node], keys: tuple[Node, ...]) -> Node:
        """An entry at members that may be known only by their numbers."""
        found = entries.get(keys)
        if found is not None:
            return found
        pool = self.encoder.pool
        out: Node | None = None
        for at, node in entries.items():
            here = pool.and_(pool.eq(k, a) for k, a in zip(keys, at, strict=True))
            out = node if out is None else pool.ite(here, node, out)
        assert out is not None
        return out

    def _all_keys(self, variable: Variable) -> Iterator[tuple[Node, ...]]:
        return product(*(self.encoder.members(ty.name) for ty in variable.keys))

    # ------------------------------------------------------------------------------------------ endings

    def endings(self, prop: Property) -> tuple[Ending, ...]:
        """The ways in which the property fails (a `reachable`: is met) at the present end. Their facts are added."""
        pool = self.encoder.pool
        frame = Frame({"now": self.states[-1]})
        match prop:
            case Invariant(_, formula, defined):
                return (Ending(pool.not_(self.encoder.formula(conj(defined, formula), frame, True))),)
            case Reachable(_, formula, defined):
                return (Ending(self.encoder.formula(conj(defined, formula), frame, True)),)
            case StepProperty():
                return self._step_endings(prop)
            case Enabled():
                return self._stuck_endings(prop, frame)
            case Rule():
                return tuple(self._rule_endings(prop, frame))
            case _:
                raise AssertionError(prop)

    def _step_endings(self, prop: StepProperty) -> tuple[Ending, ...]:
        pool = self.encoder.pool
        goal = conj(prop.defined, prop.formula)
        before = self.states[-2]
        out: list[Ending] = []
        for option in self.steps[-1]:
            frame = Frame({"old": before, "now": option.after}, {}, option.action.name)
            out.append(Ending(pool.and_((option.chosen, pool.not_(self.encoder.formula(goal, frame, True))))))
        return tuple(out)

    def _stuck_endings(self, prop: Enabled, frame: Frame) -> tuple[Ending, ...]:
        pool = self.encoder.pool
        out: list[Ending] = []
        for members in product(*(self.encoder.members(v.ty.name) for v in prop.free)):
            args = {v.name: m for v, m in zip(prop.free, members, strict=True)}
            chosen = pool.var(f"stuck({','.join(map(str, members))})", "B")
            self.facts.append(pool.implies(chosen, stuck(self.encoder, prop, Frame(frame.states, args))))
            out.append(Ending(chosen, args))
        return tuple(out)

    def _rule_endings(self, rule: Rule, frame: Frame) -> Iterator[Ending]:
        encoder, pool = self.encoder, self.encoder.pool
        members = [v for v in rule.args if v.ty.kind == "sort"]
        shared = {
            v.name: encoder.scalar(f"rule.{v.name}", v.ty, v.low, v.high) for v in rule.args if v.ty.kind != "sort"
        }
        for keys in self._member_choices(members, first=False):
            fixed = {v.name: pool.number(k) for v, k in zip(members, keys, strict=True)}
            args = {v.name: fixed.get(v.name, shared.get(v.name, 0)) for v in rule.args}
            program = ClosedProgram(self.system, encoder)
            program.block(rule.program, Frame(frame.states, args))
            if program.failures:
                chosen = pool.var(f"rule({','.join(map(str, keys))})", "B")
                self.facts.append(pool.implies(chosen, pool.or_(program.failures)))
                yield Ending(chosen, args, tuple(program.choices))


@final
@dataclass(slots=True)
class ClosedProgram:
    """A rule's program in a closed world: every way in which it fails, with what has to hold on the way there."""

    system: System
    encoder: Encoder
    passed: list[Node] = field(default_factory=list)
    failures: list[Node] = field(default_factory=list)
    choices: list[Mapping[str, Cell]] = field(default_factory=list)

    def block(self, body: tuple[Stmt, ...], frame: Frame) -> Frame:
        """The frame after a block."""
        for stmt in body:
            frame = self.statement(stmt, frame)
        return frame

    def statement(self, stmt: Stmt, frame: Frame) -> Frame:
        """The frame after a statement."""
        encoder = self.encoder
        match stmt:
            case Let(var, value, defined):
                self._fail_unless(encoder.formula(defined, frame, True))
                return frame.with_local(var.name, encoder.value(value, frame))
            case Require(condition):
                self.passed.append(encoder.formula(condition, frame, True))
                return frame
            case Check(condition, defined):
                self._fail_unless(encoder.formula(conj(defined, condition), frame, True))
                return frame
            case Call():
                return self._call(stmt, frame)
            case Compare(first, second):
                one = self.block(first, frame)
                two = self.block(second, frame)
                return Frame({**frame.states, "first": one.now, "second": two.now}, frame.locals)
            case _:
                raise AssertionError(stmt)

    def _fail_unless(self, node: Node) -> None:
        pool = self.encoder.pool
        if node != pool.true:
            self.failures.append(pool.and_((*self.passed, pool.not_(node))))

    def _call(self, call: Call, frame: Frame) -> Frame:
        encoder, pool = self.encoder, self.encoder.pool
        action = self.system.action(call.action)
        args = {v.name: encoder.value(a, frame) for v, a in zip(action.args, call.args, strict=True)}
        run = Run(encoder, merge=True)
        after = run_action(run, action, args, Frame({"now": frame.now}))
        self.choices.append(run.choices)
        defined = encoder.formula(call.defined, frame, True)
        self._fail_unless(defined)
        succeeds = pool.and_(
            (
                defined,
                *(in_range(encoder, v, args[v.name]) for v in action.args),
                *(pool.implies(c.under, encoder.formula(c.term, c.frame, True)) for c in run.conditions),
            )
        )
        if call.reverts:
            self.failures.append(pool.and_((*self.passed, succeeds)))
            return frame
        self.passed.append(succeeds)
        return frame.with_now(after.now)


def _node(cell: Cell) -> Node:
    assert isinstance(cell, int)
    return cell


def _map(cell: Cell) -> MapValue:
    assert isinstance(cell, MapValue)
    return cell
