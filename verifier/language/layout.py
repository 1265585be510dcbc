"""Lines with comments: what a formatted text is collected in.

Comments are handed out in the order of their places: before each part of the text come the ones that stand above it,
after it the one on its line. So none is lost, whatever is printed in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import final

from verifier.language.lexer import scan
from verifier.language.source import Source, Span
from verifier.language.syntax import Comment
from verifier.language.tables import tables

# Where comments at the end of a line begin, if the code leaves room.
_COMMENT_COLUMN = 49


@final
@dataclass(slots=True)
class _Line:
    code: str
    comment: str = ""

    @property
    def opens(self) -> bool:
        """Whether a block begins on the next line."""
        return self.code.endswith("{") and not self.code.lstrip().startswith("//")


@final
class Sheet:
    """The lines so far. `cursor` is the place in the source up to which everything has been printed."""

    def __init__(self, source: Source, comments: Sequence[Comment]) -> None:
        self.source = source
        self.cursor = 0
        self._comments = comments
        self._places = [comment.span.start for comment in comments]
        self._next = 0
        self._lines: list[_Line] = []
        self._indent = ""
        self._braces = _pair_braces(source)
        self._opened = sorted(self._braces)

    @property
    def room(self) -> int:
        """How many characters fit on a line at the present indentation."""
        return 120 - len(self._indent)

    @contextmanager
    def indented(self) -> Iterator[None]:
        """Two blanks more."""
        kept = self._indent
        self._indent += "  "
        yield
        self._indent = kept

    def write(self, lines: Sequence[str]) -> None:
        """Lines of code, at the present indentation."""
        self._lines.extend(_Line(f"{self._indent}{line}".rstrip()) for line in lines)

    def blank(self) -> None:
        """An empty line, but never two, and none at the very top or after an opening brace."""
        if self._lines and not self._lines[-1].opens and self._lines[-1].code:
            self._lines.append(_Line(""))

    def reopen(self) -> str:
        """Take the last line back, to go on with it."""
        return self._lines.pop().code.removeprefix(self._indent)

    # ------------------------------------------------------------------------------ comments

    def inside(self, start: int, end: int) -> bool:
        """Whether a comment that is still to come stands in this part of the source."""
        first = bisect_left(self._places, start, self._next)
        return first < len(self._places) and self._places[first] < end

    def above(self, place: int, *, plain: bool = False) -> None:
        """Print the comments before a place. `plain` turns `///` into `//`, lest it come to document something."""
        while self._next < len(self._comments) and self._places[self._next] < place:
            comment = self._comments[self._next]
            if self.gap_is_blank(comment.span.start):
                self.blank()
            text = comment.text
            if plain and text.startswith("///") and not text.startswith("////"):
                text = "//" + text[3:]
            self.write([text])
            self._pass(comment)

    def beside(self, place: int) -> None:
        """Put comments that follow a place on its line of the source at the end of the last line."""
        line_end = self.source.text.find("\n", place)
        limit = len(self.source.text) if line_end < 0 else line_end
        self.cursor = max(self.cursor, place)
        if self._next < len(self._comments) and place <= self._places[self._next] < limit and self._lines:
            comment = self._comments[self._next]
            between = self.source.text[place : comment.span.start]
            if not self._lines[-1].comment and not between.strip(" \t,"):
                self._lines[-1].comment = comment.text
                self._pass(comment)

    def skip_inside(self, end: int) -> None:
        """Comments before a place have been printed as part of the source."""
        self._next = max(self._next, bisect_left(self._places, end))

    def _pass(self, comment: Comment) -> None:
        self._next += 1
        self.cursor = max(self.cursor, comment.span.end)

    def gap_is_blank(self, place: int, start: int | None = None) -> bool:
        """Whether an empty line comes right after `start` (the cursor, if not given), before a place."""
        begin = self.cursor if start is None else start
        gap = self.source.text[begin:place].lstrip(" \t,")
        return gap[: len(gap) - len(gap.lstrip())].count("\n") > 1

    def gap_has_blank(self, start: int, end: int) -> bool:
        """Whether an empty line will be printed between two parts, one up to `start`, one from `end` on."""
        index = bisect_left(self._places, start)
        while True:
            if self.gap_is_blank(end, start):
                return True
            if index >= len(self._places) or self._places[index] >= end:
                return False
            start = self._comments[index].span.end
            index += 1

    # ------------------------------------------------------------------------------ braces

    def braces_after(self, place: int) -> tuple[int, int] | None:
        """Where the first pair of braces from a place on stands; None if the tree was not made from this source."""
        index = bisect_right(self._opened, place - 1)
        if index >= len(self._opened):
            return None
        opened = self._opened[index]
        return opened, self._braces[opened]

    def one_line(self, start: int, end: int) -> bool:
        """Whether the source has this part on one line."""
        return "\n" not in self.source.text[start:end]

    # ------------------------------------------------------------------------------ the result

    def text(self) -> str:
        """All lines, comments at their ends aligned where they stand below each other."""
        lines = self._lines
        while lines and not lines[-1].code and not lines[-1].comment:
            lines.pop()
        out: list[str] = []
        i = 0
        while i < len(lines):
            j = i
            while j < len(lines) and lines[j].comment:
                j += 1
            column = max((len(line.code) for line in lines[i:j]), default=0) + 2
            if column <= _COMMENT_COLUMN and all(_COMMENT_COLUMN + len(line.comment) <= 120 for line in lines[i:j]):
                column = _COMMENT_COLUMN
            out += [line.code.ljust(column) + line.comment for line in lines[i:j]]
            if j == i:
                out.append(lines[i].code)
                j += 1
            i = j
        return "\n".join(out) + "\n" if out else ""


def _pair_braces(source: Source) -> dict[int, int]:
    ids = tables().ids
    tokens = scan(source)
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for kind, start in zip(tokens.kinds, tokens.starts, strict=True):
        if kind == ids["LBRACE"]:
            opened.append(start)
        elif kind == ids["RBRACE"] and opened:
            pairs[opened.pop()] = start
    return pairs


def is_placed(span: Span) -> bool:
    """Whether a node was read from a text."""
    return span.end > 0
