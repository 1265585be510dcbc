"""Core terms back in the language's own words, so that they can be read, and pasted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import assert_never, final

from verifier.language.frozen import dataclass, field
from verifier.language.types import PLAIN, Unit
from verifier.system.numbers import literal, member
from verifier.system.terms import TRUE, ActionIs, Agg, At, Const, Named, Op, Param, Quant, State, Term, Var
from verifier.system.trace import Scope
from verifier.system.units import Units, unit_of

# How tightly an expression binds, loosest first, as in the grammar.
_OPEN, _IMPLIES, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _NEGATION, _POWER, _ATOM = range(11)

_SIGNS: Mapping[str, tuple[str, int]] = {
    "implies": ("implies", _IMPLIES), "or": ("or", _OR), "and": ("and", _AND),
    "eq": ("==", _COMPARISON), "ne": ("!=", _COMPARISON), "lt": ("<", _COMPARISON), "le": ("<=", _COMPARISON),
    "gt": (">", _COMPARISON), "ge": (">=", _COMPARISON),
    "add": ("+", _SUM), "sub": ("-", _SUM), "mul": ("*", _PRODUCT), "div": ("/", _PRODUCT),
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True)
class Piece:
    """Printed text; `open` if it ends in a quantifier or an `if`, which reach as far to the right as they can."""

    text: str
    level: int = _ATOM
    open: bool = False


Leaf = Callable[[Term], str | None]
"""What to print for a whole subterm instead of itself, or None."""


@final
@dataclass(frozen=True, slots=True)
class Style:
    """How to print. `scope` names the members of sorts and enums; `names` what to call locals; `units` lets constants
    say their unit, as the language demands; `leaf` puts other text (a value) in place of subterms."""

    scope: Scope | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    units: Units = field(default_factory=dict)
    leaf: Leaf | None = None


def pretty(
    term: Term,
    scope: Scope | None = None,
    names: Mapping[str, str] | None = None,
    units: Units | None = None,
    leaf: Leaf | None = None,
) -> str:
    """The term as an expression of the language, with no more parentheses than it needs.

    Definitions stay applied (`healthy(a)`), sums over a bare map become `sum(debt)`, and bound variables lose the
    number that lowering gave them where nothing clashes. With `units` (see `units_of`) constants carry theirs.
    """
    return _show(term, Style(scope, names or {}, units or {}, leaf), None).text


def _show(term: Term, style: Style, wanted: Unit | None) -> Piece:
    if style.leaf is not None:
        text = style.leaf(term)
        if text is not None:
            return Piece(text)
    match term:
        case Const():
            return _constant(term, style, wanted)
        case Var(name):
            return Piece(style.names.get(name, _spelled(name)))
        case Param(name, keys):
            return Piece(_read(name, keys, style))
        case State(name, keys, _, at):
            return Piece(_at(_read(name, keys, style), at))
        case Op():
            return _operator(term, style, wanted)
        case Quant():
            return _quantifier(term, style)
        case Agg():
            return Piece(_aggregate(term, style))
        case Named(name, args, _, _, at):
            listed = ", ".join(_show(a, style, None).text for a in args)
            return Piece(_at(f"{name}({listed})" if args else name, at))
        case ActionIs(action):
            return Piece(f"action == {action}", _COMPARISON)
        case _:
            assert_never(term)


def _constant(term: Const, style: Style, wanted: Unit | None) -> Piece:
    if not term.ty.numeric:
        return Piece(("true" if term.value else "false") if term.ty.kind == "bool" else _member(term, style))
    text = literal(term.value, str(wanted) if wanted is not None else "")
    if "/" in text.partition("[")[0] or text.rpartition("]")[2].startswith(" /"):
        return Piece(text, _PRODUCT)
    return Piece(text, _NEGATION if text.startswith("-") else _ATOM)


def _member(term: Const, style: Style) -> str:
    return member(term.value, term.ty, style.scope)


def _read(name: str, keys: tuple[Term, ...], style: Style) -> str:
    """`debt[a]`, `position[a].margin`."""
    if not keys:
        return name
    before, base = "", name
    while ("part", before + base.partition(".")[0]) in style.units:
        before, base = f"{before}{base.partition('.')[0]}.", base.partition(".")[2]
    base, dot, rest = base.partition(".")
    listed = ", ".join(_show(k, style, None).text for k in keys)
    return f"{before}{base}[{listed}]{dot}{rest}"


def _at(text: str, at: At) -> str:
    match at:
        case "now":
            return text
        case "old":
            return f"old({text})"
        case _:
            return f"{at}.{text}"


def _spelled(name: str) -> str:
    """A local's name as an identifier: `new debt` is `new_debt`, `a'2` is `a2`."""
    return name.replace(" ", "_").replace("'", "")


# ---------------------------------------------------------------------------------------------- operators


def _operator(term: Op, style: Style, wanted: Unit | None) -> Piece:
    match term.op, term.args:
        case "to_real", (inner,):
            return _show(inner, style, wanted)
        case "not", (ActionIs(action),):
            return Piece(f"action != {action}", _COMPARISON)
        case "not", (Op("eq", args),):
            return _operator(Op("ne", args, term.ty), style, None)
        case "not", (inner,):
            return _prefix("not ", inner, _NOT, style, None)
        case "neg", (inner,):
            return _prefix("-", inner, _NEGATION, style, wanted)
        case "ite", (condition, then, otherwise):
            wanted = wanted or unit_of(term, style.units)
            parts = [_show(p, style, w).text for p, w in ((condition, None), (then, wanted), (otherwise, wanted))]
            return Piece(f"if {parts[0]} then {parts[1]} else {parts[2]}", _OPEN, open=True)
        case "floor" | "ceil" | "abs" | "min" | "max" as function, args:
            wanted = _common_unit(args, style, wanted)
            return Piece(f"{function}({', '.join(_show(a, style, wanted).text for a in args)})")
        case "mul", (first, *rest) if rest and all(r == first for r in rest) and not isinstance(first, Const):
            return Piece(f"{_inside(first, _ATOM, style, None)} ^ {len(rest) + 1}", _POWER)
        case op, args:
            return _infix(op, args, style, wanted)


def _prefix(sign: str, inner: Term, level: int, style: Style, wanted: Unit | None) -> Piece:
    piece = _show(inner, style, wanted)
    if piece.open and level == _NOT and (piece.level == _OPEN or piece.level >= level):
        return Piece(sign + piece.text, level, open=True)
    return Piece(sign + _fit(piece, level, last=False), level)


def _infix(op: str, args: tuple[Term, ...], style: Style, wanted: Unit | None) -> Piece:
    sign, level = _SIGNS[op]
    units = _operand_units(op, args, style, wanted)
    out: list[str] = []
    open_ = False
    for index, (arg, unit) in enumerate(zip(args, units, strict=True)):
        piece = _show(arg, style, unit)
        last = index == len(args) - 1
        # `open` expressions need no parentheses at the right end; in arithmetic they are easier to read with them.
        least = _least(op, index, level)
        if piece.open and last and level <= _AND and (piece.level == _OPEN or piece.level >= least):
            out.append(piece.text)
            open_ = True
        else:
            out.append(_fit(piece, least, last=last))
    return Piece(f" {sign} ".join(out), level, open_)


def _least(op: str, index: int, level: int) -> int:
    """How tightly the operand at that place must bind to go without parentheses."""
    if op in ("and", "or", "add", "mul"):
        return level  # associative: the grouping changes nothing
    if op == "implies":
        return level if index else level + 1
    if op in ("sub", "div"):
        return level + 1 if index else level
    return level + 1


def _fit(piece: Piece, level: int, *, last: bool) -> str:
    return f"({piece.text})" if piece.level < level or (piece.open and not last) else piece.text


def _inside(term: Term, level: int, style: Style, wanted: Unit | None) -> str:
    return _fit(_show(term, style, wanted), level, last=False)


def _operand_units(op: str, args: tuple[Term, ...], style: Style, wanted: Unit | None) -> list[Unit | None]:
    """The unit that each operand must have, as far as it matters to constants."""
    if op in ("mul", "div"):
        return _factor_units(op, args, style, wanted)
    return [_common_unit(args, style, wanted if op in ("add", "sub") else None)] * len(args)


def _common_unit(args: tuple[Term, ...], style: Style, wanted: Unit | None) -> Unit | None:
    return next((u for u in (unit_of(a, style.units) for a in args) if u is not None), wanted)


def _factor_units(op: str, args: tuple[Term, ...], style: Style, wanted: Unit | None) -> list[Unit | None]:
    """A constant factor has the unit that is missing to what the product must have."""
    known = [unit_of(a, style.units) for a in args]
    unknown = [i for i, u in enumerate(known) if u is None and not _is_zero(args[i])]
    if wanted is None or len(unknown) != 1:
        return [None] * len(args)
    product = PLAIN
    for index, unit in enumerate(known):
        if unit is not None:
            product = product.times(unit, -1 if op == "div" and index else 1)
    at = unknown[0]
    missing = product.times(wanted, -1) if op == "div" and at else wanted.times(product, -1)
    return [missing if i == at else None for i in range(len(args))]


def _is_zero(term: Term) -> bool:
    return isinstance(term, Const) and term.ty.numeric and Fraction(term.value) == 0


# ---------------------------------------------------------------------------------------------- binders


def _quantifier(term: Quant, style: Style) -> Piece:
    vars_, body = [term.var], term.body
    while isinstance(body, Quant) and body.kind == term.kind:
        vars_.append(body.var)
        body = body.body
    style, listed = _bind(tuple(vars_), style)
    return Piece(f"{term.kind} {listed}: {_show(body, style, None).text}", _OPEN, open=True)


def _aggregate(term: Agg, style: Style) -> str:
    counted = term.guard if term.kind == "count" else term.body
    if term.kind == "count" or term.guard == TRUE:
        match counted:
            case State(name, keys, _, at) if keys == term.vars:
                return f"{term.kind}({_at(name, at)})"
            case Param(name, keys) if keys == term.vars:
                return f"{term.kind}({name})"
            case _:
                pass
    style, listed = _bind(term.vars, style)
    guard = "" if term.kind == "count" or term.guard == TRUE else f" if {_show(term.guard, style, None).text}"
    return f"{term.kind}({_show(counted, style, None).text} for {listed}{guard})"


def _bind(vars_: tuple[Var, ...], style: Style) -> tuple[Style, str]:
    """The style in which the variables have their names, and `a, b in Account, f in Feed`."""
    names = dict(style.names)
    for var in vars_:
        names[var.name] = _free_name(var.name, set(names.values()))
    groups = [
        f"{', '.join(names[v.name] for v in group)} in {sort}"
        for sort, group in groupby(vars_, key=lambda v: v.ty.name)
    ]
    return replace(style, names=names), ", ".join(groups)


def _free_name(name: str, taken: set[str]) -> str:
    base = _spelled(name.partition("'")[0])
    number = 1
    out = base
    while out in taken:
        number += 1
        out = f"{base}{number}"
    return out
