"""Assumptions that no proof needs.

Every case that was excluded while the properties were proved is asked for again without the facts that are there for an
assumption. What is named here can be left out of all of them at once, so all proofs have been done without it. An
assumption that one case seems to need is not named, nor is one at which the allowance ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verifier.engines.discharge import Discharger
from verifier.engines.finding import Finding
from verifier.engines.verdict import Verdict
from verifier.language.source import Span
from verifier.logic.encode import Stem
from verifier.logic.obligations import Case
from verifier.system.transition import Responds, System

LIMIT = 50_000
"""Resource limit of one query."""

MOST_CASES = 2_000
"""Cases beyond which nothing is asked."""


def unneeded(discharger: Discharger, cases: Iterable[Case], verdicts: Mapping[str, Verdict]) -> Iterator[Finding]:
    """Assumptions of a system that none of the excluded cases needs.

    Nothing is said where a property is not settled, as its proof may need them yet; where a violation is expected, as
    it is the more telling the more is assumed; and of deadlines, whose proofs are about another system.
    """
    system = discharger.system
    declared = _declared(system)
    all_cases = sorted(cases, key=lambda case: len(case.facts))
    if not declared or len(all_cases) > MOST_CASES or not _all_proved(system, verdicts):
        return
    left = frozenset(declared)
    for case in all_cases:
        here = case.stems & left
        if here and not discharger.glance(case.without(here), LIMIT):
            left -= here - _spared(discharger, case, [stem for stem in reversed(declared) if stem in here])
        if not left:
            return
    for stem in declared:
        if stem in left:
            yield Finding("not_needed", stem[0], stem[1], declared[stem])


def _spared(discharger: Discharger, case: Case, stems: Iterable[Stem]) -> frozenset[Stem]:
    """As many of the assumptions as a case can do without, all at once; the first come first."""
    spared: frozenset[Stem] = frozenset()
    for stem in stems:
        if discharger.glance(case.without(spared | {stem}), LIMIT):
            spared |= {stem}
    return spared


def _declared(system: System) -> dict[Stem, Span]:
    # What is proved of a part rests on assumptions that no proof here shows to be needed.
    below = {name for fact in system.inherited for name in fact.rests_on}
    below |= {a.name for a in system.assumptions for fact in system.inherited if a.condition in fact.given}
    out: dict[Stem, Span] = {(a.kind, a.name): a.span for a in system.assumptions if a.name not in below}
    return out | {("rely", r.name): r.span for r in system.relies}


def _all_proved(system: System, verdicts: Mapping[str, Verdict]) -> bool:
    settled = [p for p in system.properties if p.heading.name in verdicts]
    return all(
        verdicts[p.heading.name].name == "proved" and not p.heading.expect_violated and not isinstance(p, Responds)
        for p in settled
    )
