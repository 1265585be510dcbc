"""Declarations of a model or a spec: first every name, then what stands inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.assignment import initialised
from verifier.language.checking.definitions import dependencies_first, states_read
from verifier.language.checking.environment import RESERVED, Context, Environment, Mode
from verifier.language.checking.expressions import condition, infer
from verifier.language.checking.fits import scalar
from verifier.language.checking.parts import compare_types, enter_parts, expose, take_over_types, take_over_units
from verifier.language.checking.statements import block, single
from verifier.language.checking.tables import UNKNOWN, Tables
from verifier.language.checking.units import resolve
from verifier.language.source import Span
from verifier.language.types import ActionT, BoolT, EnumT, NumberT, SortT, StructT, Type, ValueT

_UNCLEAR_TARGETS = frozenset(("VS0301", "VS0307", "VS0310", "VS0406", "VS0408"))

Items = Sequence[s.ModelItem | s.SpecItem]


def context(env: Environment, tables: Tables, mode: Mode) -> Context:
    """Where nothing but declared names is known."""
    return Context(env, tables, mode)


def declare(items: Items, c: Context) -> None:
    """Enter everything that the items declare into the environment, with its type."""
    _units(items, c)
    take_over_units(items, c)
    take_over_types(items, c)
    _types(items, c)
    compare_types(items, c)
    enter_parts(items, c)
    _values(items, c)
    expose(items, c)
    for item in items:
        match item:
            case s.ActionDecl(name, parameters) | s.DefDecl(name, parameters):
                parameter_types(parameters, name, c)
            case _:
                pass


def check_definitions(items: Items, c: Context) -> None:
    """Type every definition, those it depends on first."""
    own = {i.name: i for i in items if isinstance(i, s.DefDecl) and _is_first(i, i.name, c)}
    for decl in dependencies_first(own, c):
        c.tables.next_declaration()
        inner = with_parameters(decl.parameters, c)
        result = scalar(decl.body, infer(decl.body, inner), inner)
        c.tables.declared[id(decl)] = result
        c.env.values[decl.name] = Symbol("def", decl.name, result, decl.name_span, decl)
        c.env.reads[decl.name] = states_read(decl.body, c)


def check_items(items: Items, c: Context) -> None:
    """What stands inside parameters, `init` and actions."""
    for item in items:
        c.tables.next_declaration()
        match item:
            case s.ParamDecl(name, _, where) if where is not None:
                inner = replace(c, mode="where", limit=c.env.order.get(name), title=name)
                condition(where, f"The `where` of `{name}`", inner)
            case s.InitDecl(body):
                inner = replace(c, mode="init")
                before = len(c.tables.problems)
                block(body, inner)
                # What an assignment to an unknown name was meant for, it would be reported as lacking.
                if not any(p.code in _UNCLEAR_TARGETS for p in c.tables.problems[before:]):
                    initialised(item, inner)
            case s.ActionDecl(_, parameters, body):
                block(body, with_parameters(parameters, replace(c, mode="action")))
            case _:
                pass


def check_init(model: s.ModelDecl, c: Context) -> None:
    """There is one `init`."""
    inits = [i for i in model.items if isinstance(i, s.InitDecl)]
    states = [i.name for i in model.items if isinstance(i, s.StateDecl)]
    if not inits and states:
        lines = "  ".join(f"{n} := …" for n in states[:2]) + ("  …" if len(states) > 2 else "")
        c.tables.report("VS0402", model.name_span, name=model.name, lines=lines)
    for extra in inits[1:]:
        first = inits[0].span
        c.tables.report("VS0405", _word(extra.span), ("first", _word(first)))


def _word(span: Span) -> Span:
    return Span(span.path, span.start, span.start + len("init"))


# ---------------------------------------------------------------------------------------------- names


def new_name(name: str, kind: str, span: Span, c: Context) -> bool:
    """Take a name; whether it was free."""
    if name in RESERVED:
        c.tables.report("VS0311", span, name=name)
        return False
    earlier = c.known(name)
    if earlier is not None:
        c.tables.report("VS0309", span, ("first", earlier[1]), name=name, kind="declared")
        c.env.doubtful.add(name)
        return False
    c.env.places[name] = (kind, span)
    return True


def _is_first(decl: object, name: str, c: Context) -> bool:
    symbol = c.env.values.get(name)
    return symbol is not None and symbol.decl is decl


def _units(items: Items, c: Context) -> None:
    for item in items:
        if isinstance(item, s.UnitDecl):
            for name, span in zip(item.names, _spans(item.name_spans, item.names, item.span), strict=True):
                if name in c.env.units:
                    c.tables.report("VS0309", span, ("first", c.env.units[name]), name=name, kind="declared")
                c.env.units.setdefault(name, span)


def _spans(spans: tuple[Span, ...], names: tuple[str, ...], whole: Span) -> tuple[Span, ...]:
    return spans if len(spans) == len(names) else (whole,) * len(names)


def _types(items: Items, c: Context) -> None:
    structs: list[s.StructDecl] = []
    for item in items:
        match item:
            case s.SortDecl(name, size):
                if new_name(name, "a sort", item.name_span, c):
                    c.env.types[name] = SortT(name, size)
            case s.EnumDecl():
                _enum(item, c)
            case s.StructDecl(name):
                if new_name(name, "a struct", item.name_span, c):
                    structs.append(item)
                    c.env.types[name] = StructT(name, ())
            case s.UseDecl(_, alias):
                new_name(alias, "a part", item.alias_span, c)
            case _:
                pass
    # Fields come last: they may be members of sorts and enums that are declared further down.
    complete = {item.name: _struct(item, c) for item in structs}
    c.env.types.update(complete)


def _enum(item: s.EnumDecl, c: Context) -> None:
    if not new_name(item.name, "an enum", item.name_span, c):
        return
    if not item.members:
        c.tables.report(
            "VS0425", item.name_span, what=f"The enum `{item.name}` has no members", example="{ Open, Closed }"
        )
    type_ = EnumT(item.name, tuple(dict.fromkeys(item.members)))
    c.env.types[item.name] = type_
    seen: dict[str, Span] = {}
    for name, span in zip(item.members, _spans(item.member_spans, item.members, item.name_span), strict=True):
        if name in RESERVED:
            c.tables.report("VS0311", span, name=name)
        first = seen.get(name) or (c.env.places[name][1] if name in c.env.places else None)
        if first is not None:
            c.tables.report("VS0309", span, ("first", first), name=name, kind="declared")
            continue
        seen[name] = span
        symbol = Symbol("member", name, type_, span, item)
        c.env.members[name] = (*c.env.members.get(name, ()), symbol)


def _struct(item: s.StructDecl, c: Context) -> StructT:
    if not item.fields:
        c.tables.report(
            "VS0425", item.name_span, what=f"The struct `{item.name}` has no fields", example="{ size: real }"
        )
    fields: dict[str, ValueT] = {}
    seen: dict[str, Span] = {}
    for field in item.fields:
        what = f"The field `{field.name}` of `{item.name}`"
        type_ = single(
            resolve(field.type, c), field.type, what, c, "Give the record these values as fields of its own."
        )
        c.tables.declared[id(field)] = type_
        if field.name in seen:
            c.tables.report("VS0309", field.name_span, ("first", seen[field.name]), name=field.name, kind="declared")
            continue
        seen[field.name] = field.name_span
        match type_:
            case NumberT() | BoolT() | SortT() | EnumT():
                fields[field.name] = type_
            case _:
                # Keeps the field known, so that its uses are not reported as well.
                fields[field.name] = UNKNOWN  # type: ignore[assignment]
    return StructT(item.name, tuple(fields.items()))


def _values(items: Items, c: Context) -> None:
    for item in items:
        match item:
            case s.ParamDecl(name, written):
                type_ = resolve(written, c)
                c.tables.declared[id(item)] = type_
                if new_name(name, "a parameter", item.name_span, c):
                    c.env.order[name] = len(c.env.order)
                    c.env.values[name] = Symbol("param", name, type_, item.name_span, item)
            case s.StateDecl(name, written):
                type_ = resolve(written, c)
                c.tables.declared[id(item)] = type_
                if new_name(name, "a state variable", item.name_span, c):
                    c.env.values[name] = Symbol("state", name, type_, item.name_span, item)
            case s.DefDecl(name):
                if new_name(name, "a definition", item.name_span, c):
                    c.env.values[name] = Symbol("def", name, UNKNOWN, item.name_span, item)
            case s.ActionDecl(name):
                if new_name(name, "an action", item.name_span, c):
                    c.env.actions[name] = Symbol("action", name, ActionT(), item.name_span, item)
            case _:
                pass


# ---------------------------------------------------------------------------------------------- parameters


def parameter_types(parameters: Iterable[s.Parameter], owner: str, c: Context) -> None:
    """The types of arguments: single values."""
    for parameter in parameters:
        what = f"The argument `{parameter.name}` of `{owner}`"
        c.tables.declared[id(parameter)] = single(resolve(parameter.type, c), parameter.type, what, c)


def with_parameters(parameters: Iterable[s.Parameter], c: Context) -> Context:
    """The context in which the arguments are known."""
    for p in parameters:
        type_: Type = c.tables.declared.get(id(p), UNKNOWN)
        c = c.with_local(Symbol("argument", p.name, type_, p.name_span, p))
    return c
