"""What pyproject.toml declares."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def runtime() -> tuple[Requirement, ...]:
    """What a user has to install."""
    return tuple(Requirement(r) for r in _PROJECT["dependencies"])


def for_tests() -> tuple[Requirement, ...]:
    """What a contributor has to install."""
    return tuple(Requirement(r) for r in _PROJECT["optional-dependencies"]["test"])


def on_demand() -> tuple[Requirement, ...]:
    """What a user may install for one option of the command."""
    extras: dict[str, list[str]] = _PROJECT["optional-dependencies"]
    return tuple(Requirement(r) for name, wanted in extras.items() if name != "test" for r in wanted)


def floor_of(requirement: Requirement) -> str:
    """The lowest version that is claimed to work."""
    (floor,) = (s.version for s in requirement.specifier if s.operator == ">=")
    return floor
