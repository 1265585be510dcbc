"""What a project demands of its specs: `[gate]` in `verify-spec.toml`, or `[tool.verify-spec.gate]` in pyproject.toml.

Whatever is not understood is refused: a key that is passed over would be a demand that nobody makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass as mutable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast, final

from verifier.engines.verdict import Level
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.language.source import Source, Span
from verifier.session.files import read_source, shown
from verifier.session.gate import places
from verifier.session.gate.finding import ACCEPTABLE, GateRule
from verifier.session.suggestion import nearest
from verifier.session.toml import parsed

OWN, SHARED = "verify-spec.toml", "pyproject.toml"
BASELINE = "proofs/baseline.toml"
USUAL = "pull-request"
"""The budget that is meant where none is named."""

Leeway = Literal["unknown", "bounded", "vacuous"]
LEEWAYS: tuple[Leeway, ...] = ("unknown", "bounded", "vacuous")
LEVELS: tuple[Level, ...] = ("L0", "L1", "L2", "L3")


@final
@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob and where it stands."""

    glob: str
    span: Span


@final
@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded of the properties whose names match: the lowest level of a proof, and the outcomes besides
    success that are no failure. None leaves what an earlier demand says."""

    pattern: Pattern
    level: Level | None = None
    allow: tuple[Leeway, ...] | None = None


@final
@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may take: wall time in whole seconds (None: as long as it takes), steps of a search for violations
    (None: the tool's own choice), and whether a second solver is asked."""

    name: str = ""
    seconds: int | None = None
    depth: int | None = None
    second: bool = False


@final
@dataclass(frozen=True, slots=True)
class Acceptance:
    """A failure that is allowed until the end of a day: what it is about, the only rule that it covers (None: all that
    are about it), and why."""

    id: str
    rule: GateRule | None
    reason: str
    expires: date
    span: Span


@final
@dataclass(frozen=True, slots=True)
class GateConfig:
    """The whole of it, from the table of that name. Paths are below `root`, the folder of the file."""

    root: Path
    source: Source
    table: str
    specs: tuple[Pattern, ...]
    profiles: tuple[Pattern, ...] = ()
    baseline: str = BASELINE
    demands: tuple[Demand, ...] = ()
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no configuration."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)


def find_config(named: str | None, start: Path) -> GateConfig | Refused:
    """The configuration in a file, or the nearest one from a folder upwards."""
    if named is not None:
        path = Path(named)
        table = _tables(path)
        source = read_source(path)
        if isinstance(source, Diagnostic):
            return Refused((source,))
        return _read(path, source, table)
    for folder in (start, *start.parents):
        found = [p for p in (folder / OWN, folder / SHARED) if _is_there(p)]
        read = [(p, read_source(p)) for p in found]
        unread = tuple(s for _, s in read if isinstance(s, Diagnostic))
        if unread:
            return Refused(unread)
        mine = [(p, s) for p, s in read if isinstance(s, Source) and _concerned(p, s)]
        if len(mine) > 1:
            values = {"first": shown(mine[0][0]), "second": shown(mine[1][0])}
            return Refused((Diagnostic("VS0557", None, values),))
        if mine:
            path, source = mine[0]
            return _read(path, source, _tables(path))
    return Refused((Diagnostic("VS0550", None, {"folder": shown(start)}),))


