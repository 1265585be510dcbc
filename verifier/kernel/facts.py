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

from verifier.kernel.atoms import Shape
from verifier.kernel.core import number
from verifier.kernel.evaluate import Evaluator
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Formula, Refused
from verifier.kernel.move import sort_of
from verifier.kernel.obligations import Setting
from verifier.kernel.polynomials import Poly, added, constant

Ref = Any


@final
@dataclass(slots=True)
class Table:
    """The atoms that a proof mentions, as it lists them: entry by entry, each built from earlier ones."""

    entries: list[Any]

    def atom(self, evaluator: Evaluator, index: Any) -> int:
        """The number of an entry's atom."""
        if not isinstance(index, int) or not 0 <= index < len(self.entries):
            raise Refused(f"the proof lists no atom {index!r}")
        return self._number(evaluator, self._shape(evaluator, self.entries[index], index))

    def poly(self, evaluator: Evaluator, data: Any, below: int | None = None) -> Poly:
        """A polynomial: a list of [coefficient, entries]."""
        out: Poly = {}
        for coefficient, atoms in data:
            if below is not None and any(a >= below for a in atoms):
                raise Refused("an atom is built from a later one")
            monomial = tuple(sorted(self.atom(evaluator, a) for a in atoms))
            out = added(out, {monomial: number(coefficient)})
        return out

    def literal(self, evaluator: Evaluator, data: Any, below: int | None = None) -> Formula:
        """A literal: `[kind, polynomial]` or `["is", entry, value]`."""
        algebra, (kind, *rest) = evaluator.algebra, data
        if kind == "is":
            atom, value = rest
            if below is not None and atom >= below:
                raise Refused("an atom is built from a later one")
            return algebra.fact(self.atom(evaluator, atom), bool(value))
        make = {"ge": algebra.ge, "gt": algebra.gt, "eq": algebra.eq, "ne": algebra.ne}.get(kind)
        if make is None:
            raise Refused(f"not a literal: {kind!r}")
        return make(algebra.normal(self.poly(evaluator, rest[0], below)))

    def _shape(self, evaluator: Evaluator, entry: Any, index: int) -> Shape:
        def key(data: Any) -> Any:
            if not isinstance(data, list):
                return data
            return ("member", self._below(evaluator, data[0], index))

        match entry:
            case ["read", version, name, keys]:
                return ("read", version, name, tuple(map(key, keys)))
            case ["param", name, keys]:
                return ("param", name, tuple(map(key, keys)))
            case ["local", name, call]:
                return ("local", name, call)
            case ["same", left, right]:
                return ("same", key(left), key(right))
            case ["inverse" | "floor" as kind, poly]:
                return (kind, tuple(sorted(self.poly(evaluator, poly, index).items())))
            case ["if", literal]:
                return ("if", self._raw(evaluator, literal, index))
            case ["sum", binders, atoms]:
                inner = tuple(sorted(self._below(evaluator, a, index) for a in atoms))
                return ("sum", tuple((star, n) for star, n in binders), inner)
            case ["greatest" | "least" as kind, entries]:
                return (kind, tuple(self._entry(evaluator, e, index) for e in entries))
        raise Refused(f"not an atom: {entry!r}")

    def _entry(self, evaluator: Evaluator, data: Any, index: int) -> Any:
        binders, condition, poly = data
        value = tuple(sorted(self.poly(evaluator, poly, index).items()))
        return tuple((star, n) for star, n in binders), self._raw(evaluator, condition, index), value

    def _raw(self, evaluator: Evaluator, data: Any, index: int) -> Formula:
        """A formula exactly as it stands in a shape."""
        match data:
            case ["true" | "false" as kind]:
                return (kind,)
            case ["is", atom, value]:
                return ("is", self._below(evaluator, atom, index), value)
            case ["and" | "or" as kind, parts]:
                return (kind, tuple(self._raw(evaluator, p, index) for p in parts))
            case ["all" | "some" as kind, star, classes, body]:
                return (kind, star, classes, self._raw(evaluator, body, index))
            case [kind, poly]:
                return (kind, tuple(sorted(self.poly(evaluator, poly, index).items())))
        raise Refused(f"not a formula: {data!r}")

    def _below(self, evaluator: Evaluator, atom: Any, index: int) -> int:
        if not isinstance(atom, int) or atom >= index:
            raise Refused("an atom is built from a later one")
        return self.atom(evaluator, atom)

    def _number(self, evaluator: Evaluator, shape: Shape) -> int:
        """The atom of a shape. A proof may name no variable that the obligation does not have."""
        atoms, algebra = evaluator.algebra.atoms, evaluator.algebra
        found = atoms.numbers.get(shape)
        if found is not None:
            return found
        match shape:
            case ("inverse" | "floor" as kind, terms):
                return atoms.number(shape, algebra.stars_of_poly(dict(terms)), whole=kind == "floor")
            case ("if", literal) if literal[0] in LITERALS:
                return atoms.number(shape, algebra.stars_of(literal), whole=True, low=0, high=1)
            case ("same", left, right):
                return atoms.number(shape, atoms.stars_of_keys((left, right)), whole=False)
            case ("sum", binders, monomial):
                ((made, _),) = evaluator.sum_atom(binders, monomial).items()
                if len(made) == 1 and atoms.shapes[made[0]] == shape:
                    return made[0]
            case ("read" | "param" as kind, *_, name, keys):
                known = evaluator.core.states if kind == "read" else evaluator.core.params
                variable = known.get(name)
                if variable is not None and evaluator.fits(keys, variable.keys):
                    evaluator.unknown(variable.ty, shape, keys, variable.low, variable.high)
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
        if self.evaluator.algebra.stars_of(formula):
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
                return self.definitions(self.table.atom(self.evaluator, index))[i]
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
            case ("inverse", frozen):
                poly = algebra.normal(dict(frozen))
                minus = added({}, poly, -1)
                return [
                    algebra.either((algebra.eq(poly), algebra.eq(added(algebra.times(value, poly), constant(-1))))),
                    algebra.either((algebra.ge(minus), algebra.gt(value))),
                    algebra.either((algebra.ge(poly), algebra.gt(added({}, value, -1)))),
                ]
            case ("floor", frozen):
                poly = algebra.normal(dict(frozen))
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
        for binders, condition, frozen in entries:
            if any(n != evaluator.count(sort_of(star)) for star, n in binders):
                raise Refused("a maximum speaks of a rest that is no more")
            gap = added(value, dict(frozen), -1)
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
