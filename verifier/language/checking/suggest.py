"""Did you mean …? Names that come close to one that is unknown."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, *groups: Iterable[str]) -> str | None:
    """The name nearest to `name`, from the first group that has one near enough."""
    import difflib  # only needed once something is wrong

    for group in groups:
        by_lower = {candidate.lower(): candidate for candidate in group if candidate != name}
        found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
        if found:
            return by_lower[found[0]]
    return None


def hint(name: str, otherwise: str, *groups: Iterable[str]) -> str:
    """`Did you mean …?`, or what to say when nothing comes close."""
    found = closest(name, *groups)
    return f"Did you mean `{found}`?" if found is not None else otherwise


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{n}`" for n in names]
    if len(quoted) <= 1:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
