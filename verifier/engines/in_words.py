"""Formulas of an obligation in the user's words: for telling what a solver got stuck on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from verifier.engines.discharge import Open
from verifier.logic.encode import Encoder
from verifier.logic.formulas import Node, Pool
from verifier.system.numbers import readable
from verifier.system.values import scope_of

MOST_LETTERS = 60
"""Longer products are no help."""


def hardest_product(left: Open) -> str:
    """The product of unknowns that stands most often in the facts of an open case, as an expression; empty where all
    of it is linear, or where no product is short enough to be shown."""
    pool = left.case.encoder.pool
    found: Counter[tuple[Node, ...]] = Counter()
    for node in _below(pool, left.case.facts):
        if pool.ops[node] == "mul":
            factors = tuple(f for f in pool.args[node] if pool.ops[f] != "const")
            if len(factors) > 1:
                found[factors] += 1
        elif pool.ops[node] == "div" and pool.ops[pool.args[node][1]] != "const":
            found[pool.args[node]] += 1
    names = _names(left.case.encoder)
    for factors, _ in sorted(found.items(), key=lambda item: (-len(item[0]), -item[1])):
        text = " * ".join(_text(pool, f, names, inside=True) for f in factors)
        if len(text) <= MOST_LETTERS:
            return text
    return ""


def _below(pool: Pool, facts: Iterable[Node]) -> Iterable[Node]:
    seen: set[Node] = set()
    stack = list(facts)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(pool.args[node])


def _names(encoder: Encoder) -> Mapping[str, tuple[str, ...]]:
    """The members' names, by the variable whose keys they are."""
    scope = scope_of(encoder.system, encoder.world.sizes).names
    return {v.name: tuple(k.name for k in v.keys) for v in (*encoder.system.states, *encoder.system.params)} | {
        f"members of {sort}": members for sort, members in scope.items()
    }


def _text(pool: Pool, node: Node, names: Mapping[str, tuple[str, ...]], *, inside: bool = False) -> str:
    def part(at: Node) -> str:
        return _text(pool, at, names, inside=True)

    args = pool.args[node]
    match pool.ops[node]:
        case "const":
            value = pool.value(node)
            return str(value).lower() if isinstance(value, bool) or value is None else readable(value)
        case "var":
            return _variable(str(pool.data[node]), names)
        case "app":
            return f"{pool.data[node]}[…]"
        case "add":
            text = _sum(pool, node, names)
            return f"({text})" if inside else text
        case "mul":
            return " * ".join(part(a) for a in args)
        case "div":
            return f"{part(args[0])} / {part(args[1])}"
        case "floor" | "ceil" as rounding:
            return f"{rounding}({_text(pool, args[0], names)})"
        case "rsum":
            return "sum(…)"
        case "ite":
            return "(if …)"
        case _:
            return "…"


def _sum(pool: Pool, node: Node, names: Mapping[str, tuple[str, ...]]) -> str:
    out = ""
    for arg in pool.args[node]:
        first = pool.args[arg][0] if pool.ops[arg] == "mul" else arg
        value = pool.value(first)
        minus = value is not None and not isinstance(value, bool) and value < 0
        text = _text(pool, pool.neg(arg) if minus else arg, names, inside=True)
        out += (" - " if minus else " + ") + text if out else ("-" if minus else "") + text
    return out


def _variable(label: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """`debt[0]` is `debt[A]`, `amount#1` the second amount."""
    name, bracket, keys = label.partition("[")
    sorts = names.get(name)
    if not bracket or sorts is None:
        return label.partition("#")[0]
    places = keys.rstrip("]").split(",")
    shown = (_member(names.get(f"members of {s}", ()), at) for s, at in zip(sorts, places, strict=False))
    return f"{name}[{', '.join(shown)}]"


def _member(members: tuple[str, ...], place: str) -> str:
    return members[int(place)] if place.isdigit() and int(place) < len(members) else "…"
