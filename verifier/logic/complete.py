"""What follows from the facts of a case for those who are not told apart: members known by a number, and the rest.

All of it is drawn from facts that hold of every member, so it only makes explicit what is true anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations, product

from verifier.logic.encode import Encoder
from verifier.logic.formulas import Node, Pool
from verifier.logic.pointwise import consequences
from verifier.logic.replace import replaced
from verifier.logic.rest import opened, outside, rest_sum, sort_of

MOST_INSTANCES = 8
"""Choices of members known by a number of whom a universal fact is said."""

MOST_MEMBERS = 2
"""Members outside the classes that are spoken of at once."""


def completed(encoder: Encoder, facts: Iterable[Node]) -> tuple[Node, ...]:
    """The facts with the definitions of auxiliary nodes, and with what is known of members that have no class;
    without the background that has no unknown in common with the rest of them."""
    pool = encoder.pool
    direct = [*facts, *encoder.facts]
    if pool.false in direct:
        return tuple(direct)
    defined = len(encoder.facts)
    with encoder.late():
        known = [f for f in instances(encoder, direct) if f != pool.true]
        known += encoder.facts[defined:]
        known += about_the_rest(encoder, [*direct, *known])
    # What stands open is no fact.
    known = [f for f in known if not pool.binders[f]]
    encoder.lifted.update(known)
    known += about_numbers(encoder, [*direct, *known])
    encoder.background.update(known)
    return connected(encoder, [*direct, *known])


# ---------------------------------------------------------------------------------------------- members with a number


def instances(encoder: Encoder, facts: Iterable[Node]) -> Iterator[Node]:
    """What is said of every member, said of those known only by a number: of those whose entries are in use, and if it
    is that something is so of nobody, of all that occur."""
    occur = {n: encoder.individuals[n] for n in _nodes(encoder.pool, facts) if n in encoder.individuals}
    looked_up = dict(encoder.looked_up)
    for universal in tuple(encoder.universals):
        named = {**occur, **looked_up} if universal.denied else looked_up
        choices = product(*([k for k, s in named.items() if s == sort] for sort in universal.sorts))
        for members, _ in zip(choices, range(MOST_INSTANCES), strict=False):
            yield universal.at(members)


def about_numbers(encoder: Encoder, facts: Iterable[Node]) -> list[Node]:
    """The number of a member is that of a class, or not below the number of classes; and who has one number is one
    member, with one entry in a map."""
    pool = encoder.pool
    used = _nodes(pool, facts)
    out: list[Node] = []
    for member in used:
        sort = encoder.individuals.get(member)
        if sort is not None and encoder.world.sizes[sort] > 0:
            count = pool.number(encoder.world.sizes[sort])
            out.append(pool.or_((*(pool.eq(member, c) for c in encoder.members(sort)), pool.le(count, member))))
    entries = [n for n in used if pool.ops[n] == "app" and not pool.binders[n]]
    for one, other in combinations(entries, 2):
        if pool.data[one] == pool.data[other]:
            pairs = zip(pool.args[one], pool.args[other], strict=True)
            out.append(pool.implies(pool.and_(pool.eq(a, b) for a, b in pairs), pool.eq(one, other)))
    return out


def _nodes(pool: Pool, facts: Iterable[Node]) -> tuple[Node, ...]:
    """All that the facts are made of, sums over the rest taken as a whole."""
    seen: set[Node] = set()
    stack = list(facts)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if pool.ops[node] != "rsum":
                stack.extend(pool.args[node])
    return tuple(sorted(seen))


# ---------------------------------------------------------------------------------------------- the rest


def about_the_rest(encoder: Encoder, facts: list[Node]) -> list[Node]:
    """What holds of every member says something of the sums in use; a sum of what is never negative is not below what
    one member adds to it; and no sort is empty."""
    pool = encoder.pool
    totals = _totals(pool, facts)
    literals = {p for f in facts for p in (pool.args[f] if pool.ops[f] == "and" else (f,))}
    out: list[Node] = []
    by_sorts = _bodies(encoder, totals)
    if any(
        pool.ops[n] in ("div", "floor", "ceil")
        for n in _nodes(pool, (b for bodies in by_sorts.values() for b in bodies))
    ):
        # That a divisor is above zero may be what is assumed.
        encoder.lifting = encoder.lifting.union(*encoder.stems.values())
    for sorts, bodies in by_sorts.items():
        if bodies - {pool.one}:
            with encoder.speaking_of_all(sorts) as members:
                said = tuple(said_of(encoder, sorts, members))
            nobody_else = len(sorts) == 1 and encoder.world.sizes[sorts[0]] == 0
            out += consequences(pool, members, said, sorted(bodies), literals, somebody=nobody_else)
    for total in totals:
        out += _at_least_one_of_them(encoder, total, totals)
    for total in _totals(pool, [*facts, *out]):
        (member, body) = pool.args[total]
        if body == pool.one and encoder.world.sizes[sort_of(pool, member)] == 0:
            out.append(pool.le(pool.one, total))
    return out


def _totals(pool: Pool, facts: Iterable[Node]) -> list[Node]:
    return [n for n in _nodes(pool, facts) if pool.ops[n] == "rsum"]


def _bodies(encoder: Encoder, totals: Iterable[Node]) -> dict[tuple[str, ...], set[Node]]:
    """What the sums are sums of, by the sorts of the members that they are over. A sum over pairs is one over the first
    members, of what they have with all second ones, and the other way round."""
    pool = encoder.pool
    out: dict[tuple[str, ...], set[Node]] = {}
    firsts: dict[str, Node] = {}
    for sort in sorted(encoder.world.open):
        with encoder.speaking_of(sort) as first:
            firsts[sort] = first
    for total in totals:
        bound, factors = opened(pool, total)
        if len(bound) > MOST_MEMBERS:
            continue
        sorts = tuple(sort_of(pool, m) for m in bound)
        body = pool.mul(*factors) if factors else pool.one
        with encoder.speaking_of_all(sorts) as members:
            orders = [m for m in permutations(members) if tuple(sort_of(pool, x) for x in m) == sorts]
            ways = [replaced(pool, (body,), dict(zip(bound, order, strict=True)))[0] for order in orders]
            out.setdefault(sorts, set()).update(ways)
            for way in ways if len(sorts) > 1 else ():
                for one, other in permutations(members):
                    sort = sort_of(pool, one)
                    row = rest_sum(pool, other, way)
                    out.setdefault((sort,), set()).update(replaced(pool, (row,), {one: firsts[sort]}))
    return out


def _at_least_one_of_them(encoder: Encoder, total: Node, totals: Iterable[Node]) -> Iterator[Node]:
    """A sum of what is never negative is at least what a member known by a number adds to it."""
    pool = encoder.pool
    if not pool.nonnegative(total):
        return
    bound, factors = opened(pool, total)
    body = pool.mul(*factors) if factors else pool.one
    sorts = [sort_of(pool, m) for m in bound]
    if len(bound) == 1:
        for given, sort in encoder.looked_up.items():
            if sort == sorts[0]:
                (there,) = replaced(pool, (body,), {bound[0]: given})
                yield pool.le(pool.mul(outside(pool, given, bound[0]), there), total)
    elif len(bound) == 2 and sorts[0] == sorts[1]:
        # Pairs of one and the same are some of all pairs.
        (there,) = replaced(pool, (body,), {bound[0]: bound[1]})
        diagonal = rest_sum(pool, bound[1], there)
        if diagonal in totals:
            yield pool.le(diagonal, total)


def said_of(encoder: Encoder, sorts: tuple[str, ...], members: tuple[Node, ...]) -> Iterator[Node]:
    """What holds of members outside the classes: what is said of every member, and what defines what they have."""
    places = range(len(sorts))
    for universal in tuple(encoder.universals):
        for chosen in product(*([i for i in places if sorts[i] == sort] for sort in universal.sorts)):
            if len(set(chosen)) < len(chosen):
                continue
            others = {sorts[i]: members[i] for i in places if i not in chosen}
            with encoder.standing(others):
                yield universal.at(tuple(members[i] for i in chosen))
    for own in tuple(encoder.own):
        theirs = tuple(sort_of(encoder.pool, m) for m in own.members)
        for chosen in product(*([i for i in places if sorts[i] == sort] for sort in theirs)):
            if len(set(chosen)) == len(chosen):
                named = {m: members[i] for m, i in zip(own.members, chosen, strict=True)}
                yield from replaced(encoder.pool, (own.fact,), named)


# ---------------------------------------------------------------------------------------------- what matters


def connected(encoder: Encoder, facts: Iterable[Node]) -> tuple[Node, ...]:
    """Leave out background facts that nothing else leads to. (Fewer facts prove less, never more.)"""
    pool = encoder.pool
    parts = [(p, _unknowns(pool, p)) for f in facts for p in (pool.args[f] if pool.ops[f] == "and" else (f,))]
    background = {p for f in encoder.background for p in (pool.args[f] if pool.ops[f] == "and" else (f,))}
    # What is known comes before what was done: solvers that order unknowns by first use fare better so.
    parts.sort(key=lambda part: part[0] not in background)
    reached: set[Node] = set()
    for part, unknowns in parts:
        if part not in background:
            reached |= unknowns
    if not reached:
        return tuple(p for p, _ in parts)
    waiting = [(p, u) for p, u in parts if p in background]
    kept = {p for p, _ in parts if p not in background}
    while True:
        near = [(p, u) for p, u in waiting if u & reached or not u]
        if not near:
            return tuple(p for p, _ in parts if p in kept)
        for part, unknowns in near:
            kept.add(part)
            reached |= unknowns
        waiting = [(p, u) for p, u in waiting if p not in kept]


def _unknowns(pool: Pool, fact: Node) -> frozenset[Node]:
    """The unknowns of a fact, sums over the rest taken as one."""
    out: set[Node] = set()
    seen: set[Node] = set()
    stack = [fact]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if pool.ops[node] in ("var", "rsum", "app"):
            out.add(node)
        if pool.ops[node] != "rsum":
            stack.extend(pool.args[node])
    return frozenset(out)
