"""What is decided before the goal is looked at: parameters that are given, divisors that are not zero, conditions that
always or never hold."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verifier.engines.certify.asking import contradict
from verifier.engines.certify.gather import Item, atoms_of, inner_atoms, parts
from verifier.engines.certify.literals import MOST_NESTED, leading
from verifier.engines.certify.tree import Path, Tree
from verifier.kernel.check import Place
from verifier.kernel.formulas import LITERALS, Formula, Refused
from verifier.kernel.polynomials import Poly, added, constant, scaled, value_of


def prepared(search: Tree, place: Place, path: Path) -> Any:
    """Decide what can be decided whatever the goal is: parameters that are given, divisors that are not zero,
    conditions that always or never hold. Every fact below gets simpler by it."""
    algebra = place.facts.evaluator.algebra
    for label in place.facts.labels():
        for item in parts(label, place.facts.closed(label)) if label.startswith("assume") else ():
            monomial = leading(dict(item.formula[1]), search.atoms) if item.formula[0] == "eq" else None
            if monomial is not None and len(monomial) == 1:
                return search.used(place, (item.ref, monomial), path)
    gathering = search.everything(place, path)
    items = gathering.run()
    about = dict.fromkeys(atoms_of(place.facts.closed("goal"), search.atoms.shapes))
    for atom in sorted(inner_atoms([*gathering.atoms, *about], search.atoms)):
        if search.atoms.stars[atom] or search.atoms.shapes[atom][0] not in ("inverse", "if"):
            continue
        name = search.atoms.text(atom)
        if name in path.tried:
            continue
        path = replace(path, tried=path.tried | {name})
        kind, inner = search.atoms.shapes[atom]
        if kind == "inverse":
            step = _divisor(search, place, atom, algebra.normal(dict(inner)), items, path)
        else:
            step = _condition(search, place, algebra.literal(inner), items, path)
        if step is not None:
            return step
    return None


def _condition(search: Tree, place: Place, literal: Formula, items: list[Item], path: Path) -> Any:
    """Split on a condition of which the facts exclude one side."""
    if literal[0] not in LITERALS:
        return None
    negation = place.facts.evaluator.algebra.negation(literal)
    for absurd in (literal, negation):
        if contradict([*items, Item("", absurd)], place):
            yes, no = place.split(literal)
            here, there = replace(path, absurd=True).down(), path.down()
            on, off = (here, there) if absurd == literal else (there, here)
            return ["split", search.table.formula(literal), search.tree(yes, on), search.tree(no, off)]
    return None


def _not_zero(search: Tree, place: Place, poly: Poly, items: list[Item], path: Path) -> Any:
    """Split on whether a number is above zero, or is zero, of which the facts exclude one side."""
    algebra = place.facts.evaluator.algebra
    for literal in (algebra.gt(poly), algebra.eq(poly)):
        step = _condition(search, place, literal, items, path)
        if step is not None:
            return step
    return None


def _divisor(search: Tree, place: Place, atom: int, poly: Poly, items: list[Item], path: Path) -> Any:
    """Split on a divisor's being zero, where it can't be, and use that a number times its inverse is one."""
    step = _not_zero(search, place, poly, items, replace(path, tried=path.tried - {search.atoms.text(atom)}))
    if step is not None:
        return step
    index = search.table.atom(atom)
    formula = place.facts.closed(["def", index, 0])
    if formula[0] != "eq":
        return None
    flat = _flattened(search, place, atom, poly, items, path)
    if flat is not None:
        return flat
    monomial = leading(dict(formula[1]), search.atoms)
    if monomial is None:
        return None
    return search.used(place, (["def", index, 0], monomial), path)


def _flattened(search: Tree, place: Place, atom: int, poly: Poly, items: list[Item], path: Path) -> Any:
    """Use `1/p = m/n` where p has inverses in it, and times their divisors, m, it is n, which has none."""
    algebra, shapes = place.facts.evaluator.algebra, search.atoms.shapes
    number, factor = poly, constant(1)
    for _ in range(MOST_NESTED):
        inside = [a for m in number for a in m if shapes[a][0] == "inverse"]
        if not inside:
            break
        divisor = algebra.normal(dict(shapes[inside[0]][1]))
        number, factor = algebra.times(number, divisor), algebra.times(factor, divisor)
    else:
        return None
    if factor == constant(1) or value_of(number) is not None:
        return None
    turned = algebra.inverse(number)
    if len(turned) != 1:
        return None
    (monomial,) = turned
    if len(monomial) != 1 or shapes[monomial[0]][0] != "inverse":
        return None
    divisor = algebra.normal(dict(shapes[monomial[0]][1]))
    step = _not_zero(search, place, divisor, items, path)
    if step is not None:
        return step
    definition = ["def", search.table.atom(monomial[0]), 0]
    if place.facts.closed(definition)[0] != "eq":
        return None
    value = algebra.times(turned, factor)
    equation = algebra.eq(added({(atom,): 1}, value, -1))
    if equation[0] != "eq":
        return None
    yes, no = place.split(equation)
    ref, last = ["case", len(place.cases)], ["case", len(place.cases) + 1]
    own = ["def", search.table.atom(atom), 0]
    apart: list[Any] = []
    for below in no.alternatives(ref):
        case = dict(below.cases[-1][1]).get((atom,), 0)
        if not case:
            return None
        # (p a - 1) v - (n b - 1) a = a - v, where a = 1/p, b = 1/n, v = m b and p m = n.
        ours, theirs = (-dict(place.facts.closed(r)[1]).get((), -1) for r in (own, definition))
        sign = 1 if case > 0 else -1
        equations = [
            [search.table.poly(scaled(value, Fraction(-sign) / ours)), own],
            [search.table.poly({(atom,): Fraction(sign) / theirs}), definition],
        ]
        close = ["close", [[str(1 / abs(Fraction(case))), [last]]], equations]
        try:
            below.prove(json.loads(json.dumps(close)))
        except Refused:
            return None
        apart.append(close)
    return ["split", search.table.formula(equation), search.used(yes, (ref, (atom,)), path), ["cases", ref, apart]]
