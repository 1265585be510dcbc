"""S-expressions: what SMT-LIB text is made of, read back."""

from __future__ import annotations

import re
from collections.abc import Iterator

Sexpr = str | tuple["Sexpr", ...]

_TOKEN = re.compile(r"[()]|\|[^|]*\||[^\s()]+")


def read_all(text: str) -> tuple[Sexpr, ...]:
    """All expressions of a text. Raises ValueError where parentheses don't match."""
    stack: list[list[Sexpr]] = [[]]
    for word in _TOKEN.findall(text):
        if word == "(":
            stack.append([])
        elif word == ")":
            if len(stack) == 1:
                raise ValueError(text)
            done = tuple(stack.pop())
            stack[-1].append(done)
        else:
            stack[-1].append(word)
    if len(stack) != 1:
        raise ValueError(text)
    return tuple(stack[0])


def shown(expression: Sexpr) -> str:
    """The text of an expression."""
    return expression if isinstance(expression, str) else f"({' '.join(shown(e) for e in expression)})"


def atoms(expression: Sexpr) -> Iterator[str]:
    """All the words in an expression."""
    if isinstance(expression, str):
        yield expression
    else:
        for part in expression:
            yield from atoms(part)
