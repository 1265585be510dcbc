"""Jobs to results: what earlier runs know first, the rest side by side.

Solvers let go of Python's lock, so threads are enough: while one waits for a solver, another writes the next query.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, final

from verifier.engines.finding import Finding
from verifier.engines.options import Event, Options
from verifier.engines.verdict import Cost, Verdict
from verifier.logic.solvers.answer import Answer, Forgetful, Memory, Question
from verifier.session.choose import Job
from verifier.session.fingerprint import fingerprint
from verifier.session.found import Found
from verifier.session.progress import Listen, Progress
from verifier.session.proofs import Entry, read_proofs
from verifier.session.run import Expected, Notice, Result
from verifier.system.execute import Interpreter
from verifier.system.transition import Property, Reachable, Scenario, System

if TYPE_CHECKING:  # a Python without SQLite has no cache
    from verifier.session.cache import Cache
    from verifier.session.evidence import Evidence

TURN_SECONDS = 0.0005
"""How long a thread may keep Python's lock when others wait for it. A query is a hundred short calls into the solver,
each of which lets go of the lock: with Python's own choice, ten times as long, they wait longer than they work."""


@final
class StoppedError(Exception):
    """The run is over; whoever still works on it may stop."""


@final
@dataclass(slots=True)
class Attended:
    """A memory that ends all work that leans on it once the run is stopped, or its time is over."""

    inner: Memory
    until: float | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return self.until is not None and perf_counter() >= self.until

    def recall(self, question: Question) -> Answer | None:
        """What the inner memory knows. Raises StoppedError."""
        if self.stopped.is_set() or self.late:
            raise StoppedError
        return self.inner.recall(question)

    def keep(self, question: Question, answer: Answer) -> None:
        """Remember it inside."""
        self.inner.keep(question, answer)


@final
@dataclass(frozen=True, slots=True)
class Settled:
    """The verdicts of one job, by property, and what is worth a look. `remembered` are verdicts of an earlier run."""

    verdicts: Mapping[str, Verdict]
    findings: tuple[Finding, ...] = ()
    remembered: frozenset[str] = frozenset()


