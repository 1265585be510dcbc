"""Traces, read by a reader of the format."""

from __future__ import annotations

import json

import itf_py
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example, expected, system
from tests.report.kinds import RUNS
from verifier.engines.verdict import Verdict
from verifier.report.itf import traces
from verifier.session.run import Result, Run
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, confirm
from verifier.system.trace import Counterexample, Move, Scope

KINDS = """\
model Kinds
sort Account
sort Feed of 2
enum Phase { Open, Halted }
struct Position { size: int  open: bool }
state phase    : Phase
state keeper   : Account
state approved : (Account, Feed) -> bool
state position : Account -> Position
state total    : nat
init {
  phase := Open
  keeper := any where true
  approved := false
  for a in Account { position[a].size := 0  position[a].open := false }
  total := 0
}
action grow(a: Account, f: Feed, by: nat) {
  approved[a, f] := true
  position[a].size += by
  position[a].open := true
  total += by
  phase := Halted
}
spec Small for Kinds
invariant small : total <= 10
rule order_does_not_matter(a: Account, f: Feed) {
  compare { grow(a, f, 1) } with { grow(a, f, 2) }
  check first.total == second.total
}
"""


def test_the_names_and_texts(snapshot: SnapshotAssertion) -> None:
    found = dict(traces(example()))
    assert list(found) == snapshot
    assert next(iter(found.values())) == snapshot


@pytest.mark.parametrize("kind", RUNS)
def test_every_trace_can_be_read(kind: str) -> None:
    for name, text in traces(RUNS[kind]()):
        assert name.endswith(".itf.json")
        assert "/" not in name
        trace = itf_py.trace_from_json(json.loads(text))
        for number, state in enumerate(trace.states):
            assert set(state.values) == set(trace.vars)
            assert state.meta["index"] == number
        assert set(trace.params) <= set(trace.vars)


def test_the_states_are_those_of_the_run() -> None:
    _, text = next(iter(traces(example())))
    trace = itf_py.trace_from_json(json.loads(text))
    assert trace.states[0].values["price"] == (10, 1)
    assert trace.states[0].values["ltv"] == (1, 2)
    assert dict(trace.states[2].values["debt"]) == {"A_OF_ACCOUNT": (25, 1)}
    assert trace.states[4].values["price"] == (81, 10)
    assert trace.states[2].meta == {"index": 2, "action": "borrow", "arguments": {"a": "A", "amount": 25}}


def of_kinds(name: str, *moves: Move, programs: int = 0) -> list[tuple[str, str]]:
    of = system(KINDS, "spec/kinds.vspec")
    prop = next(p for p in of.properties if p.heading.name == name)
    scope = Scope({"Account": ("A", "B"), "Feed": ("feed_1", "feed_2")})
    args = {"a": 0, "f": 1} if programs else {}
    claim = Candidate(scope, {}, {"keeper": 1, "keeper'2": 1}, moves, args, ({},) * programs)
    found = confirm(Interpreter(of), prop, claim)
    assert isinstance(found, Counterexample), found
    verdict = Verdict("violated", "search", counterexample=found)
    result = Result(of, prop, verdict, expected("invariant", turned=False), ok=False)
    return list(traces(Run((result,), (), {}, {}, 0, 0)))


def test_sorts_enums_maps_and_flags() -> None:
    ((_, text),) = of_kinds("small", Move("grow", (0, 1, 11), {}))
    trace = itf_py.trace_from_json(json.loads(text))
    end = trace.states[-1].values
    assert end["phase"] == "Halted"
    assert end["total"] == 11
    assert end["keeper"] in ("A_OF_ACCOUNT", "B_OF_ACCOUNT")
    assert end["approved"]["A_OF_ACCOUNT", "feed_2_OF_FEED"] is True
    assert dict(end["position.size"]) == {"A_OF_ACCOUNT": 11, "B_OF_ACCOUNT": 0}
    assert json.loads(text)["#meta"]["varTypes"]["approved"] == "<<ACCOUNT, FEED>> -> Bool"


def test_a_comparison_has_a_trace_for_each_of_its_runs() -> None:
    first, second = of_kinds("order_does_not_matter", programs=2)
    assert first[0].endswith(".first.itf.json")
    assert second[0].endswith(".second.itf.json")
    ends = [itf_py.trace_from_json(json.loads(t)).states[-1].values["total"] for _, t in (first, second)]
    assert ends == [1, 2]
