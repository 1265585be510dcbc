"""The quantities that matter in a run, as lines over its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.html.axes import pixel, ticks
from verifier.report.html.balance import is_time
from verifier.report.html.sides import Number, Sides
from verifier.report.html.states import Stage
from verifier.report.html.views import Chart, Point, Series, Tick
from verifier.system.execute import Interpreter
from verifier.system.numbers import readable

_MOST_CHARTS = 6
_MOST_LINES = 4
_WIDE, _SMALL = (560, 236), (300, 178)
"""The view box of the first chart of a run, and of the others."""
_TOP, _BOTTOM, _RIGHT = 26, 40, 16
_DIGIT = 7
"""The width of a digit of an axis, in units of the view box."""
_X_TICK = 38
"""The room that a mark of the x axis takes."""


@final
@dataclass(frozen=True, slots=True)
class Line:
    """A quantity: its name, and its value in each state, None where it has none."""

    name: str
    unit: str
    values: tuple[Number | None, ...]
    fixed: bool = False

    @property
    def moves(self) -> bool:
        """Whether it changes."""
        return len({v for v in self.values if v is not None}) > 1


def charts(interp: Interpreter, told: Sequence[Stage], compared: Sides | None) -> tuple[Chart, ...]:
    """The two sides of what fails, the model's definitions, and where there is little of both, its variables."""
    if len(told) < 2:
        return ()
    names = [_name(stage) for stage in told]
    out: list[Chart] = []
    both: list[Line] = []
    if compared is not None:
        both = [line for line in _compared(compared) if any(v is not None for v in line.values)]
        if any(line.moves for line in both):
            out.append(draw("What is compared", both, names, compared.sentence, wide=True))
    drawn = {(line.name, line.values) for line in both}
    groups = [
        (n, lines) for n, lines in _derived(interp, told) if not drawn.issuperset((x.name, x.values) for x in lines)
    ]
    if len(groups) + len(out) < 2:
        groups.extend(_variables(interp, told))
    for title, lines in groups[: _MOST_CHARTS - len(out)]:
        out.append(draw(title, lines, names, wide=not out))
    return tuple(out)


def _compared(compared: Sides) -> Iterator[Line]:
    for i, name in enumerate((compared.left, compared.right)):
        yield Line(name, compared.unit, tuple(pair[i] for pair in compared.values), compared.fixed[i])


def _name(stage: Stage) -> str:
    return str(stage.number) if stage.step is not None else stage.label


def _derived(interp: Interpreter, told: Sequence[Stage]) -> Iterator[tuple[str, list[Line]]]:
    """The numeric definitions that change, one chart each with a line for each member."""
    for definition in interp.system.definitions:
        if not definition.ty.numeric:
            continue
        start = f"{definition.name}(" if definition.args else definition.name
        names = dict.fromkeys(
            n
            for stage in told
            for n, item in stage.values.items()
            if item.is_derived and (n.startswith(start) if definition.args else n == start)
        )
        lines = [Line(n, definition.unit, _values(told, n)) for n in names]
        moving = [line for line in lines if line.moves]
        for at in range(0, len(moving), _MOST_LINES):
            yield definition.name, moving[at : at + _MOST_LINES]


def _variables(interp: Interpreter, told: Sequence[Stage]) -> Iterator[tuple[str, list[Line]]]:
    """The numeric state variables that change: those of one unit together."""
    units: dict[str, list[Line]] = {}
    numeric = {v.name: v for v in interp.system.states if v.ty.numeric}
    if not numeric:
        return
    listed = [n for n, item in told[0].values.items() if not item.is_derived and _base(n, interp) in numeric]
    for name in listed:
        item = told[0].values[name]
        line = Line(name, item.unit, _values(told, name))
        if line.moves:
            units.setdefault(item.unit, []).append(line)
    for unit, lines in units.items():
        for at in range(0, len(lines), _MOST_LINES):
            part = lines[at : at + _MOST_LINES]
            what = "Times" if is_time(unit) else "Prices and rates" if "/" in unit else "Books"
            yield part[0].name if len(part) == 1 else f"{what} in {unit}" if unit else what, part


