"""The core system as the kernel reads it from JSON values: declarations and types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from verifier.kernel.formulas import Refused

Type = Any
"""`"bool"`, `"int"`, `"real"`, `["sort", name]` or `["enum", name]`."""
Term = Any
Stmt = Any
FORMAT = "verify-spec core 1"


@final
@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter, a state variable or an argument."""

    name: str
    keys: tuple[Type, ...]
    ty: Type
    low: int | None
    high: int | None


@final
@dataclass(frozen=True, slots=True)
class Action:
    """An action: arguments and statements."""

    name: str
    args: tuple[Variable, ...]
    body: list[Stmt]


@final
@dataclass(frozen=True, slots=True)
class Core:
    """A core system. `sizes` gives the number of members of each sort and enum, None for any number."""

    sizes: Mapping[str, int | None]
    params: Mapping[str, Variable]
    states: Mapping[str, Variable]
    fixed: Mapping[str, Any]
    assumptions: Mapping[str, Term]
    init: list[Stmt]
    actions: Mapping[str, Action]
    properties: Mapping[str, Mapping[str, Any]]

    def size(self, ty: Type) -> int | None:
        """The number of members of a sort or an enum; None for any number."""
        return self.sizes[ty[1]]

    def is_open(self, ty: Type) -> bool:
        """Whether the type is a sort of any size."""
        return isinstance(ty, list) and self.sizes[ty[1]] is None

    def is_finite(self, ty: Type) -> bool:
        """Whether the type is a sort of a given size or an enum."""
        return isinstance(ty, list) and self.sizes[ty[1]] is not None


def number(text: str) -> int | Fraction:
    """A number from its text: a whole number or a fraction of two, in decimal digits."""
    if not re.fullmatch(r"-?[0-9]+(/[0-9]+)?", text):
        raise Refused(f"not a number: {text!r}")
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else value


def _variable(data: Any) -> Variable:
    name, keys, ty, low, high = data
    return Variable(name, tuple(keys), ty, low, high)


def _named(items: list[Any], what: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for item in items:
        name = item["name"] if isinstance(item, Mapping) else item[0]
        if name in out:
            raise Refused(f"two {what} are called {name}")
        out[name] = item
    return out


def read_core(data: Mapping[str, Any]) -> Core:
    """The core system in JSON values."""
    if data.get("format") != FORMAT:
        raise Refused(f"the core system is not in the format `{FORMAT}`")
    return Core(
        sizes=dict(data["sorts"]),
        params={n: _variable(v) for n, v in _named(data["params"], "parameters").items()},
        states={n: _variable(v) for n, v in _named(data["states"], "state variables").items()},
        fixed=data["fixed"],
        # A parameter and an assumption may share a name, and a parameter may have several: numbered, they are all kept.
        assumptions={f"{i}:{name}": condition for i, (name, condition) in enumerate(data["assumptions"])},
        init=data["init"],
        actions={
            name: Action(name, tuple(map(_variable, args)), body)
            for name, (_, args, body) in _named(data["actions"], "actions").items()
        },
        properties=_named(data["properties"], "properties"),
    )


def states_read(term: Any) -> frozenset[str]:
    """The state variables that a term or a block reads, in whatever state."""
    if not isinstance(term, list):
        return frozenset()
    out = frozenset((term[1],)) if term and term[0] == "state" else frozenset()
    for part in term:
        out |= states_read(part)
    return out


def states_written(body: list[Stmt]) -> frozenset[str]:
    """The state variables that a block may write."""
    out: frozenset[str] = frozenset()
    for stmt in body:
        match stmt[0]:
            case "set" | "havoc":
                out |= {stmt[1]}
            case "for":
                out |= states_written(stmt[2])
            case "if":
                out |= states_written(stmt[2]) | states_written(stmt[3])
    return out
