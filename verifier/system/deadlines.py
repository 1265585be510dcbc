"""Deadlines: what `P leads to Q within N of A` means of a run, and the same as an invariant of a system with a counter.

For each value of the property's variables, a *wait* begins in a state where P holds and Q does not, unless one is under
way. It ends in the next state where Q holds. The property fails in a state in which a wait is under way since whose
first state A has run N times or more. So Q in the very state after the N-th A is in time, P again during a wait changes
nothing, and `within 0` says that P implies Q.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, final

from verifier.language.frozen import dataclass
from verifier.system.analysis import states_read, states_written
from verifier.system.evaluate import Frame, domain
from verifier.system.execute import Interpreter
from verifier.system.rewrite import renamed
from verifier.system.terms import BOOL, FALSE, INT, TRUE, Const, Op, State, Term, Var, conj, forall, implies, negate
from verifier.system.trace import Trace
from verifier.system.transition import Action, ForEach, Heading, Invariant, Responds, Set, Stmt, System, Variable

NOT_WAITING = -1
"""The counter while no wait is under way; else it tells how often the action has run since the wait began."""

Waits = Mapping[tuple[int, ...], int]
"""The counter for each value of the property's variables."""


# ---------------------------------------------------------------------------------------------- of a run


def waits(interp: Interpreter, frame: Frame, prop: Responds, before: Waits | None, action: str) -> Waits:
    """The counters in the frame's state, which `action` has led to (in a first state `before` is None)."""
    out: dict[tuple[int, ...], int] = {}
    for key in product(*(domain(v.ty, frame.members) for v in prop.vars)):
        frame.locals = {v.name: member for v, member in zip(prop.vars, key, strict=True)}
        earlier = NOT_WAITING if before is None else before[key]
        defined = interp.holds(frame, prop.defined)
        if defined and interp.holds(frame, prop.response):
            out[key] = NOT_WAITING
        elif earlier != NOT_WAITING:
            out[key] = earlier + (action == prop.action)
        else:
            out[key] = 0 if defined and interp.holds(frame, prop.trigger) else NOT_WAITING
    frame.locals = {}
    return out


def too_late(interp: Interpreter, frame: Frame, prop: Responds, now: Waits) -> tuple[int, ...] | None:
    """The first values of the property's variables whose wait is too long."""
    frame.locals = {}
    most = interp.code(prop.bound)(frame)
    return next((key for key, count in now.items() if count != NOT_WAITING and count >= most), None)


def history(interp: Interpreter, prop: Responds, trace: Trace) -> tuple[Waits, ...]:
    """The counters in every state of a run, the first state included."""
    frame = interp.frame(trace.scope, trace.params, trace.start)
    out = [waits(interp, frame, prop, None, "")]
    for step in trace.steps:
        if step.reverted is None:
            frame = interp.frame(trace.scope, trace.params, step.after)
            out.append(waits(interp, frame, prop, out[-1], step.move.action))
        else:
            out.append(out[-1])
    return tuple(out)


def last_waits(
    interp: Interpreter, frame: Frame, prop: Responds, states: Sequence[Any], actions: Sequence[str]
) -> Waits:
    """The counters at the end of a run, given by its states and the actions between them."""
    here = frame.now
    frame.now = states[0]
    now = waits(interp, frame, prop, None, "")
    for state, action in zip(states[1:], actions, strict=True):
        frame.now = state
        now = waits(interp, frame, prop, now, action)
    frame.now = here
    return now


# ---------------------------------------------------------------------------------------------- as an invariant


@final
@dataclass(frozen=True, slots=True)
class Watched:
    """A system that counts, and what there is to prove of it. Its runs are those of the system itself: the counters are
    computed at the end of every action and read by none."""

    system: System
    claim: Invariant
    """No wait is too long."""
    consistency: tuple[Invariant, ...]
    """What the counters say of the state: true by construction, and a help to the proof."""


def counter_of(name: str) -> str:
    """What the counter of a property is called: no name that a user could give."""
    return f"waiting({name})"


def known_of_wait(lemma: str) -> str:
    """A lemma about a counter, in a sentence: as a lemma no spec can state it, since no spec can name a counter."""
    return f"known of its wait: `{lemma}`"


def watched(system: System, prop: Responds) -> Watched:
    """The system with a counter for a property."""
    name = counter_of(prop.heading.name)
    keys = tuple(v.ty for v in prop.vars)
    counter = Variable(name, keys, INT, low=NOT_WAITING, span=prop.heading.span)
    waited = State(name, prop.vars, INT)
    waiting = Op("ge", (waited, _int(0)), BOOL)
    late = implies(waiting, Op("lt", _numbers(waited, prop.bound), BOOL))
    starts = conj(prop.trigger, negate(prop.response))
    instrumented = System(
        model=system.model,
        spec=system.spec,
        path=system.path,
        sorts=system.sorts,
        params=system.params,
        states=(*system.states, counter),
        assumptions=system.assumptions,
        relies=system.relies,
        init=(*system.init, *_first(prop, name)),
        actions=tuple(_counting(action, prop, name) for action in system.actions),
        definitions=system.definitions,
        properties=(),
        doc=system.doc,
        fixed=system.fixed,
        inherited=system.inherited,
    )
    claim = Invariant(prop.heading, _closed(prop.vars, late), _closed(prop.vars, prop.defined))
    ended = _closed(prop.vars, implies(conj(prop.defined, prop.response), Op("lt", (waited, _int(0)), BOOL)))
    begun = _closed(prop.vars, implies(conj(prop.defined, starts), waiting))
    consistency = tuple(
        Invariant(Heading(f"{name}: {what}", False, "", "", prop.heading.span), formula, TRUE, lemma=True)
        for what, formula in (("has ended", ended), ("has begun", begun))
    )
    return Watched(instrumented, claim, consistency)


