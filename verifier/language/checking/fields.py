"""What stands after a dot: a record's field, an enum's member, what a part or one of two compared runs has."""

from __future__ import annotations

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.describe import noun
from verifier.language.checking.environment import KIND_WORDS, Context
from verifier.language.checking.names import allowed, compared
from verifier.language.checking.parts import is_unclear, nothing_called, part_at
from verifier.language.checking.suggest import hint, listed
from verifier.language.checking.tables import UNKNOWN
from verifier.language.types import BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, UnknownT


def field(e: s.Field, base: Type, c: Context, *, of_type: bool) -> Type:
    """`position[a].margin`, `Phase.Open`, `position.margin` (one field of every entry: a map)."""
    match base:
        case EnumT(enum, members) if of_type:
            if e.name in members:
                for symbol in c.env.members.get(e.name, ()):
                    if symbol.type == base:
                        c.tables.symbols[id(e)] = symbol
                        return base
                # Its declaration was refused, which is reported there.
                return UNKNOWN
            advice = hint(e.name, f"Its members are {listed(members)}.", members)
            return c.tables.report("VS0308", e.name_span, name=e.name, enum=enum, hint=advice)
        case StructT(struct, fields):
            return _member_of(e, struct, fields, c)
        case MapT(keys, StructT(struct, fields)):
            match _member_of(e, struct, fields, c):
                case NumberT() | BoolT() | SortT() | EnumT() as inner:
                    return MapT(keys, inner)
                case _:
                    return UNKNOWN
        case UnknownT():
            return UNKNOWN
        case _:
            found = f"the sort `{base.name}`" if of_type and isinstance(base, SortT) else noun(base)
            return c.tables.report(
                "VS0221", e.name_span, ("base", e.base.span), name=e.name, base=c.tables.short(e.base.span), found=found
            )


def _member_of(e: s.Field, struct: str, fields: tuple[tuple[str, Type], ...], c: Context) -> Type:
    for field_name, type_ in fields:
        if field_name == e.name:
            return type_
    names = [f for f, _ in fields]
    advice = hint(e.name, f"Its fields are {listed(names)}.", names)
    return c.tables.report("VS0307", e.name_span, name=e.name, struct=struct, hint=advice)


def of_part(e: s.Field, path: str, c: Context) -> Type | None:
    """`oracle.price`: what a part calls `price`. None for a field of that, which is looked up in its turn."""
    symbol = c.env.values.get(path)
    if symbol is not None:
        c.tables.symbols[id(e)] = symbol
        match symbol.decl:
            case s.DefDecl(parameters=parameters) if parameters:
                return _lacks_arguments(e, path, parameters, symbol, c)
            case _:
                return symbol.type if allowed(symbol, e.span, c) else UNKNOWN
    before = path.rpartition(".")[0]
    if any(before == name or before.startswith(f"{name}.") for name in c.env.values if "." in name):
        return None
    if is_unclear(path, c) or is_unclear(before, c):
        return UNKNOWN
    if part_at(path, c) is not None:
        advice = f"Say what of it is meant: `{path}.…`."
        return c.tables.report_once(path, "VS0315", e.span, name=path, what="a part", advice=advice)
    nothing_called(path, e.name_span, c)
    return UNKNOWN


def _lacks_arguments(
    e: s.Field, called: str, parameters: tuple[s.Parameter, ...], symbol: Symbol, c: Context
) -> UnknownT:
    call = f"{called}({', '.join(p.name for p in parameters)})"
    return c.tables.report(
        "VS0315", e.span, ("declared", symbol.span), name=called, what="a definition with arguments",
        advice=f"Give it its arguments: `{call}`.",
    )  # fmt: skip


def run_name(e: s.Field, run: str, name_: str, c: Context) -> Type:
    """`first.debt`: a state variable or a definition without arguments, in one of two compared runs."""
    symbol = c.env.values.get(name_)
    if name_ in c.env.doubtful:
        return UNKNOWN
    if not compared(run, e.span, name_, c):
        return UNKNOWN
    if symbol is None or symbol.kind not in ("state", "def"):
        return _not_of_run(e, run, name_, symbol, c)
    c.tables.symbols[id(e)] = symbol
    match symbol.decl:
        case s.DefDecl(parameters=parameters) if parameters:
            return _lacks_arguments(e, f"{run}.{name_}", parameters, symbol, c)
        case _:
            return symbol.type


def _not_of_run(e: s.Field, run: str, name_: str, symbol: Symbol | None, c: Context) -> Type:
    other = symbol or c.locals.get(name_)
    if other is not None:
        return c.tables.report(
            "VS0321", e.span, ("declared", other.span), name=name_, run=run, kind=KIND_WORDS[other.kind]
        )
    states = [n for n, v in c.env.values.items() if v.kind in ("state", "def")]
    advice = hint(name_, "After `first.` and `second.` stands a state variable or a definition.", states)
    return c.tables.report("VS0301", e.name_span, name=name_, hint=advice)
