"""No real behaviour is ever excluded: what runs in some concrete world satisfies the facts of one of the cases.

A random action runs from a random state with one to four accounts. A claim that is false of this very step is then made,
under hypotheses that are true of it. One of the claim's cases, with every input fixed to the concrete numbers, must
still be satisfiable: else the claim would be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.logic.covering import MOST_CASES, PROFILE, admits, admitting_case, admitting_leaf, explained, situations
from tests.logic.signature import Choices, Drawn, Generator, Ran, number_here, op, random_step, truth_here
from verifier.logic.claims import holds_over_step, is_preserved
from verifier.logic.obligations import Claim, cases, same_case
from verifier.system.terms import INT, REAL, Term, conj, negate


def turned(ran: Ran, frame: Any, formulas: Iterable[Term]) -> list[Term]:
    """Formulas that are true at a frame: those that are not, turned round."""
    found = [(f, truth_here(ran.interp, frame, f)) for f in formulas]
    return [f if value else negate(f) for f, value in found if value is not None]


def formulas_before(gen: Generator, ran: Ran, count: int) -> list[Term]:
    """Random formulas that are true before the step."""
    return turned(ran, ran.frame_before(), [gen.truth(3) for _ in range(count)])


def equations(ran: Ran, frame: Any, terms: Iterable[Term]) -> list[Term]:
    """What numbers are at a frame."""
    found = [(t, number_here(ran.interp, frame, t)) for t in terms]
    return [op("eq", t, value) for t, value in found if value is not None]


HYPOTHESES: dict[str, Callable[[Generator], tuple[Term, list[Term]]]] = {
    "ordered": lambda gen: gen.ordered(1 + gen.choices.below(2)),
    "weighted": lambda gen: gen.weighted(1),
    "pairs": lambda gen: gen.pairs(1),
}
"""Kinds of claims with a fact of every member among the hypotheses, and sums of its sides."""

KINDS = (
    "formula", "numbers", "guarded", "family", "squares", "own_unknowns", "somebody", "grid", "roundings", "products",
    "ordered", "weighted", "payoffs", "pointed", "best", "pairs",
)  # fmt: skip


def false_claim(choices: Choices, kind: str) -> tuple[Ran, Claim] | None:
    """A claim that a concrete step refutes: that a formula holds which does not, or that some numbers are not what they
    are."""
    gen = Generator(choices)
    ran = random_step(gen, length=3)
    if ran is None:
        return None
    step = bool(choices.below(2)) and kind not in (*HYPOTHESES, "somebody")
    gen.times, gen.actions = (("now", "old"), True) if step else (("now",), False)
    known, true_after = true_facts(gen, ran, ran.frame(old=step), kind)
    gen.times, gen.actions = ("now",), False
    if not true_after:
        return None
    known += formulas_before(gen, ran, choices.below(3))
    goal = negate(conj(*true_after))
    make = holds_over_step if step else is_preserved
    return ran, make(ran.system, "claim", goal, ran.action, tuple(known))


def true_facts(gen: Generator, ran: Ran, now: Any, kind: str) -> tuple[list[Term], list[Term]]:
    """What is true before the step, and what is true after it (or of it)."""
    match kind:
        case "formula":
            return [], turned(ran, now, [gen.truth(3)])
        case "numbers":
            return [], equations(ran, now, [gen.number(gen.pick((INT, REAL)), 3) for _ in range(2)])
        case "guarded":
            return [], equations(ran, now, [gen.guarded(1) for _ in range(2)])
        case "family":
            return [], equations(ran, now, gen.family(1 + gen.choices.below(2)))
        case "squares":
            return [], equations(ran, now, gen.squares())
        case "own_unknowns":
            return [], equations(ran, now, gen.own_unknowns())
        case "somebody":
            return turned(ran, ran.frame_before(), [gen.somebody()]), turned(ran, now, [gen.somebody(), gen.somebody()])
        case "grid":
            return [], equations(ran, now, gen.grid(1))
        case "roundings":
            sign, rounded = gen.roundings(1)
            return [], [*turned(ran, now, [sign]), *equations(ran, now, rounded)]
        case "products":
            return [], turned(ran, now, [gen.products(1) for _ in range(3)])
        case "payoffs":
            return [], equations(ran, now, gen.payoffs(1))
        case "pointed":
            return [], equations(ran, now, gen.pointed())
        case "best":
            return [], equations(ran, now, gen.extremes(1))
        case _:
            fact, sums = HYPOTHESES[kind](gen)
            known = [fact] if truth_here(ran.interp, ran.frame_before(), fact) else []
            return known, equations(ran, now, sums)


def check(choices: Choices, kind: str = "") -> bool:
    """Whether there was anything to check."""
    made = false_claim(choices, kind or KINDS[choices.below(len(KINDS))])
    if made is None:
        return False
    ran, claim = made
    found = admitting_case(ran, claim)
    if found == "too large":
        return False
    assert not isinstance(found, str), explained(ran)
    assert admitting_leaf(*found, depth=2), "a case split leaves the situation out"
    return True


def check_more_hypotheses(choices: Choices) -> bool:
    """A claim is tried with more hypotheses, case by case: some case admits the step with them and without."""
    gen = Generator(choices)
    ran = random_step(gen, length=3)
    if ran is None:
        return False
    after = turned(ran, ran.frame(), [gen.somebody(), gen.truth(2)])
    before = turned(ran, ran.frame_before(), [gen.somebody(), gen.truth(2), gen.somebody()])
    goal = negate(conj(*after))
    alone = is_preserved(ran.system, "claim", goal, ran.action, tuple(before[:1]))
    together = is_preserved(ran.system, "claim", goal, ran.action, tuple(before))
    for index, case in enumerate(cases(ran.system, alone)):
        if index >= MOST_CASES:
            return False
        more = same_case(ran.system, together, case)
        for situation in situations(case, ran, ran.action.args, ran.args):
            there = replace(situation, pool=more.encoder.pool, _memo={})
            if admits(case, situation) and admits(more, there):
                return True
    raise AssertionError(explained(ran))


@PROFILE
@given(st.data())
def test_more_hypotheses_exclude_no_more(data: st.DataObject) -> None:
    assume(check_more_hypotheses(Drawn(data.draw)))


@pytest.mark.parametrize("kind", KINDS)
@PROFILE
@given(st.data())
def test_a_step_is_in_one_of_the_cases(kind: str, data: st.DataObject) -> None:
    assume(check(Drawn(data.draw), kind))
