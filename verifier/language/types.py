"""Semantic types and units: what the checker computes, and lowering reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from verifier.language.frozen import dataclass


@final
@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base units: sorted by name, exponents non-zero. `Unit(())` is a plain number."""

    factors: tuple[tuple[str, int], ...] = ()

    @staticmethod
    def of(factors: Mapping[str, int]) -> Unit:
        """From exponents by name; zero exponents vanish."""
        return Unit(tuple(sorted((n, e) for n, e in factors.items() if e != 0)))

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """Product; with `sign=-1` the quotient."""
        out = dict(self.factors)
        for name, exponent in other.factors:
            out[name] = out.get(name, 0) + sign * exponent
        return Unit.of(out)

    def power(self, exponent: int) -> Unit:
        """This unit to a whole power."""
        return Unit.of({n: e * exponent for n, e in self.factors})

    def __str__(self) -> str:
        """As the user writes it: `USD/ETH`, `1/s`, empty for a plain number."""
        over = [n if e == 1 else f"{n}^{e}" for n, e in self.factors if e > 0]
        under = [n if e == -1 else f"{n}^{-e}" for n, e in self.factors if e < 0]
        if not over and not under:
            return ""
        return "/".join(["*".join(over) or "1", *under])


PLAIN = Unit()


@final
@dataclass(frozen=True, slots=True)
class NumberT:
    """A number. `integer` tells int from real; `low`/`high` are the inclusive range (None: unbounded); `bits` is the
    width of a bounded integer, else None. `flexible` marks an untyped literal zero, which fits every unit."""

    integer: bool
    low: int | None = None
    high: int | None = None
    unit: Unit = PLAIN
    bits: int | None = None
    flexible: bool = False


@final
@dataclass(frozen=True, slots=True)
class BoolT:
    """Truth values."""


@final
@dataclass(frozen=True, slots=True)
class SortT:
    """Members of a sort; `size` is None when there may be any number."""

    name: str
    size: int | None = None


@final
@dataclass(frozen=True, slots=True)
class EnumT:
    """Members of an enum, in the order declared."""

    name: str
    members: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class StructT:
    """A record; the fields are never maps (a struct inside a struct is flattened by name: `a.b`)."""

    name: str
    fields: tuple[tuple[str, ValueT], ...]


@final
@dataclass(frozen=True, slots=True)
class MapT:
    """A total map from keys to values."""

    keys: tuple[SortT | EnumT, ...]
    value: ValueT


@final
@dataclass(frozen=True, slots=True)
class ActionT:
    """The type of the word `action` and of an action's name beside it."""


@final
@dataclass(frozen=True, slots=True)
class UnknownT:
    """Of an expression that already has its error; fits everything, so that one mistake gives one error."""


ValueT = NumberT | BoolT | SortT | EnumT | StructT
Type = ValueT | MapT | ActionT | UnknownT
