"""What the engines found about one spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from verifier.engines.finding import Finding
from verifier.engines.verdict import Verdict
from verifier.language.frozen import dataclass


@final
@dataclass(frozen=True, slots=True)
class Found:
    """Verdicts by property, and what is worth a look."""

    verdicts: Mapping[str, Verdict]
    findings: tuple[Finding, ...] = ()
