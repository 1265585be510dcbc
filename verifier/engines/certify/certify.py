"""Proofs for claims that are true, as far as they are found; who finds them does not matter, the kernel judges.

Obligations are looked at side by side, in processes of their own: one that takes too long or breaks costs its own proof
and nothing else. An invariant that gets no proof is of no use to the others, which are then tried without it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, final

from verifier.engines.certify.pruned import pruned
from verifier.kernel.check import MALFORMED, check
from verifier.kernel.core import Core, read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.judge import known_from, proofs_due
from verifier.logic.solvers.process import Helper

Claim = Mapping[str, Any]
Proof = Mapping[str, Any]
Key = tuple[str, str]
"""A claim and one of its obligations, by name."""

SECONDS = 60.0
"""Processor time after which the search for one proof is given up: a back-stop beside the solver's own limits."""
PATIENCE = 5
"""How many times as much wall time it may take, on a machine that has other things to do."""


@final
@dataclass(frozen=True, slots=True)
class Certified:
    """Proofs by claim and obligation, for the claims that have all of theirs; `lost` says for the others which
    obligations have none, and why."""

    proofs: Mapping[str, Mapping[str, Proof]]
    lost: Mapping[str, Mapping[str, str]]
    by_state: frozenset[str] = frozenset()
    """Invariants that are not kept by each step for itself, but follow from the others in the same state."""
    reused: int = 0
    """How many proofs were taken over from before."""


@final
@dataclass(slots=True)
class Certifier:
    """Looks for proofs of the claims of one core system. `before` are proofs to be used again where they still prove
    what is asked; `listen` is told how many of how many obligations are done."""

    core_json: Mapping[str, Any]
    claims: Mapping[str, Claim]
    before: Mapping[str, Mapping[str, Proof]] = field(default_factory=dict)
    listen: Callable[[str, int, int], None] | None = None
    seconds: float = SECONDS
    found: dict[Key, Proof] = field(default_factory=dict)
    rests: dict[Key, frozenset[str]] = field(default_factory=dict)
    lost: dict[Key, str] = field(default_factory=dict)
    reused: int = 0
    _alive: dict[str, Claim] = field(default_factory=dict)
    """The claims that may still get all their proofs."""

    def run(self) -> Certified:
        """Proofs for as many claims as possible."""
        core = read_core(self.core_json)
        stated = {p["name"] for p in self.core_json["properties"]}
        alive = self._alive
        alive.update(self.claims)
        self._turn({n for n in stated & alive.keys() if self.before.get(n, {}).keys() == {"here"}})
        while True:
            known = {n: known_from(alive, claim) for n, claim in alive.items()}
            due = [(n, o) for n, claim in alive.items() for o in proofs_due(core, n, claim, known[n])]
            self._look([key for key in due if key not in self.found and key not in self.lost], core, known)
            fallen = {name for name, which in due if (name, which) in self.lost}
            if not fallen:
                break
            turned = self._turn(fallen & stated)
            for name in fallen - turned:
                del alive[name]
            # What follows in the same state may not rest on what does.
            gone = {f"known {name}" for name in fallen - turned}
            gone_here = gone | {f"known {name}" for name in turned}
            for name, which in [*self.found]:
                if self.rests[name, which] & (gone_here if alive.get(name, {}).get("kind") == "follows" else gone):
                    del self.found[name, which], self.rests[name, which]
        proofs = {n: {o: self.found[n, o] for m, o in due if m == n} for n in alive}
        lost: dict[str, dict[str, str]] = {}
        for (name, obligation), why in self.lost.items():
            if name not in alive:
                lost.setdefault(name, {})[obligation] = why
        return Certified(proofs, lost, frozenset(n for n, c in alive.items() if c["kind"] == "follows"), self.reused)

    def _turn(self, names: AbstractSet[str]) -> frozenset[str]:
        """Those of the claims that are invariants are looked at once more, as what follows in the same state."""
        turned = frozenset(n for n in names if self._alive[n]["kind"] == "invariant")
        for name in turned:
            self._alive[name] = {**self._alive[name], "kind": "follows"}
        return turned

    def _look(self, keys: list[Key], core: Core, known: Mapping[str, Mapping[str, Any]]) -> None:
        waiting = [key for key in keys if not self._again(key, core, known[key[0]])]
        if not waiting:
            return
        count = min(os.cpu_count() or 1, len(waiting))
        free: SimpleQueue[Helper] = SimpleQueue()
        workers = [Helper("verifier.engines.certify.worker", json.dumps(self.core_json)) for _ in range(count)]
        for worker in workers:
            free.put(worker)
        try:
            with ThreadPoolExecutor(count) as pool:
                for done, _ in enumerate(pool.map(lambda key: self._one(key, known[key[0]], free), waiting), start=1):
                    if self.listen is not None:
                        self.listen(waiting[done - 1][0], done, len(waiting))
        finally:
            for worker in workers:
                worker.stop()

    def _again(self, key: Key, core: Core, known: Mapping[str, Any]) -> bool:
        """Whether a proof from before still proves what is asked."""
        name, obligation = key
        proof = self.before.get(name, {}).get(obligation)
        if proof is None:
            return False
        try:
            proof = pruned(proof)
            due = proofs_due(core, name, self._alive[name], known)
            self.rests[key] = check(core, due[obligation], proof)
        except (Refused, *MALFORMED):
            return False
        self.found[key] = proof
        self.reused += 1
        return True

    def _one(self, key: Key, known: Mapping[str, Any], free: SimpleQueue[Helper]) -> None:
        name, obligation = key
        worker = free.get()
        try:
            task = {"name": name, "claim": self._alive[name], "obligation": obligation, "known": known, "witness": {}}
            told = worker.ask(task | {"seconds": self.seconds}, self.seconds * PATIENCE)
        finally:
            free.put(worker)
        if isinstance(told, str):
            late = f"no proof was found in {self.seconds * PATIENCE:g} seconds"
            self.lost[key] = late if told == "late" else "the search broke off"
        elif "proof" in told:
            self.found[key], self.rests[key] = told["proof"], frozenset(told["rests"])
        else:
            self.lost[key] = str(told["lost"])
