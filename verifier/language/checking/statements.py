"""Statements of actions and of `init`."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.describe import type_text
from verifier.language.checking.environment import KIND_WORDS, Context
from verifier.language.checking.expressions import bind, condition, infer
from verifier.language.checking.fits import Wanted, fits, number, same_units, scalar
from verifier.language.checking.loops import independent
from verifier.language.checking.names import arity
from verifier.language.checking.parts import part_action
from verifier.language.checking.placement import misplaced
from verifier.language.checking.suggest import hint, listed
from verifier.language.checking.tables import UNKNOWN
from verifier.language.checking.units import resolve
from verifier.language.checking.walk import accessed, root
from verifier.language.types import MapT, NumberT, StructT, Type, UnknownT


def block(body: tuple[s.Statement, ...], c: Context) -> None:
    """A block of an action or of `init`. Its `let`s end with it."""
    for statement in body:
        c = _statement(statement, c)


def _statement(node: s.Statement, c: Context) -> Context:
    match node:
        case s.Require(test):
            condition(test, "What `require` asks", c)
        case s.Assign():
            _assign(node, c)
        case s.Let():
            return let(node, c)
        case s.For(binder, body):
            inner = bind((binder,), c)
            block(body, replace(inner, in_loop=True))
            independent(node, c)
        case s.If(test, then, otherwise):
            condition(test, "The condition of `if`", c)
            block(then, c)
            block(otherwise, c)
        case s.Wrapping(body):
            block(body, c)
        case s.Invoke(reverts=False, part=part) if part is not None and c.mode == "action":
            _part_call(node, f"{part}.{node.action}", c)
        case s.Invoke() | s.Check() | s.Compare() | s.Start():
            misplaced(node, "init" if c.mode == "init" else "action", c)
        case _:
            assert_never(node)
    return c


def _part_call(node: s.Invoke, path: str, c: Context) -> None:
    """An action of a part, run as a statement of one of the host's."""
    action = part_action(path, node.name_span, c)
    if action is None or not isinstance(action.decl, s.ActionDecl):
        for argument in node.arguments:
            infer(argument, c)
        return
    c.tables.symbols[id(node)] = action
    if c.in_loop:
        c.tables.report("VS0438", node.span, name=path)
    arity(path, len(node.arguments), action.decl.parameters, node.span, action.span, c)
    call(node, action.decl, c)


# ---------------------------------------------------------------------------------------------- let


def let(node: s.Let, c: Context) -> Context:
    """`let x = e`, `let x : T = e`, `let x = any T where P`: the context in which `x` is known."""
    stated = resolve(node.type, c) if node.type is not None else None
    match node.value:
        case s.AnyValue():
            type_ = _any_let(node, node.value, stated, c)
            symbol = Symbol("let", node.name, type_, node.name_span, node)
            inner = c.with_local(symbol)
            if node.value.where is not None:
                condition(node.value.where, "What `where` asks", inner)
        case value:
            found = infer(value, c, stated)
            if stated is None:
                type_ = scalar(value, found, c)
            else:
                type_ = single(stated, node.type, f"`{node.name}`", c)
                fits(value, found, Wanted(type_, f"`{node.name}`", node.name_span), c)
            symbol = Symbol("let", node.name, type_, node.name_span, node)
            inner = c.with_local(symbol)
    c.tables.declared[id(node)] = type_
    return inner


def single(type_: Type, written: s.TypeExpr | None, what: str, c: Context, advice: str = "") -> Type:
    """A type of single values; maps and records are reported."""
    if isinstance(type_, (MapT, StructT)) and written is not None:
        kind = "map" if isinstance(type_, MapT) else "record"
        advice = advice or "Take the members that matter, and look up what belongs to them: `position[a].margin`."
        return c.tables.report("VS0230", written.span, what=what, type=type_text(type_), kind=kind, advice=advice)
    return type_


