"""What a block of statements does: the state after it, and the formulas that must hold for it to succeed.

Both branches of an `if` are run and merged, so the number and the order of the conditions do not depend on the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import Key
from verifier.kernel.core import Action, Core, Stmt, Type, Variable, states_written
from verifier.kernel.evaluate import Env, Evaluator, Map, State, Value
from verifier.kernel.formulas import TRUE, Formula, Refused
from verifier.kernel.polynomials import added, constant

Witnesses = Mapping[str, Callable[[], Value]]


@final
@dataclass(slots=True)
class Run:
    """One run, of one or several actions: `needs` are the conditions met, in order. `choices` gives values to `any`
    by name (for showing that a run is possible); without it a choice is anything that fits."""

    evaluator: Evaluator
    needs: list[Formula] = field(default_factory=list)
    call: int = 0
    """Which action of a program is running, so that choices made twice are told apart."""
    under: Formula = TRUE
    choices: Witnesses | None = None

    # ------------------------------------------------------------------------------------------ conditions

    def need(self, condition: Formula) -> None:
        """Note a condition, met only where the present branch is taken."""
        self.needs.append(self.evaluator.algebra.implies(self.under, condition))

    def need_range(self, variable: Variable, value: Value) -> None:
        """Note that a value is in its type's range."""
        self.need(in_range(self.evaluator, variable, value))

    # ------------------------------------------------------------------------------------------ statements

    def block(self, body: list[Stmt], env: Env) -> Env:
        """The environment after a block."""
        for stmt in body:
            env = self._statement(stmt, env)
        return env

    def _statement(self, stmt: Stmt, env: Env) -> Env:
        evaluator = self.evaluator
        match stmt[0]:
            case "require":
                self.need(evaluator.value(stmt[1], env))
                return env
            case "set":
                _, name, keys, value = stmt
                at = tuple(evaluator.value(k, env) for k in keys)
                cell = evaluator.written(env.now[name], at, evaluator.value(value, env))
                return env.with_now({**env.now, name: cell})
            case "let":
                _, (name, _), value, _ = stmt
                return env.with_local(name, evaluator.value(value, env))
            case "choose":
                return self._choose(stmt, env)
            case "havoc":
                _, name, where, choice = stmt
                if self.choices is not None:
                    raise Refused("a choice of a whole state variable has no witness")
                cell = evaluator.unknown_map(
                    evaluator.core.states[name], ("read", f"chosen {choice} {self.call}", name)
                )
                after = env.with_now({**env.now, name: cell})
                self.need(evaluator.value(where, after))
                return after
            case "for":
                _, (name, ty), body = stmt
                return self._for(name, ty, body, env)
            case "if":
                return self._branch(stmt, env)
        raise Refused(f"unknown statement {stmt[0]!r}")

    def _choose(self, stmt: Stmt, env: Env) -> Env:
        _, (name, ty), where, low, high = stmt
        if self.choices is None:
            value = self.evaluator.unknown(ty, ("local", name, self.call), (), low, high)
        elif name in self.choices:
            value = self.choices[name]()
            self.need_range(Variable(name, (), ty, low, high), value)
        else:
            raise Refused(f"no witness for the choice `{name}`")
        after = env.with_local(name, value)
        self.need(self.evaluator.value(where, after))
        return after

    def _branch(self, stmt: Stmt, env: Env) -> Env:
        _, term, then, otherwise = stmt
        evaluator, algebra, outer = self.evaluator, self.evaluator.algebra, self.under
        condition = evaluator.value(term, env)
        self.under = algebra.both((outer, condition))
        left = self.block(then, env).now
        self.under = algebra.both((outer, algebra.negation(condition)))
        right = self.block(otherwise, env).now
        self.under = outer
        merged = dict(env.now)
        for name in states_written([stmt]):
            merged[name] = _merged(evaluator, condition, left[name], right[name])
        return env.with_now(merged)

    def _for(self, name: str, ty: Type, body: list[Stmt], env: Env) -> Env:
        """Every member at once: an entry after is what the body for its own member leaves there."""
        ends: dict[Any, tuple[State, list[Formula]]] = {}

        def one(member: Value) -> tuple[State, list[Formula]]:
            at = member if not isinstance(member, dict) else tuple(member.items())
            if at not in ends:
                inner = Run(self.evaluator, call=self.call, under=self.under, choices=self.choices)
                ends[at] = (inner.block(body, env.with_local(name, member)).now, inner.needs)
            return ends[at]

        for i in range(_conditions_in(body)):
            self.needs.append(self.evaluator.for_all(ty, lambda member, i=i: one(member)[1][i]))  # type: ignore[misc]
        after = dict(env.now)
        for written, position in _positions(body, name).items():
            after[written] = _rows(self.evaluator, env.now[written].variable, position, one, written)
        return env.with_now(after)

    # ------------------------------------------------------------------------------------------ actions

    def action(self, action: Action, args: Mapping[str, Value], state: State) -> State:
        """The state after an action, whose conditions are noted."""
        self.call += 1
        return self.block(action.body, Env({"now": state}, args, action.name)).now

    def unknown_args(self, variables: tuple[Variable, ...]) -> dict[str, Value]:
        """Arguments of which nothing is known but their types."""
        return {
            v.name: self.evaluator.unknown(v.ty, ("local", v.name, self.call), (), v.low, v.high) for v in variables
        }


