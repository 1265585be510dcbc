"""A store of JSON values on the disk, by key: whatever is wrong with it is a miss.

One SQLite file holds everything. Every row carries a checksum over its key and its text, so that a damaged file, a row
that was edited by hand and a row under another's key are all found out. A file that is no such store is replaced by an
empty one. A store that is locked, full or not to be written stops answering or growing, and never an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import threading
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any, final

FORMAT = 1
_APPLICATION = 0x76737063
_SCHEMA = "CREATE TABLE entry (key BLOB PRIMARY KEY, day INTEGER NOT NULL, mark BLOB NOT NULL, value BLOB NOT NULL)"

MOST_ROWS, MOST_BYTES = 50_000, 200_000_000
"""The store is cut to four fifths of these when it grows beyond one of them; what was used last stays."""

MOST_ENTRY_BYTES = 16_000_000

_PATIENCE_SECONDS = 2.0
"""How long to wait for another run that is writing."""

_BATCH = 200
"""Rows that are collected before they are written."""

_PAGE = 4096

_PROBLEMS = (sqlite3.Error, UnicodeDecodeError)
"""What goes wrong with a file. Python can't read the message of SQLite where it quotes damage that is no text."""


@final
class Store:
    """Open for as long as a run lasts; threads may share it. Nothing here raises."""

    def __init__(self, folder: Path, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> None:
        self.path = folder / f"cache-{FORMAT}.sqlite"
        self._most = most_rows, most_bytes
        self._lock = threading.RLock()
        self._pending: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._writable = True
        self._connection: sqlite3.Connection | None = None
        if usable(folder):
            self._open(rebuild=True)

    @property
    def works(self) -> bool:
        """Whether anything can be looked up."""
        return self._connection is not None

    def get(self, key: bytes) -> Any:
        """The value stored under a key; None if there is none, or none to be relied on."""
        with self._lock:
            text = self._pending.get(key)
            if text is None:
                text = self._row(key)
        if text is None:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def put(self, key: bytes, value: Any) -> None:
        """Store a JSON value. It may be written later, by `flush`."""
        try:
            text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
        except (ValueError, RecursionError):  # a number of more digits than Python writes
            return
        if len(text) > MOST_ENTRY_BYTES:
            return
        with self._lock:
            self._pending[key] = text
            if len(self._pending) >= _BATCH:
                self.flush()

    def flush(self) -> None:
        """Write what is not written yet, all of it or nothing."""
        with self._lock:
            if self._connection is not None and self._writable and (self._pending or self._used):
                try:
                    self._write(self._connection)
                except _PROBLEMS as problem:
                    self._failed(problem)
            if not self._writable:
                return
            self._pending.clear()
            self._used.clear()

    def close(self) -> None:
        """Write what is not written yet, and let go of the file."""
        with self._lock:
            self.flush()
            self._shut()

    # ------------------------------------------------------------------------------------------ rows

    def _row(self, key: bytes) -> bytes | None:
        if self._connection is None:
            return None
        try:
            found = self._connection.execute("SELECT mark, value, day FROM entry WHERE key = ?", (key,)).fetchone()
        except _PROBLEMS as problem:
            self._failed(problem)
            return None
        if found is None:
            return None
        mark, text, day = found
        if not isinstance(text, bytes) or mark != _mark(key, text):
            return None
        if day != _today():
            self._used.add(key)
        return text

    def _write(self, connection: sqlite3.Connection) -> None:
        today = _today()
        rows = [(key, today, _mark(key, text), text) for key, text in self._pending.items()]
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
            connection.executemany("UPDATE entry SET day = ? WHERE key = ?", [(today, key) for key in self._used])
            self._evict(connection)
            connection.execute("COMMIT")
        except _PROBLEMS:
            with contextlib.suppress(*_PROBLEMS):
                connection.execute("ROLLBACK")
            raise

    def _evict(self, connection: sqlite3.Connection) -> None:
        most_rows, most_bytes = self._most
        rows = _number(connection, "SELECT count(*) FROM entry")
        used = _PAGE * (_number(connection, "PRAGMA page_count") - _number(connection, "PRAGMA freelist_count"))
        share = max(rows / most_rows, used / most_bytes)
        if share > 1:
            gone = rows - int(rows / share * 4 / 5)
            connection.execute(
                "DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry ORDER BY day, rowid LIMIT ?)", (gone,)
            )

    # ------------------------------------------------------------------------------------------ the file

    def _open(self, *, rebuild: bool) -> None:
        """Open the file, or make it; one that is no store of ours is replaced, once."""
        try:
            if os.path.lexists(self.path) and not stat.S_ISREG(os.lstat(self.path).st_mode):
                return
            connection = sqlite3.connect(
                self.path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (*_PROBLEMS, OSError):
            return
        self._connection = connection
        try:
            _prepare(connection)
            fits = _fits(connection)
        except _PROBLEMS as problem:
            if _damaged(problem):
                self._replace(rebuild=rebuild)
            else:
                self._shut()
            return
        if not fits:
            self._replace(rebuild=rebuild)

    def _failed(self, problem: Exception) -> None:
        """What is busy, full or read-only is left alone for the rest of the run; what is damaged is replaced."""
        if _damaged(problem):
            self._replace(rebuild=True)
        elif self._connection is not None and _readable(self._connection):
            self._writable = False
        else:
            self._shut()

    def _replace(self, *, rebuild: bool) -> None:
        self._shut()
        if not rebuild:
            return
        try:
            for ending in ("", "-journal", "-wal", "-shm"):
                Path(f"{self.path}{ending}").unlink(missing_ok=True)
        except OSError:
            return
        self._open(rebuild=False)

    def _shut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(*_PROBLEMS):
                self._connection.close()
        self._connection = None


def folder_of_cache() -> Path | None:
    """`verify-spec` in the user's cache folder: `$XDG_CACHE_HOME`, else `~/.cache`. None for a user without a home.

    As the XDG Base Directory Specification has it, a path that is not absolute does not count.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given, "verify-spec")
    home = os.path.expanduser("~")
    return Path(home, ".cache", "verify-spec") if os.path.isabs(home) else None


def usable(folder: Path) -> bool:
    """Whether a folder is there (or could be made) that belongs to this user, and that not everybody may write to."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.stat(folder)
    except (OSError, ValueError):
        return False
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH


def _prepare(connection: sqlite3.Connection) -> None:
    """What a power cut may damage the checksums find, so nothing waits for the disk. No code in the file is run."""
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = OFF"):
        connection.execute(f"PRAGMA {setting}")
    if _number(connection, "SELECT count(*) FROM sqlite_master") == 0:
        connection.execute("BEGIN IMMEDIATE")
        if _number(connection, "SELECT count(*) FROM sqlite_master") == 0:  # nobody else was quicker
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")


def _fits(connection: sqlite3.Connection) -> bool:
    """Whether the file is a store of this format and has nothing else in it."""
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return (
        found == [(_SCHEMA,)]
        and _number(connection, "PRAGMA application_id") == _APPLICATION
        and _number(connection, "PRAGMA user_version") == FORMAT
    )


def _damaged(problem: Exception) -> bool:
    return isinstance(problem, UnicodeDecodeError) or getattr(problem, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def _readable(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1 FROM entry LIMIT 1").fetchone()
    except _PROBLEMS:
        return False
    return True


def _number(connection: sqlite3.Connection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def _mark(key: bytes, text: bytes) -> bytes:
    return blake2b(text, digest_size=16, key=key[:64]).digest()


def _today() -> int:
    return int(time.time() // 86_400)
