"""A run for people: a table of properties for each spec, the story of whatever did not come out, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.diagnostic import diagnostic, diagnostics
from verifier.report.notices import section
from verifier.report.profiles import profile_tables, several
from verifier.report.story import story
from verifier.report.text import BLANK, Cell, Line, Look, Piece, Role, indented, line, plain_text, table, width
from verifier.report.words import LEVELS, count, how, outcome, remark, summary
from verifier.session.incidents import Incident
from verifier.session.run import Result, Run

_NARROW = 64


@final
@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told: `expected` also tells the stories of violations that were expected."""

    expected: bool = False


QUIET = Detail()


def report(run: Run, look: Look, detail: Detail = QUIET) -> list[Line]:
    """The whole report."""
    if run.diagnostics:
        return diagnostics(run.diagnostics, run.sources, look)
    out: list[Line] = []
    if several(run):
        out.extend((*profile_tables(run, look), BLANK))
    else:
        for _, group in groupby(run.results, key=lambda r: (r.system.path, r.system.spec, r.profile)):
            out.extend(_spec(tuple(group), run, look))
            out.append(BLANK)
    for result in run.results:
        if _told(result, detail):
            out.extend(story(result, run, look))
            out.append(BLANK)
    for unmet in run.unmet:
        out.extend(diagnostic(unmet, run.sources, look, "failed"))
        out.append(BLANK)
    noticed = list(section(run, look))
    out.extend((*noticed, BLANK) if noticed else ())
    out.extend(_sum(run, look))
    return out


def _told(result: Result, detail: Detail) -> bool:
    return not result.ok or (detail.expected and result.expected == "violated")


# ---------------------------------------------------------------------------------------------- one spec


def _spec(results: Sequence[Result], run: Run, look: Look) -> Iterator[Line]:
    first = results[0]
    system = first.system
    profile = f"  with profile {first.profile}" if first.profile else ""
    head = f"{system.spec} for {system.model}"
    yield line(Piece(head, "strong"), Piece(f"  {plain_text(system.path)}{profile}", "faint"))
    if system.doc:
        yield from indented(plain_text(" ".join(system.doc.split())), "  ", look.width, "faint")
    yield BLANK
    yield from _table(results, look)
    yield from _assumptions(results, look)
    yield from _parts(results, look)
    yield from _lemmas(results, look)
    yield from _incidents(results, run, look)


