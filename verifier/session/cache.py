"""What earlier runs found out, in the user's cache folder, so that nothing is settled twice.

| layer    | found by                                                                          | what             |
| -------- | --------------------------------------------------------------------------------- | ---------------- |
| reports  | a command, where no file has changed (`remembered.py`)                            | what it printed  |
| verdicts | the transition system without its places, the options, the whole tool, the solver | those of a spec  |
| answers  | the text of a query, procedure, limit and seed, the code that asks, the solver    | what it answered |

A run that finds what it is to print parses nothing. One that finds all its verdicts makes no solver call and imports no
solver; where one action was edited, only the queries that speak of it are asked again. Nothing that a clock stopped is
kept. The runs of verdicts are replayed when they are read.

The folder is trusted as much as the installed package is: it is the user's own. Checksums find damage and slips, not an
attacker who computes them anew.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import final

from verifier.engines.options import Options
from verifier.language.frozen import dataclass, field
from verifier.logic.solvers.answer import Answer, Forgetful, Question
from verifier.session.fingerprint import (
    Seen,
    code_fingerprint,
    code_stamp,
    file_fingerprint,
    fingerprint,
    solver_fingerprint,
)
from verifier.session.found import Found
from verifier.session.store import Store, folder_of_cache
from verifier.session.verdict_json import (
    UnreadableError,
    from_json,
    read,
    read_findings,
    to_json,
    written,
    written_findings,
)
from verifier.system.execute import Interpreter
from verifier.system.transition import Property, System

_ASKING = Path(__file__).resolve().parent.parent / "logic" / "solvers" / "z3_text.py"


def open_cache() -> Cache | None:
    """The user's cache; None where there is no folder for it, or nothing can be said for certain about the code or the
    solver."""
    folder, code, asking, solver = (
        folder_of_cache(),
        code_fingerprint(),
        file_fingerprint(_ASKING),
        solver_fingerprint(),
    )
    if folder is None or code is None or asking is None or solver is None:
        return None
    store = Store(folder)
    return Cache(store, Answers(store, asking + solver), code + solver, code_stamp()) if store.works else None


@final
@dataclass(frozen=True, slots=True)
class Answers:
    """The memory of solver answers. `made_by` stands for the code that asks and for the solver. `doubtful` are the
    reasons of answers in this run that may be others another time."""

    store: Store
    made_by: bytes
    doubtful: list[str] = field(default_factory=list)

    def recall(self, question: Question) -> Answer | None:
        """The answer of an earlier run."""
        data = self.store.get(self._key(question))
        if data is None:
            return None
        try:
            answer: Answer = from_json(data, Answer)
        except UnreadableError:
            return None
        return answer if answer.repeats else None

    def keep(self, question: Question, answer: Answer) -> None:
        """Store an answer that repeats."""
        if not answer.repeats:
            self.doubtful.append(answer.why)
        else:
            self.store.put(self._key(question), to_json(replace(answer, seconds=0.0)))

    def _key(self, question: Question) -> bytes:
        return fingerprint("answer", self.made_by, question)


@final
@dataclass(frozen=True, slots=True)
class Cache:
    """Verdicts, and the memory of answers below them. `made_by` stands for the code and the solver; `stamp` tells when
    the code changes below our feet. `seen` is what fingerprints have been taken of: specs share their models. `lost`
    are the specs of whose verdicts some could not be kept."""

    store: Store
    answers: Answers
    made_by: bytes
    stamp: bytes | None
    seen: Seen = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def recall(self, interp: Interpreter, options: Options) -> Found | None:
        """What is known of all properties of a system that the options name; None unless it is known of every one."""
        system = interp.system
        match self.store.get(self._key(system, options)):
            case {"verdicts": dict(verdicts), "findings": findings} if verdicts.keys() == options.only:
                pass
            case _:
                return None
        try:
            read_ = {p.heading.name: read(interp, p, verdicts[p.heading.name]) for p in _asked(system, options)}
            free = {n: replace(v, cost=replace(v.cost, seconds=0.0, solver_seconds=0.0)) for n, v in read_.items()}
            return Found(free, read_findings(system, findings))
        except UnreadableError:
            return None

    def keep(self, system: System, options: Options, found: Found) -> None:
        """Store verdicts, if they are all that the options name and none depends on how fast this machine is."""
        if not self._kept(system, options, found):
            self.lost.append(system.spec)

    def _kept(self, system: System, options: Options, found: Found) -> bool:
        if found.verdicts.keys() != options.only or any(v.cost.timed_out for v in found.verdicts.values()):
            return False
        if self.answers.doubtful and any(v.name in ("unknown", "bounded") for v in found.verdicts.values()):
            return False
        interp = Interpreter(system)
        findings = written_findings(system, found.findings)
        verdicts = {p.heading.name: written(interp, p, found.verdicts[p.heading.name]) for p in _asked(system, options)}
        if findings is None or None in verdicts.values() or self.stamp is None or code_stamp() != self.stamp:
            return False
        self.store.put(self._key(system, options), {"verdicts": verdicts, "findings": findings})
        return True

    def flush(self) -> None:
        """Write what is not on the disk yet."""
        self.store.flush()

    def close(self) -> None:
        """Write what is not on the disk yet, and let go of it."""
        self.store.close()

    def _key(self, system: System, options: Options) -> bytes:
        return fingerprint("verdicts", self.made_by, system, replace(options, memory=Forgetful()), seen=self.seen)


def _asked(system: System, options: Options) -> tuple[Property, ...]:
    return tuple(p for p in system.properties if p.heading.name in options.only)
