"""How far a formula is from being false, member by member.

A formula such as `forall a in Account: owes(a) implies debt[a] <= value(a)` is taken apart into comparisons: what
stands under `forall` and `and` becomes a part of its own, what stands left of `implies` says whom a part concerns. Each
part is then measured at every member; whatever does not depend on the member is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from heapq import nsmallest
from itertools import product
from math import prod
from typing import Any, final

from verifier.language.frozen import dataclass
from verifier.system.evaluate import Code, Frame, Undefined, compile_term, domain, typed
from verifier.system.generated import Function, function
from verifier.system.rewrite import children, free_variables, rewrite
from verifier.system.terms import INT, TRUE, Agg, Const, Named, Op, Quant, Term, Value, Var

Number = int | Fraction

MOST_CASES = 20_000_000
"""Members, pairs of members and so on that one part may go over."""

_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "ge": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
    "eq": lambda a, b: a == b,
}


@final
class TooManyCasesError(Exception):
    """There are more combinations of members than can be gone through. Carries their number."""

    def __init__(self, cases: int) -> None:
        super().__init__(cases)
        self.cases = cases


@final
@dataclass(frozen=True, slots=True)
class Part:
    """One part of a formula: for all values of `vars` for which every one of `guards` holds, `claim` does."""

    vars: tuple[Var, ...]
    guards: tuple[Term, ...]
    claim: Term

    @property
    def comparison(self) -> Op | None:
        """The comparison of numbers that the claim is, if it is one that can be nearly false."""
        claim = self.claim
        if isinstance(claim, Op) and claim.op in _ORDERED and claim.args[0].ty.numeric:
            return claim
        return None


def parts(formula: Term, vars_: tuple[Var, ...] = (), guards: tuple[Term, ...] = ()) -> Iterator[Part]:
    """The parts of a formula. It holds if and only if all of them do."""
    match formula:
        case Const(True):
            return
        case Quant("forall", var, body):
            yield from parts(body, (*vars_, var), guards)
        case Op("and", args):
            for arg in args:
                yield from parts(arg, vars_, guards)
        case Op("implies", (left, right)):
            yield from parts(right, vars_, (*guards, left))
        case Named(_, _, body) if _divides(body):
            yield from parts(body, vars_, guards)
        case _:
            yield Part(vars_, guards, formula)


def _divides(body: Term) -> bool:
    """Whether there is more to say of a definition than whether it holds."""
    match body:
        case Quant("forall") | Named():
            return True
        case Op(op):
            return op in ("and", "implies") or op in _ORDERED
        case _:
            return False


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """A part at one combination of members (their indices).

    `left` and `right` are the sides of its comparison, `over` by how much it fails (negative: by how much it holds),
    `ratio` what is needed as a share of what there is: 1 at the threshold, more beyond, None where nothing is needed.
    All are None where the claim has no such thing; `undefined` tells that it has no value, and `lacking` which part of
    it has none of its own: a quotient whose divisor is 0, a maximum or a minimum of nothing. (None where finding that
    out would take long.)
    """

    members: tuple[Any, ...]
    holds: bool
    left: Number | None = None
    right: Number | None = None
    over: Number | None = None
    ratio: Fraction | None = None
    undefined: bool = False
    lacking: Term | None = None


@final
@dataclass(frozen=True, slots=True)
class Measure:
    """A part at all members: how many it concerns and how many not, how many of those fail, by how much all of them
    together (None where that is no number), and the readings that are nearest to failing, nearest first."""

    part: Part
    concerned: int
    passed_over: int
    failing: int
    shortfall: Number | None
    nearest: tuple[Reading, ...]

    @property
    def holds(self) -> bool:
        """Whether it holds of everybody."""
        return not self.failing


def measure(part: Part, frame: Frame, top: int) -> Measure:
    """A part at all members of the frame. Raises TooManyCasesError where there are too many."""
    conditions = tuple(settled(g, frame) for g in part.guards)
    guards = tuple(function(c, part.vars, frame) for c in conditions)
    sizes = [domain(v.ty, frame.members) for v in part.vars]
    comparison = part.comparison
    inside: tuple[Term, ...] = (part.claim,) if comparison is None else comparison.args
    bodies = tuple(settled(t, frame) for t in inside)
    cases = prod(len(s) for s in sizes) * max(_cases(t, frame) for t in (*bodies, *conditions))
    if cases > MOST_CASES:
        raise TooManyCasesError(cases)
    computed = [function(b, part.vars, frame) for b in bodies]
    read = _truth(computed[0]) if comparison is None else _sides(comparison.op, *computed)
    tell = _plainly if comparison is None else _telling(comparison.op)
    counts = [0, 0, 0]  # concerned, passed over, failing
    totals: list[Number] = []

    def ranked() -> Iterator[tuple[_Rank, int, tuple[Any, ...], tuple[Any, ...]]]:
        for number, combination in enumerate(product(*sizes)):
            try:
                if guards and not all(g(*combination) for g in guards):
                    counts[1] += 1
                    continue
                rank, values = read(combination)
            except Undefined:
                rank, values = (0, 0, 0.0, None), ()
            counts[0] += 1
            if rank[0] == 0:
                counts[2] += 1
                reading = tell(combination, values, rank)
                if reading.over is not None:
                    totals.append(reading.over)
            yield rank, number, combination, values

    nearest = tuple(tell(members, values, rank) for rank, _, members, values in nsmallest(max(top, 1), ranked()))
    nearest = tuple(replace(r, lacking=_lacking(part, r.members, frame)) if r.undefined else r for r in nearest)
    return Measure(part, counts[0], counts[1], counts[2], sum(totals) if totals else None, nearest)


# ---------------------------------------------------------------------------------------------- without a value

_MOST_SEARCHED = 1_000_000
"""Members, pairs of members and so on that a formula may go over when it is asked why it has no value."""


def _lacking(part: Part, members: tuple[Any, ...], frame: Frame) -> Term | None:
    """The innermost term of a part that has no value at some members."""
    if any(_cases(t, frame) > _MOST_SEARCHED for t in (*part.guards, part.claim)):
        return None
    frame.locals.update(zip((v.name for v in part.vars), members, strict=True))
    for term in (*part.guards, part.claim):
        if _is_undefined(compile_term(term), frame):
            return _innermost(term, frame)
    return None


def _innermost(term: Term, frame: Frame) -> Term:
    """Of a term that has no value, the part that has none though all within it have. In the order of evaluation: what
    is not looked at need not have a value."""
    match term:
        case Quant(_, var, body):
            return _within(term, (var,), TRUE, body, frame)
        case Agg(_, vars_, body, guard):
            return _within(term, vars_, guard, body, frame)
        case Op("ite", (condition, left, right)) if not _is_undefined(compile_term(condition), frame):
            return _innermost(left if compile_term(condition)(frame) else right, frame)
        case _:
            for child in children(term):
                if _is_undefined(compile_term(child), frame):
                    return _innermost(child, frame)
            return term


def _within(term: Term, vars_: tuple[Var, ...], guard: Term, body: Term, frame: Frame) -> Term:
    """The same of a term with variables of its own."""
    asked, value = compile_term(guard), compile_term(body)
    for combination in product(*(domain(v.ty, frame.members) for v in vars_)):
        frame.locals.update(zip((v.name for v in vars_), combination, strict=True))
        if _is_undefined(asked, frame):
            return _innermost(guard, frame)
        if asked(frame) and _is_undefined(value, frame):
            return _innermost(body, frame)
    return term


def _is_undefined(code: Code, frame: Frame) -> bool:
    try:
        code(frame)
    except Undefined:
        return True
    return False


# ---------------------------------------------------------------------------------------------- ranking

_Rank = tuple[int, int, float, Any]
"""What to sort by: whether it holds, which kind of number says how nearly (a share, a difference, or none), that number
rounded, and the exact one. Rounding never turns two numbers round, and of two that are rounded alike the exact ones
decide. So the order is exact; it is only found quicker."""


@final
class _Exact:
    """A ratio of two integers that sorts the largest first."""

    __slots__ = ("above", "below")

    def __init__(self, above: int, below: int) -> None:
        self.above = above
        self.below = below

    def __lt__(self, other: _Exact) -> bool:
        return self.above * other.below > other.above * self.below

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Exact) and self.above * other.below == other.above * self.below

    __hash__ = None  # type: ignore[assignment]


def _rounded(above: int, below: int) -> float:
    try:
        return above / below
    except OverflowError:
        return float("inf") if above > 0 else float("-inf")


Read = Callable[[tuple[Any, ...]], tuple[_Rank, tuple[Any, ...]]]


def _truth(claim: Function) -> Read:
    return lambda members: ((1 if claim(*members) else 0, 3, 0.0, None), ())


def _sides(op: str, left: Function, right: Function) -> Read:
    """How a comparison is read: its rank, and the values of its two sides."""
    compare = _ORDERED[op]
    needed_is_left = op in ("le", "lt")
    equality = op == "eq"

    def read(members: tuple[Any, ...]) -> tuple[_Rank, tuple[Any, ...]]:
        a, b = left(*members), right(*members)
        need, limit = (a, b) if needed_is_left else (b, a)
        # Both sides times both denominators: integers in the same order, found without dividing.
        over = need.denominator * limit.denominator
        x, y = need.numerator * limit.denominator, limit.numerator * need.denominator
        holds = 1 if (compare(x, y) if needed_is_left or equality else compare(y, x)) else 0
        if equality:
            gap = abs(x - y)
            return (holds, 2, -_rounded(gap, over), _Exact(gap, over)), (a, b)
        if x > 0 and y > 0:
            return (holds, 1 if holds else 2, -_rounded(x, y), _Exact(x, y)), (a, b)
        if x == y == 0:  # nothing is needed, and there is nothing
            return (holds, 3, 0.0, None), (a, b)
        return (holds, 2 if holds else 1, -_rounded(x - y, over), _Exact(x - y, over)), (a, b)

    return read


Tell = Callable[[tuple[Any, ...], tuple[Any, ...], _Rank], Reading]


def _plainly(members: tuple[Any, ...], values: tuple[Any, ...], rank: _Rank) -> Reading:
    return Reading(members, bool(rank[0]), undefined=rank[:2] == (0, 0))


def _telling(op: str) -> Tell:
    """A reading from the two sides of a comparison. What is needed stands on the smaller side."""

    def tell(members: tuple[Any, ...], values: tuple[Any, ...], rank: _Rank) -> Reading:
        if not values:
            return Reading(members, holds=False, undefined=True)
        a, b = values
        if op == "eq":
            return Reading(members, bool(rank[0]), a, b, abs(a - b))
        need, limit = (a, b) if op in ("le", "lt") else (b, a)
        ratio = Fraction(need) / limit if limit > 0 and need > 0 else None
        return Reading(members, bool(rank[0]), a, b, need - limit, ratio)

    return tell


# ---------------------------------------------------------------------------------------------- what is computed once


def _cases(term: Term, frame: Frame) -> int:
    """Over how many combinations of members the term goes to have one value."""
    inner = max((_cases(c, frame) for c in children(term)), default=1)
    match term:
        case Quant(_, var):
            return len(domain(var.ty, frame.members)) * inner
        case Agg(_, vars_):
            return prod(len(domain(v.ty, frame.members)) for v in vars_) * inner
        case _:
            return inner


def settled(term: Term, frame: Frame) -> Term:
    """The term with values in place of everything that depends on no member, so that it is computed once. Raises
    TooManyCasesError where computing it would take too long."""
    match term:
        case Const() | Var():
            return term
        case _:
            new = rewrite(term, lambda node: None if node is term else settled(node, frame))
    if free_variables(new):
        return new
    if _cases(new, frame) > MOST_CASES:
        raise TooManyCasesError(_cases(new, frame))
    try:
        value: Value = typed(function(new, (), frame)(), new.ty)
    except Undefined:
        return _NOTHING
    return Const(value, new.ty)


_NOTHING: Term = Op("div", (Const(1, INT), Const(0, INT)), INT)
"""A term without a value."""
