"""A pool of formulas: hash-consed nodes, folded as they are built.

A node is a small integer into the pool's arrays, so that equality is identity and sharing is free. Sorts are `B` (truth
value), `I` (integer-valued) and `R` (real). What the solver has no word for (`div`, `floor`, `ceil`, `rsum`) stays a
node here, and is defined away when a query is written (`verifier.logic.smtlib`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, final

Node = int
SortName = Literal["B", "I", "R", "K"]
"""`K` is a member of a sort that stands for all members outside the classes."""

Number = int | Fraction
Known = frozenset[Node] | set[Node]


@final
@dataclass(slots=True)
class Pool:
    """All nodes of one obligation."""

    ops: list[str] = field(default_factory=list)
    args: list[tuple[Node, ...]] = field(default_factory=list)
    sorts: list[SortName] = field(default_factory=list)
    data: list[object] = field(default_factory=list)
    """The value of a `const`; the name of a `var`, an `app`, a `rest`."""
    bounds: dict[Node, tuple[int | None, int | None]] = field(default_factory=dict)
    """The inclusive range of a `var` or `app`, from its type."""
    binders: list[frozenset[Node]] = field(default_factory=list)
    """The `rest` members that a node speaks of."""
    heights: list[int] = field(default_factory=list)
    """How many `rsum`s stand inside one another in a node: bound members are named by it."""
    _known: dict[tuple[str, tuple[Node, ...], SortName, object], Node] = field(default_factory=dict)
    true: Node = 0
    false: Node = 1
    zero: Node = 2
    one: Node = 3

    def __post_init__(self) -> None:
        self._make("const", (), "B", True)
        self._make("const", (), "B", False)
        self._make("const", (), "I", 0)
        self._make("const", (), "I", 1)

    def _make(self, op: str, args: tuple[Node, ...], sort: SortName, data: object = None) -> Node:
        key = (op, args, sort, data)
        found = self._known.get(key)
        if found is not None:
            return found
        node = len(self.ops)
        self._known[key] = node
        self.ops.append(op)
        self.args.append(args)
        self.sorts.append(sort)
        self.data.append(data)
        height = max([self.heights[a] for a in args], default=0)
        self.heights.append(height + 1 if op == "rsum" else height)
        if op == "rest":
            self.binders.append(frozenset((node,)))
        elif op == "rsum":
            self.binders.append(self.binders[args[1]] - {args[0]})
        else:
            inner: frozenset[Node] = frozenset()
            for a in args:
                if self.binders[a]:
                    inner |= self.binders[a]
            self.binders.append(inner)
        return node

    # ------------------------------------------------------------------------------------------ leaves

    def number(self, value: Number, sort: SortName | None = None) -> Node:
        """An exact number; an `I` unless it has a fraction or `sort` says otherwise."""
        if value.denominator == 1:
            return self._make("const", (), "I" if sort is None else sort, value.numerator)
        return self._make("const", (), "R", Fraction(value))

    def var(self, name: str, sort: SortName, low: int | None = None, high: int | None = None) -> Node:
        """A free constant."""
        node = self._make("var", (), sort, name)
        if low is not None or high is not None:
            self.bounds[node] = (low, high)
        return node

    def app(
        self, name: str, keys: tuple[Node, ...], sort: SortName, low: int | None = None, high: int | None = None
    ) -> Node:
        """An entry of an input map at keys of which at least one is no class: a `rest` member, or a member known only
        by its number."""
        node = self._make("app", keys, sort, name)
        if low is not None or high is not None:
            self.bounds[node] = (low, high)
        return node

    def rest(self, name: str, classes: int = 0) -> Node:
        """A member outside the classes, bound by an `rsum`. As a number it is not below the number of classes."""
        node = self._make("rest", (), "K", name)
        self.bounds[node] = (classes, None)
        return node

    def value(self, node: Node) -> Number | bool | None:
        """The value of a constant, else None."""
        return self.data[node] if self.ops[node] == "const" else None  # type: ignore[return-value]

    # ------------------------------------------------------------------------------------------ arithmetic

    def add(self, *args: Node) -> Node:
        """Sum."""
        constant: Number = 0
        flat: list[Node] = []
        for a in args:
            if self.ops[a] == "const":
                constant += self.data[a]  # type: ignore[operator]
            elif self.ops[a] == "add":
                for b in self.args[a]:
                    if self.ops[b] == "const":
                        constant += self.data[b]  # type: ignore[operator]
                    else:
                        flat.append(b)
            else:
                flat.append(a)
        integer = all(self.sorts[a] == "I" for a in args)
        flat = self._cancel(flat)
        if constant != 0 or not flat:
            flat.append(self.number(constant))
        if len(flat) == 1:
            return flat[0]
        return self._make("add", tuple(sorted(flat)), "I" if integer else "R")

    def _cancel(self, terms: list[Node]) -> list[Node]:
        """Like terms together: `x + -1·x` vanishes, `x + x` becomes `2·x`."""
        counts: dict[Node, Number] = {}
        for term in terms:
            factor, core = self._coefficient(term)
            counts[core] = counts.get(core, 0) + factor
        if len(counts) == len(terms):
            return terms
        return [self._scaled(n, core) for core, n in counts.items() if n != 0]

    def _coefficient(self, node: Node) -> tuple[Number, Node]:
        if self.ops[node] == "mul":
            first, *others = self.args[node]
            if self.ops[first] == "const":
                core = others[0] if len(others) == 1 else self._product(tuple(others))
                return self.data[first], core  # type: ignore[return-value]
        return 1, node

    def _product(self, factors: tuple[Node, ...]) -> Node:
        integer = all(self.sorts[f] == "I" for f in factors)
        return self._make("mul", factors, "I" if integer else "R")

    def _scaled(self, factor: Number, core: Node) -> Node:
        return core if factor == 1 else self.mul(self.number(factor), core)

    def mul(self, *args: Node) -> Node:
        """Product: the constant first, then the factors in order."""
        constant: Number = 1
        flat: list[Node] = []
        for a in args:
            for b in self.args[a] if self.ops[a] == "mul" else (a,):
                if self.ops[b] == "const":
                    constant *= self.data[b]  # type: ignore[operator]
                else:
                    flat.append(b)
        if constant == 0:
            return self.zero
        if not flat:
            return self.number(constant)
        if len(flat) == 1 and self.ops[flat[0]] == "add" and constant != 1:
            return self.add(*(self.mul(self.number(constant), x) for x in self.args[flat[0]]))
        flat.sort()
        if constant != 1:
            flat.insert(0, self.number(constant))
        return flat[0] if len(flat) == 1 else self._product(tuple(flat))

    def neg(self, a: Node) -> Node:
        """Minus."""
        return self.mul(self.number(-1), a)

    def sub(self, a: Node, b: Node) -> Node:
        """Difference."""
        return self.add(a, self.neg(b))

    def div(self, a: Node, b: Node) -> Node:
        """Exact quotient; of no meaning where `b` is zero."""
        divisor = self.value(b)
        if divisor is not None and divisor != 0:
            return self.mul(self.number(1 / Fraction(divisor)), a)
        if a == self.zero:
            return self.number(0, "R")
        return self._make("div", (a, b), "R")

    def floor(self, a: Node) -> Node:
        """The greatest integer not above."""
        if self.sorts[a] == "I":
            return a
        value = self.value(a)
        return self.number(value.__floor__()) if value is not None else self._make("floor", (a,), "I")

    def ceil(self, a: Node) -> Node:
        """The least integer not below."""
        if self.sorts[a] == "I":
            return a
        value = self.value(a)
        return self.number(value.__ceil__()) if value is not None else self._make("ceil", (a,), "I")

    def rsum(self, member: Node, body: Node) -> Node:
        """The sum of `body` over all members outside the classes (kept opaque, but for its monomials)."""
        return self._make("rsum", (member, body), self.sorts[body])

    # ------------------------------------------------------------------------------------------ comparisons

    def le(self, a: Node, b: Node) -> Node:
        """a <= b."""
        if a == b:
            return self.true
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.true if x <= y else self.false
        return self._make("le", (a, b), "B")

    def lt(self, a: Node, b: Node) -> Node:
        """a < b."""
        return self.not_(self.le(b, a))

    def eq(self, a: Node, b: Node) -> Node:
        """a = b, of numbers or truth values."""
        if a == b:
            return self.true
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.true if x == y else self.false
        if self.sorts[a] == "B":
            if x is not None:
                return b if x else self.not_(b)
            if y is not None:
                return a if y else self.not_(a)
        return self._make("eq", (a, b) if a < b else (b, a), "B")

    # ------------------------------------------------------------------------------------------ truth values

    def not_(self, a: Node) -> Node:
        """Negation."""
        if a == self.true:
            return self.false
        if a == self.false:
            return self.true
        return self.args[a][0] if self.ops[a] == "not" else self._make("not", (a,), "B")

    def and_(self, args: Iterable[Node]) -> Node:
        """Conjunction."""
        flat: dict[Node, None] = {}
        for a in args:
            for b in self.args[a] if self.ops[a] == "and" else (a,):
                if b == self.false or self.not_(b) in flat:
                    return self.false
                if b != self.true:
                    flat[b] = None
        if not flat:
            return self.true
        if len(flat) == 1:
            return next(iter(flat))
        return self._make("and", tuple(sorted(flat)), "B")

    def or_(self, args: Iterable[Node]) -> Node:
        """Disjunction."""
        return self.not_(self.and_(self.not_(a) for a in args))

    def implies(self, a: Node, b: Node) -> Node:
        """If `a` then `b`."""
        return self.or_((self.not_(a), b))

    def ite(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """If-then-else, of any sort."""
        if condition == self.true or then == otherwise:
            return then
        if condition == self.false:
            return otherwise
        if self.sorts[then] == "B":
            return self.and_((self.implies(condition, then), self.or_((condition, otherwise))))
        if self.ops[condition] == "not":
            condition, then, otherwise = self.args[condition][0], otherwise, then
        integer = self.sorts[then] == "I" and self.sorts[otherwise] == "I"
        return self._make("ite", (condition, then, otherwise), "I" if integer else "R")

    def denominator(self, node: Node) -> int:
        """A common denominator of the constants in a sum of products."""
        match self.ops[node]:
            case "const":
                return Fraction(self.data[node]).denominator  # type: ignore[call-overload, no-any-return]
            case "add":
                return lcm(*(self.denominator(a) for a in self.args[node]))
            case "mul":
                return self.denominator(self.args[node][0])
            case _:
                return 1

    @property
    def has_integers(self) -> bool:
        """Whether some unknown is integer-valued."""
        unknowns = ("var", "app", "floor", "ceil")
        return any(s == "I" and op in unknowns for s, op in zip(self.sorts, self.ops, strict=True))

    # ------------------------------------------------------------------------------------------ signs

    def nonnegative(self, node: Node, known: Known = frozenset()) -> bool:
        """Whether the node is at least zero, judged by types, shape and the facts in `known` (nodes that hold)."""
        if known and (self.le(self.zero, node) in known or self.not_(self.le(node, self.zero)) in known):
            return True
        args = self.args[node]
        match self.ops[node]:
            case "const":
                return self.data[node] >= 0  # type: ignore[operator]
            case "var" | "app":
                low = self.bounds.get(node, (None, None))[0]
                return low is not None and low >= 0
            case "add" | "div":
                return all(self.nonnegative(a, known) for a in args)
            case "mul":
                return self._even(node, known)
            case "ite":
                return self.nonnegative(args[1], known) and self.nonnegative(args[2], known)
            case "floor" | "ceil":
                return self.nonnegative(args[0], known)
            case "rsum":
                return self.nonnegative(args[1], known)
            case _:
                return False

    def _even(self, node: Node, known: Known) -> bool:
        unsure: dict[Node, int] = {}
        for a in self.args[node]:
            if not self.nonnegative(a, known):
                unsure[a] = unsure.get(a, 0) + 1
        return all(count % 2 == 0 for count in unsure.values())

    def positive(self, node: Node, known: Known = frozenset()) -> bool:
        """Whether the node is above zero, judged like `nonnegative`."""
        if self.not_(self.le(node, self.zero)) in known:
            return True
        args = self.args[node]
        match self.ops[node]:
            case "const":
                return self.data[node] > 0  # type: ignore[operator]
            case "var" | "app":
                low = self.bounds.get(node, (None, None))[0]
                if low is not None and low > 0:
                    return True
                return self.not_(self.eq(node, self.zero)) in known and self.nonnegative(node, known)
            case "add":
                return all(self.nonnegative(a, known) or self.positive(a, known) for a in args) and any(
                    self.positive(a, known) for a in args
                )
            case "mul" | "div":
                return all(self.positive(a, known) for a in args)
            case "ite":
                return self.positive(args[1], known) and self.positive(args[2], known)
            case _:
                return self.not_(self.eq(node, self.zero)) in known and self.nonnegative(node, known)
