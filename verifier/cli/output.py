"""Streams: how wide they are, whether they have colours, and which signs they can carry."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # `--help` is written without it
    from verifier.report.text import Glyphs, Line, Look

_LIKE = str.maketrans({
    "≈": "~", "×": "x", "…": "...", "—": "-", "–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "→": "->", "≤": "<=",
    "≥": ">=", "─": "-", "│": "|", "✔": "+", "✘": "x", "·": ".", "\N{REPLACEMENT CHARACTER}": "?",
    "\N{NO-BREAK SPACE}": " ",
})  # fmt: skip


def look_of(stream: TextIO) -> Look:
    """How to lay out a report for a stream. A pipe gets 100 columns unless `COLUMNS` says otherwise."""
    from verifier.report.text import Look

    columns = shutil.get_terminal_size((100, 24)).columns
    return Look(max(40, columns), _colours(stream), _glyphs(stream))


def show(lines: Iterable[Line], stream: TextIO | None = None, look: Look | None = None) -> None:
    """Print a report."""
    from verifier.report.text import render

    target = sys.stdout if stream is None else stream
    write(render(lines, look or look_of(target)), target)


def write(text: str, stream: TextIO | None = None) -> None:
    """Print text, with something like it for the signs that the encoding lacks."""
    target = sys.stdout if stream is None else stream
    target.write(safe(text, target))


def safe(text: str, stream: TextIO) -> str:
    """The text with nothing in it that the stream can't carry."""
    if text.isascii():
        return text
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_carried(c, encoding) for c in text)
    except LookupError:
        return text.translate(_LIKE).encode("ascii", "replace").decode("ascii")
    return text


def _carried(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return char.translate(_LIKE).encode("ascii", "replace").decode("ascii")
    return char


def _glyphs(stream: TextIO) -> Glyphs:
    from verifier.report.text import ASCII, UNICODE

    signs = "".join(getattr(UNICODE, name) for name in UNICODE.__slots__)
    return UNICODE if safe(signs, stream) == signs else ASCII


def _colours(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if not terminal(stream):
        return False
    if os.name == "nt":
        os.system("")  # noqa: S605, S607 - runs nothing, but makes the console understand escape codes
    return True


def terminal(stream: TextIO) -> bool:
    """Whether somebody is watching, on something that understands escape codes."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False
