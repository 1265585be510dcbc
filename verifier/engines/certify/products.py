"""Arithmetic certificates: non-negative multiples of products of facts that add up to a contradiction.

That there are such multiples is a linear programme over the monomials (Handelman, Krivine); a solver for linear
arithmetic finds them exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import final

from verifier.kernel.formulas import Algebra
from verifier.kernel.polynomials import Monomial, Number, Poly, constant, divides, plain
from verifier.language.frozen import dataclass
from verifier.logic.smtlib import literal

MOST_PRODUCTS = 3000
MOST_FACTORS = 4
"""Unknowns by which a product of facts is multiplied."""

Chosen = tuple[int, ...]
"""The places of the facts of a product, in order."""
Rows = dict[Monomial, dict[str, Number]]
"""For each monomial, its coefficients in the columns of the linear programme."""


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """`poly >= 0`, `> 0` or `= 0`."""

    kind: str
    poly: Poly


@final
@dataclass(frozen=True, slots=True)
class Combination:
    """The multiples: of products of facts (by their places), and polynomials for equations (by their places)."""

    products: tuple[tuple[Fraction, tuple[int, ...]], ...]
    equations: tuple[tuple[Poly, int], ...]


Solve = Callable[[str], dict[str, Fraction] | None]
"""The values of the unknowns of a linear text, or None where there are none."""


def combination(
    algebra: Algebra, facts: Sequence[Fact], degree: int, solve: Solve, rounds: int = 0
) -> Combination | None:
    """A contradiction from products of at most `degree` facts, or None. In so many `rounds`, products are also
    multiplied by unknowns that are not negative, so that their terms meet terms that are about."""
    usable = [i for i, f in enumerate(facts) if f.kind in ("ge", "gt")]
    equations = [i for i, f in enumerate(facts) if f.kind == "eq"]
    columns: dict[Chosen, Poly] = {(): constant(1)}
    for n in range(1, degree + 1):
        for chosen in combinations_with_replacement(usable, n):
            columns[chosen] = algebra.times(columns[chosen[:-1]], facts[chosen[-1]].poly)
            if len(columns) > MOST_PRODUCTS:
                return None
    signs = _signs(facts)
    for _ in range(rounds):
        _meet(algebra, facts, columns, signs)
    names = {f"p{n}": chosen for n, chosen in enumerate(columns)}
    rows: Rows = {}
    for name, chosen in names.items():
        for monomial, coefficient in columns[chosen].items():
            rows.setdefault(monomial, {})[name] = coefficient
    multipliers = _multiples(algebra, facts, equations, rows)
    vanishing = {name for name, chosen in names.items() if not columns[chosen]}
    kept = _of_use(rows, frozenset(multipliers)) | vanishing
    strict = [n for n, chosen in names.items() if n in kept and all(facts[i].kind == "gt" for i in chosen)]
    if not strict and all(rows.get((), {}).get(n, 0) >= 0 for n in kept):
        return None
    values = solve(_linear(rows, kept, strict, frozenset(multipliers)))
    if values is None:
        return None
    products = tuple((values[name], chosen) for name, chosen in names.items() if values.get(name))
    found: dict[int, Poly] = {}
    for name, (i, monomial) in multipliers.items():
        if values.get(name):
            found.setdefault(i, {})[monomial] = plain(values[name])
    return Combination(products, tuple((poly, i) for i, poly in found.items()))


def _signs(facts: Sequence[Fact]) -> dict[int, int]:
    """For each unknown that a fact says not to be negative, the place of that fact."""
    out: dict[int, int] = {}
    for i, fact in enumerate(facts):
        if fact.kind in ("ge", "gt") and len(fact.poly) == 1:
            ((monomial, coefficient),) = fact.poly.items()
            if len(monomial) == 1 and coefficient > 0 and (monomial[0] not in out or fact.kind == "gt"):
                out[monomial[0]] = i
    return out


def _meet(algebra: Algebra, facts: Sequence[Fact], columns: dict[Chosen, Poly], signs: Mapping[int, int]) -> None:
    """Multiples of the columns of which some term meets a term of another column."""
    about = {m for poly in columns.values() for m in poly}
    for chosen, poly in list(columns.items()):
        if not chosen:
            continue
        factors = {divides(own, other) for own in poly for other in about}
        for factor in sorted(f for f in factors if f and len(f) <= MOST_FACTORS and all(a in signs for a in f)):
            wider = tuple(sorted((*chosen, *(signs[a] for a in factor))))
            if wider not in columns:
                columns[wider] = algebra.times(poly, *(facts[signs[a]].poly for a in factor))
        if len(columns) > MOST_PRODUCTS:
            return


def _of_use(rows: Rows, free: frozenset[str]) -> frozenset[str]:
    """The columns that may be other than zero: each of their terms is met by one of the opposite sign."""
    gone: set[str] = set()
    pending = {m: dict(terms) for m, terms in rows.items() if m}
    while True:
        lonely: set[str] = set()
        for terms in pending.values():
            signs = {0 if name in free else 1 if c > 0 else -1 for name, c in terms.items()}
            if terms and (len(terms) == 1 or signs in ({1}, {-1})):
                lonely.update(terms)
        if not lonely:
            return frozenset(n for terms in rows.values() for n in terms if n not in gone)
        gone |= lonely
        pending = {m: {n: c for n, c in terms.items() if n not in lonely} for m, terms in pending.items()}


def _multiples(
    algebra: Algebra, facts: Sequence[Fact], equations: list[int], rows: Rows
) -> dict[str, tuple[int, Monomial]]:
    """An unknown for each multiple of an equation by a monomial that is about."""
    if not equations:
        return {}
    widest = max((len(m) for m in rows), default=0)
    about: set[Monomial] = {()}
    for monomial in rows:
        about.update(_parts(monomial))
    out: dict[str, tuple[int, Monomial]] = {}
    for i in equations:
        own = max(len(m) for m in facts[i].poly)
        for monomial in sorted(about):
            if len(monomial) + own <= widest + 1 and len(out) < MOST_PRODUCTS:
                name = f"e{len(out)}"
                out[name] = (i, monomial)
                for m, c in algebra.times(facts[i].poly, {monomial: 1}).items():
                    rows.setdefault(m, {})[name] = c
    return out


def _parts(monomial: Monomial) -> set[Monomial]:
    out: set[Monomial] = {()}
    for atom in monomial:
        out |= {tuple(sorted((*part, atom))) for part in out}
    return out


def _linear(rows: Rows, kept: frozenset[str], strict: list[str], free: frozenset[str]) -> str:
    lines = [f"(declare-const {name} Real)" for name in sorted(kept)]
    lines += [f"(assert (>= {name} 0.0))" for name in sorted(kept - free)]
    total = "0.0"
    for monomial, terms in rows.items():
        summed = _sum([f"(* {literal(c)} {name})" for name, c in terms.items() if name in kept])
        if not monomial:
            total = summed
        elif summed != "0.0":
            lines.append(f"(assert (= {summed} 0.0))")
    # The constant is at most zero, and zero only where some product is above zero.
    lines.append(f"(assert (<= {total} 0.0))")
    lines.append(f"(assert (>= (- {_sum(strict)} {total}) 1.0))")
    return "\n".join(lines) + "\n"


def _sum(terms: Sequence[str]) -> str:
    if not terms:
        return "0.0"
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"
