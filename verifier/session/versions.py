"""What a run was made with."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from verifier import __version__


def versions() -> Mapping[str, str]:
    """The versions of the tool, of Python and, if it took part, of the solver."""
    found = {"verify-spec": __version__, "python": ".".join(map(str, sys.version_info[:3]))}
    if "z3" in sys.modules:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found["z3"] = version("z3-solver")
        except PackageNotFoundError:
            found["z3"] = "unknown"
    return found
