"""The referee: rebuild a run step by step from what an engine claims, and see whether it breaks the property.

An engine hands over a `Candidate`, the bare claim: who there is, what the parameters are, which moves are made.
Nothing it says about states is used; they are computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Literal, final

from verifier.language.frozen import dataclass, field
from verifier.language.source import NOWHERE
from verifier.system.deadlines import last_waits, too_late
from verifier.system.enabled import stuck
from verifier.system.evaluate import Frame, domain, typed
from verifier.system.execute import Interpreter, act, complete_and_admitted, enter, failing_assumption
from verifier.system.programs import Player, Stop, statements_of
from verifier.system.terms import Named, Op, Quant, Term, Value
from verifier.system.trace import Cell, Counterexample, Move, Reverted, Scope, Step, Trace, Valuation
from verifier.system.transition import (
    Assumption,
    Choose,
    Enabled,
    Havoc,
    Invariant,
    Property,
    Reachable,
    Responds,
    Rule,
    Scenario,
    StepProperty,
    Stmt,
    System,
    Variable,
)
from verifier.system.values import admits, carried, completed, shown, shown_cell, with_enums


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """A claimed run. `choices` are the init block's. For a rule, `args` are its arguments (and its own choices), and
    `program_choices[i]` what the choices of its i-th call take; for `enabled`, `args` are its free names."""

    scope: Scope
    params: Valuation
    choices: Mapping[str, Cell]
    moves: tuple[Move, ...] = ()
    args: Mapping[str, Value] = field(default_factory=dict)
    program_choices: tuple[Mapping[str, Cell], ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a claimed run is none: members that there can't be (`problem` says why), an assumption that its parameters
    break, an init block that does not fit, or a step (counted from 0) that reverts."""

    where: Literal["members", "assumption", "init", "step"]
    step: int = 0
    assumption: Assumption | None = None
    reverted: Reverted | None = None
    problem: str = ""

    @property
    def text(self) -> str:
        """One sentence for the report of an internal error."""
        if self.problem:
            return self.problem
        if self.assumption is not None:
            return f"the parameters break `{self.assumption.name}`: {self.assumption.text}"
        place = "the init block" if self.where == "init" else f"step {self.step + 1}"
        why = self.reverted.why if self.reverted is not None else None
        return f"{place} reverts" + (f" ({why.kind}: {why.text})" if why is not None else "")


# ---------------------------------------------------------------------------------------------- single steps


def run_action(interp: Interpreter, scope: Scope, params: Valuation, state: Valuation, move: Move) -> Step:
    """The step that a move makes from a state. If the action reverts, `after` is `before` and `reverted` says why."""
    frame = interp.frame(scope, params, state)
    before = frame.now
    reverted = act(interp, frame, interp.actions[move.action], move.args, move.choices)
    return shown_step(interp, Step(move, before, frame.now, "", reverted), frame.members)


def initial(interp: Interpreter, scope: Scope, params: Valuation, choices: Mapping[str, Cell]) -> Valuation | Reverted:
    """The state that the init block makes with these choices, or why it makes none."""
    frame = interp.frame(scope, params)
    reverted = enter(interp, frame, choices)
    return shown(interp.system.states, frame.now) if reverted is None else reverted


def check_assumptions(interp: Interpreter, scope: Scope, params: Valuation) -> Assumption | None:
    """The first assumption that the parameters break: a range, a `where`, an `assume`."""
    return failing_assumption(interp, interp.frame(scope, params))


def impossible(system: System, scope: Scope) -> str:
    """Why there can't be just these members, in words; empty if there can. Each sort has somebody, as many as the model
    says where it does, each with a name of its own that can be written; an enum has the members that it lists."""
    for name in scope.names:
        if all(name != sort.name for sort in system.sorts):
            return f"there is no sort `{name}`"
    for sort in system.sorts:
        names = scope.names.get(sort.name, sort.members)
        if sort.members and names != sort.members:
            return f"`{sort.name}` does not have just these members: {', '.join(names) or 'none'}"
        if not names:
            return f"there is no {sort.name}"
        if not all(name and name.isprintable() for name in names):
            return f"a member of `{sort.name}` has a name that can't be written"
        if len(set(names)) < len(names):
            return f"two members of `{sort.name}` have one name"
        if sort.size is not None and len(names) != sort.size:
            return f"`{sort.name}` has {sort.size} members, and not {len(names)}"
    return ""


def shown_step(interp: Interpreter, step: Step, members: Mapping[str, range]) -> Step:
    """The step with its values in their outside form."""
    states, action = interp.system.states, interp.actions[step.move.action]
    args = tuple(typed(v, a.ty) for a, v in zip(action.args, step.move.args, strict=True))
    before = shown(states, step.before)
    after = before if step.after is step.before else shown(states, step.after)
    choices = shown_choices(interp, action.body, step.move.choices, members)
    return Step(Move(step.move.action, args, choices), before, after, step.branch, step.reverted, step.span)


