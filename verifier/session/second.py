"""Level L1: two solvers agree on every query that excluded a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verifier.engines.options import Options
from verifier.engines.second import NAME, Noting, second_answers
from verifier.session.conflict import DisagreementError, saved
from verifier.session.found import Found
from verifier.system.transition import System


def agreed_by_two(system: System, options: Options, settle: Callable[[Options], Found]) -> Found:
    """What is found about a system, with level L1 for each proof that the second solver confirms. DisagreementError
    where it finds numbers for what the first one says has none.

    Each proof is done once more by itself, to see which queries it takes; their answers are known by then.
    """
    noting = Noting(options.memory)
    found = settle(replace(options, memory=noting))
    queries: dict[str, tuple[str, ...]] = {}
    for name, verdict in found.verdicts.items():
        if verdict.name == "proved" and verdict.level == "L0":
            own = noting.anew()
            settle(replace(options, memory=own, only=frozenset((name,)), look=False))
            queries[name] = tuple(own.excluded)
    answers = second_answers(text for texts in queries.values() for text in texts)
    for name, texts in queries.items():
        wrong = next((t for t in texts if answers[t] == "sat"), None)
        if wrong is not None:
            about = f"{system.path}:{system.spec}.{name}"
            file = saved({"about": about, "query": wrong, "z3": "unsat", NAME: "sat"})
            said = ("Z3 says that a query of its proof can't be met", f"{NAME} says that it can")
            raise DisagreementError(about, said, file)
    confirmed = {name for name, texts in queries.items() if all(answers[t] == "unsat" for t in texts)}
    return Found(
        {
            name: replace(verdict, level="L1") if name in confirmed else verdict
            for name, verdict in found.verdicts.items()
        },
        found.findings,
    )