def _table(results: Sequence[Result], look: Look) -> list[Line]:
    rows = [_row(r, look) for r in results]
    if look.width < _NARROW:
        return [row for cells in rows for row in _stacked(cells, look)]
    widest = [max(width(row[i].text) for row in rows) for i in range(5)]
    room = max(24, look.width - 12 - widest[0] - widest[2] - widest[4])
    name = min(widest[1], max(room * 3 // 5, room - widest[3]))
    method = min(widest[3], room - name)
    return table(rows, (widest[0], name, widest[2], method, widest[4]), frozenset((4,)))


def _stacked(cells: Sequence[Cell], look: Look) -> Iterator[Line]:
    """A row for a narrow window: the name, and below it all the rest."""
    told, name, kind, method, took = cells
    first, *rest = indented(name.text, "    ", look.width)
    yield line(Piece(told.text[:1], told.role), " ", *first[1:])
    yield from rest
    word = told.text.partition(" ")[2]
    yield from indented(f"{word}: {kind.text}, {method.text}, {took.text}", "    ", look.width, "faint")


def _row(result: Result, look: Look) -> tuple[Cell, ...]:
    told = outcome(result, look.glyphs)
    extra = remark(result)
    method = how(result.verdict)
    return (
        Cell(f"{told.sign} {told.word}", told.role),
        Cell(result.prop.heading.name),
        Cell(result.kind, "faint"),
        Cell(f"{extra}: {method}" if extra else method, "faint"),
        Cell(seconds(result.verdict.cost.seconds), "faint"),
    )


def _assumptions(results: Sequence[Result], look: Look) -> Iterator[Line]:
    """Under which assumptions the proofs hold: once for all where they are the same, else for each set of them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for result in results:
        if result.verdict.name == "proved" and result.expected == "proved":
            groups.setdefault(result.verdict.assumptions, []).append(result.prop.heading.name)
    if not any(groups):
        return
    yield BLANK
    for assumptions, names in groups.items():
        listed = ", ".join(assumptions) if assumptions else "none"
        who = "Proved" if len(groups) == 1 else f"{', '.join(names)}: proved"
        yield from indented(f"{who} under assumptions: {listed}", "  ", look.width)


def _parts(results: Sequence[Result], look: Look) -> Iterator[Line]:
    """What is proved of the model's parts, where there were proofs to use it."""
    facts = results[0].system.inherited
    if not facts or not any(r.verdict.name == "proved" and r.verdict.level is not None for r in results):
        return
    assumed = {a.condition for a in results[0].system.assumptions}
    names = ", ".join(f.name if assumed.issuperset(f.given) else f"{f.name} (if what it assumes holds)" for f in facts)
    where = ", ".join(dict.fromkeys(f.source.rpartition(".")[0] for f in facts))
    yield from indented(f"With what is proved of its parts: {names} ({where})", "  ", look.width)


def _lemmas(results: Sequence[Result], look: Look) -> Iterator[Line]:
    """The invariants that were found on the way, each once, with the properties that needed it."""
    users: dict[str, list[str]] = {}
    for result in results:
        if result.verdict.name == "proved":
            for lemma in result.verdict.lemmas:
                users.setdefault(lemma, []).append(result.prop.heading.name)
    if not users:
        return
    yield BLANK
    yield from indented("Found and proved on the way (a spec may state them as `lemma`):", "  ", look.width, "faint")
    for lemma, names in users.items():
        yield from indented(plain_text(lemma), "    ", look.width, "code")
        yield from indented(f"for {', '.join(names)}", "      ", look.width, "faint")


def _incidents(results: Sequence[Result], run: Run, look: Look) -> Iterator[Line]:
    """What happened in the world when such a promise was broken, each once, with the properties that it resembles."""
    broken: dict[Incident, list[str]] = {}
    for result in results:
        incident = run.incident(result)
        if incident is not None:
            broken.setdefault(incident, []).append(result.prop.heading.name)
    if not broken:
        return
    yield BLANK
    for incident, names in broken.items():
        yield from indented(f"Resembles {plain_text(incident.title)}: {', '.join(names)}.", "  ", look.width)
        yield from indented(plain_text(incident.what), "    ", look.width, "faint")


# ---------------------------------------------------------------------------------------------- the sum


def _sum(run: Run, look: Look) -> Iterator[Line]:
    levels = sorted(
        {r.verdict.level for r in run.results if r.verdict.level is not None and r.verdict.name == "proved"}
    )
    if levels:
        yield from indented("; ".join(f"{x}: {LEVELS[x]}" for x in levels) + ".", "", look.width, "faint")
    if run.profiles and not run.unmet and not any(r.profile for r in run.results):
        these = count(len(run.profiles), "profile")
        text = f"{these} of real markets {'meets' if len(run.profiles) == 1 else 'meet'} the assumptions."
        yield from indented(text, "", look.width)
    if run.models_without_spec:
        names = ", ".join(run.models_without_spec)
        yield from indented(f"Read without mistakes, but nothing is promised of: {names} (no spec).", "", look.width)
    if not run.results and not run.unmet:
        if not run.models_without_spec:
            yield line("Nothing to check.")
        return
    verdict = {0: "All as demanded", 1: "Violated", 3: "Not decided", 4: "Vacuous"}[run.status]
    role: Role = "good" if run.status == 0 else "bad" if run.status == 1 else "warn"
    times = seconds(run.seconds)
    if run.solver_seconds:  # several threads may spend more of it than the clock shows
        times += f", with {seconds(run.solver_seconds)} of solver time"
    unmet = f"{count(len(run.unmet), 'assumption')} not met by a profile" if run.unmet else ""
    counted = ", ".join(p for p in (unmet, summary(run.results)) if p)
    first, *rest = indented(f"{verdict}: {counted}. {times}.", "", look.width)
    text = first[1].text
    yield line(Piece(text[: len(verdict)], role), text[len(verdict) :])
    yield from rest


def seconds(value: float) -> str:
    """`0.02 s`, `3.4 s`, `75 s`."""
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s" if value < 60 else f"{value:.0f} s"
