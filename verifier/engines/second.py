"""A second opinion: whatever excluded a case is asked of another solver as well, and its proofs of another program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Literal, TypeVar, final

from verifier.engines.ethos import Ethos, scratch
from verifier.logic.cpc import UnfitError, checkable, reference
from verifier.logic.solvers.answer import Answer, Memory, Question, Status
from verifier.logic.solvers.process import Helper

Told = TypeVar("Told")

NAME = "cvc5"
SECONDS = 10.0
"""Wall time that the second solver may take for a query."""

_PATIENCE = 5.0
"""Beyond that it is stopped: some of its procedures do not look at the clock."""


@final
@dataclass(slots=True)
class Noting:
    """A memory that notes which queries were answered `unsat`, and remembers all answers of a run."""

    inner: Memory
    answers: dict[Question, Answer] = field(default_factory=dict)
    excluded: dict[str, None] = field(default_factory=dict)

    def recall(self, question: Question) -> Answer | None:
        """What is known already."""
        answer = self.answers.get(question) or self.inner.recall(question)
        if answer is not None:
            self._note(question, answer)
        return answer

    def keep(self, question: Question, answer: Answer) -> None:
        """Remember it."""
        self.inner.keep(question, answer)
        self._note(question, answer)

    def _note(self, question: Question, answer: Answer) -> None:
        self.answers[question] = answer
        if answer.status == "unsat":
            self.excluded[question.text] = None

    def anew(self) -> Noting:
        """One that knows the same answers, and has noted nothing yet."""
        return Noting(self.inner, self.answers)


def second_answers(texts: Iterable[str], seconds: float = SECONDS) -> Mapping[str, Status]:
    """What the second solver says of queries, side by side."""

    def answer(helper: Helper, text: str) -> Status:
        told = helper.ask({"text": text, "seconds": seconds}, seconds + _PATIENCE)
        return "unknown" if isinstance(told, str) else told["status"]

    return _side_by_side(texts, answer)


@final
@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a proof of one query. `unproved`: there is none without a step on trust. `contrary`: asked for a
    proof, the second solver finds numbers. `refused`: `why` says so in a clause, `query` and `proof` are what Ethos was
    given."""

    status: Literal["accepted", "unproved", "contrary", "refused"]
    why: str = ""
    query: str = ""
    proof: str = ""


def checked_answers(texts: Iterable[str], ethos: Ethos, seconds: float = SECONDS) -> Mapping[str, Checked]:
    """What Ethos says of the second solver's proofs that queries can't be met, side by side."""

    def answer(helper: Helper, text: str) -> Checked:
        try:
            query = reference(text)
        except UnfitError:  # such as clauses for a guesser, which have rules and relations
            return Checked("unproved")
        told = helper.ask({"text": query, "seconds": seconds, "proof": True}, seconds + _PATIENCE)
        if isinstance(told, str) or told["status"] == "unknown":
            return Checked("unproved")
        if told["status"] == "sat":
            return Checked("contrary")
        try:
            proof = checkable(told["proof"], text)
        except UnfitError as problem:
            return Checked("refused", f"{NAME}'s proof is not one of the query: {problem}", query, told["proof"])
        if proof is None:
            return Checked("unproved")
        with scratch() as folder:
            said = ethos.judge(query, proof, folder)
        match said.word:
            case "correct":
                return Checked("accepted")
            case "incomplete":
                return Checked("unproved")
            case "refused" | "late" | "broken":
                return Checked("refused", f"Ethos: {said.text}", query, ethos.introduced(proof))

    return _side_by_side(texts, answer)


def _side_by_side(texts: Iterable[str], answer: Callable[[Helper, str], Told]) -> Mapping[str, Told]:
    """What is told of each text, by as many processes as there are processors."""
    asked = tuple(dict.fromkeys(texts))
    count = max(1, min(os.cpu_count() or 1, len(asked)))
    helpers = [Helper("verifier.logic.solvers.cvc5_text") for _ in range(count)]
    free: SimpleQueue[Helper] = SimpleQueue()
    for helper in helpers:
        free.put(helper)

    def told(text: str) -> Told:
        helper = free.get()
        try:
            return answer(helper, text)
        finally:
            free.put(helper)

    try:
        with ThreadPoolExecutor(count) as pool:
            return dict(zip(asked, pool.map(told, asked), strict=True))
    finally:
        for helper in helpers:
            helper.stop()
