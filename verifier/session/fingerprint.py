"""Fingerprints: equal ones mean that the same verdicts come out.

Three things make a verdict: the transition system with what is asked about it, the verifier's own code, and the solver.
Places in the text are left out: moving a declaration changes no verdict, and whatever has a place is found anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from verifier.language.source import Span

_SIZE = 32


Seen = dict[int, tuple[Any, str]]
"""Objects by their identity, which they keep as long as they stand here, with their texts."""

_LONGEST = 50_000
"""Texts longer than this are not remembered: what is as large as a system is not met twice."""


def fingerprint(*values: Any, seen: Seen | None = None) -> bytes:
    """Of values, frozen dataclasses included. TypeError for what has no value of its own, such as a function.

    With the same `seen` in several calls, what their values share is walked once.
    """
    parts: list[str] = []
    remembered: Seen = {} if seen is None else seen
    for value in values:
        _walk(value, parts, remembered)
    return blake2b("".join(parts).encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


def _walk(value: Any, out: list[str], seen: Seen) -> None:
    """Append a text that no other value has. `seen` remembers the texts of objects, many of which are shared."""
    kind: Any = type(value)
    if kind is str:
        out.append(f"{len(value)}'{value}")
    elif kind is tuple:
        out.append(f"({len(value)} ")
        for part in value:
            _walk(part, out, seen)
    elif (known := seen.get(id(value))) is not None:
        out.append(known[1])
    elif kind in _PLAIN:
        out.append(f"{kind.__name__} {value} ")
    elif kind is Span:
        out.append("@")
    elif kind is bytes:
        out.append(f"b{len(value)} {value.hex()}")
    elif kind is frozenset:
        out.append(f"{{{len(value)} ")
        for part in sorted(value):
            _walk(part, out, seen)
    elif (fields := _fields(kind)) is not None:
        mine = [f"{kind.__qualname__}<"]
        for name in fields:
            _walk(getattr(value, name), mine, seen)
        text = "".join(mine)
        if len(text) <= _LONGEST:
            seen[id(value)] = value, text
        out.append(text)
    elif isinstance(value, Mapping):
        out.append(f"[{2 * len(value)} ")
        for item in value.items():
            for part in item:
                _walk(part, out, seen)
    else:
        raise TypeError(f"no fingerprint of a {kind.__name__}")


_PLAIN = frozenset({bool, int, Fraction, type(None)})


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for any other type."""
    found = getattr(kind, "__dataclass_fields__", None)
    return None if found is None else tuple(found)


# ---------------------------------------------------------------------------------------------- the tool


def code_fingerprint() -> bytes | None:
    """Of the verifier's own files as they are now, and of the Python that runs them. None where they can't be read."""
    package = Path(__file__).resolve().parent.parent
    state = blake2b(sys.version.encode(), digest_size=_SIZE)
    try:
        files = sorted(_files(str(package)))
        for path in files:
            with open(path, "rb", buffering=0) as file:
                text = file.read()
            name = path.removeprefix(str(package))
            state.update(f"{len(name)}'{name}{len(text)}'".encode("utf-8", "surrogateescape"))
            state.update(text)
    except OSError:
        return None
    return state.digest() if files else None


def code_stamp() -> bytes | None:
    """Of the sizes and times of the verifier's own files: quick to take, and another one once any of them changes."""
    package = Path(__file__).resolve().parent.parent
    try:
        stats = [(path, os.stat(path)) for path in sorted(_files(str(package)))]
    except OSError:
        return None
    return fingerprint(tuple((path, s.st_size, s.st_mtime_ns) for path, s in stats))


def file_fingerprint(path: Path) -> bytes | None:
    """Of the bytes of one file. None if it can't be read."""
    try:
        return blake2b(path.read_bytes(), digest_size=_SIZE).digest()
    except OSError:
        return None


def package_fingerprint(name: str) -> bytes | None:
    """Of a package that is installed, by the names, sizes and times of its files, without importing it. None where
    there is none."""
    spec = PathFinder.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    try:
        stats = [(path, os.stat(path)) for path in sorted(_files(os.path.dirname(spec.origin)))]
    except OSError:
        return None
    return fingerprint(tuple((path, s.st_size, s.st_mtime_ns) for path, s in stats))


def _files(package: str) -> Iterable[str]:
    """All files of a package: its code, its tables, and the templates of its pages. The library is no part of it."""
    for base, folders, names in os.walk(package):
        folders[:] = [f for f in folders if f not in ("__pycache__", "library")]
        yield from (os.path.join(base, n) for n in names)


# ---------------------------------------------------------------------------------------------- the solver


@lru_cache(maxsize=1)
def solver_version() -> str:
    """The version of the installed z3-solver, such as `5.4.0.0`, without importing it; `unknown` if it does not say."""
    package = _solver_folder()
    return (_distribution_version(package.parent) if package is not None else None) or "unknown"


def solver_fingerprint() -> bytes | None:
    """Of the solver's libraries, by version, size and time. None where there is none to be seen."""
    package = _solver_folder()
    if package is None:
        return None
    try:
        libraries = sorted(e.path for e in os.scandir(package / "lib") if "z3" in e.name and e.is_file())
        stats = tuple((path, os.stat(path).st_size, os.stat(path).st_mtime_ns) for path in libraries)
    except OSError:
        return None
    elsewhere = tuple(os.environ.get(name, "") for name in ("Z3_LIBRARY_PATH", "Z3_LIB_DIRS"))
    return fingerprint(solver_version(), stats, elsewhere) if stats else None


@lru_cache(maxsize=1)
def _solver_folder() -> Path | None:
    spec = PathFinder.find_spec("z3")
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _distribution_version(folder: Path) -> str | None:
    try:
        names = sorted(e.name for e in os.scandir(folder) if e.name.startswith("z3_solver-"))
    except OSError:
        return None
    return next((n.removesuffix(".dist-info").partition("-")[2] for n in names if n.endswith(".dist-info")), None)
