"""A project in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MODEL = """\
model Counter
param stride : int where 0 < stride
param limit : real
state n : int
init { n := 0 }
action up() { n += stride }
"""
SPEC = """\
spec Counting for Counter
param slack : real
assume enough : limit <= slack
assume sane : limit >= 1
invariant never_negative : n >= 0
scenario one_step { start { stride = 2, limit = 5, slack = 6 }  up()  check n == 2 }
"""
PROFILES = """\
[[profile]]
name = "small"
model = "Counter"
stride = 1
limit = 1.5
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one model and its spec; the working directory is in it."""
    write(tmp_path)("models/a/counter.vspec", MODEL)
    write(tmp_path)("spec/a/counter.vspec", SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path) -> Callable[[str, str], Path]:
    """Writes files below a folder."""

    def one(name: str, text: str) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return one
