"""What `verify-spec watch` says after each check."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.terminal import Detail
from verifier.report.terminal import report as run_report
from verifier.report.text import BLANK, Line, Look, Piece, indented, line, plain_text
from verifier.report.words import count
from verifier.session.watch import Turn

_NAMED = 3


def report(turn: Turn, time: str, look: Look, *, stories: bool = False) -> Iterator[Line]:
    """A rule with the time, what changed, the report of the run, and what is waited for."""
    yield line(Piece(f"{look.glyphs.rule * 2} {time} ".ljust(look.width, look.glyphs.rule), "faint"))
    if turn.changed:
        named = ", ".join(plain_text(name) for name in turn.changed[:_NAMED])
        more = f" and {len(turn.changed) - _NAMED} more" if len(turn.changed) > _NAMED else ""
        part = f"; checked {turn.checked} of {count(turn.total, 'file')}" if turn.checked < turn.total else ""
        yield from indented(f"Changed: {named}{more}{part}.", "", look.width, "faint")
    yield BLANK
    yield from run_report(turn.run, look, Detail(expected=stories))
    yield line(Piece("Waiting for a change; Control-C ends.", "faint"))
