"""Everything that a run may read, as one digest: whoever adds, changes or removes any of it gets another one.

What is looked at is more than a run reads: all that stands in `spec/`, `models/` and `proofs/` of each project that
takes part, and in those of the built-in library, asked for or not. So a file that is new, and now stands before another
one (a model of the project's own, a proof, numbers of a market), is seen without asking which would be looked for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import final

from verifier.language.frozen import dataclass
from verifier.session.files import ENDING, straight
from verifier.session.library import FOLDERS, builtin, place_of, project
from verifier.session.proofs import JSON

MOST_ENTRIES, MOST_BYTES = 50_000, 200_000_000
"""Where there is more than this, looking at all of it would take longer than what it is good for."""

_ENDINGS = (ENDING, ".toml", ".proofs.json")
_LIBRARY = "<library>/"


@final
@dataclass(frozen=True, slots=True)
class Surroundings:
    """`digest` is of names and bytes, `stamp` also of sizes and times: it is another one after every write, even one
    that was taken back. `files` are the paths of all files that are in it."""

    digest: bytes
    stamp: bytes
    files: frozenset[str]

    def hold(self, names: Iterable[str]) -> bool:
        """Whether files are among them, by the names that reports show for them."""
        root = builtin()
        return all(
            (os.path.join(root or "", n.removeprefix(_LIBRARY)) if n.startswith(_LIBRARY) else os.path.abspath(n))
            in self.files
            for n in names
        )


def surroundings(paths: tuple[str, ...]) -> Surroundings | None:
    """Of what the user typed (nothing means the whole project), as it is now. None where something can't be read, or
    where it is too much."""
    try:
        return _Look().around(paths)
    except (OSError, ValueError, OverflowError):
        return None


@final
class _Look:
    """One look at everything; OverflowError once it is too much."""

    def __init__(self) -> None:
        self.state, self.times = blake2b(digest_size=32), blake2b(digest_size=32)
        self.files: set[str] = set()
        self.entries = self.bytes = 0

    def around(self, paths: tuple[str, ...]) -> Surroundings:
        self.tell("in", os.getcwd())
        roots = dict.fromkeys(str(r) for r in (project(), builtin()) if r is not None)
        for root in roots:  # which of them comes first decides what a short name means
            self.tell("root", root)
        for typed in paths:
            self.tell("typed", typed)
            for file in self.typed(os.path.abspath(straight(typed))):
                place = place_of(Path(file))
                if place.root is not None:
                    roots.setdefault(str(place.root))
        for root in roots:
            for folder in FOLDERS:
                for _ in self.below(os.path.join(root, folder), hidden=True):
                    pass
        return Surroundings(self.state.digest(), self.times.digest(), frozenset(self.files))

    def typed(self, path: str) -> Iterator[str]:
        """One path and what may stand beside it. Yields the files of specifications that it stands for."""
        if os.path.isdir(path):
            yield from self.below(path, hidden=False)
            return
        yield path
        for ending in ("", ".toml", ".proofs.json"):
            self.entry(str(Path(path).with_suffix(ending)) if ending else path)

    def below(self, folder: str, *, hidden: bool) -> Iterator[str]:
        """Everything in a folder. Links to folders are followed for what is looked up by name, each folder once."""
        waiting, seen = [folder], set[tuple[int, int]]()
        while waiting:
            here = waiting.pop()
            self.entry(here)
            if not os.path.isdir(here):
                continue
            status = os.stat(here)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(here) as entries:
                listed = sorted(entries, key=lambda e: e.name)
            for entry in listed:
                self.entries += 1
                if self.entries > MOST_ENTRIES:
                    raise OverflowError
                if entry.is_dir():
                    if hidden or not (entry.name.startswith(".") or entry.is_symlink()):
                        waiting.append(entry.path)
                elif entry.name.endswith(_ENDINGS) or (entry.name.endswith(JSON) and "proofs" in Path(here).parts):
                    self.entry(entry.path)
                    if entry.name.endswith(ENDING):
                        yield entry.path

    def entry(self, path: str) -> None:
        """What is there under a name: a file with its bytes, something else, or nothing."""
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            self.tell("nothing", path)
            return
        kind = stat.S_IFMT(status.st_mode)
        self.tell(str(kind), path)
        if kind != stat.S_IFREG or path in self.files:
            return
        self.bytes += status.st_size
        if self.bytes > MOST_BYTES:
            raise OverflowError
        with open(path, "rb", buffering=0) as file:
            content = file.readall()
        self.files.add(path)
        self.state.update(f"{len(content)}'".encode())
        self.state.update(content)
        times = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        self.times.update(f"{times}".encode())

    def tell(self, what: str, text: str) -> None:
        part = text.encode("utf-8", "surrogateescape")
        self.state.update(f"{what} {len(part)}'".encode() + part)
