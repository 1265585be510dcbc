"""What the unknowns of an obligation are in one concrete situation.

Given who the classes are, every input of the encoder (an entry of a map, an argument, a choice) has a value, and so has
every sum over the members outside the classes. What the encoder made up for itself (Skolem keys, truth names, the
greatest of something) has none: a solver may choose it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from verifier.logic.formulas import Node, Pool
from verifier.logic.smtlib import Script
from verifier.logic.solvers.answer import Status
from verifier.logic.solvers.z3_text import ask
from verifier.system.terms import Ty

Known = Fraction | bool | None


@dataclass
class Situation:
    """One concrete world. `cells` gives the value of each input by its label, with its type; `classes` says for each
    sort which member each class is."""

    pool: Pool
    cells: Mapping[str, tuple[Ty, Any]]
    sizes: Mapping[str, int]
    classes: Mapping[str, tuple[int, ...]]
    _memo: dict[tuple[Node, tuple[tuple[Node, int], ...]], Known] = field(default_factory=dict)

    def code(self, sort: str, member: int) -> int:
        """The number of a member: its class, or one beyond the classes."""
        order = self.order(sort)
        return order.index(member)

    def order(self, sort: str) -> tuple[int, ...]:
        named = self.classes.get(sort)
        if named is None:
            return tuple(range(self.sizes[sort]))
        return (*named, *(m for m in range(self.sizes[sort]) if m not in named))

    def outside(self, sort: str) -> tuple[int, ...]:
        return tuple(m for m in range(self.sizes[sort]) if m not in self.classes[sort])

    def value(self, node: Node, bound: Mapping[Node, int] | None = None) -> Known:
        """The value of a node; `bound` gives the member that a `rest` node stands for."""
        env = {k: v for k, v in (bound or {}).items() if k in self.pool.binders[node]}
        key = (node, tuple(sorted(env.items())))
        if key not in self._memo:
            self._memo[key] = self._value(node, env)
        return self._memo[key]

    def _value(self, node: Node, env: Mapping[Node, int]) -> Known:
        pool = self.pool
        op, args = pool.ops[node], pool.args[node]
        match op:
            case "const":
                constant = pool.value(node)
                return constant if isinstance(constant, bool) else Fraction(constant)  # type: ignore[arg-type]
            case "var":
                return self._input(str(pool.data[node]))
            case "app":
                return self._entry(str(pool.data[node]), args, env)
            case "rest":
                sort = str(pool.data[node]).split("~")[0]
                return Fraction(self.code(sort, env[node])) if node in env else None
            case "rsum":
                sort = str(pool.data[args[0]]).split("~")[0]
                parts = [self.value(args[1], {**env, args[0]: m}) for m in self.outside(sort)]
                return (
                    None
                    if any(p is None for p in parts)
                    else sum((Fraction(p) for p in parts if p is not None), Fraction(0))
                )
            case "and":
                truths = [self.value(a, env) for a in args]
                return False if False in truths else None if None in truths else True
            case "not":
                inner = self.value(args[0], env)
                return None if inner is None else not inner
            case "ite":
                condition = self.value(args[0], env)
                return None if condition is None else self.value(args[1] if condition else args[2], env)
        values = [self.value(a, env) for a in args]
        if any(v is None for v in values):
            return None
        numbers = [Fraction(v) for v in values if v is not None]
        match op:
            case "add":
                return sum(numbers, Fraction(0))
            case "mul":
                out = Fraction(1)
                for number in numbers:
                    out *= number
                return out
            case "div":
                return numbers[0] / numbers[1] if numbers[1] != 0 else None
            case "floor":
                return Fraction(numbers[0].__floor__())
            case "ceil":
                return Fraction(numbers[0].__ceil__())
            case "le":
                return numbers[0] <= numbers[1]
            case "eq":
                return values[0] == values[1]
            case _:
                raise AssertionError(op)

    def _input(self, label: str) -> Known:
        name, _, inside = label.partition("[")
        found = self.cells.get(name)
        if found is None or inside.startswith("?"):
            return None
        ty, cell = found
        if not inside:
            return None if isinstance(cell, Mapping) else self._typed(ty, cell)
        keys = [int(k) for k in inside.rstrip("]").split(",")]
        return self._lookup(ty, cell, keys)

    def _entry(self, label: str, args: tuple[Node, ...], env: Mapping[Node, int]) -> Known:
        codes = [self.value(a, env) for a in args]
        if label not in self.cells or any(c is None for c in codes):
            return None
        ty, cell = self.cells[label]
        return self._lookup(ty, cell, [int(c) for c in codes if c is not None])

    def _lookup(self, ty: Ty, cell: Any, codes: list[int]) -> Known:
        for keys, value in cell.items():
            if self._codes(cell, keys) == codes:
                return self._typed(ty, value)
        return None

    def _codes(self, cell: Any, keys: tuple[int, ...]) -> list[int]:
        return [self.code(sort, k) for sort, k in zip(cell.sorts, keys, strict=True)]

    def _typed(self, ty: Ty, value: Any) -> Known:
        if ty.kind == "bool":
            return bool(value)
        return Fraction(self.code(ty.name, value)) if ty.kind == "sort" else Fraction(value)

    # ------------------------------------------------------------------------------------------ asking

    def pins(self, script: Script, integers: bool) -> str:
        """Equations that fix every unknown which has a value here."""
        lines: list[str] = []
        for node, name in script.unknowns.items():
            value = self.value(node) if not self.pool.binders[node] else None
            if value is None:
                continue
            if self.pool.sorts[node] == "B":
                lines.append(f"(assert {name})" if value else f"(assert (not {name}))")
            else:
                whole = integers and self.pool.sorts[node] == "I"
                lines.append(f"(assert (= {name} {literal(Fraction(value), whole)}))")
        return "\n".join(lines) + "\n"

    def status(self, script: Script, *, integers: bool = False) -> Status:
        """Whether the facts of a script can hold here."""
        if script.trivial:
            return "unsat"
        return ask(script.text + self.pins(script, integers), "smt", 3_000_000).status


class Table(dict[tuple[int, ...], Any]):
    """A map's entries, with the sorts of its keys."""

    sorts: tuple[str, ...] = ()


def table(entries: Mapping[tuple[int, ...], Any], keys: tuple[Ty, ...]) -> Table:
    out = Table(entries)
    out.sorts = tuple(ty.name for ty in keys)
    return out


def literal(value: Fraction, whole: bool) -> str:
    if value < 0:
        return f"(- {literal(-value, whole)})"
    if value.denominator != 1:
        return f"(/ {value.numerator}.0 {value.denominator}.0)"
    return str(value.numerator) if whole else f"{value.numerator}.0"


def who_is_who(
    counts: Mapping[str, int], sizes: Mapping[str, int], known: Mapping[str, Mapping[int, int]]
) -> Iterator[dict[str, tuple[int, ...]]]:
    """All ways in which the classes of each sort can be members, given who some of them are."""
    options: list[list[tuple[int, ...]]] = []
    for sort, count in counts.items():
        ways = [
            way
            for way in permutations(range(sizes[sort]), count)
            if all(way[c] == m for c, m in known.get(sort, {}).items())
        ]
        options.append(ways)
    for combination in product(*options):
        yield dict(zip(counts, combination, strict=True))
