"""What to split on: literals that are not among the facts, and that make the rest of a proof easier."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.engines.certify.asking import contradict
from verifier.engines.certify.gather import ARITHMETIC, Item, atoms_of, inner_atoms
from verifier.kernel.atoms import Atoms
from verifier.kernel.check import Place
from verifier.kernel.formulas import LITERALS, Algebra, Formula
from verifier.kernel.polynomials import Monomial, Poly, added, constant, divides, frozen, scaled

MOST_NESTED = 6
"""Quotients inside one another."""
MOST_SWITCHES = 6
MOST_ROUNDED = 6
_RANK = {"local": 2, "if": 2, "floor": 2, "sum": 0}
"""Which kinds of atoms are better got rid of, where an equation lets choose."""


def switch(place: Place, goal: Formula) -> Formula | None:
    """A condition on which the goal's numbers depend, one that depends on no other condition."""
    algebra, shapes = place.facts.evaluator.algebra, place.atoms.shapes
    about = inner_atoms(atoms_of(goal, shapes), place.atoms)
    switches = [a for a in sorted(about) if shapes[a][0] == "if" and not place.atoms.stars[a]]
    if len(switches) > MOST_SWITCHES:
        return None
    for atom in switches:
        literal: Formula = shapes[atom][1]
        inside = inner_atoms(atoms_of(literal, shapes), place.atoms)
        if literal[0] in LITERALS and algebra.literal(literal) == literal and not inside & set(switches):
            return literal
    return None


def common_factor(place: Place, tried: frozenset[str]) -> tuple[Formula, str] | None:
    """Of `m * q > 0`, with a product m that is not negative: that q > 0."""
    algebra, ranges = place.facts.evaluator.algebra, place.atoms.ranges
    for case in place.cases:
        if case[0] not in ("ge", "gt") or str(case) in tried:
            continue
        terms = [m for m, _ in case[1] if m]
        constant_term = dict(case[1]).get((), 0)
        common = tuple(a for a in terms[0] if (ranges[a][0] or -1) >= 0 or ranges[a][0] == 0) if terms else ()
        for monomial in terms[1:]:
            common = _shared(common, monomial)
        if len(terms) < 2 or not common or constant_term > 0 or (case[0] == "ge" and not constant_term):
            continue
        rest = {divides(common, m) or (): c for m, c in case[1] if m}
        literal = algebra.gt(rest)
        if literal[0] in LITERALS:
            return literal, str(case)
    return None


def cut(place: Place, items: list[Item]) -> Formula | None:
    """The order of two rounded numbers, or the sign of one, that follows only because they are whole."""
    about = {a for i in items for a in atoms_of(i.formula, place.atoms.shapes)}
    rounded = [a for a in sorted(about) if place.atoms.shapes[a][0] == "floor"][:MOST_ROUNDED]
    algebra, known = place.facts.evaluator.algebra, {i.formula for i in items}
    pairs: list[Poly] = [{(a,): 1, (b,): -1} for a in rounded for b in rounded if a != b]
    signs: list[Poly] = [{(a,): 1} for a in rounded]
    wanted = [algebra.ge(algebra.normal(poly)) for poly in (*signs, *pairs)]
    for literal in [*(c for a in rounded for c in _divided(place.atoms, algebra, a)), *wanted]:
        if literal[0] not in LITERALS or literal in known:
            continue
        if contradict([*items, Item("", algebra.negation(literal))], place):
            return literal
    return None


def _divided(atoms: Atoms, algebra: Algebra, atom: int) -> Iterator[Formula]:
    """Of `q = floor(n / d)`: that `q d <= n < q d + d`. Where these are whole, `n <= q d + d - 1`."""
    shapes = atoms.shapes
    number, factor = algebra.normal(dict(shapes[atom][1])), constant(1)
    for _ in range(MOST_NESTED):
        inside = next((a for m in number for a in m if shapes[a][0] == "inverse"), None)
        if inside is None:
            break
        divisor = algebra.normal(dict(shapes[inside][1]))
        number, factor = algebra.times(number, divisor), algebra.times(factor, divisor)
    else:
        return
    if factor != constant(1):
        gap = added(number, algebra.times(algebra.of_atom(atom), factor), -1)
        yield algebra.gt(added(factor, gap, -1))
        yield algebra.ge(gap)


def sign(place: Place, core: list[Item], items: list[Item]) -> Formula | None:
    """An atom whose sign is not among the facts but follows from them: with it, lower degrees may do."""
    algebra = place.facts.evaluator.algebra
    numeric = [i for i in items if i.formula[0] in ARITHMETIC]
    known = {i.formula for i in numeric}
    for atom in dict.fromkeys(a for i in core if i.formula[0] in ARITHMETIC for m, _ in i.formula[1] for a in m):
        value = algebra.of_atom(atom)
        for literal in (algebra.gt(value), algebra.ge(value)):
            if literal in known:
                break
            if literal[0] in LITERALS and contradict([*numeric, Item("", algebra.negation(literal))], place):
                return literal
    return None


def both_ways(core: list[Item]) -> Formula | None:
    """The equation that two opposite inequalities amount to."""
    found = {i.formula[1] for i in core if i.formula[0] == "ge"}
    for poly in found:
        if frozen(scaled(dict(poly), -1)) in found:
            return ("eq", max(poly, frozen(scaled(dict(poly), -1)), key=lambda p: p[0][1] > 0))
    return None


def leading(poly: Poly, atoms: Atoms) -> Monomial | None:
    """A monomial that an equation gives: a lone atom that stands nowhere else in it, or the largest product."""
    counts: dict[int, int] = {}
    for monomial in poly:
        for atom in set(monomial):
            counts[atom] = counts.get(atom, 0) + 1
    lone = [m for m in poly if len(m) == 1 and counts[m[0]] == 1]
    if lone:
        # What is known of a sum is gathered while it stands there.
        return max(lone, key=lambda m: (_RANK.get(atoms.shapes[m[0]][0], 1), m))
    inverse = [m for m in poly if any(atoms.shapes[a][0] == "inverse" for a in m)]
    best = max(inverse or poly, key=lambda m: (len(m), m))
    if not best or any(m != best and set(best) <= set(m) for m in poly):
        return None
    return best


def _shared(left: Monomial, right: Monomial) -> Monomial:
    """The factors that two products have in common."""
    rest, out = list(right), []
    for atom in left:
        if atom in rest:
            rest.remove(atom)
            out.append(atom)
    return tuple(out)
