"""What a core term is worth: a polynomial, a formula, or a member of a sort.

Sorts of any size are handled by *classes and rest*: a proof names some members (the classes, all different), and
everybody else is the rest. A sum is the sum over the classes plus a sum over the rest; a quantifier likewise. A member
of the rest is written `*Account` and occurs only under the sum or the quantifier that binds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import NONE, Key
from verifier.kernel.core import Core, Term, Type, Variable, number
from verifier.kernel.formulas import FALSE, TRUE, Algebra, Formula, Refused
from verifier.kernel.polynomials import Monomial, Poly, added, constant, frozen, value_of
from verifier.kernel.spelling import key_text

Value = Any
"""A polynomial (numbers, members of finite sorts and enums), a formula (truth values), or a key (members of sorts)."""


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

    def with_now(self, state: State) -> Env:
        """Another present state."""
        return Env({**self.states, "now": state}, self.locals, self.action)


@final
@dataclass(slots=True)
class Evaluator:
    """Evaluates terms of one core system, for given numbers of classes."""

    core: Core
    algebra: Algebra
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    """Unknown members that are known to be of a class."""
    bound: list[str] = field(default_factory=list)
    """The members of the rest that are bound here."""
    listed: dict[int, int] = field(default_factory=dict)
    """The atoms that a proof lists, as far as they have been looked up here."""
    _params: dict[str, Map] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ members

    def count(self, sort: str) -> int:
        """The number of classes of a sort."""
        return self.classes.get(sort, 0)

    def class_keys(self, ty: Type) -> list[int] | list[str]:
        """The members that are spoken of by name: the classes, or all members of a finite sort or an enum."""
        size = self.core.size(ty)
        if size is not None:
            return list(range(size))
        return [f"{ty[1]}#{i}" for i in range(self.count(ty[1]))]

    def _star(self, ty: Type) -> str:
        star = f"*{ty[1]}"
        while star in self.bound:
            star += "'"
        return star

    def _value_of_key(self, key: Key) -> Value:
        return constant(key) if isinstance(key, int) else key

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
        keys = tuple(sorted((left, right), key=lambda key: key_text(atoms, key)))
        return self.algebra.fact(atoms.number(("same", *keys), atoms.stars_of_keys(keys), whole=False))

    def choice(self, ty: Type, condition: Formula, then: Value, otherwise: Value) -> Value:
        """If the condition holds the one, else the other."""
        if condition == TRUE or then == otherwise:
            return then
        if condition == FALSE:
            return otherwise
        if ty == "bool":
            algebra = self.algebra
            return algebra.either(
                (algebra.both((condition, then)), algebra.both((algebra.negation(condition), otherwise)))
            )
        if self.core.is_open(ty):
            raise Undecided(condition)
        return self.algebra.chosen(condition, then, otherwise)

    # ------------------------------------------------------------------------------------------ variables

    def unknown_map(self, variable: Variable, shape: tuple[Any, ...]) -> Map:
        """A variable of which nothing is known but its type; `shape` begins its atoms."""

        def get(keys: tuple[Key, ...]) -> Value:
            return self.unknown(variable.ty, (*shape, keys), keys, variable.low, variable.high)

        return Map(variable, get)

    def unknown(
        self, ty: Type, shape: tuple[Any, ...], keys: tuple[Key, ...], low: int | None, high: int | None
    ) -> Value:
        """A value of which nothing is known but its type."""
        algebra = self.algebra
        if self.core.is_finite(ty):
            low, high = 0, (self.core.size(ty) or 1) - 1
        whole = ty == "int" or self.core.is_finite(ty)
        atom = algebra.atoms.number(shape, algebra.atoms.stars_of_keys(keys), whole=whole, low=low, high=high)
        if ty == "bool":
            algebra.atoms.truths.add(atom)
            return algebra.fact(atom)
        if self.core.is_open(ty):
            algebra.atoms.sorts[atom] = ty[1]
            return self.members.get(atom, ("member", atom))
        return algebra.of_atom(atom)

    def fits(self, keys: tuple[Key, ...], types: tuple[Type, ...]) -> bool:
        """Whether keys are members, named or of the rest, of these types."""
        return len(keys) == len(types) and all(map(self._is_member, keys, types))

    def _is_member(self, key: Key, ty: Type) -> bool:
        if isinstance(key, int):
            return self.core.is_finite(ty) and 0 <= key < (self.core.size(ty) or 0)
        if not self.core.is_open(ty):
            return False
        if isinstance(key, tuple):
            return bool(self.algebra.atoms.sorts.get(key[1]) == ty[1])
        return key in self.class_keys(ty) or key.rstrip("'") == f"*{ty[1]}"

    def binds(self, star: str, classes: int) -> bool:
        """Whether a sum or a quantifier may bind this star, over the members outside so many classes.

        Classes that are still to be named are no use: different branches of a proof may name different members.
        """
        sort = star.lstrip("*").rstrip("'")
        open_sort = self.core.sizes.get(sort, 0) is None
        return open_sort and star.rstrip("'") == f"*{sort}" and 0 <= classes <= self.count(sort)

    def read(self, cell: Map, keys: tuple[Value, ...]) -> Value:
        """The entry of a map. A member of a finite sort that is not known is each of them in turn."""
        known: list[Key] = []
        for i, key in enumerate(keys):
            if not isinstance(key, dict):
                known.append(key)
                continue
            index = value_of(key)
            if index is None:
                return self._one_of(cell, keys, i)
            known.append(int(index))
        return cell.at(tuple(known))

    def _one_of(self, cell: Map, keys: tuple[Value, ...], i: int) -> Value:
        size = self.core.size(cell.variable.keys[i]) or 0
        options = [(c, *keys[:i], constant(c), *keys[i + 1 :]) for c in range(size)]
        first, *others = options
        out = self.read(cell, first[1:])
        for index, *at in others:
            here = self.algebra.eq(added(keys[i], constant(index), -1))
            out = self.choice(cell.variable.ty, here, self.read(cell, tuple(at)), out)
        return out

    def written(self, cell: Map, keys: tuple[Value, ...], value: Value) -> Map:
        """The map after `m[keys] := value`."""

        def get(at: tuple[Key, ...]) -> Value:
            pairs = zip(at, keys, strict=True)
            here = self.algebra.both(self.same(self._value_of_key(a), k) for a, k in pairs)
            return self.choice(cell.variable.ty, here, value, cell.at(at))

        return Map(cell.variable, get)

    def param(self, name: str) -> Map:
        """A parameter: the value that a profile gives it, or unknown."""
        if name not in self._params:
            variable = self.core.params[name]
            fixed = self.core.fixed.get(name)
            if fixed is None:
                self._params[name] = self.unknown_map(variable, ("param", name))
            elif isinstance(fixed, list):
                entries = {tuple(keys): self.const(v, variable.ty) for keys, v in fixed}
                self._params[name] = Map(variable, entries.__getitem__)
            else:
                value = self.const(fixed, variable.ty)
                self._params[name] = Map(variable, lambda _: value)
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
                return self.read(env.states[term[4]][term[1]], tuple(self.value(k, env) for k in term[2]))
            case "const":
                return self.const(term[1], term[2])
            case "param":
                return self.read(self.param(term[1]), tuple(self.value(k, env) for k in term[2]))
            case "forall" | "exists" as kind:
                _, (name, ty), body = term
                over = self.for_all if kind == "forall" else self.for_some
                return over(ty, lambda key: self.value(body, env.with_local(name, key)))
            case "agg":
                return self._aggregate(term, env)
            case "action":
                return TRUE if env.action == term[1] else FALSE
        raise Refused(f"unknown term {term[0]!r}")

    def _operator(self, op: str, terms: list[Term], ty: Type, env: Env) -> Value:
        algebra = self.algebra
        args = [self.value(t, env) for t in terms]
        match op:
            case "and":
                return algebra.both(args)
            case "or":
                return algebra.either(args)
            case "not":
                return algebra.negation(args[0])
            case "implies":
                return algebra.implies(args[0], args[1])
            case "ite":
                return self.choice(ty, args[0], args[1], args[2])
            case "add":
                out = args[0]
                for a in args[1:]:
                    out = added(out, a)
                return out
            case "sub":
                return added(args[0], args[1], -1)
            case "mul":
                return algebra.times(*args)
            case "div":
                return algebra.times(args[0], algebra.inverse(args[1]))
            case "neg":
                return added({}, args[0], -1)
            case "floor":
                return algebra.floor(args[0])
            case "ceil":
                return added({}, algebra.floor(added({}, args[0], -1)), -1)
            case "to_real":
                return args[0]
            case "abs":
                negative = added({}, args[0], -1)
                return algebra.chosen(algebra.ge(args[0]), args[0], negative)
            case "min" | "max":
                out = args[0]
                for a in args[1:]:
                    larger = algebra.ge(added(a, out, -1))
                    out = algebra.chosen(larger, a, out) if op == "max" else algebra.chosen(larger, out, a)
                return out
            case "eq":
                return self._equal(terms[0], args)
            case "ne":
                return algebra.negation(self._equal(terms[0], args))
            case "lt":
                return algebra.gt(added(args[1], args[0], -1))
            case "le":
                return algebra.ge(added(args[1], args[0], -1))
            case "gt":
                return algebra.gt(added(args[0], args[1], -1))
            case "ge":
                return algebra.ge(added(args[0], args[1], -1))
        raise Refused(f"unknown operator {op!r}")

    def _equal(self, term: Term, args: list[Value]) -> Formula:
        ty = type_of(term)
        if ty == "bool":
            left, right = args
            return self.choice("bool", left, right, self.algebra.negation(right))  # type: ignore[no-any-return]
        return self.same(args[0], args[1])

    # ------------------------------------------------------------------------------------------ over all members

    def for_all(self, ty: Type, of: Callable[[Value], Formula]) -> Formula:
        """A formula of every member."""
        algebra = self.algebra
        named = [of(self._value_of_key(k)) for k in self.class_keys(ty)]
        if not self.core.is_open(ty):
            return algebra.both(named)
        with_star = self.under_star(ty, of)
        return algebra.both([*named, self.of_rest("all", ty, *with_star)])

    def for_some(self, ty: Type, of: Callable[[Value], Formula]) -> Formula:
        """A formula of some member."""
        algebra = self.algebra
        named = [of(self._value_of_key(k)) for k in self.class_keys(ty)]
        if not self.core.is_open(ty):
            return algebra.either(named)
        with_star = self.under_star(ty, of)
        return algebra.either([*named, self.of_rest("some", ty, *with_star)])

    def under_star(self, ty: Type, of: Callable[[Value], Value]) -> tuple[str, Value]:
        """A value of a member of the rest, with that member's name."""
        star = self._star(ty)
        self.bound.append(star)
        try:
            return star, of(star)
        finally:
            self.bound.pop()

    def of_rest(self, kind: str, ty: Type, star: str, body: Formula) -> Formula:
        """All (some) members of the rest fulfil the body."""
        join, algebra = ("and" if kind == "all" else "or"), self.algebra
        if body == (TRUE if kind == "all" else FALSE):
            return body
        if body[0] == join:
            parts = [self.of_rest(kind, ty, star, part) for part in body[1]]
            return algebra.both(parts) if kind == "all" else algebra.either(parts)
        return algebra.literal((kind, star, self.count(ty[1]), body))

    def sum_over(self, ty: Type, of: Callable[[Value], Poly]) -> Poly:
        """A sum over all members."""
        out: Poly = {}
        for key in self.class_keys(ty):
            out = added(out, of(self._value_of_key(key)))
        if self.core.is_open(ty):
            star, body = self.under_star(ty, of)
            out = added(out, self.sum_of_rest(star, self.count(ty[1]), body))
        return out

    def sum_of_rest(self, star: str, classes: int, body: Poly) -> Poly:
        """The sum of a polynomial over the rest: what does not depend on the member moves out of each monomial."""
        atoms = self.algebra.atoms
        out: Poly = {}
        for monomial, coefficient in body.items():
            inside = tuple(a for a in monomial if star in atoms.stars[a])
            outside = tuple(a for a in monomial if star not in atoms.stars[a])
            total = self.algebra.of_atom(self.sum_atom(((star, classes),), inside))
            out = added(out, self.algebra.times({outside: coefficient}, total))
        return out

    def sum_atom(self, binders: tuple[tuple[str, int], ...], monomial: Monomial) -> int:
        """The sum of a monomial over members of the rest."""
        atoms = self.algebra.atoms
        if len(monomial) == 1 and atoms.shapes[monomial[0]][0] == "sum":
            # A sum of sums is one sum over both, in whichever order they were written.
            _, inner, monomial = atoms.shapes[monomial[0]]
            binders = (*binders, *inner)
        binders = tuple(sorted(binders))
        stars = NONE.union(*(atoms.stars[a] for a in monomial))
        positive = all((atoms.ranges[a][0] or 0) >= 0 and atoms.ranges[a][0] is not None for a in monomial)
        return atoms.number(
            ("sum", binders, monomial),
            stars - {star for star, _ in binders},
            whole=all(atoms.whole[a] for a in monomial),
            low=0 if positive else None,
        )

    def _aggregate(self, term: Term, env: Env) -> Value:
        _, kind, variables, body, guard, ty = term
        if kind in ("sum", "count"):
            return self._sum(list(variables), body, guard, env)
        entries = tuple(self._entries(list(variables), body, guard, env, ()))
        bound = {star for binders, _, _ in entries for star, _ in binders}
        stars = NONE
        for _, condition, value in entries:
            stars |= self.algebra.stars_of(condition) | self.algebra.stars_of_poly(dict(value))
        shape = ("greatest" if kind == "max" else "least", entries)
        return self.algebra.of_atom(self.algebra.atoms.number(shape, stars - bound, whole=ty == "int"))

    def _sum(self, variables: list[Any], body: Term, guard: Term, env: Env) -> Poly:
        if not variables:
            counted = self.value(guard, env)
            return self.algebra.chosen(counted, self.value(body, env), {}) if counted != FALSE else {}
        (name, ty), *others = variables
        return self.sum_over(ty, lambda key: self._sum(others, body, guard, env.with_local(name, key)))

    def _entries(
        self, variables: list[Any], body: Term, guard: Term, env: Env, binders: tuple[tuple[str, int], ...]
    ) -> Iterator[tuple[Any, Formula, Any]]:
        """Condition and value for each choice of the members, with the members of the rest that they speak of."""
        if not variables:
            yield binders, self.value(guard, env), frozen(self.value(body, env))
            return
        (name, ty), *others = variables
        for key in self.class_keys(ty):
            yield from self._entries(others, body, guard, env.with_local(name, self._value_of_key(key)), binders)
        if self.core.is_open(ty):
            star = self._star(ty)
            self.bound.append(star)
            more = (*binders, (star, self.count(ty[1])))
            yield from list(self._entries(others, body, guard, env.with_local(name, star), more))
            self.bound.pop()


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
