"""Blocks and statements in canonical layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never, final

from verifier.language import syntax as s
from verifier.language.frozen import dataclass
from verifier.language.layout import Sheet, is_placed
from verifier.language.pretty import call_lines, expr_lines, expr_text, type_text
from verifier.language.source import Source, Span

# Names in a run are aligned unless one is so much longer than another that the eye would lose the line.
_MOST_PADDING: Final = 24
# Wider than any line: for what is only printed if it fits.
_ANY_WIDTH: Final = 100_000


@final
@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the sign that is aligned, and which kind of run it belongs to."""

    kind: str
    text: str


def aligned(sheet: Sheet, spans: Sequence[Span], heads: Sequence[Head | None]) -> list[str]:
    """The heads, padded to one length in each run of neighbours of one kind without an empty line between."""
    out = ["" if head is None else head.text for head in heads]
    start = 0
    for i in range(1, len(heads) + 1):
        head, first = (heads[i] if i < len(heads) else None), heads[start]
        same = head is not None and first is not None and head.kind == first.kind
        if same and not sheet.gap_has_blank(spans[i - 1].end, spans[i].start):
            continue
        lengths = [len(text) for text in out[start:i]]
        if first is not None and max(lengths) - min(lengths) <= _MOST_PADDING:
            out[start:i] = [text.ljust(max(lengths)) for text in out[start:i]]
        start = i
    return out


# ---------------------------------------------------------------------------------------------- parts of the text


def before(sheet: Sheet, span: Span, doc: str = "", header_end: int | None = None) -> None:
    """Comments, an empty line if there was one, and documentation. Comments up to `header_end` are moved up, too."""
    sheet.above(span.start)
    if sheet.gap_is_blank(span.start):
        sheet.blank()
    if header_end is not None:
        sheet.above(header_end, plain=True)
    if doc:
        sheet.write([f"/// {line}" if line else "///" for line in doc.split("\n")])


def leaf(sheet: Sheet, span: Span, lines: Sequence[str], doc: str = "") -> None:
    """A part without blocks. If comments stand inside it, it stays as it was written."""
    before(sheet, span, doc)
    if is_placed(span) and sheet.inside(span.start, span.end):
        sheet.write(_as_written(sheet.source, span))
        sheet.skip_inside(span.end)
    else:
        sheet.write(lines)
    sheet.beside(span.end)


def _as_written(source: Source, span: Span) -> list[str]:
    """The source of a part, its first line at the margin and the others moved along."""
    begin = source.text.rfind("\n", 0, span.start) + 1
    line = source.text[begin : span.start]
    margin = len(line) - len(line.lstrip(" "))
    first, *rest = source.slice(span).split("\n")
    return [first.rstrip(), *(line[min(margin, len(line) - len(line.lstrip(" "))) :].rstrip() for line in rest)]


def braced(
    sheet: Sheet, span: Span, head: str, parts: Sequence[tuple[Span, str]], separator: str, end: str, doc: str = ""
) -> None:
    """`head { a, b }`, with `separator` between the parts, or one part a line, each with `end` after it."""
    flat = f"{head} {{ {separator.join(text for _, text in parts)} }}" if parts else f"{head} {{}}"
    braces = sheet.braces_after(span.start) if is_placed(span) else None
    before(sheet, span, doc, braces and braces[0])
    together = braces is None or (not sheet.inside(*braces) and (sheet.one_line(*braces) or not parts))
    if together and len(flat) <= sheet.room:
        sheet.write([flat])
        sheet.beside(span.end)
        return
    sheet.write([f"{head} {{"])
    if braces is not None:
        sheet.beside(braces[0] + 1)
    with sheet.indented():
        for place, text in parts:
            leaf(sheet, place, [text + end])
        if braces is not None:
            sheet.above(braces[1])
    sheet.write(["}"])
    sheet.beside(span.end)


def block(
    sheet: Sheet,
    header: Sequence[str],
    braces: tuple[int, int] | None,
    body: Sequence[s.Statement],
    *,
    short: bool = False,
    after: str = "",
) -> None:
    """`header { … }`; on one line if it was there in the source, or if `short` is set and there is no source."""
    commented = braces is not None and sheet.inside(*braces)
    if not commented and (not body or (short if braces is None else sheet.one_line(*braces))):
        inner = _inline(body)
        flat = f"{header[-1]} {{ {inner} }}{after}" if inner else f"{header[-1]} {{}}{after}"
        if inner is not None and len(flat) <= sheet.room:
            sheet.write([*header[:-1], flat])
            return
    sheet.write([*header[:-1], f"{header[-1]} {{"])
    if braces is not None:
        sheet.beside(braces[0] + 1)
    with sheet.indented():
        statements(sheet, body)
        if braces is not None:
            sheet.above(braces[1])
    sheet.write([f"}}{after}"])


def _inline(body: Sequence[s.Statement]) -> str | None:
    """Simple statements side by side; None if one of them has a block."""
    parts: list[str] = []
    for statement in body:
        lines = _simple(statement, _ANY_WIDTH, "")
        if lines is None:
            return None
        parts += lines
    return "  ".join(parts)


def indent(lines: Sequence[str]) -> list[str]:
    """Two blanks before each line."""
    return ["  " + line for line in lines]


# ---------------------------------------------------------------------------------------------- statements


