"""Symbolic values of states: what an action's statements work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.logic.formulas import Node, Pool
from verifier.system.terms import At

Read = Callable[[tuple[Node, ...]], Node]


@final
@dataclass(slots=True)
class MapValue:
    """A total map as a function from keys to nodes; a write makes a new one. Reads are remembered."""

    read_at: Read
    _memo: dict[tuple[Node, ...], Node] = field(default_factory=dict)

    def read(self, keys: tuple[Node, ...]) -> Node:
        """The entry at `keys`: members of classes (constants), `rest` members, or symbolic members."""
        found = self._memo.get(keys)
        if found is None:
            found = self._memo[keys] = self.read_at(keys)
        return found


Cell = Node | MapValue
SymbolicState = Mapping[str, Cell]


@final
@dataclass(frozen=True, slots=True)
class Frame:
    """Where a term is evaluated: the states it may read, its locals, and which action is running."""

    states: Mapping[At, SymbolicState]
    locals: Mapping[str, Node] = field(default_factory=dict)
    action: str = ""

    @property
    def now(self) -> SymbolicState:
        """The present state."""
        return self.states["now"]

    def with_now(self, state: SymbolicState) -> Frame:
        """The frame in another present state."""
        return Frame({**self.states, "now": state}, self.locals, self.action)

    def with_local(self, name: str, node: Node) -> Frame:
        """The frame with one more local."""
        return Frame(self.states, {**self.locals, name: node}, self.action)

    def with_cell(self, name: str, cell: Cell) -> Frame:
        """The frame after a variable of the present state was replaced."""
        return self.with_now({**self.now, name: cell})


def same_key(pool: Pool, a: Node, b: Node) -> Node:
    """Whether two members are the same. A `rest` member is outside all classes, by definition."""
    ops = pool.ops
    if a == b:
        return pool.true
    if (ops[a] == "rest" and ops[b] == "const") or (ops[a] == "const" and ops[b] == "rest"):
        return pool.false
    return pool.eq(a, b)


def written(pool: Pool, old: MapValue, keys: tuple[Node, ...], value: Node) -> MapValue:
    """The map after `m[keys] := value`."""

    def read(at: tuple[Node, ...]) -> Node:
        here = pool.and_(same_key(pool, a, k) for a, k in zip(at, keys, strict=True))
        if here == pool.true:
            return value
        return old.read(at) if here == pool.false else pool.ite(here, value, old.read(at))

    return MapValue(read)


def merged(pool: Pool, condition: Node, then: SymbolicState, otherwise: SymbolicState) -> SymbolicState:
    """One state for both outcomes of a condition."""
    out: dict[str, Cell] = {}
    for name, left in then.items():
        right = otherwise[name]
        if left is right or left == right:
            out[name] = left
        elif isinstance(left, MapValue) and isinstance(right, MapValue):
            out[name] = _merged_map(pool, condition, left, right)
        else:
            assert isinstance(left, int)
            assert isinstance(right, int)
            out[name] = pool.ite(condition, left, right)
    return out


def _merged_map(pool: Pool, condition: Node, left: MapValue, right: MapValue) -> MapValue:
    return MapValue(lambda keys: pool.ite(condition, left.read(keys), right.read(keys)))
