"""The search for a proof of one obligation: name the members, take the goal apart, ask a solver which facts matter,
find the arithmetic, split where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, final

from verifier.engines.certify.asking import contradict, core_of, solve
from verifier.engines.certify.gather import ARITHMETIC, Gathering, Item, atoms_of, inner_atoms, is_clause, mark, parts
from verifier.engines.certify.literals import MOST_NESTED, both_ways, common_factor, cut, leading, sign, switch
from verifier.engines.certify.products import Combination, Fact, combination
from verifier.engines.certify.table import TableWriter
from verifier.engines.certify.witness import witnesses
from verifier.kernel.atoms import Atom, Atoms
from verifier.kernel.check import Place
from verifier.kernel.core import Core
from verifier.kernel.facts import Ref, arithmetic
from verifier.kernel.formulas import FALSE, LITERALS, Algebra, Formula, Refused, Undecided
from verifier.kernel.obligations import Obligation
from verifier.kernel.polynomials import Monomial, Poly, added, constant, scaled, value_of

DEEPEST = 40
GUESS_BUDGET = 120
MOST_OUTRIGHT = 45
MOST_SINGLE = 10
MOST_CLASSES = 6
PLANS: tuple[tuple[int, int, int], ...] = (
    (1, 0, 80),
    (1, 2, 24),
    (2, 0, 50),
    (2, 1, 16),
    (3, 0, 18),
    (2, 2, 10),
    (4, 0, 10),
    (5, 0, 7),
)
"""Degrees of products and rounds of multiples, with the greatest number of facts for which they are tried."""


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


@final
@dataclass(slots=True)
class Prover:
    """Looks for a proof of one obligation. `budget` bounds the steps of the tree."""

    core: Core
    obligation: Obligation
    atoms: Atoms = field(default_factory=Atoms)
    budget: int = 400
    table: TableWriter = field(init=False)

    def __post_init__(self) -> None:
        self.table = TableWriter(self.atoms)

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
        tree = self._tree(place, Path())
        out: dict[str, Any] = {"atoms": self.table.entries, "tree": tree}
        if witness:
            out["witness"] = dict(witness)
        return out

    # ------------------------------------------------------------------------------------------ the tree

    def _tree(self, place: Place, path: Path) -> Any:
        """A tree below a place."""
        self.budget -= 1
        if self.budget < 0 or path.depth > DEEPEST:
            raise Lost("the proof got too long")
        try:
            return self._step(place, path)
        except Undecided as undecided:
            member = self._unknown_member(place)
            if member is not None:
                return self._named(place, member, path)
            return self._split(place, _first_literal(undecided.condition), path)

    def _step(self, place: Place, path: Path) -> Any:
        goal = place.facts.closed("goal")
        member = self._unknown_member(place)
        if member is not None:
            return self._named(place, member, path)
        if goal == FALSE:
            return ["close", [["1", ["goal"]]], []]
        if not path.taken and not path.absurd:
            prepared = self._prepared(place, path)
            if prepared is not None:
                return prepared
        if not path.taken and not path.absurd and goal[0] != "true":
            condition = switch(place, goal)
            if condition is not None:
                return self._split(place, condition, path)
            return self._apart(place, "goal", goal, replace(path, taken=True))
        for i, case in enumerate(place.cases):
            for item in parts(["case", i], case) if str(["case", i]) not in path.done else ():
                alternatives = item.formula[0] == "or" and item.ref[0] == "case"
                if (alternatives or item.formula[0] == "some") and mark(item.ref, item.formula) not in path.done:
                    return self._apart(place, item.ref, item.formula, path)
        return self._arithmetic(place, path)

    def _apart(self, place: Place, ref: Ref, formula: Formula, path: Path) -> Any:
        """Take a fact apart: somebody of whom it speaks, its alternatives, or its parts."""
        path = replace(path, done=path.done | {mark(ref, formula)})
        match formula[0]:
            case "some":
                return ["witness", ref, self._tree(place.witness_of(ref), path.down())]
            case "or" | "ne":
                return ["cases", ref, [self._tree(p, path.down()) for p in place.alternatives(ref)]]
            case _:
                return ["take", ref, self._tree(place.take(ref), path.down())]

    def _split(self, place: Place, literal: Formula, path: Path) -> Any:
        if literal[0] not in LITERALS:
            raise Lost("nothing to split on")
        yes, no = place.split(literal)
        written = self.table.formula(literal)
        return ["split", written, self._tree(yes, path.down()), self._tree(no, path.down())]

    # ------------------------------------------------------------------------------------------ before the goal

    def _prepared(self, place: Place, path: Path) -> Any:
        """Decide what can be decided whatever the goal is: parameters that are given, divisors that are not zero,
        conditions that always or never hold. Every fact below gets simpler by it."""
        algebra = place.facts.evaluator.algebra
        for label in place.facts.labels():
            for item in parts(label, place.facts.closed(label)) if label.startswith("assume") else ():
                monomial = leading(dict(item.formula[1]), self.atoms) if item.formula[0] == "eq" else None
                if monomial is not None and len(monomial) == 1:
                    return self._used(place, (item.ref, monomial), path)
        gathering = self._everything(place, path)
        items = gathering.run()
        about = dict.fromkeys(atoms_of(place.facts.closed("goal"), self.atoms.shapes))
        for atom in sorted(inner_atoms([*gathering.atoms, *about], self.atoms)):
            if self.atoms.stars[atom] or self.atoms.shapes[atom][0] not in ("inverse", "if"):
                continue
            name = self.atoms.text(atom)
            if name in path.tried:
                continue
            path = replace(path, tried=path.tried | {name})
            kind, inner = self.atoms.shapes[atom]
            if kind == "inverse":
                step = self._divisor(place, atom, algebra.normal(dict(inner)), items, path)
            else:
                step = self._condition(place, algebra.literal(inner), items, path)
            if step is not None:
                return step
        return None

    def _condition(self, place: Place, literal: Formula, items: list[Item], path: Path) -> Any:
        """Split on a condition of which the facts exclude one side."""
        if literal[0] not in LITERALS:
            return None
        negation = place.facts.evaluator.algebra.negation(literal)
        for absurd in (literal, negation):
            if contradict([*items, Item("", absurd)], place):
                yes, no = place.split(literal)
                here, there = replace(path, absurd=True).down(), path.down()
                on, off = (here, there) if absurd == literal else (there, here)
                return ["split", self.table.formula(literal), self._tree(yes, on), self._tree(no, off)]
        return None

    def _not_zero(self, place: Place, poly: Poly, items: list[Item], path: Path) -> Any:
        """Split on whether a number is above zero, or is zero, of which the facts exclude one side."""
        algebra = place.facts.evaluator.algebra
        for literal in (algebra.gt(poly), algebra.eq(poly)):
            step = self._condition(place, literal, items, path)
            if step is not None:
                return step
        return None

    def _divisor(self, place: Place, atom: int, poly: Poly, items: list[Item], path: Path) -> Any:
        """Split on a divisor's being zero, where it can't be, and use that a number times its inverse is one."""
        step = self._not_zero(place, poly, items, replace(path, tried=path.tried - {self.atoms.text(atom)}))
        if step is not None:
            return step
        index = self.table.atom(atom)
        formula = place.facts.closed(["def", index, 0])
        if formula[0] != "eq":
            return None
        flat = self._flattened(place, atom, poly, items, path)
        if flat is not None:
            return flat
        monomial = leading(dict(formula[1]), self.atoms)
        if monomial is None:
            return None
        return self._used(place, (["def", index, 0], monomial), path)

    def _flattened(self, place: Place, atom: int, poly: Poly, items: list[Item], path: Path) -> Any:
        """Use `1/p = m/n` where p has inverses in it, and times their divisors, m, it is n, which has none."""
        algebra, shapes = place.facts.evaluator.algebra, self.atoms.shapes
        number, factor = poly, constant(1)
        for _ in range(MOST_NESTED):
            inside = [a for m in number for a in m if shapes[a][0] == "inverse"]
            if not inside:
                break
            divisor = algebra.normal(dict(shapes[inside[0]][1]))
            number, factor = algebra.times(number, divisor), algebra.times(factor, divisor)
        else:
            return None
        if factor == constant(1) or value_of(number) is not None:
            return None
        turned = algebra.inverse(number)
        if len(turned) != 1:
            return None
        (monomial,) = turned
        if len(monomial) != 1 or shapes[monomial[0]][0] != "inverse":
            return None
        divisor = algebra.normal(dict(shapes[monomial[0]][1]))
        step = self._not_zero(place, divisor, items, path)
        if step is not None:
            return step
        definition = ["def", self.table.atom(monomial[0]), 0]
        if place.facts.closed(definition)[0] != "eq":
            return None
        value = algebra.times(turned, factor)
        equation = algebra.eq(added({(atom,): 1}, value, -1))
        if equation[0] != "eq":
            return None
        yes, no = place.split(equation)
        ref, last = ["case", len(place.cases)], ["case", len(place.cases) + 1]
        own = ["def", self.table.atom(atom), 0]
        apart: list[Any] = []
        for below in no.alternatives(ref):
            case = dict(below.cases[-1][1]).get((atom,), 0)
            if not case:
                return None
            # (p a - 1) v - (n b - 1) a = a - v, where a = 1/p, b = 1/n, v = m b and p m = n.
            ours, theirs = (-dict(place.facts.closed(r)[1]).get((), -1) for r in (own, definition))
            sign = 1 if case > 0 else -1
            equations = [
                [self.table.poly(scaled(value, Fraction(-sign) / ours)), own],
                [self.table.poly({(atom,): Fraction(sign) / theirs}), definition],
            ]
            close = ["close", [[str(1 / abs(Fraction(case))), [last]]], equations]
            try:
                below.prove(json.loads(json.dumps(close)))
            except Refused:
                return None
            apart.append(close)
        return ["split", self.table.formula(equation), self._used(yes, (ref, (atom,)), path), ["cases", ref, apart]]

    def _unknown_member(self, place: Place) -> Atom | None:
        if sum(place.classes.values()) >= MOST_CLASSES:
            return None
        for atom in self.atoms.sorts:
            if atom not in place.members and not self.atoms.stars[atom] and self._stands(place, atom):
                return atom
        return None

    def _named(self, place: Place, member: Atom, path: Path) -> Any:
        """Ask who a member is: one of the classes, or somebody new."""
        return [
            "member",
            self.table.atom(member),
            [self._tree(p, path.down()) for p in place.member(("member", member))],
        ]

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

    # ------------------------------------------------------------------------------------------ arithmetic

    def _arithmetic(self, place: Place, path: Path) -> Any:
        """Find out which facts contradict one another: first among those that mattered further up."""
        own = _suppositions(place, path)
        labels = _labels(place)
        without = tuple(label for label in labels if not str(label).startswith("known"))
        single = [(*without, label) for label in labels if label not in without]
        tries = [(path.focus, 1), (without, 0), (labels, 1), (labels, 2), *((one, 1) for one in single[:MOST_SINGLE])]
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
                return self._finish(place, core, items, path)
            if unsure:
                # No core, but no counterexample either: arithmetic on everything may still find its way.
                found = self._outright(place, items)
                if found is not None:
                    return found
        whole = self._with_cut(place, path)
        if whole is not None:
            return whole
        somebody = self._somebody(place, path)
        if somebody is not None:
            return self._apart(place, somebody.ref, somebody.formula, replace(path, focus=None))
        apart = self._apart_as_whole(place, path)
        if apart is not None:
            return apart
        raise Lost("the facts do not contradict one another, as far as the solver can tell")

    def _everything(self, place: Place, path: Path) -> Gathering:
        """All facts but the goal, without sums of facts about members of the rest."""
        roots = (*_labels(place), *_suppositions(place, path))
        return Gathering(place, roots, self.table.atom, path.done, 0)

    def _somebody(self, place: Place, path: Path) -> Item | None:
        """A fact, or alternatives, that somebody exists of whom nothing has been used yet."""
        if sum(place.classes.values()) >= MOST_CLASSES:
            return None
        gathering = self._everything(place, path)
        items = gathering.run()
        clauses = [i for i in items if i.formula[0] == "or" and any(p[0] == "some" for p in i.formula[1])]
        # Those that offer a way out ("nothing is decided, or somebody …") come last.
        clauses.sort(key=lambda i: any(p[0] in ("is", *ARITHMETIC) for p in i.formula[1]))
        return next(iter([*gathering.some, *clauses]), None)

    def _apart_as_whole(self, place: Place, path: Path) -> Any:
        """Take whole numbers that differ apart, or alternatives that say so: the solver, which reads them as real, may
        have put one between the others."""
        for item in self._everything(place, path).run():
            if self._sets_apart(place, item.formula) and mark(item.ref, item.formula) not in path.done:
                return self._apart(place, item.ref, item.formula, replace(path, focus=None))
        return None

    def _sets_apart(self, place: Place, formula: Formula) -> bool:
        match formula[0]:
            case "ne":
                return place.facts.evaluator.algebra.whole(dict(formula[1]))
            case "and" | "or":
                return any(self._sets_apart(place, part) for part in formula[1])
            case _:
                return False

    def _with_cut(self, place: Place, path: Path) -> Any:
        """Go on with one fact more that follows because numbers are whole, if there is one."""
        if path.absurd:
            return None
        items = self._everything(place, path).run()
        literal = cut(place, items)
        if literal is None:
            return None
        yes, no = place.split(literal)
        proofs = self._tree(yes, replace(path, focus=None).down()), self._tree(no, replace(path, absurd=True).down())
        return ["split", self.table.formula(literal), *proofs]

    def _outright(self, place: Place, items: list[Item]) -> Any:
        """Close with products of two facts, whichever they are."""
        chosen = [i for i in items if i.formula[0] in ARITHMETIC]
        if len(chosen) > MOST_OUTRIGHT:
            return None
        facts = [Fact(*arithmetic(i.formula)) for i in chosen]
        found = combination(place.facts.evaluator.algebra, facts, 2, solve)
        return self._closed(found, chosen) if found is not None else None

    def _finish(self, place: Place, core: list[Item], items: list[Item], path: Path) -> Any:
        """Close with arithmetic, or take the core apart."""
        for item in core:
            if item.formula == FALSE:
                return ["close", [["1", [item.ref]]], []]
        roots = dict.fromkeys(root for root in map(_root, (i.ref for i in core)) if root is not None)
        below = replace(path, focus=tuple(roots))
        clauses = [i for i in core if is_clause(i.formula)]
        if clauses:
            smallest = min(clauses, key=lambda i: len(i.formula[1]) if i.formula[0] == "or" else 2)
            return self._apart(place, smallest.ref, smallest.formula, below)
        rule = self._rule(core, alone=True)
        if rule is not None:
            return self._used(place, rule, below)
        flags = [i for i in core if i.formula[0] == "is"]
        both_are = any(("is", i.formula[1], not i.formula[2]) == j.formula for i in flags for j in flags)
        truth = next((i for i in flags if both_are or i.ref[0] != "case"), None)
        if truth is not None:
            return self._apart(place, truth.ref, truth.formula, below)
        both = both_ways(core)
        simple = both is not None and len(leading(dict(both[1]), self.atoms) or ()) == 1
        if both is not None and simple:
            return self._equated(place, both, below)
        found = self._combination(place, core, items)
        if found is not None:
            return found
        rule = self._rule(core, alone=False)
        if rule is not None:
            return self._used(place, rule, below)
        if both is not None:
            return self._equated(place, both, below)
        cleared = self._cleared(place, core, items, below)
        if cleared is not None:
            return cleared
        factor = common_factor(place, path.tried)
        if factor is not None:
            literal, used = factor
            return self._split(place, literal, replace(below, tried=path.tried | {used}, depth=path.depth))
        known = sign(place, core, items)
        if known is not None:
            return self._split(place, known, replace(below, focus=None))
        whole = self._with_cut(place, path)
        if whole is not None:
            return whole
        raise Lost("no arithmetic certificate was found")

    def _used(self, place: Place, rule: tuple[Ref, Monomial], path: Path) -> Any:
        """Use an equation from left to right."""
        ref, monomial = rule
        return ["rule", ref, self.table.monomial(monomial), self._tree(place.rule(ref, monomial), path.down())]

    def _cleared(self, place: Place, core: list[Item], items: list[Item], path: Path) -> Any:
        """Multiply an inequality by the divisors in it, which are positive."""
        algebra, shapes = place.facts.evaluator.algebra, self.atoms.shapes
        bare = Algebra(self.atoms, {}, place.rules)
        known = {i.formula: i.ref for i in items}
        for item in core:
            if item.formula[0] not in ("ge", "gt"):
                continue
            kind, product = arithmetic(item.formula)
            refs = [item.ref]
            while len(refs) <= MOST_NESTED:
                divisor = next((a for m in product for a in m if shapes[a][0] == "inverse"), None)
                if divisor is None:
                    break
                poly = algebra.normal(dict(shapes[divisor][1]))
                ref = known.get(bare.gt(poly))
                if ref is None:
                    break
                product = algebra.times(product, poly)
                refs.append(ref)
            literal = algebra.gt(product) if kind == "gt" else algebra.ge(product)
            if len(refs) == 1 or literal[0] not in LITERALS or literal in known:
                continue
            yes, no = place.split(literal)
            against = dict(no.cases[-1][1])
            monomial = next(m for m in against if m)
            ratio = -Fraction(against[monomial]) / product[monomial]
            close = ["close", [["1", [["case", len(place.cases)]]], [str(ratio), refs]], []]
            try:
                no.prove(json.loads(json.dumps(close)))
            except Refused:
                continue
            path = replace(path, done=path.done | {mark(item.ref, item.formula)})
            return ["split", self.table.formula(literal), self._tree(yes, path.down()), close]
        return None

    def _equated(self, place: Place, equation: Formula, path: Path) -> Any:
        """Use an equation that two inequalities amount to as a rule. Where it has been excluded, the cases that exclude
        it are left to look at."""
        for i, case in enumerate(place.cases):
            if case == ("ne", equation[1]):
                return self._apart(place, ["case", i], case, path)
        yes, no = place.split(equation)
        monomial = leading(dict(equation[1]), self.atoms)
        if monomial is None:
            raise Lost("no arithmetic certificate was found")
        ref = ["case", len(yes.cases) - 1]
        rule = self._used(yes, (ref, monomial), path)
        return ["split", self.table.formula(equation), rule, self._apart(no, ref, no.cases[-1], path)]

    def _combination(self, place: Place, core: list[Item], items: list[Item]) -> Any:
        numeric = [i for i in core if i.formula[0] in ARITHMETIC]
        about = {a for i in numeric for m, _ in i.formula[1] for a in m}
        near = [i for i in items if i not in core and i.formula[0] in ARITHMETIC and _is_bound(i.formula, about)]
        tried: set[tuple[int, int, int]] = set()
        for degree, rounds, most in PLANS:
            for chosen in (numeric, [*numeric, *near]):
                if len(chosen) > most or (degree, rounds, len(chosen)) in tried:
                    continue
                tried.add((degree, rounds, len(chosen)))
                facts = [Fact(*arithmetic(i.formula)) for i in chosen]
                found = combination(place.facts.evaluator.algebra, facts, degree, solve, rounds)
                if found is not None:
                    return self._closed(found, chosen)
        return None

    def _closed(self, found: Combination, items: list[Item]) -> Any:
        products = [[str(c), [items[i].ref for i in chosen]] for c, chosen in found.products]
        equations = [[self.table.poly(poly), items[i].ref] for poly, i in found.equations]
        return ["close", products, equations]

    def _rule(self, core: list[Item], *, alone: bool) -> tuple[Ref, Monomial] | None:
        """An equation that gets rid of an atom (`alone`) or of a product."""
        for item in core:
            if item.formula[0] != "eq":
                continue
            monomial = leading(dict(item.formula[1]), self.atoms)
            if monomial is not None and (len(monomial) == 1 or not alone):
                return item.ref, monomial
        return None


def _is_named(place: Place, key: str) -> bool:
    """Whether a class is one of those of this place."""
    sort, _, number = key.partition("#")
    return not number or int(number) < place.classes.get(sort, 0)


def _is_bound(formula: Formula, about: set[int]) -> bool:
    """Whether a fact bounds unknowns that the others speak of, and multiplies none."""
    return all(len(m) <= 1 and (not m or m[0] in about) for m, _ in formula[1])


def _first_literal(formula: Formula) -> Formula:
    while formula[0] in ("and", "or"):
        formula = formula[1][0]
    return formula


def _labels(place: Place) -> tuple[Ref, ...]:
    return tuple(label for label in place.facts.labels() if label != "goal")


def _suppositions(place: Place, path: Path) -> tuple[Ref, ...]:
    return tuple(["case", i] for i in range(len(place.cases)) if str(["case", i]) not in path.done)


def _root(ref: Ref) -> Ref | None:
    """The label that a reference begins with, or None for a case, a definition or a range."""
    if isinstance(ref, str):
        return ref
    match ref:
        case ["part" | "guard" | "open", inner, *_]:
            return _root(inner)
        case _:
            return None
