"""No real behaviour is ever excluded: what runs in some concrete world satisfies the facts of one of the cases.

A random action runs from a random state with one to four accounts. A claim that is false of this very step is then made,
under hypotheses that are true of it. One of the claim's cases, with every input fixed to the concrete numbers, must
still be satisfiable: else the claim would be proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.logic.covering import PROFILE, admitting_case, admitting_leaf, explained
from tests.logic.signature import Choices, Drawn, Generator, Ran, number_here, op, random_step, truth_here
from verifier.logic.claims import holds_over_step, is_preserved
from verifier.logic.obligations import Claim
from verifier.system.terms import INT, REAL, Term, conj, negate


def formulas_before(gen: Generator, ran: Ran, count: int) -> list[Term]:
    """Random formulas that are true before the step, turned round if need be."""
    out: list[Term] = []
    for _ in range(count):
        guess = gen.truth(3)
        value = truth_here(ran.interp, ran.frame_before(), guess)
        if value is not None:
            out.append(guess if value else negate(guess))
    return out


def equations(ran: Ran, frame: Any, terms: Iterable[Term]) -> list[Term]:
    """What numbers are at a frame."""
    found = [(t, number_here(ran.interp, frame, t)) for t in terms]
    return [op("eq", t, value) for t, value in found if value is not None]


def false_claim(choices: Choices) -> tuple[Ran, Claim] | None:
    """A claim that a concrete step refutes: that a formula holds which does not, or that some numbers are not what they
    are."""
    gen = Generator(choices)
    ran = random_step(gen, length=3)
    if ran is None:
        return None
    step = bool(choices.below(2))
    make = holds_over_step if step else is_preserved
    now = ran.frame(old=step)
    known: list[Term] = []
    true_after: list[Term] = []
    gen.times, gen.actions = (("now", "old"), True) if step else (("now",), False)
    match choices.below(7):
        case 0:
            guess = gen.truth(3)
            value = truth_here(ran.interp, now, guess)
            true_after += [] if value is None else [guess if value else negate(guess)]
        case 1:
            true_after += equations(ran, now, [gen.number(gen.pick((INT, REAL)), 3) for _ in range(2)])
        case 2:
            true_after += equations(ran, now, gen.family(1 + choices.below(2)))
        case 3:
            true_after += equations(ran, now, gen.grid(1))
        case 4:
            sign, rounded = gen.roundings(1)
            true_after += [f for f in (sign,) if truth_here(ran.interp, now, f)]
            true_after += equations(ran, now, rounded)
        case 5:
            guesses = [gen.products(1) for _ in range(3)]
            true_after += [g if truth_here(ran.interp, now, g) else negate(g) for g in guesses]
        case _:
            gen.times = ("now",)
            fact, sums = gen.ordered(1 + choices.below(2))
            if truth_here(ran.interp, ran.frame_before(), fact):
                known.append(fact)
            true_after += equations(ran, now, sums)
    gen.times, gen.actions = ("now",), False
    if not true_after:
        return None
    known += formulas_before(gen, ran, choices.below(3))
    goal = negate(conj(*true_after))
    return ran, make(ran.system, "claim", goal, ran.action, tuple(known))


def check(choices: Choices) -> bool:
    """Whether there was anything to check."""
    made = false_claim(choices)
    if made is None:
        return False
    ran, claim = made
    found = admitting_case(ran, claim)
    if found == "too large":
        return False
    assert not isinstance(found, str), explained(ran)
    assert admitting_leaf(*found, depth=2), "a case split leaves the situation out"
    return True


@PROFILE
@given(st.data())
def test_a_step_is_in_one_of_the_cases(data: st.DataObject) -> None:
    assume(check(Drawn(data.draw)))
