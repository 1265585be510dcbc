"""What a name stands for, in its place."""

from __future__ import annotations

from verifier.language import syntax as s
from verifier.language.checked import Symbol
from verifier.language.checking.describe import noun, type_text
from verifier.language.checking.environment import BUILTINS, KIND_WORDS, RUNS, Context
from verifier.language.checking.fits import individual_place
from verifier.language.checking.parts import is_unclear, not_exposed, nothing_called
from verifier.language.checking.suggest import hint, listed
from verifier.language.checking.tables import UNKNOWN
from verifier.language.source import Span
from verifier.language.types import BoolT, EnumT, MapT, NumberT, SortT, StructT, Type, UnknownT


def name(e: s.Name, c: Context, want: Type | None) -> Type:
    """The type of a bare name."""
    symbol = c.locals.get(e.name) or c.env.values.get(e.name)
    if symbol is None:
        symbol = _member(e, c)
    if symbol is None and e.name in c.env.members:
        return UNKNOWN
    if symbol is None:
        symbol = _implicit(e, c, want)
    if symbol is None:
        return _unknown(e, c, want)
    c.tables.symbols[id(e)] = symbol
    if e.name in c.env.doubtful:
        return UNKNOWN
    match symbol.decl:
        case s.DefDecl(parameters=parameters) if parameters:
            call = f"{e.name}({', '.join(p.name for p in parameters)})"
            return c.tables.report(
                "VS0315", e.span, ("declared", symbol.span), name=e.name, what="a definition with arguments",
                advice=f"Give it its arguments: `{call}`.",
            )  # fmt: skip
        case _:
            return symbol.type if allowed(symbol, e.span, c) else UNKNOWN


def allowed(symbol: Symbol, span: Span, c: Context) -> bool:
    """Whether a `where` or an `assume` may speak of it: of parameters, and there only of earlier ones."""
    if c.mode not in ("where", "assume"):
        return True
    states = frozenset((symbol.name,)) if symbol.kind == "state" else c.env.reads.get(symbol.name, frozenset())
    if symbol.kind in ("state", "def") and states:
        through = "" if symbol.kind == "state" else f" (through `{symbol.name}`)"
        code = "VS0417" if c.mode == "assume" else "VS0424"
        c.tables.report_once(
            symbol.name, code, span, ("declared", symbol.span), name=listed(sorted(states)), through=through
        )
        return False
    if c.limit is not None and symbol.kind == "param" and c.env.order.get(symbol.name, 0) > c.limit:
        c.tables.report_once(symbol.name, "VS0320", span, ("declared", symbol.span), name=symbol.name, owner=c.title)
        return False
    return True


def _member(e: s.Name, c: Context) -> Symbol | None:
    members = c.env.members.get(e.name, ())
    if len(members) > 1:
        full = [f"{type_text(m.type)}.{e.name}" for m in members]
        c.tables.report(
            "VS0312",
            e.span,
            *(("member", m.span) for m in members),
            name=e.name,
            choices=" or ".join(f"`{f}`" for f in full),
        )
        return None
    return members[0] if members else None


def _implicit(e: s.Name, c: Context, want: Type | None) -> Symbol | None:
    names = c.implicit
    if names is None:
        return None
    if e.name in names.names:
        return names.names[e.name]
    if not names.may_grow or e.name in c.env.places or e.name in BUILTINS:
        return None
    match want:
        case SortT():
            pass
        case EnumT() if names.kind == "argument":
            pass
        case _:
            return None
    names.names[e.name] = Symbol(names.kind, e.name, want, e.span)
    return names.names[e.name]


def _unknown(e: s.Name, c: Context, want: Type | None) -> Type:
    action = c.env.actions.get(e.name)
    if action is not None:
        return c.tables.report_once(
            e.name, "VS0315", e.span, ("declared", action.span), name=e.name, what="an action",
            advice=f"An action is not a value. A `step` property may ask `action == {e.name}`.",
        )  # fmt: skip
    if e.name in c.env.types:
        type_ = c.env.types[e.name]
        kind = "an enum" if isinstance(type_, EnumT) else "a type"
        advice = f"Name a member: `{e.name}.…`." if isinstance(type_, EnumT) else _of_type(e.name)
        return c.tables.report_once(e.name, "VS0315", e.span, name=e.name, what=kind, advice=advice)
    if c.env.parts.get(e.name) is not None:
        advice = f"Say what of it is meant: `{e.name}.…`."
        return c.tables.report_once(e.name, "VS0315", e.span, name=e.name, what="a part", advice=advice)
    if e.name in c.env.parts or (c.implicit is not None and isinstance(want, UnknownT)):
        # It may well be an individual, if only it were known of which sort.
        return UNKNOWN
    if c.mode == "enabled" and c.implicit is not None and c.implicit.may_grow and isinstance(want, (NumberT, BoolT)):
        return c.tables.report_once(e.name, "VS0318", e.span, name=e.name, type=type_text(want))
    return c.tables.report_once(e.name, "VS0301", e.span, name=e.name, hint=c.suggestion(e.name, want, _advice(e, c)))


