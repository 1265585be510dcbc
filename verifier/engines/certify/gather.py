"""The facts that may be of use at one place of a proof, taken apart into literals and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, final

from verifier.kernel.atoms import Atoms
from verifier.kernel.check import Place
from verifier.kernel.evaluate import sort_of
from verifier.kernel.facts import Ref
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Formula, Refused

ARITHMETIC = ("ge", "gt", "eq")
LIFTED = (*ARITHMETIC, "is", "ne")
MOST_LIFTED = 400
MOST_TOLD_APART = 3
"""Conditions by which members are told apart at once."""


@final
@dataclass(frozen=True, slots=True)
class Item:
    """A fact with the reference that leads to it: a literal, a clause, or a statement about all of the rest."""

    ref: Ref
    formula: Formula


@final
@dataclass(slots=True)
class Gathering:
    """Collects facts at a place. `index` lists an atom in the proof's table."""

    place: Place
    roots: Iterable[Ref]
    index: Any
    done: frozenset[str] = frozenset()
    """Facts that have been replaced by one of their alternatives."""
    lifts: int = 1
    """How many facts about a member of the rest are multiplied before they are summed."""
    items: list[Item] = field(default_factory=list)
    some: list[Item] = field(default_factory=list)
    """Facts that somebody of the rest exists with some property."""
    conditions: list[Item] = field(default_factory=list)
    """Facts about all of the rest."""
    _seen: set[Formula] = field(default_factory=set)
    _atoms: dict[int, None] = field(default_factory=dict)

    @property
    def atoms(self) -> list[int]:
        """The atoms that have come up."""
        return list(self._atoms)

    def run(self) -> list[Item]:
        """All facts: those of the roots, and what is known of the atoms in them."""
        for monomial, _ in self.place.rules:
            # An unknown that an equation has replaced still has its bounds and its meaning.
            self._atoms.update(dict.fromkeys(monomial))
        for ref in self.roots:
            self._add(ref, self.place.facts.closed(ref))
        self._define()
        if self.lifts:
            self._lift()
            self._define()
        return self.items

    def _add(self, ref: Ref, formula: Formula) -> None:
        if formula[0] == "and":
            for i, part in enumerate(formula[1]):
                self._add(["part", ref, i], part)
            return
        if formula == TRUE or formula in self._seen or mark(ref, formula) in self.done or _is_plain(formula):
            return
        self._seen.add(formula)
        if formula[0] == "all":
            self.conditions.append(Item(ref, formula))
        elif formula[0] == "some":
            self.some.append(Item(ref, formula))
        self.items.append(Item(ref, formula))
        for atom in atoms_of(formula, self.place.atoms.shapes):
            self._atoms.setdefault(atom)

    def _define(self) -> None:
        """Facts about the atoms that have come up, until no new ones do."""
        done: set[int] = set()
        facts, atoms = self.place.facts, self.place.atoms
        while len(done) < len(self._atoms):
            for atom in [a for a in self._atoms if a not in done]:
                done.add(atom)
                if atoms.stars[atom]:
                    continue
                low, high = atoms.ranges[atom]
                for side, bound in (("low", low), ("high", high)):
                    if bound is not None:
                        self._add(["range", self.index(atom), side], facts.range(atom, side))
                if atoms.shapes[atom][0] in ("greatest", "least", "inverse", "floor", "if"):
                    for i, formula in enumerate(_definitions(self.place, atom)):
                        if i < 3 or atoms.shapes[atom][0] != "if":
                            self._add(["def", self.index(atom), i], formula)

    # ------------------------------------------------------------------------------------------ sums over the rest

    def _lift(self) -> None:
        """Facts about members of the rest, and products of two of them, summed: those that speak of sums in use."""
        sums = {a for a in self._atoms if self.place.atoms.shapes[a][0] == "sum"}
        if not sums:
            return
        binders = {tuple(s for s, _ in self.place.atoms.shapes[a][1]) for a in sums}
        for stars in sorted(binders):
            self._lift_over(stars, sums)

    def _lift_over(self, stars: tuple[str, ...], sums: set[int]) -> None:
        pointwise = [i for i in self._pointwise(stars, sums) if i.formula[0] in LIFTED]
        if not self._lift_each([[i] for i in pointwise], stars, sums) or self.lifts < 2:
            return
        shapes = self.place.atoms.shapes
        # Sums that single facts speak of are in use by now.
        in_use = sums | {a for a in self._atoms if shapes[a][0] == "sum"}
        wanted = {shapes[a][2] for a in in_use}
        pairs = [[a, b] for n, a in enumerate(pointwise) for b in pointwise[n:]]
        if self._lift_each((pair for pair in pairs if self._is_about(pair, wanted)), stars, in_use):
            self._lift_each(self._of_kinds(stars, sums, pointwise), stars, None)

    def _of_kinds(self, stars: tuple[str, ...], sums: set[int], pointwise: list[Item]) -> Iterator[list[Item]]:
        """Facts about the members of each kind, where conditions tell them apart: what is never negative has no
        negative sum; and equations, of those of whom one condition holds (nobody has voted for two)."""
        shapes, ranges = self.place.atoms.shapes, self.place.atoms.ranges
        kinds: dict[tuple[int, ...], dict[int, None]] = {}
        for number in sorted(sums):
            if tuple(s for s, _ in shapes[number][1]) == stars:
                switches = [a for a in shapes[number][2] if shapes[a][0] == "if"]
                plain = tuple(a for a in shapes[number][2] if a not in switches)
                kinds.setdefault(plain, {}).update(dict.fromkeys(switches))
        equations = [i for i in pointwise if i.formula[0] not in ("ge", "gt")]
        for plain, told_apart in kinds.items():
            if any(ranges[a][0] != 0 for a in plain):
                continue
            weights = [self._range(a, "low") for a in plain]
            few = len(told_apart) <= MOST_TOLD_APART
            for atoms in [tuple(told_apart)] if few else combinations(told_apart, 2):
                for sides in product(("low", "high"), repeat=len(atoms)) if len(atoms) > 1 else ():
                    yield [*weights, *(self._range(a, side) for a, side in zip(atoms, sides, strict=True))]
            for equation in equations if told_apart else ():
                yield [*weights, equation]
                yield from ([*weights, equation, self._range(a, "low")] for a in told_apart)

    def _range(self, atom: int, side: str) -> Item:
        return Item(["range", self.index(atom), side], self.place.facts.range(atom, side))

    def _lift_each(self, candidates: Iterable[list[Item]], stars: tuple[str, ...], sums: set[int] | None) -> bool:
        """Sum products of facts, those that speak of the sums in use (None: of any). False if there is no need to go
        on: a contradiction, or too many facts."""
        facts, shapes = self.place.facts, self.place.atoms.shapes
        count = 0
        for chosen in candidates:
            ref = ["lift", list(stars), [i.ref for i in chosen]]
            try:
                formula = facts.lifted(list(stars), [i.formula for i in chosen])
            except Refused:
                continue
            if formula == FALSE:
                self.items.append(Item(ref, formula))
                return False
            if formula[0] not in ARITHMETIC or self.place.atoms.stars_in(formula):
                continue
            used = {a for a in atoms_of(formula, shapes) if shapes[a][0] == "sum"}
            fresh = used - sums if sums is not None else ()
            if not used or (fresh and (len(chosen) > 1 or len(fresh) > 1)):
                continue
            self._add(ref, formula)
            count += 1
            if count > MOST_LIFTED:
                return False
        return True

    def _is_about(self, chosen: list[Item], wanted: set[Any]) -> bool:
        """Whether a product of facts, summed, speaks only of sums in use."""
        algebra, stars = self.place.facts.evaluator.algebra, self.place.atoms.stars
        if any(i.formula[0] not in ARITHMETIC for i in chosen):
            return False
        product = algebra.times(*(dict(i.formula[1]) for i in chosen))
        return all(tuple(a for a in m if stars[a]) in wanted for m in product if any(stars[a] for a in m))

    def _pointwise(self, stars: tuple[str, ...], sums: set[int]) -> Iterator[Item]:
        """What is known of arbitrary members of the rest."""
        atoms = self.place.atoms
        found: list[Item] = []
        for item in self.conditions:
            _, star, classes, body = item.formula
            if star in stars and classes == self.place.classes.get(sort_of(star), 0):
                found.extend(_opened(["open", item.ref], body, stars, self.place))
        yield from found
        inside: dict[int, None] = {}
        for number in sums:
            if tuple(s for s, _ in atoms.shapes[number][1]) == stars:
                for atom in atoms.shapes[number][2]:
                    inside.setdefault(atom)
        for item in found:
            for atom in atoms_of(item.formula, atoms.shapes):
                if atoms.stars[atom]:
                    inside.setdefault(atom)
        for atom in inside:
            low, high = atoms.ranges[atom]
            for side, bound in (("low", low), ("high", high)):
                if bound is not None:
                    yield Item(["range", self.index(atom), side], self.place.facts.range(atom, side))
            for i, formula in enumerate(_definitions(self.place, atom)):
                for item in parts(["def", self.index(atom), i], formula):
                    if item.formula[0] in ARITHMETIC:
                        yield item


