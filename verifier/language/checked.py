"""What checking yields: the syntax as it was, with what every name stands for and every expression's type.

This is the only thing that lowering reads. Side tables are keyed by `id(node)`; the syntax nodes are kept alive by
the model and the spec, so an id stays valid as long as the `Checked` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, final

from verifier.language import syntax
from verifier.language.source import Source, Span
from verifier.language.types import EnumT, SortT, StructT, Type

SymbolKind = Literal[
    "param",  # of the model or the spec
    "state",
    "def",
    "action",
    "argument",  # parameter of an action, a def, a rule; argument of a rely; free name of an `enabled`
    "let",
    "binder",  # of forall, exists, sum, for
    "member",  # of an enum; `type` is the EnumT
    "individual",  # of a scenario: `alice`
    "builtin",  # min max abs floor ceil
]


@final
@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for. `span` is where it was declared. `decl` is the declaration, where there is one."""

    kind: SymbolKind
    name: str
    type: Type
    span: Span
    decl: object = None


@final
@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """One spec with its model (or a model alone, with `spec` None), free of errors.

    `types[id(e)]` is the type of expression `e`: for every expression node, wildcards and `any` included.
    `symbols[id(n)]` says what a `Name`, the function of a `Call`, a `Field` that is an enum member, the action of an
    `Invoke`, `EnabledDecl`, `RelyDecl` stands for. `declared[id(d)]` is the type that a declaration introduces: for
    `Parameter`, `ParamDecl`, `StateDecl`, `Let`, `Binder`.
    `free[id(e)]` gives, for an `EnabledDecl`, the implicitly universal names with their sorts, in order of appearance.
    `parts` has the models that this one uses, by the names they have in it; symbols of what is theirs have those names
    before a dot (`oracle.price`).
    `individuals[id(s)]` gives, for a `ScenarioDecl`, the named individuals with their sorts, in order of appearance.
    """

    model: syntax.ModelDecl
    spec: syntax.SpecDecl | None
    path: str
    model_path: str
    sources: Mapping[str, Source]
    units: tuple[str, ...]
    sorts: Mapping[str, SortT]
    enums: Mapping[str, EnumT]
    structs: Mapping[str, StructT]
    types: Mapping[int, Type]
    symbols: Mapping[int, Symbol]
    declared: Mapping[int, Type]
    free: Mapping[int, tuple[tuple[str, SortT | EnumT], ...]]
    individuals: Mapping[int, tuple[tuple[str, SortT], ...]]
    parts: Mapping[str, CheckedSpec] = field(default_factory=dict)
