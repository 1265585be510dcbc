"""What has to be shown for each claim, derived from the core system alone.

An obligation is a set of labelled facts that must contradict one another: `assume …` (of the parameters), `known …`
(invariants, in the state before), `need i` (the i-th condition that the run met), `given …`, and `goal`, the negation
of what is claimed. Facts are evaluated when a proof asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, final

from verifier.kernel.core import Core, Stmt, Term, Variable, states_read, states_written
from verifier.kernel.evaluate import Env, Evaluator, State, Value
from verifier.kernel.execute import Run, any_state, any_values
from verifier.kernel.formulas import Formula, Refused

YES: Term = ["const", True, "bool"]
Facts = dict[str, Callable[[], Formula]]
Witness = Callable[[Evaluator, Variable], Value]
"""The value that a proof chooses for an argument or an `any`."""
Obligation = Callable[[Evaluator, Witness], tuple[Facts, Callable[[], Facts]]]
"""The facts about the state before, and those of the run: it is run when a proof first asks for one of these."""


def obligations(core: Core, name: str, claim: Mapping[str, Any], known: Mapping[str, Term]) -> dict[str, Obligation]:
    """All that has to be shown for a claim, by name; `known` are the invariants that may be used."""
    case = _Case(core, claim, known)
    match claim["kind"]:
        case "invariant":
            # An action that writes nothing of what the formula reads keeps it.
            reads = states_read(case.goal)
            due = [n for n, action in core.actions.items() if states_written(action.body) & reads]
            return {"init": case.initially, **{n: partial(case.after, n) for n in due}}
        case "follows":
            return {"here": case.here}
        case "step":
            return {n: partial(case.after, n) for n in core.actions}
        case "rule":
            return {f"goal {i}": partial(case.program, i) for i in range(_goals(claim["program"]))}
        case "enabled":
            return {"defined": case.defined, "runs": case.runs}
    raise Refused(f"unknown kind of claim {claim['kind']!r}, of {name}")


def _goals(program: list[Stmt]) -> int:
    """How many places of a program there are where something has to be shown."""
    total = 0
    for stmt in program:
        match stmt[0]:
            case "let":
                total += stmt[3] != YES
            case "check":
                total += 1
            case "call":
                total += (stmt[4] != YES) + stmt[3]
            case "compare":
                total += _goals(stmt[1]) + _goals(stmt[2])
    return total


@final
@dataclass(frozen=True, slots=True)
class _Case:
    """The obligations of one claim."""

    core: Core
    claim: Mapping[str, Any]
    known: Mapping[str, Term]

    @property
    def goal(self) -> Term:
        """What an invariant or a step claims: its formula has a value, and is true."""
        return ["op", "and", [self.claim["defined"], self.claim["formula"]], "bool"]

    def _before(self, evaluator: Evaluator, state: State | None) -> Facts:
        facts: Facts = {f"assume {n}": partial(evaluator.value, t, Env({})) for n, t in self.core.assumptions.items()}
        if state is not None:
            env = Env({"now": state})
            facts |= {f"known {name}": partial(evaluator.value, term, env) for name, term in self.known.items()}
        return facts

    def initially(self, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """Some initial state does not fulfil the goal."""

        def ran() -> Facts:
            run = Run(evaluator)
            end = run.block(self.core.init, Env({"now": any_state(self.core, evaluator, "unset")}))
            return {"goal": partial(_denied, evaluator, self.goal, end), **_numbered("need", run.needs)}

        return self._before(evaluator, None), ran

    def after(self, name: str, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """From a state where all that is known holds, the action makes a step that does not fulfil the goal."""
        before, action = any_state(self.core, evaluator, "before"), self.core.actions[name]

        def ran() -> Facts:
            run = Run(evaluator)
            after = run.action(action, any_values(evaluator, action.args), before)
            over = Env({"old": before, "now": after}, {}, name)
            return {"goal": partial(_denied, evaluator, self.goal, over), **_numbered("need", run.needs)}

        return self._before(evaluator, before), ran

    def here(self, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """A state where all that is known holds does not fulfil the goal."""
        state = any_state(self.core, evaluator, "before")
        denied = partial(_denied, evaluator, self.goal, Env({"now": state}))
        return self._before(evaluator, state), lambda: {"goal": denied}

    def program(self, index: int, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """From a state where all that is known holds, the program reaches a place and does not fulfil what stands
        there."""
        start = any_state(self.core, evaluator, "before")

        def ran() -> Facts:
            args = any_values(evaluator, [Variable(*data) for data in self.claim["args"]])
            player = _Player(self.core, Run(evaluator), index)
            try:
                player.block(self.claim["program"], Env({"now": start}, args))
            except _Reached as reached:
                goal = reached.goal
                given = _numbered("given", player.given)
                return {"goal": lambda: goal, **given, **_numbered("need", player.run.needs)}
            raise Refused("the program has no such place")

        return self._before(evaluator, start), ran

    def _start(self, evaluator: Evaluator) -> Env:
        free = any_values(evaluator, (Variable(name, (), ty, None, None) for name, ty in self.claim["free"]))
        return Env({"now": any_state(self.core, evaluator, "before")}, free)

    def defined(self, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """In a state where all that is known holds, the condition or an argument has no value."""
        env = self._start(evaluator)
        return self._before(evaluator, env.now), lambda: {
            "goal": partial(_denied, evaluator, self.claim["defined"], env)
        }

    def runs(self, evaluator: Evaluator, witness: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """In a state where all that is known and the condition hold, the action is refused with the witnesses'
        values."""
        env, action = self._start(evaluator), self.core.actions[self.claim["action"]]

        def goal() -> Formula:
            run = Run(evaluator, partial(witness, evaluator))
            args: dict[str, Value] = {}
            for variable, given in zip(action.args, self.claim["args"], strict=True):
                value = witness(evaluator, variable) if given is None else evaluator.value(given, env)
                args[variable.name] = value
                run.need_range(variable, value)
            run.action(action, args, env.now)
            algebra = evaluator.algebra
            # A condition may have a meaning only where those before it hold.
            ways = (algebra.both([*run.needs[:i], algebra.negation(need)]) for i, need in enumerate(run.needs))
            return algebra.either(ways)

        given = {
            f"given {i}": partial(evaluator.value, self.claim[part], env) for i, part in enumerate(("when", "defined"))
        }
        return {**self._before(evaluator, env.now), **given}, lambda: {"goal": goal}


def _numbered(label: str, formulas: list[Formula]) -> Facts:
    return {f"{label} {i}": partial(formulas.__getitem__, i) for i in range(len(formulas))}


def _denied(evaluator: Evaluator, goal: Term, env: Env) -> Formula:
    return evaluator.algebra.negation(evaluator.value(goal, env))


# ---------------------------------------------------------------------------------------------- rules


@final
@dataclass(slots=True)
class _Reached(Exception):
    """The awaited place of a program is reached; `goal` is the negation of what it claims."""

    goal: Formula


@final
@dataclass(slots=True)
class _Player:
    """Runs a program up to the place whose goal is awaited."""

    core: Core
    run: Run
    awaited: int
    given: list[Formula] = field(default_factory=list)
    met: int = 0

    def block(self, program: list[Stmt], env: Env) -> Env:
        for stmt in program:
            env = self._statement(stmt, env)
        return env

    def _show(self, term: Term, env: Env) -> None:
        """Something to be shown; what has been shown before is given."""
        formula = self.run.evaluator.value(term, env)
        if self.met == self.awaited:
            raise _Reached(self.run.evaluator.algebra.negation(formula))
        self.met += 1
        self.given.append(formula)

    def _statement(self, stmt: Stmt, env: Env) -> Env:
        evaluator = self.run.evaluator
        match stmt[0]:
            case "let":
                if stmt[3] != YES:
                    self._show(stmt[3], env)
                return env.with_local(stmt[1][0], evaluator.value(stmt[2], env))
            case "require":
                self.run.need(evaluator.value(stmt[1], env))
                return env
            case "check":
                self._show(["op", "and", [stmt[2], stmt[1]], "bool"], env)
                return env
            case "call":
                return self._call(stmt, env)
            case "compare":
                first, second = self.block(stmt[1], env).now, self.block(stmt[2], env).now
                return Env({**env.states, "first": first, "second": second}, env.locals)
        raise Refused(f"unknown statement {stmt[0]!r} in a rule")

    def _call(self, stmt: Stmt, env: Env) -> Env:
        _, name, terms, reverts, defined = stmt
        run, action = self.run, self.core.actions[name]
        if defined != YES:
            self._show(defined, env)
        args = {v.name: run.evaluator.value(t, env) for v, t in zip(action.args, terms, strict=True)}
        start = len(run.needs)
        for variable in action.args:
            run.need_range(variable, args[variable.name])
        after = run.action(action, args, env.now)
        if not reverts:
            return env.with_now(after)
        if self.met == self.awaited:
            raise _Reached(run.evaluator.algebra.both(run.needs[start:]))
        self.met += 1
        # It has been shown that the call does not succeed: nothing has happened.
        del run.needs[start:]
        return env
