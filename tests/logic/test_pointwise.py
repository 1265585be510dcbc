"""What is said of sums over the members outside the classes is true of them, whoever they are.

Entries of none to three members are drawn, clauses that hold of each of them, and sums in use; every consequence is
then worked out with these numbers. No solver is asked, so many can be tried.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

import pytest

from verifier.logic.formulas import Node, Pool
from verifier.logic.pointwise import consequences
from verifier.logic.rest import polynomial, sum_of

ROUNDS = 6 * int(os.environ.get("VERIFY_SPEC_EXAMPLES", "25"))
"""Draws of each seed."""

ENTRIES = {"vote": "I", "kind": "I", "held": "R", "gain": "I", "on": "B", "out": "B"}
VALUES: dict[str, tuple[Any, ...]] = {
    "vote": (1, 1, 2, 2, 0, 3),
    "kind": (0, 1, 2),
    "held": (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(3)),
    "gain": (-1, 0, 1, 2),
    "on": (False, True),
    "out": (False, True),
}
LOW = {"vote": 0, "kind": 0, "held": 0}
HIGH = {"kind": 2}
PAIRED = {"vote", "on", "held"}
"""Entries that pairs have as well."""


@dataclass
class World:
    """Numbers for all unknowns: of a member by its place, of none by name."""

    pool: Pool
    size: int
    entries: dict[tuple[str, tuple[int, ...]], Any]
    others: dict[str, Any]

    def value(self, node: Node, named: dict[Node, int]) -> Any:
        pool, args = self.pool, self.pool.args[node]
        match pool.ops[node]:
            case "const":
                return pool.data[node]
            case "var":
                return self.others[str(pool.data[node])]
            case "rest":
                return named[node]
            case "app":
                return self.entries[str(pool.data[node]), tuple(named[k] for k in args)]
            case "rsum":
                return sum(self.value(args[1], {**named, args[0]: i}) for i in range(self.size))
            case "ite":
                return self.value(args[1] if self.value(args[0], named) else args[2], named)
        values = [self.value(a, named) for a in args]
        match pool.ops[node]:
            case "add":
                return sum(values)
            case "mul":
                out = 1
                for v in values:
                    out *= v
                return out
            case "div":
                return Fraction(values[0]) / values[1] if values[1] else Fraction(0)
            case "floor":
                return floor(values[0])
            case "ceil":
                return ceil(values[0])
            case "le":
                return values[0] <= values[1]
            case "eq":
                return values[0] == values[1]
            case "not":
                return not values[0]
            case "and":
                return all(values)
        raise AssertionError(pool.ops[node])


@dataclass
class Draw:
    """Random formulas about members, and a world in which to judge them."""

    rng: Random
    pool: Pool
    members: tuple[Node, ...]

    def entry(self, name: str) -> Node:
        keys = self.members if name in PAIRED else (self.rng.choice(self.members),)
        return self.pool.app(name, keys, ENTRIES[name], LOW.get(name), HIGH.get(name))  # type: ignore[arg-type]

    def number(self) -> Node:
        pool, rng = self.pool, self.rng
        whole = rng.choice(("vote", "vote", "kind", "gain", "held"))
        return rng.choice((
            self.entry(whole), self.entry(whole), pool.var("p", "I"), pool.var("q", "R"),
            pool.number(rng.choice((0, 1, 2, 3, -1, Fraction(1, 2)))),
        ))  # fmt: skip

    def literal(self) -> Node:
        """Something that may be so of a member, or of nobody in particular."""
        pool, rng = self.pool, self.rng
        match rng.randrange(9):
            case 0 | 1 | 2:
                name = rng.choice(("vote", "kind", "kind", "gain"))
                found = pool.eq(self.entry(name), pool.number(rng.choice((0, 1, 2, 3, Fraction(1, 2)))))
            case 3:
                found = pool.eq(self.entry("vote"), rng.choice((pool.var("p", "I"), pool.var("p2", "I"))))
            case 4:
                found = pool.eq(pool.neg(self.entry("gain")), pool.number(rng.choice((-1, 0, 1))))
            case 5:
                found = pool.le(self.number(), self.number())
            case 6:
                found = pool.eq(pool.add(self.entry("vote"), self.number()), self.number())
            case 7:
                found = pool.var(rng.choice(("flag", "open")), "B")
            case _:
                found = self.entry(rng.choice(("on", "out")))
        return pool.not_(found) if rng.random() < 0.3 else found

    def body(self, literals: list[Node]) -> Node:
        pool, rng = self.pool, self.rng
        where = pool.and_(rng.choice(literals) for _ in range(rng.randrange(4)))
        what = rng.choice(
            (pool.one, pool.one, self.entry("held"), self.entry("vote"), self.entry("gain"), self.number())
        )
        if rng.random() < 0.2:
            what = pool.mul(what, self.number())
        return pool.ite(where, what, pool.zero)

    def world(self) -> World:
        size, rng = self.rng.randrange(4), self.rng
        places: list[tuple[int, ...]] = [(i,) for i in range(size)] + [(i, j) for i in range(size) for j in range(size)]
        likely = {name: rng.sample(v, 2) if rng.random() < 0.6 else v for name, v in VALUES.items()}
        entries = {(name, at): rng.choice(likely[name]) for name in ENTRIES for at in places}
        others = {"p": rng.choice((0, 1, 2)), "p2": rng.choice((0, 1, 2)), "q": rng.choice(VALUES["held"])}
        return World(self.pool, size, entries, {**others, "flag": rng.random() < 0.5, "open": rng.random() < 0.5})


def attempt(rng: Random) -> int:
    """How many consequences were judged."""
    pool = Pool()
    paired = rng.random() < 0.2
    members = tuple(pool.rest(f"Account~{i}", 0) for i in range(2 if paired else 1))
    draw = Draw(rng, pool, members)
    world = draw.world()
    literals = [draw.literal() for _ in range(5)]
    clauses = [pool.or_(rng.choice(literals) for _ in range(1 + rng.randrange(3))) for _ in range(12)]
    places = [dict(zip(members, at, strict=True)) for at in _choices(world.size, len(members))]
    said = [c for c in clauses if all(world.value(c, at) for at in places)]
    if not places:
        said = [c for c in said if pool.binders[c]]
    bodies = {draw.body(literals) for _ in range(4)}
    out = consequences(pool, members, said, sorted(bodies), somebody=world.size > 0 and rng.random() < 0.5)
    for fact in out:
        if not pool.binders[fact]:
            assert world.value(fact, {}), _story(pool, said, fact, world)
    for body in sorted(bodies):
        # A sum is what it is a sum of.
        total = sum_of(pool, members, polynomial(pool, body, frozenset(members)))
        assert world.value(total, {}) == sum(world.value(body, at) for at in places)
    return len(out)


def _choices(size: int, count: int) -> list[tuple[int, ...]]:
    one: list[tuple[int, ...]] = [(i,) for i in range(size)]
    return one if count == 1 else [(*a, *b) for a in one for b in one]


def _story(pool: Pool, said: list[Node], fact: Node, world: World) -> str:
    def text(node: Node) -> str:
        if not pool.args[node]:
            return str(pool.data[node])
        return f"({pool.ops[node]}{pool.data[node] or ''} {' '.join(map(text, pool.args[node]))})"

    return f"said {[text(s) for s in said]}, so {text(fact)}, but {world.size} {world.entries} {world.others}"


@pytest.mark.parametrize("seed", range(4))
def test_consequences_are_true(seed: int) -> None:
    rng = Random(seed)
    assert sum(attempt(rng) for _ in range(ROUNDS)) > ROUNDS
