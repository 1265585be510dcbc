"""A missed deadline in words: since when there is a wait, how often the action has run, and the counter of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.values import Item
from verifier.report.words import count, steps
from verifier.system.deadlines import NOT_WAITING, counter_of, history
from verifier.system.execute import Interpreter
from verifier.system.numbers import member
from verifier.system.pretty import pretty
from verifier.system.terms import Term
from verifier.system.trace import Counterexample, Scope
from verifier.system.transition import Property, Responds
from verifier.system.units import units_of
from verifier.system.values import with_enums


@final
@dataclass(frozen=True, slots=True)
class Missed:
    """The wait that is too long: it began after `begin` steps, and the action has run `times` since. `counters` tells
    for every state of the run how often it has run since a wait began, None while there is none."""

    begin: int
    times: int
    counters: tuple[int | None, ...]


def missed(interp: Interpreter, prop: Responds, found: Counterexample) -> Missed:
    """The wait of a counterexample's witness."""
    key = tuple(int(found.witness[v.name]) for v in prop.vars)
    told = [now[key] for now in history(interp, prop, found.trace)]
    begin = len(told) - 1
    while begin > 0 and told[begin - 1] != NOT_WAITING:
        begin -= 1
    return Missed(begin, max(told[-1], 0), tuple(None if n == NOT_WAITING else n for n in told))


def names_of(prop: Responds, found: Counterexample, scope: Scope) -> dict[str, str]:
    """What the property's variables are called in the counterexample."""
    return {v.name: member(found.witness[v.name], v.ty, scope) for v in prop.vars if v.name in found.witness}


def sentence(interp: Interpreter, prop: Responds, found: Counterexample) -> str:
    """What happened, after which steps."""
    scope = with_enums(interp.system, found.trace.scope)

    def text(term: Term) -> str:
        return pretty(term, scope, names_of(prop, found, scope), units_of(interp.system))

    number = len(found.trace.steps)
    after = f"After {steps(number)}" if number else "In the initial state"
    wait = missed(interp, prop, found)
    if not wait.times:
        return f"{after}, `{text(prop.trigger)}` holds and `{text(prop.response)}` does not."
    since = f"after step {wait.begin}" if wait.begin else "at the start"
    ran = f"`{prop.action}` has run {count(wait.times, 'time')} since `{text(prop.trigger)}` came about ({since})"
    return f"{after}, {ran}, and `{text(prop.response)}` has not been true since."


def counter_items(interp: Interpreter, prop: Property, found: Counterexample) -> tuple[Item, ...]:
    """The counter in every state of the run, called `waiting(name)[A]`; none where no deadline was missed."""
    if not isinstance(prop, Responds) or found.undefined:
        return ()
    scope = with_enums(interp.system, found.trace.scope)
    keys = ", ".join(names_of(prop, found, scope).values())
    name = counter_of(prop.heading.name) + (f"[{keys}]" if keys else "")
    return tuple(
        Item(name, "", "no" if n is None else str(n), NOT_WAITING if n is None else n, is_derived=True)
        for n in missed(interp, prop, found).counters
    )


def checked(interp: Interpreter, prop: Responds, found: Counterexample, calls: Sequence[str]) -> list[str]:
    """The calls of the run with what is to be checked between and behind them."""
    scope = with_enums(interp.system, found.trace.scope)
    names, units = names_of(prop, found, scope), units_of(interp.system)
    if found.undefined:
        return [*calls, f"check {pretty(prop.defined, scope, names, units)}"]
    wait = missed(interp, prop, found)
    begins = f"check {pretty(prop.trigger, scope, names, units)}  // from here on it is waited for"
    ends = f"check {pretty(prop.response, scope, names, units)}"
    return [*calls[: wait.begin], begins, *calls[wait.begin :], ends]
