"""Terms from the JSON values that `canonical` writes: lemmas that a file of proofs brings along."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

from verifier.system.canonical import term_json
from verifier.system.terms import ActionIs, Agg, Const, Op, OpName, Param, Quant, State, Term, Ty, Value, Var


def read_term(data: Any) -> Term:
    """The term that `term_json` writes so. ValueError for anything else."""
    try:
        term = _term(data)
    except (TypeError, IndexError, KeyError, ZeroDivisionError, RecursionError) as problem:
        raise ValueError("not a term") from problem
    if term_json(term) != data:
        raise ValueError("not a term")
    return term


def _term(data: Any) -> Term:
    match data:
        case ["const", value, ty]:
            return Const(_value(value, _type(ty)), _type(ty))
        case ["var", str(name), ty]:
            return Var(name, _type(ty))
        case ["param", str(name), keys, ty]:
            return Param(name, _terms(keys), _type(ty))
        case ["state", str(name), keys, ty, "now" | "old" | "first" | "second" as at]:
            return State(name, _terms(keys), _type(ty), at)
        case ["op", op, args, ty] if op in get_args(OpName):
            return Op(op, _terms(args), _type(ty))
        case ["forall" | "exists" as kind, var, body]:
            return Quant(kind, _var(var), _term(body))
        case ["agg", "sum" | "count" | "max" | "min" as kind, variables, body, guard, ty]:
            return Agg(kind, tuple(_var(v) for v in variables), _term(body), _term(guard), _type(ty))
        case ["action", str(name)]:
            return ActionIs(name)
        case _:
            raise ValueError("not a term")


def _terms(data: Any) -> tuple[Term, ...]:
    return tuple(_term(t) for t in data)


def _var(data: Any) -> Var:
    name, ty = data
    return Var(name, _type(ty))


def _type(data: Any) -> Ty:
    match data:
        case "bool" | "int" | "real" as kind:
            return Ty(kind)
        case ["sort" | "enum" as kind, str(name)]:
            return Ty(kind, name)
        case _:
            raise ValueError("not a type")


def _value(data: Any, ty: Ty) -> Value:
    if isinstance(data, bool):
        return data
    return Fraction(data) if ty.kind == "real" else int(data)
