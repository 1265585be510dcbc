"""Verdicts as JSON, to be stored and read back.

Of a counterexample and of a witness only the claim is written: who there is, which parameters, which moves. Reading it
replays the claim in the exact interpreter, so that a stored run says nothing that is not so. A proof can't be replayed;
it is what was stored. The reader is strict: it takes what `written` would have written, and nothing else.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, Union, final, get_args, get_origin, get_type_hints

from verifier.engines.finding import Finding
from verifier.engines.verdict import Verdict
from verifier.language.source import NOWHERE, Span
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, candidate_of, claim_of, confirm
from verifier.system.trace import Counterexample
from verifier.system.transition import Property, Reachable, System, kind_of


@final
class UnreadableError(Exception):
    """The JSON is not one that `written` makes, or its run does not replay."""


# ---------------------------------------------------------------------------------------------- verdicts


def written(interp: Interpreter, prop: Property, verdict: Verdict) -> Any:
    """The verdict as JSON; None if reading it would not give the very same verdict again."""
    bare = replace(verdict, counterexample=None, witness=None)
    claim: Candidate | None = None
    if verdict.counterexample is not None:
        claim = claim_of(verdict.counterexample)
    elif verdict.witness is not None:
        claim = candidate_of(verdict.witness, {})
    try:
        data = {"verdict": to_json(bare), "claim": to_json(claim)}
        return data if read(interp, prop, data) == verdict else None
    except (UnreadableError, TypeError):
        return None


def read(interp: Interpreter, prop: Property, data: Any) -> Verdict:
    """The verdict about a property that JSON tells. Raises UnreadableError."""
    if not isinstance(data, dict) or data.keys() != {"verdict", "claim"}:
        raise UnreadableError
    verdict: Verdict = from_json(data["verdict"], Verdict)
    claim: Candidate | None = from_json(data["claim"], Candidate | None)
    if verdict.counterexample is not None or verdict.witness is not None:
        raise UnreadableError
    if claim is not None:
        found = _replayed(interp, prop, claim)
        if isinstance(prop, Reachable) and verdict.name == "proved":
            return replace(verdict, witness=found.trace)
        if verdict.name != "violated" or isinstance(prop, Reachable):
            raise UnreadableError
        return replace(verdict, counterexample=found)
    if _needs_run(prop, verdict):
        raise UnreadableError
    return verdict


def _needs_run(prop: Property, verdict: Verdict) -> bool:
    """Nothing is violated, and nothing reached, without a run that shows it."""
    return verdict.name == ("proved" if isinstance(prop, Reachable) else "violated")


def _replayed(interp: Interpreter, prop: Property, claim: Candidate) -> Counterexample:
    try:
        found = confirm(interp, prop, claim)
    except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
        raise UnreadableError from problem  # an action that is not there, a member too many
    if not isinstance(found, Counterexample):
        raise UnreadableError
    return found


# ---------------------------------------------------------------------------------------------- findings


def written_findings(system: System, findings: tuple[Finding, ...]) -> Any:
    """What is worth a look as JSON; None if reading it would not give the very same again."""
    data = to_json(tuple(replace(f, span=NOWHERE) for f in findings))
    return data if read_findings(system, data) == findings else None


def read_findings(system: System, data: Any) -> tuple[Finding, ...]:
    """What is worth a look, with its places as they are now. Raises UnreadableError."""
    found: tuple[Finding, ...] = from_json(data, tuple[Finding, ...])
    return tuple(replace(f, span=_place(system, f)) for f in found)


def _place(system: System, finding: Finding) -> Span:
    places: dict[str, Span] = {}
    if "action" in finding.what:
        places = {a.name: a.span for a in system.actions}
    else:
        places |= {r.name: r.span for r in system.relies}
        places |= {a.name: a.span for a in system.assumptions}
        places |= {p.heading.name: p.heading.span for p in system.properties if kind_of(p) == finding.what}
    if finding.about not in places:
        raise UnreadableError
    return places[finding.about]


# ---------------------------------------------------------------------------------------------- values


def to_json(value: Any) -> Any:
    """A value as JSON: a scalar as it is, a tuple as a list, the rest as an object of one entry that says what it is.

    TypeError for a place in a text, which would be stale when it is read.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": repr(value)}
        case Fraction():
            return {"fraction": f"{value.numerator}/{value.denominator}"}
        case tuple():
            return [to_json(v) for v in value]
        case Mapping():
            return {"map": [[to_json(k), to_json(v)] for k, v in value.items()]}
        case Span():
            if value != NOWHERE:
                raise TypeError("a place is found anew")
            return "nowhere"
        case _ if is_dataclass(value):
            return {type(value).__name__: [to_json(getattr(value, f.name)) for f in fields(value)]}
        case _:
            raise TypeError(f"no JSON for a {type(value).__name__}")


