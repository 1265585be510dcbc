"""The measured suite: small models with what they promise, each beside a twin with a realistic mistake.

A file `SECTION/NAME.vspec` holds a model and its spec; every property in it is an *obligation* and should be proved.
`SECTION/NAME.twin.vspec` is the same with one mistake. Its head says which, and what it has to break:

    // mistake: shares are minted with the quotient rounded up
    // breaks: round_trip, price_never_falls
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import final

from benchmarks.obligations.levels import Backing, backings
from verifier.engines.strategy import Options, Settled
from verifier.engines.strategy import settled as settle
from verifier.engines.verdict import Verdict
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source
from verifier.report.diagnostic import message
from verifier.session.session import prepare
from verifier.system.execute import Interpreter
from verifier.system.replay import claim_of, refutes
from verifier.system.transition import Reachable, Scenario, System, kind_of

FOLDER = Path(__file__).resolve().parent
TWIN = ".twin.vspec"

_HEAD = re.compile(r"^// (mistake|breaks): (.+)$", re.MULTILINE)


class Broken(Exception):
    """A file of the suite that can't be settled: it has mistakes, or its twin's head does not fit."""


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """A file and its twin. `section` is the folder, `name` the file without its ending."""

    section: str
    name: str

    @property
    def path(self) -> Path:
        """The file with what has to be proved."""
        return FOLDER / self.section / f"{self.name}.vspec"

    @property
    def twin(self) -> Path:
        """The file with the mistake."""
        return FOLDER / self.section / f"{self.name}{TWIN}"

    def mistake(self) -> tuple[str, tuple[str, ...]]:
        """What is wrong in the twin, and the names of the properties that this breaks."""
        head = dict(_HEAD.findall(self.twin.read_text(encoding="utf-8")))
        if set(head) != {"mistake", "breaks"}:
            raise Broken(f"{self.twin.name} has to begin with `// mistake: …` and `// breaks: …`.")
        return head["mistake"], tuple(n.strip() for n in head["breaks"].split(","))


@final
@dataclass(frozen=True, slots=True)
class Refutation:
    """What came of a property in the twin. `steps` counts the steps of its run, a rule's own calls among them;
    `replayed` tells that the interpreter, asked once more, saw the property fail in it."""

    verdict: str
    method: str
    steps: int = 0
    replayed: bool = False

    @property
    def ok(self) -> bool:
        """Whether the mistake was found."""
        return self.verdict == "violated" and self.replayed


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """One obligation settled. `rung` is the row of the ladder that settled it. `seconds` is wall time; `queries` and
    `rlimit` are what the solver was asked. `twin` is None where the mistake breaks something else of the file."""

    entry: Entry
    name: str
    kind: str
    verdict: str
    rung: str
    method: str
    level: str
    queries: int
    rlimit: int
    seconds: float
    twin: Refutation | None
    certificates: int = 0
    """How many certificates the kernel has accepted; with level L3 only."""
    lost: str = ""
    """Why there are none; empty where they were not asked for."""

    @property
    def ok(self) -> bool:
        """Whether it is proved, and its twin refuted."""
        return self.verdict == "proved" and (self.twin is None or self.twin.ok)

    @property
    def said(self) -> tuple[str, str]:
        """What has to be the same whatever the solver's seed is."""
        return self.verdict, "" if self.twin is None else self.twin.verdict


def entries(wanted: Iterable[str] = ()) -> tuple[Entry, ...]:
    """All files of the suite, or those of the sections or files (`rounding`, `rounding/mint_redeem`) that are named."""
    found = sorted(p for p in FOLDER.rglob("*.vspec") if not p.name.endswith(TWIN))
    every = tuple(Entry(p.parent.name, p.name.removesuffix(".vspec")) for p in found)
    names = tuple(wanted)
    return tuple(e for e in every if not names or e.section in names or f"{e.section}/{e.name}" in names)


def obligations(system: System) -> tuple[str, ...]:
    """The names of the properties that have to be proved."""
    return tuple(p.heading.name for p in system.properties if not isinstance(p, Reachable | Scenario))


def system_of(path: Path) -> System:
    """The one system of a file. Raises `Broken` where the file has mistakes or holds another number of specs."""
    prepared = prepare((str(path),))
    if prepared.diagnostics:
        first = prepared.diagnostics[0]
        raise Broken(f"{_place(first, prepared.loaded.sources)}{first.code}: {message(first)}")
    systems = [s for _, _, s in prepared.systems if s.spec]
    if len(systems) != 1:
        raise Broken(f"{path.name} has to hold one spec; it holds {len(systems)}.")
    return systems[0]


def settled(entry: Entry, seed: int = 0, *, levels: bool = False) -> tuple[Outcome, ...]:
    """Every obligation of a file, and what the twin's mistake breaks; with `levels`, certificates are looked for."""
    system, twin = system_of(entry.path), system_of(entry.twin)
    names, breaks = obligations(system), entry.mistake()[1]
    if strangers := set(breaks) - set(names):
        raise Broken(f"{entry.twin.name} is to break {', '.join(sorted(strangers))}, which {entry.path.name} lacks.")
    verdicts, out = _verdicts(system, names, seed)
    refuted = {name: _refutation(twin, name, verdict) for name, verdict in _verdicts(twin, breaks, seed)[0].items()}
    kinds = {p.heading.name: kind_of(p) for p in system.properties}
    backed = backings(system, verdicts, out) if levels else {}
    return tuple(
        _outcome(entry, name, kinds[name], verdicts[name], refuted.get(name), backed.get(name)) for name in names
    )


def all_settled(
    chosen: Iterable[Entry], seeds: Iterable[int], jobs: int, *, levels: bool = False
) -> dict[int, tuple[Outcome, ...]]:
    """The outcomes of the files for each seed; `jobs` files at a time."""
    every = tuple(chosen)
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn")) as pool:
        pending = {seed: [pool.submit(settled, entry, seed, levels=levels) for entry in every] for seed in seeds}
        return {seed: tuple(o for f in futures for o in f.result()) for seed, futures in pending.items()}


def _verdicts(system: System, names: tuple[str, ...], seed: int) -> tuple[dict[str, Verdict], Settled]:
    out = settle(system, Options(only=frozenset(names), seed=seed), lambda _: None)
    return {p.heading.name: v for p, v in zip(system.properties, out.verdicts, strict=True) if v is not None}, out


def _refutation(system: System, name: str, verdict: Verdict) -> Refutation:
    found = verdict.counterexample
    if found is None:
        return Refutation(verdict.name, verdict.method)
    prop = next(p for p in system.properties if p.heading.name == name)
    replayed = refutes(Interpreter(system), prop, claim_of(found))
    return Refutation(verdict.name, verdict.method, len(found.trace.steps) + len(found.program), replayed)


def _outcome(
    entry: Entry, name: str, kind: str, verdict: Verdict, twin: Refutation | None, backing: Backing | None
) -> Outcome:
    cost = verdict.cost
    certified = backing is not None and not backing.lost
    return Outcome(
        entry=entry,
        name=name,
        kind=kind,
        verdict=verdict.name,
        rung=verdict.rung,
        method=verdict.method,
        level="L3" if certified else verdict.level or "",
        queries=cost.queries,
        rlimit=cost.rlimit,
        seconds=cost.seconds,
        twin=twin,
        certificates=backing.certificates if backing is not None else 0,
        lost=backing.lost if backing is not None else "",
    )


def _place(problem: Diagnostic, sources: Mapping[str, Source]) -> str:
    if problem.span is None:
        return ""
    return f"{problem.span.path}:{sources[problem.span.path].position(problem.span.start).line}: "