def _of_type(type_name: str) -> str:
    letter = type_name[0].lower()
    return f"For a statement about its members, write `forall {letter} in {type_name}: …`."


def _advice(e: s.Name, c: Context) -> str:
    match c.mode:
        case "where" | "assume":
            return f"Only parameters can stand here; declare it with `param {e.name} : …`."
        case "enabled" | "responds" | "invariant" | "reachable" | "step" | "rely":
            declared = f"eclare it in the model, with `state {e.name} : …` or `param {e.name} : …`."
            sort = next(iter(c.env.sorts), None)
            if sort is None:
                return f"D{declared}"
            bound = f"For a statement about members of a sort, bind the name first: `forall {e.name} in {sort}: …`."
            return f"{bound} Otherwise d{declared}"
        case "def":
            return "Declare it: as an argument of this definition, or in the model."
        case "action" | "rule":
            return f"Declare it: as an argument of this {c.mode}, with `let {e.name} = …`, or in the model."
        case "scenario":
            return f"Declare it: with `let {e.name} = …`, or in the model. (A member of a sort needs no declaration.)"
        case "init":
            return f"Declare it in the model, with `state {e.name} : …` or `param {e.name} : …`."


# ---------------------------------------------------------------------------------------------- definitions, actions


def definition(e: s.Call, c: Context) -> tuple[s.DefDecl, Type] | None:
    """The definition that is called, and its result's type; None once it is reported that there is none."""
    run, part = _scope(e.scope)
    if part and part.partition(".")[0] not in c.env.parts:
        c.tables.report_once(
            part, "VS0301", e.span, name=part,
            hint="Before a dot and a call stands a part of the model, or `first` or `second` after a `compare`.",
        )  # fmt: skip
        return None
    if (run and not compared(run, e.span, e.function, c)) or (part and is_unclear(part, c)):
        return None
    name_ = f"{part}.{e.function}" if part else e.function
    if name_ in c.env.doubtful:
        return None
    symbol = c.env.values.get(name_)
    if symbol is None and part:
        nothing_called(name_, e.name_span, c)
        return None
    if symbol is None or not isinstance(symbol.decl, s.DefDecl):
        _not_callable(e, symbol or c.find(e.function), c)
        return None
    c.tables.symbols[id(e)] = symbol
    arity(name_, len(e.arguments), symbol.decl.parameters, e.span, symbol.span, c)
    result = symbol.type if allowed(symbol, e.name_span, c) else UNKNOWN
    return symbol.decl, result


def compared(run: str, span: Span, name_: str, c: Context) -> bool:
    """Whether `first.` and `second.` mean something here."""
    if c.compared:
        return True
    advice = (
        "Put a `compare { … } with { … }` before it."
        if c.mode in ("rule", "scenario")
        else "They belong in a `rule`, after a `compare { … } with { … }`."
    )
    c.tables.report_once("runs", "VS0415", span, run=run, name=name_, advice=advice)
    return False


def _scope(scope: str | None) -> tuple[str, str]:
    """What stands before a call: one of two compared runs, and the path of a part; either may be missing."""
    if scope is None:
        return "", ""
    first, _, rest = scope.partition(".")
    return (first, rest) if first in RUNS else ("", scope)


def arity(called: str, found: int, parameters: tuple[s.Parameter, ...], span: Span, declared: Span, c: Context) -> None:
    """The number of arguments has to be the number of parameters."""
    if found != len(parameters):
        wanted = (
            "no arguments"
            if not parameters
            else "1 argument"
            if len(parameters) == 1
            else f"{len(parameters)} arguments"
        )
        c.tables.report(
            "VS0314", span, ("declared", declared), name=called, wanted=wanted, found=str(found),
            signature=f"{called}({', '.join(c.tables.text(p.span) or p.name for p in parameters)})",
        )  # fmt: skip


def _not_callable(e: s.Call, symbol: Symbol | None, c: Context) -> None:
    args = ", ".join(c.tables.short(a.span) for a in e.arguments)
    if symbol is not None:
        advice = (
            f"A map takes its key in brackets: `{e.function}[{args}]`."
            if isinstance(symbol.type, MapT)
            else f"It has no arguments: write `{e.function}`."
        )
        c.tables.report(
            "VS0315",
            e.name_span,
            ("declared", symbol.span),
            name=e.function,
            what=KIND_WORDS[symbol.kind],
            advice=advice,
        )
        return
    action = c.env.actions.get(e.function)
    if action is not None:
        advice = "An action has no value: call it as a statement of its own, in a `rule` or a `scenario`."
        c.tables.report(
            "VS0315", e.name_span, ("declared", action.span), name=e.function, what="an action", advice=advice
        )
        return
    defs = [n for n, v in c.env.values.items() if isinstance(v.decl, s.DefDecl)]
    maps = [n for n, v in c.env.values.items() if isinstance(v.type, MapT)]
    otherwise = f"Define it: `def {e.function}(…) = …`."
    c.tables.report_once(
        e.function, "VS0306", e.name_span, name=e.function,
        hint=_FOREIGN_FUNCTIONS.get(e.function) or hint(e.function, otherwise, defs, BUILTINS, maps),
    )  # fmt: skip


