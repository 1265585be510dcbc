"""What may have been meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean …? `, or nothing."""
    close = get_close_matches(name, list(known), n=1)
    return f"Did you mean `{close[0]}`? " if close else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """`Did you mean …? ` or what there is, or nothing."""
    names = list(known)
    listed = f"There is: {', '.join(names)}. " if 0 < len(names) <= 8 else ""
    return nearest(name, names) or listed
