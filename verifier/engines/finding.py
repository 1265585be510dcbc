"""What is worth a look although nothing is wrong: parts of a specification that say or do nothing."""

from __future__ import annotations

from typing import Literal, final

from verifier.language.frozen import dataclass
from verifier.language.source import NOWHERE, Span

FindingKind = Literal[
    "never_runs",  # an action that no reachable state lets run: proved
    "not_seen_to_run",  # an action that no run within `depth` and `scope` takes
    "says_nothing",  # a property that is true whatever the model does
    "part_says_nothing",  # one part of a property is an implication whose left side is never true
    "says_the_same",  # a property that says what `other` says
    "not_needed",  # an assumption without which every proof of the spec goes through as well
    "proof_refused",  # a proof of the second solver that Ethos does not accept; `text` says why
    "checker_unused",  # an Ethos that is there and can't be used; `text` says why
]


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a specification.

    `about` names the action, the property or the assumption, `what` is the keyword that declares it, `span` its place.
    `other` names an earlier property that says the same. `text` is the part that says nothing, in the language.
    `relies` are the relies without which an action might run. `depth` and `scope` tell how far a search went.
    """

    kind: FindingKind
    what: str
    about: str
    span: Span = NOWHERE
    other: str = ""
    text: str = ""
    relies: tuple[str, ...] = ()
    depth: int | None = None
    scope: tuple[tuple[str, int], ...] = ()
