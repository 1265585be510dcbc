"""Spacer as a guesser: invariants of a linear abstraction of a small scope, or a path that seems to break the goal.

It knows nothing of products (each is an unknown of its own) and of more members than a few, so nothing that it says is
believed: its invariants are put into terms of the language and proved as ordinary obligations, its paths are searched
exactly and replayed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from verifier.engines.members import for_all
from verifier.engines.quantities import atom
from verifier.language.types import Unit
from verifier.logic.horn import Horn, Searched, horn_clauses
from verifier.logic.linear import Linear, Linearised, NotLinearError
from verifier.logic.sexpr import Sexpr, read_all
from verifier.logic.solvers.z3_horn import HornAnswer, solve
from verifier.system.rewrite import rewrite, subterms
from verifier.system.terms import BOOL, FALSE, REAL, TRUE, Agg, Const, Op, State, Term, Var, negate
from verifier.system.transition import System
from verifier.system.units import unit_of, units_of

RESOURCES = 1_500_000
"""Solver resource units for one question."""

ONE = Const(Fraction(1), REAL)


@final
@dataclass(frozen=True, slots=True)
class Guessed:
    """Formulas that may be invariants, or the actions of a run that may break the goal; both may be empty."""

    lemmas: tuple[Term, ...]
    path: tuple[str, ...]
    answer: HornAnswer


def guess(system: System, prop: Searched, goal: Term, known: tuple[Term, ...], members: int) -> Guessed | None:
    """What Spacer says with so many members in every sort; None where the system is beyond it."""
    try:
        horn = horn_clauses(system, prop, goal, known, members)
    except NotLinearError:
        return None
    if horn is None or not horn.terms:
        return None
    answer = solve(horn.text, RESOURCES)
    match answer.status:
        case "solved":
            return Guessed(tuple(dict.fromkeys(_lemmas(system, horn, answer.solution))), (), answer)
        case "refuted":
            return Guessed((), _path(horn, answer.path), answer)
        case "unknown":
            return Guessed((), (), answer)


def _path(horn: Horn, names: tuple[str, ...]) -> tuple[str, ...]:
    """The actions of the rules along a path."""
    out: list[str] = []
    for name in names:
        number = name.removeprefix("step").removeprefix("bad")
        if number.isdigit():
            out.append(horn.actions[int(number)])
    return tuple(out)


# ---------------------------------------------------------------------------------------------- back into terms


def _lemmas(system: System, horn: Horn, solution: str) -> Iterator[Term]:
    """The conjuncts of the predicate, of every member; once more with sums in place of the entries of maps, as the
    scope has one member only."""
    found = _predicate(read_all(solution))
    if found is None:
        return
    names, body = found
    if len(names) != len(horn.terms):
        return
    back = _Back(system, dict(zip(names, horn.terms, strict=True)))
    for part in _conjuncts(body, {}):
        clause = back.formula(*part)
        if clause is None or clause in (TRUE, FALSE) or not any(isinstance(t, State) for t in subterms(clause)):
            continue
        yield for_all(system, clause)
        summed = rewrite(clause, _summed)
        if summed != clause:
            yield for_all(system, summed)


def _predicate(expressions: tuple[Sexpr, ...]) -> tuple[tuple[str, ...], Sexpr] | None:
    """The arguments and the body of `(= (Inv …) body)`, wherever it stands."""
    stack = list(expressions)
    while stack:
        match stack.pop():
            case ("=", ("Inv", *names), body):
                return tuple(n for n in names if isinstance(n, str)), body
            case tuple() as parts:
                stack.extend(parts)
            case _:
                pass
    return None


Lets = Mapping[str, Sexpr]


def _conjuncts(e: Sexpr, lets: Lets) -> Iterator[tuple[Sexpr, Lets]]:
    match e:
        case ("and", *parts):
            for part in parts:
                yield from _conjuncts(part, lets)
        case ("let", tuple() as bindings, body):
            yield from _conjuncts(body, _bound(bindings, lets))
        case ("!", body, *_):
            yield from _conjuncts(body, lets)
        case ("not", ("or", *parts)):
            for part in parts:
                yield from _conjuncts(("not", part), lets)
        case _:
            yield e, lets


def _bound(bindings: tuple[Sexpr, ...], lets: Lets) -> Lets:
    out = dict(lets)
    for binding in bindings:
        match binding:
            case (str(name), value):
                out[name] = _replaced(value, lets)
            case _:
                pass
    return out


def _replaced(e: Sexpr, lets: Lets) -> Sexpr:
    if isinstance(e, str):
        return lets.get(e, e)
    return tuple(_replaced(part, lets) for part in e)


def _summed(term: Term) -> Term | None:
    match term:
        case State(name, keys, ty) if ty.numeric and keys and all(isinstance(k, Var) for k in keys):
            vars_ = tuple(k for k in keys if isinstance(k, Var))
            return Agg("sum", vars_, State(name, keys, ty), TRUE, ty)
        case _:
            return None


@final
@dataclass(slots=True)
class _Back:
    """Formulas over arguments of the predicate as terms. None stands for what can't be said in the language."""

    system: System
    terms: Mapping[str, Term | None]
    linear: Linearised = field(default_factory=Linearised)

    def __post_init__(self) -> None:
        self.linear.sorts = {n: "Bool" if t is not None and t.ty == BOOL else "Real" for n, t in self.terms.items()}

    def formula(self, e: Sexpr, lets: Lets) -> Term | None:
        """A truth value."""
        match e:
            case "true":
                return TRUE
            case "false":
                return FALSE
            case str():
                return self.formula(lets[e], {}) if e in lets else self.terms.get(e)
            case ("!", body, *_):
                return self.formula(body, lets)
            case ("let", tuple() as bindings, body):
                return self.formula(body, _bound(bindings, lets))
            case ("not", inner):
                known = self.formula(inner, lets)
                return None if known is None else _denied(known)
            case ("and" | "or" as word, *parts):
                terms = [self.formula(p, lets) for p in parts]
                known_terms = tuple(t for t in terms if t is not None)
                return Op(word, known_terms, BOOL) if len(known_terms) == len(terms) else None
            case ("<=" | ">=" | "<" | ">" | "=" as word, left, right):
                return self._comparison(word, _replaced(left, lets), _replaced(right, lets))
            case _:
                return None

    def _comparison(self, word: str, left: Sexpr, right: Sexpr) -> Term | None:
        if word == "=" and isinstance(left, str) and self.linear.sorts.get(left) == "Bool":
            one, two = self.formula(left, {}), self.formula(right, {})
            return None if one is None or two is None else Op("eq", (one, two), BOOL)
        try:
            numbers = self.linear.number(("-", left, right))
        except (NotLinearError, ValueError):
            return None
        if word in (">=", ">"):
            numbers = {p: -c for p, c in numbers.items()}
        op = "eq" if word == "=" else "le" if word in ("<=", ">=") else "lt"
        return self._atom(op, numbers)

    def _atom(self, op: str, numbers: Linear) -> Term | None:
        if any(len(p) > 1 for p in numbers):
            return None
        pairs = [(self.terms[p[0]] if p else ONE, c) for p, c in numbers.items()]
        terms = tuple(t for t, _ in pairs if t is not None)
        if len(terms) < len(pairs):
            return None
        factors = [c for _, c in pairs]
        enums = [t for t in terms if t.ty.kind == "enum"]
        if enums:
            return self._of_enum(op, terms, factors) if len(enums) == 1 and len(terms) <= 2 else None
        units = units_of(self.system)
        known: set[Unit | None] = {unit_of(t, units) for t in terms if not isinstance(t, Const)}
        if len(known) != 1:
            return None
        match op:
            case "eq":
                return atom("eq", terms, factors)
            case "le":
                return atom("le", terms, factors)
            case _:
                return atom("lt", terms, factors)

    def _of_enum(self, op: str, terms: tuple[Term, ...], factors: list[Fraction]) -> Term | None:
        """A comparison of an enum's number with a constant, as the members for which it is true."""
        (enum,) = (t for t in terms if t.ty.kind == "enum")
        total = dict(zip(terms, factors, strict=True))
        members: list[Term] = []
        for index in range(len(self.system.sort(enum.ty.name).members)):
            value = total[enum] * index + total.get(ONE, Fraction(0))
            if (value == 0) if op == "eq" else (value <= 0) if op == "le" else (value < 0):
                members.append(Op("eq", (enum, Const(index, enum.ty)), BOOL))
        if not members:
            return FALSE
        return members[0] if len(members) == 1 else Op("or", tuple(members), BOOL)


def _denied(term: Term) -> Term:
    """The negation, as a comparison where it is one."""
    match term:
        case Op("le", (left, right)):
            return Op("lt", (right, left), BOOL)
        case Op("lt", (left, right)):
            return Op("le", (right, left), BOOL)
        case _:
            return negate(term)
