"""Jobs side by side: order, failures, and an end when one is asked for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from verifier.engines.options import Event, Options
from verifier.logic.solvers.answer import Answer, Forgetful, Question
from verifier.session import schedule as schedules
from verifier.session.choose import jobs_of
from verifier.session.found import Found
from verifier.session.progress import Progress
from verifier.session.schedule import Attended, Schedule, StoppedError
from verifier.session.session import Request, prepare
from verifier.system.transition import System

SPEC = """\
model M
state n : int
init { n := 0 }
action up() { n += 1 }
spec A for M
invariant a : n >= 0
spec B for M
invariant b : n >= 0
invariant c : n >= 0 or n < 0
spec C for M
invariant d : n >= -1
"""


def scheduled(folder: Path) -> Schedule:
    path = folder / "m.vspec"
    path.write_text(SPEC, encoding="utf-8")
    prepared = prepare((str(path),))
    jobs = jobs_of(prepared, Request((str(path),))).jobs
    assert len(jobs) == 3
    return Schedule(jobs, None, lambda _: None, None)


def test_results_keep_their_order(tmp_path: Path) -> None:
    told = list(scheduled(tmp_path).results())
    names = [r.prop.heading.name for r in told if hasattr(r, "prop")]
    assert names == ["a", "b", "c", "d"]


def test_progress_counts_what_is_done(tmp_path: Path) -> None:
    heard: list[Progress] = []
    schedule = scheduled(tmp_path)
    schedule.listen = heard.append
    list(schedule.results())
    assert {p.total for p in heard} == {3}
    assert all(0 <= p.done < 3 for p in heard)
    assert schedule.done == 3


def test_when_one_fails_the_others_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = scheduled(tmp_path)
    ended: list[str] = []

    def work(system: System, options: Options, heard: object) -> Found:
        if system.spec == "A":
            raise KeyError("a bug")
        try:
            for _ in range(2_000):
                time.sleep(0.005)
                options.memory.recall(Question("", "smt", 1))
        except StoppedError:
            ended.append(system.spec)
            raise
        return Found({})

    monkeypatch.setattr(schedules, "_engines", work)
    started = time.perf_counter()
    with pytest.raises(KeyError):
        list(schedule.results())
    assert time.perf_counter() - started < 5
    deadline = time.perf_counter() + 5
    while not ended and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert set(ended) <= {"B", "C"}


def test_a_stopped_memory_ends_the_work() -> None:
    memory = Attended(Forgetful())
    assert memory.recall(Question("", "smt", 1)) is None
    memory.keep(Question("", "smt", 1), Answer("unsat"))
    memory.stopped.set()
    with pytest.raises(StoppedError):
        memory.recall(Question("", "smt", 1))


def test_events_name_the_spec(tmp_path: Path) -> None:
    heard: list[Progress] = []
    schedule = scheduled(tmp_path)
    schedule.listen = heard.append
    schedule._tell(schedule.jobs[1], Event("b", "proving"))
    assert heard == [Progress("B", "b", "proving", 0, 3)]
