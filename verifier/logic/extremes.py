"""The greatest and the least of something over all members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.logic.formulas import Node
from verifier.logic.symbolic import Frame
from verifier.logic.universals import Universal
from verifier.system.rewrite import subterms
from verifier.system.terms import BOOL, TRUE, Agg, At, State, Var

if TYPE_CHECKING:
    from verifier.logic.encode import Encoder


def extreme(encoder: Encoder, term: Agg, frame: Frame) -> Node:
    """The greatest (least) body: at least (at most) each, and that of some member where there is any. The same one
    wherever it is asked for with the same entries and members."""
    names, reads = _dependencies(term)
    locals_ = tuple(frame.locals.get(n) for n in names)
    cells = tuple(frame.states[at][name] for name, at in reads)
    key = (id(term), locals_, tuple(c if isinstance(c, int) else id(c) for c in cells), encoder.members_spoken_of)
    found = encoder.extremes.get(key)
    if found is None:
        # What is remembered keeps the cells, so that no other gets their identity.
        found = encoder.extremes[key] = (_extreme(encoder, term, frame), cells)
    return found[0]


def _dependencies(term: Agg) -> tuple[tuple[str, ...], tuple[tuple[str, At], ...]]:
    """The locals and the state variables that a term reads."""
    parts = tuple(subterms(term))
    names = {t.name: None for t in parts if isinstance(t, Var)}
    return tuple(names), tuple({(t.name, t.at): None for t in parts if isinstance(t, State)})


def _extreme(encoder: Encoder, term: Agg, frame: Frame) -> Node:
    pool = encoder.pool
    best = encoder.scalar(term.kind, term.ty)
    open_ = tuple(v for v in term.vars if v.ty.name in encoder.world.open)
    closed = tuple(v for v in term.vars if v not in open_)
    cases = tuple(_cases(encoder, term, term.vars, frame))
    somebody_has_it = _attained(encoder, term, frame, best, cases if not open_ else ())

    def bound(body: Node) -> Node:
        return pool.le(body, best) if term.kind == "max" else pool.le(best, body)

    def at(members: tuple[Node, ...]) -> Node:
        there = frame
        for var, member in zip(open_, members, strict=True):
            there = there.with_local(var.name, member)
        found = _cases(encoder, term, closed, there)
        return pool.and_(pool.implies(g, pool.and_((bound(b), somebody_has_it))) for g, b in found)

    for guard, body in cases:
        encoder.define(pool.implies(guard, bound(body)))
    # Over nothing there is no greatest one; the property's definedness excludes that.
    unguarded = open_ and term.guard == TRUE
    encoder.define(pool.implies(pool.true if unguarded else pool.or_(g for g, _ in cases), somebody_has_it))
    if open_ and not encoder.members_spoken_of:
        encoder.universals.append(Universal(tuple(v.ty.name for v in open_), at))
    return best


def _attained(encoder: Encoder, term: Agg, frame: Frame, best: Node, cases: tuple[tuple[Node, Node], ...]) -> Node:
    """That some member has it: one of the cases given, or (over a sort of any size) one that is known only by a number.
    Of what members outside the classes have, it is not said who."""
    pool = encoder.pool
    open_ = tuple(v for v in term.vars if v.ty.name in encoder.world.open)
    if open_ and encoder.members_spoken_of:
        return encoder.scalar("somewhere", BOOL)
    if open_:
        by_number = frame
        for var in open_:
            by_number = by_number.with_local(var.name, encoder.scalar(f"{term.kind} {var.ty.name}", var.ty))
        cases = tuple(_cases(encoder, term, tuple(v for v in term.vars if v not in open_), by_number))
    return pool.or_(pool.and_((guard, pool.eq(body, best))) for guard, body in cases)


def _cases(encoder: Encoder, term: Agg, vars_: tuple[Var, ...], frame: Frame) -> Iterator[tuple[Node, Node]]:
    """Guard and body for all values of the variables in the classes."""
    if not vars_:
        yield encoder.truth(term.guard, frame), encoder.value(term.body, frame)
        return
    with encoder.for_each(vars_[0].ty.name) as members:
        for member in members:
            yield from _cases(encoder, term, vars_[1:], frame.with_local(vars_[0].name, member))
