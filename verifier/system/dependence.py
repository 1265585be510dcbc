"""How the conditions of an action depend on what is open in it: on arguments that nobody gave, and on its own choices.

It tells when some tries are as good as all: a condition that depends on nothing open fails for every value if it fails
for one, and where all conditions are linear in a single number, `candidates.points` leaves none out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.system.terms import ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Var
from verifier.system.transition import Action, Branch, Choose, ForEach, Havoc, Let, Require, Set, Stmt, Variable, Why

FREE, LINEAR, OTHER = 0, 1, 2
"""A term that does not depend on what is open; a number that is linear in it (a condition: made of comparisons of such
numbers); anything else."""


@final
@dataclass(slots=True)
class Dependence:
    """Degrees of the variables and states that are not `FREE`, and of all that an action may revert for, by the reason
    that it gives."""

    variables: dict[str, int]
    states: dict[str, int] = field(default_factory=dict)
    reasons: list[tuple[Why, int]] = field(default_factory=list)

    def of(self, why: Why) -> int:
        """The degree of all that reverts for this reason; `OTHER` for one that is not known."""
        return max((degree for reason, degree in self.reasons if reason == why), default=OTHER)

    @property
    def worst(self) -> int:
        """The highest degree of anything that the action may revert for."""
        return max((degree for _, degree in self.reasons), default=FREE)


def dependence(action: Action, given: Iterable[Variable], numbers: Iterable[Variable]) -> Dependence:
    """Of an action whose arguments are `given`, but for these numbers."""
    open_ = tuple(numbers)
    found = Dependence({v.name: LINEAR if len(open_) == 1 else OTHER for v in open_})
    found.reasons += [(Why("range", v.name, action.span), FREE) for v in given]
    _block(action.body, found, FREE)
    return found


# ---------------------------------------------------------------------------------------------- statements


def _block(body: tuple[Stmt, ...], known: Dependence, under: int) -> None:
    """`under` is the degree of whether the block is come by at all."""
    for stmt in body:
        _statement(stmt, known, under)


def _statement(stmt: Stmt, known: Dependence, under: int) -> None:
    match stmt:
        case Require(condition, why):
            known.reasons.append((why, max(under, _degree(condition, known))))
        case Let(var, value):
            _raise(known.variables, var.name, max(under, _value(value, known)))
        case Set(name, keys, value):
            written = [OTHER for k in keys if _degree(k, known)]
            _raise(known.states, name, max(under, _value(value, known), *written))
        case Choose(var, where):
            fits = _choice(known.variables, var, where, known)
            known.reasons.append((Why("nothing_fits", var.name, stmt.span), max(under, fits)))
            known.variables[var.name] = OTHER
        case Havoc(state):
            known.reasons.append((Why("nothing_fits", state, stmt.span), OTHER))
            known.states[state] = OTHER
        case Branch(condition, then, otherwise):
            inside = OTHER if under or _degree(condition, known) else FREE
            _block(then, known, inside)
            _block(otherwise, known, inside)
        case ForEach(_, inner):
            before: Mapping[str, int] | None = None
            while before != known.states:  # what one member's turn writes, the next one's may read
                before = dict(known.states)
                _block(inner, known, under)
        case _:  # programs have these, and actions don't
            known.reasons.append((Why("require", ""), OTHER))


def _raise(degrees: dict[str, int], name: str, degree: int) -> None:
    degrees[name] = max(degree, degrees.get(name, FREE))


def _value(term: Term, known: Dependence) -> int:
    """Of what is kept under a name. Where a condition is, its comparisons are not among those that are looked at."""
    degree = _degree(term, known)
    return degree if term.ty.numeric or not degree else OTHER


def _choice(degrees: dict[str, int], var: Var, where: Term, known: Dependence) -> int:
    """Whether it is certain that nothing fits where nothing is found: `FREE` or `OTHER`."""
    if _degree(where, known):
        return OTHER
    degrees[var.name] = LINEAR
    return OTHER if var.ty.numeric and _degree(where, known) > LINEAR else FREE


# ---------------------------------------------------------------------------------------------- terms


def _degree(term: Term, known: Dependence) -> int:
    match term:
        case Const() | ActionIs():
            return FREE
        case Var(name):
            return known.variables.get(name, FREE)
        case Param(_, keys):
            return OTHER if any(_degree(k, known) for k in keys) else FREE
        case State(name, keys):
            return OTHER if any(_degree(k, known) for k in keys) else known.states.get(name, FREE)
        case Named(_, _, body) | Quant(_, _, body):
            return _degree(body, known)
        case Agg(kind, _, body, guard):
            inner = _degree(body, known)
            return OTHER if _degree(guard, known) or (inner and kind != "sum") else inner
        case Op(op, args):
            return _operation(op, term, [_degree(a, known) for a in args])


def _operation(op: str, term: Op, degrees: list[int]) -> int:
    highest = max(degrees)
    match op:
        case "add" | "sub" | "neg" | "to_real" | "eq" | "ne" | "lt" | "le" | "gt" | "ge":
            return highest
        case "and" | "or" | "not" | "implies":
            return highest
        case "mul":
            return highest if sum(map(bool, degrees)) <= 1 else OTHER
        case "div":
            return OTHER if degrees[1] else highest
        case "ite" if not term.ty.numeric or not degrees[0]:
            return highest
        case _:
            return OTHER if highest else FREE
