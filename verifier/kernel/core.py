"""The core system as the kernel reads it from JSON values: declarations and types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from verifier.kernel.formulas import Refused
from verifier.kernel.polynomials import plain

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
    keys: Sequence[Type]
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
    return plain(Fraction(text)) if "/" in text else int(text)


def _named(items: Iterable[tuple[str, Any]], what: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, item in items:
        if name in out:
            raise Refused(f"two {what} are called {name}")
        out[name] = item
    return out


def _variables(items: list[Any], what: str) -> dict[str, Variable]:
    return _named(((item[0], Variable(*item)) for item in items), what)


def read_core(data: Mapping[str, Any]) -> Core:
    """The core system in JSON values."""
    if data.get("format") != FORMAT:
        raise Refused(f"the core system is not in the format `{FORMAT}`")
    return Core(
        sizes=_named(data["sorts"], "sorts"),
        params=_variables(data["params"], "parameters"),
        states=_variables(data["states"], "state variables"),
        fixed=data["fixed"],
        # A parameter and an assumption may share a name, and a parameter may have several: numbered, they are all kept.
        assumptions={f"{i}:{name}": condition for i, (name, condition) in enumerate(data["assumptions"])},
        init=data["init"],
        actions=_named(
            ((n, Action(n, tuple(_variables(args, "arguments").values()), body)) for n, args, body in data["actions"]),
            "actions",
        ),
        properties=_named(((p["name"], p) for p in data["properties"]), "properties"),
    )


def states_read(term: Any) -> frozenset[str]:
    """The state variables that a term or a block reads, in whatever state."""
    if not isinstance(term, list):
        return frozenset()
    read = (term[1],) if term and term[0] == "state" else ()
    return frozenset(read).union(*map(states_read, term))


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
