"""Case splits: a pure conjunction of polynomial facts is what solvers settle in a millisecond."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.logic.formulas import Node, Pool
from verifier.logic.replace import replaced
from verifier.logic.rest import rest_sum

Facts = tuple[Node, ...]


def branches(pool: Pool, facts: Facts) -> tuple[Facts, Facts] | None:
    """Two cases that together are the whole: the condition of an `if`-term holds or not, or one alternative of a
    disjunction holds or not. None where nothing is left to split."""
    condition = _condition(pool, facts)
    if condition is None:
        return None
    denied = pool.not_(condition)
    return (
        (*substituted(pool, facts, condition, pool.true), condition),
        (*substituted(pool, facts, condition, pool.false), denied),
    )


def _condition(pool: Pool, facts: Facts) -> Node | None:
    """What to split on: the condition of an `if`-term that has none inside, else an alternative of a short clause."""
    seen: set[Node] = set()
    stack = list(facts)
    shortest: tuple[int, Node] | None = None
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if pool.ops[node] == "rsum":
            # What stands inside is said of many members at once: it may hold of some and not of others.
            continue
        if pool.ops[node] == "ite" and not pool.binders[pool.args[node][0]]:
            return _innermost(pool, pool.args[node][0])
        stack.extend(pool.args[node])
    for fact in facts:
        if pool.ops[fact] == "not" and pool.ops[pool.args[fact][0]] == "and":
            parts = pool.args[pool.args[fact][0]]
            if shortest is None or len(parts) < shortest[0]:
                shortest = (len(parts), parts[0])
    if shortest is None:
        return None
    part = shortest[1]
    return pool.args[part][0] if pool.ops[part] == "not" else part


def _innermost(pool: Pool, condition: Node) -> Node:
    stack, seen = [condition], {condition}
    while stack:
        node = stack.pop()
        if pool.ops[node] == "rsum":
            continue
        if pool.ops[node] == "ite":
            return _innermost(pool, pool.args[node][0])
        for a in pool.args[node]:
            if a not in seen:
                seen.add(a)
                stack.append(a)
    return pool.args[condition][0] if pool.ops[condition] == "not" else condition


def substituted(pool: Pool, facts: Iterable[Node], target: Node, value: Node) -> Facts:
    """The facts with a truth value put in for a node, simplified."""
    return replaced(pool, facts, {target: value}, rest_sum)
