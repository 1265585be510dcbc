"""The promises of a spec, held against one state of a running system.

Invariants are evaluated with the numbers of a file, as the interpreter would: no solver, no proof, and nothing about
other states. Beside whether each holds, it is told how near every member is to the threshold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from fractions import Fraction
from heapq import nlargest, nsmallest
from itertools import product
from math import prod
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.exact_json import parse
from verifier.session.files import read_text, shown
from verifier.session.session import prepare
from verifier.session.state_file import Given, read_state
from verifier.session.suggestion import suggest
from verifier.system.evaluate import Frame, Undefined, compile_term, domain
from verifier.system.rewrite import subterms
from verifier.system.terms import Param, State, Term
from verifier.system.thresholds import MOST_CASES, Measure, TooManyCasesError, measure, parts, settled
from verifier.system.trace import Scope
from verifier.system.transition import Assumption, Definition, Invariant, System
from verifier.system.values import members_of, with_enums

LIMIT = 300_000_000
"""Bytes of a state. A hundred thousand positions are some ten million."""


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """An invariant or an assumption in the state: the measures of its parts, or why it was not evaluated."""

    about: Invariant | Assumption
    measures: tuple[Measure, ...]
    skipped: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.about.heading.name if isinstance(self.about, Invariant) else self.about.name

    @property
    def outcome(self) -> Literal["holds", "fails", "skipped"]:
        """Whether it holds, if that is known."""
        if self.skipped:
            return "skipped"
        return "holds" if all(m.holds for m in self.measures) else "fails"


@final
@dataclass(frozen=True, slots=True)
class Level:
    """A ratio that a definition of the model gives, at some members."""

    members: tuple[Any, ...]
    value: Fraction


@final
@dataclass(frozen=True, slots=True)
class Levels:
    """A definition that gives a ratio: how many values it has in the state, how often it has none, and the lowest and
    the highest of them."""

    definition: Definition
    number: int
    undefined: int
    lowest: tuple[Level, ...]
    highest: tuple[Level, ...]


@final
@dataclass(frozen=True, slots=True)
class StateReport:
    """What is known of a state. `name` is the file's, `filled` tells how many entries of each map are taken as 0."""

    system: System
    name: str
    scope: Scope
    assumptions: tuple[Judged, ...]
    invariants: tuple[Judged, ...]
    levels: tuple[Levels, ...]
    filled: Mapping[str, int]
    top: int
    seconds: float

    @property
    def status(self) -> int:
        """The exit status: 1 if something fails, 3 if something was not evaluated, else 0."""
        outcomes = [j.outcome for j in (*self.invariants, *self.assumptions)]
        if "fails" in outcomes:
            return 1
        return 3 if any(j.outcome == "skipped" for j in self.invariants) else 0


@final
@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was evaluated."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def check_state(spec: str, state: str, properties: tuple[str, ...] = (), top: int = 5) -> StateReport | Refused:
    """Hold a state (a file, or `-` for standard input) against the invariants of a spec (`lending/pool`, or
    `lending/pool:LendingSolvency` where a file has several). `top` is how many members are told of each part."""
    started = perf_counter()
    path, name = _split(spec)
    prepared = prepare((path,))
    sources = prepared.loaded.sources
    if prepared.diagnostics:
        return Refused(prepared.diagnostics, sources)
    system = _chosen(spec, name, tuple(s for _, _, s in prepared.systems if s.spec))
    if isinstance(system, Diagnostic):
        return Refused((system,), sources)
    wanted = _invariants(system, properties)
    if isinstance(wanted, Diagnostic):
        return Refused((wanted,), sources)
    document = _document(state)
    if isinstance(document, Diagnostic):
        return Refused((document,), sources)
    needed = frozenset(n for p in wanted for t in (p.formula, p.defined) for n in _read(t))
    given = read_state(document, system, needed)
    if not isinstance(given, Given):
        return Refused(given, sources)
    return _judged(system, wanted, given, "standard input" if state == "-" else state, top, started)


def _judged(
    system: System, wanted: tuple[Invariant, ...], given: Given, name: str, top: int, started: float
) -> StateReport:
    scope = with_enums(system, given.scope)
    frame = Frame(members_of(system, scope), given.values, dict(given.values))
    return StateReport(
        system,
        name,
        scope,
        tuple(_judge(a, (a.condition,), frame, given, top) for a in system.assumptions),
        tuple(_judge(p, (p.defined, p.formula), frame, given, top) for p in wanted),
        tuple(_levels(d, frame, top) for d in system.definitions if _is_ratio(d, given, frame)),
        given.filled,
        top,
        perf_counter() - started,
    )


# ---------------------------------------------------------------------------------------------- what is asked


