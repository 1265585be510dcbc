"""Scenarios: one concrete run, line by line, and where it stops being as the scenario says."""

from __future__ import annotations

from typing import Any, Literal, assert_never, final

from verifier.language.frozen import dataclass
from verifier.language.source import NOWHERE, Span
from verifier.system.candidates import chooser
from verifier.system.evaluate import Frame
from verifier.system.execute import Interpreter, enter, failing_assumption
from verifier.system.numbers import readable
from verifier.system.pretty import pretty
from verifier.system.programs import Player, Stop, StopKind
from verifier.system.replay import shown_step
from verifier.system.terms import Op, Term, Value, Var
from verifier.system.trace import Cell, Counterexample, Reverted, Scope, Step, Trace
from verifier.system.transition import (
    Assumption,
    Choose,
    Havoc,
    Scenario,
    Set,
    StartValue,
    System,
    Variable,
)
from verifier.system.values import admits, all_keys, complete, entries, shown, with_enums

ProblemKind = (
    StopKind
    | Literal[
        "missing",  # `start` lacks values: `names` lists them
        "contradicts",  # a start value differs from what `init` makes: `values` are (given, made)
        "range",  # a start value is not one of its type
        "assumption",  # the parameters break `assumption`
        "init",  # the init block reverts, or `any` admits no such value
    ]
)


@final
@dataclass(frozen=True, slots=True)
class Problem:
    """What a scenario says that is not so. `values` are the two sides of a false comparison, or what was given and
    what was made; `text` is the line or the variable concerned."""

    kind: ProblemKind
    span: Span = NOWHERE
    text: str = ""
    names: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    reverted: Reverted | None = None
    assumption: Assumption | None = None


@final
@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """How a scenario went: `trace` is the initial state (None if there is none), `steps` the calls that were made, also
    those that reverted; `problem` is None if all is as the scenario says."""

    trace: Trace | None
    steps: tuple[Step, ...] = ()
    problem: Problem | None = None

    @property
    def passed(self) -> bool:
        """Whether all went as written."""
        return self.problem is None

    @property
    def counterexample(self) -> Counterexample | None:
        """The run up to the line that differs, if it came that far."""
        if self.problem is None or self.trace is None:
            return None
        return Counterexample(self.trace, {}, self.steps, self.problem.span, self.problem.kind == "undefined")


def run_scenario(interp: Interpreter, scenario: Scenario) -> ScenarioOutcome:
    """Run a scenario from its start to its end or to the first line that is not so.

    A choice (`any`) inside an action takes the value nearest to zero that fits.
    """
    system = interp.system
    scope = with_enums(system, Scope(scenario.individuals))
    frame = interp.frame(scope, {})
    params, missing = _start_params(system, scenario, frame)
    choices, lacking = _start_choices(interp, scenario, frame)
    if missing or lacking:
        return ScenarioOutcome(None, problem=Problem("missing", scenario.heading.span, names=(*missing, *lacking)))
    frame.params = params
    broken = failing_assumption(interp, frame)
    if broken is not None:
        span = next((v.span for v in scenario.start if v.name == broken.name), scenario.heading.span)
        return ScenarioOutcome(None, problem=Problem("assumption", span, broken.name, assumption=broken))
    given = dict(choices)
    frame.chooser = chooser(interp)
    reverted = enter(interp, frame, given)
    if reverted is not None:
        return ScenarioOutcome(None, problem=_bad_start(interp, scenario, frame, reverted))
    trace = Trace(scope, shown(system.params, params), given, shown(system.states, frame.now), ())
    contradiction = _contradiction(scenario, trace)
    if contradiction is not None:
        return ScenarioOutcome(trace, problem=contradiction)
    player = Player(interp, frame, {})
    stop = player.play(scenario.program)
    steps = tuple(shown_step(interp, s, frame.members) for s in player.steps)
    return ScenarioOutcome(trace, steps, _problem(stop) if stop is not None else None)


def _problem(stop: Stop) -> Problem:
    return Problem(stop.kind, stop.span, stop.text, values=stop.values, reverted=stop.reverted)


# ---------------------------------------------------------------------------------------------- start


def _start_params(system: System, scenario: Scenario, frame: Frame) -> tuple[dict[str, Any], list[str]]:
    """Every parameter, from the start block or else from the profile, and the names of those that have no value."""
    given = [v for v in scenario.start if v.kind == "param"]
    params: dict[str, Any] = {}
    missing: list[str] = []
    for variable in system.params:
        cell, lacking = _cell(variable, given, system.fixed.get(variable.name), frame)
        missing.extend(lacking)
        params[variable.name] = cell
    return params, missing


def _start_choices(interp: Interpreter, scenario: Scenario, frame: Frame) -> tuple[dict[str, Cell], list[str]]:
    """The init block's choices, from the start block, and the state variables it lacks."""
    given = [v for v in scenario.start if v.kind == "state"]
    choices: dict[str, Cell] = {}
    missing: list[str] = []
    for name, (variable, whole_variable) in chosen_states(interp).items():
        cell, lacking = _cell(variable, given, None, frame)
        missing.extend(n for n in lacking if n not in missing)
        if not lacking:
            choices[name] = cell if whole_variable else next(v for _, v in entries(cell))
    return choices, missing


