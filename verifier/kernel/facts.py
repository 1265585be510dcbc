"""What a certificate may refer to: the facts of an obligation, of the definitions of atoms, and of sums.

A reference is a label (`"known solvent"`), or one of

| reference | is |
| --- | --- |
| `["case", i]` | what the proof supposes at its i-th step down (splits, cases, witnesses) |
| `["part", r, i]` | the i-th part of a conjunction |
| `["guard", r, i]` | of `l or … or p >= 0`: `[not l] * … * p >= 0`, the i-th part being the one that is kept |
| `["def", atom, i]` | the i-th fact about an atom's meaning |
| `["range", atom, side]` | the bound (`"low"`, `"high"`) that an atom has by its type |
| `["open", r]` | the body of "all of the rest", of one member (only inside a lift) |
| `["lift", stars, rs]` | the product of facts about members of the rest, summed over them |
| `["square", p]` | p * p >= 0 |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import NONE, Key, Shape
from verifier.kernel.core import number
from verifier.kernel.evaluate import Evaluator
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Formula, Refused
from verifier.kernel.move import sort_of
from verifier.kernel.obligations import Setting
from verifier.kernel.polynomials import Monomial, Poly, added, constant, frozen

Ref = Any


@final
@dataclass(slots=True)
class Table:
    """The atoms that a proof mentions, as it lists them: entry by entry, each built from earlier ones."""

    entries: list[Any]

    def atom(self, evaluator: Evaluator, index: int) -> int:
        """The number of an entry's atom. Entries that stand in a circle run out of stack."""
        if index not in evaluator.listed:
            if not 0 <= index < len(self.entries):
                raise Refused(f"the proof lists no atom {index!r}")
            evaluator.listed[index] = self._number(evaluator, self._shape(evaluator, self.entries[index]))
        return evaluator.listed[index]

    def monomial(self, evaluator: Evaluator, data: Any) -> Monomial:
        """A monomial: a list of entries."""
        atoms = tuple(sorted(self.atom(evaluator, a) for a in data))
        known = evaluator.algebra.atoms
        if not known.truths.isdisjoint(atoms) or not known.sorts.keys().isdisjoint(atoms):
            raise Refused("an atom that is no number is used as one")
        return atoms

    def poly(self, evaluator: Evaluator, data: Any) -> Poly:
        """A polynomial: a list of [coefficient, entries]."""
        out: Poly = {}
        for coefficient, atoms in data:
            out = added(out, {self.monomial(evaluator, atoms): number(coefficient)})
        return out

    def literal(self, evaluator: Evaluator, data: Any) -> Formula:
        """A literal in normal form."""
        algebra = evaluator.algebra
        literal = self._formula(evaluator, data)
        make = {"ge": algebra.ge, "gt": algebra.gt, "eq": algebra.eq, "ne": algebra.ne}.get(literal[0])
        return make(algebra.normal(dict(literal[1]))) if make else algebra.literal(literal)

    def _formula(self, evaluator: Evaluator, data: Any) -> Formula:
        """A formula exactly as it stands in a shape."""
        match data:
            case ["true" | "false" as kind]:
                return (kind,)
            case ["is", index, bool(value)]:
                atom = self.atom(evaluator, index)
                if atom not in evaluator.algebra.atoms.truths:
                    raise Refused("an atom that is no truth value is used as one")
                return ("is", atom, value)
            case ["and" | "or" as kind, parts]:
                return (kind, tuple(self._formula(evaluator, p) for p in parts))
            case ["all" | "some" as kind, star, classes, body] if evaluator.binds(star, classes):
                return (kind, star, classes, self._formula(evaluator, body))
            case ["ge" | "gt" | "eq" | "ne" as kind, poly]:
                return (kind, frozen(self.poly(evaluator, poly)))
        raise Refused(f"not a formula: {data!r}")

    def _shape(self, evaluator: Evaluator, entry: Any) -> Shape:
        match entry:
            case ["read", version, name, keys]:
                return ("read", version, name, self._keys(evaluator, keys))
            case ["param", name, keys]:
                return ("param", name, self._keys(evaluator, keys))
            case ["local", name, call]:
                return ("local", name, call)
            case ["same", *keys]:
                return ("same", *self._keys(evaluator, keys))
            case ["inverse" | "floor" as kind, poly]:
                return (kind, frozen(self.poly(evaluator, poly)))
            case ["if", literal]:
                return ("if", self._formula(evaluator, literal))
            case ["sum", binders, atoms]:
                return ("sum", self._binders(evaluator, binders), self.monomial(evaluator, atoms))
            case ["greatest" | "least" as kind, entries]:
                return (kind, tuple(self._entry(evaluator, *entry) for entry in entries))
        raise Refused(f"not an atom: {entry!r}")

    def _keys(self, evaluator: Evaluator, data: Any) -> tuple[Key, ...]:
        return tuple(self.member(evaluator, key) if isinstance(key, list) else key for key in data)

    def _binders(self, evaluator: Evaluator, data: Any) -> tuple[tuple[str, int], ...]:
        binders = tuple((star, classes) for star, classes in data)
        if not all(evaluator.binds(star, classes) for star, classes in binders):
            raise Refused("a sum binds what is no member of the rest")
        return binders

    def _entry(self, evaluator: Evaluator, binders: Any, condition: Any, poly: Any) -> Any:
        value = frozen(self.poly(evaluator, poly))
        return self._binders(evaluator, binders), self._formula(evaluator, condition), value

    def member(self, evaluator: Evaluator, data: Any) -> Key:
        """An unknown member, or the class that it is known to be in."""
        atom = self.atom(evaluator, data[0])
        return evaluator.members.get(atom, ("member", atom))

    def _number(self, evaluator: Evaluator, shape: Shape) -> int:
        """The atom of a shape. A proof may name no variable and no member that the obligation does not have."""
        atoms, algebra = evaluator.algebra.atoms, evaluator.algebra
        match shape:
            case ("read" | "param" as kind, *_, name, keys):
                variable = (evaluator.core.states if kind == "read" else evaluator.core.params).get(name)
                if variable is not None and evaluator.fits(keys, variable.keys):
                    evaluator.unknown(variable.ty, shape, keys, variable.low, variable.high)
                    return atoms.numbers[shape]
            case ("same", left, right):
                if any(evaluator.fits((left, right), (["sort", sort],) * 2) for sort in evaluator.core.sizes):
                    return atoms.number(shape, atoms.stars_of_keys((left, right)), whole=False)
            case ("sum", binders, monomial):
                made = evaluator.sum_atom(binders, monomial)
                if atoms.shapes[made] == shape:
                    return made
            case ("inverse" | "floor" as kind, terms):
                return atoms.number(shape, algebra.stars_of_poly(dict(terms)), whole=kind == "floor")
            case ("if", literal) if literal[0] in LITERALS:
                return atoms.number(shape, algebra.stars_of(literal), whole=True, low=0, high=1)
            case _ if shape in atoms.numbers:
                return atoms.numbers[shape]
        raise Refused(f"the obligation has no atom of kind {shape[0]!r} like the one listed")


