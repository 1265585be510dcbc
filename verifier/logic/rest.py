"""Sums over the members outside the classes.

A body is brought to a polynomial in the factors that depend on the member; each monomial's sum is one opaque number,
and everything that does not depend on the member moves out of the sum. So `sum(collateral[a] * price)` before and after
a move of the price speaks of the same unknown, and a whole-map update by a common factor scales it.

A sum inside a sum is one over pairs, whichever is written outside: the members are named by their place, in one order,
so that equal sums are one node. And of the members that are a given one there is exactly one, or (where that one is a
class) none: `sum [k = a] m(a)` is `m(k)` if `k` is outside the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations, product

from verifier.logic.formulas import Node, Pool
from verifier.logic.replace import replaced

Monomial = tuple[Node, ...]
Polynomial = dict[Monomial, Node]
"""From a product of member-dependent factors to its coefficient, which does not depend on a member."""

Members = frozenset[Node]
"""The members outside the classes that are being spoken of."""

MOST_CHOICES = 2
"""Choices inside one factor or atom that are brought outside."""

MOST_REORDERED = 3
"""Sums inside one another whose order is looked past."""


# ---------------------------------------------------------------------------------------------- polynomials


def polynomial(pool: Pool, node: Node, members: Members) -> Polynomial:
    """A numeric node as a polynomial in what depends on one of `members`."""
    if not pool.binders[node] & members:
        return {(): node} if node != pool.zero else {}
    args = pool.args[node]
    match pool.ops[node]:
        case "add":
            out: Polynomial = {}
            for a in args:
                out = plus(pool, out, polynomial(pool, a, members))
            return out
        case "mul":
            out = {(): pool.one}
            for a in args:
                out = times(pool, out, polynomial(pool, a, members))
            return out
        case "div" if not pool.binders[args[1]] & members:
            return scaled(pool, polynomial(pool, args[0], members), pool.div(pool.one, args[1]))
        case "ite":
            return _either(pool, args[0], (args[1], args[2]), members, polynomial)
        case _:
            return _by_choice(pool, node, members, polynomial) or {(node,): pool.one}


def indicator(pool: Pool, condition: Node, members: Members) -> Polynomial:
    """1 where the condition holds and 0 elsewhere, as a polynomial in indicators of its atoms."""
    if not pool.binders[condition] & members:
        chosen = pool.ite(condition, pool.one, pool.zero)
        return {(): chosen} if chosen != pool.zero else {}
    args = pool.args[condition]
    match pool.ops[condition]:
        case "not":
            return complement(pool, indicator(pool, args[0], members))
        case "and":
            out: Polynomial = {(): pool.one}
            for a in args:
                out = times(pool, out, indicator(pool, a, members))
            return out
        case "eq" if pool.sorts[args[0]] == "B":
            return _either(pool, args[0], (args[1], pool.not_(args[1])), members, indicator)
        case _:
            atom = (pool.ite(condition, pool.one, pool.zero),)
            return _by_choice(pool, condition, members, indicator) or {atom: pool.one}


def _either(
    pool: Pool, condition: Node, outcomes: tuple[Node, Node], members: Members, of: Callable[..., Polynomial]
) -> Polynomial:
    chosen = indicator(pool, condition, members)
    then, otherwise = (of(pool, outcome, members) for outcome in outcomes)
    difference = plus(pool, then, scaled(pool, otherwise, pool.number(-1)))
    return plus(pool, otherwise, times(pool, chosen, difference))


def _by_choice(pool: Pool, node: Node, members: Members, of: Callable[..., Polynomial]) -> Polynomial | None:
    """A factor or an atom that has choices of the member's own inside, by what they choose; None if there are none (or
    so many that it is better left whole)."""
    if pool.ops[node] in ("app", "rest", "rsum"):
        return None
    conditions = set(_choices(pool, node, members))
    if not conditions or len(conditions) > MOST_CHOICES:
        return None
    # One that stands inside another is an older node.
    condition = min(conditions)
    then, otherwise = (replaced(pool, (node,), {condition: value})[0] for value in (pool.true, pool.false))
    return _either(pool, condition, (then, otherwise), members, of)


def _choices(pool: Pool, node: Node, members: Members) -> Iterator[Node]:
    seen: set[Node] = set()
    stack = [node]
    while stack:
        found = stack.pop()
        if found in seen or pool.ops[found] == "rsum" or not pool.binders[found] & members:
            continue
        seen.add(found)
        if pool.ops[found] == "ite" and pool.binders[pool.args[found][0]] & members:
            yield pool.args[found][0]
        stack.extend(pool.args[found])


def is_indicator(pool: Pool, node: Node) -> bool:
    """Whether a factor is 0 or 1."""
    return pool.ops[node] == "ite" and pool.args[node][1:] == (pool.one, pool.zero)


def plus(pool: Pool, left: Polynomial, right: Polynomial) -> Polynomial:
    """The sum of two polynomials."""
    out = dict(left)
    for monomial, coefficient in right.items():
        out[monomial] = pool.add(out[monomial], coefficient) if monomial in out else coefficient
    return {m: c for m, c in out.items() if c != pool.zero}


def times(pool: Pool, left: Polynomial, right: Polynomial) -> Polynomial:
    """The product of two polynomials; an indicator is its own square."""
    out: Polynomial = {}
    for m1, c1 in left.items():
        for m2, c2 in right.items():
            monomial = joined(pool, m1, m2)
            coefficient = pool.mul(c1, c2)
            out[monomial] = pool.add(out[monomial], coefficient) if monomial in out else coefficient
    return {m: c for m, c in out.items() if c != pool.zero}


def joined(pool: Pool, left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    more = [f for f in right if not (is_indicator(pool, f) and f in left)]
    return tuple(sorted((*left, *more)))


def scaled(pool: Pool, terms: Polynomial, factor: Node) -> Polynomial:
    """A polynomial times something that does not depend on a member."""
    return times(pool, terms, {(): factor})


def complement(pool: Pool, terms: Polynomial) -> Polynomial:
    """1 less a polynomial."""
    return plus(pool, {(): pool.one}, scaled(pool, terms, pool.number(-1)))


# ---------------------------------------------------------------------------------------------- sums


def rest_sum(pool: Pool, member: Node, body: Node) -> Node:
    """The sum of `body` over every member outside the classes."""
    return sum_of(pool, (member,), polynomial(pool, body, frozenset((member,))))


def sum_of(pool: Pool, members: tuple[Node, ...], terms: Polynomial) -> Node:
    """The sum of a polynomial over all choices of `members` outside the classes."""
    out: list[Node] = []
    for monomial, coefficient in terms.items():
        *outer, last = members
        inner = _monomial_sum(pool, last, monomial)
        for member in reversed(outer):
            inner = rest_sum(pool, member, inner)
        out.append(pool.mul(coefficient, inner))
    return pool.add(*out) if out else pool.zero


def _monomial_sum(pool: Pool, member: Node, monomial: Monomial) -> Node:
    own = tuple(f for f in monomial if member in pool.binders[f])
    common = [f for f in monomial if member not in pool.binders[f]]
    for factor in own:
        given = _given_member(pool, factor, member)
        if given is not None:
            others = pool.mul(*(f for f in own if f != factor)) if len(own) > 1 else pool.one
            (there,) = replaced(pool, (others,), {member: given})
            return pool.mul(*common, outside(pool, given, member), there)
    return pool.mul(*common, _ordered(pool, member, own)) if common else _ordered(pool, member, own)


def _given_member(pool: Pool, factor: Node, member: Node) -> Node | None:
    """The `k` of an indicator `[k = member]`."""
    if not is_indicator(pool, factor) or pool.ops[pool.args[factor][0]] != "eq":
        return None
    left, right = pool.args[pool.args[factor][0]]
    given = right if left == member else left
    return given if member in (left, right) and member not in pool.binders[given] else None


def outside(pool: Pool, given: Node, member: Node) -> Node:
    """1 if a member is outside the classes, like `member`, and 0 if it is one of them."""
    if pool.ops[given] == "rest":
        return pool.one
    classes = pool.bounds[member][0]
    assert classes is not None
    return pool.ite(pool.le(pool.number(classes), given), pool.one, pool.zero)


def _ordered(pool: Pool, member: Node, factors: tuple[Node, ...]) -> Node:
    """The sum of a product, with the sums in it (if it has one factor that is a sum) in the order that is theirs."""
    members, kept = [member], list(factors)
    while len(sums := [f for f in kept if pool.ops[f] == "rsum"]) == 1:
        inner, body = pool.args[sums[0]]
        members.append(inner)
        kept.remove(sums[0])
        kept.extend(pool.args[body] if pool.ops[body] == "mul" else () if body == pool.one else (body,))
    whole = pool.mul(*kept) if kept else pool.one
    return min(_nested(pool, order, whole) for order in _orders(pool, members))


def _orders(pool: Pool, members: list[Node]) -> Iterator[tuple[Node, ...]]:
    """The orders of members in which their sorts come by name."""
    if len(members) > MOST_REORDERED:
        yield tuple(members)
        return
    by_sort: dict[str, list[Node]] = {}
    for member in members:
        by_sort.setdefault(sort_of(pool, member), []).append(member)
    for chosen in product(*(permutations(by_sort[sort]) for sort in sorted(by_sort))):
        yield tuple(m for group in chosen for m in group)


def _nested(pool: Pool, members: tuple[Node, ...], body: Node) -> Node:
    height = pool.heights[body]
    names = {
        m: pool.rest(f"{sort_of(pool, m)}~bound{height + i}", pool.bounds[m][0] or 0) for i, m in enumerate(members)
    }
    (out,) = replaced(pool, (body,), names)
    for name in names.values():
        out = pool.rsum(name, out)
    return out


def sort_of(pool: Pool, member: Node) -> str:
    """The sort of a member outside the classes."""
    return str(pool.data[member]).partition("~")[0]


def opened(pool: Pool, total: Node) -> tuple[tuple[Node, ...], Monomial]:
    """What a sum over the rest is the sum of: its members, outermost first, and the factors of its body."""
    members: list[Node] = []
    body = total
    while pool.ops[body] == "rsum":
        member, body = pool.args[body]
        members.append(member)
    if body == pool.one:
        return tuple(members), ()
    return tuple(members), pool.args[body] if pool.ops[body] == "mul" else (body,)
