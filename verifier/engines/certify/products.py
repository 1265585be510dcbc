"""Arithmetic certificates: non-negative multiples of products of facts that add up to a contradiction.

That there are such multiples is a linear programme over the monomials (Handelman, Krivine); a solver for linear
arithmetic finds them exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import final

from verifier.engines.certify.text import literal
from verifier.kernel.formulas import Algebra
from verifier.kernel.polynomials import Monomial, Number, Poly, constant
from verifier.language.frozen import dataclass

MOST_PRODUCTS = 1500


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


def combination(algebra: Algebra, facts: Sequence[Fact], degree: int, solve: Solve) -> Combination | None:
    """A contradiction from products of at most `degree` facts, or None."""
    usable = [i for i, f in enumerate(facts) if f.kind in ("ge", "gt")]
    equations = [i for i, f in enumerate(facts) if f.kind == "eq"]
    choices: list[tuple[int, ...]] = [()]
    for n in range(1, degree + 1):
        choices.extend(combinations_with_replacement(usable, n))
        if len(choices) > MOST_PRODUCTS:
            return None
    rows: dict[Monomial, list[tuple[str, Number]]] = {}
    built: dict[tuple[int, ...], Poly] = {(): constant(1)}
    strict: list[str] = []
    for number, chosen in enumerate(choices):
        if chosen:
            built[chosen] = algebra.times(built[chosen[:-1]], facts[chosen[-1]].poly)
        for monomial, coefficient in built[chosen].items():
            rows.setdefault(monomial, []).append((f"p{number}", coefficient))
        if all(facts[i].kind == "gt" for i in chosen):
            strict.append(f"p{number}")
    multipliers = _multiples(algebra, facts, equations, rows)
    text = _linear(rows, len(choices), strict, list(multipliers))
    values = solve(text)
    if values is None:
        return None
    products = tuple((values[f"p{n}"], c) for n, c in enumerate(choices) if values.get(f"p{n}"))
    found: dict[int, Poly] = {}
    for name, (i, monomial) in multipliers.items():
        if values.get(name):
            found.setdefault(i, {})[monomial] = _plain(values[name])
    return Combination(products, tuple((poly, i) for i, poly in found.items()))


def _plain(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def _multiples(
    algebra: Algebra, facts: Sequence[Fact], equations: list[int], rows: dict[Monomial, list[tuple[str, Number]]]
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
            if len(monomial) + own <= widest and len(out) < MOST_PRODUCTS:
                name = f"e{len(out)}"
                out[name] = (i, monomial)
                for m, c in algebra.times(facts[i].poly, {monomial: 1}).items():
                    rows.setdefault(m, []).append((name, c))
    return out


def _parts(monomial: Monomial) -> set[Monomial]:
    out: set[Monomial] = {()}
    for atom in monomial:
        out |= {tuple(sorted((*part, atom))) for part in out}
    return out


def _linear(rows: dict[Monomial, list[tuple[str, Number]]], products: int, strict: list[str], free: list[str]) -> str:
    lines = [f"(declare-const p{n} Real)(assert (>= p{n} 0.0))" for n in range(products)]
    lines += [f"(declare-const {name} Real)" for name in free]
    total = "0.0"
    for monomial, terms in rows.items():
        summed = _sum([f"(* {literal(c)} {name})" for name, c in terms])
        if monomial:
            lines.append(f"(assert (= {summed} 0.0))")
        else:
            total = summed
    # The constant is at most zero, and zero only where some product is above zero.
    lines.append(f"(assert (<= {total} 0.0))")
    lines.append(f"(assert (>= (- {_sum(strict)} {total}) 1.0))")
    return "\n".join(lines) + "\n"


def _sum(terms: Sequence[str]) -> str:
    if not terms:
        return "0.0"
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"
