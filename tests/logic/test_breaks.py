"""The open-world tests are worth something only if they go red when the encoder is wrong.

Each of these breaks makes the encoding exclude real behaviour in one way, and the examples of one kind must notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.logic.signature import Seeded
from tests.logic.test_open_world import check
from verifier.logic import complete, encode, obligations, pointwise, rest, smtlib, split
from verifier.logic.encode import Encoder
from verifier.logic.formulas import Node, Pool
from verifier.logic.replace import replaced
from verifier.logic.world import World
from verifier.system.terms import Quant

Patch = pytest.MonkeyPatch
MOST_EXAMPLES = 150


def goes_red(kind: str) -> bool:
    """Whether an example of a kind fails."""
    for seed in range(MOST_EXAMPLES):
        try:
            check(Seeded(Random(seed)), kind)
        except AssertionError:
            return True
    return False


def roundings_the_other_way(patch: Patch) -> None:
    right = smtlib.Writer._rounding

    def wrong(self: Any, node: Node, rounding: str, body: Node) -> Any:
        return right(self, node, "ceil" if rounding == "floor" else "floor", body)

    patch.setattr(smtlib.Writer, "_rounding", wrong)


def members_all_distinct(patch: Patch) -> None:
    right = obligations.patterns

    def wrong(system: Any, wanted: Any) -> Iterator[Any]:
        return (p for p in right(system, wanted) if all(len(set(keys)) == len(keys) for keys in p.classes.values()))

    patch.setattr(obligations, "patterns", wrong)


def existence_as_if_universal(patch: Patch) -> None:
    right = Encoder._quantifier

    def wrong(self: Encoder, term: Quant, frame: Any, polarity: bool, asserted: bool) -> Node:
        stronger = replace(term, kind="forall") if term.kind == "exists" and polarity else term
        return right(self, stronger, frame, polarity, asserted)

    patch.setattr(Encoder, "_quantifier", wrong)


def divisors_never_zero(patch: Patch) -> None:
    patch.setattr(smtlib.Writer, "_guarded", lambda self, divisor, fact: fact)


def sums_never_negative(patch: Patch) -> None:
    right = Pool.nonnegative

    def wrong(self: Pool, node: Node, known: Any = frozenset()) -> bool:
        return self.ops[node] == "rsum" or right(self, node, known)

    declare = smtlib.Writer._declare

    def bounded(self: Any, node: Node) -> str:
        name = declare(self, node)
        if self.pool.ops[node] == "rsum":
            self.assertions.append(f"(>= {name} 0)")
        return name

    patch.setattr(Pool, "nonnegative", wrong)
    patch.setattr(smtlib.Writer, "_declare", bounded)


def sums_strictly_ordered(patch: Patch) -> None:
    right = pointwise._Work._say

    def wrong(self: Any, fact: pointwise.Fact, **more: Any) -> None:
        right(self, replace(fact, strict=True), **more)

    patch.setattr(pointwise._Work, "_say", wrong)


def squares_as_if_once(patch: Patch) -> None:
    right = smtlib.opened

    def wrong(pool: Pool, total: Node) -> Any:
        members, factors = right(pool, total)
        return members, tuple(dict.fromkeys(factors))

    patch.setattr(smtlib, "opened", wrong)


def one_unknown_for_all_the_rest(patch: Patch) -> None:
    right = Encoder.scalar

    def wrong(self: Encoder, *args: Any, **more: Any) -> Node:
        kept, self._rests = self._rests, []
        try:
            return right(self, *args, **more)
        finally:
            self._rests = kept

    patch.setattr(Encoder, "scalar", wrong)


def captured_members(patch: Patch) -> None:
    @contextmanager
    def wrong(self: Encoder, sort: str) -> Iterator[Node]:
        self._rests.append(self.pool.rest(f"{sort}~0"))
        try:
            yield self._rests[-1]
        finally:
            self._rests.pop()

    patch.setattr(Encoder, "speaking_of", wrong)


def quotients_in_order_for_any_divisor(patch: Patch) -> None:
    right = Pool.positive

    def wrong(self: Any, node: Node, done: list[Node]) -> list[Node]:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Pool, "positive", lambda *_: True)
            return pairs(self, node, done)

    pairs = smtlib.Writer._pairs
    assert right is Pool.positive
    patch.setattr(smtlib.Writer, "_pairs", wrong)


def any_factor_cancels(patch: Patch) -> None:
    right = smtlib._cancelled
    patch.setattr(smtlib, "_cancelled", lambda pool, a, b, removable: right(pool, a, b, lambda _: True))


def reals_tightened(patch: Patch) -> None:
    patch.setattr(smtlib.Writer, "_lt", lambda self, a, b: self._le(self.pool.add(a, self.pool.one), b))


def negated_conditions_as_they_are(patch: Patch) -> None:
    right = rest.indicator

    def wrong(pool: Pool, condition: Node, member: Node) -> Any:
        plain = pool.args[condition][0] if pool.ops[condition] == "not" else condition
        return right(pool, plain, member)

    patch.setattr(rest, "indicator", wrong)


def one_half_only(patch: Patch) -> None:
    right = obligations.branches

    def wrong(pool: Pool, facts: Any) -> Any:
        halves = right(pool, facts)
        return None if halves is None else (halves[0], halves[0])

    assert right is split.branches
    patch.setattr(obligations, "branches", wrong)


def factors_never_negative(patch: Patch) -> None:
    patch.setattr(pointwise._Work, "_nonnegative", lambda *_: True)


def conditions_of_some_hold_of_all(patch: Patch) -> None:
    patch.setattr(pointwise._Work, "_holds", lambda *_: False)


def given_members_always_outside(patch: Patch) -> None:
    patch.setattr(rest, "outside", lambda pool, *_: pool.one)


def given_members_never_outside(patch: Patch) -> None:
    patch.setattr(rest, "outside", lambda pool, *_: pool.zero)


def members_known_by_number_have_a_class(patch: Patch) -> None:
    right = complete.about_numbers

    def wrong(encoder: Encoder, facts: Any) -> list[Node]:
        pool = encoder.pool
        classes = [pool.number(encoder.world.sizes[s]) for s in encoder.individuals.values()]
        beyond = {pool.le(n, m): pool.false for m, n in zip(encoder.individuals, classes, strict=True)}
        return list(replaced(pool, right(encoder, facts), beyond))

    patch.setattr(complete, "about_numbers", wrong)


def one_entry_for_all_members_known_by_number(patch: Patch) -> None:
    right = Encoder._entry

    def wrong(self: Encoder, label: str, variable: Any, keys: Any, first: int = 0) -> Node:
        ops = self.pool.ops
        if first:
            keys = tuple(k if ops[k] in ("const", "rest") else self.pool.zero for k in keys)
        return right(self, label, variable, keys, first)

    patch.setattr(Encoder, "_entry", wrong)


def always_somebody_else(patch: Patch) -> None:
    right = pointwise.consequences

    def wrong(*args: Any, **more: Any) -> Any:
        return right(*args, **{**more, "somebody": True})

    patch.setattr(complete, "consequences", wrong)


def greatest_of_the_classes(patch: Patch) -> None:
    right = encode.extreme

    def wrong(encoder: Encoder, term: Any, frame: Any) -> Node:
        kept, encoder.world = encoder.world, World(encoder.world.sizes)
        try:
            return right(encoder, term, frame)
        finally:
            encoder.world = kept

    patch.setattr(encode, "extreme", wrong)


BREAKS: tuple[tuple[Callable[[Patch], None], str], ...] = (
    (roundings_the_other_way, "roundings"),
    (members_all_distinct, "formula"),
    (existence_as_if_universal, "somebody"),
    (divisors_never_zero, "guarded"),
    (sums_never_negative, "grid"),
    (sums_strictly_ordered, "ordered"),
    (squares_as_if_once, "squares"),
    (one_unknown_for_all_the_rest, "own_unknowns"),
    (captured_members, "grid"),
    (quotients_in_order_for_any_divisor, "roundings"),
    (any_factor_cancels, "products"),
    (reals_tightened, "formula"),
    (negated_conditions_as_they_are, "squares"),
    (one_half_only, "numbers"),
    (factors_never_negative, "weighted"),
    (conditions_of_some_hold_of_all, "payoffs"),
    (given_members_always_outside, "pointed"),
    (given_members_never_outside, "pointed"),
    (members_known_by_number_have_a_class, "pointed"),
    (one_entry_for_all_members_known_by_number, "pointed"),
    (always_somebody_else, "weighted"),
    (greatest_of_the_classes, "best"),
)


@pytest.mark.parametrize(("break_it", "kind"), BREAKS, ids=[b.__name__ for b, _ in BREAKS])
def test_a_wrong_encoding_is_noticed(break_it: Callable[[Patch], None], kind: str, monkeypatch: Patch) -> None:
    break_it(monkeypatch)
    assert goes_red(kind)
