"""What the corpus says is violated has no certificate: the search gives up on one of its obligations at least.

The default run takes some of these promises, and all deadlines; all of them with

    VERIFY_SPEC_TWINS=1000 pytest tests/kernel/test_twins.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.test_corpus import CORPUS, FILES, expected_verdicts
from verifier.engines.certify.search import Prover
from verifier.engines.certify.tree import Lost
from verifier.kernel.check import check
from verifier.kernel.core import read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.obligations import obligations
from verifier.session.session import prepare
from verifier.system.canonical import canonical, term_json
from verifier.system.transition import Invariant

TWINS = int(os.environ.get("VERIFY_SPEC_TWINS", "20"))
BUDGET = 60
FALSE = [(path, line) for path in FILES for line, v in expected_verdicts(path.read_text("utf-8", "replace")).items()
         if v[0] == "violated"]  # fmt: skip
DEADLINES = [(path, line) for path, line in FALSE if path.stem == "deadlines"]
"""Promises of which the core system brings its own statements."""
CHOSEN = dict.fromkeys((*Random(0).sample(FALSE, min(TWINS, len(FALSE))), *DEADLINES))


def _claims(path: Path, wanted: int) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """The core systems with the promise on a line, and the invariants that do hold there."""
    prepared = prepare((str(path),))
    for _, _, system in prepared.systems:
        source = prepared.loaded.sources[system.path]
        lines = {p.heading.name: source.position(p.heading.span.start).line for p in system.properties}
        true = expected_verdicts(source.text)
        known = {
            p.heading.name: term_json(p.formula)
            for p in system.properties
            if isinstance(p, Invariant) and true.get(lines[p.heading.name], ("",))[0] == "proved"
        }
        data, known = json.loads(json.dumps([canonical(system), known]))
        core = read_core(data)
        for name in core.properties:
            if lines.get(name) == wanted:
                yield core, name, known


def _has_certificate(core: Any, name: str, which: str, known: dict[str, Any]) -> bool:
    claim = core.properties[name]
    obligation = obligations(core, name, claim, known)[which]
    try:
        proof = Prover(core, obligation, budget=BUDGET).prove(claim, {})
        check(core, obligation, json.loads(json.dumps(proof)))
    except (Lost, Refused):
        return False
    return True


@pytest.mark.parametrize(
    ("path", "line"),
    CHOSEN,
    ids=lambda v: v.relative_to(CORPUS).with_suffix("").as_posix() if isinstance(v, Path) else str(v),
)
def test_a_false_promise_has_no_certificates(path: Path, line: int) -> None:
    for core, name, known in _claims(path, line):
        due = obligations(core, name, core.properties[name], known)
        assert not all(_has_certificate(core, name, which, known) for which in due)
