"""Proofs for claims that are true, as far as they are found; who finds them does not matter, the kernel judges.

Obligations are looked at side by side, in processes of their own: one that takes too long or breaks costs its own proof
and nothing else. An invariant that gets no proof is of no use to the others, which are then tried without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, final

from verifier.kernel.check import check
from verifier.kernel.core import Core, read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.judge import MALFORMED, known_from, proofs_due

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
class _Worker:
    """One process that looks for proofs; started anew when it has been stopped."""

    core: str
    process: subprocess.Popen[str] | None = None

    def ask(self, task: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """`{"proof": …, "rests": […]}`, or `{"lost": reason}`."""
        process = self.process if self.process is not None else self._started()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            _pipe(process.stdin).write(json.dumps(task) + "\n")
            _pipe(process.stdin).flush()
            line = _pipe(process.stdout).readline()
        except OSError:
            line = ""
        finally:
            late = not timer.is_alive()
            timer.cancel()
        if line.endswith("\n"):
            return json.loads(line)  # type: ignore[no-any-return]
        self.stop()
        return {"lost": f"no proof was found in {seconds:g} seconds" if late else "the search broke off"}

    def _started(self) -> subprocess.Popen[str]:
        package = Path(__file__).resolve().parents[3]
        paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "verifier.engines.certify.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        _pipe(self.process.stdin).write(self.core + "\n")
        return self.process

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                try:
                    _pipe(pipe).close()
                except OSError:  # what was not written yet has no reader any more
                    pass
            self.process = None


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


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
            known = known_from(alive)
            due = [(n, o) for n, claim in alive.items() for o in proofs_due(core, n, claim, known)]
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

    def _look(self, keys: list[Key], core: Core, known: Mapping[str, Any]) -> None:
        waiting = [key for key in keys if not self._again(key, core, known)]
        if not waiting:
            return
        count = min(os.cpu_count() or 1, len(waiting))
        free: SimpleQueue[_Worker] = SimpleQueue()
        workers = [_Worker(json.dumps(self.core_json)) for _ in range(count)]
        for worker in workers:
            free.put(worker)
        try:
            with ThreadPoolExecutor(count) as pool:
                for done, _ in enumerate(pool.map(lambda key: self._one(key, known, free), waiting), start=1):
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
            self.rests[key] = check(core, self.claims[name], due[obligation], proof)
        except (Refused, *MALFORMED):
            return False
        self.found[key] = proof
        self.reused += 1
        return True

    def _one(self, key: Key, known: Mapping[str, Any], free: SimpleQueue[_Worker]) -> None:
        name, obligation = key
        worker = free.get()
        try:
            task = {"name": name, "claim": self.claims[name], "obligation": obligation, "known": known, "witness": {}}
            told = worker.ask(task, self.seconds)
        finally:
            free.put(worker)
        if "proof" in told:
            self.found[key], self.rests[key] = told["proof"], frozenset(told["rests"])
        else:
            self.lost[key] = str(told["lost"])
