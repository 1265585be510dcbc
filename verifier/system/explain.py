"""Why a formula is false in a state: the formula with names and numbers put in, down to the comparison that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Literal, assert_never, final

from verifier.language.frozen import dataclass, field
from verifier.language.types import Unit
from verifier.system.evaluate import Env, Frame, Undefined, domain, frame_of, typed
from verifier.system.execute import Interpreter
from verifier.system.numbers import format_value, member, number
from verifier.system.pretty import Leaf, pretty
from verifier.system.programs import Player
from verifier.system.replay import arguments
from verifier.system.rewrite import children, free_variables, subterms
from verifier.system.terms import TRUE, ActionIs, Agg, Named, Op, Param, Quant, State, Term, Value, Var
from verifier.system.trace import Counterexample, Scope
from verifier.system.transition import (
    Enabled,
    Invariant,
    Property,
    Reachable,
    Responds,
    Rule,
    Scenario,
    StepProperty,
    Stmt,
)
from verifier.system.units import Units, program_units, unit_of, units_of
from verifier.system.values import with_enums

_CONSTANT_WITH_UNIT = re.compile(r"(?<=[0-9])\[([^\]]+)\]")


@final
@dataclass(frozen=True, slots=True)
class Explanation:
    """One formula or quantity at a state.

    `text` is in the language's words with the members' names put in, `numbers` the same with numbers put in, one more
    step computed each time: `debt[A] <= value(A) * liq_threshold`, `850 USD <= 1_000 USD * 0.8`, `850 USD <= 800 USD`.
    `holds` is its truth, None for a quantity or where it has no value. `note` says what a reader has to know (`fails
    for a = A`). `parts` are what it comes from: only those that matter.
    """

    text: str
    numbers: tuple[str, ...] = ()
    holds: bool | None = None
    kind: Literal["claim", "quantity", "undefined"] = "claim"
    note: str = ""
    parts: tuple[Explanation, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation as a reader sees it, indented by `depth`."""

    depth: int
    text: str
    holds: bool | None


def lines(explanation: Explanation, depth: int = 0) -> Iterator[Line]:
    """The explanation from the top down, one line a formula or step of computation."""
    note = f"   ({explanation.note})" if explanation.note else ""
    if explanation.kind == "quantity":
        yield Line(depth, " = ".join((explanation.text, *explanation.numbers)) + note, None)
    else:
        yield Line(depth, explanation.text + note, explanation.holds)
        for text in explanation.numbers:
            yield Line(depth + 1, text, explanation.holds)
    for part in explanation.parts:
        yield from lines(part, depth + 1)


# ---------------------------------------------------------------------------------------------- entry points


def explain(interp: Interpreter, formula: Term, env: Env, units: Units | None = None) -> Explanation:
    """Why a formula is false (or true, or without a value) in an environment, whose scope must name the enums too.

    Locals of a sort are called by their members' names; `units` tells the units of numeric locals.
    """
    place = _Place(interp, frame_of(env), env.scope, units or units_of(interp.system))
    return _explain(formula, place)


def explain_counterexample(interp: Interpreter, prop: Property, found: Counterexample) -> Explanation | None:
    """Why a property fails at the end of its counterexample (why a `reachable` formula holds there); None where there
    is no formula to explain: a call that ran or reverted against expectation, an action that cannot run."""
    trace = found.trace
    scope = with_enums(interp.system, trace.scope)
    frame = interp.frame(scope, trace.params, trace.end)
    place = _Place(interp, frame, scope, units_of(interp.system))
    match prop:
        case Invariant() | StepProperty() | Reachable():
            if isinstance(prop, StepProperty) and trace.steps:
                frame.old, frame.action = trace.steps[-1].before, trace.steps[-1].move.action
            claim = prop.defined if found.undefined else prop.formula
        case Rule(_, args, program):
            local = {**found.witness, **(arguments(frame, args, found.witness) or {})}
            place = replace(place, units=program_units(place.units, args, program))
            claim = _play(place, program, local, found)
        case Scenario(_, _, _, program):
            place = replace(place, units=program_units(place.units, (), program))
            claim = _play(place, program, {}, found)
        case Responds():
            frame.locals = {v.name: found.witness[v.name] for v in prop.vars}
            claim = prop.defined if found.undefined else prop.response
        case Enabled():
            return None
        case _:
            assert_never(prop)
    if claim == TRUE:
        return None
    explanation = _explain(claim, place)
    return replace(explanation, note=_NEEDED) if found.undefined else explanation


