"""What a core term is worth: a polynomial, a formula, or a member of a sort.

Sorts of any size are handled by *classes and rest*: a proof names some members (the classes, all different), and
everybody else is the rest. A sum is the sum over the classes plus a sum over the rest; a quantifier likewise. A member
of the rest is written `*Account` and occurs only under the sum or the quantifier that binds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, final

from verifier.kernel.atoms import Key, Shape
from verifier.kernel.core import Core, Term, Type, Variable, number
from verifier.kernel.formulas import FALSE, TRUE, Algebra, Formula, Refused
from verifier.kernel.polynomials import Monomial, Poly, add_to, added, constant, frozen, scaled, value_of

Value = Any
"""A polynomial (numbers, members of finite sorts and enums), a formula (truth values), or a key (members of sorts)."""
Binders = tuple[tuple[str, int], ...]
"""Members of the rest, each with the number of classes that it is outside of."""


class Undecided(Refused):
    """A member depends on a condition that has to be decided first."""

    def __init__(self, condition: Formula) -> None:
        self.condition = condition
        super().__init__("a member depends on a condition that is not decided")


@final
@dataclass(slots=True)
class Map:
    """A state variable or a parameter at some moment: `get` gives the entry at a tuple of keys (none for a scalar)."""

    variable: Variable
    get: Callable[[tuple[Key, ...]], Value]
    _known: dict[tuple[Key, ...], Value] = field(default_factory=dict)

    def at(self, keys: tuple[Key, ...]) -> Value:
        """The entry, remembered."""
        if keys not in self._known:
            self._known[keys] = self.get(keys)
        return self._known[keys]


State = Mapping[str, Map]


@final
@dataclass(frozen=True, slots=True)
class Env:
    """Where a term is evaluated: states by moment (`now`, `old`, `first`, `second`), locals, the action that runs."""

    states: Mapping[str, State]
    locals: Mapping[str, Value] = field(default_factory=dict)
    action: str = ""

    @property
    def now(self) -> State:
        """The present state."""
        return self.states["now"]

    def with_local(self, name: str, value: Value) -> Env:
        """One local more."""
        return Env(self.states, {**self.locals, name: value}, self.action)

    def with_now(self, changed: State) -> Env:
        """A present state in which some variables are others."""
        return Env({**self.states, "now": {**self.now, **changed}}, self.locals, self.action)


def sort_of(star: str) -> str:
    """The sort of a member of the rest."""
    return star.lstrip("*").rstrip("'")


@final
@dataclass(slots=True)
class Evaluator:
    """Evaluates terms of one core system, for given numbers of classes."""

    core: Core
    algebra: Algebra
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    """Unknown members that are known to be of a class."""
    listed: dict[int, int] = field(default_factory=dict)
    """The atoms that a proof lists, as far as they have been looked up for these classes."""
    bound: list[str] = field(default_factory=list)
    """The members of the rest that are bound here."""
    _params: dict[str, Map] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ members

    def count(self, sort: str) -> int:
        """The number of classes of a sort."""
        return self.classes.get(sort, 0)

    def class_keys(self, ty: Type) -> list[int] | list[str]:
        """The members that are spoken of by name: the classes, or all members of a finite sort or an enum."""
        size = self.core.sizes[ty[1]]
        return list(range(size)) if size is not None else [f"{ty[1]}#{i}" for i in range(self.count(ty[1]))]

    def same(self, left: Value, right: Value) -> Formula:
        """Whether two members are one."""
        if isinstance(left, dict):
            return self.algebra.eq(added(left, right, -1))
        if left == right:
            return TRUE
        unknown = isinstance(left, tuple) or isinstance(right, tuple)
        if not unknown and not (left.startswith("*") and right.startswith("*")):
            # Two classes are different, and nobody of the rest is in a class.
            return FALSE
        atoms = self.algebra.atoms
        return self.algebra.fact(atoms.number(("same", *sorted((left, right), key=atoms.key_text))))

    def choice(self, ty: Type, condition: Formula, then: Value, otherwise: Value) -> Value:
        """If the condition holds the one, else the other."""
        algebra = self.algebra
        if condition == TRUE or then == otherwise:
            return then
        if condition == FALSE:
            return otherwise
        if ty == "bool":
            either = (algebra.both((condition, then)), algebra.both((algebra.negation(condition), otherwise)))
            return algebra.either(either)
        if self.core.is_open(ty):
            raise Undecided(condition)
        return algebra.chosen(condition, then, otherwise)

    def fits(self, keys: Sequence[Key], types: Sequence[Type]) -> bool:
        """Whether keys are members, named or of the rest, of these types."""
        return len(keys) == len(types) and all(map(self._is_member, keys, types))

    def _is_member(self, key: Key, ty: Type) -> bool:
        if isinstance(key, tuple):
            return bool(ty == ["sort", self.algebra.atoms.sorts.get(key[1])])
        return key in self.class_keys(ty) or (isinstance(key, str) and self.binds(key, 0) and sort_of(key) == ty[1])

    def binds(self, star: str, classes: int) -> bool:
        """Whether a sum or a quantifier may bind this star, over the members outside so many classes.

        Classes that are still to be named are no use: different branches of a proof may name different members.
        """
        sort = sort_of(star)
        is_open = self.core.sizes.get(sort, 0) is None
        return is_open and star.rstrip("'") == f"*{sort}" and 0 <= classes <= self.count(sort)

    # ------------------------------------------------------------------------------------------ variables

    def unknown_map(self, variable: Variable, shape: Shape) -> Map:
        """A variable of which nothing is known but its type; `shape` begins its atoms."""
        return Map(variable, lambda keys: self.unknown(variable, (*shape, keys)))

    def unknown(self, variable: Variable, shape: Shape) -> Value:
        """A value of which nothing is known but its type."""
        algebra, ty, low, high = self.algebra, variable.ty, variable.low, variable.high
        finite = self.core.is_finite(ty)
        if finite:
            low, high = 0, (self.core.sizes[ty[1]] or 1) - 1
        atom = algebra.atoms.number(shape, whole=finite or ty == "int", low=low, high=high)
        if ty == "bool":
            algebra.atoms.truths.add(atom)
            return algebra.fact(atom)
        if self.core.is_open(ty):
            algebra.atoms.sorts[atom] = ty[1]
            return self.members.get(atom, ("member", atom))
        return algebra.of_atom(atom)

    def read(self, cell: Map, keys: tuple[Value, ...]) -> Value:
        """The entry of a map. A member of a finite sort that is not known is each of them in turn."""
        known: list[Key] = []
        for i, key in enumerate(keys):
            index: Any = value_of(key) if isinstance(key, dict) else key
            if index is None:
                return self._one_of(cell, keys, i)
            known.append(index)
        return cell.at(tuple(known))

    def _one_of(self, cell: Map, keys: tuple[Value, ...], i: int) -> Value:
        members = [_value_of(key) for key in self.class_keys(cell.variable.keys[i])]
        first, *others = [(m, self.read(cell, (*keys[:i], m, *keys[i + 1 :]))) for m in members]
        out = first[1]
        for member, entry in others:
            out = self.choice(cell.variable.ty, self.same(keys[i], member), entry, out)
        return out

    def written(self, cell: Map, keys: tuple[Value, ...], value: Value) -> Map:
        """The map after `m[keys] := value`."""

        def get(at: tuple[Key, ...]) -> Value:
            here = self.algebra.both(self.same(_value_of(a), k) for a, k in zip(at, keys, strict=True))
            return self.choice(cell.variable.ty, here, value, cell.at(at))

        return Map(cell.variable, get)

    def param(self, name: str) -> Map:
        """A parameter: the value that a profile gives it, or unknown."""
        if name not in self._params:
            variable, fixed = self.core.params[name], self.core.fixed.get(name)
            if fixed is None:
                self._params[name] = self.unknown_map(variable, ("param", name))
            else:
                entries = fixed if isinstance(fixed, list) else [[[], fixed]]
                known = {tuple(keys): self.const(value, variable.ty) for keys, value in entries}
                self._params[name] = Map(variable, known.__getitem__)
        return self._params[name]

    def const(self, value: Any, ty: Type) -> Value:
        """A constant of a type."""
        if isinstance(value, bool):
            return TRUE if value else FALSE
        if self.core.is_open(ty):
            raise Refused("a member of a sort of any size has no name in a proof")
        return constant(number(value))

    # ------------------------------------------------------------------------------------------ terms

    def value(self, term: Term, env: Env) -> Value:
        """What a term is worth."""
        match term[0]:
            case "op":
                return self._operator(term[1], term[2], term[3], env)
            case "var":
                return env.locals[term[1]]
            case "state":
                return self.read(env.states[term[4]][term[1]], tuple([self.value(k, env) for k in term[2]]))
            case "const":
                return self.const(term[1], term[2])
            case "param":
                return self.read(self.param(term[1]), tuple([self.value(k, env) for k in term[2]]))
            case "forall" | "exists" as kind:
                _, (name, ty), body = term
                kind = "all" if kind == "forall" else "some"
                return self.quantified(kind, ty, lambda key: self.value(body, env.with_local(name, key)))
            case "agg" if term[1] in ("sum", "count"):
                return self._sum(term[2], term[3], term[4], env)
            case "agg":
                entries = tuple(self._entries(term[2], term[3], term[4], env, ()))
                shape = ("greatest" if term[1] == "max" else "least", entries)
                return self.algebra.of_atom(self.algebra.atoms.number(shape, whole=term[5] == "int"))
            case "action":
                return TRUE if env.action == term[1] else FALSE
        raise Refused(f"unknown term {term[0]!r}")

    def _operator(self, op: str, terms: list[Term], ty: Type, env: Env) -> Value:
        algebra = self.algebra
        args = [self.value(t, env) for t in terms]
        first, last = args[0], args[-1]
        match op:
            case "and":
                return algebra.both(args)
            case "or":
                return algebra.either(args)
            case "not":
                return algebra.negation(first)
            case "implies":
                return algebra.implies(first, last)
            case "ite":
                return self.choice(ty, first, args[1], last)
            case "eq" | "ne":
                truths = type_of(terms[0]) == "bool"
                equal = self.choice("bool", first, last, algebra.negation(last)) if truths else self.same(first, last)
                return equal if op == "eq" else algebra.negation(equal)
            case "lt" | "gt":
                return algebra.gt(added(first, last, -1) if op == "gt" else added(last, first, -1))
            case "le" | "ge":
                return algebra.ge(added(first, last, -1) if op == "ge" else added(last, first, -1))
            case "add":
                return reduce(added, args)
            case "sub":
                return added(first, last, -1)
            case "mul":
                return algebra.times(*args)
            case "div":
                return algebra.times(first, algebra.inverse(last))
            case "neg":
                return scaled(first, -1)
            case "to_real":
                return first
            case "floor":
                return algebra.floor(first)
            case "ceil":
                return scaled(algebra.floor(scaled(first, -1)), -1)
            case "abs":
                return self._extreme("max", scaled(first, -1), first)
            case "min" | "max":
                return reduce(partial(self._extreme, op), args)
        raise Refused(f"unknown operator {op!r}")

    def _extreme(self, op: str, left: Poly, right: Poly) -> Poly:
        larger = self.algebra.ge(added(right, left, -1))
        return self.algebra.chosen(larger, *((right, left) if op == "max" else (left, right)))

    # ------------------------------------------------------------------------------------------ over all members

    def _each(self, ty: Type, of: Callable[[Value], Value]) -> tuple[list[Value], tuple[str, Value] | None]:
        """A value of every class, and of a member of the rest, with that member's name."""
        named = [of(_value_of(key)) for key in self.class_keys(ty)]
        if not self.core.is_open(ty):
            return named, None
        star = f"*{ty[1]}"
        while star in self.bound:
            star += "'"
        self.bound.append(star)
        try:
            return named, (star, of(star))
        finally:
            self.bound.pop()

    def quantified(self, kind: str, ty: Type, of: Callable[[Value], Formula]) -> Formula:
        """A formula of all members, or of some member."""
        named, rest = self._each(ty, of)
        if rest is not None:
            named.append(self.of_rest(kind, *rest))
        return self.algebra.both(named) if kind == "all" else self.algebra.either(named)

    def of_rest(self, kind: str, star: str, body: Formula) -> Formula:
        """All (some) members of the rest fulfil the body."""
        algebra = self.algebra
        if body == (TRUE if kind == "all" else FALSE):
            return body
        if body[0] == ("and" if kind == "all" else "or"):
            parts = [self.of_rest(kind, star, part) for part in body[1]]
            return algebra.both(parts) if kind == "all" else algebra.either(parts)
        return algebra.literal((kind, star, self.count(sort_of(star)), body))

    def sum_of_rest(self, star: str, body: Poly) -> Poly:
        """The sum of a polynomial over the rest: what does not depend on the member moves out of each monomial."""
        stars = self.algebra.atoms.stars
        out: Poly = {}
        for monomial, coefficient in body.items():
            inside = tuple([a for a in monomial if star in stars[a]])
            outside = tuple([a for a in monomial if star not in stars[a]])
            total = self.algebra.of_atom(self.sum_atom(((star, self.count(sort_of(star))),), inside))
            add_to(out, self.algebra.times({outside: coefficient}, total))
        return out

    def sum_atom(self, binders: Binders, monomial: Monomial) -> int:
        """The sum of a monomial over members of the rest."""
        atoms = self.algebra.atoms
        if len(monomial) == 1 and atoms.shapes[monomial[0]][0] == "sum":
            # A sum of sums is one sum over both, in whichever order they were written.
            _, inner, monomial = atoms.shapes[monomial[0]]
            binders = (*binders, *inner)
        lows = [atoms.ranges[a][0] for a in monomial]
        low = 0 if all(low is not None and low >= 0 for low in lows) else None
        whole = all(atoms.whole[a] for a in monomial)
        return atoms.number(("sum", tuple(sorted(binders)), monomial), whole=whole, low=low)

    def _sum(self, variables: list[Any], body: Term, guard: Term, env: Env) -> Poly:
        if not variables:
            counted = self.value(guard, env)
            return self.algebra.chosen(counted, self.value(body, env), {}) if counted != FALSE else {}
        (name, ty), *others = variables
        named, rest = self._each(ty, lambda key: self._sum(others, body, guard, env.with_local(name, key)))
        return reduce(added, named, self.sum_of_rest(*rest) if rest is not None else {})

    def _entries(
        self, variables: list[Any], body: Term, guard: Term, env: Env, binders: Binders
    ) -> Iterator[tuple[Binders, Formula, Any]]:
        """Condition and value for each choice of the members, with the members of the rest that they speak of."""
        if not variables:
            yield binders, self.value(guard, env), frozen(self.value(body, env))
            return
        (name, ty), *others = variables

        def below(key: Value) -> list[Any]:
            more = ((key, self.count(ty[1])),) if isinstance(key, str) and key.startswith("*") else ()
            return list(self._entries(others, body, guard, env.with_local(name, key), (*binders, *more)))

        named, rest = self._each(ty, below)
        for found in (*named, rest[1] if rest is not None else ()):
            yield from found


def _value_of(key: Key) -> Value:
    return constant(key) if isinstance(key, int) else key


def type_of(term: Term) -> Type:
    """The type of a term."""
    match term[0]:
        case "var" | "const":
            return term[2]
        case "param" | "state" | "op":
            return term[3]
        case "agg":
            return term[5]
    return "bool"
