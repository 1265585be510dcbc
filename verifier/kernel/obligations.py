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

from verifier.kernel.core import Core, Stmt, Term, states_read, states_written
from verifier.kernel.evaluate import Env, Evaluator, Value
from verifier.kernel.execute import Run, Witnesses, any_state, in_range
from verifier.kernel.formulas import FALSE, Formula, Refused

YES: Term = ["const", True, "bool"]
Facts = dict[str, Callable[[], Formula]]
Witness = Mapping[str, Callable[[Evaluator], Value]]


@final
@dataclass(slots=True)
class Setting:
    """The facts of one obligation, for one evaluator."""

    facts: Facts
    run: Run
    """The run that the facts speak of; its conditions are all met once `goal` has been evaluated."""


Obligation = Callable[[Evaluator, Witness], Setting]


def obligations(core: Core, name: str, claim: Mapping[str, Any], known: Mapping[str, Term]) -> dict[str, Obligation]:
    """All that has to be shown for a claim, by name; `known` are the invariants that may be used."""
    del name
    match claim["kind"]:
        case "invariant":
            goal = ["op", "and", [claim["defined"], claim["formula"]], "bool"]
            out: dict[str, Obligation] = {"init": partial(_initially, core, goal)}
            for action in core.actions:
                # An action that writes nothing of what the formula reads keeps it.
                if states_written(core.actions[action].body) & states_read(goal):
                    out[action] = partial(_after, core, goal, action, known)
            return out
        case "step":
            goal = ["op", "and", [claim["defined"], claim["formula"]], "bool"]
            return {action: partial(_after, core, goal, action, known) for action in core.actions}
        case "rule":
            count = len(_goals(claim["program"]))
            return {f"goal {i}": partial(_program, core, claim, i, known) for i in range(count)}
        case "enabled":
            return {
                "defined": partial(_defined, core, claim, known),
                "runs": partial(_enabled, core, claim, known),
            }
    raise Refused(f"unknown kind of claim {claim['kind']!r}")


def _common(core: Core, evaluator: Evaluator, known: Mapping[str, Term], env: Env) -> Facts:
    facts: Facts = {}
    for name, term in core.assumptions.items():
        facts[f"assume {name}"] = partial(evaluator.value, term, Env({}))
    for name, term in known.items():
        facts[f"known {name}"] = partial(evaluator.value, term, env)
    return facts


# ---------------------------------------------------------------------------------------------- invariants and steps


def _initially(core: Core, goal: Term, evaluator: Evaluator, witness: Witness) -> Setting:
    """Some initial state does not fulfil the goal."""
    del witness
    run = Run(evaluator)
    end = run.block(core.init, Env({"now": any_state(core, evaluator, "unset")}))
    facts = _common(core, evaluator, {}, end)
    facts["goal"] = lambda: evaluator.algebra.negation(evaluator.value(goal, end))
    return Setting({**facts, **_needs(run)}, run)


def _after(
    core: Core, goal: Term, name: str, known: Mapping[str, Term], evaluator: Evaluator, witness: Witness
) -> Setting:
    """From a state where all that is known holds, the action makes a step that does not fulfil the goal."""
    del witness
    before = any_state(core, evaluator, "before")
    run, action = Run(evaluator), core.actions[name]
    after = run.action(action, run.unknown_args(action.args), before)
    facts = _common(core, evaluator, known, Env({"now": before}))
    over = Env({"old": before, "now": after}, {}, name)
    facts["goal"] = lambda: evaluator.algebra.negation(evaluator.value(goal, over))
    return Setting({**facts, **_needs(run)}, run)


def _needs(run: Run) -> Facts:
    return {f"need {i}": partial(run.needs.__getitem__, i) for i in range(len(run.needs))}


# ---------------------------------------------------------------------------------------------- rules


def _goals(program: list[Stmt]) -> list[tuple[str, str]]:
    """The places of a program where something has to be shown, in order."""
    out: list[tuple[str, str]] = []
    for stmt in program:
        match stmt[0]:
            case "let" if stmt[3] != YES:
                out.append(("let", "defined"))
            case "check":
                out.append(("check", "holds"))
            case "call":
                if stmt[4] != YES:
                    out.append(("call", "defined"))
                if stmt[3]:
                    out.append(("call", "reverts"))
            case "compare":
                out += _goals(stmt[1]) + _goals(stmt[2])
    return out


