"""Text with meaning: pieces that say what they are for, lines of them, and how wide they are.

Renderers build `Line`s; only `render` knows about colours, and only the door that prints knows about streams.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, final

from verifier.language.frozen import dataclass

_WORDS = re.compile(r"[^ \t\r\n]+")  # a no-break space is part of a word

Role = Literal["plain", "strong", "faint", "good", "bad", "warn", "place", "code"]

_CODES: dict[Role, str] = {
    "plain": "", "strong": "1", "faint": "2", "good": "32", "bad": "1;31", "warn": "33", "place": "36", "code": "1;36",
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and its role."""

    text: str
    role: Role = "plain"


Line = tuple[Piece, ...]


@final
@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that reports use besides letters."""

    good: str
    bad: str
    open: str
    empty: str
    rule: str
    bar: str
    arrow: str
    same: str
    dot: str


UNICODE = Glyphs(good="✔", bad="✘", open="?", empty="!", rule="─", bar="│", arrow="→", same="·", dot="·")
ASCII = Glyphs(good="+", bad="x", open="?", empty="!", rule="-", bar="|", arrow="->", same=".", dot="-")


@final
@dataclass(frozen=True, slots=True)
class Look:
    """Where a report is shown: columns, whether colours are wanted, and the signs that the encoding has."""

    width: int = 100
    colour: bool = False
    glyphs: Glyphs = UNICODE


def line(*pieces: Piece | str) -> Line:
    """A line from pieces; plain text needs no `Piece`."""
    return tuple(p if isinstance(p, Piece) else Piece(p) for p in pieces)


BLANK: Line = ()


def render(lines: Iterable[Line], look: Look) -> str:
    """The lines as text, with escape codes if colours are wanted. No blanks at the ends of lines."""
    out: list[str] = []
    for pieces in lines:
        text = "".join(_paint(p) for p in _trimmed(pieces)) if look.colour else "".join(p.text for p in pieces).rstrip()
        out.append(text)
    return "\n".join(out) + "\n" if out else ""


def _trimmed(pieces: Line) -> Line:
    kept = list(pieces)
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    if kept:
        kept[-1] = Piece(kept[-1].text.rstrip(), kept[-1].role)
    return tuple(kept)


def _paint(piece: Piece) -> str:
    code = _CODES[piece.role]
    return f"\x1b[{code}m{piece.text}\x1b[0m" if code and piece.text.strip() else piece.text


def width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    total = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
            continue
        total += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return total


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Filled up with blanks to a number of columns."""
    missing = " " * max(0, columns - width(text))
    return missing + text if right else text + missing


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most that many columns. Words are kept whole where they fit; a long name breaks after `_`, `.`, `/`,
    `,` or `:`, or else anywhere. Nothing is ever cut off."""
    columns = max(columns, 8)
    lines: list[str] = []
    current = ""
    for word in _WORDS.findall(text):
        joined = f"{current} {word}" if current else word
        if width(joined) <= columns:
            current = joined
            continue
        if current:
            lines.append(current)
        while width(word) > columns:
            cut = _break(word, columns)
            lines.append(word[:cut])
            word = word[cut:]
        current = word
    if current or not lines:
        lines.append(current)
    return lines


def _break(word: str, columns: int) -> int:
    fits = 0
    used = 0
    best = 0
    for index, char in enumerate(word):
        used += width(char)
        if used > columns:
            break
        fits = index + 1
        if char in "_./,:-@" and index > 0:
            best = fits
    return best if best * 3 > fits else max(fits, 1)


def indented(text: str, indent: str, columns: int, role: Role = "plain") -> list[Line]:
    """Wrapped text, each line with the indent."""
    return [line(indent, Piece(part, role)) for part in wrap(text, columns - len(indent))]


@final
@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; it may wrap."""

    text: str
    role: Role = "plain"


def table(rows: Sequence[Sequence[Cell]], columns: Sequence[int], right: frozenset[int] = frozenset()) -> list[Line]:
    """Rows as lines, with two blanks between columns; a cell that is too long wraps within its column."""
    out: list[Line] = []
    for row in rows:
        parts = [wrap(cell.text, size) for cell, size in zip(row, columns, strict=True)]
        for number in range(max(len(p) for p in parts)):
            pieces: list[Piece] = [Piece("  ")]
            for index, (cell, part, size) in enumerate(zip(row, parts, columns, strict=True)):
                text = part[number] if number < len(part) else ""
                pieces.append(Piece(pad(text, size, right=index in right), cell.role))
                pieces.append(Piece("  "))
            out.append(tuple(pieces[:-1]))
    return out


def plain_text(text: str) -> str:
    """Text of the user's that is shown as it is, but for control characters, which could take over a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
