"""Rules and scenarios: short programs of calls and checks."""

from __future__ import annotations

from dataclasses import replace

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.expressions import condition, infer
from verifier.language.checking.fits import Wanted, fits, scalar
from verifier.language.checking.names import action_named, arity
from verifier.language.checking.placement import Place, misplaced
from verifier.language.checking.statements import call, let
from verifier.language.checking.suggest import hint
from verifier.language.checking.walk import accessed, constant, root
from verifier.language.types import MapT, SortT, StructT, UnknownT


def rule(decl: s.RuleDecl, c: Context) -> None:
    """The body of a rule."""
    _program(decl.body, c)
    if not any(isinstance(n, s.Check) or (isinstance(n, s.Invoke) and n.reverts) for n in decl.body):
        c.tables.report("VS0419", decl.name_span, name=decl.name)


def scenario(decl: s.ScenarioDecl, c: Context) -> None:
    """The body of a scenario; its individuals are collected in the context."""
    _program(decl.body, c)
    assert c.implicit is not None
    counts: dict[str, int] = {}
    members: list[tuple[str, SortT]] = []
    for name, symbol in c.implicit.names.items():
        sort = symbol.type
        assert isinstance(sort, SortT)
        members.append((name, sort))
        counts[sort.name] = counts.get(sort.name, 0) + 1
        if sort.size is not None and counts[sort.name] == sort.size + 1:
            c.tables.report("VS0317", symbol.span, name=name, sort=sort.name, size=str(sort.size))
    c.tables.individuals[id(decl)] = tuple(members)


def _program(body: tuple[s.Statement, ...], c: Context) -> None:
    place: Place = "rule" if c.mode == "rule" else "scenario"
    for i, node in enumerate(body):
        match node:
            case s.Let(value=s.AnyValue() as choice):
                _no_choice(node, choice, c)
                c = let(node, c)
            case s.Let():
                c = let(node, c)
            case s.Invoke():
                if c.compared:
                    c.tables.report("VS0426", node.span, statement="a call")
                _invoke(node, c)
            case s.Check(test):
                condition(test, "What `check` asks", c)
            case s.Require(test) if c.mode == "rule":
                condition(test, "What `require` asks", c)
            case s.Compare(first, second):
                if c.compared:
                    c.tables.report("VS0426", node.span, statement="another `compare`")
                _side(first, c)
                _side(second, c)
                c = replace(c, compared=True)
            case s.Start(values) if c.mode == "scenario" and i == 0:
                _start(values, c)
            case _:
                misplaced(node, place, c)


def _side(body: tuple[s.Statement, ...], c: Context) -> None:
    """One of the two programs of a `compare`."""
    for node in body:
        match node:
            case s.Let(value=value) if not isinstance(value, s.AnyValue):
                c = let(node, c)
            case s.Invoke(reverts=False):
                _invoke(node, c)
            case s.Let():
                _no_choice(node, node.value, c)
                c = let(node, c)
            case _:
                misplaced(node, "compare", c)


def _no_choice(node: s.Let, choice: s.Expr, c: Context) -> None:
    advice = (
        f"Make it an argument of the rule, `{node.name}: …`: a rule holds for all values of its arguments."
        if c.mode == "rule"
        else "A scenario is one concrete run: write the value."
    )
    c.tables.report("VS0416", choice.span, advice=advice)


def _invoke(node: s.Invoke, c: Context) -> None:
    called = node.action if node.part is None else f"{node.part}.{node.action}"
    action = action_named(node, called, node.name_span, c)
    if action is None or not isinstance(action.decl, s.ActionDecl):
        for argument in node.arguments:
            # A new individual here would be of the sort that the action wants, which is unknown with it.
            if not (isinstance(argument, s.Name) and c.implicit is not None and c.known(argument.name) is None):
                infer(argument, c)
        return
    arity(called, len(node.arguments), action.decl.parameters, node.span, action.span, c)
    call(node, action.decl, c)


def _start(values: tuple[s.StartValue, ...], c: Context) -> None:
    seen: dict[s.Expr, s.StartValue] = {}
    for value in values:
        earlier = seen.setdefault(value.target, value)
        if earlier is not value:
            c.tables.report(
                "VS0309",
                value.target.span,
                ("first", earlier.target.span),
                name=c.tables.short(value.target.span),
                kind="given a value",
            )
        _start_value(value, c)


def _start_value(value: s.StartValue, c: Context) -> None:
    match root(value.target):
        case s.Name(name, span) if c.known(name) is None:
            given = [n for n, v in c.env.values.items() if v.kind in ("param", "state")]
            advice = hint(name, f"Declare it in the model, with `param {name} : …` or `state {name} : …`.", given)
            c.tables.report_once(name, "VS0301", span, name=name, hint=advice)
        case _:
            pass
    target = infer(value.target, c)
    text = c.tables.short(value.target.span)
    symbol = accessed(value.target, c.tables.symbols)
    if symbol is not None and symbol.kind not in ("param", "state") and symbol.name not in c.env.doubtful:
        c.tables.report("VS0423", value.target.span, ("declared", symbol.span), name=text)
        target = UnknownT()
    match target:
        case MapT(_, StructT(_, fields)) | StructT(_, fields):
            entry = "  ".join(f"{text}.{f} = …" for f, _ in fields)
            c.tables.report("VS0429", value.target.span, name=text, example=entry)
            target = UnknownT()
        case MapT(_, entry_type):
            # Every entry at once, as in `init`.
            target = entry_type
        case _:
            target = scalar(value.target, target, c)
    for key in _keys(value.target):
        if not isinstance(c.tables.types.get(id(key)), UnknownT) and not _closed(key, c):
            c.tables.report("VS0422", key.span, text=c.tables.short(key.span), name=text)
    found = infer(value.value, c, target)
    if isinstance(found, UnknownT):
        return
    if not _closed(value.value, c):
        c.tables.report("VS0422", value.value.span, text=c.tables.short(value.value.span), name=text)
        return
    declared = symbol.span if symbol is not None else None
    fits(value.value, found, Wanted(target, f"`{text}`", declared), c)


def _keys(target: s.Expr) -> tuple[s.Expr, ...]:
    match target:
        case s.Index(base, keys):
            return (*_keys(base), *keys)
        case s.Field(base):
            return _keys(base)
        case _:
            return ()


def _closed(e: s.Expr, c: Context) -> bool:
    """A constant, an enum member or an individual."""
    match e:
        case s.Boolean():
            return True
        case s.Name() | s.Field():
            symbol = c.tables.symbols.get(id(e))
            return symbol is not None and symbol.kind in ("member", "individual")
        case _:
            return constant(e) is not None
