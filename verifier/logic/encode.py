"""Core terms to formulas, in a world of classes and rest.

A truth value is encoded with a *polarity*: with `True` the node will be asserted, and must follow from the term; with
`False` its negation will be asserted, and must follow from the term's negation. In a closed world both are exact. In an
open one a universal quantifier that is asserted becomes its instances at the classes (weaker, so a proof stays a
proof), and an existential one becomes a key of its own, a Skolem constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never, final

from verifier.logic.extremes import extreme
from verifier.logic.formulas import Node, Pool, SortName
from verifier.logic.rest import rest_sum
from verifier.logic.symbolic import Cell, Frame, MapValue, same_key
from verifier.logic.universals import Own, Universal
from verifier.logic.world import Pattern, World, ranks
from verifier.system.rewrite import subterms
from verifier.system.terms import (
    BOOL,
    ActionIs,
    Agg,
    Const,
    Named,
    Op,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Var,
)
from verifier.system.transition import System, Variable

_SORTS: Mapping[str, SortName] = {"bool": "B", "int": "I", "real": "R", "sort": "I", "enum": "I"}


Stem = tuple[str, str]
"""What is assumed, by its keyword (`assume`, `where`, `rely`) and its name."""


@final
@dataclass(slots=True)
class Encoder:
    """One obligation in the making: its nodes, the keys it asked for, the facts that define auxiliary nodes."""

    system: System
    world: World
    pattern: Pattern = field(default_factory=Pattern)
    pool: Pool = field(default_factory=Pool)
    asked: dict[str, int] = field(default_factory=dict)
    """How many keys of each sort have been asked for."""
    facts: list[Node] = field(default_factory=list)
    """Definitions of auxiliary nodes; always asserted."""
    start: Frame | None = None
    """Where the run of the obligation starts, in whatever state is known of it."""
    end: Frame | None = None
    """Where it ends, with the arguments as locals, for showing a case that is left."""
    background: set[Node] = field(default_factory=set)
    """Facts about the parameters and the state that are known in any case: of use only where they touch the rest."""
    universals: list[Universal] = field(default_factory=list)
    own: list[Own] = field(default_factory=list)
    """Definitions of unknowns that members outside the classes have of their own."""
    individuals: dict[Node, str] = field(default_factory=dict)
    """Members known only by a number, with their sorts of any size."""
    looked_up: dict[Node, str] = field(default_factory=dict)
    """Those of whom an entry was read."""
    extremes: dict[object, tuple[Node, tuple[Cell, ...]]] = field(default_factory=dict)
    """What was the greatest or least of something, by what it was of."""
    stems: dict[Node, frozenset[Stem]] = field(default_factory=dict)
    """Facts that are there because of something assumed, and of what."""
    lifting: frozenset[Stem] = frozenset()
    """Assumptions that say something of members outside the classes."""
    lifted: set[Node] = field(default_factory=set)
    """What is known of those members, due to whatever has been said of them."""
    _fresh: dict[str, int] = field(default_factory=dict)
    _rests: list[Node] = field(default_factory=list)
    """The members outside the classes that are being spoken of, outermost first."""
    _each: list[str] = field(default_factory=list)
    """The open sorts of whose classes something is being said one after the other."""
    _standing: Mapping[str, Node] = field(default_factory=dict)
    """For some sorts a member outside the classes that stands for all of them in what is said of every member."""
    _late: bool = False
    """The facts are complete: who exists from here on is no key of the pattern."""
    _quantified: dict[int, bool] = field(default_factory=dict)
    _params: dict[str, Cell] = field(default_factory=dict)
    _entries: dict[tuple[str, tuple[Node, ...], int], Node] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ names and inputs

    def fresh(self, name: str) -> str:
        """A name that no other input of this obligation has."""
        count = self._fresh.get(name, 0)
        self._fresh[name] = count + 1
        return name if count == 0 else f"{name}#{count}"

    def scalar(self, name: str, ty: Ty, low: int | None = None, high: int | None = None) -> Node:
        """A fresh unknown of a type. Members of a finite sort or an enum are numbers from 0; a member of an open sort
        is a number that is a class, or beyond them. Made while speaking of a member outside the classes, it may be
        another one for each of them."""
        if ty.kind in ("sort", "enum"):
            low, high = 0, None if ty.name in self.world.open else self.world.sizes[ty.name] - 1
            if high == 0:
                return self.pool.zero
        if self._rests:
            return self.pool.app(self.fresh(name), tuple(self._rests), _SORTS[ty.kind], low, high)
        return self._known_by_number(self.pool.var(self.fresh(name), _SORTS[ty.kind], low, high), ty)

    def _known_by_number(self, node: Node, ty: Ty) -> Node:
        if ty.kind == "sort" and ty.name in self.world.open and not self.pool.binders[node]:
            self.individuals[node] = ty.name
        return node

    def define(self, fact: Node) -> None:
        """Note a fact that defines an unknown. One that defines what members outside the classes have of their own
        holds of each of them, and is noted apart."""
        if not self._rests:
            self.facts.append(fact)
        elif self.pool.binders[fact]:
            self.own.append(Own(tuple(self._rests), fact))

    @property
    def members_spoken_of(self) -> tuple[Node, ...]:
        """The members outside the classes of whom something is being said, outermost first."""
        return tuple(self._rests)

    @contextmanager
    def speaking_of(self, sort: str) -> Iterator[Node]:
        """A member of a sort outside the classes, with a name that no member spoken of has."""
        member = self.pool.rest(f"{sort}~{len(self._rests)}", self.world.sizes[sort])
        self._rests.append(member)
        try:
            yield member
        finally:
            self._rests.pop()

    @contextmanager
    def speaking_of_all(self, sorts: tuple[str, ...]) -> Iterator[tuple[Node, ...]]:
        """Members of some sorts outside the classes."""
        with ExitStack() as stack:
            yield tuple([stack.enter_context(self.speaking_of(sort)) for sort in sorts])

    @contextmanager
    def standing(self, members: Mapping[str, Node]) -> Iterator[None]:
        """What is said of every member of a sort is said of the given one outside the classes too."""
        self._standing = members
        try:
            yield
        finally:
            self._standing = {}

    @contextmanager
    def late(self) -> Iterator[None]:
        """When the facts are complete, and consequences are drawn: the pattern has no keys for whom they ask."""
        self._late = True
        try:
            yield
        finally:
            self._late = False

    @contextmanager
    def for_each(self, sort: str) -> Iterator[tuple[Node, ...]]:
        """The classes of a sort, to say something of each in turn."""
        said_of_each = sort in self.world.open
        if said_of_each:
            self._each.append(sort)
        try:
            yield self.members(sort) if sort else ()
        finally:
            if said_of_each:
                self._each.pop()

    def _may_be_key(self, sort: str) -> bool:
        """Whether a witness asked for here may be a key of the pattern. Inside something said of each class of other
        sorts, how many are asked for depends on those sorts' classes: so they must all come before this one in one
        fixed order, for then their patterns are chosen first, and every pattern of this sort is tried with each."""
        if self._late:
            return False
        if not self._each:
            return True
        rank = ranks(self.system)
        return all(rank[other] < rank[sort] for other in self._each)

    def unknown(self, variable: Variable, name: str = "") -> Cell:
        """Any value of a variable: a scalar, or a map with an unknown for each entry. A member of an open sort is a key
        like any other, so that what holds of every member is known of it."""
        if not variable.keys and variable.ty.kind == "sort" and variable.ty.name in self.world.open and not self._each:
            return self.key(variable.ty.name)
        label = self.fresh(name or variable.name)
        if not variable.keys:
            ty = variable.ty
            low, high = variable.low, variable.high
            if ty.kind in ("sort", "enum"):
                low, high = 0, None if ty.name in self.world.open else self.world.sizes[ty.name] - 1
            return self.pool.var(label, _SORTS[ty.kind], low, high)
        return MapValue(partial(self._entry, label, variable))

    def _entry(self, label: str, variable: Variable, keys: tuple[Node, ...], first: int = 0) -> Node:
        """An entry; the keys before `first` are outside the classes if they are not constants."""
        pool = self.pool
        for i in range(first, len(keys)):
            if pool.ops[keys[i]] not in ("const", "rest"):
                # Remembered: a key that is one of several may have keys in common with others.
                found = self._entries.get((label, keys, i))
                if found is None:
                    found = self._entries[label, keys, i] = self._at_symbolic_key(label, variable, keys, i)
                return found
        sort = _SORTS[variable.ty.kind]
        low, high = variable.low, variable.high
        if variable.ty.kind in ("sort", "enum"):
            low, high = 0, None if variable.ty.name in self.world.open else self.world.sizes[variable.ty.name] - 1
        if any(pool.ops[k] != "const" for k in keys):
            return self._known_by_number(pool.app(label, keys, sort, low, high), variable.ty)
        name = f"{label}[{','.join(str(pool.data[k]) for k in keys)}]"
        return self._known_by_number(pool.var(name, sort, low, high), variable.ty)

    def _at_symbolic_key(self, label: str, variable: Variable, keys: tuple[Node, ...], i: int) -> Node:
        """An entry at a member known only by a number: one of the classes', or (in an open sort) that of the member
        outside them which has the number."""
        pool, key, sort = self.pool, keys[i], variable.keys[i].name
        if pool.ops[key] == "ite":
            condition, *choices = pool.args[key]
            then, otherwise = (self._entry(label, variable, (*keys[:i], k, *keys[i + 1 :]), i) for k in choices)
            return pool.ite(condition, then, otherwise)
        options = [
            (pool.eq(key, member), self._entry(label, variable, (*keys[:i], member, *keys[i + 1 :]), i + 1))
            for member in self.members(sort)
        ]
        if sort in self.world.open or not options:
            if not pool.binders[key]:
                self.looked_up[key] = sort
            out = self._entry(label, variable, keys, i + 1)
        else:
            out = options.pop()[1]
        for condition, entry in reversed(options):
            out = pool.ite(condition, entry, out)
        return out

    def members(self, sort: str) -> tuple[Node, ...]:
        """The classes (or members) of a sort."""
        return tuple(self.pool.number(i) for i in range(self.world.sizes[sort]))

    def key(self, sort: str) -> Node:
        """The next key of an open sort: at the class the pattern gives it. Where the pattern has none for it (too many
        keys to tell apart, or a first pass that only counts them), a member known only by its number."""
        index = self.asked.get(sort, 0)
        self.asked[sort] = index + 1
        classes = self.pattern.classes.get(sort, ())
        if index < len(classes):
            return self.pool.number(classes[index])
        return self.scalar(f"some {sort}", Ty("sort", sort))

    def initial_unknown(self) -> Frame:
        """A frame in which every state variable may be anything in its range."""
        self.start = Frame({"now": {v.name: self.unknown(v) for v in self.system.states}})
        return self.start

    # ------------------------------------------------------------------------------------------ truth values

    def formula(self, term: Term, frame: Frame, polarity: bool, asserted: bool = False) -> Node:
        """A truth value under a polarity. `asserted` tells that the node (or with polarity False its negation) becomes
        a fact as it stands, not as one case of several: then its universal parts hold outside the classes too."""
        pool = self.pool
        match term:
            case Op("and", args):
                # To assert that not all hold is to assert one case of several.
                return pool.and_([self.formula(a, frame, polarity, asserted and polarity) for a in args])
            case Op("or", args):
                return pool.or_([self.formula(a, frame, polarity, asserted and not polarity) for a in args])
            case Op("not", (inner,)):
                return pool.not_(self.formula(inner, frame, not polarity, asserted))
            case Op("implies", (left, right)):
                whole = asserted and not polarity
                premise = self.formula(left, frame, not polarity, whole)
                return pool.implies(premise, self.formula(right, frame, polarity, whole))
            case Op("ite", (condition, then, otherwise)):
                chosen = self.value(condition, frame)
                return pool.ite(chosen, self.formula(then, frame, polarity), self.formula(otherwise, frame, polarity))
            case Named(_, _, body):
                return self.formula(body, frame, polarity, asserted)
            case Quant():
                return self._quantifier(term, frame, polarity, asserted)
            case _:
                return self.value(term, frame)

    def _quantifier(self, term: Quant, frame: Frame, polarity: bool, asserted: bool) -> Node:
        sort = term.var.ty.name
        universal = (term.kind == "forall") == polarity
        if sort not in self.world.open or universal:
            if universal and asserted and sort in self.world.open:
                self.universals.append(Universal((sort,), partial(self._at, term, frame), denied=not polarity))
            return self._instances(term, frame, polarity, asserted and universal)
        if self._rests:
            # Of a member outside the classes: what exists depends on the member, and one witness would be a lie.
            # Leaving the fact out weakens what is asserted.
            return self.pool.true if polarity else self.pool.false
        member = self.key(sort) if self._may_be_key(sort) else self.scalar(f"some {sort}", term.var.ty)
        return self.formula(term.body, frame.with_local(term.var.name, member), polarity, asserted)

    def _instances(self, term: Quant, frame: Frame, polarity: bool, asserted: bool) -> Node:
        sort = term.var.ty.name
        with self.for_each(sort) as members:
            parts = [self.formula(term.body, frame.with_local(term.var.name, m), polarity, asserted) for m in members]
        if sort in self._standing and (term.kind == "forall") == polarity:
            member = self._standing[sort]
            parts.append(self.formula(term.body, frame.with_local(term.var.name, member), polarity))
        return self.pool.and_(parts) if term.kind == "forall" else self.pool.or_(parts)

    def _at(self, term: Quant, frame: Frame, members: tuple[Node, ...]) -> Node:
        """What an asserted universal fact says of one member."""
        polarity = term.kind == "forall"
        node = self.formula(term.body, frame.with_local(term.var.name, members[0]), polarity)
        return node if polarity else self.pool.not_(node)

    def assume(self, term: Term, frame: Frame) -> Node:
        """The node of a term that is asserted."""
        return self.formula(term, frame, True, asserted=True)

    def assume_from(self, stem: Stem, term: Term, frame: Frame) -> Node:
        """The node of a term that is asserted because of an assumption, which is noted."""
        before = len(self.universals)
        node = self.assume(term, frame)
        for part in (node, *(self.pool.args[node] if self.pool.ops[node] == "and" else ())):
            self.stems[part] = self.stems.get(part, frozenset()) | {stem}
        if len(self.universals) > before:
            self.lifting |= {stem}
        return node

    def deny(self, term: Term, frame: Frame) -> Node:
        """The node of a term's negation, which is asserted."""
        return self.pool.not_(self.formula(term, frame, False, asserted=True))

    def is_quantified(self, term: Term) -> bool:
        """Whether a quantifier over an open sort stands in a term."""
        if not self.world.open:
            return False
        found = self._quantified.get(id(term))
        if found is None:
            found = any(isinstance(t, Quant) and t.var.ty.name in self.world.open for t in subterms(term))
            self._quantified[id(term)] = found
        return found

    def truth(self, term: Term, frame: Frame) -> Node:
        """A truth value that may be used either way (in a condition, in an equation)."""
        if not self.is_quantified(term):
            return self.formula(term, frame, True)
        name = self.scalar("holds", BOOL)
        self.define(self.pool.implies(name, self.formula(term, frame, True)))
        self.define(self.pool.implies(self.pool.not_(name), self.pool.not_(self.formula(term, frame, False))))
        return name

    # ------------------------------------------------------------------------------------------ values

    def value(self, term: Term, frame: Frame) -> Node:
        """A term's node, exact but for sums over the rest (which are opaque)."""
        match term:
            case Op():
                return self._operator(term, frame)
            case Var(name):
                return frame.locals[name]
            case State(name, keys, _, at):
                cell = frame.states[at][name]
                return cell if isinstance(cell, int) else cell.read(tuple([self.value(k, frame) for k in keys]))
            case Const(value, ty):
                if ty.kind == "bool":
                    return self.pool.true if value else self.pool.false
                return self.pool.number(value)
            case Named(_, _, body):
                return self.value(body, frame)
            case Param(name, keys):
                cell = self.param(name)
                return cell if isinstance(cell, int) else cell.read(tuple([self.value(k, frame) for k in keys]))
            case Agg():
                return self._aggregate(term, frame)
            case Quant():
                return self.truth(term, frame)
            case ActionIs(action):
                return self.pool.true if frame.action == action else self.pool.false
            case _:
                assert_never(term)

    def param(self, name: str) -> Cell:
        """A parameter: its profile's value, or an unknown."""
        found = self._params.get(name)
        if found is None:
            variable = next(p for p in self.system.params if p.name == name)
            fixed = self.system.fixed.get(name)
            if fixed is None:
                found = self.unknown(variable)
            elif isinstance(fixed, Mapping):
                found = MapValue(partial(self._fixed_entry, fixed))
            else:
                found = self._constant(fixed)
            self._params[name] = found
        return found

    def _constant(self, value: object) -> Node:
        if isinstance(value, bool):
            return self.pool.true if value else self.pool.false
        return self.pool.number(value)  # type: ignore[arg-type]

    def _fixed_entry(self, entries: Mapping[tuple[int, ...], object], keys: tuple[Node, ...]) -> Node:
        pool = self.pool
        out: Node | None = None
        for at, value in entries.items():
            here = pool.and_(same_key(pool, k, pool.number(i)) for k, i in zip(keys, at, strict=True))
            out = self._constant(value) if out is None else pool.ite(here, self._constant(value), out)
        assert out is not None
        return out

    def _operator(self, term: Op, frame: Frame) -> Node:
        pool = self.pool
        if term.op in ("and", "or", "not", "implies"):
            if self.is_quantified(term):
                return self.truth(term, frame)
            return self.formula(term, frame, True)
        if term.op == "ite":
            condition, then, otherwise = term.args
            return pool.ite(self.truth(condition, frame), self.value(then, frame), self.value(otherwise, frame))
        args = tuple([self.value(a, frame) for a in term.args])
        match term.op:
            case "add":
                return pool.add(*args)
            case "sub":
                return pool.sub(*args)
            case "mul":
                return pool.mul(*args)
            case "div":
                return pool.div(*args)
            case "neg":
                return pool.neg(*args)
            case "floor":
                return pool.floor(*args)
            case "ceil":
                return pool.ceil(*args)
            case "abs":
                return pool.ite(pool.le(pool.zero, args[0]), args[0], pool.neg(args[0]))
            case "min" | "max":
                return self._extreme(term.op, args)
            case "to_real":
                return args[0]
            case "eq":
                return self._equal(term, args)
            case "ne":
                return pool.not_(self._equal(term, args))
            case "lt":
                return pool.lt(*args)
            case "le":
                return pool.le(*args)
            case "gt":
                return pool.lt(args[1], args[0])
            case "ge":
                return pool.le(args[1], args[0])
            case _:
                raise AssertionError(term.op)

    def _equal(self, term: Op, args: tuple[Node, ...]) -> Node:
        if term.args[0].ty.kind == "sort":
            return same_key(self.pool, *args)
        return self.pool.eq(*args)

    def _extreme(self, op: str, args: tuple[Node, ...]) -> Node:
        out = args[0]
        for a in args[1:]:
            smaller = self.pool.le(out, a)
            out = self.pool.ite(smaller, out, a) if op == "min" else self.pool.ite(smaller, a, out)
        return out

    # ------------------------------------------------------------------------------------------ aggregates

    def _aggregate(self, term: Agg, frame: Frame) -> Node:
        match term.kind:
            case "sum" | "count":
                return self._sum(term.vars, term.body, term.guard, frame)
            case "max" | "min":
                return extreme(self, term, frame)
            case _:
                assert_never(term.kind)

    def _sum(self, vars_: tuple[Var, ...], body: Term, guard: Term, frame: Frame) -> Node:
        if not vars_:
            return self.pool.ite(self.truth(guard, frame), self.value(body, frame), self.pool.zero)
        first, others = vars_[0], vars_[1:]
        sort = first.ty.name
        with self.for_each(sort) as members:
            parts = [self._sum(others, body, guard, frame.with_local(first.name, m)) for m in members]
        if sort in self.world.open:
            with self.speaking_of(sort) as member:
                inner = self._sum(others, body, guard, frame.with_local(first.name, member))
            parts.append(rest_sum(self.pool, member, inner))
        return self.pool.add(*parts) if parts else self.pool.zero
