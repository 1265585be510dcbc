"""Incidents: what happened in the world, beside the promise that it broke.

`[[incident]]` tables stand in the TOML file beside a spec, between its profiles. Each names properties that the spec
expects to be violated; whatever breaks one of them resembles the incident, and reports say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source
from verifier.session.suggestion import suggest
from verifier.session.toml import Raw, RawTable
from verifier.system.transition import System

Key = tuple[str, str, str]
"""The path of a system, its spec, and a property of it."""

_TEXTS = ("name", "what", "source")
_KEYS = ("name", "date", "loss", "what", "source", "properties")


@final
@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened: its name, when, what was lost (as text; empty where nothing was), what went wrong, and
    where that can be read."""

    name: str
    date: date
    loss: str
    what: str
    source: str

    @property
    def title(self) -> str:
        """`Beanstalk, 17 April 2022, 182 million USD`."""
        day = f"{self.date.day} {self.date:%B} {self.date.year}"
        return ", ".join(p for p in (self.name, day, self.loss) if p)


def read_incidents(
    source: Source, tables: Sequence[RawTable], systems: Sequence[System]
) -> tuple[Mapping[Key, Incident], tuple[Diagnostic, ...]]:
    """The incident that each property's violation resembles, and everything that is wrong in the tables."""
    out: dict[Key, Incident] = {}
    problems: list[Diagnostic] = []
    for table in tables:
        if table.what == "incident":
            wrong = list(_mistakes(source, table))
            keys, unknown = _about(source, table, systems)
            problems.extend((*wrong, *unknown))
            if not wrong:
                incident = _incident(table.values)
                out |= dict.fromkeys(keys, incident)
    return out, tuple(problems)


def _incident(values: Mapping[str, Raw]) -> Incident:
    when = values["date"]
    assert isinstance(when, date)
    return Incident(str(values["name"]), when, str(values.get("loss", "")), str(values["what"]), str(values["source"]))


def _mistakes(source: Source, table: RawTable) -> Iterator[Diagnostic]:
    values = table.values
    for key in values:
        if key not in _KEYS:
            found = {"key": key, "suggestion": suggest(key, _KEYS)}
            yield Diagnostic("VS0540", table.key(source, key), found)
    needed = [(key, "text in quotes", _is_text(values.get(key))) for key in _TEXTS]
    needed.append(("date", "a day, such as 2022-04-17", _is_day(values.get("date"))))
    needed.append(("properties", 'a list such as ["SPEC.PROPERTY"]', _is_list(values.get("properties"))))
    if "loss" in values:
        needed.append(("loss", "text in quotes", _is_text(values["loss"])))
    for key, expected, fits in needed:
        if not fits:
            span = table.place(source, key) if key in values else table.span
            yield Diagnostic("VS0541", span, {"key": key, "expected": expected})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _about(source: Source, table: RawTable, systems: Sequence[System]) -> tuple[tuple[Key, ...], list[Diagnostic]]:
    named = table.values.get("properties")
    known = {f"{s.spec}.{p.heading.name}": (s, p) for s in systems for p in s.properties}
    keys: list[Key] = []
    problems: list[Diagnostic] = []
    for name in map(str, named if isinstance(named, list) else ()):
        span = table.place(source, "properties")
        if name not in known:
            values = {"name": name, "what": "property", "suggestion": suggest(name, known)}
            problems.append(Diagnostic("VS0514", span, values))
            continue
        system, prop = known[name]
        if not prop.heading.expect_violated:
            problems.append(Diagnostic("VS0542", span, {"name": name}, (("declared", prop.heading.span),)))
        keys.append((system.path, system.spec, prop.heading.name))
    return tuple(keys), problems
