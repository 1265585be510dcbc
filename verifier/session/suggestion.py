"""What may have been meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggest(name: str, known: Iterable[str]) -> str:
    """`Did you mean …? ` or what there is, or nothing."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"Did you mean `{close[0]}`? "
    return f"There is: {', '.join(names)}. " if 0 < len(names) <= 8 else ""
