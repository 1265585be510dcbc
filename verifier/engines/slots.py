"""The places of a claimed run that hold a value: what a minimiser changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from verifier.system.replay import Candidate
from verifier.system.terms import BOOL, INT, REAL, Ty, Value
from verifier.system.trace import Cell
from verifier.system.transition import Property, Rule, System, Variable

Slot = tuple[str, int, str, tuple[int, ...] | None]
"""Where a number stands: in the parameters, the init choices, a move's argument or choice, the property's arguments."""


def slots(system: System, prop: Property, candidate: Candidate) -> Iterator[Slot]:
    """All places of a candidate that hold a number."""
    for parameter in system.params:
        if parameter.name not in system.fixed:
            yield from _cell_slots("param", 0, parameter.name, candidate.params.get(parameter.name))
    for name, cell in candidate.choices.items():
        yield from _cell_slots("init", 0, name, cell)
    for index, move in enumerate(candidate.moves):
        for i, _ in enumerate(move.args):
            yield ("arg", index, str(i), None)
        for name, cell in move.choices.items():
            yield from _cell_slots("choice", index, name, cell)
    for name in candidate.args:
        yield ("prop", 0, name, None)


def _cell_slots(kind: str, index: int, name: str, cell: Cell | None) -> Iterator[Slot]:
    if isinstance(cell, Mapping):
        for keys in cell:
            yield (kind, index, name, keys)
    elif cell is not None:
        yield (kind, index, name, None)


def read(system: System, prop: Property, candidate: Candidate, slot: Slot) -> tuple[Value, Variable]:
    """The value in a slot and the variable whose type it has (for a choice, one that fits its value)."""
    kind, index, name, keys = slot
    match kind:
        case "param":
            variable = next(p for p in system.params if p.name == name)
            return _at(candidate.params[name], keys), variable
        case "init":
            return _of_kind(_at(candidate.choices[name], keys))
        case "arg":
            move = candidate.moves[index]
            return move.args[int(name)], system.action(move.action).args[int(name)]
        case "choice":
            return _of_kind(_at(candidate.moves[index].choices[name], keys))
        case _:
            value = candidate.args[name]
            if isinstance(prop, Rule):
                for variable in prop.args:
                    if variable.name == name:
                        return value, variable
            return value, Variable(name, (), Ty("sort"))


def _at(cell: Cell, keys: tuple[int, ...] | None) -> Value:
    if isinstance(cell, Mapping):
        assert keys is not None
        return cell[keys]
    return cell


def _of_kind(value: Value) -> tuple[Value, Variable]:
    ty = BOOL if isinstance(value, bool) else INT if isinstance(value, int) else REAL
    return value, Variable("", (), ty)


def put(candidate: Candidate, slot: Slot, value: Value) -> Candidate:
    """The candidate with another value in a slot."""
    kind, index, name, keys = slot
    match kind:
        case "param":
            return replace(candidate, params={**candidate.params, name: _with(candidate.params[name], keys, value)})
        case "init":
            return replace(candidate, choices={**candidate.choices, name: _with(candidate.choices[name], keys, value)})
        case "prop":
            return replace(candidate, args={**candidate.args, name: value})
        case _:
            move = candidate.moves[index]
            if kind == "arg":
                place = int(name)
                changed = replace(move, args=(*move.args[:place], value, *move.args[place + 1 :]))
            else:
                changed = replace(move, choices={**move.choices, name: _with(move.choices[name], keys, value)})
            moves = (*candidate.moves[:index], changed, *candidate.moves[index + 1 :])
            return replace(candidate, moves=moves)


def _with(cell: Cell, keys: tuple[int, ...] | None, value: Value) -> Cell:
    if isinstance(cell, Mapping):
        assert keys is not None
        return {**cell, keys: value}
    return value