_NEEDED = "must hold for the formula to have a value"


def _play(place: _Place, program: tuple[Stmt, ...], local: Mapping[str, Value], found: Counterexample) -> Term:
    """Run the program again, and return what was found false at its end."""
    player = Player(place.interp, place.frame, dict(local), [s.move.choices for s in found.program])
    stop = player.play(program)
    place.frame.locals = player.locals
    return stop.claim if stop is not None else TRUE


# ---------------------------------------------------------------------------------------------- descending


@final
@dataclass(frozen=True, slots=True)
class _Place:
    """Where a formula is explained; `names` are what the locals are called."""

    interp: Interpreter
    frame: Frame
    scope: Scope
    units: Units
    names: Mapping[str, str] = field(default_factory=dict)

    def value(self, term: Term) -> Value | None:
        """The value of a subterm, None if it has none."""
        try:
            return typed(self.interp.code(term)(self.frame), term.ty)
        except Undefined:
            return None

    def text(self, term: Term, leaf: Leaf | None = None) -> str:
        """A subterm in words."""
        return pretty(term, self.scope, {**self._members(term), **self.names}, self.units, leaf)

    def _members(self, term: Term) -> dict[str, str]:
        """The names of members that locals from outside stand for."""
        local = self.frame.locals
        return {
            v.name: member(local[v.name], v.ty, self.scope)
            for v in subterms(term)
            if isinstance(v, Var) and v.ty.name and local.get(v.name) is not None
        }

    def shown(self, term: Term, like: Unit | None = None) -> str:
        """A subterm's value with its unit; a constant other than zero has the one it is compared with."""
        value = self.value(term)
        if value is None:
            return "undefined"
        unit = unit_of(term, self.units) if term.ty.numeric else None
        if unit is None and value:
            unit = like
        return format_value(value, term.ty, str(unit) if unit is not None else "", self.scope)

    def exact(self, term: Term) -> str:
        """A number in full."""
        value = self.value(term)
        return number(value) if value is not None and term.ty.numeric else self.shown(term)

    def numbers(self, term: Term) -> str:
        """A term with the values of what it reads put in."""

        def leaf(inner: Term) -> str | None:
            match inner:
                case State() | Param() | Named() | Agg() if inner is not term and self._is_closed(inner):
                    return self.shown(inner)
                case Var(name) if self.frame.locals.get(name) is not None:
                    return self.shown(inner)
                case _:
                    return None

        return _CONSTANT_WITH_UNIT.sub(r" \1", self.text(term, leaf))

    def _is_closed(self, term: Term) -> bool:
        """Whether a term has a value here, rather than one for each member that something around it goes over."""
        return all(self.frame.locals.get(v.name) is not None for v in free_variables(term))

    def binding(self, var: Var, value: int | bool) -> _Place:
        """The place where a bound variable stands for a member."""
        self.frame.locals[var.name] = value
        return replace(self, names={**self.names, var.name: member(value, var.ty, self.scope)})


def _explain(term: Term, place: _Place) -> Explanation:
    truth = place.value(term)
    if truth is None:
        return _undefined(term, place)
    match term:
        case Quant():
            return _quantified(term, bool(truth), place)
        case Op("and" | "or", args):
            decisive = [a for a in args if place.value(a) == truth]
            told = decisive if (term.op == "and") != bool(truth) else list(args)
            return _claim(term, bool(truth), place, told)
        case Op("implies", (left, right)):
            told = [left, right] if not truth else [right] if place.value(left) else [left]
            return _claim(term, bool(truth), place, told)
        case Op("ite", (condition, then, otherwise)):
            return _claim(term, bool(truth), place, [condition, then if place.value(condition) else otherwise])
        case Op("not", (inner,)) | Named(_, _, inner):
            return _claim(term, bool(truth), place, [inner])
        case Op():
            return _comparison(term, bool(truth), place)
        case ActionIs():
            ran = f"the action is {place.frame.action}" if not truth and place.frame.action else ""
            return Explanation(place.text(term), holds=bool(truth), note=ran)
        case _:
            return Explanation(place.text(term), holds=bool(truth))