def _definitions(place: Place, atom: int) -> list[Formula]:
    try:
        return place.facts.definitions(atom)
    except Refused:
        return []


def _opened(ref: Ref, body: Formula, stars: tuple[str, ...], place: Place) -> Iterator[Item]:
    """The facts in the body of "all of the rest"; clauses as guarded facts."""
    for item in parts(ref, body):
        kind = item.formula[0]
        if kind == "all" and item.formula[1] in stars:
            yield from _opened(["open", item.ref], item.formula[3], stars, place)
        elif kind == "or":
            for i, part in enumerate(item.formula[1]):
                if part[0] in LIFTED:
                    guarded = ["guard", item.ref, i]
                    try:
                        yield Item(guarded, place.facts.fact(guarded))
                    except Refused:
                        continue
        else:
            yield item


def mark(ref: Ref, formula: Formula) -> str:
    """A fact's name among those that are done with. Suppositions stay where they are; the parts of any other fact move
    up when one of them has been decided."""
    return str(ref) if "'case'" in str(ref) else f"{ref} {formula}"


def _is_plain(formula: Formula) -> bool:
    """Whether a clause offers both sides of an equation, and so says nothing."""
    return formula[0] == "or" and any(p[0] == "eq" and ("ne", p[1]) in formula[1] for p in formula[1])


