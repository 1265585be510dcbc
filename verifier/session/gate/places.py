"""Where things stand in a TOML text: the tables by their headers, and the keys in them.

Only for messages: what is written in another of TOML's ways (inline, dotted) is given the nearest header instead.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span

_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([^\]\n]+?)[ \t]*\]\]?", re.MULTILINE)
_AT = re.compile(r"^(.*?)(?: \(at (?:line (\d+), column (\d+)|end of document)\))?$", re.DOTALL)


def table(source: Source, name: str, index: int = 0) -> Span:
    """The header of the table `[name]`, or of the `[[name]]` with this index; the start of the text without one."""
    found = [m for m in _HEADER.finditer(source.text) if _plain(m[1]) == name]
    if index >= len(found):
        return Span(source.path, 0, 0)
    return Span(source.path, found[index].start(0), found[index].end(0))


def key(source: Source, name: str, index: int, word: str, value: str | None = None) -> Span:
    """A key of a table; with `value`, the text of that value behind it. The table's header where that is not found."""
    header = table(source, name, index)
    following = _HEADER.search(source.text, header.end)
    end = following.start() if following is not None else len(source.text)
    found = re.compile(rf"^[ \t]*([\"']?{re.escape(word)}[\"']?)[ \t]*[=.]", re.MULTILINE).search(
        source.text, header.end, end
    )
    if found is None:
        return header
    if value is not None:
        quoted = re.compile(rf"[\"']{re.escape(value)}[\"']").search(source.text, found.end(), end)
        if quoted is not None:
            return Span(source.path, quoted.start(), quoted.end())
    return Span(source.path, found.start(1), found.end(1))


def _plain(name: str) -> str:
    return re.sub(r"[ \t\"']", "", name)


def parsed(source: Source, code: str) -> Mapping[str, Any] | Diagnostic:
    """The document that a text is, or a diagnostic with this code that says why it is none."""
    try:
        return tomllib.loads(source.text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as problem:
        words = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        match = _AT.match(words)
        message, line, column = match.groups() if match is not None else (words, None, None)
        at = _offset(source, int(line), int(column)) if line and column else max(0, len(source.text) - 1)
        return Diagnostic(code, Span(source.path, at, at + 1), {"problem": message[:1].lower() + message[1:]})


def _offset(source: Source, line: int, column: int) -> int:
    lines = source.text.split("\n")
    return sum(len(row) + 1 for row in lines[: line - 1]) + min(column - 1, len(lines[min(line, len(lines)) - 1]))
