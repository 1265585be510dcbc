"""Values and valuations: types, ranges, completeness, and the two forms they have (inside and outside a run)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from verifier.system.evaluate import domain, typed, whole
from verifier.system.terms import Ty, Value
from verifier.system.trace import Cell, Scope, Valuation
from verifier.system.transition import System, Variable

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def scope_of(system: System, sizes: Mapping[str, int]) -> Scope:
    """A scope with `sizes[s]` members of each sort `s` (one where not given), and every enum.

    Members of the first sort are called A, B, C, …; those of other sorts after their sort, `feed_1`, `feed_2`, …
    A sort that is declared with a size has that size.
    """
    names: dict[str, tuple[str, ...]] = {}
    taken = {v.name for v in (*system.params, *system.states)} | {d.name for d in system.definitions}
    taken |= {a.name for a in system.actions} | {s.name for s in system.sorts}
    taken |= {m for s in system.sorts for m in s.members}
    first = True
    for sort in system.sorts:
        if sort.members:
            names[sort.name] = sort.members
            continue
        size = sort.size if sort.size is not None else sizes.get(sort.name, 1)
        letters = tuple(_ALPHABET[:size])
        if first and size <= len(_ALPHABET) and not taken.intersection(letters):
            names[sort.name] = letters
        else:
            names[sort.name] = tuple(f"{sort.name.lower()}_{i}" for i in range(1, size + 1))
        first = False
    return Scope(names)


def with_enums(system: System, scope: Scope) -> Scope:
    """The scope with the members of every enum in it."""
    missing = {s.name: s.members for s in system.sorts if s.members and s.name not in scope.names}
    return Scope({**scope.names, **missing}) if missing else scope


def members_of(system: System, scope: Scope) -> dict[str, range]:
    """The indices of every sort and enum."""
    return {s.name: range(len(s.members) or len(scope.names.get(s.name, ()))) for s in system.sorts}


def all_keys(types: tuple[Ty, ...], members: Mapping[str, range]) -> Iterator[tuple[int, ...]]:
    """Every key of a map."""
    return product(*(domain(ty, members) for ty in types))


def admits(variable: Variable, value: Value, members: Mapping[str, range]) -> bool:
    """Whether a value is of the variable's type and within its range."""
    match variable.ty.kind:
        case "bool":
            return value in (False, True)
        case "int":
            if value.denominator != 1:
                return False
        case "real":
            pass
        case _:
            return value.denominator == 1 and value in members[variable.ty.name]
    return (variable.low is None or value >= variable.low) and (variable.high is None or value <= variable.high)


def carried(value: Value, ty: Ty) -> Any:
    """A value in the form that runs use inside: whole numbers are `int`, truth values `bool`."""
    return bool(value) if ty.kind == "bool" else whole(value)


def default(variable: Variable) -> Value:
    """The value nearest to nothing that the variable admits."""
    if variable.ty.kind == "bool":
        return False
    if variable.low is not None and variable.low > 0:
        return variable.low
    return variable.high if variable.high is not None and variable.high < 0 else 0


def complete(variable: Variable, cell: Cell | None, members: Mapping[str, range]) -> Any:
    """The cell in its inside form, with every entry of a map; what is missing gets the default."""
    if not variable.keys:
        return carried(default(variable) if cell is None or isinstance(cell, Mapping) else cell, variable.ty)
    entries: Mapping[tuple[int, ...], Value] = cell if isinstance(cell, Mapping) else {}
    rest: Value = default(variable) if cell is None or isinstance(cell, Mapping) else cell
    return {key: carried(entries.get(key, rest), variable.ty) for key in all_keys(variable.keys, members)}


def completed(
    variables: Iterable[Variable], valuation: Mapping[str, Cell], members: Mapping[str, range]
) -> dict[str, Any]:
    """A valuation of the variables in its inside form; what is missing gets the default."""
    return {v.name: complete(v, valuation.get(v.name), members) for v in variables}


def shown(variables: Iterable[Variable], valuation: Mapping[str, Any]) -> Valuation:
    """A valuation in its outside form: every real is a `Fraction`."""
    return {v.name: shown_cell(v, valuation[v.name]) for v in variables}


def shown_cell(variable: Variable, cell: Any) -> Cell:
    """A cell in its outside form."""
    ty = variable.ty
    if variable.keys:
        return {key: typed(value, ty) for key, value in cell.items()}
    return typed(cell, ty)


def entries(cell: Cell) -> Iterator[tuple[tuple[int, ...], Value]]:
    """The entries of a map, or the one value of a scalar at the empty key."""
    if isinstance(cell, Mapping):
        yield from cell.items()
    else:
        yield (), cell


def is_number(value: Value) -> bool:
    """Whether it is a number rather than a truth value."""
    return value.__class__ is int or value.__class__ is Fraction