_FOREIGN_FUNCTIONS = {
    "sqrt": "There is no square root, since its value is seldom exact: compare squares, as in `x * x <= y`.",
    "round": "Say which way: `floor(e)` rounds down, `ceil(e)` rounds up.",
    "mulDiv": "Write `floor(a * b / c)`, or `ceil(a * b / c)` to round up: nothing overflows in between.",
    "pow": "Write `x ^ 2`, with a constant exponent.",
    "len": "Count with `count(true for a in Account)`.",
    "int": "Round with `floor(e)` or `ceil(e)`.",
    "uint256": "There are no casts: an integer that is stored in a `uint256` reverts when it does not fit.",
    "assert": "In an action write `require P`, in a rule or a scenario `check P`.",
    "require": "`require` is a statement: `require P`.",
}


def action_named(node: object, name_: str, span: Span, c: Context) -> Symbol | None:
    """The action of this name, noted for `node`; None once it is reported that there is none."""
    symbol = c.env.actions.get(name_)
    if name_ in c.env.doubtful:
        return None
    if symbol is None and "." in name_:
        not_exposed(name_, span, c)
        return None
    if symbol is None:
        if name_ in c.env.values:
            other = c.env.values[name_]
            c.tables.report(
                "VS0315", span, ("declared", other.span), name=name_, what=KIND_WORDS[other.kind],
                advice="An action is wanted here: "
                + (f"the model has {listed(c.env.actions)}." if c.env.actions else "the model has none."),
            )  # fmt: skip
            return None
        known = f"The model has {listed(c.env.actions)}." if c.env.actions else "The model has no actions."
        c.tables.report_once(name_, "VS0305", span, name=name_, hint=hint(name_, known, c.env.actions))
        return None
    c.tables.symbols[id(node)] = symbol
    return symbol


# ---------------------------------------------------------------------------------------------- sorts and keys


def sort_named(binder: s.Binder, c: Context) -> SortT | EnumT | UnknownT:
    """The sort or enum that a binder ranges over."""
    found = c.env.types.get(binder.sort)
    match found:
        case SortT() | EnumT() | UnknownT():
            return found
        case StructT():
            what = "a struct"
        case None:
            known = c.known(binder.sort)
            what = known[0] if known is not None else ""
    ranges = [n for n, t in c.env.types.items() if isinstance(t, (SortT, EnumT))]
    if what or binder.sort in ("real", "ureal", "int", "nat", "bool"):
        advice = f"The sorts and enums here are {listed(ranges)}." if ranges else "The model has none: `sort Account`."
        return c.tables.report_once(
            binder.sort, "VS0313", binder.sort_span, name=binder.sort, what=what or "a type of numbers", hint=advice
        )
    otherwise = f"The sorts and enums here are {listed(ranges)}." if ranges else f"Declare it: `sort {binder.sort}`."
    return c.tables.report_once(
        binder.sort, "VS0302", binder.sort_span, name=binder.sort, hint=hint(binder.sort, otherwise, ranges)
    )


def not_indexed(e: s.Index, base: Type, c: Context) -> UnknownT:
    """Report brackets after something that is not a map, or with too many or too few keys in them."""
    text = c.tables.short(e.base.span)
    keys = ", ".join(c.tables.short(k.span) for k in e.keys)
    match base:
        case UnknownT():
            return UNKNOWN
        case MapT(sorts):
            return c.tables.report(
                "VS0213", e.span, name=text, wanted="1 key" if len(sorts) == 1 else f"{len(sorts)} keys",
                found="1 is given" if len(e.keys) == 1 else f"{len(e.keys)} are given",
                sorts=", ".join(k.name for k in sorts),
            )  # fmt: skip
        case _:
            advice = f"Write `{text}` alone, or declare it as a map: `state {text} : Account -> …`."
            if isinstance(e.base, s.Call):
                advice = "Give the key to the definition as an argument."
            return c.tables.report("VS0214", e.span, name=text, found=noun(base), keys=keys, advice=advice)


def wrong_key(key: s.Expr, found: Type, sort: SortT | EnumT, base: s.Expr, c: Context) -> None:
    """Report a key of another sort than the map has."""
    if not isinstance(found, UnknownT):
        c.tables.report(
            "VS0212", key.span, *individual_place(key, c), map=c.tables.short(base.span), wanted=sort.name,
            found=noun(found), text=c.tables.short(key.span),
        )  # fmt: skip
