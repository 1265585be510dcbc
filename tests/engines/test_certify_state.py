"""What gets no proof step by step is looked at once more: it may follow from the other invariants in the same state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.kernel.forged import core_json
from verifier.engines.certify.certify import Certified, Certifier

MODEL = """
model Tiny
state x : nat
init { x := 0 }
action up() { x += 1 }
spec TinySpec for Tiny
invariant a : x >= 0
invariant b : x >= 0
invariant c : x >= 0
"""
Rests = Mapping[tuple[str, str], tuple[str, ...]]


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What comes of a search that finds exactly the proofs given, with the invariants that each rests on."""

    def run(rests: Rests, **before: Any) -> tuple[Certified, list[tuple[str, str]]]:
        asked: list[tuple[str, str]] = []

        def look(self: Certifier, keys: list[tuple[str, str]], _: Any, known: Mapping[str, Any]) -> None:
            asked.extend(keys)
            for name, which in keys:
                wanted = rests.get((name, which))
                if wanted is None or not set(wanted) <= set(known[name]):
                    self.lost[name, which] = "lost"
                else:
                    self.found[name, which] = {"atoms": [], "tree": []}
                    self.rests[name, which] = frozenset(f"known {n}" for n in wanted)

        monkeypatch.setattr(Certifier, "_look", look)
        core, _ = core_json(MODEL)
        claims = {p["name"]: p for p in core["properties"]}
        return Certifier(core, claims, before).run(), asked

    return run


def test_an_invariant_may_follow_where_no_step_keeps_it(certified: Any) -> None:
    found, _ = certified({("a", "init"): (), ("a", "up"): (), ("b", "init"): (), ("b", "here"): ("a",)})
    assert found.by_state == {"b"}
    assert {name: set(proofs) for name, proofs in found.proofs.items()} == {"a": {"init", "up"}, "b": {"here"}}
    assert set(found.lost) == {"c"}
    assert set(found.lost["c"]) == {"init", "up", "here"}


def test_what_follows_may_not_rest_on_what_follows(certified: Any) -> None:
    both = {("a", "init"): (), ("a", "up"): (), ("b", "here"): ("c",), ("c", "here"): ("b",)}
    found, _ = certified(both)
    assert set(found.proofs) == {"a"}
    # `b` has a proof from `c`, until `c` turns out to need its own state's invariants as well.
    found, _ = certified({**both, ("c", "init"): (), ("b", "init"): ()})
    assert set(found.proofs) == {"a"}


def test_steps_may_rest_on_what_follows(certified: Any) -> None:
    found, _ = certified({("a", "init"): (), ("a", "up"): ("b",), ("b", "here"): ("a",)})
    assert set(found.proofs) == {"a", "b"}
    assert found.by_state == {"b"}


def test_what_rests_on_the_fallen_falls(certified: Any) -> None:
    found, _ = certified({("a", "init"): (), ("a", "up"): ("b",), ("b", "init"): ()})
    assert not found.proofs


def test_a_proof_from_before_says_how(certified: Any) -> None:
    _, asked = certified({("b", "here"): ()}, b={"here": {"atoms": [], "tree": []}})
    assert ("b", "here") in asked
    assert ("b", "up") not in asked
