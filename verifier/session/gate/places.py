"""Where things stand in a TOML text: the tables by their headers, and the keys in them.

Only for messages: what is written in another of TOML's ways (inline, dotted) is given the nearest header instead.
"""

from __future__ import annotations

import re

from verifier.language.source import Source, Span

_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([^\]\n]+?)[ \t]*\]\]?", re.MULTILINE)


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
