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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import NONE, Atom, Stars
from verifier.kernel.evaluate import Evaluator, sort_of
from verifier.kernel.formulas import FALSE, TRUE, Algebra, Formula, Refused
from verifier.kernel.obligations import Facts as Thunks
from verifier.kernel.polynomials import Poly, added, constant, scaled
from verifier.kernel.read import Reader

Ref = Any


@final
@dataclass(slots=True)
class Facts:
    """Evaluates references in one place of a proof."""

    evaluator: Evaluator
    entries: Sequence[Any]
    """The atoms that the proof lists."""
    cases: list[Formula]
    used: set[str]
    """The labels that the proof has referred to."""
    before: Thunks
    after: Callable[[], Thunks]
    """The labelled facts of the state before, and those of the run."""
    _after: Thunks | None = None
    _known: dict[str, Formula] = field(default_factory=dict)
    reader: Reader = field(init=False)
    """Reads what the proof says: with the equations in use, but conditions as they stand, decided or not."""
    _bare: Reader = field(init=False)

    def __post_init__(self) -> None:
        here, atoms = self.evaluator, self.evaluator.algebra.atoms
        algebras = (Algebra(atoms, {}, here.algebra.rules), Algebra(atoms))
        readers = (Reader(Evaluator(here.core, a, here.classes, here.members), self.entries) for a in algebras)
        self.reader, self._bare = readers

    def atom(self, index: int) -> Atom:
        """The atom that an entry lists, whatever has been supposed of it."""
        return self._bare.atom(index)

    def labels(self) -> Thunks:
        """The labelled facts."""
        if self._after is None:
            self._after = self.after()
        return {**self.before, **self._after}

    def closed(self, ref: Ref) -> Formula:
        """A fact that speaks of no member of the rest."""
        formula = self.fact(ref)
        if self.opened(ref) or self.evaluator.algebra.atoms.stars_in(formula):
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
            case ["part", inner, int(i)] if i >= 0:
                formula = self.fact(inner)
                if formula[0] != "and":
                    raise Refused("a part of what is no conjunction")
                return formula[1][i]  # type: ignore[no-any-return]
            case ["guard", inner, int(i)] if i >= 0:
                return self._guarded(self.fact(inner), i)
            case ["def", index, int(i)] if i >= 0:
                return self.definitions(self.atom(index))[i]
            case ["range", index, side]:
                return self.range(self.atom(index), side)
            case ["open", inner]:
                match self.fact(inner):
                    case ("all", star, classes, body) if classes == self.evaluator.count(sort_of(star)):
                        return body  # type: ignore[no-any-return]
                raise Refused("opened what does not speak of all of the rest")
            case ["lift", stars, refs]:
                return self.lifted(stars, [self.fact(r) for r in refs])
            case ["square", data]:
                poly = self.reader.poly(data)
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
        return algebra.within(algebra.of_atom(atom), side, bound)

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
