"""Text to syntax."""

from __future__ import annotations

from dataclasses import replace

from verifier.language.diagnostics import Diagnostic
from verifier.language.lexer import comments_of, scan
from verifier.language.machine import Machine, TooDeep
from verifier.language.source import Source, Span
from verifier.language.syntax import File
from verifier.language.tables import tables
from verifier.language.tree import Builder

# Characters. A hand-written model is a few thousand long; a proof with its lemmas perhaps a hundred thousand.
MAX_SIZE = 2_000_000


def parse(source: Source) -> tuple[File | None, tuple[Diagnostic, ...]]:
    """The tree of a text, or every syntax error in it, in the order of their places."""
    if len(source.text) > MAX_SIZE:
        values = {"size": f"{len(source.text):,}", "limit": f"{MAX_SIZE:,}"}
        return None, (Diagnostic("VS0003", Span(source.path, 0, 0), values),)
    table = tables()
    tokens = scan(source)
    builder = Builder(table, tokens)
    machine = Machine(table, tokens, builder)
    try:
        i = machine.run(0)
    except TooDeep as deep:
        return None, (Diagnostic("VS0117", deep.span, {}),)
    if i < len(tokens.kinds):
        return None, (Diagnostic("VS0100", tokens.span(i), {"found": tokens.text(i)}),)
    if builder.problems:
        return None, tuple(builder.problems)
    loose = {i: spans for i, spans in tokens.docs.items() if i not in builder.documented}
    comments = [*tokens.comments, *comments_of(tokens, loose)]
    comments.sort(key=lambda comment: comment.span.start)
    tree: File = machine.values[1]
    return replace(tree, comments=tuple(comments)), ()
