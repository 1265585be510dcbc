"""How far the comparisons in a condition are from their bounds: what searches for fitting values go by."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from typing import Any, assert_never

from verifier.system.evaluate import Code, Frame, Undefined, compile_term, domain
from verifier.system.terms import ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Var

Distances = Callable[[Frame], list[Any]]
"""The differences `left - right`, in an order that depends on the scope only; None for one that has no value."""


def compile_distances(term: Term) -> Distances:
    """The differences of the two sides of every numeric comparison in a term, and of the arguments of every `min` and
    `max`; those under a binder for every value of it."""
    match term:
        case Const() | Var() | ActionIs() | Param() | State():
            return _nothing
        case Op("eq" | "ne" | "lt" | "le" | "gt" | "ge" | "min" | "max", args) if args[0].ty.numeric:
            pairs = [_difference(compile_term(a), compile_term(b)) for a, b in combinations(args, 2)]
            return _all_of(*pairs, *(compile_distances(a) for a in args))
        case Op(_, args):
            return _all_of(*(compile_distances(a) for a in args))
        case Named(_, _, body):
            return compile_distances(body)
        case Quant(_, var, body):
            return _every_member((var,), compile_distances(body))
        case Agg(_, vars_, body, guard):
            return _every_member(vars_, _all_of(compile_distances(guard), compile_distances(body)))
        case _:
            assert_never(term)


def _nothing(_: Frame) -> list[Any]:
    return []


def _all_of(*parts: Distances) -> Distances:
    kept = tuple(p for p in parts if p is not _nothing)
    if not kept:
        return _nothing
    return kept[0] if len(kept) == 1 else lambda f: [d for part in kept for d in part(f)]


def _difference(left: Code, right: Code) -> Distances:
    def run(f: Frame) -> list[Any]:
        try:
            return [left(f) - right(f)]
        except Undefined:
            return [None]

    return run


def _every_member(vars_: tuple[Var, ...], body: Distances) -> Distances:
    if body is _nothing:
        return _nothing

    def run(f: Frame) -> list[Any]:
        out: list[Any] = []
        for members in product(*(domain(v.ty, f.members) for v in vars_)):
            f.locals.update((v.name, m) for v, m in zip(vars_, members, strict=True))
            out.extend(body(f))
        return out

    return run
