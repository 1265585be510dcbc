"""Which names are known where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, final

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.describe import type_text
from verifier.language.checking.suggest import hint
from verifier.language.checking.tables import UNKNOWN, Tables
from verifier.language.source import Span
from verifier.language.types import EnumT, MapT, NumberT, SortT, StructT, Type, UnknownT

BUILTINS = ("min", "max", "abs", "floor", "ceil")
RUNS = ("first", "second")
RESERVED = frozenset((*BUILTINS, *RUNS))

# Stands for "some map" where an indexed name is looked for.
SOME_MAP = MapT((), NumberT(integer=False))

Mode = Literal[
    "where",
    "assume",
    "def",
    "init",
    "action",
    "rely",
    "invariant",
    "step",
    "reachable",
    "enabled",
    "responds",
    "rule",
    "scenario",
]


@final
@dataclass(frozen=True, slots=True)
class Environment:
    """The names that a model declares, or a spec and its model together. Filled while declarations are collected.

    `places` tells where every declared name stands, `reads` which states a definition depends on (through others,
    too), `order` in which order parameters are declared, `parts` which names stand for parts of a model (None where the
    model is not there), `doubtful` which names are declared twice, so that nothing more is said of them.
    """

    types: dict[str, SortT | EnumT | StructT | UnknownT] = field(default_factory=dict)
    values: dict[str, Symbol] = field(default_factory=dict)
    actions: dict[str, Symbol] = field(default_factory=dict)
    members: dict[str, tuple[Symbol, ...]] = field(default_factory=dict)
    units: dict[str, Span] = field(default_factory=dict)
    places: dict[str, tuple[str, Span]] = field(default_factory=dict)
    reads: dict[str, frozenset[str]] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Part | None] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def extended(self) -> Environment:
        """A copy to which a spec adds its own."""
        return Environment(
            dict(self.types), dict(self.values), dict(self.actions), dict(self.members), dict(self.units),
            dict(self.places), dict(self.reads), dict(self.order), dict(self.parts), set(self.doubtful),
        )  # fmt: skip

    @property
    def sorts(self) -> dict[str, SortT]:
        """The sorts, by name."""
        return {n: t for n, t in self.types.items() if isinstance(t, SortT)}

    @property
    def enums(self) -> dict[str, EnumT]:
        """The enums, by name."""
        return {n: t for n, t in self.types.items() if isinstance(t, EnumT)}

    @property
    def structs(self) -> dict[str, StructT]:
        """The structs, by name."""
        return {n: t for n, t in self.types.items() if isinstance(t, StructT)}

    def states(self) -> dict[str, Symbol]:
        """The model's own state variables, by name. Those of parts have dots in theirs."""
        return {n: v for n, v in self.values.items() if v.kind == "state" and "." not in n}


@final
@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model: the model that it is one of (at `path`), what that declares, and where the part is named."""

    decl: s.ModelDecl
    path: str
    env: Environment
    tables: Tables
    span: Span


@final
@dataclass(slots=True)
class Implicit:
    """Names that are declared by being used: individuals of a scenario, free names of an `enabled`."""

    kind: Literal["individual", "argument"]
    names: dict[str, Symbol] = field(default_factory=dict)
    # Off once the call of an `enabled` is behind: its condition may use the names, not add to them.
    may_grow: bool = True


@final
@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression or a statement stands. `limit` is the place of the parameter whose `where` is checked."""

    env: Environment
    tables: Tables
    mode: Mode
    locals: Mapping[str, Symbol] = field(default_factory=dict)
    in_old: bool = False
    in_loop: bool = False
    compared: bool = False
    limit: int | None = None
    implicit: Implicit | None = None
    title: str = ""

    def with_local(self, symbol: Symbol) -> Context:
        """The context with one more local name; taking a name that has a meaning already is reported."""
        if symbol.name in RESERVED:
            self.tables.report("VS0311", symbol.span, name=symbol.name)
        earlier = self.known(symbol.name)
        if earlier is not None:
            kind, span = earlier
            self.tables.report("VS0310", symbol.span, ("earlier", span), name=symbol.name, earlier=kind)
            # Which of the two is meant in what follows is anybody's guess.
            symbol = replace(symbol, type=UNKNOWN)
        return replace(self, locals={**self.locals, symbol.name: symbol})

    def known(self, name: str) -> tuple[str, Span] | None:
        """What a name means already, in words, and where it was declared."""
        if name in self.locals:
            return KIND_WORDS[self.locals[name].kind], self.locals[name].span
        if self.implicit is not None and name in self.implicit.names:
            return KIND_WORDS[self.implicit.kind], self.implicit.names[name].span
        if name in self.env.places:
            return self.env.places[name]
        members = self.env.members.get(name)
        return (f"a member of `{type_text(members[0].type)}`", members[0].span) if members else None

    def find(self, name: str) -> Symbol | None:
        """The local, parameter, state, definition or (only) enum member of this name."""
        found = self.locals.get(name) or self.env.values.get(name)
        if found is not None:
            return found
        members = self.env.members.get(name, ())
        if len(members) == 1:
            return members[0]
        return self.implicit.names.get(name) if self.implicit is not None else None

    def suggestion(self, name: str, want: Type | None, otherwise: str) -> str:
        """A hint at a known name like this one, those of the type that is wanted first."""
        visible: dict[str, Type] = {n: v.type for n, v in self.env.values.items()}
        if self.mode in ("where", "assume"):
            visible = {n: v.type for n, v in self.env.values.items() if v.kind == "param"}
        visible.update({n: m[0].type for n, m in self.env.members.items()})
        visible.update({n: v.type for n, v in self.locals.items()})
        fitting = [n for n, t in visible.items() if want is not None and _alike(t, want)]
        return hint(name, otherwise, fitting, visible, BUILTINS)


def _alike(type_: Type, want: Type) -> bool:
    match want, type_:
        case (SortT(a), SortT(b)) | (EnumT(a), EnumT(b)):
            return a == b
        case _:
            return type(type_) is type(want)


KIND_WORDS: Mapping[str, str] = {
    "param": "a parameter",
    "state": "a state variable",
    "def": "a definition",
    "action": "an action",
    "argument": "an argument",
    "let": "a `let`",
    "binder": "a bound name",
    "member": "an enum member",
    "individual": "an individual of this scenario",
    "builtin": "a built-in function",
}
