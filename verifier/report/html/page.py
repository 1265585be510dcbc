"""The page: what it shows, put into the templates, with a policy that lets nothing in from elsewhere."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier.report.html.profiles import margin_tables, profile_rows
from verifier.report.html.proofs import first_of_each, proved
from verifier.report.html.remarks import accepted_as, gate_view, notices, remarks
from verifier.report.html.stories import outcome_of, story
from verifier.report.html.views import Checked, Choice, Outcome, Page, Row, Story, Tile, Tone
from verifier.report.terminal import seconds
from verifier.report.words import LEVELS, count, how, summary
from verifier.session.run import Result, Run
from verifier.system.transition import Scenario

if TYPE_CHECKING:
    from jinja2 import Environment

    from verifier.session.gate.finding import GateReport

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.:/@-]")
_LONGEST_ID = 160

_KEPT = "\n\t\N{NO-BREAK SPACE}"
"""Characters that are not printable, and harmless."""


def page(run: Run, gate: GateReport | None = None) -> str:
    """The whole run as one file of HTML, with what the gate says of it."""
    environment = _environment()
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    from markupsafe import Markup  # our own two files, which go in as they are

    own = {"style": Markup(style), "script": Markup(script)}  # noqa: S704
    return environment.get_template("page.html.j2").render(page=view(run, gate), policy=policy, **own)


def view(run: Run, gate: GateReport | None = None) -> Page:
    """What the page shows, as plain values."""
    named = _named(run.results)
    stories = _told_at(named)
    shown_at = {**first_of_each([(anchor, r) for anchor, r in named if _is_proof(r)]), **stories}
    told = [(r, _story(anchor, r, run, gate)) for anchor, r in named if stories.get(anchor) == anchor]
    rows = tuple(_row(r, shown_at.get(anchor, "")) for anchor, r in named)
    verdict, sentence = _verdict(run, gate)
    return Page(
        title=f"{verdict.word}: {sentence}" if sentence else verdict.word,
        verdict=verdict,
        sentence=sentence,
        tiles=tuple(_tiles(run)),
        rows=rows,
        words=_choices([row.outcome.word for row in rows]),
        specs=_choices([f"{row.path} {row.spec}" for row in rows]),
        with_profiles=_choices([row.profile for row in rows if row.profile]),
        failures=tuple(s for r, s in told if not r.ok and r.verdict.name in ("violated", "proved")),
        undecided=tuple(s for r, s in told if not r.ok and r.verdict.name not in ("violated", "proved")),
        expected=tuple(s for r, s in told if r.ok and r.verdict.name == "violated"),
        reached=tuple(s for r, s in told if r.ok and r.verdict.name != "violated"),
        proved=tuple(proved([(anchor, r) for anchor, r in named if _is_proof(r)])),
        profiles=tuple(profile_rows(run)),
        margins=tuple(margin_tables(run)),
        errors=remarks(run.diagnostics, run.sources),
        unmet=remarks(run.unmet, run.sources),
        notices=tuple(notices(run)),
        checked=tuple(_checked(run)),
        unpromised=run.models_without_spec,
        levels=_levels(run.results),
        versions=tuple(run.versions.items()),
        gate=gate_view(gate, {r.id: shown_at.get(a, "") for a, r in named}) if gate is not None else None,
    )


# ---------------------------------------------------------------------------------------------- the head


def _verdict(run: Run, gate: GateReport | None) -> tuple[Outcome, str]:
    """The heading, and what came out in numbers. Where there is a gate, it is what decides."""
    verdict, sentence = _outcome(run)
    if gate is not None:
        verdict = Outcome("bad", "Gate shut") if gate.status else Outcome("good", "Gate open")
    return verdict, sentence


def _outcome(run: Run) -> tuple[Outcome, str]:
    if run.diagnostics:
        return Outcome(
            "bad", "Mistakes in the input"
        ), f"{count(len(run.diagnostics), 'mistake')}, and nothing was settled"
    if not run.results and not run.unmet:
        return Outcome("warn", "Nothing to check"), ""
    words: dict[int, tuple[Tone, str]] = {
        0: ("good", "All as demanded"), 1: ("bad", "Violated"), 3: ("warn", "Not decided"), 4: ("warn", "Vacuous"),
    }  # fmt: skip
    tone, word = words[run.status]
    unmet = f"{count(len(run.unmet), 'assumption')} not met by a profile" if run.unmet else ""
    return Outcome(tone, word), ", ".join(p for p in (unmet, summary(run.results)) if p)


def _tiles(run: Run) -> Iterator[Tile]:
    """The numbers at the head: what went wrong first, and only what there is."""
    counts: dict[tuple[bool, str], list[Result]] = {}
    for result in run.results:
        told = outcome_of(result)
        counts.setdefault((result.ok, f"{told.word} {told.remark}".strip()), []).append(result)
    for (ok, word), group in sorted(counts.items(), key=lambda item: item[0][0]):
        first = outcome_of(group[0])
        target = "failures" if first.tone == "bad" else "undecided" if first.tone == "warn" else ""
        if ok:
            name = group[0].verdict.name
            target = "expected" if name == "violated" else "reached" if first.word == "reached" else ""
            target = "proofs" if first.word == "proved" else target
        yield Tile(word, str(len(group)), _by_level(group), first.tone, target)
    if run.unmet:
        yield Tile("assumptions not met", str(len(run.unmet)), "by the numbers of a profile", "bad", "unmet")
    if run.diagnostics:
        yield Tile("mistakes in the input", str(len(run.diagnostics)), "nothing was settled", "bad", "errors")
    if run.profiles:
        yield Tile("profiles", str(len(run.profiles)), "of real markets", "plain", "profiles")
    if run.notices:
        yield Tile("worth a look", str(len({n.finding for n in run.notices})), "no reason to fail", "plain", "notices")
    solver = f"{seconds(run.solver_seconds)} in the solver" if run.solver_seconds else "no solver was asked"
    yield Tile("time", seconds(run.seconds), solver if run.results else "")


def _by_level(results: Sequence[Result]) -> str:
    """How far proofs can be trusted: `108 at L3, 4 at L0`."""
    counts = Counter(r.verdict.level for r in results if r.verdict.level is not None)
    if not counts or any(r.expected != "proved" for r in results):
        return ""
    return ", ".join(f"{counts[level]} at {level}" for level in sorted(counts, reverse=True))


def _levels(results: Sequence[Result]) -> tuple[tuple[str, str], ...]:
    used = {r.verdict.level for r in results if r.verdict.level is not None}
    return tuple((level, text) for level, text in LEVELS.items() if level in used)


def _choices(values: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(text, number) for text, number in Counter(values).items())


def _checked(run: Run) -> Iterator[Checked]:
    """The specs that were looked at."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in run.results:
        groups.setdefault((result.system.path, result.system.spec), []).append(result)
    for (path, spec), group in groups.items():
        system = group[0].system
        yield Checked(spec, system.model, path, " ".join(system.doc.split()), summary(group))


