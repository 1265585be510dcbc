"""What `P leads to Q within N of A` means, state by state; and that the counting system says the same."""

from __future__ import annotations

from random import Random

import pytest

from verifier.language.check import check_program
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.system.deadlines import counter_of, counting, history, watched
from verifier.system.execute import Interpreter
from verifier.system.lower import lower
from verifier.system.replay import Candidate, confirm
from verifier.system.simulate import random_run
from verifier.system.trace import Counterexample, Move, Scope, Trace
from verifier.system.transition import Responds, System, kind_of

# Any run of values for `p` and `q` can be made: `set` gives the next ones, and is no tick; `tick` gives them and is.
_MODEL = """\
model Any
sort Account
param most : nat
state p : bool
state q : bool
state asked : Account -> bool
init { p := any  q := any  asked := false }
action set(next_p: bool, next_q: bool) { p := next_p  q := next_q }
action tick(next_p: bool, next_q: bool) { p := next_p  q := next_q }
action touch(a: Account) { asked[a] := not asked[a]  p := not p }
action nothing() { require p or not p }
spec S for Any
"""


def system(line: str) -> System:
    source = Source("deadline.vspec", _MODEL + line + "\n")
    file, problems = parse(source)
    assert file is not None
    assert not problems
    (checked,), found = check_program([(source, file)], source.path)
    assert not found
    return lower(checked)


def missed(bound: int, *letters: str) -> bool:
    """Whether a deadline is missed at the end of a run: `p`, `q` and `t` in a state's letters tell what holds there, and
    that a tick led to it."""
    found = system(f"responds d : p leads to q within {bound} of tick")
    first, *rest = letters
    moves = tuple(Move("tick" if "t" in one else "set", ("p" in one, "q" in one), {}) for one in rest)
    candidate = Candidate(Scope({"Account": ("A",)}), {"most": 0}, {"p": "p" in first, "q": "q" in first}, moves)
    interp, prop = Interpreter(found), found.properties[0]
    judged = confirm(interp, prop, candidate)
    inside = watched(found, prop) if isinstance(prop, Responds) else None
    assert inside is not None
    as_invariant = confirm(Interpreter(inside.system), inside.claim, candidate)
    assert (judged is None) == (as_invariant is None)
    return isinstance(judged, Counterexample)


def test_the_deadline_is_the_state_after_the_last_tick() -> None:
    assert not missed(2, "p", "t")
    assert not missed(2, "p", "t", "tq")
    assert missed(2, "p", "t", "t")
    assert missed(1, "p", "t")


def test_only_its_own_action_counts() -> None:
    assert not missed(1, "p", "", "", "", "")
    assert missed(1, "p", "", "", "t")


def test_the_action_that_leads_to_the_trigger_does_not_count() -> None:
    assert not missed(1, "", "tp")
    assert missed(1, "", "tp", "t")


def test_a_response_in_the_same_state_is_in_time() -> None:
    assert not missed(0, "pq")
    assert missed(0, "p")
    assert not missed(1, "pq", "t", "t")


def test_the_trigger_need_not_last_and_does_not_begin_anew() -> None:
    assert missed(2, "p", "t", "tp")
    assert missed(2, "p", "tp", "tp")


def test_a_response_ends_the_wait_and_another_may_begin() -> None:
    assert not missed(2, "p", "t", "q", "t", "t")
    assert not missed(2, "p", "t", "q", "p", "t")
    assert missed(2, "p", "t", "q", "p", "t", "t")
    # Triggered again in the very state of the response: nothing is waited for.
    assert not missed(1, "p", "pq", "t")


def test_a_missed_deadline_stays_missed_until_the_response() -> None:
    assert missed(1, "p", "t", "")
    assert not missed(1, "p", "t", "q")


@pytest.mark.parametrize(
    "line",
    [
        "responds d : p leads to q within 2 of tick",
        "responds d : p leads to q within most of nothing",
        "responds d : forall a in Account: asked[a] leads to q and not asked[a] within 2 of touch",
        "responds d : forall a in Account, b in Account: asked[a] and p leads to asked[b] or q within 1 of tick",
        "responds d : (forall a in Account: asked[a]) leads to exists a in Account: asked[a] and q within 1 of set",
        "responds d : count(asked) > 0 and 1 / count(asked) < 1 leads to q within 0 of touch",
    ],
)
def test_the_counting_system_says_the_same(line: str) -> None:
    plain = system(line)
    prop = plain.properties[0]
    assert isinstance(prop, Responds)
    counting = watched(plain, prop)
    interp, inside = Interpreter(plain), Interpreter(counting.system)
    name = counter_of("d")
    late = 0
    for seed in range(60):
        trace = random_run(interp, Random(seed), Scope({"Account": ("A", "B")}), 8)
        assert trace is not None
        moves = tuple(s.move for s in trace.steps)
        candidate = Candidate(trace.scope, trace.params, trace.choices, moves)
        told = confirm(inside, counting.claim, candidate)
        judged = confirm(interp, prop, candidate)
        assert (told is None) == (judged is None)
        late += told is not None
        for lemma in counting.consistency:
            assert confirm(inside, lemma, candidate) is None
        assert _counters(inside, candidate, name) == [dict(now) for now in history(interp, prop, trace)]
    assert 0 < late < 60


def test_several_deadlines_are_counted_side_by_side() -> None:
    plain = system(
        "responds d : p leads to q within 2 of tick\n"
        "responds e : forall a in Account: asked[a] leads to q and not asked[a] within 2 of touch\n"
        "invariant f : q or not q"
    )
    counted = counting(plain)
    assert [kind_of(p) for p in counted.properties] == ["invariant"] * 3
    interp, inside = Interpreter(plain), Interpreter(counted)
    late = 0
    for seed in range(60):
        trace = random_run(interp, Random(seed), Scope({"Account": ("A", "B")}), 8)
        assert trace is not None
        candidate = Candidate(trace.scope, trace.params, trace.choices, tuple(s.move for s in trace.steps))
        for prop, claim in zip(plain.properties, counted.properties, strict=True):
            told = confirm(inside, claim, candidate)
            assert (told is None) == (confirm(interp, prop, candidate) is None)
            late += told is not None
    assert 0 < late < 120


def test_a_system_without_deadlines_is_not_counted() -> None:
    plain = system("invariant f : q or not q")
    assert counting(plain) is plain


def _counters(interp: Interpreter, candidate: Candidate, name: str) -> list[dict[tuple[int, ...], int]]:
    from verifier.system.replay import replay

    trace = replay(interp, candidate)
    assert isinstance(trace, Trace)
    cells = [trace.start[name], *(s.after[name] for s in trace.steps)]
    return [dict(c) if not isinstance(c, int) else {(): c} for c in cells]  # type: ignore[call-overload]
