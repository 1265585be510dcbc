"""What `verify-spec new` says."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.text import BLANK, Line, Look, Piece, indented, line, plain_text, width
from verifier.session.new import Started


def started(done: Started, look: Look) -> Iterator[Line]:
    """The files that were written, and what to type next."""
    yield line(Piece("A project that passes its gate:", "strong"), f" {plain_text(done.folder)}")
    yield BLANK
    widest = max((width(name) for name, _ in done.files), default=0)
    for name, what in done.files:
        if widest + len(what) + 4 <= look.width:
            yield line("  ", Piece(name.ljust(widest), "code"), f"  {what}")
        else:
            yield line("  ", Piece(name, "code"))
            yield from indented(what, "    ", look.width)
    yield BLANK
    yield line(Piece("Now:", "strong"))
    steps = [] if done.folder == "." else [f"cd {plain_text(done.folder)}"]
    for command in (*steps, "verify-spec check", "verify-spec gate"):
        yield line("  ", Piece(command, "code"))
