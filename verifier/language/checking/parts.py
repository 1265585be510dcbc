"""Parts: `use MedianOracle as oracle` puts what one model declares into another, under the part's name.

Units, sorts, enums and records are shared by name: what the host declares as well has to be declared alike, and what it
does not declare is taken over. Parameters, state and definitions are `oracle.price` to the host. Actions are called by
the host's own, or exposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.describe import type_text
from verifier.language.checking.environment import Context, Part
from verifier.language.checking.suggest import hint, listed
from verifier.language.source import Span
from verifier.language.types import ActionT, EnumT, SortT, StructT, UnknownT

Items = Sequence[s.ModelItem | s.SpecItem]


def dotted(e: s.Expr) -> str | None:
    """`oracle.price`, `first.oracle.price`: an expression of names and dots alone; None for any other."""
    match e:
        case s.Name(name):
            return name
        case s.Field(base, name):
            before = dotted(base)
            return None if before is None else f"{before}.{name}"
        case _:
            return None


def part_at(path: str, c: Context) -> Part | None:
    """The part of a path, which may be a part of a part; None if there is none, or nothing is known of it."""
    first, *rest = path.split(".")
    part = c.env.parts.get(first)
    for name in rest:
        part = part.env.parts.get(name) if part is not None else None
    return part


def is_unclear(path: str, c: Context) -> bool:
    """Whether a path begins with a part of which nothing is known, as its model has not been found."""
    first, *rest = path.split(".")
    parts = c.env.parts
    for name in (first, *rest):
        if name not in parts:
            return False
        part = parts[name]
        if part is None:
            return True
        parts = part.env.parts
    return False


# ---------------------------------------------------------------------------------------------- declarations


def _uses(items: Items, c: Context) -> Iterator[tuple[s.UseDecl, Part]]:
    for item in items:
        if isinstance(item, s.UseDecl):
            part = c.env.parts.get(item.alias)
            if part is not None and part.span == item.alias_span:
                yield item, part


def take_over_units(items: Items, c: Context) -> None:
    """The units of the parts are the host's."""
    for _, part in _uses(items, c):
        for name, span in part.env.units.items():
            c.env.units.setdefault(name, span)


def take_over_types(items: Items, c: Context) -> None:
    """The sorts, enums and records of the parts are the host's, where it does not declare its own."""
    own = {i.name for i in items if isinstance(i, s.SortDecl | s.EnumDecl | s.StructDecl)}
    for _, part in _uses(items, c):
        for name, type_ in part.env.types.items():
            if name in own or name in c.env.types:
                continue
            c.env.types[name] = type_
            if name in part.env.places:
                c.env.places.setdefault(name, part.env.places[name])
            if not isinstance(type_, EnumT):
                continue
            for member in type_.members:
                found = tuple(m for m in part.env.members.get(member, ()) if m.type == type_)
                c.env.members[member] = (*c.env.members.get(member, ()), *found)


def compare_types(items: Items, c: Context) -> None:
    """What several declare has to be declared alike."""
    for use, part in _uses(items, c):
        for name, type_ in part.env.types.items():
            mine = c.env.types.get(name)
            if mine is None or mine == type_ or isinstance(mine, UnknownT) or isinstance(type_, UnknownT):
                continue
            places = [("here", c.env.places.get(name)), ("part", part.env.places.get(name))]
            others = tuple((role, place[1]) for role, place in places if place is not None)
            c.tables.report(
                "VS0435", use.model_span, *others, name=name, part=use.alias, model=use.model,
                mine=_declared(mine), theirs=_declared(type_),
            )  # fmt: skip


def _declared(type_: SortT | EnumT | StructT) -> str:
    match type_:
        case SortT(name, size):
            return f"sort {name}" + (f" of {size}" if size is not None else "")
        case EnumT(name, members):
            return f"enum {name} {{ {', '.join(members)} }}"
        case StructT(name, fields):
            return f"struct {name} {{ {'  '.join(f'{f}: {type_text(t)}' for f, t in fields)} }}"


def enter_parts(items: Items, c: Context) -> None:
    """The parameters, state and definitions of the parts, under their names."""
    for use, part in _uses(items, c):
        before = f"{use.alias}."
        for name in sorted(part.env.order, key=part.env.order.__getitem__):
            c.env.order[before + name] = len(c.env.order)
        for name, symbol in part.env.values.items():
            full = before + name
            c.env.values[full] = Symbol(symbol.kind, full, symbol.type, symbol.span, symbol.decl)
        for name, states in part.env.reads.items():
            c.env.reads[before + name] = frozenset(before + state for state in states)
        c.tables.declared.update(part.tables.declared)


def expose(items: Items, c: Context) -> None:
    """Actions of parts that are actions of the host as well."""
    for item in items:
        if not isinstance(item, s.ExposeDecl):
            continue
        path = f"{item.part}.{item.action}"
        action = part_action(path, item.name_span, c)
        if action is None:
            continue
        if path in c.env.actions:
            first = c.env.actions[path].span
            c.tables.report("VS0309", item.name_span, ("first", first), name=path, kind="exposed")
            continue
        c.env.actions[path] = Symbol("action", path, ActionT(), item.name_span, action.decl)


# ---------------------------------------------------------------------------------------------- use


def part_action(path: str, span: Span, c: Context) -> Symbol | None:
    """The action of a part that a path names; None once it is reported that there is none."""
    alias, _, name = path.partition(".")
    if alias not in c.env.parts:
        otherwise = "Before the dot of a call stands the name of a part of the model, and it has none."
        if c.env.parts:
            otherwise = f"Before the dot of a call stands a part of the model: {listed(c.env.parts)}."
        c.tables.report_once(alias, "VS0301", span, name=alias, hint=hint(alias, otherwise, c.env.parts))
        return None
    part = c.env.parts[alias]
    if part is None or is_unclear(path.rpartition(".")[0], c):
        return None
    symbol = part.env.actions.get(name)
    if symbol is None:
        known = f"It has {listed(part.env.actions)}." if part.env.actions else "It has no actions."
        inner = part_at(path.rpartition(".")[0], c)
        if inner is not None and inner is not part and name.rpartition(".")[2] in inner.env.actions:
            known = f"`{part.decl.name}` keeps that one to itself: it says nowhere `expose {name}`. {known}"
        advice = hint(name, known, part.env.actions)
        c.tables.report_once(
            path, "VS0436", span, ("part", part.span), part=alias, name=name, what="action", hint=advice
        )
        return None
    return Symbol("action", path, ActionT(), symbol.span, symbol.decl)


def nothing_called(path: str, span: Span, c: Context) -> None:
    """Report that a part has no value of this name."""
    before, _, name = path.rpartition(".")
    part = part_at(before, c)
    if part is None:
        before, _, name = before.rpartition(".")
        part = part_at(before, c)
    if part is None:
        return
    known = [n for n in part.env.values if "." not in n]
    if name in part.env.actions:
        advice = "That is an action: call it as a statement of its own."
    else:
        advice = hint(name, f"It has {listed(known)}." if known else "It has none.", known)
    c.tables.report_once(
        f"{before}.{name}", "VS0436", span, ("part", part.span), part=before, name=name,
        what="parameter, state or definition", hint=advice,
    )  # fmt: skip


def not_exposed(path: str, span: Span, c: Context) -> None:
    """Report that an action of a part is none of the host's."""
    if part_action(path, span, c) is not None:
        c.tables.report_once(path, "VS0439", span, name=path)
