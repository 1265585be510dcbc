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

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, final

from verifier.kernel.atoms import Atoms
from verifier.kernel.core import Core, Variable, number
from verifier.kernel.evaluate import Evaluator, Value, sort_of
from verifier.kernel.facts import Facts, Ref, arithmetic
from verifier.kernel.formulas import FALSE, LITERALS, TRUE, Algebra, Formula, Refused, Undecided
from verifier.kernel.obligations import Obligation
from verifier.kernel.polynomials import Monomial, Poly, added, divided, scaled, value_of
from verifier.kernel.read import Reader

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError)
"""What Python raises where a file does not say what it should."""


@final
@dataclass(slots=True)
class Place:
    """A place in a proof: what has been supposed on the way there. `witness` gives values to what an `enabled` leaves
    open."""

    core: Core
    obligation: Obligation
    entries: Sequence[Any]
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
            bare = Algebra(self.atoms, {}, self.rules)
            decided: dict[Formula, bool] = {}
            for case in self.cases:
                for part in case[1] if case[0] == "and" else (case,):
                    decided |= {bare.negation(part): False, part: True}
            evaluator = self._evaluator({f: yes for f, yes in decided.items() if f[0] in LITERALS})
            before, after = self.obligation(evaluator, self._given)
            self._facts = Facts(evaluator, self.entries, self.cases, self.used, before, after)
            if not self.atoms.ran:
                with suppress(Undecided):
                    self._facts.labels()
                    self.atoms.ran = True
        return self._facts

    def _evaluator(self, decided: dict[Formula, bool] | None = None) -> Evaluator:
        algebra = Algebra(self.atoms, decided or {}, self.rules)
        return Evaluator(self.core, algebra, self.classes, self.members)

    def _given(self, evaluator: Evaluator, variable: Variable) -> Value:
        """The value that the proof chooses for a variable, of the variable's type."""
        data, ty, reader = self.witness.get(variable.name), variable.ty, Reader(evaluator, self.entries)
        if data is None:
            raise Refused(f"no witness for `{variable.name}`")
        if ty == "bool":
            return TRUE if data is True else FALSE
        if evaluator.core.is_open(ty):
            key = reader.value(data[0]) if isinstance(data, list) else data
            if key not in evaluator.class_keys(ty):
                raise Refused(f"{key!r} is no class of {ty[1]}")
            return key
        poly = reader.poly(data)
        if evaluator.algebra.atoms.stars_in(tuple(poly)):
            raise Refused("a witness speaks of one member of the rest")
        if ty != "real" and not (evaluator.algebra.whole(poly) and all(c.denominator == 1 for c in poly.values())):
            raise Refused("a witness for an integer may not be one")
        if evaluator.core.is_finite(ty) and value_of(poly) not in evaluator.class_keys(ty):
            raise Refused(f"a witness is no member of {ty[1]}")
        return poly

    def _supposing(self, case: Formula) -> Place:
        """The place further down where one thing more is supposed."""
        if self.atoms.stars_in(case):
            raise Refused("what is supposed speaks of one member of the rest")
        # A flag and its opposite can't both be: what says so is plainly false.
        supposed = {part for known in self.cases for part in (known[1] if known[0] == "and" else (known,))}
        case = FALSE if case[0] == "is" and ("is", case[1], not case[2]) in supposed else case
        return replace(self, cases=[*self.cases, case], _facts=None)

    def _moved(self, **changes: Any) -> Place:
        """The place further down where the suppositions are brought up to date; what can't be is forgotten."""
        place = replace(self, **changes, cases=[], _facts=None)
        reader = place._reader()  # noqa: SLF001 (its own class)
        for case in self.cases:
            try:
                place.cases.append(reader.formula(case))
            except Refused:
                place.cases.append(TRUE)
        return place

    def _reader(self, **names: str) -> Reader:
        """One for formulas of places further up."""
        return Reader(self._evaluator(), self.atoms.shapes, names)

    # ------------------------------------------------------------------------------------------ steps

    def split(self, literal: Formula) -> tuple[Place, Place]:
        """The places where a literal holds, and where it does not."""
        if literal[0] not in LITERALS:
            raise Refused("a split needs a literal that is not decided")
        return self._supposing(literal), self._supposing(Algebra(self.atoms, {}, self.rules).negation(literal))

    def alternatives(self, ref: Ref) -> list[Place]:
        """A place for each alternative of a fact (none where it is plainly false)."""
        formula = self.facts.closed(ref)
        if formula[0] == "ne":
            bare, poly = Algebra(self.atoms, {}, self.rules), dict(formula[1])
            formula = ("or", (bare.gt(poly), bare.gt(scaled(poly, -1))))
        parts = formula[1] if formula[0] == "or" else () if formula == FALSE else (formula,)
        return [self._supposing(part) for part in parts]

    def take(self, ref: Ref) -> Place:
        """The place where a fact is decided."""
        return self._supposing(self.facts.closed(ref))

    def rule(self, ref: Ref, monomial: Monomial) -> Place:
        """The place where an equation has been used to get rid of a monomial."""
        kind, poly = arithmetic(self.facts.closed(ref))
        factor = poly.pop(monomial, 0)
        if kind != "eq" or not factor or not monomial:
            raise Refused("a rule needs an equation with the monomial in it")
        return self._moved(rules=[*self.rules, (monomial, divided(poly, -factor))])

    def member(self, member: Value) -> list[Place]:
        """A place for each class that an unknown member may be in, and one where it is a new class."""
        match member:
            case ("member", atom) if not self.atoms.stars[atom]:
                sort, count = self.atoms.sorts[atom], self.classes.get(self.atoms.sorts[atom], 0)
                places = [self._moved(members={**self.members, atom: f"{sort}#{i}"}) for i in range(count)]
                members, classes = {**self.members, atom: f"{sort}#{count}"}, {**self.classes, sort: count + 1}
                return [*places, self._moved(members=members, classes=classes)]
        raise Refused("not an unknown member")

    def witness_of(self, ref: Ref) -> Place:
        """The place where somebody whom a fact speaks of is a class."""
        match self.facts.closed(ref):
            case ("some", star, classes, body) if classes == self.classes.get(sort := sort_of(star), 0):
                place = self._moved(classes={**self.classes, sort: classes + 1})
                read = place._reader(**{star: f"{sort}#{classes}"}).formula(body)  # noqa: SLF001 (its own class)
                return place._supposing(read)  # noqa: SLF001
        raise Refused("a witness needs a fact about somebody of the rest")

    # ------------------------------------------------------------------------------------------ arithmetic

    def close(self, products: list[tuple[Any, list[Ref]]], equations: list[tuple[Any, Ref]]) -> None:
        """Raises `Refused` unless the sum is a contradiction: a negative number, or zero where it is above zero."""
        facts, algebra = self.facts, self.facts.evaluator.algebra
        total: Poly = {}
        above = False
        for text, refs in products:
            coefficient = number(text)
            pairs = [arithmetic(facts.closed(r)) for r in refs]
            if coefficient <= 0 or any(kind == "eq" for kind, _ in pairs):
                raise Refused("a factor is not positive, or an equation is used as an inequality")
            total = added(total, algebra.times(*(p for _, p in pairs)), coefficient)
            above |= all(kind == "gt" for kind, _ in pairs)
        for data, ref in equations:
            kind, poly = arithmetic(facts.closed(ref))
            if kind != "eq":
                raise Refused("an inequality is used as an equation")
            total = added(total, algebra.times(facts.reader.poly(data), poly))
        value = value_of(algebra.normal(total))
        if value is None or value > 0 or (value == 0 and not above):
            raise Refused("the sum is no contradiction" + ": something is left over" * (value is None))

    def prove(self, tree: Any) -> None:
        """Raises `Refused` unless the tree proves that the facts of this place contradict one another."""
        match tree:
            case ["close", products, equations]:
                self.close(products, equations)
            case ["split", literal, yes, no]:
                left, right = self.split(self.facts.reader.formula(literal))
                left.prove(yes)
                right.prove(no)
            case ["cases", ref, proofs]:
                _each(self.alternatives(ref), proofs)
            case ["take", ref, proof]:
                self.take(ref).prove(proof)
            case ["rule", ref, monomial, proof]:
                self.rule(ref, tuple(sorted(map(self.facts.atom, monomial)))).prove(proof)
            case ["member", index, proofs]:
                _each(self.member(self.facts.reader.value(index)), proofs)
            case ["witness", ref, proof]:
                self.witness_of(ref).prove(proof)
            case _:
                raise Refused("not a step of a proof")


def _each(places: list[Place], proofs: list[Any]) -> None:
    if len(places) != len(proofs):
        raise Refused(f"{len(places)} cases, and {len(proofs)} proofs")
    for place, proof in zip(places, proofs, strict=True):
        place.prove(proof)


def guarded(work: Callable[..., Any], *args: Any) -> Any:
    """What a function makes of a stranger's JSON values; `Refused` where it stumbles over them."""
    try:
        return work(*args)
    except MALFORMED as problem:
        raise Refused(f"it is malformed ({type(problem).__name__}: {problem})") from None


def check(core: Core, obligation: Obligation, proof: Mapping[str, Any]) -> frozenset[str]:
    """The labels of the facts that a proof of an obligation rests on; `Refused` if it proves nothing."""
    place: Place = guarded(lambda: Place(core, obligation, proof["atoms"], proof.get("witness", {})))
    guarded(lambda: place.prove(proof["tree"]))
    return frozenset(place.used)