# ---------------------------------------------------------------------------------------------- results


def _is_proof(result: Result) -> bool:
    """Whether a result is shown among the proofs."""
    verdict = result.verdict
    return result.ok and verdict.name == "proved" and verdict.witness is None and not isinstance(result.prop, Scenario)


def _is_told(result: Result) -> bool:
    """Whether there is a story to tell."""
    return not result.ok or result.verdict.name == "violated" or result.verdict.witness is not None


def _story(anchor: str, result: Result, run: Run, gate: GateReport | None) -> Story:
    """The story of a result. What the gate accepts is shut, and says why."""
    accepted = accepted_as(result.id, gate) if gate is not None else ""
    told = story(result, run, anchor, opened=not result.ok and not accepted)
    return replace(told, notes=(*told.notes, accepted)) if accepted else told


def _named(results: Sequence[Result]) -> list[tuple[str, Result]]:
    """Each result with an id for its part of the page: its name, so that an address leads to it in a later run too."""
    taken: Counter[str] = Counter()
    out: list[tuple[str, Result]] = []
    for result in results:
        name = _NOT_IN_IDS.sub("-", result.id)[:_LONGEST_ID]
        taken[name] += 1
        out.append((name if taken[name] == 1 else f"{name}~{taken[name]}", result))
    return out


def _told_at(named: Sequence[tuple[str, Result]]) -> Mapping[str, str]:
    """For each result with a story the id of the one that is told: of what came out as demanded with the numbers of
    several profiles, only the first."""
    first: dict[tuple[str, str, str], str] = {}
    out: dict[str, str] = {}
    for anchor, result in named:
        if _is_told(result):
            key = (result.system.path, result.system.spec, result.prop.heading.name)
            out[anchor] = first.setdefault(key, anchor) if result.ok and result.profile else anchor
    return out


def _row(result: Result, target: str) -> Row:
    verdict = result.verdict
    return Row(
        outcome_of(result), result.prop.heading.name, result.kind, result.system.spec, result.system.path,
        result.profile, how(replace(verdict, level=None)), verdict.level or "", seconds(verdict.cost.seconds), target,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- the templates


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """The templates, compiled once. Every value is escaped, and a name that is not there is our bug."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("verifier.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["spans"] = _spans
    environment.filters["breakable"] = _breakable
    return environment


def _clean(value: Any) -> Any:
    """A text without characters that are no part of a document, or that would turn it round."""
    if not isinstance(value, str) or hasattr(value, "__html__") or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c in _KEPT else "\N{REPLACEMENT CHARACTER}" for c in value)


def _spans(text: str) -> list[tuple[bool, str]]:
    """A sentence in pieces, those between backquotes being code."""
    return [(bool(index % 2), piece) for index, piece in enumerate(text.split("`")) if piece]


def _breakable(name: str) -> str:
    """A long name, which may go on in the next line after `_`, `.` and `/`."""
    from markupsafe import Markup, escape

    text = str(escape(_clean(name)))  # none of the three is part of what escaping writes
    return Markup(re.sub(r"(?<=[_./])(?=\w)", "<wbr>", text))  # noqa: S704


def _asset(name: str) -> str:
    return files("verifier.report.html").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