def _any_let(node: s.Let, value: s.AnyValue, stated: Type | None, c: Context) -> Type:
    written = value.type if value.type is not None else node.type
    own = resolve(value.type, c) if value.type is not None else stated
    if own is None:
        c.tables.report("VS0226", value.span, name=node.name)
        own = UNKNOWN
    own = single(own, written, f"`{node.name}`", c)
    if stated is not None and value.type is not None and not _same(own, stated):
        c.tables.report(
            "VS0227", value.type.span, ("declared", node.name_span), name=node.name, wanted=type_text(stated),
            found=type_text(own),
        )  # fmt: skip
    c.tables.types[id(value)] = own
    return own


def _same(a: Type, b: Type) -> bool:
    return a == b or isinstance(a, UnknownT) or isinstance(b, UnknownT)


# ---------------------------------------------------------------------------------------------- assignment


def _assign(node: s.Assign, c: Context) -> None:
    _target_known(node, c)
    target = infer(node.target, c)
    declared = _assignable(node, c)
    if declared is None:
        if not isinstance(node.value, s.AnyValue):
            infer(node.value, c)
        return
    wanted = Wanted(target, f"`{c.tables.short(node.target.span)}`", declared.span)
    match node.value:
        case s.AnyValue() as choice:
            _choose(node, choice, target, wanted, c)
            return
        case _:
            pass
    value = infer(node.value, c, target.value if isinstance(target, MapT) else target)
    match target:
        case MapT() if node.op != ":=":
            c.tables.report("VS0407", node.span, **_whole_values(node, target, value, c))
        case MapT(_, StructT(struct, fields)):
            _by_field(node, struct, fields, c)
        case MapT():
            if isinstance(value, MapT):
                c.tables.report("VS0407", node.span, **_whole_values(node, target, value, c))
            else:
                fits(node.value, value, Wanted(target.value, wanted.name, declared.span), c)
        case StructT():
            _copy(node, target, value, c)
        case UnknownT():
            pass
        case _ if node.op == ":=":
            fits(node.value, value, wanted, c)
        case _:
            _add(node, target, value, wanted, c)


def _target_known(node: s.Assign, c: Context) -> None:
    """An unknown name on the left should have been a state variable, whatever else comes close."""
    match root(node.target):
        case s.Name(name, span) if c.known(name) is None and name not in c.env.parts:
            advice = hint(name, f"Declare it in the model: `state {name} : …`.", c.env.states())
            c.tables.report_once(name, "VS0301", span, name=name, hint=advice)
        case _:
            pass


def _assignable(node: s.Assign, c: Context) -> Symbol | None:
    """The state variable that is written; None once it is reported that the target is none."""
    symbol = accessed(node.target, c.tables.symbols)
    if symbol is not None and "." in symbol.name:
        alias = symbol.name.partition(".")[0]
        part = c.env.parts[alias]
        actions = list(part.env.actions) if part is not None else []
        advice = (
            f"Call one of its actions: {listed(f'{alias}.{a}(…)' for a in actions)}."
            if actions
            else ("Give the part an action that does it.")
        )
        c.tables.report(
            "VS0437", node.target.span, ("declared", symbol.span), name=symbol.name, part=alias, advice=advice
        )  # fmt: skip
        return None
    if symbol is not None and symbol.kind == "state" and isinstance(root(node.target), s.Name):
        return symbol
    if symbol is not None and symbol.name not in c.env.doubtful and not isinstance(symbol.type, UnknownT):
        advice = {
            "param": "A parameter is fixed for a whole run. What an action changes has to be a `state`.",
            "let": "A `let` never changes. Give the new value a name of its own, or make it a `state`.",
            "argument": "An argument never changes. Give the new value a name of its own: `let … = …`.",
            "def": "A definition is computed from the state: assign to the state variables it is made of.",
        }.get(symbol.kind, "Only a state variable, or an entry of one, can be assigned to.")
        c.tables.report(
            "VS0406", node.target.span, ("declared", symbol.span), name=symbol.name,
            kind=KIND_WORDS[symbol.kind], advice=advice,
        )  # fmt: skip
    return None


