"""Running actions: statements compiled to closures, with every revert made a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from verifier.system.analysis import states_written
from verifier.system.distances import Distances, compile_distances
from verifier.system.evaluate import Code, Frame, Undefined, compile_keys, compile_term, domain, typed, whole
from verifier.system.terms import REAL, TRUE, Const, Named, Op, Term, Value, Var
from verifier.system.trace import Cell, Reverted, Scope
from verifier.system.transition import (
    Action,
    Assumption,
    Branch,
    Choose,
    ForEach,
    Havoc,
    Let,
    Require,
    Set,
    Stmt,
    System,
    Variable,
    Why,
)
from verifier.system.values import admits, all_keys, carried, complete, completed, members_of

Run = Callable[[Frame], Reverted | None]
"""A compiled statement or block: changes the frame, or says why it reverts (the frame is then worthless)."""

_UNGUARDED = Reverted(Why("divisor", "a value that is not defined here"))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Interpreter:
    """A system made ready to run. Compiled terms and bodies are kept by the identity of what they came from; an
    interpreter lives as long as whoever runs things wants it to, and is shared by no two threads."""

    system: System
    codes: dict[int, tuple[Term, Code]] = field(default_factory=dict, repr=False)
    blocks: dict[int, tuple[tuple[Stmt, ...], Run]] = field(default_factory=dict, repr=False)
    measures: dict[int, tuple[Term, Distances]] = field(default_factory=dict, repr=False)
    actions: dict[str, Action] = field(default_factory=dict, repr=False)
    states: dict[str, Variable] = field(default_factory=dict, repr=False)
    open: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "open", open_states(self.system))
        self.actions.update((a.name, a) for a in self.system.actions)
        self.states.update((s.name, s) for s in self.system.states)

    def code(self, term: Term) -> Code:
        """The compiled term."""
        known = self.codes.get(id(term))
        if known is None:
            known = self.codes[id(term)] = (term, compile_term(term))
        return known[1]

    def block(self, body: tuple[Stmt, ...]) -> Run:
        """The compiled statements."""
        known = self.blocks.get(id(body))
        if known is None:
            known = self.blocks[id(body)] = (body, _block(body, self))
        return known[1]

    def holds(self, frame: Frame, condition: Term) -> bool:
        """Whether a condition is true; one without a value is not."""
        try:
            return bool(self.code(condition)(frame))
        except Undefined:
            return False

    def distances(self, term: Term) -> Distances:
        """The compiled distances of a condition's comparisons."""
        known = self.measures.get(id(term))
        if known is None:
            known = self.measures[id(term)] = (term, compile_distances(term))
        return known[1]

    def frame(self, scope: Scope, params: Mapping[str, Cell], state: Mapping[str, Any] | None = None) -> Frame:
        """Fresh registers with the parameters in place. Those that a profile fixes have its values."""
        members = members_of(self.system, scope)
        frame = Frame(members, completed(self.system.params, {**params, **self.system.fixed}, members), {})
        if state is not None:
            frame.now = completed(self.system.states, state, members)
        return frame


# ---------------------------------------------------------------------------------------------- running


def run_body(interp: Interpreter, frame: Frame, body: tuple[Stmt, ...]) -> Reverted | None:
    """Run statements on `frame.now`, which must be the run's own copy. A revert leaves it in any state."""
    frame.owned = set()
    try:
        return interp.block(body)(frame)
    except Undefined:
        return _UNGUARDED


def act(
    interp: Interpreter, frame: Frame, action: Action, args: tuple[Value, ...], choices: Mapping[str, Cell]
) -> Reverted | None:
    """Run an action from `frame.now`; afterwards `frame.now` is the state after it (the same one if it reverts)."""
    before = frame.now
    local: dict[str, Any] = {}
    if len(args) != len(action.args):
        raise ValueError(f"{action.name} takes {len(action.args)} arguments, not {len(args)}")
    for variable, value in zip(action.args, args, strict=True):
        if not admits(variable, value, frame.members):
            return Reverted(Why("range", variable.name, action.span), (value,))
        local[variable.name] = carried(value, variable.ty)
    frame.locals, frame.choices, frame.now = local, choices, dict(before)
    reverted = run_body(interp, frame, action.body)
    if reverted is not None:
        frame.now = before
    return reverted


