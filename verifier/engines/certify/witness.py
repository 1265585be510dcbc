"""What to put for a choice that an `enabled` leaves open: the bounds that the action's own conditions set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any, final

from verifier.engines.certify.gather import inner_atoms
from verifier.engines.certify.table import TableWriter
from verifier.kernel.atoms import Atoms
from verifier.kernel.core import Core, Variable
from verifier.kernel.evaluate import Env, Evaluator, Value
from verifier.kernel.execute import Run, any_state, any_values
from verifier.kernel.formulas import Algebra, Formula, Undecided
from verifier.kernel.polynomials import Poly, added, constant, scaled

MOST_TRIED = 24
HALF = Fraction(1, 2)


@final
@dataclass(frozen=True, slots=True)
class Bounds:
    """Values between which conditions keep an unknown."""

    lower: tuple[Poly, ...]
    upper: tuple[Poly, ...]


def witnesses(core: Core, claim: Mapping[str, Any], atoms: Atoms, table: TableWriter) -> Iterator[dict[str, Any]]:
    """Choices for all that is left open, as a proof writes them; the most promising first."""
    evaluator = Evaluator(core, Algebra(atoms))
    action, run = core.actions[claim["action"]], Run(evaluator)
    free = any_values(evaluator, (Variable(name, (), ty, None, None) for name, ty in claim["free"]))
    env = Env({"now": any_state(core, evaluator, "before")}, free)
    args: dict[str, Value] = {}
    open_: list[Variable] = []
    for variable, given in zip(action.args, claim["args"], strict=True):
        if given is None:
            open_.append(variable)
            args[variable.name] = evaluator.unknown(variable, ("local", variable.name, 1))
        else:
            args[variable.name] = evaluator.value(given, env)
    try:
        run.action(action, args, env.now)
        needs = [*run.needs, evaluator.value(claim["when"], env)]
    except Undecided:
        needs = []
    open_ += [Variable(s[1][0], (), s[1][1], s[3], s[4]) for s in _choices(action.body)]
    options = [list(_options(evaluator, v, free, needs, table)) for v in open_]
    for chosen in islice(product(*options), MOST_TRIED):
        yield {v.name: value for v, value in zip(open_, chosen, strict=True)}


def _choices(body: list[Any]) -> Iterator[Any]:
    for stmt in body:
        match stmt[0]:
            case "choose":
                yield stmt
            case "if":
                yield from _choices(stmt[2])
                yield from _choices(stmt[3])


def _options(
    evaluator: Evaluator, variable: Variable, free: Mapping[str, Value], needs: list[Formula], table: TableWriter
) -> Iterator[Any]:
    core, ty = evaluator.core, variable.ty
    if ty == "bool":
        yield from (True, False)
        return
    if core.is_open(ty):
        for value in free.values():
            if isinstance(value, tuple) and value[0] == "member" and evaluator.algebra.atoms.sorts[value[1]] == ty[1]:
                yield [table.atom(value[1])]
        return
    if core.is_finite(ty):
        for index in range(core.sizes[ty[1]] or 0):
            yield table.poly(constant(index))
        return
    atoms = evaluator.algebra.atoms
    number = next((atoms.numbers[s] for s in atoms.shapes if s[:2] == ("local", variable.name)), None)
    bounds = _bounds(evaluator.algebra, number, needs) if number is not None else Bounds((), ())
    seen: list[Poly] = []
    for value in _values(evaluator.algebra, bounds):
        rounded = evaluator.algebra.floor(value) if ty == "int" else value
        if rounded not in seen:
            seen.append(rounded)
            yield table.poly(rounded)


def _values(algebra: Algebra, bounds: Bounds) -> Iterator[Poly]:
    least = _extreme(algebra, bounds.upper, larger=False)
    greatest = _extreme(algebra, bounds.lower, larger=True)
    if least is not None:
        yield least
    if greatest is not None:
        yield greatest
        yield added(greatest, constant(1))
    if least is not None and greatest is not None:
        yield algebra.times({(): HALF}, added(least, greatest))
    if least is not None:
        yield algebra.times({(): HALF}, least)
    yield from bounds.upper
    yield from bounds.lower
    yield constant(0)
    yield constant(1)


def _extreme(algebra: Algebra, values: tuple[Poly, ...], *, larger: bool) -> Poly | None:
    if not values:
        return None
    out = values[0]
    for value in values[1:]:
        above = algebra.ge(added(value, out, -1))
        out = algebra.chosen(above, value, out) if larger else algebra.chosen(above, out, value)
    return out


def _bounds(algebra: Algebra, unknown: int, needs: list[Formula]) -> Bounds:
    lower: list[Poly] = []
    upper: list[Poly] = []
    for literal in _literals(needs):
        factor: Poly = {}
        rest: Poly = {}
        linear = True
        for monomial, coefficient in literal[1]:
            if unknown not in monomial:
                rest[monomial] = coefficient
            elif monomial.count(unknown) == 1:
                factor[tuple(a for a in monomial if a != unknown)] = coefficient
            else:
                linear = False
        speaks = unknown in inner_atoms((a for m in (*factor, *rest) for a in m), algebra.atoms)
        if not factor or not linear or speaks:
            continue
        bound = algebra.times(scaled(rest, -1), algebra.inverse(factor))
        falls = all(c < 0 for c in factor.values())
        target = upper if falls else lower
        if bound not in target:
            target.append(bound)
        if literal[0] == "eq" and bound not in (other := lower if falls else upper):
            other.append(bound)
    return Bounds(tuple(lower), tuple(upper))


def _literals(formulas: list[Formula]) -> Iterator[Formula]:
    for formula in formulas:
        if formula[0] in ("and", "or"):
            yield from _literals(list(formula[1]))
        elif formula[0] in ("ge", "gt", "eq"):
            yield formula
