"""What a block of statements does: the state after it, and the formulas that must hold for it to succeed.

Both branches of an `if` are run and merged, so the number and the order of the conditions do not depend on the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, final

from verifier.kernel.atoms import Key
from verifier.kernel.core import Action, Core, Stmt, Type, Variable, states_written
from verifier.kernel.evaluate import Env, Evaluator, Map, State, Value, key_of, worth_of
from verifier.kernel.formulas import TRUE, Formula, Refused

Chooser = Callable[[Variable], Value]


@final
@dataclass(slots=True)
class Run:
    """One run, of one or several actions: `needs` are the conditions met, in order. `chooser` gives values to `any`
    (for showing that a run is possible); without it a choice is anything that fits."""

    evaluator: Evaluator
    chooser: Chooser | None = None
    needs: list[Formula] = field(default_factory=list)
    call: int = 0
    """Which action of a program is running, so that choices made twice are told apart."""
    under: Formula = TRUE
    looped: bool = False

    # ------------------------------------------------------------------------------------------ conditions

    def need(self, condition: Formula) -> None:
        """Note a condition, met only where the present branch is taken."""
        self.needs.append(self.evaluator.algebra.implies(self.under, condition))

    def need_range(self, variable: Variable, value: Value) -> None:
        """Note that a value is in its type's range."""
        algebra, limits = self.evaluator.algebra, {"low": variable.low, "high": variable.high}
        self.need(algebra.both(algebra.within(value, side, n) for side, n in limits.items() if n is not None))

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
                return env.with_now({name: evaluator.written(env.now[name], at, evaluator.value(value, env))})
            case "let":
                return env.with_local(stmt[1][0], evaluator.value(stmt[2], env))
            case "for":
                return self._for(stmt[1][0], stmt[1][1], stmt[2], env)
            case "if":
                return self._branch(stmt, env)
            case "choose" if not self.looped:
                _, (name, ty), where, low, high = stmt
                after = env.with_local(name, self._chosen(Variable(name, (), ty, low, high)))
            case "havoc" if not self.looped and self.chooser is None:
                _, name, where, choice = stmt
                shape = ("read", f"chosen {choice} {self.call}", name)
                after = env.with_now({name: evaluator.unknown_map(evaluator.core.states[name], shape)})
            case kind:
                raise Refused(f"the statement {kind!r} can't stand here")
        self.need(evaluator.value(where, after))
        return after

    def _chosen(self, variable: Variable) -> Value:
        if self.chooser is None:
            return self.evaluator.unknown(variable, ("local", variable.name, self.call))
        value = self.chooser(variable)
        self.need_range(variable, value)
        return value

    def _branch(self, stmt: Stmt, env: Env) -> Env:
        _, term, then, otherwise = stmt
        evaluator, algebra, outer = self.evaluator, self.evaluator.algebra, self.under
        condition = evaluator.value(term, env)
        self.under = algebra.both((outer, condition))
        left = self.block(then, env).now
        self.under = algebra.both((outer, algebra.negation(condition)))
        right = self.block(otherwise, env).now
        self.under = outer
        return env.with_now({n: _merged(evaluator, condition, left[n], right[n]) for n in states_written([stmt])})

    def _for(self, name: str, ty: Type, body: list[Stmt], env: Env) -> Env:
        """Every member at once: an entry after is what the body for its own member leaves there."""

        @cache
        def one(member: Key) -> tuple[State, Formula]:
            inner = Run(self.evaluator, self.chooser, call=self.call, under=self.under, looped=True)
            end = inner.block(body, env.with_local(name, worth_of(member))).now
            return end, self.evaluator.algebra.both(inner.needs)

        def row(written: str, place: int, keys: tuple[Any, ...]) -> Value:
            return one(keys[place])[0][written].at(keys)

        needs = self.evaluator.quantified("all", (name, ty), lambda inner: one(key_of(inner.locals[name]))[1], env)
        self.needs.append(needs)
        places = set(_places(body, name))
        if len(dict(places)) < len(places) or -1 in dict(places).values():
            raise Refused("a loop writes a map where its member is no key, or not always the same one")
        return env.with_now({n: Map(env.now[n].variable, partial(row, n, place)) for n, place in places})

    # ------------------------------------------------------------------------------------------ actions

    def action(self, action: Action, args: Mapping[str, Value], state: State) -> State:
        """The state after an action, whose conditions are noted."""
        self.call += 1
        return self.block(action.body, Env({"now": state}, args, action.name)).now


def any_state(core: Core, evaluator: Evaluator, version: str) -> dict[str, Map]:
    """A state of which nothing is known but its types."""
    return {name: evaluator.unknown_map(v, ("read", version, name)) for name, v in core.states.items()}


def any_values(evaluator: Evaluator, variables: Iterable[Variable]) -> dict[str, Value]:
    """Arguments of which nothing is known but their types."""
    return {v.name: evaluator.unknown(v, ("local", v.name, 0)) for v in variables}


def _merged(evaluator: Evaluator, condition: Formula, left: Map, right: Map) -> Map:
    return Map(left.variable, lambda keys: evaluator.algebra.chosen(condition, left.at(keys), right.at(keys)))


def _places(body: list[Stmt], name: str) -> Iterator[tuple[str, int]]:
    """The maps that the body of a loop writes, with the places of the loop's member among the keys."""
    for stmt in body:
        match stmt[0]:
            case "set":
                yield stmt[1], next((i for i, key in enumerate(stmt[2]) if key[:2] == ["var", name]), -1)
            case "for":
                yield from _places(stmt[2], name)
            case "if":
                yield from _places([*stmt[2], *stmt[3]], name)