def from_json(data: Any, hint: Any) -> Any:
    """The value of a type that JSON tells. Raises UnreadableError."""
    return _reader(hint)(data)


Reader = Callable[[Any], Any]
"""From JSON to the value of one type. Raises UnreadableError."""


@lru_cache(maxsize=256)
def _reader(hint: Any) -> Reader:
    """The reader of a type: what the type says is looked at once, not for each value."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of(args)
    if origin is Literal:
        return _literal(frozenset(args))
    if origin is tuple:
        return _row(args[0]) if len(args) == 2 and args[1] is Ellipsis else _tuple(args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(args)
    if hint in (bool, int, str):
        return _scalar(hint)
    if hint is Span:
        return _nowhere
    if hint in (None, type(None)):
        return _none
    if hint in (float, Fraction):
        return _number(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    return _unreadable


def _one_of(hints: tuple[Any, ...]) -> Reader:
    """The types of a union never share a form."""

    def reader(data: Any) -> Any:
        for hint in hints:
            try:
                return _reader(hint)(data)
            except UnreadableError:
                continue
        raise UnreadableError

    def optional(data: Any) -> Any:
        return None if data is None else reader(data)

    return optional if type(None) in hints else reader


def _literal(words: frozenset[Any]) -> Reader:
    def reader(data: Any) -> Any:
        if type(data) is str and data in words:
            return data
        raise UnreadableError

    return reader


def _row(hint: Any) -> Reader:
    def reader(data: Any) -> Any:
        read_one = _reader(hint)
        return tuple(read_one(value) for value in _listed(data))

    return reader


def _tuple(hints: tuple[Any, ...]) -> Reader:
    def reader(data: Any) -> Any:
        values = _listed(data)
        if len(values) != len(hints):
            raise UnreadableError
        return tuple(_reader(hint)(value) for value, hint in zip(values, hints, strict=True))

    return reader


def _mapping(hints: tuple[Any, ...]) -> Reader:
    pair = _tuple(hints)

    def reader(data: Any) -> Any:
        return dict(pair(item) for item in _listed(_entry(data, "map")))

    return reader


def _scalar(kind: type) -> Reader:
    def reader(data: Any) -> Any:
        if type(data) is kind:
            return data
        raise UnreadableError

    return reader


def _nowhere(data: Any) -> Any:
    if data == "nowhere":
        return NOWHERE
    raise UnreadableError


def _none(data: Any) -> Any:
    if data is None:
        return None
    raise UnreadableError


def _number(kind: type[float | Fraction]) -> Reader:
    name = kind.__name__.lower()

    def reader(data: Any) -> Any:
        text = _entry(data, name)
        try:
            if isinstance(text, str):
                return kind(text)
        except (ValueError, ZeroDivisionError):
            pass
        raise UnreadableError

    return reader


def _record(kind: type) -> Reader:
    hints = get_type_hints(kind)
    # The types of fields are looked up when a value is read: a class may speak of itself.
    types_ = tuple(hints[f.name] for f in fields(kind))

    def reader(data: Any) -> Any:
        values = _listed(_entry(data, kind.__name__))
        if len(values) != len(types_):
            raise UnreadableError
        return kind(*(_reader(hint)(value) for value, hint in zip(values, types_, strict=True)))

    return reader


def _unreadable(_: Any) -> Any:
    raise UnreadableError


def _entry(data: Any, name: str) -> Any:
    if isinstance(data, dict) and len(data) == 1 and name in data:
        return data[name]
    raise UnreadableError


def _listed(data: Any) -> list[Any]:
    if isinstance(data, list):
        return data
    raise UnreadableError
