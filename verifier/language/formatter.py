"""The canonical layout of a file: two blanks of indentation, names aligned in runs, lines of at most 120 columns.

What a reader put there on purpose stays: comments, documentation, single empty lines, short blocks on one line, and how
an expression is broken if comments stand inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from verifier.language import syntax as s
from verifier.language.format_statements import Head, aligned, before, block, braced, indent, leaf
from verifier.language.layout import Sheet, is_placed
from verifier.language.pretty import call_lines, expr_lines, expr_text, type_text
from verifier.language.source import Source


def format_file(file: s.File, source: Source) -> str:
    """The text of a file in canonical layout. `source` is the text that it was parsed from; it decides layout only."""
    sheet = Sheet(source, file.comments)
    for imported in file.imports:
        leaf(sheet, imported.span, [f"import {imported.path}"])
    for unit in file.units:
        _unit(sheet, unit)
    sheet.above(len(source.text) + 1)
    return sheet.text()


Item = s.ModelItem | s.SpecItem | s.ProofItem


def _unit(sheet: Sheet, unit: s.Unit) -> None:
    sheet.blank()
    match unit:
        case s.ModelDecl(name, _, None):
            _header(sheet, unit, f"model {name}", unit.name_span.end)
            sheet.blank()
            _items(sheet, unit.items)
        case s.ModelDecl(name, _, base):
            braces = sheet.braces_after(unit.name_span.end) if is_placed(unit.span) else None
            _header(sheet, unit, f"model {name} extends {base} {{", 0 if braces is None else braces[0] + 1)
            with sheet.indented():
                _items(sheet, unit.items)
                if braces is not None and braces[1] < unit.span.end:
                    sheet.above(braces[1])
            sheet.write(["}"])
            sheet.beside(unit.span.end)
        case s.SpecDecl(name, model):
            _header(sheet, unit, f"spec {name} for {model}", unit.model_span.end)
            sheet.blank()
            _items(sheet, unit.items)
        case s.ProofDecl(subject):
            _header(sheet, unit, f"proof of {subject}", unit.subject_span.end)
            sheet.blank()
            _items(sheet, unit.items)
        case _:
            assert_never(unit)


def _header(sheet: Sheet, unit: s.Unit, text: str, end: int) -> None:
    before(sheet, unit.span, unit.doc, end)
    sheet.write([text])
    sheet.beside(end)


def _items(sheet: Sheet, items: Sequence[Item]) -> None:
    heads = aligned(sheet, [item.span for item in items], [_head(item) for item in items])
    before: Item | None = None
    for item, head in zip(items, heads, strict=True):
        if not is_placed(item.span) and before is not None and type(before) is not type(item):
            sheet.blank()
        if before is not None and (_has_block(before) or _has_block(item)):
            sheet.blank()
        _declaration(sheet, item, head)
        before = item


def _has_block(item: Item) -> bool:
    match item:
        case s.InitDecl() | s.ActionDecl() | s.RuleDecl() | s.ScenarioDecl() | s.PropertyProof():
            return True
        case _:
            return False


# ---------------------------------------------------------------------------------------------- declarations


def _head(item: Item) -> Head | None:
    match item:
        case s.ParamDecl(name):
            return Head("param", f"param {name}")
        case s.StateDecl(name):
            return Head("state", f"state {name}")
        case s.DefDecl(name, parameters):
            return Head("def", f"def {name}{_parameters(parameters)}")
        case s.AssumeDecl(name):
            return Head("assume", f"assume {name}")
        case s.RelyDecl(name):
            return Head("rely", f"rely {name}")
        case s.InvariantDecl(name, _, lemma):
            word = "lemma" if lemma else "invariant"
            return Head(word, f"{word} {name}")
        case s.StepDecl(name):
            return Head("step", f"step {name}")
        case s.ReachableDecl(name):
            return Head("reachable", f"reachable {name}")
        case s.EnabledDecl(name):
            return Head("enabled", f"enabled {name}")
        case s.RespondsDecl(name):
            return Head("responds", f"responds {name}")
        case _:
            return None


def _parameters(parameters: Sequence[s.Parameter]) -> str:
    return f"({', '.join(_parameter(p) for p in parameters)})" if parameters else ""


def _parameter(parameter: s.Parameter) -> str:
    return f"{parameter.name}: {type_text(parameter.type)}"


def _declaration(sheet: Sheet, item: Item, head: str) -> None:
    match item:
        case s.UnitDecl(names):
            leaf(sheet, item.span, [f"unit {', '.join(names)}"], item.doc)
        case s.SortDecl(name, size):
            leaf(sheet, item.span, [f"sort {name}" + ("" if size is None else f" of {size}")], item.doc)
        case s.EnumDecl(name, members):
            parts = list(zip(item.member_spans or [item.span] * len(members), members, strict=True))
            braced(sheet, item.span, f"enum {name}", parts, ", ", ",", item.doc)
        case s.StructDecl(name, fields):
            parts = [(f.span, _parameter(f)) for f in fields]
            braced(sheet, item.span, f"struct {name}", parts, "  ", "", item.doc)
        case s.ParamDecl(_, type_, where):
            lines = [f"{head} : {type_text(type_)}"]
            if where is not None:
                lines = _continued(sheet, lines[0], "where ", where)
            leaf(sheet, item.span, lines, item.doc)
        case s.StateDecl(_, type_):
            leaf(sheet, item.span, [f"{head} : {type_text(type_)}"], item.doc)
        case s.InitDecl(body):
            _with_block(sheet, item, item.span.start, ["init"], body)
        case s.DefDecl(_, _, body_):
            leaf(sheet, item.span, _body(sheet, f"{head} =", body_), item.doc)
        case s.ActionDecl(name, parameters, body, environment):
            word = "environment action" if environment else "action"
            _with_block(sheet, item, item.name_span.end, _signature(sheet, f"{word} {name}", parameters), body)
        case s.UseDecl(model, alias):
            leaf(sheet, item.span, [f"use {model} as {alias}"], item.doc)
        case s.ExposeDecl(part, action):
            leaf(sheet, item.span, [f"expose {part}.{action}"], item.doc)
        case s.AssumeDecl(_, condition):
            leaf(sheet, item.span, _body(sheet, f"{head} :", condition), item.doc)
        case s.RelyDecl(_, action, arguments, condition):
            start = f"{head} : {action}({', '.join(arguments)}) requires"
            leaf(sheet, item.span, _body(sheet, start, condition), item.doc)
        case s.InvariantDecl() | s.StepDecl() | s.ReachableDecl():
            leaf(sheet, item.span, _body(sheet, f"{head} :", item.formula, item.expect), item.doc)
        case s.EnabledDecl():
            leaf(sheet, item.span, _enabled(sheet, head, item), item.doc)
        case s.RespondsDecl():
            leaf(sheet, item.span, _responds(sheet, head, item), item.doc)
        case s.RuleDecl(name, parameters, body):
            lines = _signature(sheet, f"rule {name}", parameters) if parameters else [f"rule {name}"]
            _with_block(sheet, item, item.name_span.end, lines, body, item.expect)
        case s.ScenarioDecl(name, body):
            _with_block(sheet, item, item.name_span.end, [f"scenario {name}"], body, item.expect)
        case s.PropertyProof():
            _property_proof(sheet, item)
        case _:
            assert_never(item)


def _with_block(
    sheet: Sheet,
    item: s.InitDecl | s.ActionDecl | s.RuleDecl | s.ScenarioDecl,
    name_end: int,
    header: Sequence[str],
    body: Sequence[s.Statement],
    expect: s.Expectation | None = None,
) -> None:
    braces = sheet.braces_after(name_end) if is_placed(item.span) else None
    before(sheet, item.span, item.doc, braces and braces[0])
    block(sheet, header, braces, body, after="" if expect is None else f" expect {expect}")
    sheet.beside(item.span.end)


def _property_proof(sheet: Sheet, item: s.PropertyProof) -> None:
    braces = sheet.braces_after(item.name_span.end) if is_placed(item.span) else None
    before(sheet, item.span, item.doc, braces and braces[0])
    commented = braces is not None and sheet.inside(*braces)
    if not commented and (not item.hints or (braces is not None and sheet.one_line(*braces))):
        inner = "  ".join(_hint_text(hint) for hint in item.hints)
        flat = f"{item.name} {{ {inner} }}" if inner else f"{item.name} {{}}"
        if len(flat) <= sheet.room:
            sheet.write([flat])
            sheet.beside(item.span.end)
            return
    sheet.write([f"{item.name} {{"])
    if braces is not None:
        sheet.beside(braces[0] + 1)
    with sheet.indented():
        for hint in item.hints:
            leaf(sheet, hint.span, _hint_lines(sheet, hint))
        if braces is not None:
            sheet.above(braces[1])
    sheet.write(["}"])
    sheet.beside(item.span.end)


def _hint_text(hint: s.Hint) -> str:
    match hint:
        case s.GivenInvariants(names):
            return f"use {', '.join(names)}"
        case s.CaseSplit(formula):
            return f"cases {expr_text(formula)}"
        case _:
            assert_never(hint)


def _hint_lines(sheet: Sheet, hint: s.Hint) -> list[str]:
    flat = _hint_text(hint)
    if len(flat) <= sheet.room:
        return [flat]
    match hint:
        case s.GivenInvariants(names):
            first, *rest = (f"{name}," for name in names)
            lines = [f"use {first}", *(f"    {name}" for name in rest)]
            return [*lines[:-1], lines[-1].removesuffix(",")]
        case s.CaseSplit(formula):
            return _prefixed("cases ", formula, sheet.room)
        case _:
            assert_never(hint)


def _enabled(sheet: Sheet, head: str, item: s.EnabledDecl) -> list[str]:
    call = f"{item.action}({', '.join(expr_text(a) for a in item.arguments)})"
    when = "" if item.when is None else f" when {expr_text(item.when)}"
    end = "" if item.expect is None else f" expect {item.expect}"
    if len(head) + 3 + len(call + when + end) <= sheet.room:
        return [f"{head} : {call}{when}{end}"]
    if len(call + when + end) + 2 <= sheet.room:
        return [f"{head} :", f"  {call}{when}{end}"]
    lines = [call] if len(call) + 2 <= sheet.room else call_lines(item.action, item.arguments, sheet.room - 2)
    if item.when is not None:
        lines += _prefixed("when ", item.when, sheet.room - 2)
    return _expecting(sheet, [f"{head} :", *indent(lines)], item.expect)


def _responds(sheet: Sheet, head: str, item: s.RespondsDecl) -> list[str]:
    trigger = s.Quantifier("forall", item.binders, item.trigger) if item.binders else item.trigger
    # Parentheses keep a `forall` to the trigger alone.
    grouped = not item.binders and isinstance(trigger, s.Quantifier) and trigger.kind == "forall"
    text = f"({expr_text(trigger)})" if grouped else expr_text(trigger)
    end = f"within {expr_text(item.bound)} of {item.action}"
    lines = [f"{head} : {text} leads to {expr_text(item.response)} {end}"]
    if len(lines[0]) > sheet.room:
        lines = [f"{head} : {text}"]
        if len(lines[0]) > sheet.room:
            whole = _ending(_prefixed("(", trigger, sheet.room - 4), ")") if grouped else None
            lines = [f"{head} :", *indent(whole or expr_lines(trigger, sheet.room - 2))]
        lines += indent(_prefixed("leads to ", item.response, sheet.room - 2))
        lines += indent(_ending(_prefixed("within ", item.bound, sheet.room - 2), f" of {item.action}"))
    return _expecting(sheet, lines, item.expect)


def _signature(sheet: Sheet, start: str, parameters: Sequence[s.Parameter]) -> list[str]:
    flat = f"{start}({', '.join(_parameter(p) for p in parameters)})"
    if len(flat) + 2 <= sheet.room:
        return [flat]
    together = f"  {', '.join(_parameter(p) for p in parameters)}"
    if len(together) <= sheet.room:
        return [f"{start}(", together, ")"]
    lines = [f"  {_parameter(p)}," for p in parameters]
    lines[-1] = lines[-1].removesuffix(",")
    return [f"{start}(", *lines, ")"]


def _body(sheet: Sheet, start: str, e: s.Expr, expect: s.Expectation | None = None) -> list[str]:
    """`start e` on one line, or `e` below `start`."""
    end = "" if expect is None else f" expect {expect}"
    flat = f"{start} {expr_text(e)}{end}"
    if len(flat) <= sheet.room:
        return [flat]
    lines = [start, *indent(expr_lines(e, sheet.room - 2))]
    return _expecting(sheet, lines, expect)


def _continued(sheet: Sheet, start: str, word: str, e: s.Expr) -> list[str]:
    """`start word e` on one line, or `word e` below `start`."""
    flat = f"{start} {word}{expr_text(e)}"
    return [flat] if len(flat) <= sheet.room else [start, *indent(_prefixed(word, e, sheet.room - 2))]


def _prefixed(word: str, e: s.Expr, width: int) -> list[str]:
    first, *rest = expr_lines(e, width - len(word))
    return [word + first, *(" " * len(word) + line for line in rest)]


def _ending(lines: list[str], end: str) -> list[str]:
    return [*lines[:-1], lines[-1] + end]


def _expecting(sheet: Sheet, lines: list[str], expect: s.Expectation | None) -> list[str]:
    if expect is None:
        return lines
    last = f"{lines[-1]} expect {expect}"
    return [*lines[:-1], last] if len(last) <= sheet.room else [*lines, f"  expect {expect}"]
