"""Core terms: what expressions mean once names, units and sugar are gone.

There are scalars only; structs are flattened (`position.margin`), and a map is read at a full tuple of keys. Nothing in
a term can revert: the conditions under which an expression is defined stand beside it (`Require` in an action,
`defined` in a property).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, final

from verifier.language.frozen import dataclass


@final
@dataclass(frozen=True, slots=True)
class Ty:
    """The type of a core term. `name` is the sort's or enum's name, else empty."""

    kind: Literal["bool", "int", "real", "sort", "enum"]
    name: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it is a number."""
        return self.kind in ("int", "real")


BOOL = Ty("bool")
INT = Ty("int")
REAL = Ty("real")

Value = bool | int | Fraction
"""A scalar: truth value, integer, real (always a Fraction), member of a sort or an enum (its index, from 0)."""

OpName = Literal[
    "add", "sub", "mul", "div", "neg", "floor", "ceil", "abs", "min", "max", "to_real",
    "eq", "ne", "lt", "le", "gt", "ge",
    "and", "or", "not", "implies", "ite",
]  # fmt: skip
"""`add`, `mul`, `and`, `or`, `min`, `max` take two or more arguments; `ite` three; the rest one or two as usual.
Arithmetic and comparisons have arguments of one numeric type (`to_real` lifts an integer); `div` is exact and of type
real; `floor` and `ceil` take a real and give an integer; `eq` and `ne` compare any two scalars of one type."""

At = Literal["now", "old", "first", "second"]
"""Which state is read: the present one; the one before the step; the end of a `compare` block's first or second run."""


@final
@dataclass(frozen=True, slots=True)
class Const:
    """A value. For a sort or enum member the value is its index."""

    value: Value
    ty: Ty


@final
@dataclass(frozen=True, slots=True)
class Var:
    """A local: argument, let, choice, binder. Lowering gives every local of one action or property its own name
    (`amount`, `a`, and `a'2` for the second `a`), so that substitution can't capture."""

    name: str
    ty: Ty


@final
@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the model or the spec, at `keys` if it is a map."""

    name: str
    keys: tuple[Term, ...]
    ty: Ty


@final
@dataclass(frozen=True, slots=True)
class State:
    """A state variable, at `keys` if it is a map."""

    name: str
    keys: tuple[Term, ...]
    ty: Ty
    at: At = "now"


@final
@dataclass(frozen=True, slots=True)
class Op:
    """An operator applied."""

    op: OpName
    args: tuple[Term, ...]
    ty: Ty


@final
@dataclass(frozen=True, slots=True)
class Quant:
    """`forall` / `exists` over all members of the variable's sort or enum."""

    kind: Literal["forall", "exists"]
    var: Var
    body: Term

    @property
    def ty(self) -> Ty:
        """Always bool."""
        return BOOL


@final
@dataclass(frozen=True, slots=True)
class Agg:
    """`sum`, `max`, `min` of `body`, or `count` of the cases, over all values of `vars` where `guard` holds.

    A sum over nothing is 0. `max` and `min` over nothing are undefined: `defined` says that there is something.
    For `count` the body is `Const(1)` and the guard is what is counted.
    """

    kind: Literal["sum", "count", "max", "min"]
    vars: tuple[Var, ...]
    body: Term
    guard: Term
    ty: Ty


@final
@dataclass(frozen=True, slots=True)
class Named:
    """A definition applied: means exactly `body` (arguments already substituted); kept so that reports can say
    `healthy(A)`. `at` is the state it is read in."""

    name: str
    args: tuple[Term, ...]
    body: Term
    ty: Ty
    at: At = "now"


@final
@dataclass(frozen=True, slots=True)
class ActionIs:
    """In a step: whether the action that ran is `action`."""

    action: str

    @property
    def ty(self) -> Ty:
        """Always bool."""
        return BOOL


Term = Const | Var | Param | State | Op | Quant | Agg | Named | ActionIs

TRUE = Const(True, BOOL)
FALSE = Const(False, BOOL)


def conj(*parts: Term) -> Term:
    """Conjunction without the trivial parts."""
    kept: list[Term] = []
    for part in parts:
        match part:
            case Const(True):
                continue
            case Const(False):
                return FALSE
            case Op("and", args):
                kept.extend(args)
            case _:
                kept.append(part)
    if not kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Op("and", tuple(kept), BOOL)


def implies(left: Term, right: Term) -> Term:
    """Implication without the trivial cases."""
    if right == TRUE or left == FALSE:
        return TRUE
    return right if left == TRUE else Op("implies", (left, right), BOOL)


def forall(var: Var, body: Term) -> Term:
    """Universal quantification without the trivial case (sorts are never empty)."""
    return body if isinstance(body, Const) else Quant("forall", var, body)


def negate(term: Term) -> Term:
    """Negation without double negation."""
    match term:
        case Const(value):
            return FALSE if value else TRUE
        case Op("not", (inner,)):
            return inner
        case _:
            return Op("not", (term,), BOOL)
