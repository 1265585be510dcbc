"""What a profile's numbers make of the assumptions under which a spec is proved."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.session.profiles import Profiled
from verifier.system.evaluate import Code, Env, Undefined, compile_term, evaluate, frame_of
from verifier.system.numbers import readable
from verifier.system.rewrite import subterms
from verifier.system.terms import Agg, Op, Param, Quant, Term, Value, Var
from verifier.system.trace import Scope
from verifier.system.transition import System

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@final
@dataclass(frozen=True, slots=True)
class _Read:
    """A condition ready to be evaluated, and what decides whether a profile can: the parameters that it speaks of, and
    whether it speaks of all members of a sort of any size."""

    condition: Term
    code: Code
    parameters: frozenset[str]
    of_everybody: bool


Known = dict[int, _Read]
"""Conditions by their identity, which they keep as long as they stand here."""


def unmet(profiled: Profiled, known: Known | None = None) -> tuple[Diagnostic, ...]:
    """The assumptions that the profile's numbers break, those that speak of its parameters alone. `known` is what was
    read for other profiles of the same systems.

    An assumption that also speaks of a symbolic parameter stays an assumption: it is listed beside each proof.
    """
    system = profiled.system
    out: list[Diagnostic] = []
    known = {} if known is None else known
    scope = Scope({s.name: s.members or tuple(str(i) for i in range(s.size or 0)) for s in system.sorts})
    env = Env(scope, system.fixed, {})
    frame = frame_of(env)
    for assumption in system.assumptions:
        read = _read(assumption.condition, system, known)
        if read.of_everybody or not read.parameters <= system.fixed.keys():
            continue
        try:
            holds = bool(read.code(frame))
        except Undefined:
            holds = False
        if holds:
            continue
        kind = "the demand on" if assumption.kind == "where" else "the assumption"
        values = {
            "profile": profiled.profile,
            "spec": system.spec,
            "kind": kind,
            "assumption": assumption.name,
            "text": assumption.text,
            "numbers": _numbers(assumption.condition, env),
        }
        key = next(_keys(assumption.condition, profiled), "name")
        place = profiled.raw.place(profiled.source, key)
        out.append(Diagnostic("VS0518", place, values, (("assumption", assumption.span),)))
    return tuple(out)


def _read(condition: Term, system: System, known: Known) -> _Read:
    found = known.get(id(condition))
    if found is None:
        everybody = speaks_of_everybody(condition, system)
        found = known[id(condition)] = _Read(condition, compile_term(condition), parameters_of(condition), everybody)
    return found


def parameters_of(condition: Term) -> frozenset[str]:
    """The parameters that a condition speaks of."""
    return frozenset(t.name for t in subterms(condition) if isinstance(t, Param))


def speaks_of_everybody(condition: Term, system: System) -> bool:
    """Whether a condition's value depends on how many members a sort has."""
    bound = (v for t in subterms(condition) for v in _bound(t))
    return any(v.ty.kind == "sort" and system.sort(v.ty.name).size is None for v in bound)


def _bound(term: Term) -> tuple[Var, ...]:
    match term:
        case Quant(_, var):
            return (var,)
        case Agg(vars=bound):
            return bound
        case _:
            return ()


def _keys(condition: Term, profiled: Profiled) -> Iterator[str]:
    """The parameters of the condition that the profile gives, in order of appearance."""
    mentioned = {name.split(".")[0] for name in parameters_of(condition)}
    yield from (key for key in profiled.raw.values if key in mentioned)


def _numbers(condition: Term, env: Env) -> str:
    """The false comparison with its two values, such as `1.02 <= 1`; empty where it is something else."""
    match condition:
        case Op("and", args):
            return next((_numbers(a, env) for a in args if not _holds(a, env)), "")
        case Op("eq" | "ne" | "lt" | "le" | "gt" | "ge" as op, (left, right)):
            try:
                return f"{_show(evaluate(left, env))} {_SIGNS[op]} {_show(evaluate(right, env))}"
            except Undefined:
                return "a division by zero"
        case _:
            return ""


def _holds(condition: Term, env: Env) -> bool:
    try:
        return bool(evaluate(condition, env))
    except Undefined:
        return False


def _show(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return readable(value)
