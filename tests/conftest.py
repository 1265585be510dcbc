"""What holds for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what was found before, in the user's cache or by another test. (A file is no folder.)"""
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path(__file__).resolve()))
