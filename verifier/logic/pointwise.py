"""From what holds of each member outside the classes to what holds of sums over them.

What is at least zero for each has a sum that is at least zero: a fact, a product of facts, a fact of those members of
whom some conditions hold. `debt[a] <= value(a)` gives the same inequality between sums, `rate[a] <= 1` gives
`sum(rate[a] * debt[a]) <= sum(debt[a])`, and `sum(max(0, p(a)))` is at least 0 and at least the sum of `p`, as
`[0 <= p] p` is not negative and `[p < 0] p` not positive. Of all that could be said so, only that is said which speaks
of products that the sums in use are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, product
from typing import final

from verifier.logic.formulas import Known, Node, Pool
from verifier.logic.rest import (
    Members,
    Monomial,
    Polynomial,
    complement,
    is_indicator,
    joined,
    plus,
    polynomial,
    scaled,
    sum_of,
    times,
)

MOST_ATOMS = 3
"""Conditions by which the members are told apart at once (eight kinds of members)."""

MOST_FACTS = 80
"""Facts about the sums over members of the same sorts."""


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """Holds of each member of some kind: the terms add up to at least zero (above it, if strict), or to zero."""

    terms: Polynomial
    equation: bool = False
    strict: bool = False


Clause = tuple[Node, ...]
"""Alternatives of which one holds of each member."""

Kind = Mapping[Node, bool]
"""Which of some conditions hold of a member."""


# ---------------------------------------------------------------------------------------------- what is in use


@final
@dataclass(slots=True)
class Use:
    """The products that sums in use are made of, without their conditions; for each, the conditions it stands under."""

    conditions: dict[Monomial, set[Node]] = field(default_factory=dict)
    together: dict[Monomial, set[Monomial]] = field(default_factory=dict)
    """The same, in the sets in which they stand in one sum."""
    counted: bool = False
    """Whether the number of members (of some kind) is in use."""

    def takes(self, terms: Iterable[Monomial]) -> bool:
        """Whether products are all in use."""
        return all(t in self.conditions for t in terms)

    def atoms(self, terms: Iterable[Monomial]) -> set[Node]:
        """The conditions that some of the products stand under."""
        return {a for t in terms for a in self.conditions[t]}


def use_of(pool: Pool, members: Members, bodies: Iterable[Node]) -> Use:
    """What sums over members are made of, by what they are sums of."""
    use = Use({(): set()})
    for body in bodies:
        for monomial in polynomial(pool, body, members):
            plain, atoms = parted(pool, monomial)
            use.conditions.setdefault(plain, set()).update(atoms)
            use.together.setdefault(plain, set()).add(tuple(sorted(atoms)))
            use.counted |= plain == ()
    return use


def parted(pool: Pool, monomial: Monomial) -> tuple[Monomial, tuple[Node, ...]]:
    """A product without its indicators, and their conditions."""
    plain = tuple(f for f in monomial if not is_indicator(pool, f))
    return plain, tuple(pool.args[f][0] for f in monomial if is_indicator(pool, f))


# ---------------------------------------------------------------------------------------------- what is known


def clauses_of(pool: Pool, members: Members, said: Iterable[Node]) -> tuple[Clause, ...]:
    """The parts of what is said of each member, those that speak of it."""
    out: dict[Clause, None] = {}
    for node in said:
        for part in pool.args[node] if pool.ops[node] == "and" else (node,):
            if not pool.binders[part] & members:
                continue
            inner = pool.args[part][0] if pool.ops[part] == "not" else part
            if pool.ops[part] == "not" and pool.ops[inner] == "and":
                out[tuple(pool.not_(a) for a in pool.args[inner])] = None
            else:
                out[(part,)] = None
    return tuple(out)


def fact_of(pool: Pool, members: Members, literal: Node) -> Fact | None:
    """A comparison (or the negation of one) as a fact; None for any other formula."""
    denied = pool.ops[literal] == "not"
    inner = pool.args[literal][0] if denied else literal
    if pool.ops[inner] not in ("le", "eq") or pool.sorts[pool.args[inner][0]] == "B":
        return None
    left, right = pool.args[inner]
    if "K" in (pool.sorts[left], pool.sorts[right]):
        return None
    if pool.ops[inner] == "eq":
        return None if denied else Fact(polynomial(pool, pool.sub(right, left), members), equation=True)
    difference = pool.sub(left, right) if denied else pool.sub(right, left)
    whole = pool.sorts[difference] == "I"
    if denied and whole:
        difference = pool.add(difference, pool.number(-1))
    return Fact(polynomial(pool, difference, members), strict=denied and not whole)


def facts_of_factor(pool: Pool, members: Members, factor: Node, use: Use, known: Known) -> Iterator[Fact]:
    """What is true of a factor by what it is: ranges of types, what a quotient or a rounding means."""
    itself: Polynomial = {(factor,): pool.one}
    low, high = pool.bounds.get(factor, (None, None))
    minus = pool.number(-1)
    if use.counted and pool.ops[factor] in ("var", "app"):
        if high is not None:
            yield Fact(plus(pool, {(): pool.number(high)}, scaled(pool, itself, minus)))
        if low is not None and low != 0:
            yield Fact(plus(pool, {(): pool.number(-low)}, itself))
    if pool.sorts[factor] == "I" and (factor, factor) in use.conditions:
        # There is no whole number between 0 and 1, nor between -1 and 0.
        square = polynomial(pool, pool.mul(factor, factor), members)
        yield Fact(plus(pool, square, itself))
        yield Fact(plus(pool, square, scaled(pool, itself, minus)))
    match pool.ops[factor]:
        case "div":
            above, below = pool.args[factor]
            if pool.positive(below, known):
                exact = pool.sub(pool.mul(factor, below), above)
                yield Fact(polynomial(pool, exact, members), equation=True)
        case "floor" | "ceil" as rounding:
            body, one = pool.args[factor][0], pool.one
            if pool.ops[body] == "div" and pool.positive(pool.args[body][1], known):
                body, one = pool.args[body]
            product_ = pool.mul(factor, one)
            remainder = pool.sub(body, product_) if rounding == "floor" else pool.sub(product_, body)
            remainder, one = _whole(pool, remainder, one)
            room = pool.sub(one, remainder)
            whole = pool.sorts[room] == "I"
            room = pool.add(room, minus) if whole else room
            yield from _against_whole(pool, members, factor, use, known)
            yield Fact(polynomial(pool, remainder, members))
            yield Fact(polynomial(pool, room, members), strict=not whole)
        case _:
            pass


def _against_whole(pool: Pool, members: Members, rounded: Node, use: Use, known: Known) -> Iterator[Fact]:
    """A rounded number is on the same side of a whole number as it was before."""
    body, down = pool.args[rounded][0], pool.ops[rounded] == "floor"
    for whole in sorted({p[0] for p in use.conditions if len(p) == 1 and pool.sorts[p[0]] == "I"} - {rounded}):
        before, after = (pool.sub(n, whole) if down else pool.sub(whole, n) for n in (body, rounded))
        if all(pool.nonnegative(pool.mul(c, *m), known) for m, c in polynomial(pool, before, members).items()):
            yield Fact(polynomial(pool, after, members))


def _whole(pool: Pool, node: Node, one: Node) -> tuple[Node, Node]:
    """Both times the denominator that they have in common, so that what is a whole number is seen to be one."""
    factor = pool.number(pool.denominator(node))
    return pool.mul(factor, node), pool.mul(factor, one)


# ---------------------------------------------------------------------------------------------- consequences


def consequences(
    pool: Pool,
    members: tuple[Node, ...],
    said: Iterable[Node],
    bodies: Iterable[Node],
    known: Known = frozenset(),
    *,
    somebody: bool = False,
) -> tuple[Node, ...]:
    """What `said`, which holds of each choice of members outside the classes, says of sums over them.

    The sums in use are those of `bodies`; `known` holds in any case; `somebody` tells that there are such members."""
    use, clauses = use_of(pool, frozenset(members), bodies), clauses_of(pool, frozenset(members), said)
    work = _Work(pool, members, use, clauses, {*known, *(c[0] for c in clauses if len(c) == 1)}, somebody)
    work.run()
    return tuple(work.out)


@final
@dataclass(slots=True)
class _Work:
    pool: Pool
    members: tuple[Node, ...]
    use: Use
    clauses: tuple[Clause, ...]
    known: set[Node]
    somebody: bool
    out: dict[Node, None] = field(default_factory=dict)
    told_apart: dict[frozenset[Node], set[Monomial]] = field(default_factory=dict)

    def run(self) -> None:
        pool, of = self.pool, frozenset(self.members)
        always = [f for c in self.clauses if len(c) == 1 and (f := fact_of(pool, of, c[0])) is not None]
        factors = sorted({f for plain in self.use.conditions for f in plain})
        always += [f for factor in factors for f in facts_of_factor(pool, of, factor, self.use, self.known)]
        for fact in always:
            self._lift(fact, ())
        for clause in self.clauses:
            self._lift_clause(clause)
            for weaker in self._weaker(clause):
                self._lift_clause(weaker)
        atoms = sorted(self.use.atoms(self.use.conditions))
        of_atoms = [
            (a, f) for atom in atoms for a in (atom, pool.not_(atom)) if (f := fact_of(pool, of, a)) is not None
        ]
        for literal, fact in of_atoms:
            self._lift(fact, (pool.not_(literal),))
        self._lift_products(always, of_atoms)
        self._lift_opposites(always, of_atoms)
        self._products_of_sums()
        self._signs()

    # ------------------------------------------------------------------------------------------ one fact

    def _lift(self, fact: Fact, otherwise: Clause) -> None:
        """A fact that holds of each member of which none of some alternatives is so."""
        plain = self._plain(fact.terms)
        for more in self._multipliers(fact, plain):
            wanted = {joined(self.pool, t, more) for t in plain}
            strict = fact.strict and not more
            if strict and self.use.counted:
                wanted.add(())
            atoms = self.use.atoms(wanted)
            own = {self._atom(o) for o in otherwise}
            if not (self._conditions(fact.terms) | own) <= atoms | self.use.conditions[()]:
                continue
            atoms |= own
            terms = times(self.pool, fact.terms, {more: self.pool.one})
            for kind in self._kinds(atoms, own, wanted):
                if not any(self._holds(o, kind) for o in otherwise):
                    where = self._where(kind)
                    known_to_be = strict and not kind and self.somebody
                    self._say(Fact(times(self.pool, where, terms), fact.equation, known_to_be))
                    if strict and not known_to_be and self.use.counted:
                        self._say(Fact(times(self.pool, where, terms), strict=True), unless_nobody=where)
            if len(atoms) <= MOST_ATOMS:
                self.told_apart.setdefault(frozenset(atoms), set()).update(wanted)

    def _lift_clause(self, clause: Clause) -> None:
        pool = self.pool
        if any(pool.not_(literal) in clause for literal in clause):
            # It holds of anybody, and no kind of members is without all its alternatives.
            return
        for literal in clause if len(clause) > 1 else ():
            fact = fact_of(pool, frozenset(self.members), literal)
            if fact is not None:
                self._lift(fact, tuple(o for o in clause if o != literal))
        # There is no member of whom no alternative is so, unless one is so that is not about members.
        of = frozenset(self.members)
        unless = [literal for literal in clause if not pool.binders[literal] & of]
        about = [literal for literal in clause if literal not in unless]
        self._nobody({self._atom(o): o != self._atom(o) for o in about}, pool.or_(unless) if unless else None)

    def _nobody(self, kind: Kind, unless: Node | None = None) -> None:
        """There is no member of a kind: sums over such members are zero, whatever they are sums of. That is said of the
        kind, and of those among it of whom other conditions of a sum hold."""
        for plain, conditions in self.use.conditions.items():
            if not kind.keys() <= conditions:
                continue
            met = (s for s in self.use.together.get(plain, ()) if kind.keys() & set(s))
            more = {frozenset(s).difference(kind) for s in met}
            for others in sorted(more | {frozenset()}, key=sorted):
                narrower = {**kind, **dict.fromkeys(sorted(others), True)}
                nobody = times(self.pool, self._where(narrower), {plain: self.pool.one})
                self._say(Fact(nobody, equation=True), unless=unless)
                if len(narrower) <= MOST_ATOMS:
                    self.told_apart.setdefault(frozenset(narrower), set()).add(plain)

    def _lift_products(self, always: list[Fact], of_atoms: list[tuple[Node, Fact]]) -> None:
        """Two things that are at least zero have a product that is."""
        pool = self.pool
        facts = [f for f in always if f.terms and not f.equation]
        for i, left in enumerate(facts):
            for right in facts[i:]:
                if self._may_multiply(left, right):
                    self._lift(Fact(times(pool, left.terms, right.terms)), ())
            for literal, right in of_atoms:
                if not right.equation and self._may_multiply(left, right):
                    self._lift(Fact(times(pool, left.terms, right.terms)), (pool.not_(literal),))

    def _lift_opposites(self, always: list[Fact], of_atoms: list[tuple[Node, Fact]]) -> None:
        """What a member has lies between two bounds, by a condition and by another (or by what is known anyway): then
        the lower one is not above the upper one, or there is no such member."""
        pool = self.pool
        said = [*((literal, f) for literal, f in of_atoms), *((None, f) for f in always)]
        for i, (one, left) in enumerate(of_atoms):
            for other, right in said[i + 1 :]:
                if other is not None and self._differ(left, right):
                    # As there is nobody who has voted for two.
                    self._nobody({one: True, other: True})
                terms = plus(pool, left.terms, right.terms)
                if left.equation or right.equation or not terms.keys() <= {()} or other == pool.not_(one):
                    continue
                room = terms.get((), pool.zero)
                there_is = pool.lt(pool.zero, room) if left.strict or right.strict else pool.le(pool.zero, room)
                kind = {
                    self._atom(literal): literal == self._atom(literal)
                    for literal in (one, other)
                    if literal is not None
                }
                self._nobody(kind, unless=there_is)

    def _weaker(self, clause: Clause) -> Iterator[Clause]:
        """Alternatives of which one says what a number is: it is none of the others that conditions in use say."""
        of = frozenset(self.members)
        equations = [i for i, literal in enumerate(clause) if self.pool.ops[literal] == "eq"]
        for i, atom in product(equations, sorted(self.use.atoms(self.use.conditions)) if equations else ()):
            fact, other = fact_of(self.pool, of, clause[i]), fact_of(self.pool, of, atom)
            if fact is not None and other is not None and self._differ(fact, other):
                yield (*clause[:i], self.pool.not_(atom), *clause[i + 1 :])

    def _differ(self, one: Fact, other: Fact) -> bool:
        """Whether two equations give one number two values."""
        if not (one.equation and other.equation):
            return False
        turned = scaled(self.pool, other.terms, self.pool.number(-1))
        sums = (plus(self.pool, one.terms, terms) for terms in (other.terms, turned))
        return any(s.keys() == {()} and self.pool.value(s[()]) not in (None, 0) for s in sums)

    def _may_multiply(self, left: Fact, right: Fact) -> bool:
        first, second = self._plain(left.terms), self._plain(right.terms)
        return self.use.takes(joined(self.pool, a, b) for a in first for b in second)

    def _products_of_sums(self) -> None:
        """A sum of products of what is never negative is not above the product of the sums; and the square of a sum is
        not above as many times the sum of the squares (Cauchy and Schwarz)."""
        pool = self.pool
        used = [p for p in self.use.conditions if p]

        def total(plain: Monomial) -> Node:
            return sum_of(pool, self.members, {plain: pool.one})

        for left, right in combinations_with_replacement(used, 2):
            if not self.use.takes((joined(pool, left, right),)):
                continue
            together = total(joined(pool, left, right))
            if self._nonnegative(left) and self._nonnegative(right):
                self._note(pool.le(together, pool.mul(total(left), total(right))))
            if left == right and self.use.counted:
                self._note(pool.le(pool.mul(total(left), total(left)), pool.mul(total(()), together)))

    def _signs(self) -> None:
        """Where members are told apart by two conditions or more: what is never negative has no negative sum of any
        kind. (By one condition, this is known of every sum.)"""
        for atoms, products in self.told_apart.items():
            for plain in products if len(atoms) > 1 else ():
                if self._nonnegative(plain):
                    for kind in self._kinds(set(atoms)):
                        self._say(Fact(times(self.pool, self._where(kind), {plain: self.pool.one})))

    # ------------------------------------------------------------------------------------------ kinds of members

    def _kinds(self, atoms: set[Node], own: Iterable[Node] = (), wanted: Iterable[Monomial] = ()) -> Iterator[Kind]:
        """All kinds of members; where that would be too many, those of whom all conditions hold that one of the sums
        of the products wanted has, told apart by a fact's own conditions."""
        few = len(atoms) <= MOST_ATOMS
        sets = {(), *(s for p in (*wanted, ()) for s in self.use.together.get(p, ()))}
        for together in [()] if few else sorted(sets):
            told_apart = sorted(atoms if few else {*own} - {*together})
            for values in product((True, False), repeat=len(told_apart)) if len(told_apart) <= MOST_ATOMS else ():
                yield {**dict.fromkeys(together, True), **dict(zip(told_apart, values, strict=True))}

    def _where(self, kind: Kind) -> Polynomial:
        """1 for the members of a kind, 0 for all others."""
        pool = self.pool
        out: Polynomial = {(): pool.one}
        for atom, holds in kind.items():
            chosen: Polynomial = {(pool.ite(atom, pool.one, pool.zero),): pool.one}
            out = times(pool, out, chosen if holds else complement(pool, chosen))
        return out

    def _atom(self, literal: Node) -> Node:
        return self.pool.args[literal][0] if self.pool.ops[literal] == "not" else literal

    def _holds(self, literal: Node, kind: Kind) -> bool:
        atom = self._atom(literal)
        return kind[atom] == (literal == atom)

    # ------------------------------------------------------------------------------------------ products in use

    def _plain(self, terms: Polynomial) -> set[Monomial]:
        return {parted(self.pool, m)[0] for m in terms}

    def _conditions(self, terms: Polynomial) -> set[Node]:
        return {a for m in terms for a in parted(self.pool, m)[1]}

    def _multipliers(self, fact: Fact, plain: set[Monomial]) -> Iterator[Monomial]:
        """Products by which a fact may be multiplied so that it speaks of products in use only."""
        if not plain:
            return
        first = max(sorted(plain), key=len)
        for target in self.use.conditions:
            more = _without(target, first)
            if more is None or (more and not fact.equation and not self._nonnegative(more)):
                continue
            if self.use.takes(joined(self.pool, t, more) for t in plain):
                yield more

    def _nonnegative(self, monomial: Monomial) -> bool:
        return self.pool.nonnegative(self.pool.mul(*monomial), self.known) if monomial else True

    def _say(self, fact: Fact, *, unless: Node | None = None, unless_nobody: Polynomial | None = None) -> None:
        """Add a fact about sums; it need not hold if `unless` does, or if there are no members of a kind."""
        pool = self.pool
        total = sum_of(pool, self.members, fact.terms)
        if fact.equation:
            said = pool.eq(total, pool.zero)
        else:
            said = pool.lt(pool.zero, total) if fact.strict else pool.le(pool.zero, total)
        if unless_nobody is not None:
            unless = pool.le(sum_of(pool, self.members, unless_nobody), pool.zero)
        said = said if unless is None else pool.or_((unless, said))
        self._note(said)

    def _note(self, said: Node) -> None:
        if said != self.pool.true and len(self.out) < MOST_FACTS:
            self.out[said] = None


def _without(whole: Monomial, part: Monomial) -> Monomial | None:
    """What is left of a product when factors are taken out; None if they are not in it."""
    left = list(whole)
    for factor in part:
        if factor not in left:
            return None
        left.remove(factor)
    return tuple(left)
