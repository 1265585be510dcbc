"""Formulas taken along when a proof goes on: new equations are used, a member gets a name, the classes grow by one.

When a member of the rest becomes a class of its own, a sum over the old rest is that member's part plus the sum over
the new rest, and what holds of all (some) of the old rest holds of that member and (or) of the new rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import final

from verifier.kernel.atoms import Key
from verifier.kernel.evaluate import Binders, Evaluator, Value, sort_of
from verifier.kernel.formulas import Formula, Refused
from verifier.kernel.polynomials import Monomial, Poly, add_to, added


class Stale(Exception):
    """A formula speaks of a rest that is no more, in a way that can't be taken along."""


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
            case ("ge" | "gt" | "eq" | "ne" as kind, poly):
                return algebra.comparison(kind, self.poly(dict(poly)))
            case ("is", atom, value):
                holds: Formula = self.value(atom)
                return holds if value else algebra.negation(holds)
            case ("and" | "or" as kind, parts):
                moved = [self.formula(p) for p in parts]
                return algebra.both(moved) if kind == "and" else algebra.either(moved)
            case ("all" | "some" as kind, star, classes, body):
                rest = self.evaluator.of_rest(kind, star, self._below(star).formula(body))
                if not self._grows(star, classes):
                    return rest
                newest = self._for_newest(star).formula(body)
                return algebra.both((newest, rest)) if kind == "all" else algebra.either((newest, rest))
        raise Refused("not a formula")

    # ------------------------------------------------------------------------------------------ polynomials

    def poly(self, poly: Poly) -> Poly:
        """A polynomial taken along."""
        out: Poly = {}
        for monomial, coefficient in poly.items():
            add_to(out, self.evaluator.algebra.times(*map(self.value, monomial)), coefficient)
        return out

    def value(self, atom: int) -> Value:
        """What an atom is worth now."""
        evaluator, algebra, atoms = self.evaluator, self.evaluator.algebra, self.evaluator.algebra.atoms
        match atoms.shapes[atom]:
            case ("read" | "param" as kind, *version, name, keys):
                variable = (evaluator.core.states if kind == "read" else evaluator.core.params)[name]
                return evaluator.unknown(variable, (kind, *version, name, tuple(map(self.key, keys))))
            case ("same", left, right):
                return evaluator.same(self.key(left), self.key(right))
            case ("inverse", poly):
                return algebra.inverse(self.poly(dict(poly)))
            case ("floor", poly):
                return algebra.floor(self.poly(dict(poly)))
            case ("if", literal):
                return algebra.switch(self.formula(literal))
            case ("sum", binders, monomial):
                return self.sum(binders, monomial)
            case ("greatest" | "least", _):
                raise Stale
        if atom in atoms.truths:
            return algebra.fact(atom)
        return evaluator.members.get(atom, ("member", atom)) if atom in atoms.sorts else algebra.of_atom(atom)

    def key(self, key: Key) -> Key:
        """A key taken along."""
        if isinstance(key, tuple):
            moved: Key = self.value(key[1])
            return moved
        return self.names.get(key, key) if isinstance(key, str) else key

    def sum(self, binders: Binders, monomial: Monomial) -> Poly:
        """A sum over members of the rest taken along."""
        if not binders:
            return self.poly({monomial: 1})
        (star, classes), *others = binders
        below = self._below(star).sum(tuple(others), monomial)
        out = self.evaluator.sum_of_rest(star, below)
        if not self._grows(star, classes):
            return out
        return added(out, self._for_newest(star).sum(tuple(others), monomial))
