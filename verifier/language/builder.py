"""What the functions that make syntax nodes share.

There is one such function a rule of the grammar, under the rule's name: `tree` has those of declarations, `terms` those
of types, statements and expressions. Each gets the builder, the span of what was reduced, the index of its first token,
and the values of its parts: a node, a list of nodes, the index of a token, or None for an optional part left out.
"""

from __future__ import annotations

from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.lexer import Tokens
from verifier.language.source import Span
from verifier.language.tables import Tables


@final
class Builder:
    """What the functions below share: the tokens, and the mistakes that only show in a finished part."""

    def __init__(self, table: Tables, tokens: Tokens) -> None:
        self.table = table
        self.tokens = tokens
        self.text = tokens.text
        self.span = tokens.span
        self.problems: list[Diagnostic] = []
        self.suspects: list[tuple[str, Span]] = []
        self.documented: set[int] = set()

    def problem(self, code: str, span: Span, **values: str) -> None:
        """Note a mistake."""
        self.problems.append(Diagnostic(code, span, values))

    def doc(self, first: int) -> str:
        """The documentation above the declaration that begins at token `first`."""
        places = self.tokens.docs.get(first)
        if places is None:
            return ""
        self.documented.add(first)
        text = self.tokens.source.text
        return "\n".join(text[start + 3 : end].rstrip().removeprefix(" ") for start, end in places)

    def texts(self, tokens: tuple[int, ...]) -> tuple[str, ...]:
        """Several tokens as written."""
        return tuple(self.text(token) for token in tokens)

    def spans(self, tokens: tuple[int, ...]) -> tuple[Span, ...]:
        """Where several tokens stand."""
        return tuple(self.span(token) for token in tokens)
