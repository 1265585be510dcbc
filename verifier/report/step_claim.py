"""A step property as a scenario's checks: what `old(…)` reads becomes a `let` before the last call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.system.pretty import pretty
from verifier.system.rewrite import subterms
from verifier.system.terms import (
    FALSE,
    TRUE,
    ActionIs,
    Agg,
    Const,
    Named,
    Op,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Var,
    conj,
    implies,
    negate,
)
from verifier.system.trace import Counterexample, Scope
from verifier.system.transition import StepProperty, System
from verifier.system.units import Units, unit_of, units_of, with_locals

_BOOL = Ty("bool")


def step_claim(system: System, prop: StepProperty, found: Counterexample, scope: Scope) -> tuple[list[str], list[str]]:
    """The lets that go before the last call, and the checks that go after it.

    The outer universal variables are the counterexample's own; inner quantifiers are written out over the members of
    the run, so that what they read of the state before can be kept in lets.
    """
    action = found.trace.steps[-1].move.action
    formula = _instance(prop.defined if found.undefined else prop.formula, found, action, scope)
    keeper = _Keeper(scope, units_of(system))
    claim = keeper.split(formula)
    return keeper.lets, [f"check {pretty(claim, scope, {}, keeper.all_units())}"]


def _instance(term: Term, found: Counterexample, action: str, scope: Scope) -> Term:
    """The formula for this run: witnesses put in, the action known, quantifiers over old values written out."""
    match term:
        case Quant("forall", var, body) if var.name in found.witness:
            return _instance(_put(body, {var.name: Const(found.witness[var.name], var.ty)}), found, action, scope)
        case Quant(kind, var, body) if _reads_old(body):
            parts = [
                _instance(_put(body, {var.name: Const(i, var.ty)}), found, action, scope)
                for i in range(scope.size(var.ty.name))
            ]
            return conj(*parts) if kind == "forall" else _any(parts)
        case ActionIs(name):
            return TRUE if name == action else FALSE
        case Op("and", args):
            return conj(*(_instance(a, found, action, scope) for a in args))
        case Op("or", args):
            return _any([_instance(a, found, action, scope) for a in args])
        case Op("implies", (left, right)):
            return implies(_instance(left, found, action, scope), _instance(right, found, action, scope))
        case Op("not", (inner,)):
            return negate(_instance(inner, found, action, scope))
        case Named(_, _, body) if _mixed(term):
            return _instance(body, found, action, scope)
        case _:
            return term


def _any(parts: list[Term]) -> Term:
    kept = [p for p in parts if p != FALSE]
    if any(p == TRUE for p in kept):
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else Op("or", tuple(kept), _BOOL)


def _reads_old(term: Term) -> bool:
    return any(isinstance(t, State | Named) and t.at == "old" for t in subterms(term))


def _reads_now(term: Term) -> bool:
    return any(isinstance(t, ActionIs) or (isinstance(t, State) and t.at == "now") for t in subterms(term))


def _mixed(term: Term) -> bool:
    return _reads_old(term) and _reads_now(term)


@final
@dataclass(slots=True)
class _Keeper:
    """Collects the lets while a formula is taken apart."""

    scope: Scope
    units: Units
    lets: list[str] = field(default_factory=list)
    known: dict[str, Var] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)

    def all_units(self) -> Units:
        """The units with those of the lets."""
        return with_locals(self.units, self.local)

    def split(self, term: Term) -> Term:
        """The term with all that is read before the step replaced by lets."""
        if not _reads_old(term):
            return term
        if not _reads_now(term) and not _worth_splitting(term):
            return self._keep(term)
        match term:
            case Op(op, args, ty):
                return Op(op, tuple(self.split(a) for a in args), ty)
            case State(name, keys, ty, at) if at == "now":
                return State(name, tuple(self.split(k) for k in keys), ty, at)
            case Named(_, _, body):
                return self.split(body)
            case _:
                return self._keep(term)

    def _keep(self, term: Term) -> Term:
        before = _as_now(term)
        text = pretty(before, self.scope, {}, self.units)
        if text not in self.known:
            name = re.sub(r"\W+", "_", text).strip("_")
            name = f"{name if len(name) <= 30 and name[:1].isalpha() else 'value'}_before"
            taken = {v.name for v in self.known.values()}
            while name in taken:
                name += "_too"
            self.known[text] = Var(name, term.ty)
            unit = unit_of(before, self.units)
            self.local[name] = str(unit) if unit is not None else ""
            self.lets.append(f"let {name} = {text}")
        return self.known[text]


def _worth_splitting(term: Term) -> bool:
    """Comparisons of old values are kept value by value, so that the numbers can be seen; definitions stay whole."""
    return isinstance(term, Op) and term.ty.kind == "bool"


def _as_now(term: Term) -> Term:
    """The same, read where the scenario is now."""
    match term:
        case State(name, keys, ty):
            return State(name, tuple(_as_now(k) for k in keys), ty, "now")
        case Param(name, keys, ty):
            return Param(name, tuple(_as_now(k) for k in keys), ty)
        case Named(name, args, body, ty):
            return Named(name, tuple(_as_now(a) for a in args), _as_now(body), ty, "now")
        case Op(op, args, ty):
            return Op(op, tuple(_as_now(a) for a in args), ty)
        case Quant(kind, var, body):
            return Quant(kind, var, _as_now(body))
        case Agg(kind, vars_, body, guard, ty):
            return Agg(kind, vars_, _as_now(body), _as_now(guard), ty)
        case Const() | Var() | ActionIs():
            return term


def _put(term: Term, values: Mapping[str, Term]) -> Term:
    """Constants for variables, everywhere."""
    match term:
        case Var(name):
            return values.get(name, term)
        case Const() | ActionIs():
            return term
        case State(name, keys, ty, at):
            return State(name, tuple(_put(k, values) for k in keys), ty, at)
        case Param(name, keys, ty):
            return Param(name, tuple(_put(k, values) for k in keys), ty)
        case Named(name, args, body, ty, at):
            return Named(name, tuple(_put(a, values) for a in args), _put(body, values), ty, at)
        case Op(op, args, ty):
            return Op(op, tuple(_put(a, values) for a in args), ty)
        case Quant(kind, var, body):
            return Quant(kind, var, _put(body, values))
        case Agg(kind, vars_, body, guard, ty):
            return Agg(kind, vars_, _put(body, values), _put(guard, values), ty)
