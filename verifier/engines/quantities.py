"""What a guessed formula may speak of: the numbers that the model and the goal compute with, grouped by unit.

A quantity is a product of states and parameters, of one arbitrary member each sort. Quantities of one unit can be added
up, so that a lemma made of them can be pasted into a spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Literal, final

from verifier.engines.lemmas import conditions_of
from verifier.engines.members import member_variables
from verifier.language.frozen import dataclass
from verifier.language.types import PLAIN, Unit
from verifier.system.rewrite import rewrite, subterms
from verifier.system.terms import BOOL, INT, REAL, TRUE, Agg, Const, Named, Op, Param, Quant, State, Term, Var
from verifier.system.transition import Enabled, Invariant, Reachable, StepProperty, System, Variable
from verifier.system.units import unit_of, units_of

MOST = 9
"""Quantities of one unit, the number one included."""

Monomial = tuple[Term, ...]
Polynomial = dict[Monomial, Fraction]


@final
@dataclass(frozen=True, slots=True)
class Quantities:
    """Numbers of one unit; the last is the constant one."""

    unit: Unit
    terms: tuple[Term, ...]

    def variables(self) -> tuple[Var, ...]:
        """The members that they speak of."""
        return members_in(*self.terms)


def quantities(system: System, goal: Term) -> Iterator[Quantities]:
    """The groups, those of the goal's own units first."""
    units = units_of(system)
    groups: dict[Unit, list[Term]] = {}
    first: list[Unit] = []
    names = member_variables(system)
    for number, source in enumerate(_sources(system, goal, names)):
        for monomial in _monomials(source, names):
            term = _product(monomial)
            unit = unit_of(term, units) or PLAIN
            known = groups.setdefault(unit, [])
            if term not in known:
                known.append(term)
            if number == 0 and unit not in first:
                first.append(unit)
    for unit in (*first, *(u for u in groups if u not in first)):
        terms = groups[unit][: MOST - 1]
        if any(isinstance(t, State) for term in terms for t in subterms(term)):
            yield Quantities(unit, (*terms, Const(Fraction(1), REAL)))


def _sources(system: System, goal: Term, names: Mapping[str, Var]) -> Iterator[Term]:
    """Where quantities are looked for: the goal, what is compared elsewhere, and the states by themselves."""
    yield goal
    for prop in system.properties:
        match prop:
            case Invariant(_, formula) | StepProperty(_, formula) | Reachable(_, formula):
                yield formula
            case Enabled(when=when):
                yield when
            case _:
                pass
    for action in system.actions:
        yield from conditions_of(action.body)
    for variable in system.states:
        if variable.ty.numeric:
            yield from _plain(variable, names)


def _plain(variable: Variable, names: Mapping[str, Var]) -> Iterator[Term]:
    """The variable of one member, and in all."""
    if any(k.kind != "sort" for k in variable.keys) or len(set(variable.keys)) < len(variable.keys):
        return
    vars_ = tuple(names[k.name] for k in variable.keys)
    read = State(variable.name, vars_, variable.ty)
    yield Op("le", (read, read), BOOL)
    if vars_:
        every = Agg("sum", vars_, read, TRUE, variable.ty)
        yield Op("le", (every, every), BOOL)


def _monomials(source: Term, names: Mapping[str, Var]) -> Iterator[Monomial]:
    for sub in subterms(source):
        match sub:
            case Op("le" | "lt" | "ge" | "gt" | "eq" | "ne", sides) if sides[0].ty.numeric:
                for side in sides:
                    yield from (m for m in (_polynomial(_canonical(side, names)) or {}) if m)
            case _:
                pass


def _canonical(term: Term, names: Mapping[str, Var]) -> Term:
    """The term without definitions, of one member each sort."""

    def change(node: Term) -> Term | None:
        match node:
            case Named(_, _, body):
                return rewrite(body, change)
            case Var(_, ty) if ty.kind == "sort":
                return names[ty.name]
            case Agg():
                return node
            case _:
                return None

    return rewrite(term, change)


def _polynomial(term: Term) -> Polynomial | None:
    """A numeric term as a sum of products; None where it is none."""
    match term:
        case Const(value):
            return {(): Fraction(value)} if value else {}
        case State(at="now") | Param():
            return {(term,): Fraction(1)}
        case Agg(kind="sum") if not _free(term):
            return {(term,): Fraction(1)}
        case Op("to_real", (inner,)):
            return _polynomial(inner)
        case Op("neg", (inner,)):
            return _scaled(_polynomial(inner), Fraction(-1))
        case Op("sub", (left, right)):
            return _added(_polynomial(left), _scaled(_polynomial(right), Fraction(-1)))
        case Op("add", args):
            out: Polynomial | None = {}
            for arg in args:
                out = _added(out, _polynomial(arg))
            return out
        case Op("mul", args):
            out = {(): Fraction(1)}
            for arg in args:
                out = _multiplied(out, _polynomial(arg))
            return out
        case Op("div", (left, Const(value))) if value:
            return _scaled(_polynomial(left), 1 / Fraction(value))
        case _:
            return None