def _split(spec: str) -> tuple[str, str]:
    path, colon, name = spec.rpartition(":")
    return (path, name) if colon and name.isidentifier() else (spec, "")


def _chosen(asked: str, name: str, systems: tuple[System, ...]) -> System | Diagnostic:
    """The spec that is named, or the only one that promises something of every state."""
    known = {s.spec: s for s in systems}
    if name:
        if name in known:
            return known[name]
        return Diagnostic("VS0572", None, {"name": asked, "suggestion": suggest(name, known)})
    promising = [s for s in systems if _invariants(s, ()) and not isinstance(_invariants(s, ()), Diagnostic)]
    if len(promising) == 1:
        return promising[0]
    if not promising:
        return Diagnostic("VS0573", None, {"name": asked, "what": "no invariant"})
    listed = ", ".join(f"`{asked}:{s.spec}`" for s in promising)
    return Diagnostic("VS0572", None, {"name": asked, "suggestion": f"Name one of {listed}. "})


def _invariants(system: System, globs: tuple[str, ...]) -> tuple[Invariant, ...] | Diagnostic:
    """The invariants that are asked for; without names, those that are expected to hold."""
    every = [p for p in system.properties if isinstance(p, Invariant)]
    for glob in globs:
        if not any(_named(p, system, glob) for p in every):
            values = {"name": glob, "what": "invariant", "suggestion": suggest(glob, [p.heading.name for p in every])}
            return Diagnostic("VS0520", None, values)
    if globs:
        return tuple(p for p in every if any(_named(p, system, glob) for glob in globs))
    found = tuple(p for p in every if not p.heading.expect_violated)
    return found or Diagnostic("VS0573", None, {"name": f"{system.path}:{system.spec}", "what": "no invariant"})


def _named(prop: Invariant, system: System, glob: str) -> bool:
    name = prop.heading.name
    full = f"{system.spec}.{name}"
    return any(fnmatchcase(text, glob) for text in (name, full, f"{system.path}:{full}"))


def _document(state: str) -> Any:
    """The JSON of a file or of standard input, or a `Diagnostic`."""
    if state == "-":
        try:
            return parse(sys.stdin.read(), "standard input")
        except UnicodeDecodeError:
            return Diagnostic("VS0571", None, {"path": "standard input", "problem": "it is no text in UTF-8"})
    name = shown(Path(state))
    text = read_text(Path(state), name, LIMIT)
    return text if isinstance(text, Diagnostic) else parse(text, name)


def _read(term: Term) -> Iterator[str]:
    """The parameters and state variables that a term reads."""
    return (t.name for t in subterms(term) if isinstance(t, Param | State))


# ---------------------------------------------------------------------------------------------- evaluating


def _judge(about: Invariant | Assumption, formulas: tuple[Term, ...], frame: Frame, given: Given, top: int) -> Judged:
    missing = sorted({n for f in formulas for n in _read(f) if n in given.absent})
    if missing:
        return Judged(about, (), f"the state gives no {' and no '.join(f'`{m}`' for m in missing)}")
    try:
        found = tuple(measure(part, frame, top) for f in formulas for part in parts(f))
    except TooManyCasesError as problem:
        return Judged(about, (), f"it goes over {problem.cases:_} cases; at most {MOST_CASES:_} are gone through")
    return Judged(about, found)


def _is_ratio(definition: Definition, given: Given, frame: Frame) -> bool:
    """Whether a definition gives a number without a unit for members, from what is known."""
    if definition.ty.kind != "real" or definition.unit:
        return False
    if any(n in given.absent for term in (definition.body, definition.defined) for n in _read(term)):
        return False
    if not all(a.ty.kind in ("sort", "enum") for a in definition.args):
        return False
    return prod(len(domain(a.ty, frame.members)) for a in definition.args) <= MOST_CASES


def _levels(definition: Definition, frame: Frame, top: int) -> Levels:
    names = [a.name for a in definition.args]
    found: list[tuple[Fraction, int, tuple[Any, ...]]] = []
    undefined = 0
    try:
        value = compile_term(settled(definition.body, frame))
        defined = compile_term(settled(definition.defined, frame))
    except TooManyCasesError:
        return Levels(definition, 0, 0, (), ())
    for combination in product(*(domain(a.ty, frame.members) for a in definition.args)):
        frame.locals.update(zip(names, combination, strict=True))
        try:
            if defined(frame):
                found.append((Fraction(value(frame)), len(found), combination))
                continue
        except Undefined:
            pass
        undefined += 1
    lowest = tuple(Level(m, v) for v, _, m in nsmallest(top, found))
    highest = tuple(Level(m, v) for v, _, m in nlargest(top, found, key=lambda f: (f[0], -f[1])))
    return Levels(definition, len(found), undefined, lowest, highest)
