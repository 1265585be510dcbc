"""What checking fills in as it goes: the side tables of a `CheckedSpec`, and the mistakes found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.language.checked import Symbol
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span
from verifier.language.types import EnumT, SortT, Type, UnknownT

UNKNOWN = UnknownT()


@final
@dataclass(slots=True)
class Tables:
    """The tables of one model, or of one spec on top of its model's. See `CheckedSpec` for what each holds."""

    sources: Mapping[str, Source]
    types: dict[int, Type] = field(default_factory=dict)
    symbols: dict[int, Symbol] = field(default_factory=dict)
    declared: dict[int, Type] = field(default_factory=dict)
    free: dict[int, tuple[tuple[str, SortT | EnumT], ...]] = field(default_factory=dict)
    individuals: dict[int, tuple[tuple[str, SortT], ...]] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    said: set[tuple[str, str]] = field(default_factory=set)

    def report(self, code: str, span: Span, *others: tuple[str, Span], **values: str) -> UnknownT:
        """Note a mistake; its type is unknown."""
        self.problems.append(Diagnostic(code, span, values, others))
        return UNKNOWN

    def report_once(self, key: str, code: str, span: Span, *others: tuple[str, Span], **values: str) -> UnknownT:
        """Note a mistake unless the same was said of `key` in this declaration."""
        if (code, key) not in self.said:
            self.said.add((code, key))
            self.report(code, span, *others, **values)
        return UNKNOWN

    def next_declaration(self) -> None:
        """A mistake may be told again, unless it is that something is not declared which all of the model would see."""
        self.said.intersection_update([told for told in self.said if told[0] in ("VS0302", "VS0303")])

    def text(self, span: Span) -> str:
        """The user's words, on one line."""
        source = self.sources.get(span.path)
        return " ".join(source.slice(span).split()) if source is not None else ""

    def short(self, span: Span) -> str:
        """The user's words if they are few, else `…`."""
        words = self.text(span)
        return words if 0 < len(words) <= 60 else "…"
