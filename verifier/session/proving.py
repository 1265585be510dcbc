"""Writing files of proofs: settle a spec, look for certificates of what is proved, and let the kernel judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, final

from verifier.engines.certify.certify import Certified, Certifier
from verifier.engines.certify.occasions import breaking_run
from verifier.engines.options import Event, Options
from verifier.engines.strategy import Settled, settled
from verifier.engines.verdict import IN_THE_SAME_STATE, Level, Verdict, VerdictName
from verifier.kernel.core import states_read
from verifier.kernel.judge import Ruling, digest
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.logic.solvers.answer import Forgetful, Memory
from verifier.session.choose import Job
from verifier.session.conflict import contradiction
from verifier.session.evidence import HAPPENS, replayed, rulings_of, run_json, scenario_json, wording
from verifier.session.files import put, shown
from verifier.session.library import builtin, project
from verifier.session.load import Target
from verifier.session.parts import Parts
from verifier.session.proofs import Entry, certified, document, parts_of, proofs_of, read_proofs
from verifier.session.session import prepare
from verifier.session.verdict_json import written_findings
from verifier.session.versions import versions
from verifier.system.canonical import canonical, term_json
from verifier.system.deadlines import counter_of
from verifier.system.execute import Interpreter
from verifier.system.occasions import occasion, something_happens
from verifier.system.replay import Candidate, candidate_of, claim_of
from verifier.system.scenarios import run_scenario
from verifier.system.terms import Term
from verifier.system.transition import Property, Scenario, System, kind_of

Listen = Callable[[str, str], None]
"""Told the spec that is worked on, and what is being done."""


def _deaf(spec: str, phase: str) -> None:
    """Nobody listens."""


@final
@dataclass(frozen=True, slots=True)
class Row:
    """What has become of one property or lemma. `level` is None for what is not proved; `lost` gives the obligations
    that have no certificate, with the reason. `says` is the text of a lemma; `run` tells whether a run is stored."""

    name: str
    kind: str
    verdict: VerdictName
    level: Level | None
    certificates: int = 0
    lost: tuple[tuple[str, str], ...] = ()
    says: str = ""
    run: bool = False


@final
@dataclass(frozen=True, slots=True)
class ProvedSpec:
    """The rows of one spec; `reused` certificates are from the file as it was."""

    system: System
    rows: tuple[Row, ...]
    reused: int


@final
@dataclass(frozen=True, slots=True)
class Written:
    """One file: its path as it is shown, what is in it, and whether its bytes are new."""

    path: str
    size: int
    changed: bool
    specs: tuple[ProvedSpec, ...]


@final
@dataclass(frozen=True, slots=True)
class Proving:
    """What `prove` has done. With diagnostics, nothing was proved."""

    files: tuple[Written, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def prove(paths: tuple[str, ...], listen: Listen = _deaf, *, cache: bool = True) -> Proving:
    """Settle all specs of the files, and write what shows it into their files of proofs."""
    prepared = prepare(paths)
    sources = prepared.loaded.sources
    if prepared.diagnostics:
        return Proving((), prepared.diagnostics, sources)
    done: list[Written | Diagnostic] = []
    memory, close = _memory(cache=cache)
    try:
        parts = Parts(prepare, _proved_of_parts, prepared)
        for target in prepared.loaded.targets:
            mine = [(checked, s) for t, checked, s in prepared.systems if t is target and s.spec]
            systems = tuple(parts.told(Job(s, frozenset()), c, prepared.loaded.paths).system for c, s in mine)
            if systems:
                done.append(_file(target, systems, memory, listen))
    finally:
        close()
    files = tuple(d for d in done if isinstance(d, Written))
    return Proving(files, tuple(d for d in done if isinstance(d, Diagnostic)), sources)


def _proved_of_parts(job: Job) -> Mapping[str, Level]:
    """The invariants of a part that are proved. In its host they are claims like any others, with certificates for
    the host's own actions; here they only keep the engines from losing their way."""
    verdicts = settled(job.system, Options(only=job.names), lambda _: None).verdicts
    pairs = zip(job.system.properties, verdicts, strict=True)
    return {p.heading.name: v.level or "L0" for p, v in pairs if v is not None and v.name == "proved"}


def _memory(*, cache: bool) -> tuple[Memory, Callable[[], None]]:
    if cache:
        try:
            from verifier.session.cache import open_cache
        except ImportError:  # a Python without SQLite
            return Forgetful(), _nothing
        found = open_cache()
        if found is not None:
            return found.answers, found.close
    return Forgetful(), _nothing


def _nothing() -> None:
    """Nothing is to be closed."""


def _file(target: Target, systems: tuple[System, ...], memory: Memory, listen: Listen) -> Written | Diagnostic:
    path = proofs_of(target.place, target.path)
    if target.place.root is not None and target.place.root == builtin() and builtin() != project():
        return _unwritable(path, "it belongs to the built-in library, which brings its own proofs")
    before = _before(path)
    entries: dict[str, Entry] = {}
    specs: list[ProvedSpec] = []
    for system in systems:
        entry, spec = _spec(system, before.get(system.spec), memory, listen)
        entries[system.spec] = entry
        specs.append(spec)
    made_with = {tool: v for tool, v in versions(solver=True).items() if tool != "python"}
    text = document(made_with, entries).encode()
    try:
        same = path.exists() and path.read_bytes() == text
        if not same:
            put(path, text, through_links=False)
    except OSError as problem:
        return _unwritable(path, (problem.strerror or "it can't be written").lower())
    return Written(shown(path), len(text), not same, tuple(specs))