def statements(sheet: Sheet, body: Sequence[s.Statement]) -> None:
    """Statements below each other."""
    heads = aligned(sheet, [statement.span for statement in body], [_head(statement) for statement in body])
    for statement, head in zip(body, heads, strict=True):
        lines = _simple(statement, sheet.room, head)
        if lines is not None:
            leaf(sheet, statement.span, lines)
        else:
            _compound(sheet, statement)
            sheet.beside(statement.span.end)


def _head(statement: s.Statement) -> Head | None:
    match statement:
        case s.Let(name, type_):
            return Head("let", f"let {name}" + ("" if type_ is None else f" : {type_text(type_)}"))
        case _:
            return None


def _simple(statement: s.Statement, width: int, head: str) -> list[str] | None:
    """The lines of a statement without a block; None for one with a block."""
    match statement:
        case s.Require(condition):
            return _operand("require ", condition, width)
        case s.Check(condition):
            return _operand("check ", condition, width)
        case s.Assign(target, op, value):
            return _assigned(f"{expr_text(target)} {op}", value, width)
        case s.Let(name, type_, value):
            start = head or f"let {name}" + ("" if type_ is None else f" : {type_text(type_)}")
            return _assigned(f"{start} =", value, width)
        case s.Invoke(action, arguments, reverts, part):
            called = ("reverts " if reverts else "") + ("" if part is None else f"{part}.") + action
            flat = f"{called}({', '.join(expr_text(a) for a in arguments)})"
            return [flat] if len(flat) <= width or not arguments else call_lines(called, arguments, width)
        case s.For() | s.If() | s.Wrapping() | s.Compare() | s.Start():
            return None
        case _:
            assert_never(statement)


def _operand(word: str, e: s.Expr, width: int) -> list[str]:
    """The lines of `word e`; all but the first are indented by two."""
    first, *rest = expr_lines(e, width - 2, len(word) - 2)
    return [word + first, *indent(rest)]


def _assigned(start: str, e: s.Expr, width: int) -> list[str]:
    flat = f"{start} {expr_text(e)}"
    return [flat] if len(flat) <= width else [start, *indent(expr_lines(e, width - 2))]


def _compound(sheet: Sheet, statement: s.Statement) -> None:
    """A statement with blocks."""
    match statement:
        case s.For(binder, body):
            _with_block(sheet, statement.span, f"for {binder.name} in {binder.sort}", body)
        case s.Wrapping(body):
            _with_block(sheet, statement.span, "wrapping", body)
        case s.If():
            braces = sheet.braces_after(statement.condition.span.end) if is_placed(statement.span) else None
            before(sheet, statement.span, "", braces and braces[0])
            _if(sheet, "if ", statement, braces)
        case s.Compare(one, two):
            first = sheet.braces_after(statement.span.start) if is_placed(statement.span) else None
            second = None if first is None else sheet.braces_after(first[1])
            before(sheet, statement.span, "", first and first[0])
            block(sheet, ["compare"], first, one, short=_fits_compare(sheet, one, two))
            block(sheet, [sheet.reopen() + " with"], second, two, short=_fits_compare(sheet, one, two))
        case s.Start(values):
            _start(sheet, statement.span, values)
        case _:
            raise AssertionError(statement)


def _start(sheet: Sheet, span: Span, values: Sequence[s.StartValue]) -> None:
    """The values side by side, on the lines on which they were if there were several."""
    parts = [(value.span, f"{expr_text(value.target)} = {expr_text(value.value)}") for value in values]
    if not values or (is_placed(span) and sheet.inside(span.start, span.end)):
        braced(sheet, span, "start", parts, ", ", "")
        return
    lines: list[str] = []
    before_ = 0
    for place, text in parts:
        apart = is_placed(place) and bool(lines) and not sheet.one_line(before_, place.start)
        if not lines or apart or len(lines[-1]) + len(text) + 14 > sheet.room:
            lines.append(text)
        else:
            lines[-1] += f", {text}"
        before_ = place.end
    first, *rest = [line + ("," if i < len(lines) - 1 else " }") for i, line in enumerate(lines)]
    leaf(sheet, span, [f"start {{ {first}", *(" " * len("start { ") + line for line in rest)])


def _fits_compare(sheet: Sheet, one: Sequence[s.Statement], two: Sequence[s.Statement]) -> bool:
    left, right = _inline(one), _inline(two)
    return left is not None and right is not None and len(left) + len(right) + 24 <= sheet.room


def _with_block(sheet: Sheet, span: Span, header: str, body: Sequence[s.Statement]) -> None:
    braces = sheet.braces_after(span.start) if is_placed(span) else None
    before(sheet, span, "", braces and braces[0])
    block(sheet, [header], braces, body)


def _if(sheet: Sheet, word: str, statement: s.If, braces: tuple[int, int] | None) -> None:
    header = _operand(word, statement.condition, sheet.room - 2)
    block(sheet, header, braces, statement.then)
    match statement.otherwise:
        case ():
            return
        case (s.If() as chained,):
            following = None if braces is None else sheet.braces_after(chained.condition.span.end)
            _if(sheet, sheet.reopen() + " else if ", chained, following)
        case body:
            following = None if braces is None else sheet.braces_after(braces[1])
            block(sheet, [sheet.reopen() + " else"], following, body)
