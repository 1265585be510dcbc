"""What a core term is worth: a polynomial, a formula, or a member of a sort.

Sorts of any size are handled by *classes and rest*: a proof names some members (the classes, all different), and
everybody else is the rest. A sum is the sum over the classes plus a sum over the rest; a quantifier likewise. A member
of the rest is written `*Account` and occurs only under the sum or the quantifier that binds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, final

from verifier.kernel.atoms import NONE, Atom, Key, Shape, Stars
from verifier.kernel.core import Core, Term, Type, Variable, number
from verifier.kernel.formulas import FALSE, TRUE, Algebra, Formula, Refused, is_formula
from verifier.kernel.polynomials import Monomial, Poly, add_to, added, constant, frozen, scaled, value_of

Value = Any
"""A polynomial (numbers, members of finite sorts and enums), a formula (truth values), or a key (members of sorts)."""
Binders = tuple[tuple[str, int], ...]
"""Members of the rest, each with the number of classes that it is outside of."""


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
    """Where a term is evaluated: states by moment (`now`, `old`, `first`, `second`), locals, the action that runs, the
    members of the rest that are bound around it."""

    states: Mapping[str, State]
    locals: Mapping[str, Value] = field(default_factory=dict)
    action: str = ""
    bound: Stars = NONE

    @property
    def now(self) -> State:
        """The present state."""
        return self.states["now"]

    def with_local(self, name: str, value: Value) -> Env:
        """One local more."""
        star = (value,) if isinstance(value, str) and value.startswith("*") else ()
        return Env(self.states, {**self.locals, name: value}, self.action, self.bound.union(star))

    def with_now(self, changed: State) -> Env:
        """A present state in which some variables are others."""
        return Env({**self.states, "now": {**self.now, **changed}}, self.locals, self.action, self.bound)


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
        """Whether two numbers, truth values or members are one."""
        algebra = self.algebra
        if isinstance(left, dict):
            return algebra.eq(added(left, right, -1))
        if is_formula(left):
            return algebra.chosen(left, right, algebra.negation(right))  # type: ignore[no-any-return]
        if left == right:
            return TRUE
        unknown = isinstance(left, tuple) or isinstance(right, tuple)
        if not unknown and not (left.startswith("*") and right.startswith("*")):
            # Two classes are different, and nobody of the rest is in a class.
            return FALSE
        return algebra.fact(algebra.atoms.number(("same", *sorted((left, right), key=algebra.atoms.text))))

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
        atoms, ty, low, high = self.algebra.atoms, variable.ty, variable.low, variable.high
        finite = self.core.is_finite(ty)
        if finite:
            low, high = 0, (self.core.sizes[ty[1]] or 1) - 1
        atom = atoms.number(shape, whole=finite or ty == "int", low=low, high=high)
        if ty == "bool":
            atoms.truths.add(atom)
        elif self.core.is_open(ty):
            atoms.sorts[atom] = ty[1]
        return self.worth(atom)

    def worth(self, atom: Atom) -> Value:
        """What an atom is worth here."""
        if atom in self.algebra.atoms.truths:
            return self.algebra.fact(atom)
        if atom in self.algebra.atoms.sorts:
            return self.members.get(atom, ("member", atom))
        return self.algebra.of_atom(atom)

    def read(self, cell: Map, keys: tuple[Value, ...]) -> Value:
        """The entry of a map. A member of a finite sort that is not known is each of them in turn."""
        known = tuple(map(key_of, keys))
        return cell.at(known) if None not in known else self._one_of(cell, keys, known.index(None))

    def _one_of(self, cell: Map, keys: tuple[Value, ...], i: int) -> Value:
        members = map(worth_of, self.class_keys(cell.variable.keys[i]))
        first, *others = [(m, self.read(cell, (*keys[:i], m, *keys[i + 1 :]))) for m in members]
        out = first[1]
        for member, entry in others:
            out = self.algebra.chosen(self.same(keys[i], member), entry, out)
        return out

    def written(self, cell: Map, keys: tuple[Value, ...], value: Value) -> Map:
        """The map after `m[keys] := value`."""

        def get(at: tuple[Key, ...]) -> Value:
            here = self.algebra.both(self.same(worth_of(a), k) for a, k in zip(at, keys, strict=True))
            return self.algebra.chosen(here, value, cell.at(at))

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
        algebra = self.algebra
        match term:
            case ["op", "eq" | "ne" as op, [left, right], _]:
                equal = self.same(self.value(left, env), self.value(right, env))
                return equal if op == "eq" else algebra.negation(equal)
            case ["op", op, terms, _]:
                return OPERATORS[op](algebra, *[self.value(t, env) for t in terms])
            case ["var", name, _]:
                return env.locals[name]
            case ["state", name, keys, _, at]:
                return self.read(env.states[at][name], tuple([self.value(k, env) for k in keys]))
            case ["const", value, ty]:
                return self.const(value, ty)
            case ["param", name, keys, _]:
                return self.read(self.param(name), tuple([self.value(k, env) for k in keys]))
            case ["forall" | "exists" as kind, variable, body]:
                return self.quantified("all" if kind == "forall" else "some", variable, body, env)
            case ["agg", "sum" | "count", variables, body, guard, _]:
                return self._sum(variables, body, guard, env)
            case ["agg", kind, variables, body, guard, ty]:
                each = self.members_of(variables, env)
                entries = tuple((b, self.value(guard, e), frozen(self.value(body, e))) for b, e in each)
                shape = ("greatest" if kind == "max" else "least", entries)
                return algebra.of_atom(algebra.atoms.number(shape, whole=ty == "int"))
            case ["action", name]:
                return TRUE if env.action == name else FALSE
        raise Refused(f"unknown term {term[0]!r}")

    # ------------------------------------------------------------------------------------------ over all members

    def members_of(self, variables: Sequence[Any], env: Env, binders: Binders = ()) -> Iterator[tuple[Binders, Env]]:
        """Each choice of members, of the classes and one of the rest, with those of the rest that it binds."""
        if not variables:
            yield binders, env
            return
        (name, ty), *others = variables
        for key in self.class_keys(ty):
            yield from self.members_of(others, env.with_local(name, worth_of(key)), binders)
        if self.core.is_open(ty):
            star = f"*{ty[1]}"
            while star in env.bound:
                star += "'"
            yield from self.members_of(others, env.with_local(name, star), (*binders, (star, self.count(ty[1]))))

    def quantified(self, kind: str, variable: Any, body: Term | Callable[[Env], Formula], env: Env) -> Formula:
        """A formula of all members, or of some member."""
        parts = []
        for binders, inner in self.members_of([variable], env):
            part = body(inner) if callable(body) else self.value(body, inner)
            parts.append(self.of_rest(kind, binders[0][0], part) if binders else part)
        return self.algebra.join(kind, parts)

    def of_rest(self, kind: str, star: str, body: Formula) -> Formula:
        """All (some) members of the rest fulfil the body."""
        if body == (TRUE if kind == "all" else FALSE):
            return body
        if body[0] == ("and" if kind == "all" else "or"):
            return self.algebra.join(kind, [self.of_rest(kind, star, part) for part in body[1]])
        return self.algebra.literal((kind, star, self.count(sort_of(star)), body))

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
        out: Poly = {}
        for binders, inner in self.members_of(variables, env):
            counted = self.value(guard, inner)
            part = self.algebra.chosen(counted, self.value(body, inner), {}) if counted != FALSE else {}
            for star, _ in reversed(binders):
                part = self.sum_of_rest(star, part)
            add_to(out, part)
        return out


OPERATORS: Mapping[str, Callable[..., Value]] = {
    "and": lambda algebra, *args: algebra.both(args),
    "or": lambda algebra, *args: algebra.either(args),
    "not": Algebra.negation,
    "implies": Algebra.implies,
    "ite": Algebra.chosen,
    "lt": lambda algebra, x, y: algebra.gt(added(y, x, -1)),
    "le": lambda algebra, x, y: algebra.ge(added(y, x, -1)),
    "gt": lambda algebra, x, y: algebra.gt(added(x, y, -1)),
    "ge": lambda algebra, x, y: algebra.ge(added(x, y, -1)),
    "add": lambda _, *args: reduce(added, args),
    "sub": lambda _, x, y: added(x, y, -1),
    "mul": Algebra.times,
    "div": lambda algebra, x, y: algebra.times(x, algebra.inverse(y)),
    "neg": lambda _, x: scaled(x, -1),
    "to_real": lambda _, x: x,
    "floor": Algebra.floor,
    "ceil": lambda algebra, x: scaled(algebra.floor(scaled(x, -1)), -1),
    "abs": lambda algebra, x: algebra.chosen(algebra.ge(x), x, scaled(x, -1)),
    "min": lambda algebra, *args: reduce(lambda x, y: algebra.chosen(algebra.ge(added(y, x, -1)), x, y), args),
    "max": lambda algebra, *args: reduce(lambda x, y: algebra.chosen(algebra.ge(added(y, x, -1)), y, x), args),
}


def worth_of(key: Key) -> Value:
    """A key as a value: members of finite sorts are numbers."""
    return constant(key) if isinstance(key, int) else key


def key_of(value: Value) -> Any:
    """A member's value as a key; None for one of a finite sort that is not known."""
    return value_of(value) if isinstance(value, dict) else value
