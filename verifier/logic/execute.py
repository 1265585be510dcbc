"""Core statements, run symbolically.

A top-level `if` is a decision: each run follows one path, so that an obligation stays a conjunction. Inside a `for`,
and in search, both branches are run and merged instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never, final

from verifier.logic.encode import Encoder
from verifier.logic.formulas import Node
from verifier.logic.symbolic import Cell, Frame, MapValue, SymbolicState, merged, written
from verifier.logic.universals import Universal
from verifier.system.terms import TRUE, Term, Var, negate
from verifier.system.transition import (
    Action,
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    ForEach,
    Havoc,
    Let,
    Require,
    Set,
    Stmt,
    Variable,
    Why,
)


@final
@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for a run to succeed: a term where it is evaluated, if `under` holds.

    In a `for`, `members` lists the variables that stand for every member, and `at` gives the frame for a choice of
    them; `of_each` is the sort when it is one of several alike, said of each class in turn.
    """

    term: Term
    frame: Frame
    why: Why
    under: Node
    members: tuple[Var, ...] = ()
    at: Callable[[tuple[Node, ...]], tuple[Frame, Node]] | None = None
    of_each: str = ""


@final
@dataclass(slots=True)
class Run:
    """One path: the conditions met on the way, in order. `decisions` says which branches to take; past its end the
    first branch is taken and the decision noted."""

    encoder: Encoder
    decisions: tuple[bool, ...] = ()
    merge: bool = False
    taken: list[bool] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    under: Node = 0
    """The path condition inside merged branches (node 0 is `true`)."""
    choices: dict[str, Cell] = field(default_factory=dict)
    """What `any` was chosen, by name."""
    given: Mapping[str, Node] = field(default_factory=dict)
    """What `any` is to choose, by name; anything where nothing is given."""
    ranges: list[Node] = field(default_factory=list)
    """That what is given is in the range of its type."""

    # ------------------------------------------------------------------------------------------ statements

    def block(self, body: tuple[Stmt, ...], frame: Frame) -> Frame:
        """The frame after a block of statements of an action or an init."""
        for stmt in body:
            frame = self.statement(stmt, frame)
        return frame

    def statement(self, stmt: Stmt, frame: Frame) -> Frame:
        """The frame after one statement."""
        encoder = self.encoder
        match stmt:
            case Require(condition, why):
                self._need(condition, frame, why)
                return frame
            case Set(name, keys, value):
                return self._set(name, keys, encoder.value(value, frame), frame)
            case Let(var, value):
                return frame.with_local(var.name, encoder.value(value, frame))
            case Choose():
                return self._choose(stmt, frame)
            case Havoc(state, where, name):
                variable = encoder.system.state(state)
                given = self._given(name, variable)
                cell = given if given is not None else encoder.unknown(variable, f"{state} chosen")
                self.choices[name] = cell
                after = frame.with_cell(state, cell)
                self._need(where, after, Why("require", "", stmt.span))
                return after
            case ForEach(var, body):
                return self._for_each(var, body, frame)
            case Branch():
                return self._branch(stmt, frame)
            case Call() | Check() | Compare():
                raise AssertionError(f"not in an action: {stmt}")
            case _:
                assert_never(stmt)

    def _need(self, term: Term, frame: Frame, why: Why) -> None:
        if term != TRUE:
            self.conditions.append(Condition(term, frame, why, self.under))

    def _set(self, name: str, keys: tuple[Term, ...], value: Node, frame: Frame) -> Frame:
        if not keys:
            return frame.with_cell(name, value)
        at = tuple(self.encoder.value(k, frame) for k in keys)
        old = frame.now[name]
        assert isinstance(old, MapValue)
        return frame.with_cell(name, written(self.encoder.pool, old, at, value))

    def _choose(self, stmt: Choose, frame: Frame) -> Frame:
        encoder, ty = self.encoder, stmt.var.ty
        given = self._given(stmt.var.name, Variable(stmt.var.name, (), ty, stmt.low, stmt.high))
        if given is not None:
            chosen = given
        elif ty.kind == "sort" and ty.name in encoder.world.open:
            chosen = encoder.key(ty.name)
        else:
            chosen = encoder.scalar(f"chosen {stmt.var.name}", ty, stmt.low, stmt.high)
        self.choices[stmt.var.name] = chosen
        after = frame.with_local(stmt.var.name, chosen)
        self._need(stmt.where, after, Why("require", "", stmt.span))
        return after

    def _given(self, name: str, variable: Variable) -> Node | None:
        found = self.given.get(name)
        if found is not None:
            self.ranges.append(in_range(self.encoder, variable, found))
        return found

    # ------------------------------------------------------------------------------------------ branches

    def _branch(self, stmt: Branch, frame: Frame) -> Frame:
        if self.merge:
            return self._both(stmt, frame)
        index = len(self.taken)
        choice = self.decisions[index] if index < len(self.decisions) else True
        self.taken.append(choice)
        condition = stmt.condition if choice else negate(stmt.condition)
        self._need(condition, frame, Why("require", "", stmt.span))
        return self.block(stmt.then if choice else stmt.otherwise, frame)

    def _both(self, stmt: Branch, frame: Frame) -> Frame:
        pool = self.encoder.pool
        condition = self.encoder.truth(stmt.condition, frame)
        outer = self.under
        self.under = pool.and_((outer, condition))
        then = self.block(stmt.then, frame)
        self.under = pool.and_((outer, pool.not_(condition)))
        otherwise = self.block(stmt.otherwise, frame)
        self.under = outer
        return frame.with_now(merged(pool, condition, then.now, otherwise.now))

    # ------------------------------------------------------------------------------------------ whole maps

    def _for_each(self, var: Var, body: tuple[Stmt, ...], frame: Frame) -> Frame:
        """All members at once: an entry after is what the body for its own member leaves there."""
        results: dict[Node, tuple[Frame, list[Condition]]] = {}

        def one(member: Node) -> tuple[Frame, list[Condition]]:
            found = results.get(member)
            if found is None:
                inner = Run(self.encoder, merge=True, under=self.under)
                with self.encoder.for_each(var.ty.name):
                    after = inner.block(body, frame.with_local(var.name, member))
                found = results[member] = (after, [replace(c, of_each=var.ty.name) for c in inner.conditions])
            return found

        self._conditions_of_all(var, one)
        state: dict[str, Cell] = dict(frame.now)
        for name, position in written_positions(body, var).items():
            state[name] = MapValue(partial(_entry_after, one, name, position))
        return frame.with_now(state)

    def _conditions_of_all(self, var: Var, one: Callable[[Node], tuple[Frame, list[Condition]]]) -> None:
        sort = var.ty.name
        for member in self.encoder.members(sort):
            self.conditions.extend(one(member)[1])
        if sort in self.encoder.world.open:
            with self.encoder.speaking_of(sort) as sample:
                samples = one(sample)[1]
            for index, condition in enumerate(samples):
                self.conditions.append(self._everywhere(var, one, index, condition))

    def _everywhere(
        self, var: Var, one: Callable[[Node], tuple[Frame, list[Condition]]], index: int, sample: Condition
    ) -> Condition:
        def at(members: tuple[Node, ...]) -> tuple[Frame, Node]:
            inner = one(members[0])[1][index]
            if inner.at is not None:
                return inner.at(members[1:])
            return inner.frame, inner.under

        return Condition(sample.term, sample.frame, sample.why, sample.under, (var, *sample.members), at)


