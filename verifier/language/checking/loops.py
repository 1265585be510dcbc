"""`for a in S { … }` updates all members at once, so no member's part may depend on another's.

Then the order does not matter, and a loop over any number of members is one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never, final

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.walk import children, root
from verifier.language.frozen import dataclass
from verifier.language.source import Span


@final
@dataclass(frozen=True, slots=True)
class Access:
    """An entry of a map that is read or written (all entries, if `keys` is None). `keys` tells which of the keys are
    the loop's own member."""

    name: str
    keys: tuple[bool, ...] | None
    span: Span


Entries = tuple[tuple[str, tuple[bool, ...] | None], ...]
Known = dict[tuple[str, frozenset[str]], Entries]


def independent(loop: s.For, c: Context) -> None:
    """Report what makes the passes of a loop depend on one another."""
    member = loop.binder.name
    writes: dict[str, int] = {}
    entries: dict[str, str] = {}
    for node in _statements(loop.body):
        match node:
            case s.For(binder) if binder.sort == loop.binder.sort:
                c.tables.report(
                    "VS0410", node.span, ("outer", loop.binder.span), sort=binder.sort, name=binder.name, outer=member
                )
            case s.Assign(target, _, value):
                _write(target, loop, writes, entries, c)
                if isinstance(value, s.AnyValue):
                    c.tables.report_once(
                        f"choice in {id(loop)}", "VS0427", value.span, name=c.tables.short(target.span), member=member
                    )
            case s.Let(name, _, s.AnyValue() as value):
                c.tables.report_once(f"choice in {id(loop)}", "VS0427", value.span, name=name, member=member)
            case _:
                pass
    same = frozenset((member,))
    known: Known = {}
    for node in _statements(loop.body):
        for e in _read(node):
            for access in reads(e, same, c, known):
                at = writes.get(access.name)
                if at is None or (access.keys is not None and access.keys[at]):
                    continue
                c.tables.report(
                    "VS0409", access.span, ("loop", loop.binder.span), name=access.name, member=member,
                    entry=entries[access.name],
                )  # fmt: skip


def _write(target: s.Expr, loop: s.For, writes: dict[str, int], entries: dict[str, str], c: Context) -> None:
    base = root(target)
    symbol = c.tables.symbols.get(id(base))
    if not isinstance(base, s.Name) or symbol is None or symbol.kind != "state":
        return
    index = _indexing(target)
    own = [isinstance(k, s.Name) and k.name == loop.binder.name for k in index.keys] if index is not None else []
    if not any(own) or not own[writes.get(base.name, own.index(True))]:
        member, sort = loop.binder.name, loop.binder.sort
        c.tables.report_once(
            f"{base.name} in {id(loop)}", "VS0408", target.span, ("loop", loop.binder.span),
            name=base.name, member=member, text=c.tables.short(target.span), sort=sort,
        )  # fmt: skip
        return
    writes.setdefault(base.name, own.index(True))
    entries.setdefault(base.name, c.tables.short(index.span if index is not None else target.span))


def _indexing(target: s.Expr) -> s.Index | None:
    """The brackets of an access path."""
    while True:
        match target:
            case s.Index():
                return target
            case s.Field(base):
                target = base
            case _:
                return None


def _statements(body: tuple[s.Statement, ...]) -> Iterator[s.Statement]:
    for node in body:
        yield node
        match node:
            case s.For(_, inner) | s.Wrapping(inner):
                yield from _statements(inner)
            case s.If(_, then, otherwise):
                yield from _statements(then)
                yield from _statements(otherwise)
            case _:
                pass


def _read(node: s.Statement) -> tuple[s.Expr, ...]:
    """The expressions that a statement itself (not those inside it) reads."""
    match node:
        case s.Require(e) | s.Check(e) | s.If(e):
            return (e,)
        case s.Let(_, _, e):
            return (e,)
        case s.Assign(target, _, value):
            index = _indexing(target)
            return (value,) if index is None else (value, *index.keys)
        case s.For() | s.Wrapping() | s.Invoke() | s.Compare() | s.Start():
            return ()
        case _:
            assert_never(node)


def reads(e: s.Expr, same: frozenset[str], c: Context, known: Known) -> Iterator[Access]:
    """Every access to a map of the state in an expression, through definitions too. `same` are the names that stand
    for the loop's member."""
    match e:
        case s.Index(base, keys) if _state(root(base), c):
            own = tuple(isinstance(k, s.Name) and k.name in same for k in keys)
            yield Access(_name(root(base)), own, e.span)
            for key in keys:
                yield from reads(key, same, c, known)
        case s.Name(name) if _state(e, c):
            yield Access(name, None, e.span)
        case s.Call() | s.Name() if (decl := _definition(e, c)) is not None:
            arguments = e.arguments if isinstance(e, s.Call) else ()
            for argument in arguments:
                yield from reads(argument, same, c, known)
            inside = frozenset(
                p.name
                for p, a in zip(decl.parameters, arguments, strict=False)
                if isinstance(a, s.Name) and a.name in same
            )
            for name, entry in _through(decl, inside, c, known):
                yield Access(name, entry, e.span)
        case _:
            for part in children(e):
                yield from reads(part, same, c, known)


def _through(decl: s.DefDecl, same: frozenset[str], c: Context, known: Known) -> Entries:
    """What a definition reads. Worked out once: definitions may use one another many times over."""
    key = (decl.name, same)
    if key not in known:
        accesses = reads(decl.body, same, c, known)
        known[key] = tuple(dict.fromkeys((a.name, a.keys) for a in accesses))
    return known[key]


def _state(e: s.Expr, c: Context) -> bool:
    symbol = c.tables.symbols.get(id(e))
    return symbol is not None and symbol.kind == "state"


def _name(e: s.Expr) -> str:
    return e.name if isinstance(e, s.Name) else ""


def _definition(e: s.Expr, c: Context) -> s.DefDecl | None:
    """The definition that is used, unless it is part of a cycle (which is reported elsewhere)."""
    symbol = c.tables.symbols.get(id(e))
    if symbol is None or symbol.name not in c.env.reads:
        return None
    return symbol.decl if isinstance(symbol.decl, s.DefDecl) else None
