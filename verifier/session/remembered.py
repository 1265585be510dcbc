"""What earlier commands printed, by the command: where nothing has changed at all, it is printed again.

An entry says of what it is: the digest of the bytes of all files that the run could have read (`surroundings.py`) and
of every file of the tool, and of the sizes and times of the packages that it uses. It is believed only as long as this
digest is the same. Nothing has to be parsed to find out that nothing is new. Whatever has changed is for the verdicts
below (`cache.py`).
"""

from __future__ import annotations

import json
import sys
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, final

from verifier.language.frozen import dataclass
from verifier.session.fingerprint import (
    code_fingerprint,
    code_stamp,
    fingerprint,
    package_fingerprint,
    solver_fingerprint,
)
from verifier.session.store import Store, folder_of_cache
from verifier.session.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from verifier.session.run import Run

_PAGES = ("jinja2", "markupsafe")
"""Packages that have a part in what reports say."""


@final
@dataclass(frozen=True, slots=True)
class Remembered:
    """The place of one command in the cache, with the files around as they were before it ran. `stamp` tells when the
    tool changes below our feet."""

    key: bytes
    paths: tuple[str, ...]
    around: Surroundings
    stamp: bytes

    def recall(self) -> Any:
        """The JSON value that was kept when all was as it is now; None if there is none."""
        store = _store()
        if store is None:
            return None
        try:
            match store.get(self.key):
                case {"of": str(of), "told": str(told), **more} if not more and of == self._of():
                    return _unpacked(told)
                case _:
                    return None
        finally:
            store.close()

    def keep(self, run: Run, told: Callable[[], Any]) -> None:
        """Store the JSON value that is told of a run (None: nothing), in the place of the one before. Not if the same
        command might come to something else, and not if anything has changed since before it began."""
        if not run.repeats or run.diagnostics or not self.around.hold(run.sources):
            return
        value, of = told(), self._of()
        store = _store() if value is not None and of is not None and self._same() else None
        if store is not None:
            store.put(self.key, {"of": of, "told": _packed(value)})
            store.close()

    def _of(self) -> str | None:
        """All that the outcome of a command depends on; None where the code or the solver can't be seen."""
        code, solver = code_fingerprint(), solver_fingerprint()
        packages = tuple(package_fingerprint(name) for name in _PAGES)
        if code is None or solver is None:
            return None
        return fingerprint(self.around.digest, code, solver, packages, tuple(sys.flags)).hex()

    def _same(self) -> bool:
        return code_stamp() == self.stamp and surroundings(self.paths) == self.around


def remembered(paths: tuple[str, ...], *command: Any) -> Remembered | None:
    """The place of a command: what the user typed as paths, and all else that decides what it prints and how. None
    where nothing can be said for certain about the files or the code."""
    around, stamp = surroundings(paths), code_stamp()
    return Remembered(fingerprint("told", paths, command), paths, around, stamp) if around and stamp else None


def _packed(value: Any) -> str:
    """A JSON value as short text: reports say the same things again and again."""
    return b64encode(zlib.compress(json.dumps(value).encode(), 1)).decode()


def _unpacked(text: str) -> Any:
    """The JSON value; None for a text that is none."""
    try:
        return json.loads(zlib.decompress(b64decode(text, validate=True)))
    except (ValueError, RecursionError, zlib.error):
        return None


def _store() -> Store | None:
    folder = folder_of_cache()
    store = Store(folder) if folder is not None else None
    return store if store is not None and store.works else None
