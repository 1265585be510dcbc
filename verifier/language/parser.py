"""Text to syntax."""

from __future__ import annotations

from dataclasses import replace

from verifier.language.builder import Builder
from verifier.language.diagnostics import Diagnostic
from verifier.language.lexer import Tokens, comments_of, scan
from verifier.language.machine import MAX_DEPTH, Machine, TooDeep
from verifier.language.recovery import recover, skip
from verifier.language.source import Source, Span
from verifier.language.syntax import Comment, File
from verifier.language.tables import tables
from verifier.language.terms import FOREIGN_TYPES

# Characters. A hand-written model has a few thousand; a proof with its lemmas perhaps a hundred thousand.
MAX_SIZE = 2_000_000
MAX_ERRORS = 50


def parse(source: Source) -> tuple[File | None, tuple[Diagnostic, ...]]:
    """The tree of a text, or else every syntax error in it, in the order of their places."""
    if len(source.text) > MAX_SIZE:
        values = {"size": f"{len(source.text):,}", "limit": f"{MAX_SIZE:,}"}
        return None, (Diagnostic("VS0003", Span(source.path, 0, 0), values),)
    if (nul := source.text.find("\0")) >= 0:
        values = {"found": "a NUL character (U+0000)", "hint": "This is not a text file, or not in UTF-8."}
        return None, (Diagnostic("VS0101", Span(source.path, nul, nul + 1), values),)
    tokens = scan(source)
    builder = Builder(tables(), tokens)
    machine = Machine(tables(), tokens, builder)
    errors = _run(machine)
    errors += builder.problems
    errors += _foreign_types(builder)
    if errors:
        return None, _in_order(errors)
    tree: File = machine.values[-1]
    return replace(tree, comments=_comments(tokens, builder)), ()


def _run(machine: Machine) -> list[Diagnostic]:
    """Take all tokens; the syntax errors met on the way."""
    kinds = machine.tokens.kinds
    errors: list[Diagnostic] = []
    i = 0
    while True:
        try:
            stuck = i
            i = machine.run(i)
            if i >= len(kinds):
                return errors
            if i == stuck and errors and errors[-1].span == machine.tokens.span(i):
                # Mended, and still no step further: leave this token out.
                i = skip(machine, min(i + 1, len(kinds) - 1))
            else:
                error, i = recover(machine, i)
                errors.append(error)
        except TooDeep as deep:
            errors.append(Diagnostic("VS0117", deep.span, {"limit": str(MAX_DEPTH)}))
            machine.restore(machine.checkpoint)
            i = skip(machine, deep.index, to_declaration=True)
        machine.mark(i)
        if len(errors) >= MAX_ERRORS:
            errors.append(Diagnostic("VS0125", machine.tokens.span(i), {"limit": str(MAX_ERRORS)}))
            return errors


def _foreign_types(builder: Builder) -> list[Diagnostic]:
    """`uint`, `float`, `int7` and other names of types that nothing in the file declares."""
    if not builder.suspects:
        return []
    tokens, ids = builder.tokens, builder.table.ids
    declaring = {ids["SORT"], ids["ENUM"], ids["STRUCT"]}
    declared = {tokens.text(i + 1) for i, kind in enumerate(tokens.kinds) if kind in declaring}
    width = "Widths are 8, 16, 24 … 256."
    return [
        Diagnostic("VS0113", span, {"found": name, "hint": FOREIGN_TYPES.get(name, width)})
        for name, span in builder.suspects
        if name not in declared
    ]


def _in_order(errors: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, each once: reading a part again after a mistake may find another one again."""
    once = {(error.span.start if error.span else 0, error.code): error for error in reversed(errors)}
    return tuple(error for _, error in sorted(once.items(), key=lambda item: item[0]))


def _comments(tokens: Tokens, builder: Builder) -> tuple[Comment, ...]:
    """All comments, with the `///` lines that document nothing."""
    strays = {i: spans for i, spans in tokens.docs.items() if i not in builder.documented}
    comments = [*tokens.comments, *comments_of(tokens, strays)]
    return tuple(sorted(comments, key=lambda comment: comment.span.start))
