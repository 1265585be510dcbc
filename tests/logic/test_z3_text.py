"""The door to z3: what stops a query is told apart."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from verifier.logic.solvers import z3_text
from verifier.logic.solvers.answer import TIMEOUT
from verifier.logic.solvers.z3_text import Procedure, ask

FERMAT = "".join(f"(declare-const {n} Int)(assert (> {n} 3))" for n in "abc") + (
    "(assert (= (+ (* a a a) (* b b b)) (* c c c)))"
)


@pytest.mark.parametrize("procedure", ["smt", "nlsat", "nlsat-univariate"])
def test_a_budget_repeats(procedure: Procedure) -> None:
    first, second = (ask(FERMAT, procedure, 5_000) for _ in range(2))
    assert (first.status, first.why, first.rlimit) == (second.status, second.why, second.rlimit)
    assert first.status == "unknown"
    assert first.repeats


@pytest.mark.parametrize("procedure", ["smt", "nlsat", "nlsat-univariate"])
def test_the_clock_does_not(procedure: Procedure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(z3_text, "SAFETY_STOP_SECONDS", 1)
    answer = ask(FERMAT, procedure, 4_000_000_000)
    assert (answer.status, answer.why) == ("unknown", TIMEOUT)
    assert not answer.repeats


def test_ctrl_c_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(z3_text, "SAFETY_STOP_SECONDS", 1)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    # A run that was started in the background ignores Ctrl-C from the outset.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            ask(FERMAT, "smt", 4_000_000_000)
            timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