def counting(system: System) -> System:
    """The system with a counter for each of its deadlines, which stand among its properties as invariants: that no wait
    is too long. It is the system itself where it has no deadlines. What holds of one of the two holds of the other, as
    far as it does not speak of counters."""
    counted, claims = system, dict[str, Invariant]()
    for prop in system.properties:
        if isinstance(prop, Responds):
            watching = watched(counted, prop)
            counted, claims[prop.heading.name] = watching.system, watching.claim
    if not claims:
        return system
    properties = tuple(claims.get(p.heading.name, p) for p in system.properties)
    return replace(counted, properties=properties, hints=system.hints)


def _numbers(waited: Term, bound: Term) -> tuple[Term, Term]:
    assert bound.ty == INT, "the checker lets whole numbers through only"
    return waited, bound


def _int(value: int) -> Const:
    return Const(value, INT)


def _closed(vars_: tuple[Var, ...], body: Term) -> Term:
    for var in reversed(vars_):
        body = forall(var, body)
    return body


def _first(prop: Responds, name: str) -> tuple[Stmt, ...]:
    own = _own_names(prop)
    begins = conj(own.defined, own.trigger, negate(own.response))
    return _for_all(own, Set(name, own.vars, _if(begins, _int(0), _int(NOT_WAITING)), prop.heading.span))


def _counting(action: Action, prop: Responds, name: str) -> Action:
    """The action with the counters brought up to date behind it; as it is where they can't change: where it is not the
    one that is counted, and writes nothing that the property reads."""
    reads = states_read(prop.trigger) | states_read(prop.response) | states_read(prop.defined)
    touches = bool(reads & states_written(action.body))
    counted = action.name == prop.action
    if not touches and not counted:
        return action
    own = _own_names(prop)
    waited = State(name, own.vars, INT)
    waiting = Op("ge", (waited, _int(0)), BOOL)
    onwards: Term = Op("add", (waited, _int(1)), INT) if counted else waited
    value = _if(waiting, onwards, _int(NOT_WAITING))
    if touches:
        begins = conj(own.defined, own.trigger)
        value = _if(waiting, onwards, _if(begins, _int(0), _int(NOT_WAITING)))
        value = _if(conj(own.defined, own.response), _int(NOT_WAITING), value)
    behind = _for_all(own, Set(name, own.vars, value, prop.heading.span))
    return Action(action.name, action.args, (*action.body, *behind), action.environment, action.doc, action.span)


def _own_names(prop: Responds) -> Responds:
    """The property with variables that no action has: lowering ends a name in `'2`, never in a letter."""

    def name(text: str) -> str:
        return f"{text}w" if "'" in text else f"{text}'w"

    return Responds(
        prop.heading,
        tuple(Var(name(v.name), v.ty) for v in prop.vars),
        renamed(prop.trigger, name),
        renamed(prop.response, name),
        prop.bound,
        prop.action,
        renamed(prop.defined, name),
    )


def _for_all(own: Responds, stmt: Stmt) -> tuple[Stmt, ...]:
    for var in reversed(own.vars):
        stmt = ForEach(var, (stmt,), own.heading.span)
    return (stmt,)


def _if(condition: Term, then: Term, otherwise: Term) -> Term:
    if condition == FALSE:
        return otherwise
    return then if condition == TRUE else Op("ite", (condition, then, otherwise), INT)


# ---------------------------------------------------------------------------------------------- guesses


def guesses(system: System, prop: Responds) -> Iterator[Term]:
    """Formulas that may tie the counter to a clock that the model keeps itself: while a wait is under way, it is no
    longer than an integer of the state, or than the time between two of them, or the state counts down from the
    bound. What they are worth is to be proved."""
    name = counter_of(prop.heading.name)
    waited = State(name, prop.vars, INT)
    waiting = Op("ge", (waited, _int(0)), BOOL)
    own = (v for v in system.states if v.ty == INT and v.name != name)
    clocks = [State(v.name, keys, INT) for v in own for keys in _at(v, prop.vars)]
    for clock in clocks:
        for atom in (
            Op("le", (waited, clock), BOOL),
            Op("lt", (waited, clock), BOOL),
            Op("le", (Op("add", (waited, clock), INT), prop.bound), BOOL),
            Op("lt", (Op("add", (waited, clock), INT), prop.bound), BOOL),
        ):
            yield _closed(prop.vars, Op("implies", (waiting, atom), BOOL))
    for later in clocks:
        for earlier in clocks:
            if later is not earlier:
                passed = Op("sub", (later, earlier), INT)
                yield _closed(prop.vars, Op("implies", (waiting, Op("le", (waited, passed), BOOL)), BOOL))


def _at(variable: Variable, vars_: tuple[Var, ...]) -> Iterator[tuple[Term, ...]]:
    """The variable at the property's own variables, in every way that the types allow."""
    yield from product(*([v for v in vars_ if v.ty == key] for key in variable.keys))
