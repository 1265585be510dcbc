"""`init` gives every state variable a value, before it reads it."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.suggest import listed
from verifier.language.checking.walk import inside
from verifier.language.source import Span
from verifier.language.types import BoolT, MapT, NumberT, StructT, Type, UnknownT

# What is known to be set: variables, and fields of records as `position.margin`.
Set = frozenset[str]


def initialised(init: s.InitDecl, c: Context) -> None:
    """Report states that `init` leaves without a value, or reads too early."""
    done = _block(init.body, frozenset(), (), c)
    states = {n: v for n, v in c.env.states().items() if n not in c.env.doubtful and not isinstance(v.type, UnknownT)}
    missing = [n for n, v in states.items() if not _whole(n, v.type) <= done]
    if missing:
        word = Span(init.span.path, init.span.start, init.span.start + len("init"))
        places = tuple(("missing", states[n].span) for n in missing)
        lines = listed(line for n in missing for line in _suggested(n, states[n].type))
        c.tables.report("VS0403", word, *places, names=listed(missing), lines=lines)


def _suggested(name: str, type_: Type) -> list[str]:
    """Assignments that would give it a first value."""
    match type_.value if isinstance(type_, MapT) else type_:
        case StructT(_, fields):
            return [line for field, inner in fields for line in _suggested(f"{name}.{field}", inner)]
        case NumberT():
            return [f"{name} := 0"]
        case BoolT():
            return [f"{name} := false"]
        case _:
            return [f"{name} := any"]


def _whole(name: str, type_: Type) -> Set:
    value = type_.value if isinstance(type_, MapT) else type_
    if isinstance(value, StructT):
        return frozenset(f"{name}.{f}" for f, t in value.fields if not isinstance(t, UnknownT))
    return frozenset((name,))


def _block(body: Iterable[s.Statement], done: Set, loops: tuple[str, ...], c: Context) -> Set:
    for node in body:
        match node:
            case s.Require(e) | s.Let(_, _, e):
                _read(e, done, c)
            case s.If(e, then, otherwise):
                _read(e, done, c)
                done = _block(then, done, loops, c) & _block(otherwise, done, loops, c)
            case s.For(binder, inner):
                done = _block(inner, done, (*loops, binder.name), c)
            case s.Wrapping(inner):
                done = _block(inner, done, loops, c)
            case s.Assign(target, op, value):
                written = _written(target, loops, c)
                # The entry that a choice speaks of is the new one.
                _read(value, done | written if isinstance(value, s.AnyValue) else done, c)
                if op != ":=":
                    _read(target, done, c)
                done |= written
            case _:
                pass
    return done


def _written(target: s.Expr, loops: tuple[str, ...], c: Context) -> Set:
    """What an assignment sets for good: a whole variable or field, or by entry inside loops over all keys."""
    match target:
        case s.Name(name):
            symbol = c.tables.symbols.get(id(target))
            return _whole(name, symbol.type) if symbol is not None and symbol.kind == "state" else frozenset()
        case s.Index(base, keys):
            names = [k.name for k in keys if isinstance(k, s.Name) and k.name in loops]
            complete = len(set(names)) == len(keys)
            return _written(base, loops, c) if complete else frozenset()
        case s.Field(base, name):
            whole = _written(base, loops, c)
            return frozenset(n for n in whole if n.endswith(f".{name}"))
        case _:
            return frozenset()


def _read(e: s.Expr, done: Set, c: Context) -> None:
    for node in inside(e):
        symbol = c.tables.symbols.get(id(node))
        if symbol is None:
            continue
        match symbol.kind:
            case "state":
                names = frozenset((symbol.name,))
            case "def":
                names = c.env.reads.get(symbol.name, frozenset())
            case _:
                continue
        states = c.env.states()
        for name in sorted(names):
            # A single field of a record counts as the record: enough for a first state.
            if name in states and not _whole(name, states[name].type) & done:
                through = "" if symbol.kind == "state" else f" (through `{symbol.name}`)"
                declared = ("declared", states[name].span)
                c.tables.report_once(name, "VS0404", node.span, declared, name=name, through=through)
