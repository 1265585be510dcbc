"""The built-in library keeps its promises: every spec comes out as demanded, and stands in canonical layout."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verifier.language.formatter import format_file
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.session.gate.gate import GateRequest, gate
from verifier.session.session import Request, check

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "amm/constant_product",
    "availability/breaker",
    "availability/guarded_pool",
    "availability/keeper",
    "bridge/lock_mint",
    "cdp/vat",
    "consensus/quorum",
    "governance/multisig",
    "governance/risk_steward",
    "governance/timelock",
    "governance/upgrade",
    "lending/gated",
    "lending/pool",
    "lending/reserves",
    "liquidation/auction",
    "margin/engine",
    "margin/scenarios",
    "options/collateral",
    "oracle/gate",
    "oracle/growth_cap",
    "oracle/median",
    "oracle/twap",
    "perp/order_book",
    "perp/pool",
    "perp/waterfall",
    "vault/shares",
)
FILES = sorted(p for folder in ("models", "spec") for p in (ROOT / folder).rglob("*.vspec"))


def test_the_list_of_the_library_is_whole() -> None:
    """A new model has to be named here, so that none is left unchecked."""
    assert {str(p.relative_to(ROOT / "spec").with_suffix("")) for p in (ROOT / "spec").rglob("*.vspec")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_is_settled_as_demanded(name: str) -> None:
    run = check(Request(paths=(name,)))
    assert not run.diagnostics
    assert [(r.id, r.verdict.name, r.verdict.notes) for r in run.results if not r.ok] == []
    kinds = {r.kind for r in run.results}
    assert {"invariant", "rule", "enabled", "reachable", "scenario"} <= kinds
    assert len(run.results) >= 8
    attacks = [r for r in run.results if r.expected == "violated"]
    assert attacks, "each model has a variant that is broken on purpose"
    assert all(r.verdict.counterexample is not None for r in attacks)
    assert run.status == 0


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_library_stands_in_canonical_layout(path: Path) -> None:
    source = Source(str(path), path.read_text(encoding="utf-8"))
    file, problems = parse(source)
    assert not problems
    assert file is not None
    assert format_file(file, source) == source.text


def test_the_gate_of_this_repository_is_open() -> None:
    """The tool's own gate over its own library: what was promised before is promised still, and as well proved."""
    report = gate(GateRequest(config=str(ROOT / "verify-spec.toml")), date.today())
    assert [(f.rule, f.id, f.message) for f in report.findings] == []
    assert report.baseline_diff == (), "run `verify-spec gate --update-baseline`, and look at what it changes"
    assert report.status == 0
