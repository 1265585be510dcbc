"""Where the cache of a test stands."""

from __future__ import annotations

from pathlib import Path

from verifier.session.store import Store, folder_of_cache


def file_of() -> Path:
    """The file of the cache that the environment names."""
    folder = folder_of_cache()
    assert folder is not None
    return Store(folder).path
