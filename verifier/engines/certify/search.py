"""The search for a proof of one obligation: name the members, take the goal apart, ask a solver which facts matter,
find the arithmetic, split where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

from verifier.engines.certify.asking import core_of
from verifier.engines.certify.closing import finished, outright, with_cut
from verifier.engines.certify.divisors import prepared
from verifier.engines.certify.gather import ARITHMETIC, Gathering, Item, mark, parts
from verifier.engines.certify.literals import switch
from verifier.engines.certify.pruned import pruned
from verifier.engines.certify.tree import MOST_CLASSES, Lost, Path, Tree, labels, suppositions
from verifier.engines.certify.witness import witnesses
from verifier.kernel.check import Place
from verifier.kernel.formulas import FALSE, Formula, Refused

GUESS_BUDGET = 120
MOST_SINGLE = 10


@final
@dataclass(slots=True)
class Prover(Tree):
    """Looks for a proof of one obligation."""

    def prove(self, claim: Mapping[str, Any], witness: Mapping[str, Any]) -> dict[str, Any]:
        """A proof, as the kernel reads it; `Lost` if none was found. Choices that an `enabled` leaves open, and for
        which no witness is given, are guessed."""
        try:
            return self._prove(witness)
        except Refused as problem:
            if claim["kind"] != "enabled" or "no witness" not in str(problem):
                raise Lost(str(problem)) from None
        for guess in witnesses(self.core, claim, self.atoms, self.table):
            self.budget = GUESS_BUDGET
            try:
                return self._prove(guess)
            except (Lost, Refused):
                continue
        raise Lost("no choice was found for what the property leaves open")

    def _prove(self, witness: Mapping[str, Any]) -> dict[str, Any]:
        place = Place(self.core, self.obligation, self.table.entries, witness, self.atoms)
        tree = self.tree(place, Path())
        out: dict[str, Any] = {"atoms": self.table.entries, "tree": tree}
        return pruned(out | {"witness": dict(witness)} if witness else out)

    def step(self, place: Place, path: Path) -> Any:
        """Name members, take the goal apart, and then everything else."""
        goal = place.facts.closed("goal")
        member = self.unknown_member(place)
        if member is not None:
            return self.named(place, member, path)
        if goal == FALSE:
            return ["close", [["1", ["goal"]]], []]
        if not path.taken and not path.absurd:
            decided = prepared(self, place, path)
            if decided is not None:
                return decided
        if not path.taken and not path.absurd and goal[0] != "true":
            condition = switch(place, goal)
            if condition is not None:
                return self.split(place, condition, path)
            return self.apart(place, "goal", goal, replace(path, taken=True))
        for i, case in enumerate(place.cases):
            for item in parts(["case", i], case) if str(["case", i]) not in path.done else ():
                alternatives = item.formula[0] == "or" and item.ref[0] == "case"
                if (alternatives or item.formula[0] == "some") and mark(item.ref, item.formula) not in path.done:
                    return self.apart(place, item.ref, item.formula, path)
        return self._arithmetic(place, path)

    def _arithmetic(self, place: Place, path: Path) -> Any:
        """Find out which facts contradict one another: first among those that mattered further up."""
        own = suppositions(place, path)
        every = labels(place)
        without = tuple(label for label in every if not str(label).startswith("known"))
        single = [(*without, label) for label in every if label not in without]
        tries = [(path.focus, 1), (without, 0), (every, 1), (every, 2), *((one, 1) for one in single[:MOST_SINGLE])]
        unsure = False
        for number, (chosen, lifts) in enumerate(tries):
            if number >= 4 and not unsure:
                break
            if chosen is None or (lifts > 1 and not any(shape[0] == "sum" for shape in self.atoms.shapes)):
                continue
            items = Gathering(place, (*chosen, *own), self.table.atom, path.done, lifts).run()
            core, gave_up = core_of(items, place)
            unsure |= gave_up
            if core is not None:
                return finished(self, place, core, items, path)
            if unsure:
                # No core, but no counterexample either: arithmetic on everything may still find its way.
                found = outright(self, place, items)
                if found is not None:
                    return found
        whole = with_cut(self, place, path)
        if whole is not None:
            return whole
        somebody = self._somebody(place, path)
        if somebody is not None:
            return self.apart(place, somebody.ref, somebody.formula, replace(path, focus=None))
        apart = self._apart_as_whole(place, path)
        if apart is not None:
            return apart
        raise Lost("the facts do not contradict one another, as far as the solver can tell")

    def _somebody(self, place: Place, path: Path) -> Item | None:
        """A fact, or alternatives, that somebody exists of whom nothing has been used yet."""
        if sum(place.classes.values()) >= MOST_CLASSES:
            return None
        gathering = self.everything(place, path)
        items = gathering.run()
        clauses = [i for i in items if i.formula[0] == "or" and any(p[0] == "some" for p in i.formula[1])]
        # Those that offer a way out ("nothing is decided, or somebody …") come last.
        clauses.sort(key=lambda i: any(p[0] in ("is", *ARITHMETIC) for p in i.formula[1]))
        return next(iter([*gathering.some, *clauses]), None)

    def _apart_as_whole(self, place: Place, path: Path) -> Any:
        """Take whole numbers that differ apart, or alternatives that say so: the solver, which reads them as real, may
        have put one between the others."""
        for item in self.everything(place, path).run():
            if self._sets_apart(place, item.formula) and mark(item.ref, item.formula) not in path.done:
                return self.apart(place, item.ref, item.formula, replace(path, focus=None))
        return None

    def _sets_apart(self, place: Place, formula: Formula) -> bool:
        match formula[0]:
            case "ne":
                return place.facts.evaluator.algebra.whole(dict(formula[1]))
            case "and" | "or":
                return any(self._sets_apart(place, part) for part in formula[1])
            case _:
                return False
