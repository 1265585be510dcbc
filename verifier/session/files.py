"""Files that anybody may hand us, read with a diagnostic for what can't be; and files of ours, written whole or not at
all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source

ENDING = ".vspec"
LIMIT = 2_000_000
"""Bytes. A specification that people read is a hundred times smaller; more is a mistake or an attack."""


def shown(path: Path) -> str:
    """A path as messages print it: relative if it is below the working directory."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # another drive; a working directory that is gone
        return _printable(str(path))
    return _printable(relative if not relative.startswith("..") else str(path))


def straight(path: str) -> str:
    """A path that still leads to the same when each `..` in it is taken away with the name before it: the real path,
    where that name is one of a link."""
    if os.pardir not in Path(path).parts:
        return path
    try:
        return path if os.path.samefile(path, os.path.abspath(path)) else os.path.realpath(path)
    except (OSError, ValueError):
        return os.path.realpath(path) if os.path.exists(path) else path


def read_source(path: Path, name: str = "") -> Source | Diagnostic:
    """The text of a file under the name that is shown for it, or why there is none.

    A byte order mark is dropped. Only regular files are opened, so that a pipe or a device can't hang the run.
    """
    name = name or shown(path)
    text = read_text(path, name)
    return text if isinstance(text, Diagnostic) else Source(name, text)


def read_text(path: Path, name: str, limit: int = LIMIT) -> str | Diagnostic:
    """The text of a regular file of at most `limit` bytes, or why there is none."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return Diagnostic("VS0502", None, {"path": name, "what": _kind(status.st_mode)})
        if status.st_size > limit:
            return _too_large(name, status.st_size, limit)
        with open(path, "rb") as file:
            content = file.read(min(limit, max(status.st_size, LIMIT)) + 1)
    except (OSError, ValueError) as problem:
        return unreadable(name, problem)
    if len(content) > limit:
        return _too_large(name, len(content), limit)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        return Diagnostic(
            "VS0505",
            None,
            {"path": name, "line": str(line), "byte": f"0x{content[problem.start]:02x}", "guess": _guess(content)},
        )


def unreadable(name: str, problem: OSError | ValueError) -> Diagnostic:
    """What the operating system answered, in words."""
    if isinstance(problem, FileNotFoundError):
        return Diagnostic("VS0501", None, {"path": _printable(name), "suggestion": ""})
    if isinstance(problem, PermissionError):
        reason = "you have no permission to read it"
    elif isinstance(problem, OSError) and problem.errno == errno.ELOOP:
        reason = "its symbolic links lead round in a circle"
    elif isinstance(problem, OSError) and problem.errno == errno.ENAMETOOLONG:
        reason = "the name is longer than the file system allows"
    elif isinstance(problem, OSError) and problem.strerror:
        reason = problem.strerror[:1].lower() + problem.strerror[1:]
    else:
        reason = "the name is not one that a file can have"
    return Diagnostic("VS0503", None, {"path": _printable(name), "reason": reason})


def files_below(folder: Path, ending: str = ENDING) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """All files with the ending below a folder, sorted. Hidden folders and links to folders are left out."""
    found: list[Path] = []
    problems: list[Diagnostic] = []

    def failed(problem: OSError) -> None:
        problems.append(unreadable(shown(Path(str(problem.filename or folder))), problem))

    for base, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found.extend(Path(base, n) for n in names if n.endswith(ending) and not n.startswith("."))
    return tuple(sorted(found)), tuple(problems)


def put(path: Path, content: bytes, *, through_links: bool) -> None:
    """Write a file in one step: whoever reads it sees the old one or the new one, and a failure leaves the old one.

    Folders on the way are made; a file that is there keeps its mode. With `through_links` a symbolic link stays, and
    what it leads to is written; without, the link itself gives way to a file. What is there and is no plain file (a
    pipe, `/dev/stderr`) is written to as it is. Raises OSError where the system refuses, and ValueError for a name that
    no file can have.
    """
    real = Path(os.path.realpath(path)) if through_links else path
    before = _status(real)
    if before is not None and stat.S_ISLNK(before.st_mode):
        if through_links:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        before = None
    if before is not None and not stat.S_ISREG(before.st_mode):
        real.write_bytes(content)
        return
    real.parent.mkdir(parents=True, exist_ok=True)
    # Made by `open` and not by `mkstemp`, so that a new file has the mode that the user's mask gives it.
    temporary = real.with_name(f".verify-spec.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        if before is not None:
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):  # making the folders says what is wrong with them
        return None


def _too_large(name: str, size: int, limit: int) -> Diagnostic:
    return Diagnostic("VS0504", None, {"path": name, "size": _megabytes(size), "limit": _megabytes(limit)})


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000}.{size % 1_000_000 // 100_000} MB"


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "something else"


def _guess(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "It looks like UTF-16. "
    return "It looks like a binary file. " if b"\x00" in content[:4096] else ""


def _printable(name: str) -> str:
    """Names may hold bytes that are no text, and control characters that would garble a terminal."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
