"""The parts of an expression, and everything inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from verifier.language import syntax as s
from verifier.language.checked import Symbol

# Keeps constants like `(10 ^ 200) ^ 200` from being computed: no literal of a protocol has that many bits.
_LARGEST_POWER = 100_000


def children(e: s.Expr) -> tuple[s.Expr, ...]:
    """The direct parts, in the order written."""
    match e:
        case s.Number() | s.Boolean() | s.Name() | s.CurrentAction() | s.Wildcard():
            return ()
        case s.Index(base, keys):
            return (base, *keys)
        case s.Field(base):
            return (base,)
        case s.Call(_, arguments):
            return arguments
        case s.Old(body) | s.Unary(_, body):
            return (body,)
        case s.Binary(_, left, right):
            return (left, right)
        case s.IfThenElse(condition, then, otherwise):
            return (condition, then, otherwise)
        case s.Match(subject, arms):
            return (subject, *(arm.body for arm in arms))
        case s.Quantifier(_, _, body):
            return (body,)
        case s.Aggregate(_, body, _, guard):
            return (body,) if guard is None else (body, guard)
        case s.AnyValue(_, where):
            return () if where is None else (where,)
        case _:
            assert_never(e)


def inside(e: s.Expr) -> Iterator[s.Expr]:
    """The expression and everything in it, outermost first."""
    stack = [e]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def root(e: s.Expr) -> s.Expr:
    """What an access path starts from: `position` in `position[a].margin`."""
    while True:
        match e:
            case s.Index(base) | s.Field(base):
                e = base
            case _:
                return e


def accessed(e: s.Expr, symbols: Mapping[int, Symbol]) -> Symbol | None:
    """What an access path starts from, as a (typed) expression: `position` in `position[a].margin`, `oracle.price` of
    a part."""
    while True:
        symbol = symbols.get(id(e))
        if symbol is not None:
            return symbol
        match e:
            case s.Index(base) | s.Field(base):
                e = base
            case _:
                return None


def constant(e: s.Expr) -> Fraction | None:
    """The value of an expression of literals alone; None for any other, and where it is undefined."""
    match e:
        case s.Number(value=value):
            return value
        case s.Unary("-", operand):
            inner = constant(operand)
            return None if inner is None else -inner
        case s.Binary("+" | "-" | "*" | "/" | "^" as op, left, right):
            a = constant(left)
            b = None if a is None else constant(right)
            return None if a is None or b is None else _compute(op, a, b)
        case _:
            return None


def _compute(op: str, a: Fraction, b: Fraction) -> Fraction | None:
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b if b else None
        case _:
            size = max(a.numerator.bit_length(), a.denominator.bit_length())
            if b.denominator != 1 or b < 0 or size * b > _LARGEST_POWER:
                return None
            return a ** int(b)


def first_number(e: s.Expr) -> s.Number | None:
    """The first literal in an expression."""
    return next((n for n in inside(e) if isinstance(n, s.Number)), None)
