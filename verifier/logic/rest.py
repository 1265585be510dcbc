"""Sums over the members outside the classes.

A body is brought to a polynomial in the factors that depend on the member; each monomial's sum is one opaque number,
and everything that does not depend on the member moves out of the sum. So `sum(collateral[a] * price)` before and after
a move of the price speaks of the same unknown, and a whole-map update by a common factor scales it.
"""

from __future__ import annotations

from verifier.logic.formulas import Node, Pool

Monomial = tuple[Node, ...]
Polynomial = dict[Monomial, Node]
"""From a product of member-dependent factors to its coefficient, which does not depend on the member."""


def polynomial(pool: Pool, node: Node, member: Node) -> Polynomial:
    """A numeric node as a polynomial in what depends on `member`."""
    if member not in pool.binders[node]:
        return {(): node}
    args = pool.args[node]
    match pool.ops[node]:
        case "add":
            out: Polynomial = {}
            for a in args:
                out = _plus(pool, out, polynomial(pool, a, member))
            return out
        case "mul":
            out = {(): pool.one}
            for a in args:
                out = _times(pool, out, polynomial(pool, a, member))
            return out
        case "div" if member not in pool.binders[args[1]]:
            inverse = pool.div(pool.one, args[1])
            return _times(pool, {(): inverse}, polynomial(pool, args[0], member))
        case "ite":
            chosen = indicator(pool, args[0], member)
            then, otherwise = polynomial(pool, args[1], member), polynomial(pool, args[2], member)
            difference = _plus(pool, then, _times(pool, {(): pool.number(-1)}, otherwise))
            return _plus(pool, otherwise, _times(pool, chosen, difference))
        case _:
            return {(node,): pool.one}


def indicator(pool: Pool, condition: Node, member: Node) -> Polynomial:
    """1 where the condition holds and 0 elsewhere, as a polynomial in indicators of its atoms."""
    if member not in pool.binders[condition]:
        return {(): pool.ite(condition, pool.one, pool.zero)}
    match pool.ops[condition]:
        case "not":
            inner = indicator(pool, pool.args[condition][0], member)
            return _plus(pool, {(): pool.one}, _times(pool, {(): pool.number(-1)}, inner))
        case "and":
            out: Polynomial = {(): pool.one}
            for a in pool.args[condition]:
                out = _times(pool, out, indicator(pool, a, member))
            return out
        case _:
            return {(pool.ite(condition, pool.one, pool.zero),): pool.one}


def is_indicator(pool: Pool, node: Node) -> bool:
    """Whether a factor is 0 or 1."""
    return pool.ops[node] == "ite" and pool.args[node][1:] == (pool.one, pool.zero)


def _plus(pool: Pool, left: Polynomial, right: Polynomial) -> Polynomial:
    out = dict(left)
    for monomial, coefficient in right.items():
        out[monomial] = pool.add(out[monomial], coefficient) if monomial in out else coefficient
    return {m: c for m, c in out.items() if c != pool.zero}


def _times(pool: Pool, left: Polynomial, right: Polynomial) -> Polynomial:
    out: Polynomial = {}
    for m1, c1 in left.items():
        for m2, c2 in right.items():
            factors: list[Node] = list(m1)
            for f in m2:
                if not (is_indicator(pool, f) and f in factors):
                    factors.append(f)
            monomial = tuple(sorted(factors))
            product = pool.mul(c1, c2)
            out[monomial] = pool.add(out[monomial], product) if monomial in out else product
    return {m: c for m, c in out.items() if c != pool.zero}


def rest_sum(pool: Pool, member: Node, body: Node) -> Node:
    """The sum of `body` over every member outside the classes."""
    terms = [
        pool.mul(coefficient, pool.rsum(member, monomial_node(pool, monomial)))
        for monomial, coefficient in polynomial(pool, body, member).items()
    ]
    return pool.add(*terms) if terms else pool.zero


def monomial_node(pool: Pool, monomial: Monomial) -> Node:
    """The product of the factors (1 for none: its sum counts the members)."""
    return pool.mul(*monomial) if monomial else pool.one


def lifted(pool: Pool, member: Node, fact: Node) -> tuple[Node, ...]:
    """What a fact about an arbitrary member outside the classes says of sums: `p(x) <= q(x)` for each gives
    `sum p <= sum q`, an equation gives an equation, and `c(x) implies p(x) <= 0` gives `sum [c] * p <= 0`."""
    out: list[Node] = []
    for part in pool.args[fact] if pool.ops[fact] == "and" else (fact,):
        out.extend(_lift_clause(pool, member, part))
    return tuple(out)


def _lift_clause(pool: Pool, member: Node, clause: Node) -> tuple[Node, ...]:
    op, args = pool.ops[clause], pool.args[clause]
    if member not in pool.binders[clause]:
        return ()
    if op in ("le", "eq") and pool.sorts[args[0]] != "B":
        return (_compare(pool, member, op, pool.sub(args[0], args[1]), ()),)
    if op != "not":
        return ()
    (inner,) = args
    if pool.ops[inner] == "le":
        a, b = pool.args[inner]
        # not a <= b, so b - a < 0; for integers b - a + 1 <= 0. Summed over perhaps no member, only <= is left.
        difference = pool.sub(b, a)
        if pool.sorts[difference] == "I":
            difference = pool.add(difference, pool.one)
        return (_compare(pool, member, "le", difference, ()),)
    if pool.ops[inner] == "and":
        # A clause: the negations of all parts but one are the condition.
        parts = pool.args[inner]
        out: list[Node] = []
        for i, part in enumerate(parts):
            goal = pool.not_(part)
            target = pool.args[goal][0] if pool.ops[goal] == "not" else goal
            if pool.ops[target] not in ("le", "eq") or (goal != target and pool.ops[target] == "eq"):
                continue
            condition = pool.and_(p for j, p in enumerate(parts) if j != i)
            if goal == target:
                a, b = pool.args[target]
                if pool.sorts[a] != "B":
                    out.append(_compare(pool, member, pool.ops[target], pool.sub(a, b), (condition,)))
            else:
                a, b = pool.args[target]
                out.append(_compare(pool, member, "le", pool.sub(b, a), (condition,)))
        return tuple(out)
    return ()


def _compare(pool: Pool, member: Node, op: str, difference: Node, condition: tuple[Node, ...]) -> Node:
    if condition:
        difference = pool.ite(condition[0], difference, pool.zero)
    total = rest_sum(pool, member, difference)
    return pool.le(total, pool.zero) if op == "le" else pool.eq(total, pool.zero)
