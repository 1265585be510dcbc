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

from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.polynomials import Number, Poly


@final
class Atom(int):
    """The number of an atom: a type of its own, so that other numbers in a shape are not taken for one."""


Key = str | int | tuple[str, Atom]
Shape = tuple[Any, ...]
Stars = frozenset[str]
NONE: Stars = frozenset()
FIRST_WORDS = {"if": "", "param": "read"}
"""Conditions come before all else, and variables in the order of their names."""


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
    sorts: dict[Atom, str] = field(default_factory=dict)
    """The sort (of any size) of atoms that stand for a member."""
    truths: set[int] = field(default_factory=set)
    """Atoms that stand for a truth value."""
    numbers: dict[Shape, Atom] = field(default_factory=dict)
    ran: bool = False
    """Whether the run has been followed to its end: then its arguments and choices are all among the atoms."""
    spelled: dict[int, str] = field(default_factory=dict)

    def number(self, shape: Shape, *, whole: bool = False, low: int | None = None, high: int | None = None) -> Atom:
        """The number of the atom of this shape."""
        found = self.numbers.get(shape)
        if found is None:
            found = self.numbers[shape] = Atom(len(self.shapes))
            self.shapes.append(shape)
            self.whole.append(whole)
            self.ranges.append((low, high))
            self.stars.append(self.stars_in(shape))
            if shape[0] == "if":
                self.switches.add(found)
            elif shape[0] == "same":
                self.truths.add(found)
        return found

    def stars_in(self, what: Any) -> Stars:
        """The members outside the classes that a shape, a formula or a part of one speaks of, without those bound."""
        match what:
            case Atom():
                return self.stars[what]
            case str():
                return frozenset((what,)) if what.startswith("*") else NONE
            case ("all" | "some", star, _, body):
                return self.stars_in(body) - {star}
            case ("sum", binders, body):
                return self.stars_in(body) - self.stars_in(binders)
            case ("greatest" | "least", entries):
                return NONE.union(*(self.stars_in(("sum", b, (c, v))) for b, c, v in entries))
            case tuple():
                return NONE.union(*map(self.stars_in, what))
        return NONE

    def text(self, what: Any) -> str:
        """An atom, a formula or a part of one as text that depends on what it says, not on the order in which atoms
        came up: by their numbers, only factors and terms are in order."""
        if isinstance(what, Atom):
            if what not in self.spelled:
                self.spelled[what] = self.text(self.shapes[what])
            return self.spelled[what]
        if not isinstance(what, tuple):
            return FIRST_WORDS.get(what, str(what))
        parts = [self.text(part) for part in what]
        by_number = all(
            isinstance(p, Atom) or (isinstance(p, tuple) and not isinstance(p[:1] and p[0], str)) for p in what
        )
        return f"({' '.join(sorted(parts) if by_number else parts)})"

    def leading(self, poly: Poly) -> Number:
        """The coefficient of the term, other than the constant, that is first by its text; 0 for a constant."""
        terms = [m for m in poly if m]
        return poly[min(terms, key=lambda m: sorted(map(self.text, m)))] if terms else 0
