"""What lowering makes terms from: where an expression stands, and terms with the conditions under which they mean
something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import final

from verifier.language.checked import CheckedSpec
from verifier.language.source import Span
from verifier.language.types import BoolT, EnumT, NumberT, SortT, Type
from verifier.system.terms import (
    BOOL,
    INT,
    REAL,
    TRUE,
    At,
    Const,
    Op,
    OpName,
    Term,
    Ty,
    Var,
    conj,
    forall,
    implies,
)
from verifier.system.transition import Why


@final
@dataclass(frozen=True, slots=True)
class Guard:
    """A condition under which an expression is defined, and why it is needed."""

    condition: Term
    why: Why


@final
@dataclass(frozen=True, slots=True)
class Lowered:
    """A term with its guards, in the order in which they arise."""

    term: Term
    guards: tuple[Guard, ...] = ()

    @property
    def defined(self) -> Term:
        """All guards at once."""
        return conj(*(g.condition for g in self.guards))


@final
@dataclass(slots=True)
class Names:
    """Hands out a name of its own to every local of one body."""

    used: dict[str, int] = field(default_factory=dict)

    def fresh(self, name: str) -> str:
        """`name`, or `name'2`, `name'3` … when taken."""
        count = self.used.get(name, 0) + 1
        self.used[name] = count
        return name if count == 1 else f"{name}'{count}"


@final
@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands. `checked_arithmetic` is on in actions, where a bounded integer that leaves its range
    reverts; in properties arithmetic is exact. `wrapping` is on inside `wrapping { … }`. `prefix` is what the names of
    parameters and state begin with: a path and a dot inside a part, else nothing."""

    checked: CheckedSpec
    names: Names
    scope: Mapping[str, Term]
    at: At = "now"
    checked_arithmetic: bool = False
    wrapping: bool = False
    individuals: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    prefix: str = ""

    def owner(self, name: str) -> Context:
        """Where what a name stands for was declared: in a part for `oracle.value`, here for one without a dot."""
        checked, prefix = self.checked, self.prefix
        *path, _ = name.split(".")
        for alias in path:
            checked, prefix = checked.parts[alias], f"{prefix}{alias}."
        return replace(self, checked=checked, prefix=prefix)

    def bind(self, name: str, ty: Ty) -> tuple[Var, Context]:
        """A new local of this name, and the context in which the name means it."""
        var = Var(self.names.fresh(name), ty)
        return var, self.with_local(name, var)

    def with_local(self, name: str, term: Term) -> Context:
        """The context in which `name` means `term`."""
        return replace(self, scope={**self.scope, name: term})

    def type_of(self, node: object) -> Type:
        """The checker's type of a node."""
        return self.checked.types[id(node)]

    def text(self, span: Span) -> str:
        """The user's words, on one line."""
        source = self.checked.sources.get(span.path)
        return " ".join(source.slice(span).split()) if source else ""


def core_type(type_: Type) -> Ty:
    """The core type of a scalar."""
    match type_:
        case NumberT(integer=integer):
            return INT if integer else REAL
        case BoolT():
            return BOOL
        case SortT(name):
            return Ty("sort", name)
        case EnumT(name):
            return Ty("enum", name)
        case _:
            raise AssertionError(f"not a scalar: {type_}")


def lift(term: Term, ty: Ty) -> Term:
    """The term at the wanted numeric type: integers become reals, nothing else changes."""
    if ty != REAL or term.ty != INT:
        return term
    if isinstance(term, Const):
        return Const(Fraction(term.value), REAL)
    return Op("to_real", (term,), REAL)


def common(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], Ty]:
    """The terms lifted to one numeric type."""
    ty = REAL if any(t.ty == REAL for t in terms) else terms[0].ty
    return tuple(lift(t, ty) for t in terms), ty


def arithmetic(op: OpName, *terms: Term) -> Term:
    """An arithmetic operator with its operands lifted."""
    args, ty = common(terms)
    return Op(op, args, ty)


def compare(op: OpName, *terms: Term) -> Term:
    """A comparison with its operands lifted."""
    args, _ = common(terms)
    return Op(op, args, BOOL)


def number(value: int | Fraction, ty: Ty) -> Const:
    """A numeric constant of a type."""
    return Const(int(value) if ty == INT else Fraction(value), ty)


def in_range(term: Term, low: int | None, high: int | None) -> Term:
    """`low <= term <= high`."""
    return conj(
        compare("ge", term, number(low, term.ty)) if low is not None else TRUE,
        compare("le", term, number(high, term.ty)) if high is not None else TRUE,
    )


def wrapped(term: Term, low: int, high: int) -> Term:
    """The value modulo the width of its type: `x - w * floor((x - low) / w)`."""
    width = high - low + 1
    shifted = lift(Op("sub", (term, number(low, INT)), INT), REAL)
    turns = Op("floor", (Op("div", (shifted, number(width, REAL)), REAL),), INT)
    return Op("sub", (term, Op("mul", (number(width, INT), turns), INT)), INT)


def under(condition: Term, guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """The guards of something that is evaluated only if `condition` holds."""
    return tuple(g for g in (Guard(implies(condition, g.condition), g.why) for g in guards) if g.condition != TRUE)


def for_all(vars_: tuple[Var, ...], guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """The guards of something that is evaluated for every value of the variables."""

    def close(term: Term) -> Term:
        for var in reversed(vars_):
            term = forall(var, term)
        return term

    return tuple(Guard(close(g.condition), g.why) for g in guards)
