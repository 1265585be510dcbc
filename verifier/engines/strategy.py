"""Which method is tried when: the ladder, and how a property climbs it.

The rungs are tried in order, and the first answer counts. Where a violation is expected, those that look for one come
first. Whoever guesses a lemma, it is proved as ordinary obligations and printed in the language; whoever finds a
violation, it has been replayed by the interpreter before it gets here.

The budget of a rung is counted in the solver's resource units (some 3 to 4 million a second). Inside a rung a query
gets a first try, a second order of its unknowns, its case in parts, patience, and native integers (`discharge.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, final

from verifier.engines import rungs
from verifier.engines.deadlines import settle_deadline
from verifier.engines.discharge import Discharger, Meter, OutOfBudgetError
from verifier.engines.finding import Finding
from verifier.engines.honesty import look
from verifier.engines.options import Event, Listen, Options
from verifier.engines.settling import Settling
from verifier.engines.single import Shared, Single, scenario_verdict
from verifier.engines.told import as_its_proof_says
from verifier.engines.undecided import undecided
from verifier.engines.verdict import Verdict
from verifier.language.frozen import dataclass
from verifier.system.terms import Term
from verifier.system.transition import Property, Responds, Scenario, System, kind_of

__all__ = ["LADDER", "Event", "Options", "Settled", "settle", "settled"]

_INVARIANT = frozenset({"invariant", "lemma"})
_STEP = _INVARIANT | {"step"}
_PROVABLE = _STEP | {"rule", "enabled"}
_REACHABLE = frozenset({"reachable"})
_ANY = _PROVABLE | _REACHABLE

Answers = Literal["proof", "refutation", "either"]


@final
@dataclass(frozen=True, slots=True)
class Rung:
    """One method: the kinds of property it takes, what its answer may be, and the solver resource units it may spend
    (None: each of its queries has a limit of its own)."""

    name: str
    takes: frozenset[str]
    answers: Answers
    budget: int | None
    climb: Callable[[Single], Verdict | None]


M = 1_000_000

LADDER: tuple[Rung, ...] = (
    #    name            takes       may answer    budget   method
    Rung("proof",        _PROVABLE,  "proof",      None,    as_its_proof_says),
    Rung("direct",       _PROVABLE,  "proof",      None,    rungs.as_it_stands),
    Rung("same state",   _INVARIANT, "proof",      None,    rungs.in_the_same_state),
    Rung("unreachable",  _REACHABLE, "proof",      None,    rungs.unreachable),
    Rung("short search", _ANY,       "refutation", None,    rungs.short_search),
    Rung("one lemma",    _PROVABLE,  "proof",      8 * M,   rungs.one_lemma),
    Rung("Spacer",       _PROVABLE,  "either",     2 * M,   rungs.spacer),
    Rung("Houdini",      _PROVABLE,  "proof",      4 * M,   rungs.houdini),
    Rung("equality",     _PROVABLE,  "proof",      2 * M,   rungs.equality),
    Rung("template",     _PROVABLE,  "proof",      4 * M,   rungs.template),
    Rung("k-induction",  _STEP,      "proof",      2 * M,   rungs.k_induction),
    Rung("search",       _ANY,       "refutation", None,    rungs.full_search),
    Rung("wide search",  _ANY,       "refutation", None,    rungs.wide_search),
    Rung("path",         _ANY,       "refutation", None,    rungs.path_search),
    Rung("random play",  _ANY,       "refutation", None,    rungs.random_play),
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict for each property of a system, in order (None for those not asked for), what is worth a look besides
    (where the options ask for it), the invariants that are proved by now, found ones included, and the lemmas that were
    found for a property."""

    verdicts: tuple[Verdict | None, ...]
    findings: tuple[Finding, ...]
    known: Mapping[str, Term]
    found: Mapping[str, tuple[Term, ...]]


def settle(system: System, options: Options, listen: Listen) -> tuple[Verdict | None, ...]:
    """A verdict for each property of the system, in order; None for those not asked for."""
    return settled(system, options, listen).verdicts


def settled(system: System, options: Options, listen: Listen) -> Settled:
    """The verdicts, with what else came out on the way."""
    discharger = Discharger(system, Meter(options.memory), seed=options.seed, excluded=[] if options.look else None)
    work = Settling(Shared(system, options, listen), discharger, climb)
    verdicts = work.run()
    known, found = work.shared.known, work.shared.found
    if not options.look or work.no_run:
        return Settled(verdicts, (), known, found)
    listen(Event("", "looking at what is said"))
    by_name = {p.heading.name: v for p, v in zip(system.properties, verdicts, strict=True) if v is not None}
    return Settled(verdicts, look(discharger, by_name, tuple(known.values())), known, found)


def climb(single: Single) -> Verdict:
    """The answer of the first rung that has one."""
    if isinstance(single.prop, Scenario):
        return scenario_verdict(single, single.prop)
    if isinstance(single.prop, Responds):
        return settle_deadline(single, single.prop, climb)
    own = single.discharger
    for rung in order(single.prop):
        single.discharger = own if rung.budget is None else own.within(rung.budget)
        try:
            verdict = rung.climb(single)
        except OutOfBudgetError:
            continue
        finally:
            single.discharger = own
        if verdict is not None:
            return replace(verdict, rung=_name(rung, single.prop))
    return undecided(single)


def order(prop: Property) -> Iterator[Rung]:
    """The rungs for a property, in the order in which they are tried."""
    taking = [r for r in LADDER if kind_of(prop) in r.takes]
    if not prop.heading.expect_violated:
        yield from taking
        return
    yield from (r for r in taking if r.answers == "refutation" and r.name != "short search")
    yield from (r for r in taking if r.answers != "refutation")


def _name(rung: Rung, prop: Property) -> str:
    return "induction" if rung.name == "direct" and kind_of(prop) in _INVARIANT else rung.name
