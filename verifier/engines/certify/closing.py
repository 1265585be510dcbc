"""The end of a branch: facts that contradict one another, and the arithmetic that shows it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verifier.engines.certify.asking import solve
from verifier.engines.certify.gather import ARITHMETIC, Item, is_clause, mark
from verifier.engines.certify.literals import MOST_NESTED, both_ways, common_factor, cut, leading, sign
from verifier.engines.certify.products import Combination, Fact, combination
from verifier.engines.certify.tree import Lost, Path, Tree
from verifier.kernel.check import Place
from verifier.kernel.facts import Ref, arithmetic
from verifier.kernel.formulas import FALSE, LITERALS, Algebra, Formula, Refused
from verifier.kernel.polynomials import Monomial

MOST_OUTRIGHT = 45
PLANS: tuple[tuple[int, int, int], ...] = (
    (1, 0, 80),
    (1, 2, 24),
    (2, 0, 50),
    (2, 1, 16),
    (3, 0, 18),
    (2, 2, 10),
    (4, 0, 10),
    (5, 0, 7),
)
"""Degrees of products and rounds of multiples, with the greatest number of facts for which they are tried."""


def finished(search: Tree, place: Place, core: list[Item], items: list[Item], path: Path) -> Any:
    """Close with arithmetic, or take the core apart."""
    for item in core:
        if item.formula == FALSE:
            return ["close", [["1", [item.ref]]], []]
    roots = dict.fromkeys(root for root in map(_root, (i.ref for i in core)) if root is not None)
    below = replace(path, focus=tuple(roots))
    clauses = [i for i in core if is_clause(i.formula)]
    if clauses:
        smallest = min(clauses, key=lambda i: len(i.formula[1]) if i.formula[0] == "or" else 2)
        return search.apart(place, smallest.ref, smallest.formula, below)
    rule = _rule(search, core, alone=True)
    if rule is not None:
        return search.used(place, rule, below)
    flags = [i for i in core if i.formula[0] == "is"]
    both_are = any(("is", i.formula[1], not i.formula[2]) == j.formula for i in flags for j in flags)
    truth = next((i for i in flags if both_are or i.ref[0] != "case"), None)
    if truth is not None:
        return search.apart(place, truth.ref, truth.formula, below)
    both = both_ways(core)
    simple = both is not None and len(leading(dict(both[1]), search.atoms) or ()) == 1
    if both is not None and simple:
        return _equated(search, place, both, below)
    found = _combination(search, place, core, items)
    if found is not None:
        return found
    rule = _rule(search, core, alone=False)
    if rule is not None:
        return search.used(place, rule, below)
    if both is not None:
        return _equated(search, place, both, below)
    cleared = _cleared(search, place, core, items, below)
    if cleared is not None:
        return cleared
    factor = common_factor(place, path.tried)
    if factor is not None:
        literal, used = factor
        return search.split(place, literal, replace(below, tried=path.tried | {used}, depth=path.depth))
    known = sign(place, core, items)
    if known is not None:
        return search.split(place, known, replace(below, focus=None))
    whole = with_cut(search, place, path)
    if whole is not None:
        return whole
    raise Lost("no arithmetic certificate was found")


def with_cut(search: Tree, place: Place, path: Path) -> Any:
    """Go on with one fact more that follows because numbers are whole, if there is one."""
    if path.absurd:
        return None
    items = search.everything(place, path).run()
    literal = cut(place, items)
    if literal is None:
        return None
    yes, no = place.split(literal)
    proofs = search.tree(yes, replace(path, focus=None).down()), search.tree(no, replace(path, absurd=True).down())
    return ["split", search.table.formula(literal), *proofs]


def outright(search: Tree, place: Place, items: list[Item]) -> Any:
    """Close with products of two facts, whichever they are."""
    chosen = [i for i in items if i.formula[0] in ARITHMETIC]
    if len(chosen) > MOST_OUTRIGHT:
        return None
    facts = [Fact(*arithmetic(i.formula)) for i in chosen]
    found = combination(place.facts.evaluator.algebra, facts, 2, solve)
    return _closed(search, found, chosen) if found is not None else None


def _equated(search: Tree, place: Place, equation: Formula, path: Path) -> Any:
    """Use an equation that two inequalities amount to as a rule. Where it has been excluded, the cases that exclude
    it are left to look at."""
    for i, case in enumerate(place.cases):
        if case == ("ne", equation[1]):
            return search.apart(place, ["case", i], case, path)
    yes, no = place.split(equation)
    monomial = leading(dict(equation[1]), search.atoms)
    if monomial is None:
        raise Lost("no arithmetic certificate was found")
    ref = ["case", len(yes.cases) - 1]
    rule = search.used(yes, (ref, monomial), path)
    return ["split", search.table.formula(equation), rule, search.apart(no, ref, no.cases[-1], path)]


def _cleared(search: Tree, place: Place, core: list[Item], items: list[Item], path: Path) -> Any:
    """Multiply an inequality by the divisors in it, which are positive."""
    algebra, shapes = place.facts.evaluator.algebra, search.atoms.shapes
    bare = Algebra(search.atoms, {}, place.rules)
    known = {i.formula: i.ref for i in items}
    for item in core:
        if item.formula[0] not in ("ge", "gt"):
            continue
        kind, product = arithmetic(item.formula)
        refs = [item.ref]
        while len(refs) <= MOST_NESTED:
            divisor = next((a for m in product for a in m if shapes[a][0] == "inverse"), None)
            if divisor is None:
                break
            poly = algebra.normal(dict(shapes[divisor][1]))
            ref = known.get(bare.gt(poly))
            if ref is None:
                break
            product = algebra.times(product, poly)
            refs.append(ref)
        literal = algebra.gt(product) if kind == "gt" else algebra.ge(product)
        if len(refs) == 1 or literal[0] not in LITERALS or literal in known:
            continue
        yes, no = place.split(literal)
        against = dict(no.cases[-1][1])
        monomial = next(m for m in against if m)
        ratio = -Fraction(against[monomial]) / product[monomial]
        close = ["close", [["1", [["case", len(place.cases)]]], [str(ratio), refs]], []]
        try:
            no.prove(json.loads(json.dumps(close)))
        except Refused:
            continue
        path = replace(path, done=path.done | {mark(item.ref, item.formula)})
        return ["split", search.table.formula(literal), search.tree(yes, path.down()), close]
    return None


def _combination(search: Tree, place: Place, core: list[Item], items: list[Item]) -> Any:
    numeric = [i for i in core if i.formula[0] in ARITHMETIC]
    about = {a for i in numeric for m, _ in i.formula[1] for a in m}
    near = [i for i in items if i not in core and i.formula[0] in ARITHMETIC and _is_bound(i.formula, about)]
    tried: set[tuple[int, int, int]] = set()
    for degree, rounds, most in PLANS:
        for chosen in (numeric, [*numeric, *near]):
            if len(chosen) > most or (degree, rounds, len(chosen)) in tried:
                continue
            tried.add((degree, rounds, len(chosen)))
            facts = [Fact(*arithmetic(i.formula)) for i in chosen]
            found = combination(place.facts.evaluator.algebra, facts, degree, solve, rounds)
            if found is not None:
                return _closed(search, found, chosen)
    return None


def _closed(search: Tree, found: Combination, items: list[Item]) -> Any:
    products = [[str(c), [items[i].ref for i in chosen]] for c, chosen in found.products]
    equations = [[search.table.poly(poly), items[i].ref] for poly, i in found.equations]
    return ["close", products, equations]


def _rule(search: Tree, core: list[Item], *, alone: bool) -> tuple[Ref, Monomial] | None:
    """An equation that gets rid of an atom (`alone`) or of a product."""
    for item in core:
        if item.formula[0] != "eq":
            continue
        monomial = leading(dict(item.formula[1]), search.atoms)
        if monomial is not None and (len(monomial) == 1 or not alone):
            return item.ref, monomial
    return None


def _is_bound(formula: Formula, about: set[int]) -> bool:
    """Whether a fact bounds unknowns that the others speak of, and multiplies none."""
    return all(len(m) <= 1 and (not m or m[0] in about) for m, _ in formula[1])


def _root(ref: Ref) -> Ref | None:
    """The label that a reference begins with, or None for a case, a definition or a range."""
    if isinstance(ref, str):
        return ref
    match ref:
        case ["part" | "guard" | "open", inner, *_]:
            return _root(inner)
        case _:
            return None
