"""Expressions for choices left open: what to put for `_` so that an action can run.

The conditions of the action are read as bounds on the open argument; good choices are the least upper bound, the
greatest lower bound, and what lies between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, final

from verifier.logic.formulas import Known, Node, Pool

Strategy = Literal["largest", "smallest", "middle", "zero", "one", "half", "true", "false", "member"]
NUMBERS: tuple[Strategy, ...] = ("largest", "smallest", "middle", "half", "one", "zero")
TRUTHS: tuple[Strategy, ...] = ("true", "false")
MEMBERS: tuple[Strategy, ...] = ("member",)

IN_WORDS: dict[Strategy, str] = {
    "largest": "the largest amount that the requires admit",
    "smallest": "the smallest amount that the requires admit",
    "middle": "an amount between the bounds that the requires set",
    "half": "half the largest amount that the requires admit",
    "one": "1",
    "zero": "0",
    "true": "true",
    "false": "false",
    "member": "one for which the requires hold",
}


@final
@dataclass(slots=True)
class Bounds:
    """What a list of conditions says of one unknown: closed or strict bounds, free of the unknown itself."""

    pool: Pool
    unknown: Node
    known: Known
    blind: frozenset[Node] = frozenset()
    """Other unknowns that have no value yet; a bound that mentions one is of no use."""
    uppers: list[tuple[Node, bool]] = field(default_factory=list)
    lowers: list[tuple[Node, bool]] = field(default_factory=list)
    _contains: dict[Node, bool] = field(default_factory=dict)

    def read(self, condition: Node) -> None:
        """Take in what a condition says."""
        pool = self.pool
        match pool.ops[condition]:
            case "and":
                for part in pool.args[condition]:
                    self.read(part)
            case "le":
                a, b = pool.args[condition]
                self._bound(a, b, strict=False)
            case "not" if pool.ops[pool.args[condition][0]] == "le":
                b, a = pool.args[pool.args[condition][0]]
                self._bound(a, b, strict=True)
            case "eq" if pool.sorts[pool.args[condition][0]] != "B":
                a, b = pool.args[condition]
                self._bound(a, b, strict=False)
                self._bound(b, a, strict=False)
            case _:
                pass

    def mentions(self, node: Node) -> bool:
        """Whether the unknown (or a blind one) stands in a node."""
        found = self._contains.get(node)
        if found is None:
            found = node == self.unknown or node in self.blind or any(self.mentions(a) for a in self.pool.args[node])
            self._contains[node] = found
        return found

    def _bound(self, a: Node, b: Node, *, strict: bool) -> None:
        """a <= b (or a < b), solved for the unknown where it is linear in it with a factor of known sign."""
        pool = self.pool
        a, b, strict = self._without_rounding(a, b, strict)
        linear = self._linear(pool.sub(a, b))
        if linear is None:
            return
        factor, constant = linear
        if pool.positive(factor, self.known):
            self.uppers.append((pool.div(pool.neg(constant), factor), strict))
        elif pool.positive(pool.neg(factor), self.known):
            self.lowers.append((pool.div(constant, pool.neg(factor)), strict))

    def _without_rounding(self, a: Node, b: Node, strict: bool) -> tuple[Node, Node, bool]:
        """`c <= floor(e)` is `c <= e` for a whole `c`, and so on: the unknown comes out of the rounding."""
        pool = self.pool
        whole = pool.sorts[a] == "I" and pool.sorts[b] == "I"
        if not whole:
            return a, b, strict
        if strict:
            a, strict = pool.add(a, pool.one), False
        if pool.ops[b] == "floor" and not self.mentions(a):
            return a, pool.args[b][0], False
        if pool.ops[a] == "ceil" and not self.mentions(b):
            return pool.args[a][0], b, False
        if pool.ops[a] == "floor" and not self.mentions(b):
            return pool.args[a][0], pool.add(b, pool.one), True
        if pool.ops[b] == "ceil" and not self.mentions(a):
            return pool.add(a, pool.number(-1)), pool.args[b][0], True
        return a, b, strict

    def _linear(self, node: Node) -> tuple[Node, Node] | None:
        """(factor, constant) with node = factor * unknown + constant, or None."""
        pool = self.pool
        if node == self.unknown:
            return pool.one, pool.zero
        if not self.mentions(node):
            return pool.zero, node
        args = pool.args[node]
        match pool.ops[node]:
            case "add":
                parts = [self._linear(a) for a in args]
                if any(p is None for p in parts):
                    return None
                known = [p for p in parts if p is not None]
                return pool.add(*(p[0] for p in known)), pool.add(*(p[1] for p in known))
            case "mul":
                inside = [a for a in args if self.mentions(a)]
                if len(inside) != 1:
                    return None
                inner = self._linear(inside[0])
                if inner is None:
                    return None
                others = [a for a in args if a != inside[0]]
                return pool.mul(inner[0], *others), pool.mul(inner[1], *others)
            case "div" if not self.mentions(args[1]):
                inner = self._linear(args[0])
                if inner is None:
                    return None
                return pool.div(inner[0], args[1]), pool.div(inner[1], args[1])
            case _:
                return None

    # ------------------------------------------------------------------------------------------ choices

    def choose(self, strategy: Strategy) -> Node | None:
        """The value that a strategy gives, or None if it has nothing to go by."""
        pool = self.pool
        integer = pool.sorts[self.unknown] == "I"
        match strategy:
            case "zero":
                return pool.zero
            case "one":
                return pool.one
            case "true":
                return pool.true
            case "false":
                return pool.false
            case "member":
                return None
            case "largest":
                return self._least_upper(integer)
            case "smallest":
                return self._greatest_lower(integer)
            case "half":
                top = self._least_upper(integer)
                if top is None:
                    return None
                half = pool.div(top, pool.number(2))
                return pool.floor(half) if integer else half
            case "middle":
                top, bottom = self._least_upper(integer), self._greatest_lower(integer)
                if top is None and bottom is None:
                    return None
                if top is None or bottom is None:
                    return pool.add(bottom, pool.one) if bottom is not None else None
                half = pool.div(pool.add(top, bottom), pool.number(2))
                return pool.floor(half) if integer else half

    def _least_upper(self, integer: bool) -> Node | None:
        pool = self.pool
        values: list[Node] = []
        for bound, strict in self.uppers:
            if integer:
                values.append(pool.add(pool.ceil(bound), pool.number(-1)) if strict else pool.floor(bound))
            else:
                values.append(bound)
        return self._fold(values, least=True)

    def _greatest_lower(self, integer: bool) -> Node | None:
        pool = self.pool
        values: list[Node] = []
        for bound, strict in self.lowers:
            if integer:
                values.append(pool.add(pool.floor(bound), pool.one) if strict else pool.ceil(bound))
            else:
                values.append(bound)
        return self._fold(values, least=False)

    def _fold(self, values: list[Node], *, least: bool) -> Node | None:
        pool = self.pool
        distinct = list(dict.fromkeys(values))
        if not distinct:
            return None
        out = distinct[0]
        for value in distinct[1:]:
            below = pool.le(out, value)
            out = pool.ite(below, out, value) if least else pool.ite(below, value, out)
        return out
