"""TOML: where a broken text is broken; and what stands beside a spec, with exact numbers and the place of every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span

Raw = bool | int | Fraction | str | list["Raw"] | dict[str, "Raw"]
"""What TOML can say here; infinity and the like come as the text they were written in, dates as Python's own."""

TABLES = ("profile", "incident")

_HEADER = re.compile(r"^[ \t]*(\[\[[ \t]*(profile|incident)[ \t]*\]\])", re.MULTILINE)
_AT = re.compile(r"(.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|(?P<end>end of document))\)$", re.DOTALL)
_SANE = re.compile(r"[+-]?[0-9_]{1,400}(?:\.[0-9_]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")


@final
@dataclass(frozen=True, slots=True)
class RawTable:
    """One `[[profile]]` or `[[incident]]` as written, with the text range of its lines."""

    what: str
    values: Mapping[str, Raw]
    span: Span
    body: Span

    def place(self, source: Source, key: str) -> Span:
        """Where a key is given its value; the header where it is not."""
        found = re.compile(
            rf"^[ \t]*(?:\[{self.what}\.)?\"?({re.escape(key)})\"?[ \t]*(?:\]|=[ \t]*(.*?)[ \t]*(?:#.*)?$)",
            re.MULTILINE,
        )
        match = found.search(source.text, self.body.start, self.body.end)
        if match is None:
            return self.span
        group = 2 if match.group(2) else 1
        return Span(source.path, match.start(group), match.end(group))

    def key(self, source: Source, key: str) -> Span:
        """Where a key stands."""
        found = re.compile(rf"^[ \t]*(?:\[{self.what}\.)?(\"?{re.escape(key)}\"?)", re.MULTILINE)
        match = found.search(source.text, self.body.start, self.body.end)
        return Span(source.path, match.start(1), match.end(1)) if match is not None else self.span


def parsed(source: Source, code: str, number: Callable[[str], Any] = float) -> Mapping[str, Any] | Diagnostic:
    """The document that a text is, with its decimals read by `number`; or a diagnostic with this code that says why it
    is none, at the character where that shows."""
    try:
        return tomllib.loads(source.text.replace("\r\n", "\n"), parse_float=number)
    except RecursionError:
        message, at = "it is nested too deeply", 0
    except ValueError as problem:
        match = _AT.match(str(problem))
        message, at = (match[1], _offset(source.text, match)) if match is not None else (str(problem), 0)
    return Diagnostic(code, Span(source.path, at, at + 1), {"problem": message[:1].lower() + message[1:]})


def _offset(text: str, place: re.Match[str]) -> int:
    """The character that a message of the parser names by line and column; the last one, where it names the end."""
    if not place["line"]:
        return max(0, len(text) - 1) if place["end"] else 0
    lines = text.split("\n")
    number = min(int(place["line"]), len(lines))
    start = sum(len(line) + 1 for line in lines[: number - 1])
    return start + min(int(place["column"]) - 1, len(lines[number - 1].removesuffix("\r")))


def read_tables(source: Source) -> tuple[tuple[RawTable, ...], tuple[Diagnostic, ...]]:
    """All tables of a text, in their order."""
    document = parsed(source, "VS0510", _exact)
    if isinstance(document, Diagnostic):
        return (), (document,)
    for name, tables in document.items():
        if name not in TABLES or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            match = re.search(rf"^[ \t]*\[*[ \t]*({re.escape(name)})", source.text, re.MULTILINE)
            span = Span(source.path, match.start(1), match.end(1)) if match is not None else Span(source.path, 0, 0)
            return (), (Diagnostic("VS0511", span, {"name": name}),)
    headers = [(m.group(2), m.start(1)) for m in _HEADER.finditer(source.text)]
    if any(sum(what == name for what, _ in headers) != len(document.get(name, ())) for name in TABLES):
        # Written in another of TOML's ways: there is no telling lines apart.
        headers = [(name, 0) for name in TABLES for _ in document.get(name, ())]
    left = {name: iter(document.get(name, ())) for name in TABLES}
    ends = [*(start for _, start in headers), len(source.text)][1:]
    return tuple(
        RawTable(
            what,
            next(left[what]),
            Span(source.path, start, _line_end(source.text, start)),
            Span(source.path, start, end or len(source.text)),
        )
        for (what, start), end in zip(headers, ends, strict=True)
    ), ()


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text[start : end if end >= 0 else len(text)].rstrip()) + start


def _exact(text: str) -> Fraction | str:
    """A decimal exactly as written. What is no such number stays text, for a message at its place."""
    return Fraction(text) if _SANE.fullmatch(text) else text