def shown_choices(
    interp: Interpreter, body: tuple[Stmt, ...], choices: Mapping[str, Cell], members: Mapping[str, range]
) -> Mapping[str, Cell]:
    """The choices with their values in their outside form. What the body does not choose is left out, and so is what
    could not be chosen: where the run does not come by, nobody has looked at it."""
    out: dict[str, Cell] = {}
    for stmt in statements_of(body):
        match stmt:
            case Choose(var, _, low, high):
                name, variable = var.name, Variable(var.name, (), var.ty, low, high)
            case Havoc(state, _, name):
                variable = interp.states[state]
            case _:
                continue
        if name in choices and complete_and_admitted(variable, choices[name], members):
            out[name] = shown_cell(variable, choices[name])
    return out


# ---------------------------------------------------------------------------------------------- whole runs


def replay(interp: Interpreter, candidate: Candidate) -> Trace | Mismatch:
    """The run that a candidate claims, or the first thing that does not fit."""
    ran = _run(interp, candidate, explain=True)
    if isinstance(ran, Mismatch):
        return ran
    return _trace(interp, candidate, ran)


def confirm(interp: Interpreter, prop: Property, candidate: Candidate) -> Counterexample | Mismatch | None:
    """The counterexample that a candidate is (for a `reachable`: the run that gets there); None if the run exists but
    does not break the property."""
    ran = _run(interp, candidate, explain=True)
    if isinstance(ran, Mismatch):
        return ran
    found = _judge(interp, prop, ran, candidate)
    if found is None:
        return None
    return Counterexample(
        trace=_trace(interp, candidate, ran),
        witness=found.witness,
        program=tuple(shown_step(interp, s, ran.frame.members) for s in found.program),
        span=found.stop.span if found.stop is not None else NOWHERE,
        undefined=found.undefined,
    )


def refutes(interp: Interpreter, prop: Property, candidate: Candidate) -> bool:
    """Whether `confirm` would find a counterexample; quicker, for searches that ask often."""
    ran = _run(interp, candidate, explain=False)
    return not isinstance(ran, Mismatch) and _judge(interp, prop, ran, candidate) is not None


def violates(
    interp: Interpreter,
    prop: Property,
    trace: Trace,
    args: Mapping[str, Value] | None = None,
    program_choices: Sequence[Mapping[str, Cell]] = (),
) -> Counterexample | None:
    """The counterexample to a property at the end of a run (a step property: over its last step)."""
    found = confirm(interp, prop, candidate_of(trace, args or {}, program_choices))
    return None if isinstance(found, Mismatch) else found


def candidate_of(
    trace: Trace, args: Mapping[str, Value], program_choices: Sequence[Mapping[str, Cell]] = ()
) -> Candidate:
    """The claim that a run makes, to be checked or shortened. Steps that reverted changed nothing, and are left out."""
    moves = tuple(s.move for s in trace.steps if s.reverted is None)
    return Candidate(trace.scope, trace.params, trace.choices, moves, args, tuple(program_choices))


def claim_of(counterexample: Counterexample) -> Candidate:
    """The claim that a counterexample makes."""
    choices = tuple(s.move.choices for s in counterexample.program)
    return candidate_of(counterexample.trace, counterexample.witness, choices)


@final
@dataclass(frozen=True, slots=True)
class _Ran:
    frame: Frame
    states: tuple[dict[str, Any], ...]


def _run(interp: Interpreter, candidate: Candidate, *, explain: bool) -> _Ran | Mismatch:
    problem = impossible(interp.system, candidate.scope)
    if problem:
        return Mismatch("members", problem=problem)
    frame = interp.frame(candidate.scope, candidate.params)
    frame.explain = explain
    broken = failing_assumption(interp, frame)
    if broken is not None:
        return Mismatch("assumption", assumption=broken)
    reverted = enter(interp, frame, candidate.choices)
    if reverted is not None:
        return Mismatch("init", reverted=reverted)
    states = [frame.now]
    for number, move in enumerate(candidate.moves):
        reverted = act(interp, frame, interp.actions[move.action], move.args, move.choices)
        if reverted is not None:
            return Mismatch("step", number, reverted=reverted)
        states.append(frame.now)
    return _Ran(frame, tuple(states))


def _trace(interp: Interpreter, candidate: Candidate, ran: _Ran) -> Trace:
    system, members = interp.system, ran.frame.members
    states = [shown(system.states, s) for s in ran.states]
    steps: list[Step] = []
    for move, before, after in zip(candidate.moves, states, states[1:], strict=False):
        action = interp.actions[move.action]
        args = tuple(typed(v, a.ty) for a, v in zip(action.args, move.args, strict=True))
        choices = shown_choices(interp, action.body, move.choices, members)
        steps.append(Step(Move(move.action, args, choices), before, after))
    return Trace(
        scope=with_enums(system, candidate.scope),
        params=shown(system.params, ran.frame.params),
        choices={
            **shown_choices(interp, system.init, candidate.choices, members),
            **{name: states[0][name] for name in interp.open},
        },
        start=states[0],
        steps=tuple(steps),
    )


