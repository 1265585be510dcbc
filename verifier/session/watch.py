"""Checking again whenever a file is saved, and only what the file concerns.

Files are looked at again and again (their times and sizes): that works on every system and every file system, and
needs nothing installed. A change counts once two looks in a row agree, so that nothing is read half written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, final

from verifier.session.files import ENDING, shown
from verifier.session.library import FOLDERS, place_of, project
from verifier.session.load import Target, load
from verifier.session.proofs import JSON, proofs_of
from verifier.session.run import Run
from verifier.session.session import Request, check

if TYPE_CHECKING:
    from verifier.session.progress import Listen

Stamps = Mapping[Path, tuple[int, int]]
"""Of each file the time of its last change, in nanoseconds, and its size in bytes."""

_ENDINGS = (ENDING, ".toml", ".json")


@final
@dataclass(frozen=True, slots=True)
class Turn:
    """One check: the files that changed since the last one, as they are shown (none at the first), the run, and how
    many of the files of specs were checked, of how many."""

    changed: tuple[str, ...]
    run: Run
    checked: int
    total: int


@final
@dataclass(slots=True)
class Watcher:
    """What was seen when. `look` once in a while; it answers with a `Turn` when there is something new to tell."""

    request: Request
    _seen: Stamps = field(default_factory=dict)
    _checked: Stamps | None = None
    _known: dict[Path, frozenset[Path]] = field(default_factory=dict)
    """Of each file that was checked without a mistake, all files on which its verdicts depend."""

    def look(self, listen: Listen = lambda _: None) -> Turn | None:
        """Look at the files; check what has changed, if they are at rest."""
        now = stamps(self.request.paths)
        at_rest = now == self._seen
        self._seen = now
        if self._checked is None:
            return self._turn(now, (), listen)
        if not at_rest or now == self._checked:
            return None
        return self._turn(now, tuple(_changed(self._checked, now)), listen)

    def _turn(self, now: Stamps, changed: tuple[Path, ...], listen: Listen) -> Turn | None:
        first = self._checked is None
        self._checked = now
        targets = load(self.request.paths).targets
        needs = {t.path: frozenset(_needs(t)) for t in targets}
        touched = {Path(os.path.abspath(p)) for p in changed}
        concerned = [p for p, files in needs.items() if p not in self._known or files & touched]
        gone = self._known.keys() - needs.keys()
        if not first and targets and not concerned and not gone:
            return None  # a file that nothing depends on
        paths = self.request.paths if first or gone or not concerned else tuple(map(str, concerned))
        run = check(replace(self.request, paths=paths), listen)
        whole = paths == self.request.paths
        self._known = {} if run.diagnostics else needs
        number = len(targets) if whole else len(concerned)
        return Turn(tuple(shown(p) for p in changed), run, number, len(targets))


def stamps(paths: tuple[str, ...]) -> Stamps:
    """The stamps of all files that may play a part: those of the project, and those beside what was named."""
    found: dict[Path, tuple[int, int]] = {}
    for folder in dict.fromkeys(_folders(paths)):
        for path in _files(folder):
            try:
                status = path.stat()
            except OSError:
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _folders(paths: tuple[str, ...]) -> Iterator[Path]:
    root = project()
    if root is not None:
        yield from (root / name for name in FOLDERS)
    for path in map(Path, paths):
        if path.is_dir() or path.is_file():
            place = place_of(path)
            yield from (place.root / name for name in FOLDERS) if place.root is not None else ()
            yield Path(os.path.abspath(path if path.is_dir() else path.parent))


def _files(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (Path(base, n) for n in names if n.endswith(_ENDINGS) and not n.startswith("."))


def _changed(before: Stamps, now: Stamps) -> Iterator[Path]:
    for path in sorted({*before, *now}):
        if before.get(path) != now.get(path):
            yield path


def _needs(target: Target) -> Iterator[Path]:
    """The files that a target's verdicts depend on, whether they are there or not: all that it sees, what is promised
    of the models among them (a host leans on what is proved of its parts), its profiles and its proofs."""
    seen = [Path(os.path.abspath(source.path)) for source, _ in target.files]
    yield from seen  # those of an installed library can't change, so it is no matter that their names lead nowhere
    for path in (target.path, *seen):
        place = place_of(path)
        if place.root is not None:
            yield from (place.root / folder / f"{place.short}{ENDING}" for folder in FOLDERS)
            yield place.root / "proofs" / f"{place.short}{JSON}"
    yield Path(os.path.abspath(target.path.with_suffix(".toml")))
    yield Path(os.path.abspath(proofs_of(target.place, target.path)))