def _unwritable(path: Path, reason: str) -> Diagnostic:
    return Diagnostic("VS0525", None, {"path": shown(path), "reason": reason})


def _before(path: Path) -> Mapping[str, Entry]:
    try:
        found = read_proofs(path.read_bytes())
    except OSError:
        return {}
    return {} if isinstance(found, str) else found


# ---------------------------------------------------------------------------------------------- one spec


def _spec(system: System, before: Entry | None, memory: Memory, listen: Listen) -> tuple[Entry, ProvedSpec]:
    def heard(event: Event) -> None:
        listen(system.spec, f"{event.prop}: {event.phase}" if event.prop else event.phase)

    out = settled(system, Options(memory=memory, look=True), heard)
    verdicts = {p.heading.name: v for p, v in zip(system.properties, out.verdicts, strict=True) if v is not None}
    core: dict[str, Any] = canonical(system)
    claims, texts = _claims(system, core, verdicts, out)
    old = certified(before) if before is not None else {}
    _no_contradiction(system, core, verdicts, old)
    found = _certified(
        core,
        claims,
        {name: claim["obligations"] for name, claim in old.items() if isinstance(claim.get("obligations"), Mapping)},
        lambda name, done, total: listen(system.spec, f"certificates: {done} of {total} ({name})"),
    )
    claims |= {n: {**claims[n], "kind": "follows"} for n in found.by_state}
    said = {n: _said(n, claims[n], texts, core, found.proofs[n]) for n in claims if n in found.proofs}
    rulings = rulings_of(system, core, said)
    kept = _needed(rulings, verdicts)
    listed: dict[str, Any] = {n: {**said[n], "rests": sorted(rulings[n].rests)} for n in said if n in kept}
    listed = {n: _in_order(c) for n, c in listed.items()}
    rows: list[Row] = []
    for prop in system.properties:
        rows.append(_row(prop, verdicts, rulings, found))
        name = prop.heading.name
        if rows[-1].level == "L0":
            listed[name] = {"kind": kind_of(prop), "level": "L0", "why": dict(rows[-1].lost)}
    rows += [Row(n, "lemma", "proved", "L3", rulings[n].certificates, says=texts[n]) for n in texts if n in kept]
    interp = Interpreter(system)
    entry = {
        "model": system.model,
        "core": digest(core),
        "parts": parts_of(system),
        "findings": written_findings(system, out.findings) if out.findings else [],
        "claims": dict(sorted(listed.items())),
        "runs": _runs(interp, verdicts),
        "occasions": _occasions(system, verdicts, kept, memory),
    }
    return entry, ProvedSpec(system, tuple(rows), found.reused)


def _certified(
    core: Mapping[str, Any],
    claims: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
    listen: Callable[[str, int, int], None],
) -> Certified:
    """Certificates: of what speaks of no counter first, then of each deadline with what is known of its own. Nothing
    else can be of any use to a proof, and all of it would stand in the way of the search."""
    counters = {counter_of(p["name"]) for p in core["properties"]} & {name for name, *_ in core["states"]}
    groups: dict[frozenset[str], dict[str, Any]] = {frozenset(): {}}
    for name, claim in claims.items():
        groups.setdefault(states_read(claim.get("formula")) & counters, {})[name] = claim
    found = Certifier(core, groups.pop(frozenset()), before, listen).run()
    for group in groups.values():
        done = {n: claims[n] for n in found.proofs}
        again = Certifier(core, {**done, **group}, {**before, **found.proofs}, listen).run()
        reused = found.reused + again.reused - sum(map(len, found.proofs.values()))
        by_state = found.by_state | again.by_state
        found = Certified({**found.proofs, **again.proofs}, {**found.lost, **again.lost}, by_state, reused)
    return found


def _claims(
    system: System, core: Mapping[str, Any], verdicts: Mapping[str, Verdict], out: Settled
) -> tuple[dict[str, Any], dict[str, str]]:
    """The claims to be certified, and the texts of the lemmas among them."""
    stated = {p["name"]: p for p in core["properties"]}
    expected = {p.heading.name for p in system.properties if p.heading.expect_violated}
    claims: dict[str, Any] = {
        n: {**stated[n], "kind": "follows"} if v.method == IN_THE_SAME_STATE else stated[n]
        for n, v in verdicts.items()
        if v.name == "proved" and n in stated and n not in expected
    }
    lemmas: dict[str, Term] = {n: t for n, t in out.known.items() if n not in verdicts}
    for name, terms in out.found.items():
        lemmas |= {f"{name}: found_{i}": t for i, t in enumerate(terms, start=1)}
    texts: dict[str, str] = {}
    for name, term in lemmas.items():
        formula = term_json(term)
        if any(c["kind"] in ("invariant", "follows") and c["formula"] == formula for c in claims.values()):
            continue
        claims[name] = {"kind": "invariant", "name": name, "formula": formula, "defined": ["const", True, "bool"]}
        texts[name] = wording(system, formula)
    return claims, texts