def parts(ref: Ref, formula: Formula) -> Iterator[Item]:
    """A fact in its parts, without the trivial ones."""
    if formula[0] == "and":
        for i, part in enumerate(formula[1]):
            yield from parts(["part", ref, i], part)
    elif formula != TRUE:
        yield Item(ref, formula)


def atoms_of(formula: Formula, shapes: list[Any]) -> Iterator[int]:
    """The atoms that a formula speaks of directly."""
    match formula:
        case ("ge" | "gt" | "eq" | "ne", poly):
            for monomial, _ in poly:
                yield from monomial
        case ("and" | "or", parts):
            for part in parts:
                yield from atoms_of(part, shapes)
        case ("all" | "some", _, _, body):
            yield from atoms_of(body, shapes)
        case _:
            return


def inner_atoms(atoms: Iterable[int], known: Atoms) -> set[int]:
    """The atoms, with those that they are built from."""
    out: set[int] = set()
    pending = list(atoms)
    while pending:
        atom = pending.pop()
        if atom in out:
            continue
        out.add(atom)
        match known.shapes[atom]:
            case ("inverse" | "floor", poly):
                pending.extend(a for m, _ in poly for a in m)
            case ("if", literal):
                pending.extend(atoms_of(literal, known.shapes))
            case ("sum", _, monomial):
                pending.extend(monomial)
    return out


def is_clause(formula: Formula) -> bool:
    """Whether a fact offers alternatives."""
    return formula[0] in ("or", "ne") or formula[0] not in LITERALS