def enter(interp: Interpreter, frame: Frame, choices: Mapping[str, Cell]) -> Reverted | None:
    """Run the init block; afterwards `frame.now` is the initial state.

    A state variable that the block does not mention starts anywhere in its range: `choices` may give its value under
    its own name.
    """
    frame.locals, frame.choices = {}, choices
    frame.now = {
        v.name: complete(v, choices.get(v.name) if v.name in interp.open else None, frame.members)
        for v in interp.system.states
    }
    for name in interp.open:
        variable = interp.states[name]
        cell = frame.now[name]
        if not all(admits(variable, value, frame.members) for value in (cell.values() if variable.keys else (cell,))):
            return Reverted(Why("nothing_fits", name, variable.span))
    return run_body(interp, frame, interp.system.init)


def open_states(system: System) -> frozenset[str]:
    """State variables that the init block says nothing about."""
    return frozenset(v.name for v in system.states) - states_written(system.init)


def failing_assumption(interp: Interpreter, frame: Frame) -> Assumption | None:
    """The first assumption (or parameter range) that the frame's parameters break."""
    for variable in interp.system.params:
        cell = frame.params[variable.name]
        values = cell.values() if variable.keys else (cell,)
        if not all(admits(variable, value, frame.members) for value in values):
            return Assumption(variable.name, TRUE, "where", _range_text(variable), variable.span)
    for assumption in interp.system.assumptions:
        try:
            holds = interp.code(assumption.condition)(frame)
        except Undefined:
            holds = False
        if not holds:
            return assumption
    return None


def _range_text(variable: Variable) -> str:
    match variable.low, variable.high:
        case None, None:
            return f"{variable.name} is a {variable.ty.name or variable.ty.kind}"
        case low, None:
            return f"{low} <= {variable.name}"
        case None, high:
            return f"{variable.name} <= {high}"
        case low, high:
            return f"{low} <= {variable.name} <= {high}"


# ---------------------------------------------------------------------------------------------- compiling statements


def _block(body: tuple[Stmt, ...], interp: Interpreter) -> Run:
    steps = tuple(_statement(s, interp) for s in body)

    def run(f: Frame) -> Reverted | None:
        for step in steps:
            reverted = step(f)
            if reverted is not None:
                return reverted
        return None

    return run


def _statement(stmt: Stmt, interp: Interpreter) -> Run:
    match stmt:
        case Require(condition, why):
            return _require(condition, why)
        case Set():
            return _set(stmt)
        case Let(var, value):
            return _let(var.name, compile_term(value))
        case Choose():
            return _choose(stmt)
        case Havoc():
            return _havoc(stmt, interp)
        case ForEach(var, body):
            return _for_each(var, _block(body, interp))
        case Branch(condition, then, otherwise):
            test, left, right = compile_term(condition), _block(then, interp), _block(otherwise, interp)
            return lambda f: left(f) if test(f) else right(f)
        case _:
            raise AssertionError(f"only a program may have {type(stmt).__name__}")


def _let(name: str, value: Code) -> Run:
    def run(f: Frame) -> None:
        f.locals[name] = whole(value(f))

    return run


def _set(stmt: Set) -> Run:
    name, value = stmt.state, compile_term(stmt.value)
    if not stmt.keys:

        def assign(f: Frame) -> None:
            f.now[name] = whole(value(f))

        return assign
    key = compile_keys(stmt.keys)

    def store(f: Frame) -> None:
        at, new = key(f), whole(value(f))
        if name not in f.owned:
            f.now[name] = dict(f.now[name])
            f.owned.add(name)
        f.now[name][at] = new

    return store


