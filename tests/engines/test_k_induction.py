"""k-induction proves nothing false: asked about every violated invariant and step of the corpus of attacks, with nothing
tried before it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.engines.discharge import Discharger, OutOfBudgetError
from verifier.engines.k_induction import prove_by_k_induction
from verifier.session.session import prepare
from verifier.system.transition import Invariant, StepProperty

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FILES = (*sorted((CORPUS / "soundness").glob("*.vspec")), CORPUS / "verdicts" / "rung_k_induction.vspec")

BUDGET = 150_000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_what_is_violated_is_not_k_inductive(path: Path) -> None:
    violated = {
        number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(?<!/)//\s*violated", line)
    }  # fmt: skip
    prepared = prepare((str(path),))
    for target, _, system in prepared.systems:
        for prop in system.properties:
            line = target.source.position(prop.heading.span.start).line
            if line not in violated or not isinstance(prop, Invariant | StepProperty):
                continue
            try:
                k = prove_by_k_induction(Discharger(system).within(BUDGET), prop, {})
            except OutOfBudgetError:
                continue
            assert k is None, f"{system.spec}.{prop.heading.name} is called {k}-inductive"
