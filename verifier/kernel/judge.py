"""Judges the proofs of one spec: each claim stands, or is refused with the reason.

Every obligation of a claim is derived here, from the core system alone, and each needs a proof. A claim whose proofs
use other invariants stands only if these stand: invariants and lemmas may hold one another up, since a proof uses them
in the state before a step only. An invariant that is said to follow in the same state may use those that do not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

from verifier.kernel.check import check, guarded
from verifier.kernel.core import Core, Term, read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.obligations import YES, Obligation, formula_of, obligations
from verifier.kernel.typed import check_formula


@final
@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a claim: `refused` is the reason, empty if it stands. `rests` are the labels of the assumptions
    (`assume …`) and of the other claims (`known …`) that its proofs use; `certificates` counts the proofs."""

    name: str
    kind: str
    refused: str = ""
    rests: frozenset[str] = frozenset()
    certificates: int = 0

    @property
    def leans_on(self) -> frozenset[str]:
        """The other claims that it rests on."""
        return frozenset(label.removeprefix("known ") for label in self.rests if label.startswith("known "))


def digest(value: Any) -> str:
    """The SHA-256 of the canonical text of JSON values, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def stated(core: Core, name: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claim that a file makes: a property of the core, or a lemma that brings its own formula."""
    prop = core.properties.get(name)
    if said["kind"] == "lemma":
        if prop is not None:
            raise Refused("a property of the spec has the name of this lemma")
        check_formula(core, said["formula"])
        return {"kind": "invariant", "name": name, "formula": said["formula"], "defined": YES}
    if prop is None:
        raise Refused("the spec makes no such claim that could have certificates")
    if said["kind"] != prop["kind"]:
        raise Refused(f"the spec says `{prop['kind']}`, the file says `{said['kind']}`")
    if said["states"] != digest(prop):
        raise Refused("the file is about another formula of this name")
    if said.get("by") == "state" and prop["kind"] == "invariant":
        return {**prop, "kind": "follows"}
    return prop


def known_from(claims: Mapping[str, Mapping[str, Any]], claim: Mapping[str, Any] | None = None) -> dict[str, Term]:
    """The invariants among claims, which all proofs may use in the state before. What follows in the same state may
    use those that are kept by each step: so nothing rests on itself."""
    kinds = ("invariant", "follows" if claim is None or claim["kind"] != "follows" else "")
    return {name: formula_of(other) for name, other in claims.items() if other["kind"] in kinds}


def proofs_due(core: Core, name: str, claim: Mapping[str, Any], known: Mapping[str, Term]) -> dict[str, Obligation]:
    """What has to be proved for a claim, by name; `Refused` where its formula is none."""
    return guarded(obligations, core, name, claim, known)  # type: ignore[no-any-return]


@final
@dataclass(slots=True)
class Judge:
    """The work on the claims of one spec."""

    core: Core
    said: Mapping[str, Mapping[str, Any]]
    claims: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    rulings: dict[str, Ruling] = field(default_factory=dict)

    def run(self, wanted: Iterable[str] | None) -> dict[str, Ruling]:
        """Rulings on the claims wanted (None: all), and on those that they rest on."""
        for name, said in self.said.items():
            try:
                self.claims[name] = guarded(stated, self.core, name, said)
            except Refused as problem:
                self._refuse(name, str(problem))
        waiting = [n for n in (self.said if wanted is None else wanted) if n in self.claims]
        while waiting:
            name = waiting.pop()
            if name not in self.rulings:
                self._rule(name, known_from(self.claims, self.claims[name]))
                waiting.extend(self.rulings[name].leans_on - self.rulings.keys())
        while fallen := {name: bad for name in self.rulings if (bad := self._refused_below(name))}:
            for name, bad in fallen.items():
                self._refuse(name, f"it rests on `{min(bad)}`, which is refused")
        return self.rulings

    def _refused_below(self, name: str) -> list[str]:
        ruling = self.rulings[name]
        return [] if ruling.refused else [other for other in ruling.leans_on if self.rulings[other].refused]

    def _refuse(self, name: str, reason: str) -> None:
        said = self.said[name]
        kind = said["kind"] if isinstance(said, Mapping) and isinstance(said.get("kind"), str) else "?"
        self.rulings[name] = replace(self.rulings.get(name, Ruling(name, kind)), refused=reason)

    def _rule(self, name: str, known: Mapping[str, Term]) -> None:
        said, claim = self.said[name], self.claims[name]
        rests: set[str] = set()
        where = "its formula"
        try:
            due = proofs_due(self.core, name, claim, known)
            where = "its obligations"
            proofs = guarded(_matched, due, said)
            for which, obligation in due.items():
                where = f"`{which}`"
                rests |= check(self.core, obligation, proofs[which])
        except Refused as problem:
            self.rulings[name] = Ruling(name, said["kind"], f"{where}: {problem}")
        else:
            used = frozenset(label for label in rests if label.startswith(("known ", "assume ")))
            self.rulings[name] = Ruling(name, said["kind"], "", used, len(proofs))


def _matched(due: Mapping[str, Obligation], said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The proofs of a claim, one for each obligation and no others."""
    proofs: Mapping[str, Any] = said["obligations"]
    missing, stray = sorted(due.keys() - proofs.keys()), sorted(proofs.keys() - due.keys())
    if missing or stray:
        raise Refused(f"`{missing[0]}` has no proof" if missing else f"`{stray[0]}` is none of them")
    return proofs


def judge(core: Mapping[str, Any], said: Mapping[str, Any], wanted: Iterable[str] | None = None) -> dict[str, Ruling]:
    """Rulings on the claims of a spec: `core` is the core system, `said` what a file of proofs says, by claim;
    `Refused` if it is no object of claims."""
    return Judge(read_core(core), guarded(dict, said)).run(wanted)
