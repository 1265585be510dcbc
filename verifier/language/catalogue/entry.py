"""What is known of an error by its code alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, final

from verifier.language.frozen import dataclass, field


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """The words for one code.

    `message`, `labels` and `help` are `str.format` templates over `Diagnostic.values`; an empty `help` is not shown.
    `labels["primary"]` stands at `Diagnostic.span`, the other labels at the places of `Diagnostic.others`, by role. The rest is
    for `verify-spec explain`, and no template: a paragraph or two, a small text that raises this code and no other,
    and the same text mended ("" if there is nothing to mend).

    `kind` says what `example` is: `text` of a `.vspec` file, to be parsed and checked; a
    `profile`, TOML beside a spec; a `command`, with what leads to it; or a
    `description`, where showing the thing itself would help nobody (a text of two megabytes).
    """

    code: str
    title: str
    message: str
    labels: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    explanation: str = ""
    example: str = ""
    instead: str = ""
    kind: Literal["text", "profile", "command", "description"] = "text"