def _entry_after(
    one: Callable[[Node], tuple[Frame, list[Condition]]], name: str, position: int, keys: tuple[Node, ...]
) -> Node:
    cell = one(keys[position])[0].now[name]
    assert isinstance(cell, MapValue)
    return cell.read(keys)


def written_positions(body: tuple[Stmt, ...], var: Var) -> dict[str, int]:
    """The maps that a `for` body writes, with the place of the member among the keys."""
    out: dict[str, int] = {}
    for stmt in body:
        match stmt:
            case Set(name, keys):
                out[name] = keys.index(var)
            case Branch(_, then, otherwise):
                out |= written_positions(then, var) | written_positions(otherwise, var)
            case ForEach(_, inner):
                out |= written_positions(inner, var)
            case _:
                pass
    return out


# ---------------------------------------------------------------------------------------------- conditions


def holds(encoder: Encoder, condition: Condition) -> Node:
    """The node of a condition that is asserted."""
    if condition.at is None:
        with encoder.for_each(condition.of_each):
            if condition.under == encoder.pool.true:
                if condition.why.kind == "rely":
                    return encoder.assume_from(("rely", condition.why.name), condition.term, condition.frame)
                return encoder.assume(condition.term, condition.frame)
            return encoder.pool.implies(condition.under, encoder.formula(condition.term, condition.frame, True))

    def at(members: tuple[Node, ...]) -> Node:
        assert condition.at is not None
        frame, under = condition.at(members)
        return encoder.pool.implies(under, encoder.formula(condition.term, frame, True))

    # The classes have conditions of their own; of the rest it is a universal fact.
    encoder.universals.append(Universal(tuple(v.ty.name for v in condition.members), at))
    return encoder.pool.true


def fails(encoder: Encoder, condition: Condition) -> Node:
    """The node of a condition's negation that is asserted."""
    pool = encoder.pool
    if condition.at is None:
        with encoder.for_each(condition.of_each):
            return pool.and_((condition.under, pool.not_(encoder.formula(condition.term, condition.frame, False))))
    frame, under = condition.at(tuple(encoder.key(var.ty.name) for var in condition.members))
    return pool.and_((under, pool.not_(encoder.formula(condition.term, frame, False))))


# ---------------------------------------------------------------------------------------------- actions


def arguments(encoder: Encoder, variables: tuple[Variable, ...]) -> dict[str, Node]:
    """Unknown arguments: keys for sorts of any size, unknown scalars for the rest."""
    out: dict[str, Node] = {}
    for variable in variables:
        if variable.ty.kind == "sort" and variable.ty.name in encoder.world.open:
            out[variable.name] = encoder.key(variable.ty.name)
        else:
            out[variable.name] = encoder.scalar(variable.name, variable.ty, variable.low, variable.high)
    return out


def in_range(encoder: Encoder, variable: Variable, node: Node) -> Node:
    """Whether a computed argument is in its type's range."""
    pool = encoder.pool
    low = pool.le(pool.number(variable.low), node) if variable.low is not None else pool.true
    high = pool.le(node, pool.number(variable.high)) if variable.high is not None else pool.true
    return pool.and_((low, high))


def run_action(run: Run, action: Action, args: dict[str, Node], frame: Frame) -> Frame:
    """The frame after an action; the conditions for its success are added to the run's."""
    after = run.block(action.body, Frame(frame.states, args, action.name))
    return Frame({**frame.states, "now": after.now}, frame.locals, action.name)


def frame_of(state: SymbolicState) -> Frame:
    """A frame with only a present state."""
    return Frame({"now": state})
