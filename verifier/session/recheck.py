"""Judging files of proofs again: the kernel for certificates, the interpreter for runs, and no solver at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, final

from verifier.kernel.judge import Ruling, digest
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.conflict import contradiction
from verifier.session.evidence import replayed, rulings_of, scenario_json
from verifier.session.files import files_below, shown, unreadable
from verifier.session.library import builtin, place_of, project
from verifier.session.load import resolve
from verifier.session.proofs import JSON, Entry, certified, changed, proofs_of, read_proofs, spec_of
from verifier.session.session import prepare
from verifier.system.canonical import canonical
from verifier.system.execute import Interpreter
from verifier.system.scenarios import run_scenario
from verifier.system.transition import Property, Reachable, Responds, Scenario, System, kind_of

Outcome = Literal["accepted", "refused", "open"]
"""`open`: the file itself says that there is no certificate."""

Level = Literal["L3", "L0", "run"]
"""`run`: the claim is that there is a run, and it was replayed."""


@final
@dataclass(frozen=True, slots=True)
class Rechecked:
    """One claim of a file of proofs. `reason` says why it is refused or open; `rests` are the labels of what a proof
    uses; `seconds` is wall time."""

    name: str
    kind: str
    outcome: Outcome
    level: Level
    reason: str = ""
    certificates: int = 0
    rests: tuple[str, ...] = ()
    says: str = ""
    seconds: float = 0.0


@final
@dataclass(frozen=True, slots=True)
class RecheckedSpec:
    """What a file says of one spec. `stale` lists what has changed in the model or the spec since; `broken` says why
    nothing could be judged."""

    path: str
    spec: str
    rows: tuple[Rechecked, ...] = ()
    stale: tuple[str, ...] = ()
    broken: str = ""

    @property
    def ok(self) -> bool:
        """Whether all that the file says stands, for the model as it is."""
        return not self.stale and not self.broken and all(r.outcome != "refused" for r in self.rows)


@final
@dataclass(frozen=True, slots=True)
class Recheck:
    """All that was judged."""

    specs: tuple[RecheckedSpec, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    seconds: float

    @property
    def status(self) -> int:
        """The exit status: 0 all that the files say stands, 1 something is refused, 2 the input has mistakes."""
        if self.diagnostics:
            return 2
        return 0 if all(s.ok for s in self.specs) else 1


def recheck(paths: tuple[str, ...]) -> Recheck:
    """Judge files of proofs: those given, those that belong to specs that are given, or all of the project."""
    started = perf_counter()
    problems: list[Diagnostic] = []
    found = tuple(dict.fromkeys(_files(paths, problems)))
    if problems or not found:
        problems = problems or [Diagnostic("VS0526", None, {"path": _where(paths)})]
        return Recheck((), tuple(problems), {}, perf_counter() - started)
    specs: list[RecheckedSpec] = []
    sources: dict[str, Source] = {}
    for path in found:
        try:
            content = read_proofs(path.read_bytes())
        except OSError as problem:
            problems.append(unreadable(shown(path), problem))
            continue
        if isinstance(content, str):
            specs.append(RecheckedSpec(shown(path), "", broken=content))
            continue
        prepared = prepare((str(spec_of(path)),))
        sources |= prepared.loaded.sources
        problems.extend(prepared.diagnostics)
        systems = {s.spec: s for _, _, s in prepared.systems if s.spec}
        if not prepared.diagnostics:
            specs.extend(_specs(shown(path), content, systems))
    return Recheck(tuple(specs), tuple(problems), sources, perf_counter() - started)


def _where(paths: tuple[str, ...]) -> str:
    return ", ".join(paths) if paths else "proofs/"


def _files(paths: tuple[str, ...], problems: list[Diagnostic]) -> Iterator[Path]:
    if not paths:
        root = project() or builtin()
        folder = root / "proofs" if root is not None else None
        if folder is not None and folder.is_dir():
            yield from _below(folder, problems)
        return
    for typed in paths:
        path = Path(typed)
        if path.is_dir() and (place_of(path / "x").folder == "proofs" or path.name == "proofs"):
            yield from _below(path, problems)
        elif path.suffix == JSON:
            yield path
        else:
            yield from _beside(typed, problems)


def _below(folder: Path, problems: list[Diagnostic]) -> tuple[Path, ...]:
    files, wrong = files_below(folder, JSON)
    problems.extend(wrong)
    return files


def _beside(typed: str, problems: list[Diagnostic]) -> Iterator[Path]:
    """The proofs of specs; all that are named must have some, those below a folder may."""
    for spec in resolve(typed, problems):
        path = proofs_of(place_of(spec), spec)
        if path.is_file():
            yield path
        elif not Path(typed).is_dir():
            problems.append(Diagnostic("VS0526", None, {"path": shown(spec)}))


# ---------------------------------------------------------------------------------------------- one spec


def _specs(path: str, content: Mapping[str, Entry], systems: Mapping[str, System]) -> Iterator[RecheckedSpec]:
    for name, entry in content.items():
        if name in systems:
            yield _spec(path, systems[name], entry)
        else:
            yield RecheckedSpec(path, name, broken="there is no such spec any more")
    for name in systems:
        if name not in content:
            yield RecheckedSpec(path, name, broken="the file says nothing of this spec")


def _spec(path: str, system: System, entry: Entry) -> RecheckedSpec:
    core = canonical(system)
    stale: tuple[str, ...] = ()
    if digest(core) != entry["core"]:
        stale = changed(entry, system) or ("the digest in the file is of another core system",)
    interp = Interpreter(system)
    props = {p.heading.name: p for p in system.properties}
    rows: list[Rechecked] = []
    claims = certified(entry)
    for name, claim in entry["claims"].items():
        if name not in claims:
            why = claim.get("why")
            reasons = (
                "; ".join(f"{at}: {r}" if at else str(r) for at, r in why.items()) if isinstance(why, dict) else ""
            )
            rows.append(Rechecked(name, claim["kind"], "open", "L0", reasons))
    started = perf_counter()
    rulings = rulings_of(system, core, claims)
    seconds = (perf_counter() - started) / max(1, sum(r.certificates for r in rulings.values()))
    rows += [_judged(props.get(name), claims[name], rulings[name], seconds) for name in claims]
    for name, run in entry["runs"].items():
        rows.append(_played(interp, props.get(name), name, run))
        if name in rulings and not rulings[name].refused and rows[-1].outcome == "accepted":
            raise contradiction(system, core, name, claims, run)
    told = {r.name for r in rows}
    rows += [
        Rechecked(name, kind_of(prop), "open", "L0", "the file says nothing of it")
        for name, prop in props.items()
        if name not in told
    ]
    order = {name: i for i, name in enumerate(props)}
    rows.sort(key=lambda r: order.get(r.name, len(order)))
    return RecheckedSpec(path, system.spec, tuple(rows), stale)


def _why(data: Any) -> str:
    """Why there are no certificates, as the file tells it."""
    reasons = data if isinstance(data, Mapping) else {}
    return "; ".join(f"{at}: {reason}" if at else str(reason) for at, reason in reasons.items())


def _judged(prop: Property | None, claim: Mapping[str, Any], ruling: Ruling, seconds: float) -> Rechecked:
    return Rechecked(
        ruling.name,
        kind_of(prop) if isinstance(prop, Responds) else ruling.kind,
        "refused" if ruling.refused else "accepted",
        "L3",
        ruling.refused,
        ruling.certificates,
        tuple(sorted(ruling.rests)),
        str(claim.get("says", "")),
        seconds * ruling.certificates,
    )


def _played(interp: Interpreter, prop: Property | None, name: str, run: Any) -> Rechecked:
    if prop is None:
        return Rechecked(name, "?", "refused", "run", "the spec has no property of this name")
    started = perf_counter()
    if isinstance(prop, Scenario):
        outcome = run_scenario(interp, prop)
        reason = "" if outcome.passed else "the scenario does not go as it is written"
        if not reason and scenario_json(outcome) != run:
            reason = "the file has other calls than the scenario"
    else:
        reason = "" if replayed(interp, prop, run) is not None else _no_such_run(prop)
    outcome_word: Outcome = "refused" if reason else "accepted"
    return Rechecked(name, kind_of(prop), outcome_word, "run", reason, seconds=perf_counter() - started)


def _no_such_run(prop: Property) -> str:
    shows = "gets there" if isinstance(prop, Reachable) else "breaks it"
    return f"the run can't be replayed, or is none that {shows}"
