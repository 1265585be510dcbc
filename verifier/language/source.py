"""Where things stand in a text: sources, spans and line/column positions."""

from __future__ import annotations

from bisect import bisect_right
from typing import final

from verifier.language.frozen import dataclass, field


@final
@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters `[start, end)` in the source called `path`."""

    path: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(self.path, min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span("", 0, 0)


@final
@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count it: both numbers start at 1."""

    line: int
    column: int


@final
@dataclass(frozen=True, slots=True)
class Source:
    """One text with the name under which it is reported."""

    path: str
    text: str
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> Position:
        """Line and column of a character offset."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of one line (counted from 1), without its line break."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def slice(self, span: Span) -> str:
        """The characters that a span covers."""
        return self.text[span.start : span.end]
