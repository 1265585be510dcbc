"""The kernel against the interpreter: nothing that it states of an obligation is false of a run that really happens.

The default run takes a few models; a longer one more of them:

    VERIFY_SPEC_MODELS=500 pytest tests/kernel/test_truth.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest

from tests.engines.random_models import random_model
from tests.engines.referee import systems_of
from tests.kernel.concrete import worlds
from tests.kernel.nested_models import nested_model
from tests.kernel.walk import Walk
from verifier.kernel.core import read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.obligations import obligations
from verifier.session.session import prepare
from verifier.system.canonical import canonical, term_json
from verifier.system.deadlines import counting
from verifier.system.execute import Interpreter
from verifier.system.transition import Invariant, System

MODELS = int(os.environ.get("VERIFY_SPEC_MODELS", "6"))
DEADLINES = Path(__file__).resolve().parents[1] / "corpus" / "verdicts" / "deadlines.vspec"
LIBRARY = ("lending/pool", "lending/vault") if False else ("lending/pool",)


def walk(system: System, rng: Random, rounds: int, steps: int) -> int:
    """Walks for all properties; how many there were."""
    core = read_core(json.loads(json.dumps(canonical(system))))
    interp, count = Interpreter(system), 0
    known = {p.heading.name: term_json(p.formula) for p in system.properties if isinstance(p, Invariant)}
    known = json.loads(json.dumps(known))
    for prop in system.properties:
        claim = core.properties.get(prop.heading.name)
        if claim is None:
            continue
        due = obligations(core, prop.heading.name, claim, known)
        for _ in range(rounds):
            sizes = {s.name: rng.choice((1, 1, 2, 3)) for s in system.sorts if s.size is None}
            for name, world in worlds(interp, rng, sizes, prop):
                if name in due:
                    try:
                        Walk(core, due[name], world, rng).run(steps)
                    except Refused:
                        continue
                    count += 1
    return count


@pytest.mark.parametrize("seed", range(MODELS))
def test_random_models(seed: int, tmp_path: Path) -> None:
    (system,) = systems_of(random_model(Random(seed)), tmp_path)
    assert walk(system, Random(seed), rounds=2, steps=5)


@pytest.mark.parametrize("seed", range((MODELS + 5) // 6))
def test_members_within_members(seed: int, tmp_path: Path) -> None:
    (system,) = systems_of(nested_model(Random(seed)), tmp_path)
    assert walk(system, Random(seed), rounds=1, steps=4)


def test_deadlines() -> None:
    """Of runs in which the counters are what the interpreter makes of them."""
    walked = 0
    for _, _, system in prepare((str(DEADLINES),)).systems:
        if system.spec:
            walked += walk(counting(system), Random(0), rounds=2, steps=5)
    assert walked > 100


@pytest.mark.parametrize("target", LIBRARY)
def test_the_library(target: str) -> None:
    for _, _, system in prepare((target,)).systems:
        if system.spec:
            assert walk(system, Random(0), rounds=2, steps=5)
