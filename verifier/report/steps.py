"""A run as a table of its steps and the values that change, with only the changes in it.

One row a step where that fits the window, else one column a step, else a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.text import BLANK, Cell, Line, Look, Piece, indented, line, pad, table, width, wrap
from verifier.report.values import Item, call_text, items, state_items
from verifier.system.execute import Interpreter
from verifier.system.trace import Counterexample, Step, Trace, Valuation
from verifier.system.values import with_enums

_LABEL = 44


@final
@dataclass(frozen=True, slots=True)
class Row:
    """One state: what led to it, and its values by name."""

    number: str
    label: str
    values: dict[str, Item]
    remark: str = ""


def run_table(
    interp: Interpreter,
    found: Counterexample | Trace,
    look: Look,
    program_is: str = "",
    more: Sequence[Item] = (),
) -> list[Line]:
    """Who takes part, with which parameters, and the table of steps. The steps of a counterexample's program are marked
    with what it is. `more` is one further value for the first state and each step."""
    trace = found.trace if isinstance(found, Counterexample) else found
    program = found.program if isinstance(found, Counterexample) else ()
    rows = _rows(interp, trace, program, program_is)
    for row, item in zip(rows, more, strict=False):
        row.values[item.name] = item
    columns = _columns(rows)
    told = _grid(rows, columns, look) or _turned(rows, columns, look) or _list(rows, columns, look)
    return [*cast(interp, trace, look), BLANK, *told]


def cast(interp: Interpreter, trace: Trace, look: Look) -> list[Line]:
    """The members of the sorts and the values of the parameters."""
    system = interp.system
    scope = with_enums(system, trace.scope)
    out: list[Line] = []
    sorts = [s for s in system.sorts if not s.members and s.name in scope.names]
    if sorts:
        text = "; ".join(f"{s.name}: {', '.join(scope.names[s.name])}" for s in sorts)
        out.extend(indented(text, "  ", look.width))
    given = [f"{i.name} = {i.full}" for i in items(system.params, trace.params, scope)]
    if given:
        out.extend(indented(", ".join(g.replace(" ", "\N{NO-BREAK SPACE}") for g in given), "  ", look.width))
    return [tuple(Piece(p.text.replace("\N{NO-BREAK SPACE}", " "), p.role) for p in one) for one in out]


def _rows(interp: Interpreter, trace: Trace, program: Sequence[Step], program_is: str) -> list[Row]:
    scope, params = trace.scope, trace.params

    def values(state: Valuation) -> dict[str, Item]:
        return {i.name: i for i in state_items(interp, scope, params, state)}

    rows = [Row("", "start", values(trace.start))]
    for number, step in enumerate((*trace.steps, *program), 1):
        label = call_text(interp.system, step, scope)
        if program_is and number > len(trace.steps) and not step.branch:
            label = f"{program_is}: {label}"
        if step.branch and rows and step.branch not in rows[-1].remark:
            # The second block of a `compare` starts where the first one did.
            rows.append(Row("", f"{step.branch} run", values(step.before), step.branch))
        reverted = "reverts" if step.reverted is not None else ""
        rows.append(Row(str(number), label, values(step.after), f"{step.branch} {reverted}".strip()))
    return rows


def _columns(rows: Sequence[Row]) -> list[str]:
    """The values that change in the run, or are something other than zero at its start."""
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    out: list[str] = []
    for name in names:
        seen = [row.values[name].raw for row in rows if name in row.values]
        first = rows[0].values.get(name)
        changes = any(value != seen[0] for value in seen) or len(seen) != len(rows)
        if changes or (first is not None and first.raw and not first.is_derived):
            out.append(name)
    return out


def _grid(rows: Sequence[Row], columns: Sequence[str], look: Look) -> list[Line] | None:
    """One row a step; None if it is wider than the window, or nothing changes."""
    units = {n: next(r.values[n].unit for r in rows if n in r.values) for n in columns}
    sizes = [max(width(t) for t in (n, units[n], *_texts(rows, n, look))) for n in columns]
    labels = [_label(row) for row in rows]
    label_size = min(_LABEL, max(width(t) for t in labels))
    number_size = max(width(row.number) for row in rows)
    if not columns or 2 + number_size + 2 + label_size + sum(s + 2 for s in sizes) > look.width:
        return None
    all_sizes = (number_size, label_size, *sizes)
    right = frozenset((0, *range(2, len(columns) + 2)))
    head = [[Cell(""), Cell(""), *(Cell(n, "strong") for n in columns)]]
    if any(units.values()):
        head.append([Cell(""), Cell(""), *(Cell(units[n], "faint") for n in columns)])
    body = [
        [Cell(row.number, "faint"), Cell(label), *_cells(row, rows[i - 1] if i else None, columns, look)]
        for i, (row, label) in enumerate(zip(rows, labels, strict=True))
    ]
    rule = line("  ", Piece(look.glyphs.rule * (sum(all_sizes) + 2 * len(all_sizes) - 2), "faint"))
    return [*table(head, all_sizes, right), rule, *table(body, all_sizes, right)]


def _turned(rows: Sequence[Row], columns: Sequence[str], look: Look) -> list[Line] | None:
    """The calls, and below them one row a value and one column a step; None if it is wider than the window."""
    if not columns:
        return None
    units = {n: next(r.values[n].unit for r in rows if n in r.values) for n in columns}
    heads = [row.number or _label(row) for row in rows]
    cells = [_cells(row, rows[i - 1] if i else None, columns, look) for i, row in enumerate(rows)]
    sizes = [max(width(t) for t in (head, *(c.text for c in cell))) for head, cell in zip(heads, cells, strict=True)]
    name_size, unit_size = max(width(n) for n in columns), max(width(u) for u in units.values())
    if 2 + name_size + 2 + unit_size + sum(s + 2 for s in sizes) > look.width:
        return None
    all_sizes = (name_size, unit_size, *sizes)
    right = frozenset(range(2, len(rows) + 2))
    number_size = max(width(row.number) for row in rows)
    out: list[Line] = []
    for row in rows:
        if row.number:
            first, *rest = wrap(_label(row), look.width - number_size - 4)
            out.append(line("  ", Piece(pad(row.number, number_size, right=True), "faint"), "  ", first))
            out.extend(line(" " * (number_size + 4), part) for part in rest)
    head = [[Cell(""), Cell(""), *(Cell(h, "faint") for h in heads)]]
    body = [[Cell(n, "strong"), Cell(units[n], "faint"), *(cell[i] for cell in cells)] for i, n in enumerate(columns)]
    rule = line("  ", Piece(look.glyphs.rule * (sum(all_sizes) + 2 * len(all_sizes) - 2), "faint"))
    return [*out, BLANK, *table(head, all_sizes, right), rule, *table(body, all_sizes, right)]


def _label(row: Row) -> str:
    parts = row.remark.split()
    prefix = f"{parts[0]}: " if parts and parts[0] in ("first", "second") and row.number else ""
    return f"{prefix}{row.label}" + (" reverts" if "reverts" in parts else "")


def _texts(rows: Sequence[Row], name: str, look: Look) -> list[str]:
    return [row.values[name].text if name in row.values else look.glyphs.rule for row in rows]


def _cells(row: Row, before: Row | None, columns: Sequence[str], look: Look) -> list[Cell]:
    out: list[Cell] = []
    for name in columns:
        item = row.values.get(name)
        earlier = before.values.get(name) if before is not None else None
        if item is None:
            out.append(Cell(look.glyphs.rule, "faint"))
        elif before is None:
            out.append(Cell(item.text))
        elif earlier is not None and earlier.raw == item.raw:
            out.append(Cell(look.glyphs.same, "faint"))
        else:
            out.append(Cell(item.text, "strong"))
    return out


def _list(rows: Sequence[Row], columns: Sequence[str], look: Look) -> list[Line]:
    """Each step with its changes below it, for narrow windows and wide states."""
    out: list[Line] = []
    number_size = max(width(row.number) for row in rows)
    for index, row in enumerate(rows):
        indent = " " * (number_size + 4)
        first, *rest = wrap(_label(row), look.width - len(indent))
        out.append(line("  ", Piece(pad(row.number, number_size, right=True), "faint"), "  ", first))
        out.extend(line(indent, part) for part in rest)
        before = rows[index - 1] if index else None
        for name in columns:
            item = row.values.get(name)
            earlier = before.values.get(name) if before is not None else None
            if item is None or (earlier is not None and earlier.raw == item.raw):
                continue
            if before is None and not item.raw and not item.is_derived:
                continue
            change = f"{earlier.full} {look.glyphs.arrow} {item.full}" if earlier is not None else item.full
            out.extend(indented(f"{name}: {change}", indent + "  ", look.width, "strong"))
    return out
