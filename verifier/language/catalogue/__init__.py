"""The words for every error code. Only loaded when there is an error to show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from verifier.language.catalogue.entry import Entry

# VS00xx and VS01xx, VS02xx, VS03xx, VS04xx, both of these for proofs, VS05xx, VS054x, VS055x, VS056x and VS057x.
_MODULES = (
    "syntax_errors",
    "type_errors",
    "name_errors",
    "structure_errors",
    "proof_errors",
    "run_errors",
    "incident_errors",
    "gate_errors",
    "report_errors",
)


def entry(code: str) -> Entry:
    """The entry of a code; KeyError if there is none."""
    return _entries()[code]


def codes() -> tuple[str, ...]:
    """All codes, in order."""
    return tuple(sorted(_entries()))


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for name in _MODULES:
        path = f"verifier.language.catalogue.{name}"
        if find_spec(path) is None:
            continue
        module = import_module(path)
        entries: tuple[Entry, ...] = module.ENTRIES
        for one in entries:
            if found.setdefault(one.code, one) is not one:
                raise ValueError(f"{one.code} has two entries")
    return found
