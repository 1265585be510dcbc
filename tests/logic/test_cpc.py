"""Proofs of cvc5 as texts: what a query is for a checker, and what a proof has to be before one is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec

import pytest

from verifier.logic.cpc import UnfitError, checkable, reference
from verifier.logic.solvers.answer import Status
from verifier.logic.solvers.process import Helper
from verifier.session import second
from verifier.session.session import Request, check

needs_cvc5 = pytest.mark.skipif(find_spec("cvc5") is None, reason="cvc5 is not installed")

QUERY = """\
(declare-const x Real)
(declare-const b Bool)
(define-fun t0 () Real (+ x 1.0))
(define-fun t1 () Bool (and (< t0 0.5) b))
(assert t1)
(assert (or (<= 0.0 x)))
"""
STEPS = """\
(declare-const x Real)
(declare-const b Bool)
(define @t1 () (+ x 1/1))
(assume @p1 (and (< @t1 1/2) b))
; something by the way
(assume @p2 (<= 0/1 x))
(assume-push @p3 (not (<= 0/1 x)))
(step @p4 false :rule contra :premises (@p2 @p3))
(step-pop @p5 :rule scope :premises (@p4))
(step @p6 false :rule resolution :premises (@p1 @p5) :args (true @t1))
"""


def test_a_query_has_lets_for_its_definitions() -> None:
    assert reference(QUERY).splitlines() == [
        "(declare-const x Real)",
        "(declare-const b Bool)",
        "(assert (let ((t0 (+ x 1.0))) (let ((t1 (and (< t0 0.5) b))) t1)))",
        "(assert (<= 0.0 x))",
    ]


def test_what_is_more_than_assertions_is_no_query() -> None:
    with pytest.raises(UnfitError, match="the command `declare-fun`"):
        reference("(declare-fun P (Int) Bool)\n(assert (forall ((x Int)) (P x)))\n")
    with pytest.raises(UnfitError, match="the command `define-fun`"):
        reference("(define-fun f ((x Int)) Bool (< x 0))\n(assert (f 1))\n")


def test_a_proof_from_the_assertions_has_its_declarations_taken_out() -> None:
    left = [line for line in STEPS.splitlines() if not line.startswith(("(declare", ";"))]
    assert checkable(STEPS, QUERY) == "\n".join(left) + "\n"


def test_a_step_on_trust() -> None:
    assert checkable(STEPS.replace(":rule resolution", ":rule trust"), QUERY) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("(<= 0/1 x))\n(assume-push", "(< 0/1 x))\n(assume-push", "assumes what the query does not assert"),
        ("(assume @p1 (and (< @t1 1/2) b))", "(assume @p1 false)", "assumes what the query does not assert"),
        ("1/2", "1/3", "assumes what the query does not assert"),
        ("(declare-const x Real)", "(declare-const x Int)", "declares what the query does not"),
        ("(declare-const x Real)", "(declare-const y Real)", "declares what the query does not"),
        ("(define @t1 ()", "(define + ()", "a meaning of its own"),
        ("(assume @p1", "(define @t1 () x)\n(assume @p1", "a meaning of its own"),
        ("(assume @p1", "(declare-rule mine () :conclusion false)\n(assume @p1", "the command `declare-rule`"),
        ("(assume @p1", '(include "mine.eo")\n(assume @p1', "the command `include`"),
        ("(step @p6 false", "(exit)\n(step @p6 false", "the command `exit`"),
        ("(step @p6 false", "(step @p6 true", "does not end in `false`"),
        ("(step-pop @p5 :rule scope :premises (@p4))\n", "", "does not end in `false`"),
        ("(define @t1 ()", "(define @t1 ((y Real))", "a definition with parameters"),
        ("(step @p4 false", "(step false false", "a meaning of its own"),
        ("(assume-push @p3 (not (<= 0/1 x)))\n", "", "an assumption that it has not made"),
        (":rule resolution ", "", "a step without a rule"),
        ("(true @t1))", "(true @t1)", "not complete"),
        ("(assume @p1", ")(assume @p1", "can't be read"),
        ("(assume @p1", "what\n(assume @p1", "can't be read"),
        ("(assume @p2 (<= 0/1 x))", "(assume)", "can't be read"),
        ("(assume @p1", ";\r(assume @p0 false)\n(assume @p1", "can't be read"),
        ("(assume @p1", "(assume\x0c@p1", "can't be read"),
        ("(assume @p1", "(assume\u00a0@p1", "can't be read"),
        ("(assume @p1", "\u2028(assume @p1", "can't be read"),
        ("(step @p6 false", "|\n(step @p6 false", "can't be read"),
        ("(step @p6 false", '"\n(step @p6 false', "can't be read"),
        ("(assume @p1", "(assume @p1\0", "can't be read"),
    ],
)
def test_what_is_no_proof_of_the_query(old: str, new: str, why: str) -> None:
    assert old in STEPS
    with pytest.raises(UnfitError, match=why):
        checkable(STEPS.replace(old, new), QUERY)


def test_what_is_no_proof_at_all() -> None:
    for text in ("", "()", "(assume @p1 b)"):
        with pytest.raises(UnfitError):
            checkable(text, "(declare-const b Bool)\n(assert b)\n")


# ---------------------------------------------------------------------------------------------- with cvc5


def proved(helper: Helper, text: str) -> Mapping[str, str]:
    told = helper.ask({"text": reference(text), "seconds": 20.0, "proof": True}, 60.0)
    assert not isinstance(told, str)
    return told


@pytest.fixture
def helper() -> Iterable[Helper]:
    one = Helper("verifier.logic.solvers.cvc5_text")
    yield one
    one.stop()


@needs_cvc5
def test_the_library_s_queries_have_proofs_without_trust(helper: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    queries: list[str] = []

    def noted(texts: Iterable[str]) -> Mapping[str, Status]:
        queries.extend(texts)
        return dict.fromkeys(queries, "unknown")

    monkeypatch.setattr(second, "second_answers", noted)
    check(Request(("amm/constant_product",), ("*k*",), cache=False, proofs=False, second=True))
    asked = sorted(set(queries), key=lambda q: (len(q), q))[:15]
    assert len(asked) == 15
    assert any("define-fun" in q for q in asked)
    fit = 0
    for text in asked:
        told = proved(helper, text)
        if told["status"] == "unsat":
            proof = checkable(told["proof"], text)
            assert proof is not None, text
            assert proof.startswith(("(define @", "(assume @"))
            assert proof.splitlines()[-1].split(" :rule")[0].endswith(" false")
            fit += 1
    assert fit >= 10


@needs_cvc5
@pytest.mark.parametrize(
    "text",
    [
        "(declare-const x Real)\n(assert (< (* x x) (- (/ 1.0 3.0))))\n",
        "(declare-const x Int)\n(assert (= (* 2 x) (- 5)))\n",
        "(declare-const x Int)\n(declare-const y Real)\n(assert (< (to_real x) y))\n(assert (<= (+ y 1.5) (to_real x)))\n",
        "(declare-const x Real)\n(define-fun t0 () Real (* x 0.25))\n(assert (< t0 0.5))\n(assert (< 2.0 x))\n",
        "(declare-const b Bool)\n(declare-const x Real)\n(assert (= (ite b x 2.0) 3.0))\n(assert (or (not b) (= x 4.0)))\n",
    ],
)
def test_every_way_to_write_a_number_comes_back_as_it_was(helper: Helper, text: str) -> None:
    told = proved(helper, text)
    assert told["status"] == "unsat"
    assert checkable(told["proof"], text) is not None


@needs_cvc5
def test_what_can_be_met_has_no_proof(helper: Helper) -> None:
    assert proved(helper, "(declare-const x Real)\n(assert (< 1.0 x))\n") == {"status": "sat", "proof": ""}
    told = helper.ask({"text": "(no such thing)", "seconds": 1.0, "proof": True}, 60.0)
    assert told == {"status": "unknown", "proof": ""}


@needs_cvc5
def test_a_proof_of_another_query_is_none_of_this(helper: Helper) -> None:
    told = proved(helper, "(declare-const x Real)\n(assert (< 1.0 x))\n(assert (< x 1.0))\n")
    with pytest.raises(UnfitError, match="does not assert"):
        checkable(told["proof"], "(declare-const x Real)\n(assert (< 1.0 x))\n(assert (<= x 1.0))\n")
