"""A claimed run with one member fewer: what one did is done by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import final

from verifier.system.programs import statements_of
from verifier.system.replay import Candidate
from verifier.system.terms import Ty, Value
from verifier.system.trace import Cell, Move
from verifier.system.transition import Choose, Enabled, Havoc, Property, Rule, Stmt, System
from verifier.system.values import scope_of


def without_member(system: System, prop: Property, candidate: Candidate, sort: str, gone: int, heir: int) -> Candidate:
    """The claim with `heir` in the place of `gone`. It may be false: it has to be replayed."""
    sizes = {s.name: candidate.scope.size(s.name) - (s.name == sort) for s in system.sorts if not s.members}
    merging = _Merging(sort, gone, heir)
    known = {p.name: (tuple(k.name for k in p.keys), p.ty) for p in (*system.params, *system.states)}
    return replace(
        candidate,
        scope=scope_of(system, sizes),
        params={name: merging.cell(cell, *known[name]) for name, cell in candidate.params.items()},
        choices=merging.choices(candidate.choices, _choices_of(system, system.init)),
        moves=tuple(_move(system, merging, move) for move in candidate.moves),
        args={name: merging.value(value, _argument(prop, name)) for name, value in candidate.args.items()},
    )


Declared = Mapping[str, tuple[tuple[str, ...], Ty]]
"""The sorts of the keys, and the type, of what has a name."""


@final
@dataclass(frozen=True, slots=True)
class _Merging:
    sort: str
    gone: int
    heir: int

    def member(self, index: int) -> int:
        """The new number of a member of the sort."""
        own = self.heir if index == self.gone else index
        return own - 1 if own > self.gone else own

    def value(self, value: Value, ty: Ty | None) -> Value:
        """A value, of whatever type."""
        return self.member(int(value)) if ty is not None and ty.kind == "sort" and ty.name == self.sort else value

    def cell(self, cell: Cell, keys: tuple[str, ...], ty: Ty) -> Cell:
        """The value of a variable; entries of the one who is gone are left out."""
        if not isinstance(cell, Mapping):
            return self.value(cell, ty)
        out: dict[tuple[int, ...], Value] = {}
        for at, value in cell.items():
            if not any(name == self.sort and i == self.gone for name, i in zip(keys, at, strict=True)):
                place = tuple(self.member(i) if name == self.sort else i for name, i in zip(keys, at, strict=True))
                out[place] = self.value(value, ty)
        return out

    def choices(self, given: Mapping[str, Cell], declared: Declared) -> Mapping[str, Cell]:
        """What was chosen."""
        return {name: self.cell(cell, *declared.get(name, ((), Ty("bool")))) for name, cell in given.items()}


def _move(system: System, merging: _Merging, move: Move) -> Move:
    action = system.action(move.action)
    args = tuple(merging.value(value, v.ty) for value, v in zip(move.args, action.args, strict=True))
    return Move(move.action, args, merging.choices(move.choices, _choices_of(system, action.body)))


def _choices_of(system: System, body: Iterable[Stmt]) -> Declared:
    out: dict[str, tuple[tuple[str, ...], Ty]] = {}
    for stmt in statements_of(tuple(body)):
        match stmt:
            case Choose(var):
                out[var.name] = ((), var.ty)
            case Havoc(state, _, name):
                variable = system.state(state)
                out[name] = (tuple(k.name for k in variable.keys), variable.ty)
            case _:
                pass
    # What no choice is declared for is the start value of a state.
    return {**{v.name: (tuple(k.name for k in v.keys), v.ty) for v in system.states}, **out}


def _argument(prop: Property, name: str) -> Ty | None:
    match prop:
        case Rule(args=args):
            return next((v.ty for v in args if v.name == name), None)
        case Enabled(free=free):
            return next((v.ty for v in free if v.name == name), None)
        case _:
            return None
