"""The tree that a search builds: its nodes, as the kernel reads them, and the way down to a place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any, final

from verifier.engines.certify.gather import Gathering, mark
from verifier.engines.certify.table import TableWriter
from verifier.kernel.atoms import Atom, Atoms
from verifier.kernel.check import Place
from verifier.kernel.core import Core
from verifier.kernel.facts import Ref
from verifier.kernel.formulas import LITERALS, Formula, Undecided
from verifier.kernel.obligations import Obligation
from verifier.kernel.polynomials import Monomial

DEEPEST = 40
MOST_CLASSES = 6


class Lost(Exception):
    """No proof was found; the message says where the search ended."""


@final
@dataclass(frozen=True, slots=True)
class Path:
    """The way down to a place: the facts that mattered further up (None: not known yet), whether the goal has been
    taken apart, and which facts have been replaced by one of their alternatives."""

    focus: tuple[Ref, ...] | None = None
    taken: bool = False
    done: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    """What it was tried to decide before the goal was taken apart."""
    absurd: bool = False
    """The facts contradict one another without the goal."""
    depth: int = 0

    def down(self) -> Path:
        """One step further."""
        return replace(self, depth=self.depth + 1)


@dataclass(slots=True)
class Tree(ABC):
    """Builds a proof of one obligation. `budget` bounds the steps, `seconds` the processor time."""

    core: Core
    obligation: Obligation
    atoms: Atoms = field(default_factory=Atoms)
    budget: int = 400
    seconds: float = 60.0
    table: TableWriter = field(init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self.table = TableWriter(self.atoms)
        self._began = process_time()

    @abstractmethod
    def step(self, place: Place, path: Path) -> Any:
        """A tree below a place where every member that matters has a name."""

    def tree(self, place: Place, path: Path) -> Any:
        """A tree below a place; `Lost` if none is found."""
        self.budget -= 1
        if self.budget < 0 or path.depth > DEEPEST:
            raise Lost("the proof got too long")
        if process_time() - self._began > self.seconds:
            raise Lost(f"no proof was found in {self.seconds:g} seconds of processor time")
        try:
            return self.step(place, path)
        except Undecided as undecided:
            member = self.unknown_member(place)
            if member is not None:
                return self.named(place, member, path)
            return self.split(place, _first_literal(undecided.condition), path)

    def apart(self, place: Place, ref: Ref, formula: Formula, path: Path) -> Any:
        """Take a fact apart: somebody of whom it speaks, its alternatives, or its parts."""
        path = replace(path, done=path.done | {mark(ref, formula)})
        match formula[0]:
            case "some":
                return ["witness", ref, self.tree(place.witness_of(ref), path.down())]
            case "or" | "ne":
                return ["cases", ref, [self.tree(p, path.down()) for p in place.alternatives(ref)]]
            case _:
                return ["take", ref, self.tree(place.take(ref), path.down())]

    def split(self, place: Place, literal: Formula, path: Path) -> Any:
        """Look at both sides of a literal."""
        if literal[0] not in LITERALS:
            raise Lost("nothing to split on")
        yes, no = place.split(literal)
        written = self.table.formula(literal)
        return ["split", written, self.tree(yes, path.down()), self.tree(no, path.down())]

    def used(self, place: Place, rule: tuple[Ref, Monomial], path: Path) -> Any:
        """Use an equation from left to right."""
        ref, monomial = rule
        return ["rule", ref, self.table.monomial(monomial), self.tree(place.rule(ref, monomial), path.down())]

    def named(self, place: Place, member: Atom, path: Path) -> Any:
        """Ask who a member is: one of the classes, or somebody new."""
        return [
            "member",
            self.table.atom(member),
            [self.tree(p, path.down()) for p in place.member(("member", member))],
        ]

    def everything(self, place: Place, path: Path) -> Gathering:
        """All facts but the goal, without sums of facts about members of the rest."""
        roots = (*labels(place), *suppositions(place, path))
        return Gathering(place, roots, self.table.atom, path.done, 0)

    def unknown_member(self, place: Place) -> Atom | None:
        """A member of whom facts here speak, and who has no name yet."""
        if sum(place.classes.values()) >= MOST_CLASSES:
            return None
        for atom in self.atoms.sorts:
            if atom not in place.members and not self.atoms.stars[atom] and self._stands(place, atom):
                return atom
        return None

    def _stands(self, place: Place, atom: int) -> bool:
        """Whether an atom is what the variable is called here: its keys have no other names by now."""
        shape = self.atoms.shapes[atom]
        keys = shape[-1] if shape[0] in ("read", "param") else ()
        for key in keys:
            if isinstance(key, tuple) and (key[1] in place.members or not self._stands(place, key[1])):
                return False
            if isinstance(key, str) and not _is_named(place, key):
                return False
        return True


def _is_named(place: Place, key: str) -> bool:
    """Whether a class is one of those of this place."""
    sort, _, number = key.partition("#")
    return not number or int(number) < place.classes.get(sort, 0)


def _first_literal(formula: Formula) -> Formula:
    while formula[0] in ("and", "or"):
        formula = formula[1][0]
    return formula


def labels(place: Place) -> tuple[Ref, ...]:
    """The labels of the facts but the goal."""
    return tuple(label for label in place.facts.labels() if label != "goal")


def suppositions(place: Place, path: Path) -> tuple[Ref, ...]:
    """What has been supposed, and not been replaced since."""
    return tuple(["case", i] for i in range(len(place.cases)) if str(["case", i]) not in path.done)
