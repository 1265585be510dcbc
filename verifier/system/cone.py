"""The cone of influence: which assumptions have a say about what a claim speaks of.

An assumption about scalar parameters says nothing about others, unless it is false by itself (which is reported, and
nothing is called proved then). With n parameters and n² claims, writing all of them down in each claim would cost n³.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, assert_never, final

from verifier.system.rewrite import subterms
from verifier.system.terms import Agg, Param, Quant, Term
from verifier.system.transition import (
    Assumption,
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    ForEach,
    Havoc,
    Let,
    Require,
    Set,
    Stmt,
    System,
)


@final
class _Same:
    """A value that is equal to itself only: trees are too large to be compared by their contents."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def assumptions_about(system: System, *things: Term | tuple[Stmt, ...]) -> tuple[Assumption, ...]:
    """The assumptions that share parameters with terms or blocks, directly or through one another, in their order.

    Those that quantify, or speak of a map, are always among them.
    """
    read: frozenset[str] = frozenset()
    for thing in things:
        read |= _parameters_of(_Same(thing))
    return _connected(_Same(system), read)


@lru_cache(maxsize=4096)
def _parameters_of(thing: _Same) -> frozenset[str]:
    terms = _terms(thing.value) if isinstance(thing.value, tuple) else (thing.value,)
    return frozenset(t.name for term in terms for t in subterms(term) if isinstance(t, Param))


@lru_cache(maxsize=256)
def _connected(system: _Same, read: frozenset[str]) -> tuple[Assumption, ...]:
    assumptions = _with_parameters(system)
    reached = set(read)
    waiting = list(assumptions)
    kept: set[int] = set()
    while True:
        near = [(a, names) for a, names in waiting if names is None or not names or names & reached]
        if not near:
            return tuple(a for a, _ in assumptions if id(a) in kept)
        for assumption, names in near:
            kept.add(id(assumption))
            reached |= _parameters_of(_Same(assumption.condition)) if names is None else names
        waiting = [(a, names) for a, names in waiting if id(a) not in kept]


@lru_cache(maxsize=16)
def _with_parameters(system: _Same) -> tuple[tuple[Assumption, frozenset[str] | None], ...]:
    """Each assumption with the parameters it reads; None if it is to be kept in any case."""
    return tuple(
        (a, _parameters_of(_Same(a.condition)) if _is_scalar(a.condition) else None) for a in system.value.assumptions
    )


def _is_scalar(condition: Term) -> bool:
    return not any(isinstance(t, Quant | Agg) or (isinstance(t, Param) and t.keys) for t in subterms(condition))


def _terms(body: tuple[Stmt, ...]) -> Iterator[Term]:
    """All terms of a block."""
    for stmt in body:
        match stmt:
            case Require(condition):
                yield condition
            case Set(_, keys, value):
                yield from keys
                yield value
            case Let(_, value, defined):
                yield value
                yield defined
            case Choose(_, where) | Havoc(_, where):
                yield where
            case ForEach(_, inner):
                yield from _terms(inner)
            case Branch(condition, then, otherwise):
                yield condition
                yield from _terms(then)
                yield from _terms(otherwise)
            case Call(_, args, _, defined):
                yield from args
                yield defined
            case Check(condition, defined):
                yield condition
                yield defined
            case Compare(first, second):
                yield from _terms(first)
                yield from _terms(second)
            case _:
                assert_never(stmt)
