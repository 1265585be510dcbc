"""Small models for proofs written by hand, and the check of one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.engines.referee import systems_of
from verifier.kernel.check import check
from verifier.kernel.core import Core, read_core
from verifier.kernel.obligations import obligations
from verifier.system.canonical import canonical, term_json
from verifier.system.transition import Invariant

Json = Any


@cache
def core_json(text: str) -> tuple[Json, dict[str, Json]]:
    """A core system as it is read from a file, and its invariants' formulas."""
    with tempfile.TemporaryDirectory() as folder:
        (system,) = systems_of(text, Path(folder))
    known = {p.heading.name: term_json(p.formula) for p in system.properties if isinstance(p, Invariant)}
    return json.loads(json.dumps([canonical(system), known]))  # type: ignore[no-any-return]


def checked(text: str, claim: str, which: str, proof: Mapping[str, Json]) -> frozenset[str]:
    """The labels that a proof of one obligation rests on, other invariants being known; `Refused` if it proves
    nothing."""
    data, known = core_json(text)
    core: Core = read_core(data)
    known = {name: formula for name, formula in known.items() if name != claim}
    said = core.properties[claim]
    return check(core, obligations(core, claim, said, known)[which], json.loads(json.dumps(proof)))
