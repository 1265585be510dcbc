"""Random ways down a proof tree that follow one concrete world: what the kernel says on the way has to be true there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.kernel.concrete import World
from verifier.engines.certify.gather import Gathering, Item
from verifier.engines.certify.table import TableWriter
from verifier.kernel.atoms import Atom
from verifier.kernel.check import Place
from verifier.kernel.core import Core
from verifier.kernel.formulas import Refused, Undecided, is_formula
from verifier.kernel.obligations import Obligation


class Falsity(AssertionError):
    """The kernel says something that is false in the world at hand."""


@dataclass(slots=True)
class Walk:
    """One walk. `way` tells what was done, for whoever reads a failure."""

    core: Core
    obligation: Obligation
    world: World
    rng: Random
    table: TableWriter = field(init=False)
    way: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = TableWriter(self.world.atoms)
        self.world.names = {}

    def run(self, steps: int) -> None:
        """Goes down; `Falsity` where the kernel errs."""
        place = Place(self.core, self.obligation, self.table.entries, {}, self.world.atoms)
        for _ in range(steps):
            self._hold(place)
            below = self._down(place)
            if below is None:
                return
            place = below
        self._hold(place)

    # ------------------------------------------------------------------------------------------ what is said here

    def _need(self, true: bool, what: str, formula: Any) -> None:
        if not true:
            raise Falsity(f"{what}: {formula}; after {self.way}; {self.world.names}; {self.world.versions}")

    def _hold(self, place: Place) -> None:
        """Everything that the kernel says at a place."""
        world = self.world
        for i, case in enumerate(place.cases):
            self._need(not place.atoms.stars_in(case), f"case {i} is open", case)
            self._need(world.formula(case), f"case {i}", case)
        for monomial, right in place.rules:
            self._need(world.monomial(monomial, {}) == world.poly(right.items()), "rule", (monomial, right))
        roots = []
        needs = []
        for label, true in self._labels(place):
            if true is None:
                continue
            said = world.formula(place.facts.closed(label))
            if label.startswith("need"):
                needs.append(said)
            else:
                self._need(said is true, label, place.facts.closed(label))
            if said:
                roots.append(label)
        if world.needs is not None and needs and len(needs) == self._conditions(place):
            self._need(all(needs) is world.needs, "needs", needs)
        roots += [["case", i] for i in range(len(place.cases))]
        self._derived(place, roots)
        for item in self._gathered(place, roots):
            # What has been opened holds of the rest, and of nobody where there is none, whether it mentions her or not.
            stars = place.atoms.stars_in(item.formula) | place.facts.opened(item.ref)
            self._need(world.everywhere(item.formula, stars), str(item.ref), item.formula)
        self._atoms(place)

    def _derived(self, place: Place, roots: list[Any]) -> None:
        """Alternatives guarded by any of them, and what is said of the rest lifted over it, by itself and with more."""
        facts, atoms = place.facts, place.atoms
        for root in self._with_parts(place, roots):
            formula = facts.fact(root)
            found = [root, *self._guards(root, formula)]
            if formula[0] == "all":
                opened = [["open", root]]
                try:
                    opened = list(self._with_parts(place, opened))
                    opened += [g for r in opened for g in self._guards(r, facts.fact(r))]
                except Refused:
                    continue
                others = [self.rng.choice([*opened, *found]) for _ in opened]
                found += [
                    ["lift", [formula[1]], refs] for r, o in zip(opened, others, strict=True) for refs in ([r], [r, o])
                ]
            for ref in found:
                try:
                    derived = facts.closed(ref)
                except Refused:
                    continue
                self._need(self.world.everywhere(derived, atoms.stars_in(derived)), f"derived {ref}", derived)

    def _with_parts(self, place: Place, refs: list[Any]) -> Iterator[Any]:
        for ref in refs:
            formula = place.facts.fact(ref)
            yield ref
            yield from (["part", ref, i] for i in range(len(formula[1]) if formula[0] == "and" else 0))

    def _guards(self, ref: Any, formula: Any) -> list[Any]:
        return [["guard", ref, i] for i in range(len(formula[1]))] if formula[0] == "or" else []

    def _labels(self, place: Place) -> Iterator[tuple[str, bool | None]]:
        for label in list(place.facts.labels()):
            try:
                place.facts.closed(label)
            except Undecided:
                continue
            known = self.world.truth.get(label)
            yield label, self.world.needs is not None if label.startswith("need") else known

    def _conditions(self, place: Place) -> int:
        return sum(label.startswith("need") for label in place.facts.labels())

    def _gathered(self, place: Place, roots: list[Any]) -> list[Item]:
        gathering = Gathering(place, roots, self.table.atom)
        try:
            gathering.run()
        except Undecided:
            return []
        return [*gathering.items, *self._pointwise(gathering)]

    def _pointwise(self, gathering: Gathering) -> Iterator[Item]:
        """What is said of members of the rest, checked of each."""
        shapes = gathering.place.atoms.shapes
        atoms = list(self.world.atoms.numbers.values())
        sums: set[int] = {a for a in atoms if shapes[a][0] == "sum" and self._alive(gathering.place, a)}
        for stars in {tuple(s for s, _ in shapes[a][1]) for a in sums}:
            yield from gathering._pointwise(stars, sums)  # noqa: SLF001

    def _alive(self, place: Place, atom: int) -> bool:
        """Whether a proof may mention an atom here."""
        try:
            place.facts.reader.value(self.table.atom(atom))
        except Refused:
            return False
        return True

    def _atoms(self, place: Place) -> None:
        """Definitions and ranges of all atoms that a proof may mention here. Each has to have a value in the world."""
        world, facts = self.world, place.facts
        for atom in list(world.atoms.numbers.values()):
            if not self._alive(place, atom):
                continue
            stars = world.atoms.stars[atom]
            self._worth(place, atom)
            known = []
            low, high = world.atoms.ranges[atom]
            known += [facts.range(atom, side) for side, b in (("low", low), ("high", high)) if b is not None]
            try:
                known += facts.definitions(atom)
            except Refused:
                continue
            for formula in known:
                self._need(world.everywhere(formula, stars), f"atom {atom}", formula)

    def _worth(self, place: Place, atom: Atom) -> None:
        """Whatever an atom is read as here, it has the value that it has in the world: also where it has been brought
        up further up, with fewer classes."""
        world, value = self.world, place.facts.reader.value(self.table.atom(atom))
        read = world.formula if is_formula(value) else world.key
        for bound in world.choices(world.atoms.stars[atom]):
            worth = world.poly(value.items(), bound) if isinstance(value, dict) else read(value, bound)
            self._need(worth == world.atom(atom, bound), f"atom {atom} is read as another", value)

    # ------------------------------------------------------------------------------------------ down

    def _down(self, place: Place) -> Place | None:
        """A place further down that the world agrees with."""
        for _ in range(8):
            step = self.rng.choice((self._split, self._cases, self._take, self._rule, self._member, self._witness))
            try:
                below = step(place)
            except Undecided:
                continue
            if below is not None:
                return below
        return None

    def _facts(self, place: Place) -> list[tuple[Any, Any]]:
        """True facts with their references."""
        out = []
        for label in place.facts.labels():
            try:
                formula = place.facts.closed(label)
            except Undecided:
                continue
            if self.world.formula(formula):
                out.append((label, formula))
        out += [(["case", i], case) for i, case in enumerate(place.cases)]
        parts = [(["part", r, i], p) for r, f in out if f[0] == "and" for i, p in enumerate(f[1])]
        atoms = list(self.world.atoms.numbers.values())
        for atom in self.rng.sample(atoms, min(6, len(atoms))):
            if self._alive(place, atom) and not self.world.atoms.stars[atom]:
                try:
                    found = place.facts.definitions(atom)
                except Refused:
                    continue
                parts += [(["def", self.table.atom(atom), i], f) for i, f in enumerate(found)]
        return [*out, *parts]

    def _consistent(self, places: list[Place], what: Any) -> Place:
        for place in places:
            if all(self.world.formula(case) for case in place.cases):
                # The other branches are looked at as well: what they make up must not leak into this one.
                for other in places:
                    if other is not place:
                        self._peek(other)
                self.way.append(what)
                return place
        raise Falsity(f"no case is true: {what}; after {self.way}")

    def _peek(self, place: Place) -> None:
        for label in place.facts.labels():
            try:
                place.facts.closed(label)
            except Refused:
                continue

    def _split(self, place: Place) -> Place | None:
        literals = []
        for _, formula in self._facts(place):
            literals += [f for f in _literals(formula) if f[0] in ("ge", "gt", "eq", "ne", "is")]
        if not literals:
            return None
        literal = self.rng.choice(literals)
        try:
            literal = place.facts.reader.formula(self.table.formula(literal))
            places = place.split(literal)
        except Refused:
            return None
        return self._consistent(list(places), ("split", literal))

    def _cases(self, place: Place) -> Place | None:
        found = [(r, f) for r, f in self._facts(place) if f[0] in ("or", "ne")]
        if not found:
            return None
        ref, formula = self.rng.choice(found)
        return self._consistent(place.alternatives(ref), ("cases", ref, formula))

    def _take(self, place: Place) -> Place | None:
        found = [(r, f) for r, f in self._facts(place) if f[0] not in ("true", "or")]
        if not found:
            return None
        ref, formula = self.rng.choice(found)
        return self._consistent([place.take(ref)], ("take", ref, formula))

    def _rule(self, place: Place) -> Place | None:
        found = [(r, f) for r, f in self._facts(place) if f[0] == "eq"]
        if not found:
            return None
        ref, formula = self.rng.choice(found)
        lone = [m for m, _ in formula[1] if len(m) == 1 and sum(m[0] in n for n, _ in formula[1]) == 1]
        if not lone:
            return None
        return self._consistent([place.rule(ref, self.rng.choice(lone))], ("rule", ref, formula))

    def _member(self, place: Place) -> Place | None:
        world, atoms = self.world, self.world.atoms
        waiting = [a for a in atoms.sorts if not atoms.stars[a] and a not in place.members and self._alive(place, a)]
        if not waiting:
            return None
        atom = self.rng.choice(waiting)
        sort, value = atoms.sorts[atom], world.atom(atom, {})
        named = [world.names[f"{sort}#{i}"] for i in range(place.classes.get(sort, 0))]
        places = place.member(("member", atom))
        index = named.index(value) if value in named else len(named)
        for i, other in enumerate(places):
            if i != index:
                self._peek(other)
        if index == len(named):
            world.names[f"{sort}#{index}"] = value
        self.way.append(("member", atom, atoms.shapes[atom], index))
        return places[index]

    def _witness(self, place: Place) -> Place | None:
        world = self.world
        found = [(r, f) for r, f in self._facts(place) if f[0] == "some"]
        found = [(r, f) for r, f in found if f[2] == place.classes.get(f[1].lstrip("*").rstrip("'"), 0)]
        if not found:
            return None
        ref, (_, star, classes, body) = self.rng.choice(found)
        fitting = [m for m in world.rest(star, classes) if world.formula(body, {star: m})]
        below = place.witness_of(ref)
        world.names[f"{star.lstrip('*').rstrip(chr(39))}#{classes}"] = self.rng.choice(fitting)
        self.way.append(("witness", ref, body))
        return below


def _literals(formula: Any) -> Iterator[Any]:
    match formula[0]:
        case "and" | "or":
            for part in formula[1]:
                yield from _literals(part)
        case "true" | "false":
            return
        case _:
            yield formula
