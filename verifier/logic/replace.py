"""Nodes with other nodes in the place of some: a truth value for a condition, one member for another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from verifier.logic.formulas import Node, Pool

Sum = Callable[[Pool, Node, Node], Node]
"""How a sum over the rest is built anew, from its member and its body."""


def replaced(
    pool: Pool, nodes: Iterable[Node], mapping: Mapping[Node, Node], rsum: Sum = Pool.rsum
) -> tuple[Node, ...]:
    """The nodes with others put in, simplified. What a sum binds stands for itself inside it."""
    memo: dict[Node, Node] = dict(mapping)

    def visit(node: Node) -> Node:
        found = memo.get(node)
        if found is None:
            args = pool.args[node]
            if pool.ops[node] == "rsum" and args[0] in mapping:
                others = {k: v for k, v in mapping.items() if k != args[0]}
                (body,) = replaced(pool, (args[1],), others, rsum)
                new: tuple[Node, ...] = (args[0], body)
            else:
                new = tuple([visit(a) for a in args])
            found = memo[node] = node if new == args else _rebuilt(pool, node, new, rsum)
        return found

    return tuple([visit(n) for n in nodes])


def _rebuilt(pool: Pool, node: Node, args: tuple[Node, ...], rsum: Sum) -> Node:
    """A node of the same kind with other arguments, folded anew."""
    match pool.ops[node]:
        case "add":
            return pool.add(*args)
        case "mul":
            return pool.mul(*args)
        case "div":
            return pool.div(*args)
        case "floor":
            return pool.floor(*args)
        case "ceil":
            return pool.ceil(*args)
        case "rsum":
            return rsum(pool, *args)
        case "app":
            return entry(pool, node, args)
        case "le":
            return pool.le(*args)
        case "eq":
            return pool.eq(*args)
        case "not":
            return pool.not_(*args)
        case "and":
            return pool.and_(args)
        case "ite":
            return pool.ite(*args)
        case op:
            raise AssertionError(f"has no arguments: {op}")


def entry(pool: Pool, like: Node, keys: tuple[Node, ...]) -> Node:
    """An entry of the same map at other keys. Where a key is one of two, so is the entry."""
    low, high = pool.bounds.get(like, (None, None))
    memo: dict[tuple[Node, ...], Node] = {}

    def at(keys: tuple[Node, ...]) -> Node:
        found = memo.get(keys)
        if found is None:
            found = memo[keys] = either(keys)
        return found

    def either(keys: tuple[Node, ...]) -> Node:
        for i, key in enumerate(keys):
            if pool.ops[key] == "ite":
                condition, then, otherwise = pool.args[key]
                left, right = (at((*keys[:i], k, *keys[i + 1 :])) for k in (then, otherwise))
                return pool.ite(condition, left, right)
        return pool.app(str(pool.data[like]), keys, pool.sorts[like], low, high)

    return at(keys)
