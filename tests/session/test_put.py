"""A file that is written is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.report.examples import example
from tests.session.conftest import MODEL, SPEC, write
from verifier.language.diagnostics import Diagnostic
from verifier.report.outputs import Outputs, written
from verifier.session.files import put
from verifier.session.formatting import format_paths
from verifier.session.gate.baseline import Baseline, write_baseline
from verifier.session.proving import prove

ON_POSIX = pytest.mark.skipif(os.name == "nt", reason="modes, links and signals of POSIX")
NOBODY = 65534
NEW = b"new\r\n\xff"


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_new_file_in_new_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "x.json"
    put(path, NEW, through_links=False)
    assert path.read_bytes() == NEW
    assert names(path.parent) == ["x.json"]


@ON_POSIX
@pytest.mark.parametrize("links", [True, False])
def test_modes(links: bool, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        put(tmp_path / "new", NEW, through_links=links)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o755)
    put(tmp_path / "new", b"", through_links=links)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o755


@ON_POSIX
def test_a_link_stays_or_gives_way(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "x").write_bytes(b"old")
    (tmp_path / "x").symlink_to("far/x")
    put(tmp_path / "x", NEW, through_links=True)
    assert (tmp_path / "x").is_symlink()
    assert (tmp_path / "far" / "x").read_bytes() == NEW
    put(tmp_path / "x", b"newer", through_links=False)
    assert not (tmp_path / "x").is_symlink()
    assert (tmp_path / "far" / "x").read_bytes() == NEW
    assert (tmp_path / "x").read_bytes() == b"newer"
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError) as told:
        put(tmp_path / "loop", NEW, through_links=True)
    assert told.value.errno == errno.ELOOP
    assert (names(tmp_path), names(tmp_path / "far")) == (["far", "loop", "x"], ["x"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    put(tmp_path / "pipe", NEW, through_links=True)
    reader.join(10)
    assert got == [NEW]
    assert names(tmp_path) == ["pipe"]


def test_names_that_no_file_has(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        put(tmp_path / "a\0b", NEW, through_links=False)
    for path in (tmp_path / ("x" * 300), tmp_path):
        with pytest.raises(OSError):
            put(path, NEW, through_links=False)
    assert names(tmp_path) == []


KILLED = """\
import os, signal, sys
from pathlib import Path
from verifier.session.files import put
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
put(Path(sys.argv[1]), b"new" * 1000, through_links=False)
"""

FULL = """\
import resource, signal, sys
from pathlib import Path
from verifier.session.files import put
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
put(Path(sys.argv[1]), b"new" * 1000, through_links=False)
"""


@ON_POSIX
def test_killed_half_way_the_old_file_stands(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "x")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "x").read_bytes() == b"old"
    put(tmp_path / "x", NEW, through_links=False)
    assert (tmp_path / "x").read_bytes() == NEW


@ON_POSIX
def test_what_there_is_no_room_for_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    command = [sys.executable, "-c", FULL, str(tmp_path / "x")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "OSError" in done.stderr
    assert (tmp_path / "x").read_bytes() == b"old"
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize("problem", [OSError(errno.EIO, "no"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(
    problem: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise problem

    (tmp_path / "x").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(type(problem)):
        put(tmp_path / "x", NEW, through_links=False)
    assert (tmp_path / "x").read_bytes() == b"old"
    assert names(tmp_path) == ["x"]


# ---------------------------------------------------------------------------------------------- folders for reading only


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@ON_POSIX
def test_a_folder_for_reading_only() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x").write_bytes(b"old")
        folder.chmod(0o555)
        for path in ("x", "y", "z/x"):
            with as_nobody(), pytest.raises(PermissionError):
                put(folder / path, NEW, through_links=True)
        folder.chmod(0o755)
        assert (folder / "x").read_bytes() == b"old"
        assert names(folder) == ["x"]


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which no new file can be made, by whomever."""
    write(tmp_path)("models/a/counter.vspec", MODEL)
    write(tmp_path)("spec/a/counter.vspec", SPEC + "\n\n\n")
    monkeypatch.chdir(tmp_path)
    real = os.open

    def refusing(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(tmp_path)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refusing)
    return tmp_path


def told(problems: tuple[Diagnostic, ...] | Diagnostic | None) -> list[tuple[str, str]]:
    assert problems is not None
    listed = (problems,) if isinstance(problems, Diagnostic) else problems
    return [(d.code, d.values["reason"]) for d in listed]


def test_who_writes_says_why_it_can_not(locked: Path) -> None:
    no = "you have no permission to write it"
    assert told(format_paths(("spec",), write=True).diagnostics) == [("VS0509", no)]
    assert told(write_baseline(locked / "proofs" / "baseline.toml", Baseline({}, {}, ()))) == [("VS0559", no)]
    assert told(written(Outputs({"json": str(locked / "x.json")}), example(), None, print, print)) == [("VS0560", no)]
    assert told(prove(("a/counter",), cache=False).diagnostics) == [("VS0525", "permission denied")]
    assert not list(locked.rglob(".verify-spec.*"))
    assert (locked / "spec" / "a" / "counter.vspec").read_bytes().endswith(b"\n\n\n")


def test_a_file_that_has_gone_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)("a.vspec", "model   A")

    def formatted(*_: object) -> str:
        path.unlink()
        return "model A\n"

    monkeypatch.setattr("verifier.session.formatting.format_file", formatted)
    assert told(format_paths((str(path),), write=True).diagnostics) == [("VS0509", "it is gone")]
    assert names(tmp_path) == []