def chosen_states(interp: Interpreter) -> dict[str, tuple[Variable, bool]]:
    """The state variables that `init` leaves open, by the name of the choice that fills them; whether the choice is of
    the whole variable, or of one value that is stored in it."""
    out: dict[str, tuple[Variable, bool]] = {}
    system = interp.system
    values: set[str] = set()
    for stmt in system.init:
        match stmt:
            case Havoc(state, _, name):
                out[name] = (system.state(state), True)
            case Choose(var):
                values.add(var.name)
            case Set(state, _, value) if _variable(value) in values:
                out[_variable(value)] = (system.state(state), False)
            case _:
                pass
    for variable in system.states:
        if variable.name in interp.open:
            out[variable.name] = (variable, True)
    return out


def _variable(value: Term) -> str:
    match value:
        case Var(name) | Op("to_real", (Var(name),)):
            return name
        case _:
            return ""


def _cell(variable: Variable, given: list[StartValue], fixed: Cell | None, frame: Frame) -> tuple[Any, list[str]]:
    """One variable's value from start values (later ones win, entry by entry), and what of it is missing."""
    cell = dict(entries(fixed)) if fixed is not None else {}
    rest: Value | None = None
    for value in given:
        if value.name == variable.name:
            if value.keys == () and variable.keys:
                rest = value.value
                cell = {}
            else:
                cell[value.keys] = value.value
    keys = list(all_keys(variable.keys, frame.members)) if variable.keys else [()]
    lacking = [k for k in keys if k not in cell] if rest is None else []
    if lacking:
        return complete(variable, None, frame.members), [variable.name]
    fallback: Value = rest if rest is not None else 0
    full: dict[tuple[int, ...], Value] = {k: cell.get(k, fallback) for k in keys}
    return complete(variable, full if variable.keys else full[()], frame.members), []


def _contradiction(scenario: Scenario, trace: Trace) -> Problem | None:
    """The first start value of a state variable that is not what the init block makes of it. Of two values for one
    entry the later one counts."""
    for number, start in enumerate(scenario.start):
        if start.kind != "state":
            continue
        later = {v.keys for v in scenario.start[number + 1 :] if v.kind == "state" and v.name == start.name}
        for key, made in entries(trace.start[start.name]):
            if start.keys in ((), key) and later.isdisjoint(((), key)) and made != start.value:
                return Problem("contradicts", start.span, start.name, values=(start.value, made))
    return None


def _bad_start(interp: Interpreter, scenario: Scenario, frame: Frame, reverted: Reverted) -> Problem:
    """Which start value the init block does not take."""
    for start in scenario.start:
        if start.kind == "state" and start.name == reverted.why.text:
            fits = admits(interp.states[start.name], start.value, frame.members)
            return Problem(
                "init" if fits else "range", start.span, start.name, values=(start.value,), reverted=reverted
            )
    return Problem("init", reverted.why.span, reverted.why.text, reverted=reverted)


# ---------------------------------------------------------------------------------------------- in words


def sentence(interp: Interpreter, problem: Problem) -> str:
    """What is wrong, and where it helps what to do, for the person who wrote the scenario."""
    text = f"`{problem.text}`"
    match problem.kind:
        case "missing":
            names = [f"`{n}`" for n in problem.names]
            listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            return f"`start` must give a value for {listed}."
        case "contradicts":
            given, made = (_value(v) for v in problem.values)
            return (
                f"`start` says that {text} is {given}, but `init` makes it {made}. "
                "A scenario starts where the model does: leave the value out, and get there by calls."
            )
        case "range":
            return f"{_value(problem.values[0])} is not a possible value of {text}."
        case "assumption":
            assert problem.assumption is not None
            return f"The values in `start` break {text}: {problem.assumption.text}."
        case "init":
            where = next(
                (pretty(s.where) for s in interp.system.init if isinstance(s, Havoc) and s.state == problem.text), ""
            )
            if problem.values and where:
                return f"`init` does not allow {text} to be {_value(problem.values[0])}: it asks for `{where}`."
            return f"`init` reverts: {because(problem.reverted)}."
        case "reverted":
            return f"{text} reverts: {because(problem.reverted)}."
        case "succeeded":
            return f"{text} should revert, but it runs."
        case "check":
            left_right = " and ".join(_value(v) for v in problem.values)
            return f"{text} is false" + (f": the two sides are {left_right}." if left_right else ".")
        case "undefined":
            return f"{text} has no value here: it divides by zero, or takes a `max` or `min` over nothing."
        case "require":
            return f"{text} does not hold here."
        case _:
            assert_never(problem.kind)


def because(reverted: Reverted | None) -> str:
    """Why a call reverted, as the second half of a sentence."""
    if reverted is None:
        return "no reason is known"
    why = reverted.why
    sides = f" (the two sides are {' and '.join(_value(v) for v in reverted.values)})" if reverted.values else ""
    match why.kind:
        case "require" | "assume":
            return f"`{why.text}` does not hold{sides}"
        case "rely":
            return f"`{why.name}` says that this does not happen: `{why.text}` does not hold{sides}"
        case "range":
            return f"`{why.text}` would leave the range of its type{sides}"
        case "divisor":
            return f"`{why.text}` is zero, and something is divided by it"
        case "nothing_fits":
            return f"no value fits `{why.text}`"
        case _:
            assert_never(why.kind)


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case _:
            return readable(value)
