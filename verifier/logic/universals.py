"""What holds of every member, those outside the classes included."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from verifier.language.frozen import dataclass, field
from verifier.logic.formulas import Node


@final
@dataclass(frozen=True, slots=True)
class Universal:
    """A fact about every member of a sort of any size (every pair, ...): it has been asserted of the classes, and holds
    of the members outside them as well."""

    sorts: tuple[str, ...]
    at: Callable[[tuple[Node, ...]], Node] = field(repr=False)
    """The fact about given members."""
    denied: bool = False
    """Whether it says of every member that something is not so: then there is a member of whom it is not so."""


@final
@dataclass(frozen=True, slots=True)
class Own:
    """A fact that defines an unknown of members outside the classes; it holds of all of them."""

    members: tuple[Node, ...]
    fact: Node