def _choose(stmt: Choose) -> Run:
    name, where = stmt.var.name, compile_term(stmt.where)
    variable = Variable(name, (), stmt.var.ty, stmt.low, stmt.high)
    nothing = Reverted(Why("nothing_fits", name, stmt.span))

    def run(f: Frame) -> Reverted | None:
        value = f.choices.get(name)
        if value is None and f.chooser is not None:
            value = f.chooser(f, name, variable, stmt.where)
        if value is None or isinstance(value, Mapping) or not admits(variable, value, f.members):
            return nothing
        f.locals[name] = carried(value, variable.ty)
        return None if where(f) else nothing

    return run


def _havoc(stmt: Havoc, interp: Interpreter) -> Run:
    variable, where = interp.states[stmt.state], compile_term(stmt.where)
    nothing = Reverted(Why("nothing_fits", stmt.state, stmt.span))

    def run(f: Frame) -> Reverted | None:
        cell = f.choices.get(stmt.name)
        if cell is None and f.chooser is not None:
            cell = f.chooser(f, stmt.name, variable, stmt.where)
        if cell is None or not complete_and_admitted(variable, cell, f.members):
            return nothing
        f.now[stmt.state] = complete(variable, cell, f.members)
        f.owned.add(stmt.state)
        return None if where(f) else nothing

    return run


def complete_and_admitted(variable: Variable, cell: Cell, members: Mapping[str, range]) -> bool:
    """Whether a cell has a value of the variable's type and range at every key, and no other keys."""
    if not isinstance(cell, Mapping):
        return not variable.keys and admits(variable, cell, members)
    if not variable.keys:
        return False
    keys = tuple(all_keys(variable.keys, members))
    return len(cell) == len(keys) and all(key in cell and admits(variable, cell[key], members) for key in keys)


def _for_each(var: Var, body: Run) -> Run:
    name, ty = var.name, var.ty

    def run(f: Frame) -> Reverted | None:
        for member in domain(ty, f.members):
            f.locals[name] = member
            reverted = body(f)
            if reverted is not None:
                return reverted
        return None

    return run


def _require(condition: Term, why: Why) -> Run:
    test, plain, sides = compile_term(condition), Reverted(why), compile_sides(condition)
    distances = compile_distances(condition)

    def run(f: Frame) -> Reverted | None:
        if f.probe is not None:
            f.probe.extend(distances(f))
            return None
        if test(f):
            return None
        if not f.explain or sides is None:
            return plain
        return Reverted(why, sides(f))

    return run


# ---------------------------------------------------------------------------------------------- the two sides

Sides = Callable[[Frame], tuple[Value, ...]]


def compile_sides(condition: Term) -> Sides | None:
    """The values of the two sides of the comparison on which a false condition hangs, where there is one: the first
    false part of a conjunction, what stands under a negation or a definition's name."""
    match condition:
        case Op("eq" | "ne" | "lt" | "le" | "gt" | "ge", (left, right)) if left.ty.numeric:
            return _both(left, right)
        case Op("not", (Named(_, _, inner) | inner,)):
            return compile_sides(inner) if _is_comparison(inner) else None
        case Named(_, _, body):
            return compile_sides(body)
        case Op("and", args):
            return _first_false(tuple((compile_term(a), compile_sides(a)) for a in args))
        case Op("implies", (_, consequent)):
            return compile_sides(consequent)
        case _:
            return None


def _is_comparison(term: Term) -> bool:
    return isinstance(term, Op) and term.op in ("eq", "ne", "lt", "le", "gt", "ge")


def _both(left: Term, right: Term) -> Sides:
    a, b, ty = compile_term(left), compile_term(right), left.ty if left.ty == right.ty else REAL
    if isinstance(left, Const) and isinstance(right, Const):
        return lambda _: ()

    def run(f: Frame) -> tuple[Value, ...]:
        try:
            return typed(a(f), ty), typed(b(f), ty)
        except Undefined:
            return ()

    return run


def _first_false(parts: tuple[tuple[Code, Sides | None], ...]) -> Sides:
    def run(f: Frame) -> tuple[Value, ...]:
        for test, sides in parts:
            if not test(f):
                return sides(f) if sides is not None else ()
        return ()

    return run
