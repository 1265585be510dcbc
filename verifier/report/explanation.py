"""The pages of `verify-spec explain`: an error by its code, a property by its name, with its verdict and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.engines.grounds import Account
from verifier.language.catalogue.entry import Entry
from verifier.language.source import Source
from verifier.report.account import account_page, verdict_line
from verifier.report.account import entry as account_entry
from verifier.report.json import SCHEMA_VERSION, place_entry, result_entry
from verifier.report.story import story_body
from verifier.report.text import BLANK, Line, Look, Piece, indented, line, plain_text
from verifier.report.words import sentences
from verifier.session.run import Result, Run
from verifier.system.transition import Enabled, Property, Rule, Scenario, System, kind_of


def error_page(about: Entry, look: Look) -> Iterator[Line]:
    """Title, explanation, an example that raises the error, and the same text mended."""
    yield line(Piece(about.code, "code"), "  ", Piece(about.title, "strong"))
    for paragraph in about.explanation.split("\n\n"):
        yield BLANK
        yield from indented(paragraph, "", min(look.width, 100))
    if about.example:
        yield BLANK
        yield line(Piece(_heading(about), "strong"))
        yield BLANK
        yield from _code(about.example)
    if about.instead:
        yield BLANK
        yield line(Piece("Instead:", "strong"))
        yield BLANK
        yield from _code(about.instead)


def _heading(about: Entry) -> str:
    match about.kind:
        case "text":
            return "This raises it:"
        case "profile":
            return "This profile raises it:"
        case "command":
            return "This command raises it:"
        case "description":
            return "It is raised by:"


def _code(text: str) -> Iterator[Line]:
    yield from (line("  ", Piece(row, "code")) for row in text.rstrip("\n").split("\n"))


def property_page(system: System, prop: Property, source: Source | None, look: Look) -> Iterator[Line]:
    """What a property says, what it asks, and what it means that it holds or fails."""
    columns = Look(min(look.width, 100)).width
    said = sentences(prop)
    yield line(Piece(f"{kind_of(prop)} {prop.heading.name}", "strong"), f"  of {system.spec} for {system.model}")
    if source is not None:
        at = source.position(prop.heading.span.start).line
        yield line(Piece(f"{source.path}:{at}", "place"))
    if prop.heading.doc:
        yield BLANK
        yield from indented(plain_text(" ".join(prop.heading.doc.split())), "", columns)
    yield BLANK
    yield from _code(plain_lines(_source_text(prop, source)))
    yield BLANK
    for name, text in (("It asks", said.asks), ("If it holds", said.holds), ("If it fails", said.fails)):
        first, *rest = indented(text, " " * 13, columns)
        yield line(Piece(name.ljust(11), "strong"), "  ", *first[1:])
        yield from rest
    if prop.heading.expect_violated:
        yield BLANK
        yield from indented(
            "`expect violated` turns it round: all is well when the violation is found, and the build fails the day "
            "that it is not.",
            "",
            columns,
        )
    names = [*(a.name for a in system.assumptions if a.kind == "assume"), *(r.name for r in system.relies)]
    if names and not isinstance(prop, Scenario):
        yield BLANK
        yield line(Piece("Assumed:", "strong"))
        for assumption in system.assumptions:
            if assumption.kind == "assume":
                yield from indented(
                    f"{assumption.name}: {plain_text(' '.join(assumption.text.split()))}", "  ", columns
                )
        for rely in system.relies:
            text = f"{rely.name}: {rely.action} only where {plain_text(' '.join(rely.text.split()))}"
            yield from indented(text, "  ", columns)


def explained_page(result: Result, run: Run, account: Account | None, look: Look) -> Iterator[Line]:
    """The page of a property, what came out, and why: the account of a proof, or the story of anything else."""
    yield from property_page(result.system, result.prop, run.sources.get(result.prop.heading.span.path), look)
    yield BLANK
    yield verdict_line(result, look)
    if account is not None:
        yield from account_page(result, account, run.sources, look)
    elif result.verdict.name != "proved" or result.verdict.witness is not None:
        yield from story_body(result, run, look)


def error_entry(about: Entry) -> dict[str, Any]:
    """An error as a JSON value."""
    return {
        "code": about.code,
        "title": about.title,
        "explanation": about.explanation,
        "example": about.example or None,
        "instead": about.instead or None,
    }


def property_entry(result: Result, run: Run, account: Account | None) -> dict[str, Any]:
    """A property explained, as a JSON value: its result as in a report, its three sentences, and the account."""
    said = sentences(result.prop)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": dict(run.versions),
        "result": result_entry(result, run),
        "text": _source_text(result.prop, run.sources.get(result.prop.heading.span.path)),
        "asks": said.asks,
        "holds": said.holds,
        "fails": said.fails,
        "account": account_entry(account, result.prop, lambda span: place_entry(span, run.sources))
        if account is not None
        else None,
    }


def _source_text(prop: Property, source: Source | None) -> str:
    """The declaration as written."""
    if source is not None:
        text = source.slice(prop.heading.span)
        first = source.position(prop.heading.span.start)
        return _dedent(" " * (first.column - 1) + text)
    match prop:
        case Rule() | Scenario() | Enabled():
            return prop.heading.text
        case _:
            return f"{kind_of(prop)} {prop.heading.name} : {prop.heading.text}"


def _dedent(text: str) -> str:
    from textwrap import dedent

    return dedent(text.replace("\r\n", "\n"))


def plain_lines(text: str) -> str:
    """Each line without control characters."""
    return "\n".join(plain_text(row) for row in text.split("\n"))
