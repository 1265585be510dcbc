"""The work on one system: the invariants all together, then every property by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import final

from verifier.engines.discharge import Discharger
from verifier.engines.hints import as_told, of_no_help, unproved, used_first
from verifier.engines.induction import Candidate, Induction
from verifier.engines.lemma_sets import effective
from verifier.engines.options import Event
from verifier.engines.single import Shared, Single, proved, vacuous
from verifier.engines.vacuity import nothing_begins, nothing_moves, why_vacuous
from verifier.engines.verdict import Verdict
from verifier.system.inherited import citation, facts
from verifier.system.transition import Hint, Invariant, Property, Scenario, System

ALONE = frozenset({"over every step", "from any state", "witness", "run found and replayed"})
"""Methods of proofs that use no invariant."""


@final
@dataclass(slots=True)
class Settling:
    """The work on one system. `climb` settles one property."""

    shared: Shared
    discharger: Discharger
    climb: Callable[[Single], Verdict]
    no_run: str = ""
    """Why there is no run at all; empty if there may be one."""
    together: dict[str, bool] = field(default_factory=dict)
    """Invariants that were proved all together; whether as their proofs say, where there are some."""
    still: bool = False
    """No action can ever run."""

    @property
    def system(self) -> System:
        """The system that is settled."""
        return self.shared.system

    def run(self) -> tuple[Verdict | None, ...]:
        """Settle every property asked for: the invariants first, since the others lean on them."""
        wanted = [p for p in self.system.properties if self._asked(p)]
        verdicts: dict[str, Verdict] = {}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
            if any(not isinstance(p, Scenario) for p in wanted):
                self.no_run = nothing_begins(self.discharger)
                if self.no_run:
                    empty = replace(vacuous(self.system, self.no_run), method="no run begins")
                    verdicts |= {p.heading.name: empty for p in wanted if not isinstance(p, Scenario)}
                else:
                    self.shared.known |= {**facts(self.system), **self.shared.options.certified}
                    self._invariants(verdicts, workers)
            for prop in used_first(wanted, self.system.hints):
                if prop.heading.name in verdicts:
                    self.shared.listen(Event(prop.heading.name, "settled", verdicts[prop.heading.name]))
                elif isinstance(prop, Invariant) and not prop.heading.expect_violated:
                    verdicts[prop.heading.name] = self._settled(prop)
            others = [p for p in wanted if p.heading.name not in verdicts]
            for prop, verdict in zip(others, workers.map(self._settled, others), strict=True):
                verdicts[prop.heading.name] = verdict
        for hint in self.system.hints:
            if hint.name in self.together and hint.name in verdicts:
                verdicts[hint.name] = self._as_told(verdicts[hint.name], hint)
        return tuple(verdicts.get(p.heading.name) if self._asked(p) else None for p in self.system.properties)

    def _settled(self, prop: Property) -> Verdict:
        """One property, with what it cost. What is proved only because nothing can happen is called so."""
        name = prop.heading.name
        self.shared.listen(Event(name, "started"))
        start = time.perf_counter()
        work = Single.of(self.shared, prop, self.discharger.metered())
        verdict = self.climb(work)
        if verdict.name == "proved":
            why = self._why_vacuous(work.discharger, prop)
            verdict = vacuous(self.system, why) if why else self._citing(verdict)
        notes = (*verdict.notes, *work.notes)
        verdict = replace(verdict, notes=notes, cost=work.discharger.meter.cost(start))
        self.shared.listen(Event(name, "settled", verdict))
        return verdict

    def _as_told(self, verdict: Verdict, hint: Hint) -> Verdict:
        """The verdict of an invariant that was proved together with others, with what became of its proof."""
        known = self.shared.known
        helped = self.together[hint.name] and not unproved(hint, known)
        told = as_told(hint) if helped else of_no_help(hint, known)
        return replace(verdict, notes=(*verdict.notes, told)) if told and verdict.name == "proved" else verdict

    def _citing(self, verdict: Verdict) -> Verdict:
        """The verdict with what is proved of parts, unless its proof used nothing that is known."""
        cited = citation(self.system, frozenset(self.shared.known)) if verdict.method not in ALONE else ""
        return replace(verdict, notes=(*verdict.notes, cited)) if cited else verdict

    def _why_vacuous(self, discharger: Discharger, prop: Property) -> str:
        return why_vacuous(discharger, prop, tuple(self.shared.known.values()), still=self.still)

    def _asked(self, prop: Property) -> bool:
        return not self.shared.options.only or prop.heading.name in self.shared.options.only

    def _invariants(self, verdicts: dict[str, Verdict], workers: Executor) -> None:
        """Prove as many invariants as possible, all together. Their cost is shared out evenly."""
        start = time.perf_counter()
        mine = [p for p in self.system.properties if isinstance(p, Invariant) and not p.heading.expect_violated]
        mine = [p for p in mine if p.heading.name not in self.shared.known]
        self.shared.listen(Event("", "induction"))
        hints = {p.heading.name: self.system.hint(p.heading.name) for p in mine}
        candidates = tuple(Candidate(p.heading.name, effective(p), hint=hints[p.heading.name]) for p in mine)
        induction = Induction(self.discharger, candidates, dict(self.shared.known))
        for survivor in induction.run(workers):
            self.shared.known[survivor.name] = survivor.formula
        self.together = {n: n not in induction.strayed for n in self.shared.known}
        self.shared.failures, self.shared.known_then = induction.failures, len(self.shared.known)
        self.still = nothing_moves(self.discharger, tuple(self.shared.known.values()))
        share = self.discharger.meter.cost(start).shared(len(mine))
        for prop in mine:
            name = prop.heading.name
            if name not in self.shared.known or not self._asked(prop):
                continue
            why = self._why_vacuous(self.discharger, prop)
            if why:
                verdicts[name] = vacuous(self.system, why)
            else:
                leans = induction.leans.get(name, frozenset())
                notes = (f"by induction together with {_listed(sorted(leans))}",) if leans else ()
                cited = citation(self.system, leans)
                notes = (*notes, cited) if cited else notes
                verdicts[name] = replace(proved(self.system, "induction", notes, cost=share), rung="induction")


def _listed(names: list[str]) -> str:
    shown = [f"`{n}`" for n in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
