"""Whatever a path leads to, there is an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source
from verifier.session.files import LIMIT, files_below, read_source

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def code(path: Path) -> str:
    found = read_source(path)
    assert isinstance(found, Diagnostic)
    return found.code


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "a.vspec"
    path.write_bytes(b"\xef\xbb\xbfmodel A\r\n")
    found = read_source(path)
    assert isinstance(found, Source)
    assert found.text == "model A\r\n"


@pytest.mark.parametrize("content", [b"\xff\xfem\x00", b"\x80abc", b"\x00" * 100 + b"\xff", "ä".encode("latin-1")])
def test_not_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.vspec"
    path.write_bytes(content)
    assert code(path) == "VS0505"


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.vspec"
    path.write_bytes(b" " * (LIMIT + 1))
    assert code(path) == "VS0504"


def test_missing(tmp_path: Path) -> None:
    assert code(tmp_path / "nothing") == "VS0501"


def test_folder(tmp_path: Path) -> None:
    assert code(tmp_path) == "VS0502"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vspec")
    assert code(tmp_path / "pipe.vspec") == "VS0502"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_device() -> None:
    assert code(Path("/dev/zero")) == "VS0502"


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.vspec").symlink_to(tmp_path / "b.vspec")
    (tmp_path / "b.vspec").symlink_to(tmp_path / "a.vspec")
    assert code(tmp_path / "a.vspec") == "VS0503"


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "a" * 300 + ".vspec", "", "a/b/c/\udc80"])
def test_impossible_names(name: str, tmp_path: Path) -> None:
    assert code(tmp_path / "nowhere" / name) in ("VS0501", "VS0503")


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.vspec"
    path.write_text("model A")
    path.chmod(0)
    assert code(path) == "VS0503"
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0)
    files, problems = files_below(folder)
    folder.chmod(0o755)
    assert files == ()
    assert [p.code for p in problems] == ["VS0503"]


def test_files_below_are_sorted_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b.vspec", "a/z.vspec", "a/a.vspec", ".hidden/a.vspec", "a/.x.vspec", "a/a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    files, problems = files_below(tmp_path)
    assert [f.relative_to(tmp_path).as_posix() for f in files] == ["a/a.vspec", "a/z.vspec", "b.vspec"]
    assert problems == ()
