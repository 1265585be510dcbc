"""Formulas taken along when a proof goes on: new equations are used, a member gets a name, the classes grow by one.

When a member of the rest becomes a class of its own, a sum over the old rest is that member's part plus the sum over
the new rest, and what holds of all (some) of the old rest holds of that member and (or) of the new rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

from verifier.kernel.atoms import Key
from verifier.kernel.evaluate import Evaluator
from verifier.kernel.formulas import Formula, Refused
from verifier.kernel.polynomials import Monomial, Poly, added, constant


class Stale(Exception):
    """A formula speaks of a rest that is no more, in a way that can't be taken along."""


def sort_of(star: str) -> str:
    """The sort of a member of the rest."""
    return star.lstrip("*").rstrip("'")


@final
@dataclass(frozen=True, slots=True)
class Mover:
    """Rewrites formulas for an evaluator. `grown` is the sort whose last class is new; `names` puts keys in the place
    of members of the rest."""

    evaluator: Evaluator
    grown: str = ""
    names: Mapping[str, Key] = field(default_factory=dict)

    def _below(self, star: str) -> Mover:
        """One for the body of whatever binds `star`."""
        return replace(self, names={s: k for s, k in self.names.items() if s != star})

    def _grows(self, star: str, classes: int) -> bool:
        now = self.evaluator.count(sort_of(star))
        if sort_of(star) != self.grown:
            if classes != now:
                raise Stale
            return False
        if classes != now - 1:
            raise Stale
        return True

    def _for_newest(self, star: str) -> Mover:
        """One for the part of the newest class. It takes the body as it was: what the body says of the member's being
        somebody else is not the same for the newest class and for the rest."""
        newest = f"{self.grown}#{self.evaluator.count(sort_of(star)) - 1}"
        return replace(self, names={**self.names, star: newest})

    # ------------------------------------------------------------------------------------------ formulas

    def formula(self, formula: Formula) -> Formula:
        """A formula taken along."""
        algebra = self.evaluator.algebra
        match formula:
            case ("true",) | ("false",):
                return formula
            case ("ge", poly):
                return algebra.ge(self.poly(dict(poly)))
            case ("gt", poly):
                return algebra.gt(self.poly(dict(poly)))
            case ("eq", poly):
                return algebra.eq(self.poly(dict(poly)))
            case ("ne", poly):
                return algebra.ne(self.poly(dict(poly)))
            case ("is", atom, value):
                holds = self._truth(algebra.atoms.shapes[atom], atom)
                return holds if value else algebra.negation(holds)
            case ("and", parts):
                return algebra.both(self.formula(p) for p in parts)
            case ("or", parts):
                return algebra.either(self.formula(p) for p in parts)
            case ("all" | "some" as kind, star, classes, body):
                ty = ["sort", sort_of(star)]
                rest = self.evaluator.of_rest(kind, ty, star, self._below(star).formula(body))
                if not self._grows(star, classes):
                    return rest
                newest = self._for_newest(star).formula(body)
                return algebra.both((newest, rest)) if kind == "all" else algebra.either((newest, rest))
        raise Refused("not a formula")

    def _truth(self, shape: tuple[Any, ...], atom: int) -> Formula:
        if shape[0] == "same":
            return self.evaluator.same(self.key(shape[1]), self.key(shape[2]))
        return self.evaluator.algebra.fact(self._renamed(shape, atom))

    # ------------------------------------------------------------------------------------------ polynomials

    def poly(self, poly: Poly) -> Poly:
        """A polynomial taken along."""
        out: Poly = {}
        for monomial, coefficient in poly.items():
            factors = (self._atom(a) for a in monomial)
            out = added(out, self.evaluator.algebra.times(constant(coefficient), *factors))
        return out

    def _atom(self, atom: int) -> Poly:
        algebra = self.evaluator.algebra
        shape = algebra.atoms.shapes[atom]
        match shape:
            case ("inverse", poly):
                return algebra.inverse(self.poly(dict(poly)))
            case ("floor", poly):
                return algebra.floor(self.poly(dict(poly)))
            case ("if", literal):
                return algebra.switch(self.formula(literal))
            case ("sum", binders, monomial):
                return self.sum(binders, monomial)
            case ("greatest" | "least", *_):
                raise Stale
        return algebra.of_atom(self._renamed(shape, atom))

    def sum(self, binders: tuple[tuple[str, int], ...], monomial: Monomial) -> Poly:
        """A sum over members of the rest taken along."""
        if not binders:
            return self.poly({monomial: 1})
        (star, classes), *others = binders
        below = self._below(star).sum(tuple(others), monomial)
        out = self.evaluator.sum_of_rest(star, self.evaluator.count(sort_of(star)), below)
        if not self._grows(star, classes):
            return out
        return added(out, self._for_newest(star).sum(tuple(others), monomial))

    def _renamed(self, shape: tuple[Any, ...], atom: int) -> int:
        """A variable's entry, at keys taken along."""
        atoms = self.evaluator.algebra.atoms
        if shape[0] not in ("read", "param"):
            return atom
        keys = tuple(self.key(k) for k in shape[-1])
        low, high = atoms.ranges[atom]
        stars = atoms.stars_of_keys(keys)
        moved = atoms.number((*shape[:-1], keys), stars, whole=atoms.whole[atom], low=low, high=high)
        if atom in atoms.truths:
            atoms.truths.add(moved)
        if atom in atoms.sorts:
            atoms.sorts[moved] = atoms.sorts[atom]
        return moved

    def key(self, key: Key) -> Key:
        """A key taken along."""
        if isinstance(key, str):
            return self.names.get(key, key)
        if isinstance(key, int):
            return key
        atom = self._renamed(self.evaluator.algebra.atoms.shapes[key[1]], key[1])
        return self.evaluator.members.get(atom, ("member", atom))
