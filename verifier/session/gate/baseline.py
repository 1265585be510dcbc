"""The baseline: what was promised and settled when it was written, one line an obligation, so that a diff can be read.

It is a TOML file under version control, `proofs/baseline.toml` unless the configuration says otherwise. Nothing in it
is believed: it can only make the gate stricter.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, cast, final, get_args

from verifier.engines.verdict import Level
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass, field
from verifier.language.source import Source, Span
from verifier.session.files import put, read_source, shown, unreadable
from verifier.session.gate.finding import BaselineChange
from verifier.session.run import Result
from verifier.session.toml import parsed
from verifier.system.canonical import canonical, term_json
from verifier.system.transition import Property, Reachable, Require, Responds, Scenario, System, kind_of

VERSION = 1
_LEVELS: tuple[Level, ...] = ("L0", "L1", "L2", "L3")

Outcome = Literal[
    "proved", "reached", "passed", "violated as expected", "bounded", "unknown", "vacuous", "not violated", "violated"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
SUCCESSES: frozenset[Outcome] = frozenset(OUTCOMES[:4])


def rank(outcome: Outcome) -> int:
    """How bad an outcome is: 0 for what came out as demanded."""
    return 0 if outcome in SUCCESSES else OUTCOMES.index(outcome)


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """One obligation: its keyword, what came out, the level of a proof, and a digest of what it says (with its
    definitions spelled out, and without its layout)."""

    kind: str
    outcome: Outcome
    level: Level | None
    says: str

    @property
    def words(self) -> str:
        """`proved, L3`."""
        return f"{self.outcome}, {self.level}" if self.level is not None else self.outcome


@final
@dataclass(frozen=True, slots=True)
class Assumed:
    """One thing that is taken for granted: `assume`, `rely` or `where`, its text, and a digest of what that says."""

    kind: str
    text: str
    says: str

    @property
    def words(self) -> str:
        """`assume fee <= 1%`."""
        return f"{self.kind} {self.text}"


@final
@dataclass(frozen=True, slots=True)
class Baseline:
    """All of it. `assumptions` gives for the name of each what it says; `profiles` are those whose numbers were held
    against them."""

    obligations: Mapping[str, Entry] = field(default_factory=dict)
    assumptions: Mapping[str, Assumed] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- of a run


def baseline_of(results: Iterable[Result], systems: Iterable[System], profiles: Iterable[str]) -> Baseline:
    """The baseline that a run would have."""
    known = tuple(systems)
    digests: dict[tuple[str, str], Mapping[str, str]] = {}
    obligations: dict[str, Entry] = {}
    for result in results:
        key = (result.system.path, result.system.spec)
        if key not in digests:
            digests[key] = digests_of(result.system)
        says = digests[key][result.prop.heading.name]
        obligations[result.id] = Entry(result.kind, outcome_of(result), level_of(result), says)
    assumptions = {id_: assumed for system in known for id_, assumed, _ in assumptions_of(system)}
    return Baseline(obligations, assumptions, tuple(sorted(profiles)))


def outcome_of(result: Result) -> Outcome:
    """What came out, seen from what was demanded."""
    if result.expected == "violated":
        return "violated as expected" if result.ok else "not violated"
    if result.verdict.name != "proved":
        return result.verdict.name
    return "reached" if result.expected == "reached" else "passed" if result.expected == "passed" else "proved"


def level_of(result: Result) -> Level | None:
    """How far a proof that was demanded can be trusted."""
    return result.verdict.level if outcome_of(result) == "proved" else None


def assumptions_of(system: System) -> Iterator[tuple[str, Assumed, Span]]:
    """Everything that is taken for granted in a spec: its id, what it says, and where. A `where` of a parameter and an
    `assume` may have one name: then the second one has a number behind it."""
    start = f"{system.path}:{system.spec}"
    seen: Counter[str] = Counter()
    for a in system.assumptions:
        seen[a.name] += 1
        number = f"#{seen[a.name]}" if seen[a.name] > 1 else ""
        yield f"{start}.{a.name}{number}", Assumed(a.kind, _words(a.text), _hashed(term_json(a.condition))), a.span
    conditions = {
        (action.name, stmt.why.name): term_json(stmt.condition)
        for action in system.actions
        for stmt in action.body
        if isinstance(stmt, Require) and stmt.why.kind == "rely"
    }
    for r in system.relies:
        text = f"{r.action} requires {_words(r.text)}"
        yield (
            f"{start}.{r.name}",
            Assumed("rely", text, _hashed([r.action, conditions.get((r.action, r.name))])),
            r.span,
        )


def digests_of(system: System) -> Mapping[str, str]:
    """For each property of a system, a digest of what it says."""
    cores = {(p["kind"], p["name"]): p for p in canonical(system)["properties"]}
    return {p.heading.name: _digest(p, cores) for p in system.properties}


def _digest(prop: Property, cores: Mapping[tuple[str, str], Any]) -> str:
    said: Any
    match prop:
        case Reachable(_, formula, defined):
            said = [term_json(formula), term_json(defined)]
        case Responds(_, free, trigger, response, bound, action, _):
            names = [v.name for v in free]
            said = [names, term_json(trigger), term_json(response), term_json(bound), action]
        case Scenario():
            said = _words(prop.heading.text)
        case _:
            kind = "invariant" if kind_of(prop) == "lemma" else kind_of(prop)
            said = cores.get((kind, prop.heading.name), _words(prop.heading.text))
    return _hashed([kind_of(prop), said])


def _hashed(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:12]


def _words(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------------------------------------- as text

_HEAD = """\
# What the specs of this project promise, what came out, and what is taken for granted. Reviewing a change of this file
# is reviewing what a change of the project gives up or wins. `says` is a digest of what a promise says.
# Written by `verify-spec gate --update-baseline`.
"""


def text_of(baseline: Baseline) -> str:
    """The file: the same for the same content, sorted, one line each."""
    lines = [f"{_HEAD}version = {VERSION}", "profiles = ["]
    lines += [f"  {_quoted(p)}," for p in baseline.profiles]
    lines += ["]", "", "[obligations]"]
    for id_, entry in sorted(baseline.obligations.items()):
        level = f', level = "{entry.level}"' if entry.level is not None else ""
        lines.append(
            f'{_quoted(id_)} = {{ {entry.kind} = "{entry.outcome}"{level}, says = "{entry.says}" }}',
        )
    lines += ["", "[assumptions]"]
    for id_, assumed in sorted(baseline.assumptions.items()):
        lines.append(f'{_quoted(id_)} = {{ {assumed.kind} = {_quoted(assumed.text)}, says = "{assumed.says}" }}')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_baseline(path: Path) -> tuple[Baseline, Source] | Diagnostic | None:
    """What a file says; None if there is none."""
    if not path.exists() and not path.is_symlink():
        return None
    source = read_source(path)
    if isinstance(source, Diagnostic):
        return source
    document = parsed(source, "VS0558")
    if isinstance(document, Diagnostic):
        return document
    baseline = _read(document)
    if isinstance(baseline, str):
        named = re.search(r"`(.*)`", baseline)
        at = max(source.text.find(f'"{named[1]}"'), 0) if named is not None else 0
        return Diagnostic("VS0558", Span(source.path, at, at + 1), {"problem": baseline})
    return baseline, source


def _read(document: Mapping[str, Any]) -> Baseline | str:
    match document:
        case {"version": int(found)} if found != VERSION:
            return f"it has version {found}, and this tool reads version {VERSION}"
        case {"version": int(), "profiles": list(profiles), "obligations": dict(rows), "assumptions": dict(given)}:
            pass
        case _:
            return "it lacks `version`, `profiles`, `obligations` or `assumptions`"
    if not all(isinstance(p, str) for p in profiles):
        return "the names of profiles have to be texts"
    obligations: dict[str, Entry] = {}
    for id_, row in rows.items():
        entry = _entry(row)
        if entry is None:
            return f"what it says of `{id_}` can't be read"
        obligations[id_] = entry
    assumptions: dict[str, Assumed] = {}
    for id_, row in given.items():
        assumed = _assumed(row)
        if assumed is None:
            return f"what it says of `{id_}` can't be read"
        assumptions[id_] = assumed
    return Baseline(obligations, assumptions, tuple(profiles))


def _assumed(row: Any) -> Assumed | None:
    match row:
        case {"says": str(says)} if len(row) == 2:
            kind = next(k for k in row if k != "says")
            return Assumed(kind, row[kind], says) if isinstance(row[kind], str) else None
        case _:
            return None


def _entry(row: Any) -> Entry | None:
    if not isinstance(row, dict):
        return None
    kinds = [k for k in row if k not in ("level", "says")]
    level, says = row.get("level"), row.get("says")
    if len(kinds) != 1 or not isinstance(says, str) or (level is not None and level not in _LEVELS):
        return None
    outcome = row[kinds[0]]
    if outcome not in OUTCOMES:
        return None
    return Entry(kinds[0], cast("Outcome", outcome), cast("Level | None", level), says)


def write_baseline(path: Path, baseline: Baseline) -> Diagnostic | None:
    """Write the file anew; a diagnostic if that can't be done."""
    try:
        put(path, text_of(baseline).encode(), through_links=False)
    except OSError as problem:
        found = unreadable(shown(path), problem)
        reason = found.values.get("reason", "a folder on the way is gone").replace("to read it", "to write it")
        suggestion = "Check the permissions of the folder. "
        return Diagnostic("VS0559", None, {"path": shown(path), "reason": reason, "suggestion": suggestion})
    return None


