"""Diagnostics as text: what is wrong, the user's own line with the place underlined, and what to type instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from verifier.language.catalogue import entry
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span
from verifier.report.text import BLANK, Line, Look, Piece, indented, line, plain_text, width, wrap

_TAB = 4
_MARGIN = 24
"""Columns that are kept free left of a place in a very long line."""


def diagnostics(found: Sequence[Diagnostic], sources: Mapping[str, Source], look: Look) -> list[Line]:
    """All of them, with their number at the end where there are several."""
    out: list[Line] = []
    for one in found:
        out.extend(diagnostic(one, sources, look))
        out.append(BLANK)
    if len(found) > 1:
        out.append(line(Piece(f"{len(found)} errors", "strong")))
    return out


def diagnostic(
    found: Diagnostic, sources: Mapping[str, Source], look: Look, severity: Literal["error", "failed"] = "error"
) -> list[Line]:
    """One diagnostic: a headline, its places, and help."""
    about = entry(found.code)
    head, *rest = wrap(f"{found.code}: {message(found)}", look.width - len(severity) - 1)
    out: list[Line] = [line(Piece(severity, "bad"), " ", Piece(head, "strong"))]
    out.extend(line(Piece(part, "strong")) for part in rest)
    labels: list[tuple[Span, str, bool]] = []
    if found.span is not None:
        labels.append((found.span, _fill(about.labels.get("primary", ""), found.values), True))
    labels.extend((span, _fill(about.labels.get(role, ""), found.values), False) for role, span in found.others)
    out.extend(_places(labels, sources, look))
    advice = _fill(about.help, found.values)
    if advice:
        out.extend(_help(advice, look))
    return out


def message(found: Diagnostic) -> str:
    """The headline without its code."""
    return _fill(entry(found.code).message, found.values)


def advice(found: Diagnostic) -> str:
    """What to type instead."""
    return _fill(entry(found.code).help, found.values)


def label(found: Diagnostic, role: str = "primary") -> str:
    """What one of its places is, in a few words; empty where there is nothing to say."""
    return _fill(entry(found.code).labels.get(role, ""), found.values)


def _fill(template: str, values: Mapping[str, str]) -> str:
    return plain_text(template.format_map(_Values({k: plain_text(v) for k, v in values.items()})))


class _Values(dict[str, str]):
    """A value that a stage forgot to give must not hide the error that it found."""

    def __missing__(self, key: str) -> str:
        return "…"


def _help(advice: str, look: Look) -> list[Line]:
    first, *rest = indented(advice, "  ", look.width - 6)
    return [line("  ", Piece("help", "good"), ": ", *first[1:]), *(line("      ", *part) for part in rest)]


# ---------------------------------------------------------------------------------------------- places


def _places(labels: Sequence[tuple[Span, str, bool]], sources: Mapping[str, Source], look: Look) -> list[Line]:
    """The lines that the spans are on, in the order given, places of one file under one heading."""
    known = [(sources[s.path], s, text, primary) for s, text, primary in labels if s.path in sources]
    if not known:
        return []
    gutter = max(len(str(source.position(span.start).line)) for source, span, _, _ in known)
    out: list[Line] = []
    for path in dict.fromkeys(span.path for _, span, _, _ in known):
        group = [k for k in known if k[1].path == path]
        start = group[0][0].position(group[0][1].start)
        out.append(line(" " * gutter, Piece(" --> ", "place"), f"{plain_text(path)}:{start.line}:{start.column}"))
        out.append(line(" " * gutter, Piece(f" {look.glyphs.bar}", "place")))
        if not group[0][2] and len(group) > 1:
            group.sort(key=lambda k: k[1].start)
        last = 0
        for source, span, text, primary in sorted(group, key=lambda k: k[1].start):
            number = source.position(span.start).line
            if last and number > last + 1:
                out.append(line(" " * gutter, Piece(f" {look.glyphs.bar} ...", "place")))
            out.extend(_place(source, span, text, primary, gutter, look, repeated=number == last))
            last = number
    out.append(line(" " * gutter, Piece(f" {look.glyphs.bar}", "place")))
    return out


def _place(
    source: Source, span: Span, text: str, primary: bool, gutter: int, look: Look, *, repeated: bool
) -> list[Line]:
    """One source line, underlined; then the label, beside the underline if there is room for it there."""
    start = source.position(span.start)
    raw = source.line(start.line)
    end = min(len(raw), start.column - 1 + max(1, span.end - span.start))
    before, marked, after = raw[: start.column - 1], raw[start.column - 1 : end], raw[end:]
    room = look.width - gutter - 4
    left, shift = _expand(before, 0)
    middle, column = _expand(marked, shift)
    right, _ = _expand(after, column)
    left, middle, right = _window(left, middle, right, room)
    role: Literal["bad", "place"] = "bad" if primary else "place"
    bar = Piece(f" {look.glyphs.bar} ", "place")
    out: list[Line] = []
    if not repeated:
        number = Piece(str(start.line).rjust(gutter), "place")
        out.append(line(number, bar, left, Piece(middle, role) if middle.strip() else middle, right))
    sign = "^" if primary else "-"
    underline = sign * max(1, width(middle))
    indent = " " * width(left)
    blank = " " * gutter
    if width(indent) + len(underline) + 1 + width(text) <= room or not text:
        out.append(line(blank, bar, indent, Piece(f"{underline} {text}".rstrip(), role)))
        return out
    out.append(line(blank, bar, indent, Piece(underline, role)))
    offset = min(width(indent), max(0, room - 40))
    out.extend(line(blank, bar, " " * offset, Piece(part, role)) for part in wrap(text, room - offset))
    return out


def _expand(text: str, column: int) -> tuple[str, int]:
    """Tabs to the next stop, control characters to a visible sign; and the column after it."""
    out: list[str] = []
    for char in text:
        if char == "\t":
            blanks = _TAB - column % _TAB
            out.append(" " * blanks)
            column += blanks
        else:
            shown = char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"
            out.append(shown)
            column += width(shown)
    return "".join(out), column


def _window(left: str, middle: str, right: str, room: int) -> tuple[str, str, str]:
    """What is seen of a long line: the marked part with as much around it as fits."""
    if width(left) + width(middle) + width(right) <= room:
        return left, middle, right
    if width(middle) > room - 8:
        middle = _clip(middle, room - 12) + "..."
    if width(left) + width(middle) > room - 4:
        keep = max(0, min(_MARGIN, room - width(middle) - 8))
        left = "..." + (left[-keep:] if keep else "")
    rest = room - width(left) - width(middle)
    if width(right) > rest:
        right = _clip(right, max(0, rest - 3)) + "..."
    return left, middle, right


def _clip(text: str, columns: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += width(char)
        if used > columns:
            return text[:index]
    return text
