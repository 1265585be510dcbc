"""What a file of proofs is worth for one system: everything in it is checked now, and no solver is needed for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, final

from verifier.engines.finding import Finding
from verifier.engines.verdict import CERTIFICATE, STORED_RUN, Cost, Verdict, assumptions_of
from verifier.kernel.judge import Ruling, digest, judge
from verifier.language.frozen import dataclass
from verifier.session.conflict import contradiction
from verifier.session.proofs import Entry, certified
from verifier.session.verdict_json import UnreadableError, from_json, read_findings, to_json
from verifier.system.analysis import states_read
from verifier.system.canonical import canonical
from verifier.system.deadlines import counting, known_of_wait
from verifier.system.execute import Interpreter
from verifier.system.occasions import occasion, something_happens
from verifier.system.pretty import pretty
from verifier.system.read_terms import read_term
from verifier.system.replay import Candidate, claim_of, confirm
from verifier.system.scenarios import ScenarioOutcome
from verifier.system.terms import Term, conj
from verifier.system.trace import Counterexample
from verifier.system.transition import Invariant, Property, Reachable, System
from verifier.system.units import units_of
from verifier.system.values import scope_of

REPLAYED = "stored run, replayed"
FOR_ALL_NUMBERS = "certificate for all numbers"
HAPPENS = ""
"""The name under which a file keeps a run on which anything happens at all."""


@final
@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands. `verdicts` are those that need nothing more; `accepted` are all properties that are proved, also
    those of which it is not shown yet that they are not true of nothing. `known` gives the invariants and lemmas among
    them by name, `findings` what is worth a look in the spec (None where the file does not tell)."""

    verdicts: Mapping[str, Verdict]
    accepted: frozenset[str]
    known: Mapping[str, Term]
    findings: tuple[Finding, ...] | None

    def of(self, names: frozenset[str]) -> Evidence:
        """What it says of some properties."""
        verdicts = {n: v for n, v in self.verdicts.items() if n in names}
        return Evidence(verdicts, self.accepted & names, self.known, self.findings)


def evidence(system: System, entry: Entry, names: frozenset[str]) -> Evidence | None:
    """What a file of proofs says of some properties of a system, as far as it stands. None if it is about another core
    system: one that has been edited since, or has other numbers."""
    core = canonical(system)
    if digest(core) != entry["core"]:
        return None
    started = perf_counter()
    claims = certified(entry)
    rulings = rulings_of(system, core, claims, names)
    standing = {n: r for n, r in rulings.items() if not r.refused}
    interp = Interpreter(system)
    accepted = frozenset(standing.keys() & names)
    happens = shown(interp, something_happens(system), entry["occasions"].get(HAPPENS))
    verdicts: dict[str, Verdict] = {}
    for prop in system.properties:
        name = prop.heading.name
        if name in accepted and not prop.heading.expect_violated and happens and _occurs(interp, prop, entry):
            verdicts[name] = _proved(system, standing, claims, name)
        elif name in names and name in entry["runs"]:
            found = replayed(interp, prop, entry["runs"][name])
            if found is not None and name in accepted:
                raise contradiction(system, core, name, claims, entry["runs"][name])
            if found is not None:
                verdicts[name] = _told(system, prop, found)
    seconds = (perf_counter() - started) / max(len(verdicts), 1)
    verdicts = {n: replace(v, cost=Cost(seconds=seconds)) for n, v in verdicts.items()}
    return Evidence(verdicts, accepted, _known(system, standing, claims), _findings(system, entry))


def for_all_numbers(profiled: System, entry: Entry) -> Evidence | None:
    """What is proved without the numbers of a profile, and so of any that meet the assumptions. Runs are left out. That
    it is not true of nothing is shown with numbers of the file's own: `happening` asks with those of the profile."""
    system = replace(profiled, fixed={})
    names = frozenset(p.heading.name for p in system.properties)
    found = evidence(system, entry, names)
    if found is None:
        return None
    proofs = {n: v for n, v in found.verdicts.items() if v.method == CERTIFICATE}
    proofs = {n: replace(v, method=FOR_ALL_NUMBERS) for n, v in proofs.items()}
    return replace(found, verdicts=proofs, findings=())


def happening(profiled: System, entry: Entry, names: Iterable[str]) -> frozenset[str]:
    """Those of some properties that are not true of nothing with the numbers of a profile: the runs that a file keeps
    for that are played again with these numbers."""
    interp, asked = Interpreter(profiled), frozenset(names)
    if not shown(interp, something_happens(profiled), entry["occasions"].get(HAPPENS)):
        return frozenset()
    named = {p.heading.name: p for p in profiled.properties}
    return frozenset(name for name in asked if _occurs(interp, named[name], entry))


def raised(system: System, entry: Entry, found: Evidence, name: str, verdict: Verdict) -> Verdict:
    """What the engines say of a property, where the kernel may have accepted a proof of it."""
    if name not in found.accepted:
        return verdict
    if verdict.counterexample is not None:
        run = run_json(claim_of(verdict.counterexample))
        raise contradiction(system, canonical(system), name, certified(entry), run)
    return replace(verdict, level="L3") if verdict.name == "proved" else verdict


