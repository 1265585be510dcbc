"""The example in docs/certificates.md is what it says."""

from __future__ import annotations

import json

from tests.docs.pages import ROOT, blocks
from tests.kernel.forged import core_json
from verifier.kernel.check import check
from verifier.kernel.core import read_core
from verifier.kernel.obligations import obligations


def test_the_example_is_accepted() -> None:
    found = list(blocks(ROOT / "docs" / "certificates.md"))
    (model,) = (block.text for block in found if block.language == "vspec")
    (proof,) = (json.loads(block.text) for block in found if block.language == "json")
    data, known = core_json(model)
    core = read_core(data)
    due = obligations(core, "covered", core.properties["covered"], known)
    assert due.keys() == {"init", "pay", "take"}
    assert check(core, due["pay"], proof) == {"known covered", "goal"}