def _whole_values(node: s.Assign, target: MapT, value: Type, c: Context) -> dict[str, str]:
    name = c.tables.short(node.target.span)
    text = c.tables.short(node.value.span)
    letters = _letters(target)
    entry = f"{name}[{', '.join(letters)}]"
    same_keys = isinstance(value, MapT) and value.keys == target.keys
    right = f"{text}[{', '.join(letters)}]" if same_keys else "…" if isinstance(value, MapT) else text
    inner = f"{entry} {node.op} {right}"
    for letter, key in reversed(list(zip(letters, target.keys, strict=True))):
        inner = f"for {letter} in {key.name} {{ {inner} }}"
    return {"name": name, "op": node.op, "fixed": inner}


def _letters(target: MapT) -> list[str]:
    letters = [k.name[0].lower() for k in target.keys]
    return letters if len(set(letters)) == len(letters) else [f"{x}{i}" for i, x in enumerate(letters, 1)]


def _by_field(node: s.Assign, struct: str, fields: tuple[tuple[str, Type], ...], c: Context) -> None:
    name = c.tables.short(node.target.span)
    text = c.tables.short(node.value.span)
    fixed = listed(f"{name}.{f} := {text if isinstance(t, NumberT) else '…'}" for f, t in fields)
    c.tables.report("VS0229", node.span, name=name, struct=struct, fixed=fixed)


def _copy(node: s.Assign, target: StructT, value: Type, c: Context) -> None:
    name = c.tables.short(node.target.span)
    match value:
        case StructT() if value == target and node.op == ":=" and isinstance(node.value, (s.Name, s.Index)):
            pass
        case UnknownT():
            pass
        case _:
            _by_field(node, target.name, target.fields, c) if node.op == ":=" else c.tables.report(
                "VS0220", node.target.span, name=name, type=target.name,
                example=f"{name}.{target.fields[0][0]} {node.op} {c.tables.short(node.value.span)}",
            )  # fmt: skip


def _add(node: s.Assign, target: Type, value: Type, wanted: Wanted, c: Context) -> None:
    """`+=` and `-=`."""
    left = number(node.target, target, f"`{node.op}`", c)
    right = number(node.value, value, f"`{node.op}`", c)
    if left is None or right is None:
        return
    if left.integer and not right.integer:
        fits(node.value, value, wanted, c)
    elif (unit := right.unit) != left.unit and not right.flexible:
        del unit
        same_units(left, node.target, right, node.value, node.op, c)


def _choose(node: s.Assign, choice: s.AnyValue, target: Type, wanted: Wanted, c: Context) -> None:
    """`x := any where P`, in which P may speak of the new x."""
    c.tables.types[id(choice)] = target
    if node.op != ":=":
        c.tables.report("VS0428", choice.span, op=node.op, name=c.tables.short(node.target.span))
    if choice.type is not None:
        own = resolve(choice.type, c)
        if not _same(own, target):
            c.tables.report(
                "VS0227", choice.type.span, *wanted.others, name=c.tables.short(node.target.span),
                wanted=type_text(target), found=type_text(own),
            )  # fmt: skip
    match target, node.target:
        case StructT(struct, fields), s.Index():
            name = c.tables.short(node.target.span)
            fixed = listed(f"{name}.{f} := any" for f, _ in fields)
            c.tables.report("VS0229", node.span, name=name, struct=struct, fixed=fixed)
        case _:
            pass
    if choice.where is not None:
        condition(choice.where, "What `where` asks", c)


def call(node: s.Invoke, decl: s.ActionDecl, c: Context) -> None:
    """The arguments of a call, in a rule or a scenario."""
    for argument, parameter in zip(node.arguments, decl.parameters, strict=False):
        type_ = c.tables.declared.get(id(parameter), UNKNOWN)
        wanted = Wanted(type_, f"`{parameter.name}` of `{decl.name}`", parameter.span)
        fits(argument, infer(argument, c, type_), wanted, c)