def _is_there(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True  # reading it will say what is wrong


def _tables(path: Path) -> tuple[str, ...]:
    """The names of the tables down to the gate's."""
    return ("tool", "verify-spec", "gate") if path.name == SHARED else ("gate",)


def _concerned(path: Path, source: Source) -> bool:
    """Whether a file speaks of us: `verify-spec.toml` always does, pyproject.toml where it has our table, or can't be
    read as TOML and names us."""
    if path.name == OWN:
        return True
    document = parsed(source, "VS0551")
    if isinstance(document, Diagnostic):
        return "verify-spec.gate" in source.text
    tool = document.get("tool")
    return isinstance(tool, dict) and "verify-spec" in tool


# ---------------------------------------------------------------------------------------------- one file


def _read(path: Path, source: Source, tables: tuple[str, ...]) -> GateConfig | Refused:
    sources = {source.path: source}
    document = parsed(source, "VS0551")
    if isinstance(document, Diagnostic):
        return Refused((document,), sources)
    reader = _Reader(source, ".".join(tables))
    inner: Any = document
    for name in tables[:-1]:
        inner = inner.get(name) if isinstance(inner, dict) else None
    reader.known(inner, tables[-1:], ".".join(tables[:-1]) or shown(path), 0)  # what is ours holds nothing else
    inner = inner.get(tables[-1]) if isinstance(inner, dict) else None
    if inner is None:
        if not reader.problems:
            reader.wrong("VS0554", Span(source.path, 0, 0), table=".".join(tables))
        return Refused(tuple(reader.problems), sources)
    if not isinstance(inner, dict):
        reader.kind("gate", "a table", inner, Span(source.path, 0, 0))
        return Refused(tuple(reader.problems), sources)
    config = reader.gate(inner, path.parent)
    if reader.problems or config is None:
        return Refused(tuple(reader.problems), sources)
    return config


@final
@mutable(slots=True)
class _Reader:
    """Reads values out of the table of that name, and collects what is wrong with them."""

    source: Source
    name: str
    problems: list[Diagnostic] = field(default_factory=list)

    def gate(self, raw: Mapping[str, Any], root: Path) -> GateConfig | None:
        self.known(raw, ("specs", "profiles", "baseline", "demand", "budget", "accept"), self.name, 0)
        specs = self.patterns(raw, "specs")
        profiles = self.patterns(raw, "profiles")
        baseline = self.text(raw, self.name, 0, "baseline", default=BASELINE)
        demands = tuple(self.demands(raw.get("demand", [])))
        budgets = {b.name: b for b in self.budgets(raw.get("budget", {}))}
        acceptances = tuple(self.acceptances(raw.get("accept", [])))
        if not specs and not self.problems:
            self.wrong("VS0554", places.key(self.source, self.name, 0, "specs"), table=self.name)
        for pattern in specs:
            parts = Path(pattern.glob).parts
            if Path(pattern.glob).is_absolute() or ".." in parts or not pattern.glob.strip():
                self.kind("specs", "globs below the folder of this file", pattern.glob, pattern.span)
        if baseline is not None and (Path(baseline).is_absolute() or ".." in Path(baseline).parts):
            self.kind("baseline", "a path below the folder of this file", baseline, self.at(0, "baseline"))
        if baseline is None or self.problems:
            return None
        return GateConfig(root, self.source, self.name, specs, profiles, baseline, demands, budgets, acceptances)

    def patterns(self, raw: Mapping[str, Any], word: str) -> tuple[Pattern, ...]:
        value = raw.get(word, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            self.kind(word, "a list of globs in quotes", value, self.at(0, word))
            return ()
        return tuple(Pattern(v, places.key(self.source, self.name, 0, word, v)) for v in value)

    def demands(self, raw: Any) -> Iterator[Demand]:
        for index, one in self.listed(raw, "demand"):
            name = f"{self.name}.demand"
            self.known(one, ("property", "level", "allow"), name, index)
            glob = self.text(one, name, index, "property")
            level = self.choice(one, name, index, "level", LEVELS)
            allow = self.allowed(one, name, index)
            if glob is not None:
                span = places.key(self.source, name, index, "property", glob)
                yield Demand(Pattern(glob, span), cast("Level | None", level), allow)

    def allowed(self, raw: Mapping[str, Any], name: str, index: int) -> tuple[Leeway, ...] | None:
        value = raw.get("allow")
        if value is None:
            return None
        span = places.key(self.source, name, index, "allow")
        if not isinstance(value, list):
            self.kind("allow", f"a list of {_one_of(LEEWAYS)}", value, span)
            return None
        for one in value:
            if one not in LEEWAYS:
                expected = f"{_one_of(LEEWAYS)}; anything else is accepted by a `[[{self.name}.accept]]`"
                self.kind("allow", expected, one, span)
        return tuple(one for one in LEEWAYS if one in value)

    def budgets(self, raw: Any) -> Iterator[Budget]:
        if not isinstance(raw, dict):
            self.kind("budget", f"tables such as `[{self.name}.budget.{USUAL}]`", raw, self.at(0, "budget"))
            return
        for title, one in raw.items():
            name = f"{self.name}.budget.{title}"
            if not isinstance(one, dict):
                self.kind("budget", f"tables such as `[{self.name}.budget.{USUAL}]`", one, self.at(0, "budget"))
                continue
            self.known(one, ("seconds", "depth", "second-solver"), name, 0)
            second = one.get("second-solver", False)
            if not isinstance(second, bool):
                self.kind(
                    "second-solver", "`true` or `false`", second, places.key(self.source, name, 0, "second-solver")
                )
            yield Budget(
                title,
                self.whole(one, name, "seconds", 1, 1_000_000),
                self.whole(one, name, "depth", 0, 100),
                second is True,
            )

    def acceptances(self, raw: Any) -> Iterator[Acceptance]:
        seen: dict[tuple[str, str | None], int] = {}
        for index, one in self.listed(raw, "accept"):
            name = f"{self.name}.accept"
            self.known(one, ("property", "rule", "reason", "expires"), name, index)
            what = self.text(one, name, index, "property")
            rule = self.choice(one, name, index, "rule", ACCEPTABLE)
            reason = self.text(one, name, index, "reason")
            expires = one.get("expires")
            if not isinstance(expires, date) or isinstance(expires, datetime):
                self.kind(
                    "expires", "a date without quotes, such as 2027-01-31", expires, self.place(name, index, "expires")
                )
                continue
            if what is None or reason is None:
                continue
            if not reason.strip():
                self.kind("reason", "why this may fail, in words", reason, self.place(name, index, "reason"))
            if seen.setdefault((what, rule), index) != index:
                self.kind(
                    "property", "something that is not accepted already", what, self.place(name, index, "property")
                )
            span = places.key(self.source, name, index, "property", what)
            yield Acceptance(what, cast("GateRule | None", rule), " ".join(reason.split()), expires, span)

    # ------------------------------------------------------------------------------------------ values

    def listed(self, raw: Any, word: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
            self.kind(
                word,
                f"tables with two brackets, `[[{self.name}.{word}]]`",
                raw,
                self.place(f"{self.name}.{word}", 0, word),
            )
            return
        yield from enumerate(raw)

    def text(self, raw: Mapping[str, Any], name: str, index: int, word: str, default: str | None = None) -> str | None:
        value = raw.get(word, default)
        if isinstance(value, str) and value:
            return value
        self.kind(word, "text in quotes", value, self.place(name, index, word))
        return None

    def choice(self, raw: Mapping[str, Any], name: str, index: int, word: str, known: Sequence[str]) -> str | None:
        value = raw.get(word)
        if value is None or (isinstance(value, str) and value in known):
            return value
        self.kind(word, _one_of(known), value, self.place(name, index, word), nearest(str(value), known))
        return None

    def whole(self, raw: Mapping[str, Any], name: str, word: str, low: int, high: int) -> int | None:
        value = raw.get(word)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.kind(word, f"a whole number from {low} to {high}", value, self.place(name, 0, word))
            return None
        return value

    def known(self, raw: Any, keys: Sequence[str], name: str, index: int) -> None:
        """Report keys that mean nothing."""
        for word in raw if isinstance(raw, dict) else ():
            if word not in keys:
                suggestion = nearest(word, keys) or f"The keys are {', '.join(keys)}. "
                self.wrong("VS0552", self.place(name, index, word), table=name, key=word, suggestion=suggestion)

    def at(self, index: int, word: str) -> Span:
        return self.place(self.name, index, word)

    def place(self, name: str, index: int, word: str) -> Span:
        """A key; or where it is a table itself, its header."""
        found = places.key(self.source, name, index, word)
        inner = places.table(self.source, f"{name}.{word}")
        outer = places.table(self.source, word)
        return next((span for span in (inner, found, outer) if span.end > span.start), found)

    def kind(self, word: str, expected: str, got: Any, span: Span, suggestion: str = "") -> None:
        self.wrong("VS0553", span, key=word, expected=expected, got=_show(got), suggestion=suggestion)

    def wrong(self, code: str, span: Span, **values: str) -> None:
        self.problems.append(Diagnostic(code, span, values))


def _one_of(names: Sequence[str]) -> str:
    return "one of " + ", ".join(f'"{n}"' for n in names)


def _show(raw: Any) -> str:
    match raw:
        case None:
            return "missing"
        case bool():
            return str(raw).lower()
        case str():
            return f'"{raw}"' if len(raw) < 60 else "a long text"
        case list():
            return "a list" if raw else "an empty list"
        case dict():
            return "a table"
        case _:
            return str(raw)[:60]
