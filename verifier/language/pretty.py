"""Expressions and types as text: with no more parentheses than needed, on one line or broken over several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, assert_never

from verifier.language import syntax as s

WIDTH: Final = 120

_LEVELS: Final = {
    "implies": 1, "or": 2, "and": 3,
    "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "^": 9,
}  # fmt: skip
_NOT: Final = 4
_MINUS: Final = 8
_OPERAND: Final = 10
_POSTFIX: Final = 11
_ALWAYS: Final = 12


def unit_text(unit: s.UnitExpr) -> str:
    """`USD/ETH`, `1/s`, `m^2*kg`; `1` for a plain number."""
    out = ""
    for name, exponent in unit.factors:
        power = "" if abs(exponent) == 1 else f"^{abs(exponent)}"
        sign = "/" if exponent < 0 else "*"
        out += f"{sign}{name}{power}" if out else f"{'1/' if exponent < 0 else ''}{name}{power}"
    return out or "1"


def type_text(type_: s.TypeExpr) -> str:
    """A type as written."""
    match type_:
        case s.NumberType(name, unit):
            return name if unit is None else f"{name}[{unit_text(unit)}]"
        case s.BoolTypeExpr():
            return "bool"
        case s.NamedType(name):
            return name
        case s.MapTypeExpr(keys, value):
            names = ", ".join(key.name for key in keys)
            return f"{names if len(keys) == 1 else f'({names})'} -> {type_text(value)}"
        case _:
            assert_never(type_)


def binders_text(binders: Sequence[s.Binder]) -> str:
    """`p, q in Quorum, n in Node`."""
    groups = groupby(binders, key=lambda binder: binder.sort)
    return ", ".join(f"{', '.join(binder.name for binder in group)} in {sort}" for sort, group in groups)


def expr_text(e: s.Expr) -> str:
    """An expression on one line."""
    return _flat(e, 0, True)


def level(e: s.Expr) -> int:
    """How tightly an expression holds together; what stands in a tighter place needs parentheses."""
    match e:
        case s.Binary(op):
            return _LEVELS[op]
        case s.Unary(op):
            return _NOT if op == "not" else _MINUS
        case s.Number() | s.Boolean() | s.Wildcard() | s.AnyValue():
            return _OPERAND
        case s.Quantifier() | s.IfThenElse():
            # They reach as far to the right as they can, so only their being last counts.
            return _MINUS
        case _:
            return _POSTFIX


def _is_open(e: s.Expr) -> bool:
    match e:
        case s.Quantifier() | s.IfThenElse():
            return True
        case _:
            return False


def _needs_parentheses(e: s.Expr, least: int, last: bool) -> bool:
    return level(e) < least or (_is_open(e) and not last)


def _sides(op: str) -> tuple[int, int]:
    """The least levels of the two operands."""
    here = _LEVELS[op]
    if op in ("implies", "^"):
        return here + 1, here
    return (here + 1 if here == 5 else here), here + 1


def _least(op: str, operand: s.Expr, least: int) -> int:
    """The same level, or a higher one where parentheses help the reader though the grammar needs none: around `and`
    inside `or`, and around `if` inside arithmetic."""
    logical = ("implies", "or", "and")
    match operand:
        case s.Binary(inner) if op in logical and inner in logical and inner != op:
            return _ALWAYS
        case s.Quantifier() | s.IfThenElse() if op not in logical:
            return _ALWAYS
        case _:
            return least


def _flat(e: s.Expr, least: int, last: bool) -> str:
    if _needs_parentheses(e, least, last):
        return f"({_flat(e, 0, True)})"
    match e:
        case s.Number(text, _, _, unit):
            return text if unit is None else f"{text}[{unit_text(unit)}]"
        case s.Boolean(value):
            return "true" if value else "false"
        case s.Name(name):
            return name
        case s.CurrentAction():
            return "action"
        case s.Wildcard():
            return "_"
        case s.Index(base, keys):
            return f"{_flat(base, _POSTFIX, False)}[{_list(keys)}]"
        case s.Field(base, name):
            return f"{_flat(base, _POSTFIX, False)}.{name}"
        case s.Call(function, arguments, scope):
            return f"{'' if scope is None else scope + '.'}{function}({_list(arguments)})"
        case s.Old(body):
            return f"old({_flat(body, 0, True)})"
        case s.Unary("-", operand):
            # `-(-x)`: two signs in a row are hard to read.
            return f"-{_flat(operand, _MINUS + (level(operand) == _MINUS), last)}"
        case s.Unary(_, operand):
            return f"not {_flat(operand, _NOT, last)}"
        case s.Binary(op, left, right):
            low, high = _sides(op)
            return f"{_flat(left, _least(op, left, low), False)} {op} {_flat(right, _least(op, right, high), last)}"
        case s.IfThenElse(condition, then, otherwise):
            return f"if {expr_text(condition)} then {expr_text(then)} else {expr_text(otherwise)}"
        case s.Match(subject, arms):
            inside = ", ".join(f"{arm.member} => {expr_text(arm.body)}" for arm in arms)
            return f"match {expr_text(subject)} {{ {inside} }}" if arms else f"match {expr_text(subject)} {{}}"
        case s.Quantifier(kind, binders, body):
            return f"{kind} {binders_text(binders)}: {expr_text(body)}"
        case s.Aggregate(kind, body, binders, guard):
            over = f" for {binders_text(binders)}" if binders else ""
            where = "" if guard is None else f" if {expr_text(guard)}"
            return f"{kind}({expr_text(body)}{over}{where})"
        case s.AnyValue(type_, where_):
            kind_ = "" if type_ is None else f" {type_text(type_)}"
            return f"any{kind_}" + ("" if where_ is None else f" where {expr_text(where_)}")
        case _:
            assert_never(e)


def _list(items: Sequence[s.Expr]) -> str:
    return ", ".join(expr_text(item) for item in items)


# ---------------------------------------------------------------------------------------------- over several lines


def expr_lines(e: s.Expr, width: int, taken: int = 0) -> list[str]:
    """An expression in lines of at most `width` characters where that can be, the first of which has `taken` less."""
    return _lines(e, width, taken, 0, True)


def _lines(e: s.Expr, width: int, taken: int, least: int, last: bool) -> list[str]:
    flat = _flat(e, least, last)
    if len(flat) <= width - taken:
        return [flat]
    if _needs_parentheses(e, least, last):
        return _enclosed("(", _lines(e, width - 1, taken + 1, 0, True), ")")
    match e:
        case s.Binary():
            return _chain(e, width, taken, last)
        case s.Unary(op, operand):
            sign = "-" if op == "-" else "not "
            least_ = level(e) + (op == "-" and level(operand) == _MINUS)
            return _enclosed(sign, _lines(operand, width, taken + len(sign), least_, last), "")
        case s.Quantifier(kind, binders, body):
            return [f"{kind} {binders_text(binders)}:", *_indented(expr_lines(body, width - 2))]
        case s.IfThenElse(condition, then, otherwise):
            return [
                *_enclosed("if ", expr_lines(condition, width - 3), ""),
                *_enclosed("then ", expr_lines(then, width - 5), ""),
                *_enclosed("else ", expr_lines(otherwise, width - 5), ""),
            ]
        case s.Match(subject, arms):
            out = _enclosed("match ", expr_lines(subject, width - 8), " {")
            for arm in arms:
                out += _indented(_enclosed(f"{arm.member} => ", expr_lines(arm.body, width - 8), ","))
            return [*out, "}"]
        case s.Call(function, arguments, scope) if arguments:
            return call_lines(f"{'' if scope is None else scope + '.'}{function}", arguments, width)
        case s.Old(body):
            return ["old(", *_indented(expr_lines(body, width - 2)), ")"]
        case s.Aggregate(kind, body, binders, guard):
            out = [f"{kind}(", *_indented(expr_lines(body, width - 2))]
            if binders:
                out.append(f"  for {binders_text(binders)}")
            if guard is not None:
                out += _indented(_enclosed("if ", expr_lines(guard, width - 5), ""))
            return [*out, ")"]
        case s.AnyValue(type_, where) if where is not None:
            head = "any" if type_ is None else f"any {type_text(type_)}"
            return [head, *_indented(_enclosed("where ", expr_lines(where, width - 8), ""))]
        case _:
            return [flat]


def call_lines(function: str, arguments: Sequence[s.Expr], width: int) -> list[str]:
    """A call with each argument on lines of its own."""
    out = [f"{function}("]
    for i, argument in enumerate(arguments):
        out += _indented(_enclosed("", expr_lines(argument, width - 3), "," if i < len(arguments) - 1 else ""))
    return [*out, ")"]


def _chain(e: s.Binary, width: int, taken: int, last: bool) -> list[str]:
    """Operands of operators of one level, each but the first on lines of its own, after its operator."""
    operands: list[tuple[str, s.Expr, int]] = []
    here = _LEVELS[e.op]
    low, high = _sides(e.op)
    rest: s.Expr = e
    if e.op in ("implies", "^"):
        op = ""
        while isinstance(rest, s.Binary) and rest.op == e.op:
            operands.append((op, rest.left, low))
            op, rest = f"{e.op} ", rest.right
        operands.append((op, rest, high))
    else:
        while isinstance(rest, s.Binary) and _LEVELS[rest.op] == here:
            operands.append((f"{rest.op} ", rest.right, high))
            rest = rest.left
            if here == 5:
                break
        operands.append(("", rest, low))
        operands.reverse()
    out: list[str] = []
    for i, (op, operand, least) in enumerate(operands):
        is_last = last and i == len(operands) - 1
        used = len(op) + (taken if i == 0 else 0)
        first, *below = _lines(operand, width - 2, used - 2, _least(e.op, operand, least), is_last)
        # What goes on below stands further in than the operators of this chain.
        margin = " " * (len(op) or (0 if first.startswith("(") else 2))
        out += [op + first, *(margin + line for line in below)]
    return out


def _enclosed(before: str, lines: list[str], after: str) -> list[str]:
    """Text in front of the first line and at the end of the last one; lines between keep clear of the front."""
    pad = " " * len(before)
    out = [before + lines[0], *(pad + line for line in lines[1:])]
    out[-1] += after
    return out


def _indented(lines: list[str]) -> list[str]:
    return ["  " + line for line in lines]
