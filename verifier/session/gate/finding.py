"""What the gate finds, as data."""

from __future__ import annotations

from datetime import date
from typing import Literal, final, get_args

from verifier.language.frozen import dataclass
from verifier.language.source import Span
from verifier.session.run import Run

GateRule = Literal[
    "violated",  # a promise is broken
    "not-violated",  # `expect violated`, and no violation was found
    "unmet-assumption",  # a profile's numbers break an assumption
    "unknown",
    "bounded",
    "vacuous",
    "skipped",  # it was not settled at all
    "level-too-low",  # proved, on a lower level of trust than is demanded
    "level-fell",  # proved, on a lower level of trust than the baseline has
    "weaker",  # an outcome that is allowed, and less than the baseline has
    "worse",  # a failure that is in the baseline has become a worse one
    "changed",  # the promise reads otherwise than in the baseline
    "missing",  # it is in the baseline and no longer there
    "new-assumption",  # an `assume` or `rely` that is not in the baseline
    "nothing-promised",  # a file that was named holds no promise
    "no-baseline",
    "acceptance-expired",
    "acceptance-unneeded",  # what was accepted passes
    "acceptance-unknown",  # nothing has the name that was accepted
]
RULES: tuple[GateRule, ...] = get_args(GateRule)
ACCEPTABLE: tuple[GateRule, ...] = tuple(r for r in RULES if not r.startswith("acceptance-") and r != "no-baseline")
"""The rules whose findings can be accepted for a while."""

_UNDECIDED: frozenset[GateRule] = frozenset(("unknown", "bounded", "skipped"))


@final
@dataclass(frozen=True, slots=True)
class GateFinding:
    """One thing that keeps the gate shut, or would if it were not accepted.

    `id` is what it is about: an obligation (`lending/pool:LendingSolvency.covered@a-profile`), an assumption
    (`lending/pool:LendingSolvency.gentle_market`), a profile, or a file. `message` is one or two plain sentences.
    `accepted` tells that an acceptance covers it, with its `reason` and the last day on which it does (`expires`).
    `place` is where to look first; its text is in the `sources` of the report's run.
    """

    rule: GateRule
    id: str
    message: str
    accepted: bool = False
    reason: str = ""
    expires: date | None = None
    place: Span | None = None


ChangeKind = Literal["added", "removed", "changed"]


@final
@dataclass(frozen=True, slots=True)
class BaselineChange:
    """One line of the baseline that would change if it were written now: `before` and `after` are the line's value in
    words, such as `proved L3`; empty where there is none."""

    kind: ChangeKind
    id: str
    before: str = ""
    after: str = ""


@final
@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate says of a run. `run` is the run that it judged, with the text of the configuration and of the
    baseline among its sources; `baseline` names the file, `budget` the budget that was chosen. `updated` tells that
    the baseline was written by this very command, `first` that there was none before."""

    run: Run
    findings: tuple[GateFinding, ...]
    baseline_diff: tuple[BaselineChange, ...] = ()
    baseline: str = ""
    budget: str = ""
    updated: bool = False
    first: bool = False

    @property
    def refused(self) -> tuple[GateFinding, ...]:
        """The findings that no acceptance covers."""
        return tuple(f for f in self.findings if not f.accepted)

    @property
    def status(self) -> int:
        """The exit status: 0 the gate is open, 2 the input has mistakes, 1 something is refused, 3 nothing worse than
        what is not decided, 4 nothing worse than what is vacuous."""
        if self.run.diagnostics:
            return 2
        rules = {f.rule for f in self.refused}
        if not rules:
            return 0
        if rules == {"vacuous"}:
            return 4
        return 3 if rules <= {*_UNDECIDED, "vacuous"} else 1
