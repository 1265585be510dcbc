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
| `("greatest", ...)`, `("least", ...)` | a maximum or minimum over a sort |
| `("same", key, key)` | whether two members are one (a truth value) |

A *key* is a class (`Account#0`), a member outside the classes (`*Account`, bound by a sum or a quantifier), the index
of a member of a finite sort or an enum, or an *unknown member* `("member", atom)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

Key = str | int | tuple[str, int]
Shape = tuple[Any, ...]
NONE: frozenset[str] = frozenset()


@final
@dataclass(slots=True)
class Atoms:
    """All atoms of one obligation, numbered as they come up."""

    shapes: list[Shape] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    """Whether the value is an integer."""
    ranges: list[tuple[int | None, int | None]] = field(default_factory=list)
    stars: list[frozenset[str]] = field(default_factory=list)
    """The members outside the classes that the atom speaks of."""
    switches: set[int] = field(default_factory=set)
    """Atoms that are 0 or 1."""
    sorts: dict[int, str] = field(default_factory=dict)
    """The sort (of any size) of atoms that stand for a member."""
    truths: set[int] = field(default_factory=set)
    """Atoms that stand for a truth value."""
    numbers: dict[Shape, int] = field(default_factory=dict)
    spelled: dict[int, str] = field(default_factory=dict)
    """The texts of atoms that have been spelled out."""

    def number(
        self,
        shape: Shape,
        stars: frozenset[str],
        *,
        whole: bool,
        low: int | None = None,
        high: int | None = None,
    ) -> int:
        """The number of the atom of this shape."""
        found = self.numbers.get(shape)
        if found is None:
            found = self.numbers[shape] = len(self.shapes)
            self.shapes.append(shape)
            self.whole.append(whole)
            self.ranges.append((low, high))
            self.stars.append(stars)
            if shape[0] == "if":
                self.switches.add(found)
            elif shape[0] == "same":
                self.truths.add(found)
        return found

    def stars_of_key(self, key: Key) -> frozenset[str]:
        """The members outside the classes that a key depends on."""
        if isinstance(key, str):
            return frozenset((key,)) if key.startswith("*") else NONE
        return self.stars[key[1]] if isinstance(key, tuple) else NONE

    def stars_of_keys(self, keys: tuple[Key, ...]) -> frozenset[str]:
        """The members outside the classes that any of the keys depends on."""
        out = NONE
        for key in keys:
            out |= self.stars_of_key(key)
        return out
