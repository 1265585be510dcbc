"""Proofs for claims that are true, as far as they are found; who finds them does not matter, the kernel judges.

Obligations are looked at side by side, in processes of their own: one that takes too long or breaks costs its own proof
and nothing else. An invariant that gets no proof is of no use to the others, which are then tried without it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, final

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
"""Wall time after which the search for one proof is given up: a back-stop beside the solver's own limits."""


@final
@dataclass(frozen=True, slots=True)
class Certified:
    """Proofs by claim and obligation, for the claims that have all of theirs; `lost` says for the others which
    obligations have none, and why."""

    proofs: Mapping[str, Mapping[str, Proof]]
    lost: Mapping[str, Mapping[str, str]]
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

    def run(self) -> Certified:
        """Proofs for as many claims as possible."""
        core = read_core(self.core_json)
        alive = dict(self.claims)
        while True:
            known = {n: known_from(alive, claim) for n, claim in alive.items()}
            due = [(n, o) for n, claim in alive.items() for o in proofs_due(core, n, claim, known[n])]
            self._look([key for key in due if key not in self.found and key not in self.lost], core, known)
            fallen = {name for name, _ in self.lost if name in alive}
            if not fallen:
                break
            alive = {n: c for n, c in alive.items() if n not in fallen}
            gone = {f"known {name}" for name in fallen}
            for key in [k for k, used in self.rests.items() if used & gone]:
                del self.found[key], self.rests[key]
        proofs = {n: {o: self.found[n, o] for m, o in due if m == n} for n in alive}
        lost: dict[str, dict[str, str]] = {}
        for (name, obligation), why in self.lost.items():
            lost.setdefault(name, {})[obligation] = why
        return Certified(proofs, lost, self.reused)

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
            due = proofs_due(core, name, self.claims[name], known)
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
            task = {"name": name, "claim": self.claims[name], "obligation": obligation, "known": known, "witness": {}}
            told = worker.ask(task, self.seconds)
        finally:
            free.put(worker)
        if isinstance(told, str):
            late = f"no proof was found in {self.seconds:g} seconds"
            self.lost[key] = late if told == "late" else "the search broke off"
        elif "proof" in told:
            self.found[key], self.rests[key] = told["proof"], frozenset(told["rests"])
        else:
            self.lost[key] = str(told["lost"])