def _base(name: str, interp: Interpreter) -> str:
    """`position.margin` of `position[A].margin`."""
    before, bracket, rest = name.partition("[")
    return f"{before}{rest.rpartition(']')[2]}" if bracket else name


def _values(told: Sequence[Stage], name: str) -> tuple[Number | None, ...]:
    out: list[Number | None] = []
    for stage in told:
        item = stage.values.get(name)
        out.append(item.raw if item is not None else None)
    return tuple(out)


# ---------------------------------------------------------------------------------------------- drawing


def draw(title: str, lines: Sequence[Line], names: Sequence[str], remark: str = "", *, wide: bool = False) -> Chart:
    """A chart with all its places computed. `names` are those of the states, `remark` is a sentence to add in words."""
    lines = lines[:_MOST_LINES]
    known = [Fraction(v) for line in lines for v in line.values if v is not None]
    marks = ticks(min(known), max(known))
    low, high = marks[0], marks[-1]
    texts = [readable(m) for m in marks]
    left = 14 + _DIGIT * max(len(t) for t in texts)
    width, height = _WIDE if wide else _SMALL
    right, bottom = width - _RIGHT, height - _BOTTOM

    def x(index: int) -> Fraction:
        return left + Fraction((right - left) * index, max(1, len(names) - 1))

    def y(value: Number) -> Fraction:
        return bottom - (Fraction(value) - low) / (high - low) * (bottom - _TOP)

    columns = tuple(pixel(x(i)) for i in range(len(names)))
    stride = -(-len(names) * _X_TICK // (right - left))
    unit = lines[0].unit
    return Chart(
        title, unit or "value", _described(lines, names, remark), width, height, wide, pixel(left), pixel(right),
        pixel(_TOP), pixel(bottom),
        tuple(Tick(columns[i], names[i]) for i in range(len(names)) if i % stride == 0 or i == len(names) - 1),
        tuple(Tick(pixel(y(m)), text) for m, text in zip(marks, texts, strict=True)),
        columns,
        tuple(_series(line, style, columns, [None if v is None else pixel(y(v)) for v in line.values])
              for style, line in enumerate(lines)),
        (("", *(line.name for line in lines)), *_table(lines, names)),
    )  # fmt: skip


def _series(line: Line, style: int, columns: Sequence[str], heights: Sequence[str | None]) -> Series:
    paths: list[str] = []
    points: list[Point] = []
    piece: list[str] = []
    for at, height, value in zip(columns, heights, line.values, strict=True):
        if height is None or value is None:
            paths.extend([_path(piece)] if len(piece) > 1 else [])
            piece = []
            continue
        piece.append(f"{at},{height}")
        points.append(Point(at, height, _full(value, line.unit)))
    paths.extend([_path(piece)] if len(piece) > 1 else [])
    return Series(line.name, style, tuple(paths), tuple(points), points[-1].text if points and not line.fixed else "")


def _path(piece: Sequence[str]) -> str:
    return "M" + "L".join(piece)


def _full(value: Number, unit: str) -> str:
    return f"{readable(value)} {unit}" if unit else readable(value)


def _described(lines: Sequence[Line], names: Sequence[str], remark: str) -> str:
    """The chart in words: where each line begins and ends, and between what it stays."""
    said: list[str] = []
    for line in lines:
        known = [(n, v) for n, v in zip(names, line.values, strict=True) if v is not None]
        if not known:
            continue
        (_, first), (_, last) = known[0], known[-1]
        low, high = min(v for _, v in known), max(v for _, v in known)
        between = (
            f", between {_full(low, line.unit)} and {_full(high, line.unit)}" if {low, high} - {first, last} else ""
        )
        said.append(f"{line.name} goes from {_full(first, line.unit)} to {_full(last, line.unit)}{between}.")
    return " ".join((*said, remark.replace("`", ""))).strip()


def _table(lines: Sequence[Line], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for index, name in enumerate(names):
        cells = (line.values[index] for line in lines)
        yield (name, *("" if v is None else _full(v, line.unit) for v, line in zip(cells, lines, strict=True)))