# ---------------------------------------------------------------------------------------------- judging


@final
@dataclass(frozen=True, slots=True)
class _Found:
    witness: Mapping[str, Value]
    program: Sequence[Step] = ()
    stop: Stop | None = None
    undefined: bool = False


def _judge(interp: Interpreter, prop: Property, ran: _Ran, candidate: Candidate) -> _Found | None:
    frame = ran.frame
    frame.locals, frame.now = {}, ran.states[-1]
    match prop:
        case Invariant(formula=formula, defined=defined):
            return _claim(interp, frame, formula, defined)
        case StepProperty(formula=formula, defined=defined):
            if not candidate.moves:
                return None
            frame.old, frame.action = ran.states[-2], candidate.moves[-1].action
            return _claim(interp, frame, formula, defined)
        case Reachable(formula=formula, defined=defined):
            if not interp.holds(frame, defined) or not interp.holds(frame, formula):
                return None
            return _Found(_search(interp, frame, formula, truth=True))
        case Rule():
            return _rule(interp, frame, prop, candidate)
        case Enabled():
            found = stuck(interp, frame, prop, candidate.args)
            return _Found(found.witness, undefined=found.undefined) if found is not None else None
        case Responds():
            return _responds(interp, frame, prop, ran, candidate)
        case Scenario():
            return None


def _responds(interp: Interpreter, frame: Frame, prop: Responds, ran: _Ran, candidate: Candidate) -> _Found | None:
    names = [v.name for v in prop.vars]
    for key in product(*(domain(v.ty, frame.members) for v in prop.vars)):
        frame.locals = dict(zip(names, key, strict=True))
        if not interp.holds(frame, prop.defined):
            return _Found(_members(prop, key), undefined=True)
    now = last_waits(interp, frame, prop, ran.states, [m.action for m in candidate.moves])
    late = too_late(interp, frame, prop, now)
    return None if late is None else _Found(_members(prop, late))


def _members(prop: Responds, key: tuple[int, ...]) -> dict[str, Value]:
    return {v.name: typed(member, v.ty) for v, member in zip(prop.vars, key, strict=True)}


def _claim(interp: Interpreter, frame: Frame, formula: Term, defined: Term) -> _Found | None:
    if not interp.holds(frame, defined):
        return _Found(_search(interp, frame, defined, truth=False), undefined=True)
    if not interp.holds(frame, formula):
        return _Found(_search(interp, frame, formula, truth=False))
    return None


def _rule(interp: Interpreter, frame: Frame, rule: Rule, candidate: Candidate) -> _Found | None:
    local = arguments(frame, rule.args, candidate.args)
    if local is None:
        return None
    chosen = shown_choices(interp, rule.program, candidate.args, frame.members)
    extra = {name: value for name, value in chosen.items() if not isinstance(value, Mapping)}
    player = Player(interp, frame, {**local, **extra}, candidate.program_choices)
    stop = player.play(rule.program)
    if stop is None or stop.kind in ("reverted", "require"):
        return None
    given = {a.name: typed(local[a.name], a.ty) for a in rule.args}
    return _Found({**extra, **given}, player.steps, stop, stop.kind == "undefined")


def arguments(frame: Frame, variables: Iterable[Variable], given: Mapping[str, Value]) -> dict[str, Any] | None:
    """The arguments in their inside form, what is missing by default; None if one is out of its range."""
    local = completed(variables, given, frame.members)
    for variable in variables:
        if not admits(variable, local[variable.name], frame.members):
            return None
        local[variable.name] = carried(local[variable.name], variable.ty)
    return local


def _search(interp: Interpreter, frame: Frame, term: Term, *, truth: bool) -> dict[str, Value]:
    """Values of the outermost quantified variables that make a term have the given truth value (as it has)."""
    match term:
        case Quant(kind, var, body) if kind == ("exists" if truth else "forall"):
            for member in domain(var.ty, frame.members):
                frame.locals[var.name] = member
                if interp.holds(frame, body) is truth:
                    return {var.name: typed(member, var.ty), **_search(interp, frame, body, truth=truth)}
            return {}
        case Op("and", args) if not truth:
            failing = next((a for a in args if not interp.holds(frame, a)), None)
            return _search(interp, frame, failing, truth=False) if failing is not None else {}
        case Op("or", args) if truth:
            true = next((a for a in args if interp.holds(frame, a)), None)
            return _search(interp, frame, true, truth=True) if true is not None else {}
        case Op("and", args):
            out: dict[str, Value] = {}
            for arg in args:
                out = {**_search(interp, frame, arg, truth=True), **out}
            return out
        case Op("implies", (_, consequent)) if not truth:
            return _search(interp, frame, consequent, truth=False)
        case Op("not", (inner,)):
            return _search(interp, frame, inner, truth=not truth)
        case Named(_, _, body):
            return _search(interp, frame, body, truth=truth)
        case _:
            return {}
