"""How far the proofs of the suite can be trusted: which of them have certificates that the kernel accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from verifier.engines.certify.certify import Certifier
from verifier.engines.strategy import Settled
from verifier.engines.verdict import Verdict
from verifier.kernel.judge import digest, judge
from verifier.system.canonical import canonical, term_json
from verifier.system.transition import System


@final
@dataclass(frozen=True, slots=True)
class Backing:
    """The certificates of one proof that the kernel has accepted, or why there are none."""

    certificates: int
    lost: str = ""


def backings(system: System, verdicts: Mapping[str, Verdict], out: Settled) -> dict[str, Backing]:
    """For each property that is proved, what backs it. Invariants that were guessed need certificates as well."""
    core: dict[str, Any] = canonical(system)
    stated = {p["name"]: p for p in core["properties"]}
    claims = {n: stated[n] for n, v in verdicts.items() if v.name == "proved" and n in stated}
    lemmas = {n: t for n, t in out.known.items() if n not in verdicts}
    for name, terms in out.found.items():
        lemmas |= {f"{name}: found_{i}": term for i, term in enumerate(terms, start=1)}
    for name, term in lemmas.items():
        formula = term_json(term)
        if all(c.get("formula") != formula for c in claims.values()):
            yes = ["const", True, "bool"]
            claims[name] = {"kind": "invariant", "name": name, "formula": formula, "defined": yes}
    found = Certifier(core, claims).run()
    heads = {n: _head(n, claims[n], stated) | ({"by": "state"} if n in found.by_state else {}) for n in found.proofs}
    said = {n: {**head, "obligations": found.proofs[n]} for n, head in heads.items()}
    rulings = judge(core, said)
    backed: dict[str, Backing] = {}
    for name, verdict in verdicts.items():
        ruling = rulings.get(name)
        if verdict.name != "proved":
            continue
        if ruling is not None and not ruling.refused:
            backed[name] = Backing(ruling.certificates)
        elif ruling is not None:
            backed[name] = Backing(0, ruling.refused)
        elif name not in stated:
            backed[name] = Backing(0, "there are no certificates for properties of its kind")
        else:
            backed[name] = Backing(0, "; ".join(f"{o}: {why}" for o, why in found.lost.get(name, {}).items()))
    return backed


def _head(name: str, claim: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    if name in stated:
        return {"kind": claim["kind"], "states": digest(claim)}
    return {"kind": "lemma", "formula": claim["formula"]}
