"""What a certificate may refer to: the facts of an obligation, of the definitions of atoms, and of sums.

A reference is a label (`"known solvent"`), or one of

| reference | is |
| --- | --- |
| `["case", i]` | what the proof supposes at its i-th step down (splits, cases, witnesses) |
| `["part", r, i]` | the i-th part of a conjunction |
| `["guard", r, i]` | of `l or … or p >= 0`: `[not l] * … * p >= 0`, the i-th part being the one that is kept |
| | (of `l or … or k`, where `k` is no inequality: `[not l] * … * ([k] - 1) = 0`) |
| `["def", atom, i]` | the i-th fact about an atom's meaning |
| `["range", atom, side]` | the bound (`"low"`, `"high"`) that an atom has by its type |
| `["open", r]` | the body of "all of the rest", of one member (only inside a lift) |
| `["lift", stars, rs]` | the product of facts about members of the rest, summed over them |
| `["square", p]` | p * p >= 0 |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import NONE, Key, Shape, Stars
from verifier.kernel.core import number
from verifier.kernel.evaluate import Binders, Evaluator, sort_of
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Algebra, Formula, Refused
from verifier.kernel.obligations import Facts as Thunks
from verifier.kernel.polynomials import Monomial, Poly, added, constant, frozen, scaled

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
        algebra, literal = evaluator.algebra, self._formula(evaluator, data)
        if literal[0] not in ("ge", "gt", "eq", "ne"):
            return algebra.literal(literal)
        return algebra.comparison(literal[0], algebra.normal(dict(literal[1])))

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
            case ["read", _, _, keys] | ["param", _, keys]:
                return (*entry[:-1], self._keys(evaluator, keys))
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

    def _binders(self, evaluator: Evaluator, data: Any) -> Binders:
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
        atoms, core = evaluator.algebra.atoms, evaluator.core
        match shape:
            case ("read" | "param" as kind, *_, name, keys):
                variable = (core.states if kind == "read" else core.params).get(name)
                if variable is not None and evaluator.fits(keys, variable.keys):
                    evaluator.unknown(variable, shape)
                    return atoms.numbers[shape]
            case ("same", _, _) if any(evaluator.fits(shape[1:], (["sort", sort],) * 2) for sort in core.sizes):
                return atoms.number(shape)
            case ("sum", binders, monomial) if not monomial or atoms.shapes[monomial[0]][0] != "sum" or monomial[1:]:
                return evaluator.sum_atom(binders, monomial)
            case ("inverse" | "floor" as kind, _):
                return atoms.number(shape, whole=kind == "floor")
            case ("if", literal) if literal[0] in LITERALS:
                return atoms.number(shape, whole=True, low=0, high=1)
            case ("local" | "greatest" | "least", *_) if shape in atoms.numbers:
                return atoms.numbers[shape]
        raise Refused(f"the obligation has no atom of kind {shape[0]!r} like the one listed")


@final
@dataclass(slots=True)
class Facts:
    """Evaluates references in one place of a proof."""

    evaluator: Evaluator
    table: Table
    cases: list[Formula]
    used: set[str]
    """The labels that the proof has referred to."""
    before: Thunks
    after: Callable[[], Thunks]
    """The labelled facts of the state before, and those of the run."""
    _after: Thunks | None = None
    _known: dict[str, Formula] = field(default_factory=dict)

    def labels(self) -> Thunks:
        """The labelled facts."""
        if self._after is None:
            self._after = self.after()
        return {**self.before, **self._after}

    def closed(self, ref: Ref) -> Formula:
        """A fact that speaks of no member of the rest."""
        formula = self.fact(ref)
        if self.opened(ref) or self.evaluator.algebra.atoms.stars_of(formula):
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

    def opened(self, ref: Ref) -> Stars:
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
            thunk = self.before.get(label) or self.labels().get(label)
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
        kind, poly = self._numbers(parts[index])
        others = [algebra.switch(algebra.negation(p)) for i, p in enumerate(parts) if i != index]
        return algebra.comparison("eq" if kind == "eq" else "ge", algebra.times(*others, poly))

    def _numbers(self, literal: Formula) -> tuple[str, Poly]:
        """A literal as a comparison with zero. Of what is so, the switch is one."""
        truth = literal[0] in ("is", "ne")
        return ("eq", added(self.evaluator.algebra.switch(literal), constant(-1))) if truth else arithmetic(literal)

    def lifted(self, stars: list[str], facts: list[Formula]) -> Formula:
        """The product of facts about members of the rest, summed over these members."""
        algebra, evaluator = self.evaluator.algebra, self.evaluator
        pairs = [self._numbers(formula) for formula in facts]
        product = algebra.times(*(poly for _, poly in pairs))
        for star in stars:
            if not evaluator.binds(star, 0):
                raise Refused(f"{star!r} is no member of a rest")
            product = evaluator.sum_of_rest(star, product)
        return algebra.comparison("eq" if any(kind == "eq" for kind, _ in pairs) else "ge", product)

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
                product = algebra.times(value, poly)
                return [
                    algebra.either((algebra.eq(poly), algebra.eq(added(product, constant(-1))))),
                    algebra.either((algebra.ge(scaled(poly, -1)), algebra.gt(value))),
                    algebra.either((algebra.ge(poly), algebra.gt(scaled(value, -1)))),
                ]
            case ("floor", terms):
                rest = added(algebra.normal(dict(terms)), value, -1)
                return [algebra.ge(rest), algebra.gt(added(constant(1), rest, -1))]
            case ("if", literal):
                return self._switch_facts(value, literal)
            case ("greatest" | "least" as kind, entries):
                return self._extreme_facts(value, 1 if kind == "greatest" else -1, entries)
        return []

    def _switch_facts(self, value: Poly, literal: Formula) -> list[Formula]:
        algebra = self.evaluator.algebra
        off = added(constant(1), value, -1)
        yes = algebra.both((algebra.literal(literal), algebra.eq(off)))
        no = algebra.both((algebra.negation(literal), algebra.eq(value)))
        out = [algebra.ge(value), algebra.ge(off), algebra.either((yes, no))]
        if literal[0] in ("ge", "gt", "eq"):
            product = algebra.times(value, algebra.normal(dict(literal[1])))
            out.append(algebra.comparison("eq" if literal[0] == "eq" else "ge", product))
        if literal[0] in ("ge", "gt"):
            # The negation as it is, whether it has been decided or not.
            _, other = arithmetic(Algebra(algebra.atoms, {}, algebra.rules).negation(literal))
            out.append(algebra.ge(algebra.times(off, other)))
        return out

    def _extreme_facts(self, value: Poly, sign: int, entries: Any) -> list[Formula]:
        evaluator, algebra = self.evaluator, self.evaluator.algebra
        bounds, some, attained = [], [], []
        for binders, condition, terms in entries:
            if any(n != evaluator.count(sort_of(star)) for star, n in binders):
                raise Refused("a maximum speaks of a rest that is no more")
            gap = added(value, dict(terms), -1)
            bound = algebra.implies(condition, algebra.ge(scaled(gap, sign)))
            here = algebra.both((condition, algebra.eq(gap)))
            for star, _ in reversed(binders):
                bound = evaluator.of_rest("all", star, bound)
                here = evaluator.of_rest("some", star, here)
                condition = evaluator.of_rest("some", star, condition)
            bounds.append(bound)
            some.append(condition)
            attained.append(here)
        return [algebra.both(bounds), algebra.implies(algebra.either(some), algebra.either(attained))]


def arithmetic(formula: Formula) -> tuple[str, Poly]:
    """A comparison with zero: its kind (`ge`, `gt`, `eq`) and its polynomial."""
    if formula == FALSE:
        return "ge", constant(-1)
    if formula == TRUE:
        return "ge", {}
    if formula[0] not in ("ge", "gt", "eq"):
        raise Refused(f"not an inequality or an equation: {formula[0]}")
    return formula[0], dict(formula[1])