def _said(
    name: str, claim: Mapping[str, Any], texts: Mapping[str, str], core: Mapping[str, Any], proofs: Mapping[str, Any]
) -> dict[str, Any]:
    if name in texts:
        head = {"kind": "lemma", "level": "L3", "says": texts[name], "formula": claim["formula"]}
    else:
        follows = claim["kind"] == "follows"
        prop = {**claim, "kind": "invariant"} if follows else claim
        head = {"kind": prop["kind"], "level": "L3", "states": digest(prop)} | ({"by": "state"} if follows else {})
    return {**head, "obligations": dict(proofs)}


def _in_order(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The certificates last."""
    return {**{k: v for k, v in claim.items() if k != "obligations"}, "obligations": claim["obligations"]}


def _needed(rulings: Mapping[str, Ruling], verdicts: Mapping[str, Verdict]) -> frozenset[str]:
    """The claims that stand, without the lemmas on which none of the properties rests."""
    standing = {n: r for n, r in rulings.items() if not r.refused}
    kept = {n for n in standing if n in verdicts}
    waiting = list(kept)
    while waiting:
        more = standing[waiting.pop()].leans_on - kept
        kept |= more
        waiting.extend(more)
    return frozenset(kept)


def _row(prop: Property, verdicts: Mapping[str, Verdict], rulings: Mapping[str, Ruling], found: Certified) -> Row:
    name, kind = prop.heading.name, kind_of(prop)
    if isinstance(prop, Scenario):
        verdict: VerdictName = verdicts[name].name if name in verdicts else "unknown"
        return Row(name, kind, verdict, None, run=verdict == "proved")
    told = verdicts[name]
    if told.name != "proved" or told.level is None:
        return Row(name, kind, told.name, None, run=told.counterexample is not None or told.witness is not None)
    ruling = rulings.get(name)
    if ruling is not None and not ruling.refused:
        return Row(name, kind, told.name, "L3", ruling.certificates)
    lost = tuple(found.lost.get(name, {}).items())
    if ruling is not None:
        lost = (("", ruling.refused),)
    return Row(name, kind, told.name, "L0", lost=lost or (("", "a violation was expected"),))


def _no_contradiction(
    system: System, core: Mapping[str, Any], verdicts: Mapping[str, Verdict], old: Mapping[str, Any]
) -> None:
    """Nothing that a run breaks may have a proof that the kernel accepts."""
    broken = {n: v for n, v in verdicts.items() if v.counterexample is not None and n in old}
    if broken:
        for name, ruling in rulings_of(system, core, old, broken).items():
            if name in broken and not ruling.refused:
                counterexample = broken[name].counterexample
                assert counterexample is not None
                raise contradiction(system, core, name, old, run_json(claim_of(counterexample)))


# ---------------------------------------------------------------------------------------------- runs


def _runs(interp: Interpreter, verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    """The runs that show what is violated or reached, by property, and those of the scenarios."""
    runs: dict[str, Any] = {n: run_json(run) for n, run in _shown(verdicts).items()}
    for prop in interp.system.properties:
        if isinstance(prop, Scenario):
            runs.pop(prop.heading.name, None)
            outcome = run_scenario(interp, prop)
            if outcome.passed:
                runs[prop.heading.name] = scenario_json(outcome)
    return dict(sorted(runs.items()))


def _shown(verdicts: Mapping[str, Verdict]) -> dict[str, Candidate]:
    """The runs that verdicts show."""
    runs: dict[str, Candidate] = {}
    for name, verdict in verdicts.items():
        if verdict.counterexample is not None:
            runs[name] = claim_of(verdict.counterexample)
        elif verdict.witness is not None:
            runs[name] = candidate_of(verdict.witness, {})
    return runs


def _played(system: System) -> Iterator[Candidate]:
    """What scenarios do, as runs from an initial state."""
    interp = Interpreter(system)
    for prop in system.properties:
        outcome = run_scenario(interp, prop) if isinstance(prop, Scenario) else None
        if outcome is not None and outcome.trace is not None and not any(s.branch for s in outcome.steps):
            yield candidate_of(replace(outcome.trace, steps=outcome.steps), {})


def _occasions(system: System, verdicts: Mapping[str, Verdict], kept: frozenset[str], memory: Memory) -> dict[str, Any]:
    out: dict[str, Any] = {}
    runs = (*_shown(verdicts).values(), *_played(system))
    wanted: list[tuple[str, Property | None]] = [(HAPPENS, something_happens(system))]
    wanted += [(p.heading.name, occasion(p)) for p in system.properties if p.heading.name in kept]
    for name, prop in wanted:
        found = breaking_run(system, prop, memory, runs) if prop is not None else None
        if found is not None and prop is not None and replayed(Interpreter(system), prop, run_json(found)) is not None:
            out[name] = run_json(found)
    return dict(sorted(out.items()))
