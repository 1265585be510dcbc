"""From what the user typed to parsed files: each file to be checked with everything that it sees."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import final

from verifier.language.diagnostics import Diagnostic
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.language.syntax import File, SpecDecl
from verifier.session.files import ENDING, files_below, read_source, shown, straight, unreadable
from verifier.session.library import (
    Place,
    builtin,
    find_model,
    find_spec,
    mirrored,
    place_of,
    project,
    short_names,
)

Parsed = tuple[Source, File]


@final
@dataclass(frozen=True, slots=True)
class Target:
    """A file to be checked: where it belongs, what it says, and all files that it sees (itself first)."""

    path: Path
    place: Place
    files: tuple[Parsed, ...]

    @property
    def source(self) -> Source:
        """Its own text."""
        return self.files[0][0]

    @property
    def has_specs(self) -> bool:
        """Whether it holds a spec, rather than models alone."""
        return any(isinstance(unit, SpecDecl) for unit in self.files[0][1].units)


@final
@dataclass(frozen=True, slots=True)
class Loaded:
    """All files to be checked that could be parsed, and what is wrong with the others. `paths` tells where each file
    that was read stands, by the name it is shown with."""

    targets: tuple[Target, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, Source]
    paths: dict[str, Path]


@final
@dataclass(slots=True)
class _Shelf:
    """Files as they are read, each once."""

    parsed: dict[Path, Parsed | None] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def take(self, path: Path) -> Parsed | None:
        key = Path(os.path.abspath(path))
        if key not in self.parsed:
            self.parsed[key] = self._read(key)
        return self.parsed[key]

    def _read(self, path: Path) -> Parsed | None:
        source = read_source(path, _name(path))
        if isinstance(source, Diagnostic):
            self.diagnostics.append(source)
            return None
        self.sources[source.path] = source
        file, problems = parse(source)
        self.diagnostics.extend(problems)
        return None if file is None or problems else (source, file)


def load(paths: Sequence[str]) -> Loaded:
    """Read and parse what the user typed (files, folders, library names; nothing means the whole project, or the
    built-in library where there is no project), with the mirrored models and everything imported."""
    shelf = _Shelf()
    found: dict[str, Path] = {}
    for typed in paths or _everything(shelf):
        for path in map(_proved, resolve(typed, shelf.diagnostics)):
            found.setdefault(os.path.abspath(path), path)
    targets: list[Target] = []
    for path in found.values():
        parsed = shelf.take(path)
        if parsed is None:
            continue
        place = place_of(path)
        seen, complete = _closure(path, parsed, place, shelf)
        if not parsed[1].units and not parsed[1].imports:
            shelf.diagnostics.append(Diagnostic("VS0506", None, {"path": parsed[0].path}))
        elif complete:
            targets.append(Target(path, place, seen))
    places = {parsed[0].path: path for path, parsed in shelf.parsed.items() if parsed is not None}
    return Loaded(tuple(targets), once(shelf.diagnostics), shelf.sources, places)


def resolve(path: str, problems: list[Diagnostic]) -> tuple[Path, ...]:
    """The files that one argument stands for: what is on the disk comes before a library name."""
    try:
        os.stat(path)
    except FileNotFoundError:
        named = find_spec(path.rstrip("/"))
        if named is None:
            problems.append(_not_found(path))
            return ()
        return _files(named, problems)
    except (OSError, ValueError) as problem:
        problems.append(unreadable(path, problem))
        return ()
    return _files(Path(straight(path)), problems)


def _proved(path: Path) -> Path:
    """The file to be checked: of a proof, the spec that it is of."""
    place = place_of(path)
    return (mirrored(place, "spec") if place.folder == "proofs" else None) or path


def _files(path: Path, problems: list[Diagnostic]) -> tuple[Path, ...]:
    if not path.is_dir():
        return (path,)
    files, unread = files_below(path)
    problems.extend(unread)
    if not files and not unread:
        problems.append(Diagnostic("VS0507", None, {"path": shown(path)}))
    return files


def _everything(shelf: _Shelf) -> tuple[str, ...]:
    root = project() or builtin()
    if root is None:
        shelf.diagnostics.append(Diagnostic("VS0507", None, {"path": "."}))
        return ()
    folder = root / "spec"
    return (str(folder if folder.is_dir() else root / "models"),)


def _not_found(path: str) -> Diagnostic:
    close = get_close_matches(path.removesuffix(ENDING), short_names("spec"), n=1)
    beside = Path(path).parent
    if not close and beside.is_dir():
        close = [str(beside / n) for n in get_close_matches(Path(path).name, sorted(os.listdir(beside))[:1000], n=1)]
    problem = unreadable(path, FileNotFoundError())
    suggestion = f"Did you mean `{close[0]}`? " if close else ""
    return Diagnostic("VS0501", None, {**problem.values, "suggestion": suggestion})


def _closure(path: Path, parsed: Parsed, place: Place, shelf: _Shelf) -> tuple[tuple[Parsed, ...], bool]:
    """The file and all that it sees, each once (so imports may go round in a circle), and whether all were found."""
    seen: dict[Path, Parsed] = {Path(os.path.abspath(path)): parsed}
    waiting = [(parsed, place)]
    complete = True
    while waiting:
        (_, file), here = waiting.pop()
        model = find_model(here.short, here.root) if here.folder in ("spec", "proofs") else None
        proof = mirrored(here, "proofs") if here.folder == "spec" else None
        wanted = [p for p in (model, proof) if p is not None]
        for imported in file.imports:
            model = find_model(imported.path, here.root or project())
            if model is None:
                close = get_close_matches(imported.path, short_names("models"), n=1)
                suggestion = f"Did you mean `import {close[0]}`? " if close else ""
                values = {"name": imported.path, "suggestion": suggestion}
                shelf.diagnostics.append(Diagnostic("VS0508", imported.span, values))
                complete = False
            else:
                wanted.append(model)
        for other_path in wanted:
            key = Path(os.path.abspath(other_path))
            if key in seen:
                continue
            other = shelf.take(key)
            if other is None:
                complete = False
                continue
            seen[key] = other
            waiting.append((other, place_of(key)))
    return tuple(seen.values()), complete


def _name(path: Path) -> str:
    """Files of the built-in library are shown by their place in it, wherever it is installed."""
    root = builtin()
    if root is not None and root.name == "library" and path.is_relative_to(root):
        return f"<library>/{path.relative_to(root).as_posix()}"
    return shown(path)


def once(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same mistake is told once, though several targets may see the file it is in."""
    known: dict[object, Diagnostic] = {}
    for diagnostic in diagnostics:
        known.setdefault((diagnostic.code, diagnostic.span, tuple(sorted(diagnostic.values.items()))), diagnostic)
    return tuple(known.values())
