"""Which members there are in an obligation.

In a *closed* world every sort has a fixed number of members, and everything is exact. In an *open* world a sort of any
size has a few classes (members that are touched, told apart) and a rest of which only universal facts and sums are
known; what is unsatisfiable there is so for any number of members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import final

from verifier.language.frozen import dataclass, field
from verifier.system.rewrite import subterms
from verifier.system.terms import Quant
from verifier.system.transition import Invariant, System


@final
@dataclass(frozen=True, slots=True)
class World:
    """`sizes` gives the number of classes (or members) of each sort and enum; `open` the sorts that have a rest."""

    sizes: Mapping[str, int]
    open: frozenset[str] = frozenset()
    """Sorts with members beyond the classes."""


def closed(system: System, sizes: Mapping[str, int]) -> World:
    """Every sort at a fixed size; `sizes` is for the sorts of any size."""
    return World({s.name: s.size if s.size is not None else sizes[s.name] for s in system.sorts})


def opened(system: System, classes: Mapping[str, int]) -> World:
    """Sorts of any size with some classes and a rest."""
    any_size = frozenset(s.name for s in system.sorts if s.size is None)
    return World({s.name: s.size if s.size is not None else classes.get(s.name, 0) for s in system.sorts}, any_size)


@final
@dataclass(frozen=True, slots=True)
class Pattern:
    """Which of the keys asked for are the same member: for each sort, the class of its first, second, … key."""

    classes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of classes a sort."""
        return {sort: max(keys) + 1 if keys else 0 for sort, keys in self.classes.items()}


def patterns(system: System, wanted: Mapping[str, int]) -> Iterator[Pattern]:
    """All ways in which the keys of each sort may coincide: restricted growth strings, so that patterns that differ
    only by the names of the members come once. A sort `of n` has at most n classes."""
    sorts = [(s.name, wanted[s.name], s.size) for s in system.sorts if wanted.get(s.name, 0) > 0]

    def extend(index: int, chosen: dict[str, tuple[int, ...]]) -> Iterator[Pattern]:
        if index == len(sorts):
            yield Pattern(dict(chosen))
            return
        name, count, size = sorts[index]
        for keys in growth_strings(count, size if size is not None else count):
            yield from extend(index + 1, {**chosen, name: keys})

    return extend(0, {})


def ranks(system: System) -> Mapping[str, int]:
    """An order of the sorts in which S comes before T where an assumption or an invariant says `forall S … exists T`
    (as far as such statements don't go round in a circle; otherwise as declared)."""
    after: dict[str, set[str]] = {s.name: set() for s in system.sorts}
    formulas = [a.condition for a in system.assumptions]
    formulas += [p.formula for p in system.properties if isinstance(p, Invariant)]
    for formula in formulas:
        for outer in subterms(formula):
            if isinstance(outer, Quant):
                inner = {q.var.ty.name for q in subterms(outer.body) if isinstance(q, Quant) and q.kind != outer.kind}
                after[outer.var.ty.name] |= inner - {outer.var.ty.name}
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in order or name in above:
            return
        for later in sorted(after[name]):
            visit(later, (*above, name))
        order.append(name)

    for sort in system.sorts:
        visit(sort.name, ())
    return {name: len(order) - place for place, name in enumerate(order)}


def growth_strings(count: int, most: int) -> Iterator[tuple[int, ...]]:
    """Partitions of `count` things into at most `most` blocks, as block numbers in order of first use."""

    def extend(prefix: tuple[int, ...], used: int) -> Iterator[tuple[int, ...]]:
        if len(prefix) == count:
            yield prefix
            return
        for block in range(min(used + 1, most)):
            yield from extend((*prefix, block), max(used, block + 1))

    return extend((), 0)