@final
@dataclass(slots=True)
class _Shown(Exception):
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
        evaluator = self.run.evaluator
        self.met += 1
        formula = evaluator.value(term, env)
        if self.met - 1 == self.awaited:
            raise _Shown(evaluator.algebra.negation(formula))
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
        evaluator, action = self.run.evaluator, self.core.actions[name]
        if defined != YES:
            self._show(defined, env)
        args = {v.name: evaluator.value(t, env) for v, t in zip(action.args, terms, strict=True)}
        start = len(self.run.needs)
        for variable in action.args:
            self.run.need_range(variable, args[variable.name])
        after = self.run.action(action, args, env.now)
        if not reverts:
            return env.with_now(after)
        self.met += 1
        if self.met - 1 == self.awaited:
            raise _Shown(evaluator.algebra.both(self.run.needs[start:]))
        # It has been shown that the call does not succeed: nothing has happened.
        del self.run.needs[start:]
        return env


def _program(
    core: Core, claim: Mapping[str, Any], index: int, known: Mapping[str, Term], evaluator: Evaluator, witness: Witness
) -> Setting:
    """From a state where all that is known holds, the program reaches a place and does not fulfil what stands there."""
    del witness
    run = Run(evaluator)
    start = any_state(core, evaluator, "before")
    args = {name: evaluator.unknown(ty, ("local", name, 0), (), low, high) for name, _, ty, low, high in claim["args"]}
    player = _Player(core, run, index)
    facts = _common(core, evaluator, known, Env({"now": start}))
    try:
        player.block(claim["program"], Env({"now": start}, args))
    except _Shown as shown:
        goal = shown.goal
        facts["goal"] = lambda: goal
    else:
        raise Refused("the program has no such place")
    facts |= {f"given {i}": partial(player.given.__getitem__, i) for i in range(len(player.given))}
    return Setting({**facts, **_needs(run)}, run)


# ---------------------------------------------------------------------------------------------- enabled


def _free(claim: Mapping[str, Any], evaluator: Evaluator) -> dict[str, Value]:
    return {name: evaluator.unknown(ty, ("local", name, 0), (), None, None) for name, ty in claim["free"]}


def _defined(
    core: Core, claim: Mapping[str, Any], known: Mapping[str, Term], evaluator: Evaluator, witness: Witness
) -> Setting:
    """In a state where all that is known holds, the condition or an argument has no value."""
    del witness
    env = Env({"now": any_state(core, evaluator, "before")}, _free(claim, evaluator))
    facts = _common(core, evaluator, known, env)
    facts["goal"] = lambda: evaluator.algebra.negation(evaluator.value(claim["defined"], env))
    return Setting(facts, Run(evaluator))


def _enabled(
    core: Core, claim: Mapping[str, Any], known: Mapping[str, Term], evaluator: Evaluator, witness: Witness
) -> Setting:
    """In a state where all that is known and the condition hold, the action is refused with the witnesses' values."""
    before, action = any_state(core, evaluator, "before"), core.actions[claim["action"]]
    env = Env({"now": before}, _free(claim, evaluator))
    facts = _common(core, evaluator, known, env)
    facts["given 0"] = partial(evaluator.value, claim["when"], env)
    facts["given 1"] = partial(evaluator.value, claim["defined"], env)
    chosen: Witnesses = {name: partial(of, evaluator) for name, of in witness.items()}
    run = Run(evaluator, choices=chosen)

    def goal() -> Formula:
        args: dict[str, Value] = {}
        for variable, given in zip(action.args, claim["args"], strict=True):
            if given is None and variable.name not in chosen:
                raise Refused(f"no witness for `{variable.name}`")
            args[variable.name] = evaluator.value(given, env) if given is not None else chosen[variable.name]()
            run.needs.append(in_range(evaluator, variable, args[variable.name]))
        run.action(action, args, before)
        algebra = evaluator.algebra
        # A condition may have a meaning only where those before it hold.
        ways = [algebra.both([*run.needs[:i], algebra.negation(need)]) for i, need in enumerate(run.needs)]
        return algebra.either(ways) if ways else FALSE

    facts["goal"] = goal
    return Setting(facts, run)