@final
@dataclass(slots=True)
class Facts:
    """Evaluates references in one place of a proof."""

    evaluator: Evaluator
    setting: Setting
    table: Table
    cases: list[Formula]
    used: set[str]
    """The labels that the proof has referred to."""
    _known: dict[str, Formula] = field(default_factory=dict)

    def closed(self, ref: Ref) -> Formula:
        """A fact that speaks of no member of the rest."""
        formula = self.fact(ref)
        if self.opened(ref) or self.evaluator.algebra.stars_of(formula):
            raise Refused("a fact about one member of the rest is used as if it were about everybody")
        return formula

    def fact(self, ref: Ref) -> Formula:
        """What a reference says."""
        if isinstance(ref, str):
            return self._labelled(ref)
        algebra = self.evaluator.algebra
        match ref:
            case ["case", i] if isinstance(i, int) and 0 <= i < len(self.cases):
                return self.cases[i]
            case ["part", inner, i]:
                formula = self.fact(inner)
                if formula[0] != "and":
                    raise Refused("a part of what is no conjunction")
                return formula[1][i]  # type: ignore[no-any-return]
            case ["guard", inner, i]:
                return self._guarded(self.fact(inner), i)
            case ["def", index, i]:
                return self.definitions(self.table.atom(self.evaluator, index))[i]  # type: ignore[no-any-return]
            case ["range", index, side]:
                return self.range(self.table.atom(self.evaluator, index), side)
            case ["open", inner]:
                match self.fact(inner):
                    case ("all", star, classes, body) if classes == self.evaluator.count(sort_of(star)):
                        return body  # type: ignore[no-any-return]
                raise Refused("opened what does not speak of all of the rest")
            case ["lift", stars, refs]:
                return self.lifted(stars, [self.fact(r) for r in refs])
            case ["square", data]:
                poly = algebra.normal(self.table.poly(self.evaluator, data))
                return algebra.ge(algebra.times(poly, poly))
        raise Refused(f"not a reference: {ref!r}")

    def opened(self, ref: Ref) -> frozenset[str]:
        """The members that a fact has been opened for. If there is nobody in the rest, it holds of nobody, whether it
        mentions the member or not."""
        match ref:
            case ["part" | "guard", inner, _]:
                return self.opened(inner)
            case ["open", inner]:
                return self.opened(inner) | {self.fact(inner)[1]}
            case ["lift", stars, refs]:
                return NONE.union(*map(self.opened, refs)) - set(stars)
        return NONE

    def _labelled(self, label: str) -> Formula:
        if label not in self._known:
            thunk = self.setting.facts.get(label)
            if thunk is None:
                raise Refused(f"the obligation has no fact called `{label}`")
            self._known[label] = thunk()
        self.used.add(label)
        return self._known[label]

    def _guarded(self, formula: Formula, index: int) -> Formula:
        algebra = self.evaluator.algebra
        if formula[0] != "or":
            raise Refused("a guard in what is no alternative")
        parts = formula[1]
        kind, poly = arithmetic(parts[index])
        others = [algebra.switch(algebra.negation(p)) for i, p in enumerate(parts) if i != index]
        product = algebra.times(*others, poly)
        return algebra.eq(product) if kind == "eq" else algebra.ge(product)

    def lifted(self, stars: list[str], facts: list[Formula]) -> Formula:
        """The product of facts about members of the rest, summed over these members."""
        algebra, evaluator = self.evaluator.algebra, self.evaluator
        product, equal = constant(1), False
        for formula in facts:
            kind, poly = arithmetic(formula)
            equal |= kind == "eq"
            product = algebra.times(product, poly)
        for star in stars:
            sort = sort_of(star)
            if not star.startswith("*") or evaluator.core.sizes.get(sort, 0) is not None:
                raise Refused(f"{star!r} is no member of a rest")
            product = evaluator.sum_of_rest(star, evaluator.count(sort), product)
        return algebra.eq(product) if equal else algebra.ge(product)

    def range(self, atom: int, side: str) -> Formula:
        """The bound that an atom has by its type."""
        algebra = self.evaluator.algebra
        low, high = algebra.atoms.ranges[atom]
        bound = {"low": low, "high": high}.get(side)
        if bound is None:
            raise Refused("an atom has no such bound")
        value = algebra.of_atom(atom)
        return algebra.ge(added(value, constant(-bound)) if side == "low" else added(constant(bound), value, -1))

    def definitions(self, atom: int) -> list[Formula]:
        """What an atom means."""
        algebra = self.evaluator.algebra
        value = algebra.of_atom(atom)
        match algebra.atoms.shapes[atom]:
            case ("inverse", terms):
                poly = algebra.normal(dict(terms))
                minus = added({}, poly, -1)
                return [
                    algebra.either((algebra.eq(poly), algebra.eq(added(algebra.times(value, poly), constant(-1))))),
                    algebra.either((algebra.ge(minus), algebra.gt(value))),
                    algebra.either((algebra.ge(poly), algebra.gt(added({}, value, -1)))),
                ]
            case ("floor", terms):
                poly = algebra.normal(dict(terms))
                return [
                    algebra.ge(added(poly, value, -1)),
                    algebra.gt(added(added(value, constant(1)), poly, -1)),
                ]
            case ("if", literal):
                return self._switch_facts(value, literal)
            case ("greatest" | "least" as kind, entries):
                return self._extreme_facts(value, 1 if kind == "greatest" else -1, entries)
        return []

    def _switch_facts(self, value: Poly, literal: Formula) -> list[Formula]:
        algebra = self.evaluator.algebra
        off = added(constant(1), value, -1)
        holds = algebra.literal(literal)
        out = [
            algebra.ge(value),
            algebra.ge(off),
            algebra.either(
                (
                    algebra.both((holds, algebra.eq(off))),
                    algebra.both((algebra.negation(literal), algebra.eq(value))),
                )
            ),
        ]
        if literal[0] in ("ge", "gt"):
            poly = algebra.normal(dict(literal[1]))
            _, other = arithmetic(_bare(self.evaluator, literal))
            out += [algebra.ge(algebra.times(value, poly)), algebra.ge(algebra.times(off, other))]
        elif literal[0] == "eq":
            out.append(algebra.eq(algebra.times(value, algebra.normal(dict(literal[1])))))
        return out

    def _extreme_facts(self, value: Poly, sign: int, entries: Any) -> list[Formula]:
        evaluator, algebra = self.evaluator, self.evaluator.algebra
        bounds: list[Formula] = []
        some: list[Formula] = []
        attained: list[Formula] = []
        for binders, condition, terms in entries:
            if any(n != evaluator.count(sort_of(star)) for star, n in binders):
                raise Refused("a maximum speaks of a rest that is no more")
            gap = added(value, dict(terms), -1)
            bound = algebra.implies(condition, algebra.ge(added({}, gap, sign)))
            here = algebra.both((condition, algebra.eq(gap)))
            for star, _ in reversed(binders):
                ty = ["sort", sort_of(star)]
                bound = evaluator.of_rest("all", ty, star, bound)
                here = evaluator.of_rest("some", ty, star, here)
                condition = evaluator.of_rest("some", ty, star, condition)
            bounds.append(bound)
            some.append(condition)
            attained.append(here)
        return [algebra.both(bounds), algebra.implies(algebra.either(some), algebra.either(attained))]


def _bare(evaluator: Evaluator, literal: Formula) -> Formula:
    """The negation of a comparison, whether it has been decided or not."""
    algebra = evaluator.algebra
    decided, algebra.decided = algebra.decided, {}
    try:
        return algebra.negation(literal)
    finally:
        algebra.decided = decided


def arithmetic(formula: Formula) -> tuple[str, Poly]:
    """A comparison with zero: its kind (`ge`, `gt`, `eq`) and its polynomial."""
    if formula == FALSE:
        return "ge", constant(-1)
    if formula == TRUE:
        return "ge", {}
    if formula[0] not in ("ge", "gt", "eq"):
        raise Refused(f"not an inequality or an equation: {formula[0]}")
    return formula[0], dict(formula[1])
