"""The pytest plugin: promises as tests. See docs/pytest.md.

It is loaded in every run of pytest wherever verify-spec is installed, so it imports nothing: what it needs comes with
the first file that holds a spec.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_SPEC = re.compile(rb"\bspec\s+\w+\s+for\b")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of the configuration file."""
    parser.addini("verify_spec", "collect the specs in .vspec files as tests (true)", type="bool", default=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file with specs in it. Models alone promise nothing."""
    if file_path.suffix != ".vspec" or not parent.config.getini("verify_spec"):
        return None
    try:
        if _SPEC.search(file_path.read_bytes()) is None:
            return None
    except OSError:
        pass  # whoever reads it next says why it can't be read
    from verifier.pytest_items import SpecFile

    found: pytest.Collector = SpecFile.from_parent(parent, path=file_path)
    return found
