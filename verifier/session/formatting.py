"""Files to their canonical layout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.formatter import format_file
from verifier.language.frozen import dataclass
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.session.files import files_below, put, read_source, shown, unreadable
from verifier.session.library import FOLDERS, project


@final
@dataclass(frozen=True, slots=True)
class Formatted:
    """What became of the files: how many there are, and which changed (or would)."""

    total: int
    changed: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def format_paths(paths: tuple[str, ...], *, write: bool) -> Formatted:
    """Format files and all files below folders (nothing means the project's). A file that can't be parsed is left as
    it is. With `write` unset nothing is changed."""
    problems: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    changed: list[str] = []
    files = _files(paths, problems)
    for path in files:
        source = read_source(path)
        if isinstance(source, Diagnostic):
            problems.append(source)
            continue
        sources[source.path] = source
        tree, wrong = parse(source)
        if tree is None or wrong:
            problems.extend(wrong)
            continue
        text = format_file(tree, source)
        if "\r\n" in source.text:  # a file keeps its line ends
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if text == source.text:
            continue
        failure = _replace(path, text) if write else None
        if failure is None:
            changed.append(source.path)
        else:
            problems.append(failure)
    return Formatted(len(files), tuple(changed), tuple(problems), sources)


def _files(paths: tuple[str, ...], problems: list[Diagnostic]) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for path in paths or _project(problems):
        try:
            os.stat(path)
        except (OSError, ValueError) as problem:
            problems.append(unreadable(path, problem))
            continue
        if not Path(path).is_dir():
            found[Path(path)] = None
            continue
        below, unread = files_below(Path(path))
        problems.extend(unread)
        if not below and not unread:
            problems.append(Diagnostic("VS0507", None, {"path": shown(Path(path))}))
        found.update(dict.fromkeys(below))
    return tuple(found)


def _project(problems: list[Diagnostic]) -> tuple[str, ...]:
    root = project()
    if root is None:
        problems.append(Diagnostic("VS0507", None, {"path": "."}))
        return ()
    return tuple(str(root / folder) for folder in FOLDERS if any((root / folder).rglob("*.vspec")))


def _replace(path: Path, text: str) -> Diagnostic | None:
    try:
        os.stat(path)  # a file that has gone in the meantime is not made again
        put(path, text.encode(), through_links=True)
    except OSError as problem:
        found = unreadable(shown(path), problem)
        reason = found.values.get("reason", "it is gone").replace("to read it", "to write it")
        return Diagnostic("VS0509", None, {"path": shown(path), "reason": reason})
    return None
