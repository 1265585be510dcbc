"""Settling obligations: which solver, with which budget, in which order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, final

from verifier.engines.verdict import Cost
from verifier.logic.model import Valued
from verifier.logic.obligations import Case, Claim, cases, same_case
from verifier.logic.smtlib import Script
from verifier.logic.solvers.answer import TIMEOUT, Answer, Forgetful, Memory, Question
from verifier.logic.solvers.z3_text import Procedure, ask
from verifier.system.terms import Term
from verifier.system.transition import System

QUICK, PATIENT = 100_000, 2_000_000
"""Resource limits of one query on the relaxed reading: at first, and when nothing else has helped."""

FIRST: tuple[tuple[Procedure, int], ...] = (("nlsat", QUICK), ("nlsat-univariate", 2 * QUICK))
"""What is tried of a query before its case is split. An algebraic procedure stands or falls with the order of its
unknowns; a second order costs nothing where the first answers, and less than patience where it does not."""

NATIVE_LIMIT = 60_000
"""Resource limit for the native reading of a query with integers."""

MOST_SPLITS = 24
"""Queries spent on the parts of one case that is split."""


@final
@dataclass(slots=True)
class Meter:
    """The way to the solver. Adds up what is asked, by all obligations that share it; answers remembered from another
    run count like new ones, except that they took no time."""

    memory: Memory = field(default_factory=Forgetful)
    queries: int = 0
    rlimit: int = 0
    seconds: float = 0.0
    timed_out: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, text: str, procedure: Procedure, limit: int, seed: int) -> Answer:
        """What the memory knows, or else the solver says, about an SMT-LIB text."""
        question = Question(text, procedure, limit, seed)
        answer = self.memory.recall(question)
        if answer is None:
            answer = ask(text, procedure, limit, want_model=True, seed=seed)
            self.memory.keep(question, answer)
        self.note(answer)
        return answer

    def note(self, answer: Answer) -> None:
        """Count one answer."""
        with self._lock:
            self.queries += 1
            self.rlimit += answer.rlimit
            self.seconds += answer.seconds
            self.timed_out |= answer.why == TIMEOUT

    def cost(self, since: float) -> Cost:
        """What has been spent, with the wall time since a moment of `time.perf_counter`."""
        return Cost(time.perf_counter() - since, self.seconds, self.queries, self.rlimit, self.timed_out)


@final
@dataclass(frozen=True, slots=True)
class Open:
    """A case that was not excluded. `satisfiable` tells whether a solver found numbers for its (weakened) facts;
    they may be unreachable or even impossible. `model` is by SMT name of `script`."""

    claim: Claim
    case: Case
    script: Script
    answer: Answer

    @property
    def satisfiable(self) -> bool:
        """Whether the solver found numbers, rather than giving up."""
        return self.answer.status == "sat"

    def is_excluded_by(self, guess: Term) -> bool:
        """Whether a formula is false in the state that the solver found the case to start from, so that knowing it
        would rule these numbers out. True where there are no numbers to tell."""
        encoder = self.case.encoder
        if not self.satisfiable or encoder.start is None:
            return True
        node = encoder.formula(guess, encoder.start, True)
        try:
            return not Valued(encoder.pool, self.script.unknowns, self.answer.model).value(node)
        except ZeroDivisionError:
            return True


@final
@dataclass(frozen=True, slots=True)
class Proved:
    """Every case is excluded; `leans` tells whether it took more than the claim's own hypotheses."""

    leans: bool


Hypotheses = tuple[Term, ...]

LEAST, CASE = 2_000, 100
"""What a query costs an allowance at least, and what a case costs without one: writing them takes time as well."""


@final
class OutOfBudgetError(Exception):
    """The allowance of a rung is used up; what it was about is left to the next one."""


@final
@dataclass(slots=True)
class Allowance:
    """Solver resource units that a rung may still spend. An answer that was remembered costs what it cost at first, so
    that the budget ends at the same place on every machine and in every order of work."""

    left: int

    def spend(self, answer: Answer) -> None:
        """Take off what an answer cost."""
        self.left -= max(answer.rlimit, LEAST)

    def spend_case(self) -> None:
        """Take off what building a case costs. Raises OutOfBudgetError where nothing is left."""
        self.left -= CASE
        if self.left <= 0:
            raise OutOfBudgetError


