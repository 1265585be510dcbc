"""Reads what is written in atoms: what a proof says, with the atoms that it lists, and what has been supposed further
up, when new equations are used, a member gets a name, or the classes grow.

What is written may speak of the members outside fewer classes than there are now. When a member of the rest becomes a
class of its own, a sum over the old rest is that member's part plus the sum over the new rest, and what holds of all
(some) of the old rest holds of that member and (or) of the new rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, final

from verifier.kernel.atoms import Atom, Key, Shape
from verifier.kernel.core import number
from verifier.kernel.evaluate import Binders, Evaluator, Value, sort_of
from verifier.kernel.formulas import Formula, Refused, is_formula
from verifier.kernel.polynomials import Poly, add_to, added, frozen, plain


@final
@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one evaluator. `shapes` are those of its own atoms, or the entries that a proof lists, each built from
    earlier ones; `names` puts keys in the place of members of the rest."""

    evaluator: Evaluator
    shapes: Sequence[Any]
    names: Mapping[str, Key] = field(default_factory=dict)
    _known: dict[int, Value] = field(default_factory=dict)

    def formula(self, written: Any) -> Formula:
        """A formula."""
        algebra = self.evaluator.algebra
        match written:
            case ["true" | "false" as kind]:
                return (kind,)
            case ["ge" | "gt" | "eq" | "ne" as kind, terms]:
                return algebra.comparison(kind, self.poly(terms))
            case ["is", index, bool(value)]:
                holds = self.value(index)
                if not is_formula(holds):
                    raise Refused("an atom that is no truth value is used as one")
                return holds if value else algebra.negation(holds)
            case ["and" | "or" as kind, parts]:
                return algebra.join(kind, map(self.formula, parts))
            case ["all" | "some" as kind, star, classes, body]:
                named, rest = self._over(star, classes, lambda below: below.formula(body))
                return algebra.join(kind, [*named, self.evaluator.of_rest(kind, star, rest)])
        raise Refused(f"not a formula: {written!r}")

    def poly(self, terms: Any) -> Poly:
        """A polynomial: terms of a monomial and its coefficient, or the other way round and as text, as a proof has
        them."""
        out: Poly = {}
        for first, second in terms:
            monomial, factor = (second, number(first)) if isinstance(first, str) else (first, plain(second))
            values = [self.value(index) for index in monomial]
            if not all(isinstance(value, dict) for value in values):
                raise Refused("an atom that is no number is used as one")
            add_to(out, self.evaluator.algebra.times(*values), factor)
        return out

    def atom(self, index: int) -> Atom:
        """The atom that an entry is, where nothing is supposed."""
        value = self.value(index)
        if not isinstance(value, dict) or list(value.values()) != [1] or len(next(iter(value))) != 1:
            raise Refused("an entry that is no number of its own is used as one")
        return next(iter(value))[0]  # type: ignore[no-any-return]

    def value(self, index: int) -> Value:
        """What an atom, or an entry, is worth here. Entries that stand in a circle run out of stack."""
        if self.names:
            return self._value(index)
        if index not in self._known:
            self._known[index] = self._value(index)
        return self._known[index]

    def _value(self, index: int) -> Value:
        evaluator, algebra, core = self.evaluator, self.evaluator.algebra, self.evaluator.core
        if not 0 <= index < len(self.shapes):
            raise Refused(f"the proof lists no atom {index!r}")
        match self.shapes[index]:
            case ["read" | "param" as kind, *version, str(name), keys] if len(version) == (kind == "read"):
                at = tuple(map(self._key, keys))
                variable = (core.states if kind == "read" else core.params).get(name)
                if variable is not None and evaluator.fits(at, variable.keys):
                    return evaluator.unknown(variable, (kind, *version, name, at))
            case ["same", *keys]:
                pair = tuple(map(self._key, keys))
                if any(evaluator.fits(pair, (["sort", sort],) * 2) for sort in core.sizes):
                    return evaluator.same(*pair)
            case ["inverse", terms]:
                return algebra.inverse(self.poly(terms))
            case ["floor", terms]:
                return algebra.floor(self.poly(terms))
            case ["if", literal]:
                return algebra.switch(self.formula(literal))
            case ["sum", binders, monomial]:
                return self._sum(binders, monomial)
            case ["local", *_] as shape:
                return self._come_up(tuple(shape))
            case ["greatest" | "least" as kind, entries]:
                return self._come_up((kind, tuple(self._entry(*entry) for entry in entries)))
        raise Refused(f"not an atom: {self.shapes[index]!r}")

    def _come_up(self, shape: Shape) -> Value:
        """An atom that no proof may bring up by itself."""
        if shape not in self.evaluator.algebra.atoms.numbers:
            raise Refused(f"the obligation has no atom of kind {shape[0]!r} like the one listed")
        return self.evaluator.worth(self.evaluator.algebra.atoms.numbers[shape])

    def _entry(self, binders: Any, condition: Any, terms: Any) -> tuple[Binders, Formula, Any]:
        bound = tuple((star, self.evaluator.count(sort_of(star))) for star, _ in binders)
        if bound != tuple(map(tuple, binders)):
            raise Refused("a maximum speaks of a rest that is no more")
        return bound, self.formula(condition), frozen(self.poly(terms))

    def _key(self, key: Any) -> Any:
        if isinstance(key, list | tuple):
            return self.value(key[-1])
        return self.names.get(key, key)

    def _sum(self, binders: Any, monomial: Any) -> Poly:
        """A sum over members of the rest."""
        if not binders:
            return self.poly([(monomial, 1)])
        (star, classes), *others = binders
        named, rest = self._over(star, classes, lambda below: below._sum(others, monomial))  # noqa: SLF001
        return reduce(added, named, self.evaluator.sum_of_rest(star, rest))

    def _over(self, star: str, classes: int, read: Callable[[Reader], Any]) -> tuple[list[Any], Any]:
        """What is read for each member of the old rest that is a class by now, and for one of the rest. The classes'
        part takes the body as it was: what it says of the member's being somebody else is not the same for a class and
        for the rest."""
        if not self.evaluator.binds(star, classes):
            raise Refused(f"{star!r} binds no member of a rest")
        sort = sort_of(star)
        new = [f"{sort}#{i}" for i in range(classes, self.evaluator.count(sort))]
        named = [read(replace(self, names={**self.names, star: key})) for key in new]
        return named, read(replace(self, names={s: k for s, k in self.names.items() if s != star}))
