"""Lemmas that an action writes down by what it does: what it stored, and what had to be so for it to run.

After `rate := curve(used)` it is likely that `rate == curve(used)`; after `require G  done := true` that
`done implies G`; and a `require` about a value that is stored is likely to hold of what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.engines.members import for_all, free_members, free_variables
from verifier.system.rewrite import rewrite, subterms
from verifier.system.terms import BOOL, TRUE, Const, Op, Quant, State, Term, Var, conj, implies
from verifier.system.transition import Branch, Choose, Havoc, Let, Require, Set, Stmt, System


@final
@dataclass(slots=True)
class _Told:
    """What one path through an action says: the conditions it needs and what it stores, without lets. Conditions that
    come after an update are about the state then; as guesses go, that does not matter."""

    needed: list[Term] = field(default_factory=list)
    stored: list[tuple[State, Term]] = field(default_factory=list)
    lets: dict[Var, Term] = field(default_factory=dict)

    def resolved(self, term: Term) -> Term:
        """A term with what its lets stand for."""
        return rewrite(term, lambda t: self.lets.get(t) if isinstance(t, Var) else None)


def remembered(system: System) -> Iterator[Term]:
    """The guesses, those of what is stored first."""
    told = [t for body in (system.init, *(a.body for a in system.actions)) for t in _paths(system, body)]
    for one in told:
        yield from _of_stored(system, one)
    for one in told:
        yield from _of_needed(system, one)


def _paths(system: System, body: tuple[Stmt, ...]) -> tuple[_Told, ...]:
    """The straight line, and each branch of an outermost `if` by itself."""
    straight = _Told()
    branches: list[_Told] = []
    for stmt in body:
        match stmt:
            case Require(condition, why) if why.kind in ("require", "rely"):
                straight.needed += _parts(straight.resolved(condition))
            case Let(var, value):
                straight.lets[var] = straight.resolved(value)
            case Set(name, keys, value):
                at = tuple(straight.resolved(k) for k in keys)
                straight.stored.append((State(name, at, system.state(name).ty), straight.resolved(value)))
            case Havoc(_, where) | Choose(_, where):
                straight.needed += _parts(straight.resolved(where))
            case Branch(condition, then, otherwise):
                for taken, block in ((condition, then), (Op("not", (condition,), BOOL), otherwise)):
                    for inner in _paths(system, block):
                        inner.needed[:0] = [*straight.needed, straight.resolved(taken)]
                        branches.append(inner)
            case _:
                pass
    return (straight, *branches)


def _parts(condition: Term) -> tuple[Term, ...]:
    return condition.args if isinstance(condition, Op) and condition.op == "and" else (condition,)


def _of_stored(system: System, told: _Told) -> Iterator[Term]:
    """`v == e` after `v := e`."""
    for place, value in told.stored:
        if isinstance(value, Const) or not _plain(value) or not _reads(value):
            continue
        if place.name not in {s.name for s in _reads(value)}:
            yield for_all(system, Op("eq", (place, value), BOOL))


def _of_needed(system: System, told: _Told) -> Iterator[Term]:
    """`flag implies G` after `require G  flag := true`, with `G` in terms of what is stored; and `G` by itself."""
    new: dict[Term, State] = {value: place for place, value in told.stored if not isinstance(value, Const)}
    kept = [_in_new_terms(c, new) for c in told.needed]
    marks = [(place, value) for place, value in told.stored if isinstance(value, Const) and place.ty.kind != "real"]
    for place, value in marks:
        if place.ty.kind == "int":
            continue
        mark: Term = place if value == TRUE else Op("eq", (place, value), BOOL)
        if place.ty.kind == "bool" and value != TRUE:
            mark = Op("not", (place,), BOOL)
        own = set(free_members(place))
        good = [c for c in kept if _plain(c) and _reads(c) and place.name not in {s.name for s in _reads(c)}]
        for c in good:
            some = [v for v in free_members(c) if v not in own]
            yield for_all(system, implies(mark, _existing(c, some)))
        if len(good) > 1:
            whole = conj(*good)
            yield for_all(system, implies(mark, _existing(whole, [v for v in free_members(whole) if v not in own])))
    for c, before in zip(kept, told.needed, strict=True):
        if _plain(c) and _reads(c) and (c != before or not free_members(c)):
            yield for_all(system, c)


def _existing(body: Term, some: list[Var]) -> Term:
    for var in reversed(some):
        body = Quant("exists", var, body)
    return body


def _in_new_terms(condition: Term, new: Mapping[Term, State]) -> Term:
    """The condition with what was stored in place of the value that was stored."""
    return rewrite(condition, new.get)


def _plain(term: Term) -> bool:
    """Whether a term is about states, parameters and members only."""
    return all(v.ty.kind == "sort" for v in free_variables(term))


def _reads(term: Term) -> frozenset[State]:
    return frozenset(t for t in subterms(term) if isinstance(t, State))