def in_range(evaluator: Evaluator, variable: Variable, value: Value) -> Formula:
    """Whether a value is in its type's range."""
    algebra = evaluator.algebra
    parts = []
    if variable.low is not None:
        parts.append(algebra.ge(added(value, constant(-variable.low))))
    if variable.high is not None:
        parts.append(algebra.ge(added(constant(variable.high), value, -1)))
    return algebra.both(parts)


def any_state(core: Core, evaluator: Evaluator, version: str) -> dict[str, Map]:
    """A state of which nothing is known but its types."""
    return {name: evaluator.unknown_map(v, ("read", version, name)) for name, v in core.states.items()}


def _merged(evaluator: Evaluator, condition: Formula, left: Map, right: Map) -> Map:
    variable = left.variable

    def get(keys: tuple[Key, ...]) -> Value:
        return evaluator.choice(variable.ty, condition, left.at(keys), right.at(keys))

    return Map(variable, get)


def _rows(
    evaluator: Evaluator,
    variable: Variable,
    position: int,
    one: Callable[[Value], tuple[State, list[Formula]]],
    name: str,
) -> Map:
    def get(keys: tuple[Key, ...]) -> Value:
        member = keys[position]
        return one(constant(member) if isinstance(member, int) else member)[0][name].at(keys)

    return Map(variable, get)


def _conditions_in(body: list[Stmt]) -> int:
    """How many conditions a block notes."""
    total = 0
    for stmt in body:
        match stmt[0]:
            case "require":
                total += 1
            case "for":
                total += _conditions_in(stmt[2])
            case "if":
                total += _conditions_in(stmt[2]) + _conditions_in(stmt[3])
            case "choose" | "havoc":
                raise Refused("a choice inside a loop")
    return total


def _positions(body: list[Stmt], name: str) -> dict[str, int]:
    """The maps that the body of a loop writes, with the place of the loop's member among the keys."""
    out: dict[str, int] = {}
    for stmt in body:
        match stmt[0]:
            case "set":
                places = [i for i, key in enumerate(stmt[2]) if key[:2] == ["var", name]]
                if not places or out.setdefault(stmt[1], places[0]) != places[0]:
                    raise Refused(f"a loop writes `{stmt[1]}` where its member is not a key")
            case "for":
                out |= _positions(stmt[2], name)
            case "if":
                out |= _positions(stmt[2], name) | _positions(stmt[3], name)
    return out
