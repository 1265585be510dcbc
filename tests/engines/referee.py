"""The interpreter's second opinion of verdicts: what is said to hold must not fail in play, what is said to fail must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from verifier.engines.discharge import Meter
from verifier.engines.search import Found, Search
from verifier.engines.verdict import Verdict
from verifier.session.session import prepare
from verifier.system.enabled import stuck
from verifier.system.execute import Interpreter
from verifier.system.replay import claim_of, confirm
from verifier.system.simulate import Play, _look, begin
from verifier.system.terms import FALSE, TRUE, Named, Op, Quant, Term, implies
from verifier.system.trace import Counterexample, Scope
from verifier.system.transition import (
    Check,
    Enabled,
    Invariant,
    Property,
    Reachable,
    Rule,
    Scenario,
    StepProperty,
    System,
)
from verifier.system.values import scope_of

Settled = tuple[Property, Verdict]


def systems_of(text: str, folder: Path) -> tuple[System, ...]:
    """The systems of a file that is free of errors."""
    path = folder / "model.vspec"
    path.write_text(text, encoding="utf-8")
    prepared = prepare((str(path),))
    assert not prepared.diagnostics, [(d.code, d.values) for d in prepared.diagnostics]
    return tuple(system for _, _, system in prepared.systems)


def objections(
    system: System, settled: Sequence[Settled], *, runs: int = 30, members: int = 3, seed: int = 0
) -> list[str]:
    """What speaks against the verdicts, in words."""
    interp = Interpreter(system)
    out = [
        f"{_name(prop)}: {said}" for prop, verdict in settled if (said := _against_what_is_shown(interp, prop, verdict))
    ]
    suspects = [(prop, claim) for prop, verdict in settled if (claim := _must_not_fail(prop, verdict)) is not None]
    for scope in scopes(system, members):
        for play in _plays(interp, scope, runs, seed):
            out += [
                f"{_name(prop)}: fails in play, in {play.scope.names}"
                for prop, claim in suspects
                if _fails(play, claim)
            ]
            out += [
                f"{_name(prop)}: fails within its bound"
                for prop, verdict in settled
                if _breaks_bound(play, prop, verdict)
            ]
            if out:
                return out
    return out


def searched(system: System, settled: Sequence[Settled], depth: int, members: int) -> list[str]:
    """What a search that leans on nothing finds against the proofs."""
    search = Search(system, Meter(), Interpreter(system), limit=300_000)
    sizes = tuple({s.name: n for s in system.sorts if s.size is None} for n in range(1, members + 1))
    proofs = [p for p, v in settled if v.name == "proved" and isinstance(p, Invariant | StepProperty | Rule | Enabled)]
    return [
        f"{_name(p)}: a search finds a counterexample"
        for p in proofs
        if isinstance(search.find(p, depth, sizes), Found)
    ]


def scopes(system: System, most: int) -> Iterator[Scope]:
    for n in range(1, most + 1):
        yield scope_of(system, {s.name: n for s in system.sorts if s.size is None})


def _name(prop: Property) -> str:
    return f"{prop.heading.name} ({prop.heading.text})"


def _must_not_fail(prop: Property, verdict: Verdict) -> Property | None:
    """The claim that a verdict makes about all runs."""
    match verdict.name, prop:
        case "proved", Invariant() | StepProperty() | Rule() | Enabled():
            return prop
        case "violated", Reachable():
            return prop
        case "vacuous", Rule():
            return replace(prop, program=(*prop.program, Check(FALSE)))
        case "vacuous", Invariant() | StepProperty():
            return replace(prop, formula=_without_consequent(prop.formula), defined=TRUE)
        case "vacuous", Enabled():
            return Invariant(prop.heading, _everywhere(prop, implies(prop.when, FALSE)), TRUE)
        case _:
            return None


def _without_consequent(term: Term) -> Term:
    match term:
        case Quant("forall", var, body):
            return Quant("forall", var, _without_consequent(body))
        case Named(_, _, body):
            return _without_consequent(body)
        case Op("implies", (left, _)):
            return implies(left, FALSE)
        case _:
            return FALSE


def _everywhere(prop: Enabled, term: Term) -> Term:
    for var in prop.free:
        term = Quant("forall", var, term)
    return term


def _against_what_is_shown(interp: Interpreter, prop: Property, verdict: Verdict) -> str | None:
    """A counterexample has to replay; what is reached has to have a run."""
    match verdict.name, prop:
        case _, Scenario():
            return None
        case "proved", Reachable():
            return None if verdict.witness is not None else "reached, without a run"
        case "violated", Reachable():
            return None
        case "violated", _ if verdict.counterexample is None:
            return "violated, without a counterexample"
        case "violated", _:
            assert verdict.counterexample is not None
            again = confirm(interp, prop, claim_of(verdict.counterexample))
            return None if isinstance(again, Counterexample) else "its counterexample does not replay"
        case _:
            return None


def _plays(interp: Interpreter, scope: Scope, runs: int, seed: int) -> Iterator[Play]:
    """Every state of some random runs."""
    rng = Random(f"{seed} {scope.names}")
    for _ in range(runs):
        play = begin(interp, rng, scope)
        if play is None:
            continue
        yield play
        for _ in range(8):
            if not play.step():
                break
            yield play


def _fails(play: Play, claim: Property) -> bool:
    """Whether a claim fails where the run is; the run stays as it is."""
    here, local, old, action = play.frame.now, play.frame.locals, play.frame.old, play.frame.action
    try:
        if isinstance(claim, Enabled):
            play.frame.locals = {}
            return stuck(play.interp, play.frame, claim, {}) is not None
        return _look(play, claim) is not None
    finally:
        play.frame.now, play.frame.locals, play.frame.old, play.frame.action = here, local, old, action


def _breaks_bound(play: Play, prop: Property, verdict: Verdict) -> bool:
    if verdict.name != "bounded" or verdict.depth is None or len(play.moves) > verdict.depth:
        return False
    if isinstance(prop, Enabled | Scenario) or any(play.scope.size(s) > n for s, n in verdict.scope):
        return False
    return _fails(play, prop)
