"""What is worth a look: the words, the section of the terminal's report, and the entries of the machine's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never, final

from verifier.engines.finding import Finding
from verifier.language.checking.suggest import listed
from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span
from verifier.report.text import Line, Look, Piece, indented, line, plain_text
from verifier.report.words import scope, steps
from verifier.session.run import Notice, Run


@final
@dataclass(frozen=True, slots=True)
class Words:
    """A finding in words: what is the case, and what it means."""

    head: str
    text: str


def words(finding: Finding) -> Words:
    """The two sentences of a finding."""
    name = f"`{finding.about}`"
    match finding.kind:
        case "never_runs":
            return Words(f"{name} can never run.", _never_runs(finding))
        case "not_seen_to_run":
            members = f" with {scope(finding.scope)}" if finding.scope else ""
            return Words(
                f"{name} was not seen to run.",
                f"No run of up to {steps(finding.depth or 0)}{members} takes it; no scenario, no random run does. That "
                "does not prove that it can't run: a scenario that calls it would show that it can.",
            )
        case "says_nothing":
            return Words(f"{name} says nothing about what the model does.", _says_nothing(finding))
        case "part_says_nothing":
            return Words(
                f"A part of {name} says nothing.",
                f"Wherever a run gets to, `{finding.text}` holds, so what should follow from the opposite is never put "
                "to the test.",
            )
        case "says_the_same":
            return Words(
                f"{name} says the same as `{finding.other}`.",
                "Each follows from the other, whatever the actions do: one of the two is enough.",
            )
        case "not_needed":
            return _not_needed(finding)
        case "proof_refused":
            return Words(
                f"Ethos does not accept a proof of cvc5 for {name}.",
                f"{finding.text} Both solvers still say that it holds, so its level is L1, not L2.",
            )
        case "checker_unused":
            return Words(f"{name} can't be used.", f"{finding.text} So no claim has level L2.")
        case _:
            assert_never(finding.kind)


def _never_runs(finding: Finding) -> str:
    if not finding.relies:
        return (
            "No state that can be reached meets all that it requires, so what the spec says of it is said of nothing. "
            "Look for a `require` that is too strong, or for the action that should lead there."
        )
    names = listed(finding.relies)
    it = "it" if len(finding.relies) == 1 else "them"
    return (
        f"What it requires and what the spec relies on ({names}) are never met together; without {it} it might run. "
        "So the spec speaks of a world in which this does not happen at all."
    )


def _says_nothing(finding: Finding) -> str:
    match finding.what:
        case "step":
            holds = "It is true of any step from any state to any other"
        case "rule":
            holds = "Its checks come out wherever its calls lead to"
        case _:
            holds = "It is true in any state at all"
    return f"{holds}: types and assumptions alone make it so. No mistake in an action could break it."


def _not_needed(finding: Finding) -> Words:
    if finding.what == "where":
        return _unneeded_bounds([finding.about])
    again = f"Every proof of this spec was done again without this `{finding.what}`, and went through."
    meant = "Without it the spec promises more; or a promise is missing that it was meant for."
    return Words(f"Nothing needs `{finding.about}`.", f"{again} {meant}")


def _unneeded_bounds(names: Sequence[str]) -> Words:
    return Words(
        f"Nothing needs the bounds of {listed(names)}.",
        "Every proof of this spec was done again without them, and went through.",
    )


# ---------------------------------------------------------------------------------------------- the terminal


def section(run: Run, look: Look) -> Iterator[Line]:
    """All notices of a run. What several specs share is told once, and bounds that they don't need in one go."""
    specs: dict[Finding, list[str]] = {}
    for notice in run.notices:
        specs.setdefault(notice.finding, []).append(notice.system.spec)
    bounds: dict[tuple[str, ...], list[Finding]] = {}
    for finding, shared in specs.items():
        if finding.what == "where":
            bounds.setdefault(tuple(shared), []).append(finding)
    if specs:
        yield line(Piece("Worth a look", "warn"), Piece("  (no reason to fail)", "faint"))
    for finding, shared in specs.items():
        if finding.what != "where":
            yield from _told(words(finding), [finding], shared, run, look)
    for shared_by, several in bounds.items():
        yield from _told(_unneeded_bounds([f.about for f in several]), several, shared_by, run, look)


def _told(said: Words, findings: Sequence[Finding], specs: Sequence[str], run: Run, look: Look) -> Iterator[Line]:
    first, *rest = indented(plain_text(said.head), "    ", look.width)
    yield line("  ", Piece(look.glyphs.empty, "warn"), " ", *first[1:])
    yield from rest
    yield from indented(plain_text(said.text), "    ", look.width, "faint")
    places = [place for finding in findings if (place := _line(finding.span, run.sources))]
    yield from indented(", ".join((*places, *dict.fromkeys(specs))), "    ", look.width, "place")


def _line(span: Span, sources: Mapping[str, Source]) -> str:
    source = sources.get(span.path)
    return f"{plain_text(source.path)}:{source.position(span.start).line}" if source is not None else ""


# ---------------------------------------------------------------------------------------------- for machines


def entry(notice: Notice, place: Any) -> dict[str, Any]:
    """One notice as a JSON value; `place` is its place in that form."""
    finding = notice.finding
    said = words(finding)
    return {
        "kind": finding.kind,
        "id": notice.id,
        "spec": notice.system.spec,
        "model": notice.system.model,
        "what": finding.what,
        "name": finding.about,
        "message": f"{said.head} {said.text}",
        "place": place,
        "same_as": finding.other or None,
        "text": finding.text or None,
        "relies": list(finding.relies),
        "depth": finding.depth,
        "scope": dict(finding.scope),
    }
