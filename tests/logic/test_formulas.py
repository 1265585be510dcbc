"""What the pool simplifies keeps its value: hash-consing, folding, signs, polynomials, substitution, bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logic.covering import PROFILE
from tests.logic.signature import Choices, Drawn
from verifier.logic.formulas import Node, Pool
from verifier.logic.model import Valued
from verifier.logic.pointwise import consequences
from verifier.logic.replace import replaced
from verifier.logic.rest import indicator, polynomial, rest_sum
from verifier.logic.split import branches, substituted
from verifier.logic.witness import Bounds

MANY = settings(PROFILE, max_examples=4 * PROFILE.max_examples)
NUMBERS = tuple(Fraction(n, d) for n, d in ((0, 1), (1, 1), (2, 1), (-1, 1), (1, 2), (-3, 2), (3, 1)))


class Undefined(Exception):
    """A divisor is zero."""


@dataclass
class Growing:
    """Random nodes, each with the value that plain arithmetic gives it."""

    choices: Choices
    pool: Pool = field(default_factory=Pool)
    model: dict[str, Fraction | bool] = field(default_factory=dict)
    unknowns: dict[Node, str] = field(default_factory=dict)
    values: dict[Node, Fraction | bool] = field(default_factory=dict)
    numbers: list[tuple[Node, Fraction]] = field(default_factory=list)
    truths: list[tuple[Node, bool]] = field(default_factory=list)
    leaf: Callable[[str, Any, int | None], Node] | None = None

    def __post_init__(self) -> None:
        for i in range(5):
            whole, low = i < 3, 0 if i % 2 else None
            options = [n for n in NUMBERS if (not whole or n.denominator == 1) and (low is None or n >= 0)]
            value = options[self.choices.below(len(options))]
            node = self.pool.var(f"v{i}", "I" if whole else "R", low)
            self.unknowns[node], self.model[f"v{i}"] = f"v{i}", value
            self.numbers.append((node, value))
        for i in range(2):
            node = self.pool.var(f"b{i}", "B")
            self.unknowns[node], self.model[f"b{i}"] = f"b{i}", bool(self.choices.below(2))
            self.truths.append((node, bool(self.model[f"b{i}"])))
        for number in (0, 1, -2, Fraction(1, 2)):
            self.numbers.append((self.pool.number(number), Fraction(number)))

    def number(self) -> tuple[Node, Fraction]:
        return self.numbers[self.choices.below(len(self.numbers))]

    def truth(self) -> tuple[Node, bool]:
        return self.truths[self.choices.below(len(self.truths))]

    def grow(self, steps: int) -> None:
        for _ in range(steps):
            if self.choices.below(3):
                self.numbers.append(self.grown_number())
            else:
                self.truths.append(self.grown_truth())

    def grown_number(self) -> tuple[Node, Fraction]:
        pool, ((a, x), (b, y), (c, z)) = self.pool, (self.number(), self.number(), self.number())
        p, truth = self.truth()
        match self.choices.below(9):
            case 0:
                return pool.add(a, b, c), x + y + z
            case 1:
                return pool.mul(a, b), x * y
            case 2:
                return pool.mul(a, b, c), x * y * z
            case 3:
                return pool.sub(a, b), x - y
            case 4:
                return pool.neg(a), -x
            case 5 if y != 0:
                return pool.div(a, b), x / y
            case 6:
                return pool.floor(a), Fraction(x.__floor__())
            case 7:
                return pool.ceil(a), Fraction(x.__ceil__())
            case _:
                return pool.ite(p, a, b), x if truth else y

    def grown_truth(self) -> tuple[Node, bool]:
        pool, ((a, x), (b, y)) = self.pool, (self.number(), self.number())
        (p, left), (q, right) = self.truth(), self.truth()
        match self.choices.below(9):
            case 0:
                return pool.le(a, b), x <= y
            case 1:
                return pool.lt(a, b), x < y
            case 2:
                return pool.eq(a, b), x == y
            case 3:
                return pool.and_((p, q)), left and right
            case 4:
                return pool.or_((p, q)), left or right
            case 5:
                return pool.implies(p, q), right if left else True
            case 6:
                return pool.eq(p, q), left == right
            case 7:
                return pool.not_(p), not left
            case _:
                return pool.ite(p, q, pool.not_(q)), right if left else not right

    def valued(self) -> Valued:
        return Valued(self.pool, self.unknowns, self.model)


def grown(data: st.DataObject, steps: int = 14) -> Growing:
    out = Growing(Drawn(data.draw))
    out.grow(steps)
    return out


@MANY
@given(st.data())
def test_folding_keeps_values(data: st.DataObject) -> None:
    g = grown(data)
    valued = g.valued()
    for node, value in (*g.numbers, *g.truths):
        assert valued.value(node) == value
        if g.pool.sorts[node] == "I":
            assert Fraction(value).denominator == 1, "called whole, and is not"


@MANY
@given(st.data())
def test_signs_are_right(data: st.DataObject) -> None:
    g = grown(data)
    known = {node for node, value in g.truths if value}
    known |= {g.pool.not_(node) for node, value in g.truths if not value}
    for node, value in g.numbers:
        for facts in (frozenset(), known):
            assert value >= 0 or not g.pool.nonnegative(node, facts)
            assert value > 0 or not g.pool.positive(node, facts)


@MANY
@given(st.data())
def test_a_split_is_a_case_distinction(data: st.DataObject) -> None:
    g = grown(data)
    facts = tuple(n if value else g.pool.not_(n) for n, value in g.truths[-4:])
    halves = branches(g.pool, facts)
    if halves is not None:
        valued = g.valued()
        assert sum(all(valued.value(f) for f in half) for half in halves) == 1


@MANY
@given(st.data())
def test_what_is_known_may_be_put_in(data: st.DataObject) -> None:
    g = grown(data)
    target, truth = g.truth()
    put = substituted(g.pool, [n for n, _ in g.truths], target, g.pool.true if truth else g.pool.false)
    valued = g.valued()
    for node, (_, value) in zip(put, g.truths, strict=True):
        assert valued.value(node) == value


# ---------------------------------------------------------------------------------------------- of one member


def of_a_member(data: st.DataObject) -> tuple[Growing, Node]:
    """Nodes of which some depend on a member outside the classes."""
    g = Growing(Drawn(data.draw))
    member = g.pool.rest("Account~0")
    for i in range(3):
        value = NUMBERS[g.choices.below(len(NUMBERS))]
        node = g.pool.app(f"m{i}", (member,), "R")
        g.unknowns[node], g.model[f"m{i}"] = f"m{i}", value
        g.numbers.append((node, value))
    g.grow(14)
    return g, member


@MANY
@given(st.data())
def test_a_polynomial_is_what_it_was_made_from(data: st.DataObject) -> None:
    g, member = of_a_member(data)
    found = [(polynomial(g.pool, node, frozenset((member,))), value) for node, value in g.numbers[-4:]]
    found += [(indicator(g.pool, node, frozenset((member,))), Fraction(value)) for node, value in g.truths[-3:]]
    for terms, expected in found:
        valued = g.valued()
        total = Fraction(0)
        for monomial, coefficient in terms.items():
            assert member not in g.pool.binders[coefficient]
            product = Fraction(valued.value(coefficient))
            for factor in monomial:
                assert member in g.pool.binders[factor]
                product *= Fraction(valued.value(factor))
            total += product
        assert total == expected


@MANY
@given(st.data())
def test_what_holds_of_each_holds_of_the_sum(data: st.DataObject) -> None:
    """Of a rest with this one member, and of an empty one."""
    g, member = of_a_member(data)
    facts = [n if value else g.pool.not_(n) for n, value in g.truths]
    bodies = [node for node, _ in g.numbers[-6:]]
    bodies += [
        g.pool.mul(g.pool.ite(n, g.pool.one, g.pool.zero), bodies[i % 6]) for i, (n, _) in enumerate(g.truths[-3:])
    ]
    for body in bodies:
        rest_sum(g.pool, member, body)
    in_use = [n for n in range(len(g.pool.ops)) if g.pool.ops[n] == "rsum"]
    said = consequences(g.pool, (member,), facts, [named(g.pool, n, member) for n in in_use])
    sums = [n for n in range(len(g.pool.ops)) if g.pool.ops[n] == "rsum"]
    one = g.valued()
    alone = {f"s{n}": Fraction(one.value(named(g.pool, n, member))) for n in sums}
    nobody = {f"s{n}": Fraction(0) for n in sums}
    for totals in (alone, nobody):
        there = Valued(g.pool, {**g.unknowns, **{n: f"s{n}" for n in sums}}, {**g.model, **totals})
        for fact in said:
            assert there.value(fact)


def named(pool: Pool, total: Node, member: Node) -> Node:
    """The body of a sum, for one member."""
    bound, body = pool.args[total]
    return replaced(pool, (body,), {bound: member})[0]


@MANY
@given(st.data())
def test_bounds_are_bounds(data: st.DataObject) -> None:
    """Where the conditions hold, the unknown is within all the bounds that they were read as."""
    g = grown(data)
    unknown, name = g.numbers[g.choices.below(5)][0], ""
    name = g.unknowns[unknown]
    facts = {n if value else g.pool.not_(n) for n, value in g.truths}
    bounds = Bounds(g.pool, unknown, frozenset(facts))
    for fact in sorted(facts):
        bounds.read(fact)
    valued, value = g.valued(), Fraction(g.model[name])
    for bound, strict in bounds.uppers:
        limit = Fraction(valued.value(bound))
        assert value < limit if strict else value <= limit
    for bound, strict in bounds.lowers:
        limit = Fraction(valued.value(bound))
        assert value > limit if strict else value >= limit
