"""Places as files of a repository name them: with the path from its root, wherever the command was run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import final

from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span


@final
@dataclass(frozen=True, slots=True)
class Place:
    """A range of a file as people count it: lines and columns start at 1, and the end column is the one after."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


def place(span: Span | None, sources: Mapping[str, Source]) -> Place | None:
    """Where a span stands; None if its text is not known."""
    source = sources.get(span.path) if span is not None else None
    if span is None or source is None:
        return None
    start, end = source.position(span.start), source.position(max(span.start, span.end))
    return Place(in_repository(span.path), start.line, start.column, end.line, end.column)


def in_repository(path: str) -> str:
    """A path as it is shown, seen from the root of the repository that the working directory is in. What is outside of
    it, or in no folder at all (the built-in library), keeps its name."""
    if path.startswith("<"):
        return path
    try:
        here = Path.cwd()
    except OSError:
        return path
    root = next((p for p in (here, *here.parents) if (p / ".git").exists()), here)
    full = Path(os.path.abspath(here / path))
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else full.as_posix()