def _free(term: Agg) -> bool:
    """Whether a sum speaks of anything outside itself that is no present state and no parameter."""
    inside = (*subterms(term.body), *subterms(term.guard))
    return any((isinstance(t, Var) and t not in term.vars) or (isinstance(t, State) and t.at != "now") for t in inside)


def _scaled(p: Polynomial | None, factor: Fraction) -> Polynomial | None:
    return None if p is None else {m: c * factor for m, c in p.items()}


def _added(p: Polynomial | None, q: Polynomial | None) -> Polynomial | None:
    if p is None or q is None:
        return None
    out = dict(p)
    for monomial, c in q.items():
        out[monomial] = out.get(monomial, Fraction(0)) + c
    return {m: c for m, c in out.items() if c}


def _multiplied(p: Polynomial | None, q: Polynomial | None) -> Polynomial | None:
    if p is None or q is None or len(p) * len(q) > 16:
        return None
    out: Polynomial | None = {}
    for m1, c1 in p.items():
        out = _added(out, {tuple(sorted((*m1, *m2), key=repr)): c1 * c2 for m2, c2 in q.items()})
    return out


def _product(monomial: Monomial) -> Term:
    if len(monomial) == 1:
        return monomial[0]
    ty = REAL if any(t.ty == REAL for t in monomial) else INT
    return Op("mul", tuple(_lifted(t, real=ty == REAL) for t in monomial), ty)


def _lifted(term: Term, *, real: bool) -> Term:
    return Op("to_real", (term,), REAL) if real and term.ty == INT else term


# ---------------------------------------------------------------------------------------------- formulas


def comparison(op: Literal["le", "lt", "eq"], terms: tuple[Term, ...], factors: Sequence[Fraction]) -> Term | None:
    """`forall …: Σ c·t op 0`, with whole factors and every term on the side where it counts as positive; None where no
    state is left in it."""
    body = atom(op, terms, factors)
    return None if body is None or not _reads_state(body) else closed(body)


def atom(op: Literal["le", "lt", "eq"], terms: Sequence[Term], factors: Sequence[Fraction]) -> Term | None:
    """The same of one arbitrary member each sort; None where it speaks of no number."""
    scale = lcm(*(c.denominator for c in factors))
    left: list[tuple[int, Term]] = []
    right: list[tuple[int, Term]] = []
    for c, term in zip(factors, terms, strict=True):
        n = int(c * scale)
        if n:
            (left if n > 0 else right).append((abs(n), term))
    used = [t for _, t in (*left, *right) if not isinstance(t, Const)]
    if not used:
        return None
    real = any(t.ty == REAL for t in used)
    return Op(op, (_side(left, real=real), _side(right, real=real)), BOOL)


def closed(body: Term) -> Term:
    """A formula of every member."""
    for var in reversed(members_in(body)):
        body = Quant("forall", var, body)
    return body


def _reads_state(body: Term) -> bool:
    return any(isinstance(t, State) for t in subterms(body))


def _side(parts: list[tuple[int, Term]], *, real: bool) -> Term:
    ty = REAL if real else INT
    summands: list[Term] = []
    for n, term in parts:
        number = Const(Fraction(n) if real else n, ty)
        if isinstance(term, Const):
            summands.append(number)
        elif n == 1:
            summands.append(_lifted(term, real=real))
        else:
            summands.append(Op("mul", (number, _lifted(term, real=real)), ty))
    if not summands:
        return Const(Fraction(0) if real else 0, ty)
    return summands[0] if len(summands) == 1 else Op("add", tuple(summands), ty)


def members_in(*terms: Term) -> tuple[Var, ...]:
    """The free member variables of terms, in order."""
    found = dict.fromkeys(s for t in terms for s in _outside_sums(t) if isinstance(s, Var))
    return tuple(sorted(found, key=lambda v: v.name))


def _outside_sums(term: Term) -> Iterator[Term]:
    if isinstance(term, Agg):
        return
    yield term
    match term:
        case State(_, keys) | Param(_, keys):
            for key in keys:
                yield from _outside_sums(key)
        case Op(_, args):
            for arg in args:
                yield from _outside_sums(arg)
        case _:
            pass
