"""What a run was made with."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from verifier import __version__


def versions(*, solver: bool) -> Mapping[str, str]:
    """The versions of the tool, of Python and, if it took part (in this run or in an earlier one that is remembered),
    of the solver."""
    found = {"verify-spec": __version__, "python": ".".join(map(str, sys.version_info[:3]))}
    if solver:
        from verifier.session.fingerprint import solver_version

        found["z3"] = solver_version()
    return found
