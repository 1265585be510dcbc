"""Checks proofs: trees that end in arithmetic.

| step | means |
| --- | --- |
| `["close", products, equations]` | multiples of products of facts, and of equations, add up to a contradiction |
| `["split", literal, yes, no]` | the literal holds, or it does not |
| `["cases", r, [proof, …]]` | one proof for each alternative of a fact |
| `["take", r, proof]` | a fact is taken as decided |
| `["rule", r, monomial, proof]` | an equation is used from left to right |
| `["member", atom, [proof, …]]` | an unknown member is in the first class, the second, …, or in a new one |
| `["witness", r, proof]` | somebody of the rest, whom a fact speaks of, becomes a class |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, final

from verifier.kernel.atoms import Atoms
from verifier.kernel.core import Core, number
from verifier.kernel.evaluate import Evaluator, Value
from verifier.kernel.facts import Facts, Ref, Table, arithmetic
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Algebra, Formula, Refused
from verifier.kernel.move import Mover, Stale, sort_of
from verifier.kernel.obligations import Obligation, Setting, Witness
from verifier.kernel.polynomials import Monomial, Poly, added, constant, scaled, value_of


@final
@dataclass(slots=True)
class Place:
    """A place in a proof: what has been supposed on the way there."""

    core: Core
    obligation: Obligation
    table: Table
    witness: Mapping[str, Any]
    atoms: Atoms = field(default_factory=Atoms)
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    rules: list[tuple[Monomial, Poly]] = field(default_factory=list)
    cases: list[Formula] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _facts: Facts | None = None

    # ------------------------------------------------------------------------------------------ what is known here

    @property
    def facts(self) -> Facts:
        """The facts, evaluated under all that has been supposed."""
        if self._facts is None:
            decided: dict[Formula, bool] = {}
            bare = Algebra(self.atoms, {}, self.rules)
            for case in self.cases:
                _decide(bare, case, decided)
            evaluator = self.evaluator(Algebra(self.atoms, decided, self.rules))
            setting: Setting = self.obligation(evaluator, self._witness())
            self._facts = Facts(evaluator, setting, self.table, self.cases, self.used)
        return self._facts

    def evaluator(self, algebra: Algebra) -> Evaluator:
        """An evaluator for the classes of this place."""
        return Evaluator(self.core, algebra, self.classes, self.members)

    def _witness(self) -> Witness:
        return {name: partial(self._given, data) for name, data in self.witness.items()}

    def _given(self, given: tuple[Any, Any], evaluator: Evaluator) -> Value:
        """A value chosen by the proof, of the type that is wanted."""
        ty, data = given
        if ty == "bool":
            return TRUE if data is True else FALSE
        if evaluator.core.is_open(ty):
            key = self.table.member(evaluator, data) if isinstance(data, list) else data
            if key not in evaluator.class_keys(ty):
                raise Refused(f"{key!r} is no class of {ty[1]}")
            return key
        try:
            poly = Mover(evaluator).poly(self.table.poly(evaluator, data))
        except Stale:
            raise Refused("a witness speaks of a rest that is no more") from None
        if evaluator.algebra.stars_of_poly(poly):
            raise Refused("a witness speaks of one member of the rest")
        integral = evaluator.algebra.whole(poly) and all(c.denominator == 1 for c in poly.values())
        if ty != "real" and not integral:
            raise Refused("a witness for an integer may not be one")
        if evaluator.core.is_finite(ty) and value_of(poly) not in evaluator.class_keys(ty):
            raise Refused(f"a witness is no member of {ty[1]}")
        return poly

    def _next(self, **changes: Any) -> Place:
        """A place further down."""
        return Place(
            self.core,
            self.obligation,
            self.table,
            self.witness,
            self.atoms,
            changes.get("classes", self.classes),
            changes.get("members", self.members),
            changes.get("rules", self.rules),
            changes.get("cases", self.cases),
            self.used,
        )

    def _taken_along(self, place: Place, grown: str = "") -> Place:
        """The same place, its suppositions brought up to date."""
        mover = Mover(place.evaluator(Algebra(self.atoms, {}, place.rules)), grown)
        cases: list[Formula] = []
        for case in place.cases:
            try:
                cases.append(mover.formula(case))
            except Stale:
                cases.append(TRUE)
        place.cases = cases
        return place

    # ------------------------------------------------------------------------------------------ steps

    def split(self, literal: Formula) -> tuple[Place, Place]:
        """The places where a literal holds, and where it does not."""
        if literal[0] not in LITERALS or self.facts.evaluator.algebra.stars_of(literal):
            raise Refused("a split needs a literal that speaks of no member of the rest and is not decided")
        negation = Algebra(self.atoms, {}, self.rules).negation(literal)
        return self._next(cases=[*self.cases, literal]), self._next(cases=[*self.cases, negation])

    def alternatives(self, ref: Ref) -> list[Place]:
        """A place for each alternative of a fact (none where it is plainly false)."""
        formula = self.facts.closed(ref)
        if formula[0] == "ne":
            bare, poly = Algebra(self.atoms, {}, self.rules), dict(formula[1])
            formula = ("or", (bare.gt(poly), bare.gt(scaled(poly, -1))))
        parts = formula[1] if formula[0] == "or" else () if formula == FALSE else (formula,)
        return [self._next(cases=[*self.cases, part]) for part in parts]

    def take(self, ref: Ref) -> Place:
        """The place where a fact is decided."""
        return self._next(cases=[*self.cases, self.facts.closed(ref)])

    def rule(self, ref: Ref, monomial: Monomial) -> Place:
        """The place where an equation has been used to get rid of a monomial."""
        kind, poly = arithmetic(self.facts.closed(ref))
        factor = poly.pop(monomial, 0)
        if kind != "eq" or not factor or not monomial:
            raise Refused("a rule needs an equation with the monomial in it")
        right = scaled(poly, Fraction(-1) / factor)
        return self._taken_along(self._next(rules=[*self.rules, (monomial, right)]))

    def member(self, atom: int) -> list[Place]:
        """A place for each class that an unknown member may be in, and one where it is a new class."""
        sort = self.atoms.sorts.get(atom)
        if sort is None or self.atoms.stars[atom] or atom in self.members:
            raise Refused("not an unknown member")
        count = self.classes.get(sort, 0)
        places = [self._taken_along(self._next(members={**self.members, atom: f"{sort}#{i}"})) for i in range(count)]
        grown = self._next(members={**self.members, atom: f"{sort}#{count}"}, classes={**self.classes, sort: count + 1})
        return [*places, self._taken_along(grown, sort)]

    def witness_of(self, ref: Ref) -> Place:
        """The place where somebody whom a fact speaks of is a class."""
        match self.facts.closed(ref):
            case ("some", star, classes, body) if classes == self.classes.get(sort_of(star), 0):
                pass
            case _:
                raise Refused("a witness needs a fact about somebody of the rest")
        sort = sort_of(star)
        place = self._next(classes={**self.classes, sort: classes + 1})
        taken = self._taken_along(place, sort)
        mover = Mover(place.evaluator(Algebra(self.atoms, {}, self.rules)), sort, {star: f"{sort}#{classes}"})
        try:
            taken.cases = [*taken.cases, mover.formula(body)]
        except Stale:
            raise Refused("the fact speaks of a rest that is no more") from None
        return taken

    # ------------------------------------------------------------------------------------------ arithmetic

    def close(self, products: list[tuple[Any, list[Ref]]], equations: list[tuple[Any, Ref]]) -> None:
        """Raises `Refused` unless the sum is a contradiction: a negative number, or zero where it is above zero."""
        facts = self.facts
        algebra = facts.evaluator.algebra
        total: Poly = {}
        above = False
        for text, refs in products:
            coefficient = number(text)
            if coefficient <= 0:
                raise Refused("a factor is not positive")
            pairs = [arithmetic(facts.closed(r)) for r in refs]
            if any(kind == "eq" for kind, _ in pairs):
                raise Refused("an equation is used as an inequality")
            total = added(total, algebra.times(constant(coefficient), *(p for _, p in pairs)))
            above |= all(kind == "gt" for kind, _ in pairs)
        for data, ref in equations:
            kind, poly = arithmetic(facts.closed(ref))
            if kind != "eq":
                raise Refused("an inequality is used as an equation")
            total = added(total, algebra.times(algebra.normal(self.table.poly(facts.evaluator, data)), poly))
        value = value_of(algebra.normal(total))
        if value is None:
            raise Refused("the sum is not a number: something is left over")
        if value > 0 or (value == 0 and not above):
            raise Refused("the sum is no contradiction")

    def prove(self, tree: Any) -> None:
        """Raises `Refused` unless the tree proves that the facts of this place contradict one another."""
        match tree:
            case ["close", products, equations]:
                self.close(products, equations)
            case ["split", literal, yes, no]:
                left, right = self.split(self.table.literal(self.facts.evaluator, literal))
                left.prove(yes)
                right.prove(no)
            case ["cases", ref, proofs]:
                _each(self.alternatives(ref), proofs)
            case ["take", ref, proof]:
                self.take(ref).prove(proof)
            case ["rule", ref, monomial, proof]:
                self.rule(ref, self.table.monomial(self.facts.evaluator, monomial)).prove(proof)
            case ["member", index, proofs]:
                _each(self.member(self.table.atom(self.facts.evaluator, index)), proofs)
            case ["witness", ref, proof]:
                self.witness_of(ref).prove(proof)
            case _:
                raise Refused("not a step of a proof")


def _each(places: list[Place], proofs: list[Any]) -> None:
    if len(places) != len(proofs):
        raise Refused(f"{len(places)} cases, and {len(proofs)} proofs")
    for place, proof in zip(places, proofs, strict=True):
        place.prove(proof)


def _decide(algebra: Algebra, formula: Formula, decided: dict[Formula, bool]) -> None:
    for part in formula[1] if formula[0] == "and" else (formula,):
        if part[0] in LITERALS:
            decided[part] = True
            negation = algebra.negation(part)
            if negation[0] in LITERALS:
                decided[negation] = False


def witness_types(core: Core, claim: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The witnesses of an `enabled`, each with the type of its argument or choice."""
    if claim["kind"] != "enabled":
        return {}
    action = core.actions[claim["action"]]
    types = {v.name: v.ty for v in action.args} | _choices(action.body)
    return {name: (types[name], value) for name, value in data.items() if name in types}


def _choices(body: list[Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for stmt in body:
        match stmt[0]:
            case "choose":
                out[stmt[1][0]] = stmt[1][1]
            case "if":
                out |= _choices(stmt[2]) | _choices(stmt[3])
    return out


def check(core: Core, claim: Mapping[str, Any], obligation: Obligation, proof: Mapping[str, Any]) -> frozenset[str]:
    """The labels of the facts that a proof of an obligation rests on; `Refused` if it proves nothing."""
    witness = witness_types(core, claim, proof.get("witness", {}))
    place = Place(core, obligation, Table(proof["atoms"]), witness)
    try:
        place.prove(proof["tree"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError) as problem:
        raise Refused(f"the certificate is malformed ({type(problem).__name__}: {problem})") from None
    return frozenset(place.used)
