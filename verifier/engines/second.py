"""A second opinion: whatever excluded a case is asked of another solver as well."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import final

from verifier.logic.solvers.answer import Answer, Memory, Question, Status
from verifier.logic.solvers.process import Helper

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
    asked = tuple(dict.fromkeys(texts))
    count = max(1, min(os.cpu_count() or 1, len(asked)))
    helpers = [Helper("verifier.logic.solvers.cvc5_text") for _ in range(count)]
    free: SimpleQueue[Helper] = SimpleQueue()
    for helper in helpers:
        free.put(helper)

    def answer(text: str) -> Status:
        helper = free.get()
        try:
            told = helper.ask({"text": text, "seconds": seconds}, seconds + _PATIENCE)
        finally:
            free.put(helper)
        return "unknown" if isinstance(told, str) else told["status"]

    try:
        with ThreadPoolExecutor(count) as pool:
            return dict(zip(asked, pool.map(answer, asked), strict=True))
    finally:
        for helper in helpers:
            helper.stop()
