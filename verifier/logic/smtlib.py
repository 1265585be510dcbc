"""Formulas as SMT-LIB 2 text, the only way to a solver.

Two readings of the same nodes. *Relaxed*: every number is a real, and wherever both sides of a strict inequality are
integer-valued it is tightened by one; what is unsatisfiable so is unsatisfiable. *Native*: integer-valued unknowns are
integers; exact. Quotients, roundings and sums over the rest become unknowns with their defining facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, final

from verifier.logic.formulas import Node, Pool
from verifier.logic.rest import is_indicator, opened

Reading = Literal["relaxed", "native"]


@final
@dataclass(frozen=True, slots=True)
class Script:
    """A query: declarations and assertions (no `check-sat`). `unknowns` gives the SMT name of every declared node.
    `nonlinear` tells whether two unknowns are multiplied, `integers` whether it declares integers."""

    text: str
    unknowns: dict[Node, str]
    nonlinear: bool
    integers: bool
    trivial: bool | None = None
    """True when an assertion folded to false (so it is unsatisfiable), without asking anyone."""


@final
@dataclass(slots=True)
class Writer:
    """Writes the nodes of one query. Names are given in order of first use, so equal queries have equal texts."""

    pool: Pool
    reading: Reading
    known: set[Node] = field(default_factory=set)
    declarations: list[str] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    unknowns: dict[Node, str] = field(default_factory=dict)
    nonlinear: bool = False
    integers: bool = False
    _numbers: dict[Node, str] = field(default_factory=dict)
    _truths: dict[tuple[Node, bool], str] = field(default_factory=dict)
    _pending: list[Node] = field(default_factory=list)
    _uses: dict[Node, int] = field(default_factory=dict)
    _shared: int = 0

    # ------------------------------------------------------------------------------------------ the query

    def assert_all(self, facts: Iterable[Node]) -> bool:
        """Assert facts and the definitions of what they use. False when one is plainly false."""
        conjuncts: dict[Node, None] = {}
        for fact in facts:
            for part in self.pool.args[fact] if self.pool.ops[fact] == "and" else (fact,):
                conjuncts[part] = None
        self.known |= set(conjuncts)
        if self.pool.false in conjuncts or any(self.pool.not_(c) in conjuncts for c in conjuncts):
            return False
        for fact in conjuncts:
            if fact != self.pool.true:
                self.assertions.append(self.truth(fact, True))
        self._define_pending()
        return True

    def _define_pending(self) -> None:
        done: list[Node] = []
        while self._pending:
            node = self._pending.pop(0)
            for fact in self._definition(node, done):
                if fact != self.pool.true:
                    self.assertions.append(self.truth(fact, True))
            done.append(node)

    def script(self) -> Script:
        """The query so far."""
        lines = [*self.declarations, *(f"(assert {a})" for a in self.assertions)]
        return Script("\n".join(lines) + "\n", self.unknowns, self.nonlinear, self.integers)

    # ------------------------------------------------------------------------------------------ unknowns

    def _declare(self, node: Node) -> str:
        name = f"x{len(self.unknowns)}"
        self.unknowns[node] = name
        sort = self.pool.sorts[node]
        integer = sort == "I" and self.reading == "native"
        self.integers |= integer
        self.declarations.append(f"(declare-const {name} {'Bool' if sort == 'B' else 'Int' if integer else 'Real'})")
        low, high = self.pool.bounds.get(node, (None, None))
        if self.pool.ops[node] == "rsum" and self.pool.nonnegative(self.pool.args[node][1]):
            low = 0
        if low is not None:
            self.assertions.append(f"(>= {name} {literal(low, integer)})")
        if high is not None:
            self.assertions.append(f"(<= {name} {literal(high, integer)})")
        if self.pool.ops[node] in ("div", "floor", "ceil", "rsum"):
            self._pending.append(node)
        return name

    def _definition(self, node: Node, done: list[Node]) -> list[Node]:
        """The facts that tie an auxiliary unknown to what it stands for."""
        pool, args = self.pool, self.pool.args[node]
        match pool.ops[node]:
            case "div":
                # Where the divisor is zero nothing is said: whatever uses the quotient requires that it is not.
                exact = pool.eq(pool.mul(node, args[1]), args[0])
                facts = [self._guarded(args[1], exact)]
                if pool.nonnegative(node):
                    facts.append(pool.le(pool.zero, node))
                return facts
            case "floor" | "ceil" as rounding:
                return [*self._rounding(node, rounding, args[0]), *self._pairs(node, done)]
            case "rsum":
                return self._rest_bounds(node, done)
            case _:
                return []

    def _guarded(self, divisor: Node, fact: Node) -> Node:
        pool = self.pool
        if pool.positive(divisor, self.known) or pool.not_(pool.eq(divisor, pool.zero)) in self.known:
            return fact
        return pool.or_((pool.eq(divisor, pool.zero), fact))

    def _rounding(self, node: Node, rounding: str, body: Node) -> list[Node]:
        """`q = floor(n / d)` is `q d <= n < q d + d` for a positive d, and the mirror image for a negative one."""
        pool = self.pool
        if pool.ops[body] != "div":
            # Times the common denominator, so that what is a whole number is seen to be one.
            one = pool.number(pool.denominator(body))
            body, product = pool.mul(one, body), pool.mul(one, node)
            if rounding == "floor":
                return [pool.le(product, body), pool.lt(body, pool.add(product, one))]
            return [pool.le(body, product), pool.lt(pool.sub(product, one), body)]
        n, d = pool.args[body]
        product = pool.mul(node, d)
        up = rounding == "ceil"
        beside = pool.sub(product, d) if up else pool.add(product, d)
        near = pool.le(n, product) if up else pool.le(product, n)
        far = pool.lt(beside, n) if up else pool.lt(n, beside)
        facts = [near, far]
        if pool.nonnegative(node):
            facts.append(pool.le(pool.zero, node))
        if pool.positive(d, self.known):
            return facts
        guarded = [pool.implies(pool.lt(pool.zero, d), f) for f in (near, far)]
        if pool.nonnegative(d):
            return guarded
        mirrored_near = pool.le(product, n) if up else pool.le(n, product)
        mirrored_far = pool.lt(n, beside) if up else pool.lt(beside, n)
        guarded += [pool.implies(pool.lt(d, pool.zero), f) for f in (mirrored_near, mirrored_far)]
        return guarded

    def _pairs(self, node: Node, done: list[Node]) -> list[Node]:
        """Rounding is monotone: with one divisor, the smaller numerator has the smaller quotient."""
        if self.reading == "native":
            return []
        pool = self.pool
        body = pool.args[node][0]
        facts: list[Node] = []
        for other in done:
            if pool.ops[other] != pool.ops[node]:
                continue
            against = pool.args[other][0]
            if pool.ops[body] == "div" and pool.ops[against] == "div":
                (n1, d1), (n2, d2) = pool.args[body], pool.args[against]
                if d1 != d2 or not pool.positive(d1, self.known):
                    continue
                facts.append(pool.implies(pool.le(n1, n2), pool.le(node, other)))
                facts.append(pool.implies(pool.le(n2, n1), pool.le(other, node)))
        return facts

    def _rest_bounds(self, node: Node, done: list[Node]) -> list[Node]:
        """Fewer members have a smaller sum of what is never negative: `sum [P] m <= sum m`."""
        pool = self.pool
        facts: list[Node] = []
        for other in done:
            if pool.ops[other] != "rsum" or opened(pool, other)[0] != opened(pool, node)[0]:
                continue
            for small, large in ((node, other), (other, node)):
                left, right = Counter(opened(pool, small)[1]), Counter(opened(pool, large)[1])
                extra = left - right
                only_indicators = extra and not right - left and all(is_indicator(pool, f) for f in extra)
                if only_indicators and pool.nonnegative(large):
                    facts.append(pool.le(small, large))
        return facts

    # ------------------------------------------------------------------------------------------ numbers

    def number(self, node: Node) -> str:
        """A numeric node as text."""
        found = self._numbers.get(node)
        if found is None:
            found = self._number(node)
            if len(found) > 40 and self.pool.ops[node] in ("add", "mul", "ite"):
                found = self._share(found, self._sort_name(node))
            self._numbers[node] = found
        return found

    def _sort_name(self, node: Node) -> str:
        return "Int" if self.pool.sorts[node] == "I" and self.reading == "native" else "Real"

    def _share(self, text: str, sort: str) -> str:
        name = f"t{self._shared}"
        self._shared += 1
        self.declarations.append(f"(define-fun {name} () {sort} {text})")
        return name

    def _number(self, node: Node) -> str:
        pool = self.pool
        integer = self._sort_name(node) == "Int"
        match pool.ops[node]:
            case "const":
                return literal(pool.data[node], integer)  # type: ignore[arg-type]
            case "add":
                return f"(+ {' '.join(self._as(a, integer) for a in pool.args[node])})"
            case "mul":
                if sum(1 for a in pool.args[node] if pool.ops[a] != "const") > 1:
                    self.nonlinear = True
                return f"(* {' '.join(self._as(a, integer) for a in pool.args[node])})"
            case "ite":
                condition, then, otherwise = pool.args[node]
                return f"(ite {self.truth(condition, True)} {self._as(then, integer)} {self._as(otherwise, integer)})"
            case "var" | "app" | "div" | "floor" | "ceil" | "rsum":
                return self._declare(node)
            case op:
                raise AssertionError(f"not a number: {op}")

    def _as(self, node: Node, integer: bool) -> str:
        """A number where the other operands are integers or reals."""
        if self.pool.ops[node] == "const":
            return literal(self.pool.data[node], integer)  # type: ignore[arg-type]
        text = self.number(node)
        if self._sort_name(node) == "Int" and not integer:
            return f"(to_real {text})"
        return text

    # ------------------------------------------------------------------------------------------ truth values

    def truth(self, node: Node, positive: bool) -> str:
        """A truth value (or its negation) as text, with negations at the atoms."""
        key = (node, positive)
        found = self._truths.get(key)
        if found is None:
            found = self._truth(node, positive)
            if len(found) > 60 and self.pool.ops[node] == "and":
                found = self._share(found, "Bool")
            self._truths[key] = found
        return found

    def _truth(self, node: Node, positive: bool) -> str:
        pool = self.pool
        match pool.ops[node]:
            case "const":
                return "true" if bool(pool.data[node]) == positive else "false"
            case "not":
                return self.truth(pool.args[node][0], not positive)
            case "and":
                word = "and" if positive else "or"
                return f"({word} {' '.join(self.truth(a, positive) for a in pool.args[node])})"
            case "le":
                a, b = pool.args[node]
                return self._at_most(a, b) if positive else self._above(a, b)
            case "eq":
                a, b = pool.args[node]
                if pool.sorts[a] == "B":
                    left = self.truth(a, True)
                    return f"(= {left} {self.truth(b, positive)})"
                if positive:
                    return f"(= {self._left(a, b)} {self._left(b, a)})"
                return self._differ(a, b)
            case "var" | "app":
                name = self.unknowns.get(node) or self._declare(node)
                return name if positive else f"(not {name})"
            case op:
                raise AssertionError(f"not a truth value: {op}")

    def _differ(self, a: Node, b: Node) -> str:
        """a and b are not equal; one of the two ways where types exclude the other."""
        if a == self.pool.zero and self.pool.nonnegative(b):
            return self._lt(a, b)
        if b == self.pool.zero and self.pool.nonnegative(a):
            return self._lt(b, a)
        return f"(or {self._lt(a, b)} {self._lt(b, a)})"

    def _at_most(self, a: Node, b: Node) -> str:
        """a <= b, with a common factor that is above zero taken out."""
        common, a, b = _cancelled(self.pool, a, b, lambda f: self.pool.positive(f, self.known))
        del common
        return self._le(a, b)

    def _above(self, a: Node, b: Node) -> str:
        """a > b; if both have a factor that is never negative, it is not zero and the others compare alike."""
        common, a, b = _cancelled(self.pool, a, b, self.pool.nonnegative)
        strict = self._lt(b, a)
        parts = [self.truth(self.pool.eq(f, self.pool.zero), False) for f in dict.fromkeys(common)]
        return f"(and {' '.join((*parts, strict))})" if parts else strict

    def _left(self, a: Node, b: Node) -> str:
        return self._as(a, self._sort_name(a) == "Int" and self._sort_name(b) == "Int")

    def _le(self, a: Node, b: Node) -> str:
        return f"(<= {self._left(a, b)} {self._left(b, a)})"

    def _lt(self, a: Node, b: Node) -> str:
        if self.reading == "relaxed" and self.pool.sorts[a] == "I" and self.pool.sorts[b] == "I":
            return self._le(self.pool.add(a, self.pool.one), b)
        return f"(< {self._left(a, b)} {self._left(b, a)})"


def _cancelled(pool: Pool, a: Node, b: Node, removable: Callable[[Node], bool]) -> tuple[tuple[Node, ...], Node, Node]:
    """The removable factors that two products share, and what is left of each."""
    if pool.ops[a] != "mul" or pool.ops[b] != "mul":
        return (), a, b
    left, right = list(pool.args[a]), list(pool.args[b])
    common: list[Node] = []
    for factor in pool.args[a]:
        if factor in right and pool.ops[factor] != "const" and removable(factor):
            common.append(factor)
            left.remove(factor)
            right.remove(factor)
    return tuple(common), pool.mul(*left) if left else pool.one, pool.mul(*right) if right else pool.one


def literal(value: int | Fraction, integer: bool = False) -> str:
    """A number, as an integer or as a real."""
    if value < 0:
        return f"(- {literal(-value, integer)})"
    if value.denominator != 1:
        return f"(/ {value.numerator}.0 {value.denominator}.0)"
    return str(value.numerator) if integer else f"{value.numerator}.0"


def write(pool: Pool, facts: Iterable[Node], reading: Reading) -> Script:
    """The query that asks whether the facts can hold together."""
    writer = Writer(pool, reading)
    if not writer.assert_all(facts):
        return Script("(assert false)\n", {}, False, False, True)
    return writer.script()
