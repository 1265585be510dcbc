"""Atoms: what polynomials and literals are made of.

An atom stands for one number (or truth value, or member of a sort) in the state that an obligation speaks of. Its
*shape* says which:

| shape | stands for |
| --- | --- |
| `("read", version, name, keys)` | a state variable, in the state called `version` |
| `("param", name, keys)` | a parameter |
| `("local", name, call)` | an argument or a choice of the `call`-th action that ran |
| `("inverse", p)` | 1/p, and 0 where p is 0 |
| `("floor", p)` | the greatest integer not above p |
| `("if", literal)` | 1 where the literal holds, else 0 |
| `("sum", binders, monomial)` | the sum of a monomial over the members outside the classes |
| `("greatest", entries)`, `("least", entries)` | a maximum or minimum over a sort |
| `("same", key, key)` | whether two members are one (a truth value) |

A *key* is a class (`Account#0`), a member outside the classes (`*Account`, bound by a sum or a quantifier), the index
of a member of a finite sort or an enum, or an *unknown member* `("member", atom)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.polynomials import Monomial, Number, Poly

Key = str | int | tuple[str, int]
Shape = tuple[Any, ...]
Stars = frozenset[str]
NONE: Stars = frozenset()


@final
@dataclass(slots=True)
class Atoms:
    """All atoms of one obligation, numbered as they come up."""

    shapes: list[Shape] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    """Whether the value is an integer."""
    ranges: list[tuple[int | None, int | None]] = field(default_factory=list)
    stars: list[Stars] = field(default_factory=list)
    """The members outside the classes that the atom speaks of."""
    switches: set[int] = field(default_factory=set)
    """Atoms that are 0 or 1."""
    sorts: dict[int, str] = field(default_factory=dict)
    """The sort (of any size) of atoms that stand for a member."""
    truths: set[int] = field(default_factory=set)
    """Atoms that stand for a truth value."""
    numbers: dict[Shape, int] = field(default_factory=dict)
    ran: bool = False
    """Whether the run has been followed to its end: then its arguments and choices are all among the atoms."""
    spelled: dict[int, str] = field(default_factory=dict)

    def number(self, shape: Shape, *, whole: bool = False, low: int | None = None, high: int | None = None) -> int:
        """The number of the atom of this shape."""
        found = self.numbers.get(shape)
        if found is None:
            found = self.numbers[shape] = len(self.shapes)
            self.shapes.append(shape)
            self.whole.append(whole)
            self.ranges.append((low, high))
            self.stars.append(self._stars(shape))
            if shape[0] == "if":
                self.switches.add(found)
            elif shape[0] == "same":
                self.truths.add(found)
        return found

    # ------------------------------------------------------------------------------------------ members of the rest

    def stars_in(self, monomials: Iterable[Monomial]) -> Stars:
        """The members outside the classes that monomials speak of."""
        return NONE.union(*(self.stars[atom] for monomial in monomials for atom in monomial))

    def stars_of(self, formula: Shape) -> Stars:
        """The members outside the classes that a formula speaks of, without those it binds."""
        match formula:
            case ("is", atom, _):
                return self.stars[atom]
            case ("and" | "or", parts):
                return NONE.union(*map(self.stars_of, parts))
            case ("all" | "some", star, _, body):
                free: Stars = self.stars_of(body).difference((star,))
                return free
            case (_, terms):
                return self.stars_in(m for m, _ in terms)
        return NONE

    def _stars(self, shape: Shape) -> Stars:
        match shape:
            case ("read", _, _, keys) | ("param", _, keys) | ("same", *keys):
                return NONE.union(*map(self._stars_of_key, keys))
            case ("inverse" | "floor", terms):
                return self.stars_in(m for m, _ in terms)
            case ("if", literal):
                return self.stars_of(literal)
            case ("sum", binders, monomial):
                return self.stars_in((monomial,)) - {star for star, _ in binders}
            case ("greatest" | "least", entries):
                inner = ((self.stars_of(c) | self.stars_of(("ge", v)), b) for b, c, v in entries)
                return NONE.union(*(stars - {star for star, _ in binders} for stars, binders in inner))
        return NONE

    def _stars_of_key(self, key: Key) -> Stars:
        if isinstance(key, tuple):
            return self.stars[key[1]]
        return frozenset((key,)) if isinstance(key, str) and key.startswith("*") else NONE

    # ------------------------------------------------------------------------------------------ spelling

    def text(self, atom: int) -> str:
        """An atom as text that depends on what it says, not on the order in which atoms came up."""
        if atom not in self.spelled:
            self.spelled[atom] = repr(self._spelled(self.shapes[atom]))
        return self.spelled[atom]

    def formula_text(self, formula: Any) -> str:
        """A formula as text."""
        match formula:
            case ("ge" | "gt" | "eq" | "ne" as kind, terms):
                return f"{kind} {self._terms(terms)}"
            case ("is", atom, value):
                return f"is {value} {self.text(atom)}"
            case (*head, tuple(body)) if body:
                parts = (body,) if isinstance(body[0], str) else body
                return f"{head} {[self.formula_text(p) for p in parts]}"
        return str(formula)

    def leading(self, poly: Poly) -> Number:
        """The coefficient of the term, other than the constant, that is first by its text; 0 for a constant."""
        terms = [m for m in poly if m]
        return poly[min(terms, key=self._monomial)] if terms else 0

    def _monomial(self, monomial: Monomial) -> list[str]:
        return sorted(map(self.text, monomial))

    def _terms(self, terms: Any) -> list[Any]:
        return sorted((self._monomial(m), str(c)) for m, c in terms)

    def _spelled(self, shape: Shape) -> Any:
        match shape:
            case ("inverse" | "floor" as kind, terms):
                return kind, self._terms(terms)
            case ("if", literal):
                return self.formula_text(literal)
            case ("sum", binders, monomial):
                return binders, self._monomial(monomial)
            case ("greatest" | "least" as kind, entries):
                return kind, [(b, self.formula_text(c), self._terms(v)) for b, c, v in entries]
            case ("read", *head, keys) | ("param", *head, keys):
                return head, [self.key_text(key) for key in keys]
            case ("same", *keys):
                return sorted(map(self.key_text, keys))
        return shape

    def key_text(self, key: Key) -> str:
        """A key as text."""
        return self.text(key[1]) if isinstance(key, tuple) else str(key)
