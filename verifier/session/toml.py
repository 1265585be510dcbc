"""What stands beside a spec as text: TOML with exact numbers and the place of every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span

Raw = bool | int | Fraction | str | list["Raw"] | dict[str, "Raw"]
"""What TOML can say here; infinity and the like come as the text they were written in, dates as Python's own."""

TABLES = ("profile", "incident")

_HEADER = re.compile(r"^[ \t]*(\[\[[ \t]*(profile|incident)[ \t]*\]\])", re.MULTILINE)
_AT = re.compile(r"^(.*?)(?: \(at (?:line (\d+), column (\d+)|end of document)\))?$", re.DOTALL)
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


def read_tables(source: Source) -> tuple[tuple[RawTable, ...], tuple[Diagnostic, ...]]:
    """All tables of a text, in their order."""
    try:
        document = tomllib.loads(source.text.replace("\r\n", "\n"), parse_float=_exact)
    except (ValueError, RecursionError) as problem:
        return (), (_broken(source, problem),)
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


def _broken(source: Source, problem: Exception) -> Diagnostic:
    if isinstance(problem, RecursionError):
        return Diagnostic("VS0510", Span(source.path, 0, 1), {"problem": "it is nested too deeply"})
    match = _AT.match(str(problem))
    message, line, column = match.groups() if match is not None else (str(problem), None, None)
    lines = source.text.replace("\r\n", "\n").split("\n")
    number = min(int(line), len(lines)) if line else len(lines)
    start = sum(len(x) + 1 for x in source.text.split("\n")[: number - 1])
    start += min(int(column) - 1, len(lines[number - 1])) if column else 0
    text = message[:1].lower() + message[1:]
    return Diagnostic("VS0510", Span(source.path, start, start + 1), {"problem": text})
