"""Where things are: the user's project, the library that comes with the tool, and the short names in both.

A project (like the built-in library) is a folder that holds `models/`, `spec/` and perhaps `proofs/`. The short name
of `spec/lending/pool.vspec` is `lending/pool`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import final

from verifier.language.frozen import dataclass
from verifier.session.files import ENDING, shown

FOLDERS = ("spec", "models", "proofs")
_SHORT = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs: the project's root, the folder in it (`spec`, `models`, `proofs`), and its short name.
    `root` is None for a file that is in no such folder; its short name is then its path."""

    root: Path | None
    folder: str
    short: str


@lru_cache(maxsize=1)
def builtin() -> Path | None:
    """The built-in library: inside the package when installed, beside it in a checkout. None if it was left out."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "library", package.parent):
        if (root / "spec").is_dir() and (root / "models").is_dir():
            return root
    return None


def project() -> Path | None:
    """The project around the working directory: the nearest folder upwards whose `spec/` or `models/` holds
    specifications. Folders of those names that hold anything else are somebody else's."""
    try:
        here = Path.cwd()
    except OSError:
        return None
    for root in (here, *here.parents):
        if any(_holds_specifications(root / folder) for folder in ("spec", "models")):
            return root
    return None


def roots() -> tuple[Path, ...]:
    """Where short names are looked up, in this order."""
    return tuple(dict.fromkeys(r for r in (project(), builtin()) if r is not None))


def place_of(path: Path) -> Place:
    """Where a file belongs, by the nearest folder above it that is called `spec`, `models` or `proofs`."""
    absolute = Path(os.path.abspath(path))
    for folder in absolute.parents:
        if folder.name in FOLDERS:
            short = absolute.relative_to(folder).with_suffix("").as_posix()
            return Place(folder.parent, folder.name, short)
    return Place(None, "", shown(path))


def find_spec(name: str) -> Path | None:
    """The spec (or folder of specs) with a short name."""
    if not _SHORT.fullmatch(name):
        return None
    for root in roots():
        for candidate in (root / "spec" / f"{name}{ENDING}", root / "spec" / name):
            if candidate.is_file() or (candidate.is_dir() and _holds_specifications(candidate)):
                return candidate
    return None


def mirrored(place: Place, folder: str) -> Path | None:
    """The file of the same short name in another folder of the same project, if there is one."""
    if place.root is None:
        return None
    path = place.root / folder / f"{place.short}{ENDING}"
    return path if path.is_file() else None


def find_model(short: str, root: Path | None) -> Path | None:
    """The model with a short name: in the project's own `models/` first, then in the built-in library."""
    if not _SHORT.fullmatch(short):
        return None
    for base in dict.fromkeys(r for r in (root, builtin()) if r is not None):
        candidate = base / "models" / f"{short}{ENDING}"
        if candidate.is_file():
            return candidate
    return None


def short_names(folder: str) -> tuple[str, ...]:
    """All short names that can be given, for suggestions."""
    names: list[str] = []
    for root in roots():
        base = root / folder
        names.extend(p.relative_to(base).with_suffix("").as_posix() for p in sorted(base.rglob(f"*{ENDING}")))
    return tuple(dict.fromkeys(names))


def target_of(place: Place) -> str:
    """What to type for a file, from the working directory: its short name where that finds it, else its path."""
    if place.root is None:
        return place.short
    path = place.root / place.folder / f"{place.short}{ENDING}"
    return place.short if place.folder == "spec" and find_spec(place.short) == path else shown(path)


def _holds_specifications(folder: Path) -> bool:
    return next(_specifications(folder), None) is not None


def _specifications(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(base, n) for n in names if n.endswith(ENDING))
