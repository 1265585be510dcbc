"""Counterexamples people can read: fewer steps, rounder numbers. Every try is replayed by the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, log10
from typing import final

from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, confirm, refutes
from verifier.system.terms import BOOL, INT, REAL, Ty, Value
from verifier.system.trace import Cell, Counterexample
from verifier.system.transition import Property, Rule, StepProperty, System, Variable

MOST_TRIES = 1_500
"""Replays spent on one counterexample."""

_Slot = tuple[str, int, str, tuple[int, ...] | None]
"""Where a number stands: in the parameters, the init choices, a move's argument or choice, the property's arguments."""


@final
@dataclass(slots=True)
class Minimiser:
    """Makes one candidate simpler for as long as it still breaks the property."""

    system: System
    prop: Property
    interpreter: Interpreter
    tries: int = 0

    def run(self, candidate: Candidate) -> Counterexample | None:
        """The simplest version found, confirmed."""
        candidate = self._without_moves(candidate)
        for _ in range(3):
            before = candidate
            for slot in list(slots(self.system, self.prop, candidate)):
                candidate = self._rounder(candidate, slot)
            if candidate == before or self.tries >= MOST_TRIES:
                break
        found = confirm(self.interpreter, self.prop, candidate)
        return found if isinstance(found, Counterexample) else None

    def _works(self, candidate: Candidate) -> bool:
        self.tries += 1
        return self.tries <= MOST_TRIES and refutes(self.interpreter, self.prop, candidate)

    def _without_moves(self, candidate: Candidate) -> Candidate:
        """Leave out moves that are not needed, the last ones first."""
        needed = 1 if isinstance(self.prop, StepProperty) else 0
        index = len(candidate.moves) - 1
        while index >= 0 and len(candidate.moves) > needed:
            shorter = replace(candidate, moves=candidate.moves[:index] + candidate.moves[index + 1 :])
            if self._works(shorter):
                candidate = shorter
            index -= 1
        return candidate

    def _rounder(self, candidate: Candidate, slot: _Slot) -> Candidate:
        value, variable = read(self.system, self.prop, candidate, slot)
        if variable.ty.kind not in ("int", "real") or isinstance(value, bool):
            return candidate
        cost = roughness(value)
        for nicer in rounder_values(value, variable):
            if roughness(nicer) >= cost:
                continue
            changed = put(candidate, slot, nicer)
            if self._works(changed):
                return changed
        return candidate


# ---------------------------------------------------------------------------------------------- numbers


def roughness(value: int | Fraction) -> tuple[int, int, int, Fraction]:
    """How hard a number is to read: no finite decimals is worst, then the digits that matter, then the size."""
    number = Fraction(value)
    if number == 0:
        return (0, 0, 0, Fraction(0))
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return (1, len(str(number.denominator)) + len(str(number.numerator)), 0, abs(number))
    scaled, places = number, 0
    while scaled.denominator != 1:
        scaled *= 10
        places += 1
    digits = str(abs(scaled.numerator)).rstrip("0")
    lead = {"1": 0, "5": 1, "2": 1}.get(digits, 2)
    return (0, len(digits), lead + (0 if places <= 2 else places), abs(number) if number >= 1 else 1 / abs(number))


def rounder_values(value: int | Fraction, variable: Variable) -> Iterator[int | Fraction]:
    """Numbers near (and not so near) a value that are easier to read, the easiest first."""
    integer = variable.ty.kind == "int"
    seen: set[Fraction] = set()
    tries: list[Fraction] = [Fraction(n) for n in (0, 1, 10, 100, 1000, 2, 5, 20, 50)]
    number = Fraction(value)
    if not integer:
        tries += [Fraction(n, 10) for n in (5, 1, 9, 8, 2)] + [Fraction(n, 100) for n in (5, 1, 75, 95)]
    magnitude = floor(log10(abs(number))) if number != 0 else 0
    for digits in (1, 2, 3, 4):
        unit = Fraction(10) ** (magnitude - digits + 1)
        low = floor(number / unit) * unit
        tries += [low, low + unit, low + unit / 2]
    for candidate in sorted((t for t in tries), key=lambda t: roughness(t)[:3]):
        if candidate in seen or (integer and candidate.denominator != 1):
            continue
        seen.add(candidate)
        if variable.low is not None and candidate < variable.low:
            continue
        if variable.high is not None and candidate > variable.high:
            continue
        yield candidate.numerator if integer else candidate


# ---------------------------------------------------------------------------------------------- slots


def slots(system: System, prop: Property, candidate: Candidate) -> Iterator[_Slot]:
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


def _cell_slots(kind: str, index: int, name: str, cell: Cell | None) -> Iterator[_Slot]:
    if isinstance(cell, Mapping):
        for keys in cell:
            yield (kind, index, name, keys)
    elif cell is not None:
        yield (kind, index, name, None)


def read(system: System, prop: Property, candidate: Candidate, slot: _Slot) -> tuple[Value, Variable]:
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


def put(candidate: Candidate, slot: _Slot, value: Value) -> Candidate:
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