def rulings_of(
    system: System, core: Mapping[str, Any], claims: Mapping[str, Any], names: Iterable[str] | None = None
) -> Mapping[str, Ruling]:
    """The kernel's rulings on claims (None: all), where each lemma is worded as its formula says, and has no name of a
    property: the core system does not have all of these, and the proof of a lemma would pass for one of them."""
    named = {p.heading.name for p in system.properties}
    refused: dict[str, Ruling] = {}
    for name, claim in claims.items():
        if claim["kind"] == "lemma" and name in named:
            refused[name] = Ruling(name, "lemma", "a property of the spec has the name of this lemma")
        elif claim["kind"] == "lemma" and not _well_worded(system, claim):
            refused[name] = Ruling(name, "lemma", "its words are not those of its formula")
    fair = {n: claim for n, claim in claims.items() if n not in refused}
    return {**judge(core, fair, None if names is None else [n for n in fair if n in set(names)]), **refused}


def _well_worded(system: System, claim: Mapping[str, Any]) -> bool:
    try:
        return bool(claim["says"] == wording(system, claim["formula"]))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return False


def _proved(system: System, standing: Mapping[str, Ruling], claims: Mapping[str, Any], name: str) -> Verdict:
    below = lemmas_below(standing, name)
    stated = tuple(n for n in below if _of_the_system(system, claims[n]))
    return Verdict(
        "proved",
        CERTIFICATE,
        level="L3",
        assumptions=assumptions_of(system),
        lemmas=tuple(claims[n]["says"] for n in stated),
        notes=tuple(known_of_wait(claims[n]["says"]) for n in below if n not in stated),
        rung=CERTIFICATE,
    )


def _of_the_system(system: System, lemma: Mapping[str, Any]) -> bool:
    """Whether a lemma is about the system as the user wrote it. One about the counter of a deadline is about the core
    system only: no spec can state it, and the engines do not know of the counter."""
    return states_read(read_term(lemma["formula"])) <= {v.name for v in system.states}


def lemmas_below(rulings: Mapping[str, Ruling], name: str) -> tuple[str, ...]:
    """The lemmas that a claim rests on, and those that these rest on."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for other in sorted(rulings[waiting.pop()].leans_on):
            if other in rulings and rulings[other].kind == "lemma" and other not in found:
                found[other] = None
                waiting.append(other)
    return tuple(sorted(found))


def _known(system: System, standing: Mapping[str, Ruling], claims: Mapping[str, Any]) -> Mapping[str, Term]:
    known: dict[str, Term] = {}
    for prop in system.properties:
        if isinstance(prop, Invariant) and prop.heading.name in standing:
            known[prop.heading.name] = conj(prop.defined, prop.formula)
    lemmas = [n for n, r in standing.items() if r.kind == "lemma" and _of_the_system(system, claims[n])]
    known |= {n: read_term(claims[n]["formula"]) for n in lemmas}
    return known


def wording(system: System, formula: Any) -> str:
    """A lemma in the language. ValueError if the JSON value is no term."""
    return pretty(read_term(formula), scope_of(system, {}), units=units_of(counting(system)))


def _findings(system: System, entry: Entry) -> tuple[Finding, ...] | None:
    try:
        return read_findings(system, entry["findings"])
    except (UnreadableError, KeyError):
        return None


# ---------------------------------------------------------------------------------------------- runs


def run_json(candidate: Candidate) -> Any:
    """A run as JSON: who there is, which parameters, which moves."""
    return to_json(candidate)


def scenario_json(outcome: ScenarioOutcome) -> Any:
    """The calls of a scenario as JSON. How it starts stands in the spec."""
    return to_json(tuple(step.move for step in outcome.steps))


def replayed(interp: Interpreter, prop: Property, run: Any) -> Counterexample | None:
    """The run as the interpreter plays it, if it breaks the property (gets to a `reachable`); else None."""
    try:
        candidate: Candidate = from_json(run, Candidate)
        found = confirm(interp, prop, candidate)
    except (UnreadableError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError):
        return None
    return found if isinstance(found, Counterexample) else None


def shown(interp: Interpreter, prop: Property, run: Any) -> bool:
    """Whether a run breaks a property that is made to be broken."""
    return run is not None and replayed(interp, prop, run) is not None


def _occurs(interp: Interpreter, prop: Property, entry: Entry) -> bool:
    wanted = occasion(prop)
    return wanted is None or shown(interp, wanted, entry["occasions"].get(prop.heading.name))


def _told(system: System, prop: Property, found: Counterexample) -> Verdict:
    """The verdict that a replayed run makes."""
    steps = found.trace.steps
    scope = tuple((s.name, found.trace.scope.size(s.name)) for s in system.sorts if s.size is None)
    if isinstance(prop, Reachable):
        return Verdict("proved", REPLAYED, depth=len(steps), scope=scope, witness=found.trace, rung=STORED_RUN)
    return Verdict(
        "violated",
        REPLAYED,
        assumptions=assumptions_of(system),
        depth=len(steps),
        scope=scope,
        counterexample=found,
        rung=STORED_RUN,
    )
