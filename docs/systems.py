"""The page of systems: each mechanism of the founding articles, with the promises that state it and their verdicts.

The rows stand in `systems.toml`, the verdicts in `proofs/`, which CI checks anew. What a property says in words is its
`///` line in `spec/`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from verifier.session.session import prepare
from verifier.system.transition import Scenario, System

ROOT = Path(__file__).resolve().parent.parent

Entry = Mapping[str, Any]
"""A row or a term as it stands in the file."""

MODELS = {
    "R01": ("lending/pool", "lending/reserves", "lending/gated"), "R06": ("cdp/vat",), "R07": ("liquidation/auction",),
    "R10": ("vault/shares",), "R13": ("amm/constant_product",), "R16": ("oracle/median",), "R17": ("oracle/twap",),
    "R18": ("oracle/gate", "oracle/growth_cap"), "R19": ("perp/order_book",), "R20": ("perp/pool",),
    "R21": ("perp/waterfall",), "R22": ("margin/engine",), "R23": ("margin/scenarios",), "R24": ("options/collateral",),
    "R27": ("governance/timelock", "governance/upgrade", "governance/risk_steward"), "R28": ("governance/multisig",),
    "R29": ("availability/breaker", "availability/guarded_pool"), "R30": ("bridge/lock_mint",),
    "R31": ("consensus/quorum",), "R34": ("availability/keeper",),
}  # fmt: skip
"""Where the models of the catalogue are; the numbers that are missing here are models that are still to come."""

LATER = {
    "R02": "isolated lending markets", "R03": "lending that absorbs", "R04": "cTokens",
    "R05": "lending with deferred checks", "R08": "CDPs with redemption", "R09": "index accrual",
    "R11": "a pool of synthetic assets", "R12": "a fractional stablecoin", "R14": "concentrated liquidity",
    "R15": "a stable swap", "R25": "option vaults by rounds", "R26": "an order book", "R32": "rollup settlement",
    "R33": "proofs of reserves", "R35": "contagion",
}  # fmt: skip

INTRODUCTION = """\
# Systems

What the library says of each mechanism that a financial system on a chain is made of. A verdict is that of the last
`verify-spec prove`, and every run of the checks judges it again: ✔ proved, with a certificate that needs no solver;
◆ reached, by a run that is replayed; ✘ violated as expected, in a variant that has been broken the way a real system
was. `verify-spec explain PROPERTY` says why.

<!-- Made by docs/generate.py from docs/systems.toml, proofs/ and spec/; changes made here are lost. -->
"""

SIGNS = {"proved": "✔", "reached": "◆", "violated": "✘"}


@dataclass(frozen=True, slots=True)
class Promise:
    """One property of the library: what it says in words, and its verdict in `proofs/`. `verdict` is empty where
    nothing shows it, and `level` is that of a proof."""

    id: str
    says: str
    verdict: str
    level: str = ""


def systems() -> str:
    """The whole page."""
    rows, terms = read()
    parts = [
        INTRODUCTION,
        _models(),
        "## Mechanisms",
        "",
        "| # | mechanism | what is promised | stated as |",
        "| --- | --- | --- | --- |",
    ]
    parts += [_row(row) for row in rows if "apart" not in row]
    parts += ["", "## Terms", "", "| term | stated as |", "| --- | --- |"]
    parts += [f"| {term['name']} | {_stated(term)} |" for term in terms if "apart" not in term]
    parts += ["", "## What is no model", ""]
    parts += [f"- Row {row['number']}, {row['mechanism']}: {row['apart']}" for row in rows if "apart" in row]
    parts += [f"- {term['name']}: {term['apart']}" for term in terms if "apart" in term]
    return "\n".join(parts) + "\n"


def read() -> tuple[Sequence[Entry], Sequence[Entry]]:
    """The rows and the terms."""
    document = tomllib.loads((ROOT / "docs" / "systems.toml").read_text(encoding="utf-8"))
    return document["row"], document["term"]


def promises(entry: Entry) -> tuple[Promise, ...]:
    """The properties of a row or a term. KeyError for one that the library does not have."""
    return tuple(library()[name] for name in entry["properties"])


@lru_cache(maxsize=1)
def library() -> Mapping[str, Promise]:
    """All properties of the library but scenarios, by `path:Spec.property`."""
    return {promise.id: promise for path in paths() for promise in _file(path)}


def paths() -> tuple[str, ...]:
    """`lending/pool` and so on, in order."""
    return tuple(sorted(str(p.relative_to(ROOT / "spec").with_suffix("")) for p in (ROOT / "spec").rglob("*.vspec")))


def _file(path: str) -> Iterator[Promise]:
    prepared = prepare((str(ROOT / "spec" / f"{path}.vspec"),))
    stored = ROOT / "proofs" / f"{path}.json"
    entries = json.loads(stored.read_text(encoding="utf-8"))["specs"] if stored.exists() else {}
    for _, _, system in prepared.systems:
        yield from _spec(path, system, entries.get(system.spec, {"claims": {}, "runs": {}}))


def _spec(path: str, system: System, entry: Mapping[str, Any]) -> Iterator[Promise]:
    for prop in system.properties:
        name = prop.heading.name
        if isinstance(prop, Scenario):
            continue
        found = Promise(f"{path}:{system.spec}.{name}", " ".join(prop.heading.doc.split()), "")
        if name in entry["runs"]:
            verdict = "violated" if prop.heading.expect_violated else "reached"
            yield Promise(found.id, found.says, verdict)
        elif name in entry["claims"]:
            yield Promise(found.id, found.says, "proved", entry["claims"][name]["level"])
        else:
            yield found


# ---------------------------------------------------------------------------------------------- the parts of the page


def _models() -> str:
    lines = [
        "## Models",
        "",
        "| | model | proved | reached | violated as expected |",
        "| --- | --- | --- | --- | --- |",
    ]
    names = {path: number for number, known in MODELS.items() for path in known}
    for path in paths():
        mine = [p for p in library().values() if p.id.startswith(f"{path}:")]
        counts = [sum(p.verdict == verdict for p in mine) for verdict in SIGNS]
        lines.append(
            f"| {names.get(path, '')} | [{path}](../models/{path}.md) | {counts[0]} | {counts[1]} | {counts[2]} |"
        )
    later = ", ".join(f"{words} ({number})" for number, words in LATER.items())
    return "\n".join([*lines, "", f"Still to come: {later}.", ""])


def _row(row: Entry) -> str:
    return f"| {row['number']} | {row['mechanism']} | {row['promise']} | {_stated(row)} |"


def _stated(entry: Entry) -> str:
    lines = [f"{SIGNS.get(p.verdict, '?')} [`{p.id}`](../spec/{p.id.partition(':')[0]}.vspec)" for p in promises(entry)]
    open_ = [f"{LATER[m]} ({m})" for m in entry["models"] if m in LATER]
    lines += [f"still to come: {', '.join(open_)}"] if open_ else []
    return "<br>".join(lines)