@final
@dataclass(slots=True)
class Discharger:
    """Discharges claims of one system, remembering what equal queries answered."""

    system: System
    meter: Meter = field(default_factory=Meter)
    answers: dict[str, Answer] = field(default_factory=dict)
    """What equal queries answered; may be shared between dischargers."""
    seed: int = 0
    allowance: Allowance | None = None
    """Where set, asking beyond it raises OutOfBudgetError."""
    excluded: list[Case] | None = None
    """Where set, cases that were excluded are noted here, as far as an assumption had a part in it."""

    def metered(self) -> Discharger:
        """One that counts for itself, and shares the answers."""
        return Discharger(self.system, Meter(self.meter.memory), self.answers, self.seed, excluded=self.excluded)

    def within(self, budget: int) -> Discharger:
        """The same, for a rung that may spend so many solver resource units."""
        return Discharger(self.system, self.meter, self.answers, self.seed, Allowance(budget), self.excluded)

    def prove(self, claim: Claim, *, effort: Literal["quick", "full"] = "full") -> Open | None:
        """None when every case of the claim is excluded, else the first that is not."""
        for case in cases(self.system, claim):
            left = self._exclude(claim, case, effort)
            if left is not None:
                return left
        return None

    def prove_from(
        self, claim: Callable[[Hypotheses], Claim], own: Hypotheses, known: Hypotheses, *, quick: bool = False
    ) -> Open | Proved:
        """Prove a claim from as few hypotheses as are needed: from its own alone, from all that is known, from one at
        a time (an unneeded fact can be what a solver chokes on), and from all with patience."""
        alone, together = claim(own), None
        leans, left = False, None
        for case in cases(self.system, alone):
            # Once its own hypotheses were not enough, the other cases are not asked without the rest either.
            if not leans:
                left = self._exclude(alone, case, "quick")
                leans = left is not None and bool(known)
            if leans and is_open(case):
                together = together or claim(_distinct((*own, *known)))
                left = self._exclude(together, same_case(self.system, together, case), "quick")
            if left is not None:
                break
        if left is None:
            return Proved(leans)
        if quick:
            return left
        if not left.satisfiable:
            for one in known:
                if self.prove(claim(_distinct((*own, one))), effort="quick") is None:
                    return Proved(leans=True)
        return self._proved_or_open(together or claim(_distinct((*own, *known))), "full")

    def _proved_or_open(self, claim: Claim, effort: Literal["quick", "full"]) -> Open | Proved:
        left = self.prove(claim, effort=effort)
        return left if left is not None else Proved(leans=True)

    def wonder(self, text: str, limit: int) -> Answer:
        """What the solver says of a text that is no obligation: a guess to be made, of which nothing depends."""
        return self._answer(text, "smt", limit)

    def glance(self, case: Case, limit: int) -> bool:
        """Whether a case is excluded, with a single query."""
        script = case.script("relaxed")
        return bool(script.trivial) or self._ask(script, "nlsat", limit).status == "unsat"

    def _exclude(self, claim: Claim, case: Case, effort: Literal["quick", "full"]) -> Open | None:
        if self.allowance is not None:
            self.allowance.spend_case()
        left = self._tried(claim, case, effort)
        if left is None and self.excluded is not None and case.stems and is_open(case.without(case.stems)):
            self.excluded.append(case)
        return left

    def _tried(self, claim: Claim, case: Case, effort: Literal["quick", "full"]) -> Open | None:
        """The rungs: as it is, in parts, with patience, and on native integers."""
        script = case.script("relaxed")
        if script.trivial:
            return None
        answer = self._first(script)
        if answer.status == "unknown" and self._excluded_in_parts(case):
            return None
        if answer.status == "unknown" and effort == "full":
            answer = self._ask(script, "nlsat", PATIENT)
        if answer.status == "unsat":
            return None
        if effort == "full" and case.encoder.pool.has_integers:
            native = case.script("native")
            exact = self._ask(native, "smt", NATIVE_LIMIT)
            if exact.status == "unknown":
                exact = self._ask(native, "qfnia", 2 * NATIVE_LIMIT)
            if exact.status == "unsat":
                return None
            if exact.status == "sat":
                return Open(claim, case, native, exact)
        return Open(claim, case, script, answer)

    def _excluded_in_parts(self, case: Case) -> bool:
        """Whether every part is excluded, when the case is split until its parts are plain or settled."""
        pending, spent = [case], 0
        while pending:
            halves = pending.pop().halves()
            if halves is None:
                return False
            for half in halves:
                script = half.script("relaxed")
                if script.trivial:
                    continue
                spent += 1
                answer = self._first(script)
                if answer.status == "sat" or spent > MOST_SPLITS:
                    return False
                if answer.status == "unknown":
                    pending.append(half)
        return True

    def _first(self, script: Script) -> Answer:
        answer = Answer("unknown")
        for procedure, limit in FIRST:
            answer = self._ask(script, procedure, limit)
            if answer.status != "unknown" or not script.nonlinear:
                break
        return answer

    def _ask(self, script: Script, procedure: Procedure, limit: int) -> Answer:
        return self._answer(script.text, procedure, limit)

    def _answer(self, text: str, procedure: Procedure, limit: int) -> Answer:
        key = f"{procedure} {limit}\n{text}"
        found = self.answers.get(key)
        if self.allowance is not None and self.allowance.left <= 0:
            raise OutOfBudgetError
        if found is None:
            found = self.answers[key] = self.meter.ask(text, procedure, limit, self.seed)
        elif found.why == TIMEOUT:
            self.meter.timed_out = True
        if self.allowance is not None:
            self.allowance.spend(found)
        return found


def is_open(case: Case) -> bool:
    """Whether a case is not excluded by its facts as they stand."""
    return case.encoder.pool.false not in case.facts


def _distinct(terms: Iterable[Term]) -> Hypotheses:
    return tuple({id(t): t for t in terms}.values())
