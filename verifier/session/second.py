"""Level L1: two solvers agree on every query that excluded a case. Level L2: Ethos accepts a proof of each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from verifier.engines.ethos import PROOF, QUERY, found
from verifier.engines.finding import Finding
from verifier.engines.options import Options
from verifier.engines.second import NAME, Checked, Noting, checked_answers, second_answers
from verifier.engines.verdict import Level
from verifier.session.conflict import DisagreementError, kept, saved
from verifier.session.found import Found
from verifier.system.transition import System, kind_of

L1: Level = "L1"
L2: Level = "L2"

Queries = Mapping[str, tuple[str, ...]]
"""The queries that excluded a case, by the property whose proof they are part of."""


def agreed_by_two(system: System, options: Options, settle: Callable[[Options], Found], highest: Level = "L3") -> Found:
    """What is found about a system, with level L1 for each proof that the second solver confirms, and L2 where Ethos
    is installed and accepts its proofs as well. DisagreementError where the second solver finds numbers for what the
    first one says has none. Nothing gets a level above `highest`, that of what is taken for proved of parts.

    Each proof is done once more by itself, to see which queries it takes; their answers are known by then.
    """
    noting = Noting(options.memory)
    settled = settle(replace(options, memory=noting))
    queries: dict[str, tuple[str, ...]] = {}
    for name, verdict in settled.verdicts.items():
        if verdict.name == "proved" and verdict.level == "L0":
            own = noting.anew()
            settle(replace(options, memory=own, only=frozenset((name,)), look=False))
            queries[name] = tuple(own.excluded)
    answers = second_answers(text for texts in queries.values() for text in texts)
    _agree(system, queries, (text for text, answer in answers.items() if answer == "sat"))
    confirmed = {name: texts for name, texts in queries.items() if all(answers[t] == "unsat" for t in texts)}
    accepted, findings = _checked(system, confirmed)
    levels: dict[str, Level] = {**dict.fromkeys(confirmed, L1), **dict.fromkeys(accepted, L2)}
    return Found(
        {n: replace(v, level=min(levels[n], highest)) if n in levels else v for n, v in settled.verdicts.items()},
        (*settled.findings, *findings),
    )


def _agree(system: System, queries: Queries, met: Iterable[str]) -> None:
    """DisagreementError if any query of a proof is among those that can be `met`."""
    can_be = frozenset(met)
    for name, texts in queries.items():
        wrong = next((t for t in texts if t in can_be), None)
        if wrong is not None:
            about = f"{system.path}:{system.spec}.{name}"
            file = saved({"about": about, "query": wrong, "z3": "unsat", NAME: "sat"})
            said = ("Z3 says that a query of its proof can't be met", f"{NAME} says that it can")
            raise DisagreementError(about, said, file)


def _checked(system: System, confirmed: Queries) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """The proofs that Ethos accepts, query by query, and what it has against others. Of a proof that took no query
    there is nothing to check."""
    asked = {name: texts for name, texts in confirmed.items() if texts}
    ethos = found() if asked else None
    if ethos is None:
        return frozenset(), ()
    if isinstance(ethos, str):
        return frozenset(), (Finding("checker_unused", "checker", "ethos", text=ethos),)
    outcomes = checked_answers((text for texts in asked.values() for text in texts), ethos)
    _agree(system, asked, (text for text, outcome in outcomes.items() if outcome.status == "contrary"))
    accepted = (name for name, texts in asked.items() if all(outcomes[t].status == "accepted" for t in texts))
    return frozenset(accepted), tuple(_refused(system, asked, outcomes))


def _refused(system: System, asked: Queries, outcomes: Mapping[str, Checked]) -> Iterator[Finding]:
    """The first proof of each property that was refused. It is kept, to be looked at."""
    for prop in system.properties:
        refused = [outcomes[t] for t in asked.get(prop.heading.name, ()) if outcomes[t].status == "refused"]
        if refused:
            folder = kept({QUERY: refused[0].query, PROOF: refused[0].proof})
            why = f"{refused[0].why.rstrip('.')}. {f'The files: {folder}.' if folder else ''}".rstrip()
            yield Finding("proof_refused", kind_of(prop), prop.heading.name, prop.heading.span, text=why)