@final
@dataclass(slots=True)
class Schedule:
    """The work on all jobs of a run. `depth` is how many steps a search may take (None: the tool's own choice); `done`
    jobs are settled. Whatever is not settled when `until` has come (on the clock of `perf_counter`) has no verdict."""

    jobs: tuple[Job, ...]
    depth: int | None
    listen: Listen
    cache: Cache | None
    until: float | None = None
    memory: Attended = field(init=False)
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _read: dict[Path, bytes | None] = field(default_factory=dict)
    _judging: threading.Lock = field(default_factory=threading.Lock)
    _judged: dict[tuple[str, str], Evidence | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = Attended(self.cache.answers if self.cache is not None else Forgetful(), self.until)

    def results(self) -> Iterator[Result | Notice]:
        """All results, in the order of the jobs and of the properties in them; behind those of a job, what is worth a
        look in its spec."""
        known = [self._known(job) for job in self.jobs]
        for job, settled in zip(self.jobs, self._all(known), strict=True):
            for prop in job.system.properties:
                name = prop.heading.name
                verdict = settled.verdicts.get(name)
                if verdict is not None:
                    expected = _expected(prop)
                    demanded = verdict.name == ("violated" if expected == "violated" else "proved")
                    yield Result(job.system, prop, verdict, expected, demanded, job.profile, name in settled.remembered)
            yield from (Notice(job.system, finding) for finding in settled.findings)

    def _all(self, known: list[Settled | None]) -> list[Settled]:
        missing = [job for job, found in zip(self.jobs, known, strict=True) if found is None]
        self.done = len(self.jobs) - len(missing)
        if not missing:
            return [found for found in known if found is not None]
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        patience = sys.getswitchinterval()
        sys.setswitchinterval(TURN_SECONDS)
        try:
            fresh = iter(list(pool.map(self._settled, missing)))
        except BaseException:
            self.memory.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            sys.setswitchinterval(patience)
        pool.shutdown()
        return [next(fresh) if found is None else found for found in known]

    def _known(self, job: Job) -> Settled | None:
        """A job's verdicts without any solver: scenarios are run in any case, the rest has to be known."""
        options = self._options(job)
        if not options.only:
            return Settled(_scenarios(job))
        if self.cache is None or job.second:
            return None
        interp = Interpreter(job.system)
        found = self.cache.recall(interp, options)
        if found is None:
            return None
        return Settled({**found.verdicts, **_scenarios(job, interp)}, found.findings, frozenset(found.verdicts))

    def _settled(self, job: Job) -> Settled:
        options = self._options(job)
        try:
            found = self._found(job, options)
        except StoppedError:
            if self.memory.stopped.is_set():
                raise
            return Settled(_scenarios(job))  # the time is over: a spec is settled as a whole or not at all
        if self.cache is not None and not job.second:
            self.cache.keep(job.system, options, found)
        if self.cache is not None:
            self.cache.flush()
        with self._lock:
            self.done += 1
        return Settled({**found.verdicts, **_scenarios(job)}, found.findings)

    def _found(self, job: Job, options: Options) -> Found:
        """Verdicts from the job's file of proofs as far as they stand there, the rest from the engines."""
        entry, held = self._entry(job), None
        if entry is not None:
            held = self._evidence(job, entry, options.only)
        if entry is None or held is None:
            return self._engines(job, options)
        # Advice that the file does not give is the engines' to give, who have to settle everything for that.
        known = held.verdicts if held.findings is not None or not options.look else {}
        findings = held.findings or ()
        left = options.only - known.keys()
        if not left:
            return Found(known, findings if options.look else ())
        asked = replace(options, only=left, certified={n: t for n, t in held.known.items() if n not in left})
        found = self._engines(job, asked if not known else replace(asked, look=False))
        from verifier.session.evidence import raised

        others = {n: raised(job.system, entry, held, n, v) for n, v in found.verdicts.items()}
        stored = findings if known and options.look else ()
        return Found({**known, **others}, (*stored, *found.findings))

    def _evidence(self, job: Job, entry: Entry, names: frozenset[str]) -> Evidence | None:
        """What stands of a file of proofs. Proofs for all numbers are proofs for a profile's, which meet the same
        assumptions; runs have numbers of their own. So profiles share the proofs, and nothing else: with its numbers,
        what is proved may be true of nothing."""
        from verifier.session.evidence import evidence, for_all_numbers

        if not job.profile:
            return evidence(job.system, entry, names)
        with self._judging:
            key = (job.system.path, job.system.spec)
            if key not in self._judged:
                self._judged[key] = for_all_numbers(job.system, entry)
            general = self._judged[key]
        if general is None:
            return None
        held = general.of(names)
        return replace(held, verdicts={**held.verdicts, **self._vacuous(job, entry, held)})

    def _vacuous(self, job: Job, entry: Entry, held: Evidence) -> Mapping[str, Verdict]:
        """The verdicts on what is proved for all numbers and says nothing of a profile's."""
        from verifier.session.evidence import happening

        unclear = frozenset(held.verdicts) - happening(job.system, entry, held.verdicts)
        if not unclear:
            return {}
        from verifier.engines.emptiness import vacuous_among

        return vacuous_among(job.system, unclear, tuple(held.known.values()), self.memory)

    def _engines(self, job: Job, options: Options) -> Found:
        def heard(event: Event) -> None:
            self._tell(job, event)

        if not job.second:
            return _engines(job.system, options, heard)
        from verifier.session.second import agreed_by_two

        return agreed_by_two(job.system, options, lambda asked: _engines(job.system, asked, heard), job.parts)

    def _entry(self, job: Job) -> Entry | None:
        """What the job's file of proofs says of its spec."""
        content = self._content(job)
        if content is None:
            return None
        specs = read_proofs(content)
        return None if isinstance(specs, str) else specs.get(job.system.spec)

    def _content(self, job: Job) -> bytes | None:
        path = job.proofs
        if path is None:
            return None
        if path not in self._read:
            try:
                self._read[path] = path.read_bytes()
            except OSError:
                self._read[path] = None
        return self._read[path]

    def _options(self, job: Job) -> Options:
        """What is asked of the engines. Only a spec that is settled as a whole is looked at."""
        provable = {p.heading.name for p in job.system.properties if not isinstance(p, Scenario)}
        only = job.names & provable
        content = self._content(job)
        options = Options(
            only=only,
            memory=self.memory,
            look=only == provable and not job.profile,
            proofs=fingerprint(content) if content is not None else b"",
        )
        return options if self.depth is None else replace(options, depth=self.depth)

    def _tell(self, job: Job, event: Event) -> None:
        self.listen(Progress(job.system.spec, event.prop, event.phase, self.done, len(self.jobs)))


def _engines(system: System, options: Options, heard: Callable[[Event], None]) -> Found:
    """Solvers are imported here and nowhere else, so that whatever needs none starts fast."""
    from verifier.engines.strategy import settled

    out = settled(system, options, heard)
    verdicts = {p.heading.name: v for p, v in zip(system.properties, out.verdicts, strict=True) if v is not None}
    return Found(verdicts, out.findings)


def _scenarios(job: Job, ready: Interpreter | None = None) -> Mapping[str, Verdict]:
    """Scenarios are run, not proved: the interpreter alone settles them, one that is `ready` if there is one."""
    from verifier.system.scenarios import run_scenario, sentence

    interp = ready or Interpreter(job.system)
    out: dict[str, Verdict] = {}
    for prop in job.system.properties:
        if isinstance(prop, Scenario) and prop.heading.name in job.names:
            started = perf_counter()
            outcome = run_scenario(interp, prop)
            cost = Cost(seconds=perf_counter() - started)
            verdict = Verdict("proved", "run", cost=cost)
            if outcome.problem is not None:
                notes = (sentence(interp, outcome.problem),)
                found = outcome.counterexample
                verdict = Verdict("violated", "run", counterexample=found, notes=notes, cost=cost)
            out[prop.heading.name] = verdict
    return out


def _expected(prop: Property) -> Expected:
    if prop.heading.expect_violated:
        return "violated"
    match prop:
        case Reachable():
            return "reached"
        case Scenario():
            return "passed"
        case _:
            return "proved"
