"""Random models, settled by the engines and judged by the interpreter.

The default run settles a few models. A nightly one takes more of them, in several processes:

    VERIFY_SPEC_MODELS=2000 pytest tests/engines/test_differential.py -n auto
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.engines.random_models import random_model
from tests.engines.referee import objections, searched, systems_of
from verifier.engines.strategy import Options, settle
from verifier.engines.verdict import Verdict
from verifier.system.transition import System

MODELS = int(os.environ.get("VERIFY_SPEC_MODELS", "8"))
QUICK = Options(depth=3, members=2)


def settled(system: System) -> tuple[Verdict, ...]:
    verdicts = settle(system, QUICK, lambda _: None)
    return tuple(v for v in verdicts if v is not None)


@pytest.mark.parametrize("seed", range(MODELS))
def test_play_agrees_with_the_engines(seed: int, tmp_path: Path) -> None:
    text = random_model(Random(seed))
    (system,) = systems_of(text, tmp_path)
    found = list(zip(system.properties, settled(system), strict=True))
    against = objections(system, found, seed=seed)
    if MODELS > 100 or seed % 6 == 0:
        against += searched(system, found, depth=2, members=2)
    assert not against, "\n".join((*against, text))


@pytest.mark.parametrize("seed", (1, 5))
def test_verdicts_are_the_same_twice(seed: int, tmp_path: Path) -> None:
    def told(verdict: Verdict) -> object:
        return (
            verdict.name,
            verdict.method,
            verdict.lemmas,
            verdict.depth,
            verdict.scope,
            verdict.counterexample,
            verdict.witness,
        )

    text = random_model(Random(seed))
    runs = [[told(v) for v in settled(system)] for _ in range(2) for system in systems_of(text, tmp_path)]
    assert runs[0] == runs[1]