def _claim(term: Term, truth: bool, place: _Place, told: list[Term]) -> Explanation:
    """What a compound claim comes from: those of its parts that decide it."""
    return Explanation(place.text(term), holds=truth, parts=tuple(_explain(t, place) for t in told))


def _quantified(term: Quant, truth: bool, place: _Place) -> Explanation:
    text = place.text(term)
    if truth is (term.kind == "forall"):
        return Explanation(text, holds=truth)
    outer = place.frame.locals.get(term.var.name)
    for value in domain(term.var.ty, place.frame.members):
        here = place.binding(term.var, value)
        if here.value(term.body) is truth:
            inner = _explain(term.body, here)
            break
    else:
        return Explanation(text, holds=truth)
    place.frame.locals[term.var.name] = outer
    name = term.var.name.partition("'")[0]
    note = f"{'holds' if truth else 'fails'} for {name} = {here.names[term.var.name]}"
    return Explanation(text, holds=truth, note=note, parts=(inner,))


def _comparison(term: Op, truth: bool, place: _Place) -> Explanation:
    text = place.text(term)
    like = next((u for u in (unit_of(a, place.units) for a in term.args if a.ty.numeric) if u is not None), None)
    sides = [place.shown(a, like) for a in term.args]
    if sides[0] == sides[1] and place.value(term.args[0]) != place.value(term.args[1]):
        sides = [place.exact(a) for a in term.args]  # too close to tell apart when rounded
    computed = f" {_SIGN[term.op]} ".join(sides)
    numbers = _distinct(text, place.numbers(term), computed)
    return Explanation(text, numbers, truth, parts=_quantities(term, place))


_SIGN: Mapping[str, str] = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _distinct(text: str, *more: str) -> tuple[str, ...]:
    out = [text]
    for item in more:
        if item != out[-1]:
            out.append(item)
    return tuple(out[1:])


def _quantities(term: Term, place: _Place) -> tuple[Explanation, ...]:
    """The definitions and aggregates in a term, each with how its value comes about."""
    out: dict[str, Explanation] = {}
    for inner in _outermost(term):
        text = place.text(inner)
        if text in out:
            continue
        match inner:
            case Named(_, _, body):
                numbers = _distinct(text, place.text(body), place.numbers(body), place.shown(inner))
                out[text] = Explanation(text, numbers, kind="quantity", parts=_quantities(body, place))
            case Agg():
                numbers = _distinct(text, *_entries(inner, place), place.shown(inner))
                out[text] = Explanation(text, numbers, kind="quantity")
            case _:
                pass
    return tuple(out.values())


def _outermost(term: Term) -> Iterator[Term]:
    """Definitions and aggregates in a term that are in no other; those under binders have no value of their own."""
    match term:
        case Named() | Agg():
            yield term
        case Quant():
            return
        case _:
            for child in children(term):
                yield from _outermost(child)


_MOST_ENTRIES = 6


def _entries(term: Agg, place: _Place) -> tuple[str, ...]:
    """The entries that a short aggregate adds up, counts or compares."""
    locals_ = dict(place.frame.locals)
    shown: list[str] = []
    for combination in product(*(domain(v.ty, place.frame.members) for v in term.vars)):
        here = place
        for var, value in zip(term.vars, combination, strict=True):
            here = here.binding(var, value)
        if here.value(term.guard):
            shown.append(here.shown(term.body))
    place.frame.locals = locals_
    if term.kind == "count" or not 2 <= len(shown) <= _MOST_ENTRIES:
        return ()
    return (" + ".join(shown),) if term.kind == "sum" else (f"{term.kind}({', '.join(shown)})",)


def _undefined(term: Term, place: _Place) -> Explanation:
    """Which divisor is zero."""
    for inner in subterms(term):
        if isinstance(inner, Op) and inner.op == "div" and _is_zero(inner.args[1], place):
            note = f"has no value: {place.text(inner.args[1])} is 0"
            return Explanation(place.text(term), kind="undefined", note=note)
    return Explanation(place.text(term), kind="undefined", note="has no value")


def _is_zero(term: Term, place: _Place) -> bool:
    try:
        return place.value(term) == 0
    except KeyError:  # under a binder
        return False
