"""The comparison that decides a violation: its two sides in every state of the run, and by how much it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.html.states import Stage
from verifier.system.evaluate import Frame, Undefined, domain
from verifier.system.execute import Interpreter
from verifier.system.numbers import member, readable
from verifier.system.pretty import pretty
from verifier.system.programs import Player
from verifier.system.replay import arguments
from verifier.system.rewrite import free_variables, subterms
from verifier.system.terms import TRUE, Const, Named, Op, Quant, State, Term, Value
from verifier.system.trace import Counterexample
from verifier.system.transition import (
    Enabled,
    Invariant,
    Property,
    Reachable,
    Responds,
    Rule,
    Scenario,
    StepProperty,
)
from verifier.system.units import program_units, unit_of, units_of
from verifier.system.values import with_enums

_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")

Number = int | Fraction


@final
@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a comparison, in words, and their values in each state (None where there is none). `unit` is
    theirs; `op` is the comparison that should hold, and does not; `fixed` tells which sides are
    written as numbers."""

    op: str
    left: str
    right: str
    unit: str
    values: tuple[tuple[Number | None, Number | None], ...]
    fixed: tuple[bool, bool] = (False, False)

    @property
    def sentence(self) -> str:
        """By how much it fails, empty where that says nothing."""
        left, right = self.values[-1]
        if left is None or right is None or left == right:
            return ""
        gap = readable(abs(Fraction(left) - right)) + (f" {self.unit}" if self.unit else "")
        match self.op:
            case "eq" if not right and self.right == "0":
                return f"`{self.left}` should be 0, and is {'' if left > 0 else '-'}{gap}."
            case "eq":
                return f"`{self.left}` and `{self.right}` should be equal, and are {gap} apart."
            case "le" | "lt":
                return f"`{self.left}` exceeds `{self.right}` by {gap}."
            case "ge" | "gt":
                return f"`{self.left}` falls short of `{self.right}` by {gap}."
            case _:
                return ""


def sides(interp: Interpreter, prop: Property, found: Counterexample, told: Sequence[Stage]) -> Sides | None:
    """The sides of the comparison that fails; None where it is no comparison of numbers."""
    trace = found.trace
    frame = interp.frame(trace.scope, trace.params, trace.end)
    units = units_of(interp.system)
    begin = 0
    match prop:
        case Invariant() | StepProperty():
            if isinstance(prop, StepProperty) and trace.steps:
                frame.old, frame.action = trace.steps[-1].before, trace.steps[-1].move.action
                begin = 1
            claim = prop.defined if found.undefined else prop.formula
        case Rule(args=args, program=program):
            local = {**found.witness, **(arguments(frame, args, found.witness) or {})}
            units = program_units(units, args, program)
            claim = _played(interp, frame, local, prop, found)
            begin = len(trace.steps)
        case Scenario(program=program):
            units = program_units(units, (), program)
            claim = _played(interp, frame, {}, prop, found)
        case Responds():
            frame.locals = {v.name: found.witness[v.name] for v in prop.vars if v.name in found.witness}
            claim = prop.defined if found.undefined else prop.response
        case Enabled() | Reachable():
            return None
    comparison = _deciding(interp, frame, claim)
    if comparison is None:
        return None
    left, right = comparison.args
    reads = {t.at for t in subterms(comparison) if isinstance(t, State | Named)}
    if reads & {"first", "second"}:
        return None
    scope = with_enums(interp.system, trace.scope)
    names = {
        v.name: member(frame.locals[v.name], v.ty, scope)
        for v in free_variables(comparison)
        if v.ty.kind in ("sort", "enum") and frame.locals.get(v.name) is not None
    }
    unit = unit_of(left, units) or unit_of(right, units)
    values = tuple(
        (None, None) if index < begin else _pair(interp, frame, (left, right), told, index)
        for index in range(len(told))
    )
    spelled = str(unit) if unit is not None else ""
    said = [_said(t, spelled) or pretty(t, scope, names, units) for t in (left, right)]
    fixed = (isinstance(left, Const), isinstance(right, Const))
    return Sides(comparison.op, said[0], said[1], spelled, values, fixed)


def _said(term: Term, unit: str) -> str:
    """A number with the unit of what it is compared with; empty for anything else."""
    match term:
        case Const(value):
            return f"{readable(value)} {unit}" if unit and value else readable(value)
        case _:
            return ""


def _played(
    interp: Interpreter, frame: Frame, local: Mapping[str, Value], prop: Rule | Scenario, found: Counterexample
) -> Term:
    """The check that is false at the end of the program; leaves its lets in the frame."""
    player = Player(interp, frame, dict(local), [s.move.choices for s in found.program])
    stop = player.play(prop.program)
    frame.locals = player.locals
    return stop.claim if stop is not None else TRUE


def _pair(
    interp: Interpreter, frame: Frame, terms: tuple[Term, Term], told: Sequence[Stage], index: int
) -> tuple[Number | None, Number | None]:
    """Both sides in one state, `old` being the one before."""
    frame.now = dict(told[index].state)
    if index:
        frame.old = told[index - 1].state
    return _number(interp, frame, terms[0]), _number(interp, frame, terms[1])


def _number(interp: Interpreter, frame: Frame, term: Term) -> Number | None:
    try:
        value: Number = interp.code(term)(frame)
    except (Undefined, KeyError):
        return None
    return value


def _deciding(interp: Interpreter, frame: Frame, claim: Term) -> Op | None:
    """The innermost comparison of numbers that makes the claim false; the locals of the frame are left as it needs
    them."""
    match claim:
        case Quant("forall", var, body):
            for value in domain(var.ty, frame.members):
                frame.locals[var.name] = value
                if not interp.holds(frame, body):
                    return _deciding(interp, frame, body)
            return None
        case Op("and" | "or", args):
            false = (a for a in reversed(args) if not interp.holds(frame, a))
            return next((c for a in false if (c := _deciding(interp, frame, a)) is not None), None)
        case Op("implies", (_, right)):
            return _deciding(interp, frame, right)
        case Op("ite", (condition, then, otherwise)):
            return _deciding(interp, frame, then if interp.holds(frame, condition) else otherwise)
        case Named(_, _, body):
            return _deciding(interp, frame, body)
        case Op(op, (left, _)) if op in _COMPARISONS and left.ty.numeric and not interp.holds(frame, claim):
            return claim
        case _:
            return None
