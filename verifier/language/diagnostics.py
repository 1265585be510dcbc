"""The one kind of error that a user sees: data, never text.

A `Diagnostic` carries a stable code, the places it concerns and the values it speaks of. The words stand in
`catalogue`, and are put together by `verifier.report.diagnostic`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from verifier.language.frozen import dataclass, field
from verifier.language.source import Span


@final
@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something wrong with the user's input.

    `code` names an entry of the catalogue. `span` is where the user has to look first; None for an error that has no
    place in a text (a missing file). `others` are further places with the role each plays (a role is a key of the
    entry's `labels`). `values` fill the entry's templates; they are plain strings, ready to print.
    """

    code: str
    span: Span | None
    values: Mapping[str, str] = field(default_factory=dict)
    others: tuple[tuple[str, Span], ...] = ()


@final
class DiagnosticError(Exception):
    """Carries diagnostics out of a stage that can't go on. Always caught by the session."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(", ".join(sorted({d.code for d in diagnostics})))
        self.diagnostics = diagnostics