# ---------------------------------------------------------------------------------------------- what has changed


def changes(before: Baseline, after: Baseline) -> tuple[BaselineChange, ...]:
    """Every line of the file that would be another one, in the order of the file."""
    return (*_profiles(before, after), *_obligations(before, after), *_assumptions(before, after))


def _profiles(before: Baseline, after: Baseline) -> Iterator[BaselineChange]:
    for name in sorted({*before.profiles, *after.profiles}):
        if name not in after.profiles:
            yield BaselineChange("removed", name, "profile")
        elif name not in before.profiles:
            yield BaselineChange("added", name, "", "profile")


def _obligations(before: Baseline, after: Baseline) -> Iterator[BaselineChange]:
    for id_ in sorted({*before.obligations, *after.obligations}):
        old, new = before.obligations.get(id_), after.obligations.get(id_)
        if old is None and new is not None:
            yield BaselineChange("added", id_, "", new.words)
        elif new is None and old is not None:
            yield BaselineChange("removed", id_, old.words)
        elif old is not None and new is not None and old != new:
            extra = ", reads otherwise" if (old.says, old.kind) != (new.says, new.kind) else ""
            yield BaselineChange("changed", id_, old.words, f"{new.words}{extra}")


def _assumptions(before: Baseline, after: Baseline) -> Iterator[BaselineChange]:
    for id_ in sorted({*before.assumptions, *after.assumptions}):
        old, new = before.assumptions.get(id_), after.assumptions.get(id_)
        if old is None and new is not None:
            yield BaselineChange("added", id_, "", new.words)
        elif new is None and old is not None:
            yield BaselineChange("removed", id_, old.words)
        elif old is not None and new is not None and old != new:
            extra = ", through a definition" if old.words == new.words else ""
            yield BaselineChange("changed", id_, old.words, f"{new.words}{extra}")
