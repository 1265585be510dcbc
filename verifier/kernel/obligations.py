"""What has to be shown for each claim, derived from the core system alone.

An obligation is a set of labelled facts that must contradict one another: `assume …` (of the parameters), `known …`
(invariants, in the state before), `need i` (the i-th condition that the run met), `given …`, and `goal`, the negation
of what is claimed. Facts are evaluated when a proof asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
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
            reads = states_read(formula_of(claim))
            due = [n for n, action in core.actions.items() if states_written(action.body) & reads]
            return {"init": case.initially, **{n: partial(case.after, n) for n in due}}
        case "follows":
            return {"here": partial(case.here, formula_of(claim))}
        case "step":
            return {n: partial(case.after, n) for n in core.actions}
        case "rule":
            return {f"goal {i}": partial(case.program, i) for i in range(_goals(claim["program"]))}
        case "enabled":
            return {"defined": partial(case.here, claim["defined"]), "runs": case.runs}
    raise Refused(f"unknown kind of claim {claim['kind']!r}, of {name}")


def formula_of(claim: Mapping[str, Any]) -> Term:
    """What an invariant or a step says: that its formula has a value, and that it is true."""
    if claim["defined"] == YES:
        return claim["formula"]
    return ["op", "and", [claim["defined"], claim["formula"]], "bool"]


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

    def _before(self, evaluator: Evaluator, state: State | None) -> Facts:
        facts: Facts = {f"assume {n}": partial(evaluator.value, t, Env({})) for n, t in self.core.assumptions.items()}
        if state is not None:
            env = Env({"now": state})
            facts |= {f"known {name}": partial(evaluator.value, term, env) for name, term in self.known.items()}
        return facts

    def initially(self, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """Some initial state does not fulfil the goal."""
        unset = Env({"now": any_state(self.core, evaluator, "unset")})
        return self._before(evaluator, None), self._at_end(evaluator, lambda run: run.block(self.core.init, unset))

    def after(self, name: str, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """From a state where all that is known holds, the action makes a step that does not fulfil the goal."""
        before, action = any_state(self.core, evaluator, "before"), self.core.actions[name]

        def step(run: Run) -> Env:
            return Env({"old": before, "now": run.action(action, any_values(evaluator, action.args), before)}, {}, name)

        return self._before(evaluator, before), self._at_end(evaluator, step)

    def _at_end(self, evaluator: Evaluator, go: Callable[[Run], Env]) -> Callable[[], Facts]:
        def ran() -> Facts:
            run = Run(evaluator)
            end = go(run)
            return {"goal": partial(_denied, evaluator, formula_of(self.claim), end), **_numbered("need", run.needs)}

        return ran

    def here(self, goal: Term, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """A state where all that is known holds does not fulfil the goal."""
        env = self._start(evaluator)
        return self._before(evaluator, env.now), lambda: {"goal": partial(_denied, evaluator, goal, env)}

    def program(self, index: int, evaluator: Evaluator, _: Witness) -> tuple[Facts, Callable[[], Facts]]:
        """From a state where all that is known holds, the program reaches a place and does not fulfil what stands
        there."""
        start = any_state(self.core, evaluator, "before")

        def ran() -> Facts:
            args = any_values(evaluator, [Variable(*data) for data in self.claim["args"]])
            player = _Player(self.core, Run(evaluator))
            places = player.block(self.claim["program"], Env({"now": start}, args))
            (goal,) = islice(places, index, index + 1)
            given, needs = _numbered("given", player.given), _numbered("need", player.run.needs)
            return {"goal": lambda: goal, **given, **needs}

        return self._before(evaluator, start), ran

    def _start(self, evaluator: Evaluator) -> Env:
        free = (Variable(name, (), ty, None, None) for name, ty in self.claim.get("free", ()))
        return Env({"now": any_state(self.core, evaluator, "before")}, any_values(evaluator, free))

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
@dataclass(frozen=True, slots=True)
class _Player:
    """Runs a program, and stops at each place where something is to be shown, with its negation."""

    core: Core
    run: Run
    given: list[Formula] = field(default_factory=list)
    """What has been shown before."""

    def block(self, program: list[Stmt], env: Env) -> Generator[Formula, None, Env]:
        for stmt in program:
            env = yield from self._statement(stmt, env)
        return env

    def _show(self, term: Term, env: Env) -> Iterator[Formula]:
        formula = self.run.evaluator.value(term, env)
        yield self.run.evaluator.algebra.negation(formula)
        self.given.append(formula)

    def _statement(self, stmt: Stmt, env: Env) -> Generator[Formula, None, Env]:
        evaluator = self.run.evaluator
        match stmt:
            case ["let", [name, _], value, defined]:
                if defined != YES:
                    yield from self._show(defined, env)
                return env.with_local(name, evaluator.value(value, env))
            case ["require", condition]:
                self.run.need(evaluator.value(condition, env))
                return env
            case ["check", condition, defined]:
                yield from self._show(["op", "and", [defined, condition], "bool"], env)
                return env
            case ["call", *_]:
                return (yield from self._call(stmt, env))
            case ["compare", one, other]:
                first, second = (yield from self.block(one, env)).now, (yield from self.block(other, env)).now
                return Env({**env.states, "first": first, "second": second}, env.locals)
        raise Refused(f"unknown statement {stmt[0]!r} in a rule")

    def _call(self, stmt: Stmt, env: Env) -> Generator[Formula, None, Env]:
        _, name, terms, reverts, defined = stmt
        run, action = self.run, self.core.actions[name]
        if defined != YES:
            yield from self._show(defined, env)
        args = {v.name: run.evaluator.value(t, env) for v, t in zip(action.args, terms, strict=True)}
        start = len(run.needs)
        for variable in action.args:
            run.need_range(variable, args[variable.name])
        after = run.action(action, args, env.now)
        if not reverts:
            return env.with_now(after)
        yield run.evaluator.algebra.both(run.needs[start:])
        # It has been shown that the call does not succeed: nothing has happened.
        del run.needs[start:]
        return env
