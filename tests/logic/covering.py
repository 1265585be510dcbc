"""Does some case of a claim admit a situation in which the claim is false? If none does, a false claim gets proved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import HealthCheck, settings

from tests.logic.pins import Situation, table, who_is_who
from tests.logic.signature import OPEN, PARAMS, STATES, Ran
from verifier.logic.obligations import Case, Claim, cases
from verifier.system.terms import Ty
from verifier.system.transition import Action, Choose, Havoc, Variable

PROFILE = settings(
    derandomize=True, database=None, deadline=None, max_examples=int(os.environ.get("VERIFY_SPEC_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip
"""The same examples every time. A longer run: `VERIFY_SPEC_EXAMPLES=2000 pytest tests/logic -n auto`."""

MOST_CASES = 60
"""Cases looked at before a claim is given up as too large to judge."""


def cells_of(params: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, tuple[Ty, Any]]:
    """Parameters and state variables by their labels, with their types."""
    out: dict[str, tuple[Ty, Any]] = {}
    for variable in (*PARAMS, *STATES):
        cell = params[variable.name] if variable in PARAMS else state[variable.name]
        out[variable.name] = (variable.ty, table(cell, variable.keys) if variable.keys else cell)
    return out


def arguments_of(action: Action, args: tuple[Any, ...], choices: Mapping[str, Any]) -> dict[str, tuple[Ty, Any]]:
    """Arguments and choices by their labels, with their types."""
    out: dict[str, tuple[Ty, Any]] = {a.name: (a.ty, value) for a, value in zip(action.args, args, strict=True)}
    for stmt in action.body:
        match stmt:
            case Choose(var) if var.name in choices:
                out[f"chosen {var.name}"] = (var.ty, choices[var.name])
            case Havoc(state, _, name) if name in choices:
                variable = next(s for s in STATES if s.name == state)
                cell = choices[name]
                again = sum(1 for label in out if label.split("#")[0] == f"{state} chosen")
                label = f"{state} chosen" if again == 0 else f"{state} chosen#{again}"
                out[label] = (variable.ty, table(cell, variable.keys) if variable.keys else cell)
            case _:
                pass
    return out


def situations(case: Case, ran: Ran, arguments: tuple[Variable, ...], values: tuple[Any, ...]) -> Iterator[Situation]:
    """Every way in which a case's classes can be members. The first keys are the state's own members, then the
    arguments."""
    encoder = case.encoder
    assert encoder.start is not None
    classes = encoder.pattern.classes
    counts = {sort: max(classes.get(sort, ()), default=-1) + 1 for sort in OPEN}
    first = [(v, ran.before[v.name]) for v in STATES if v.ty.name in OPEN and _is_key(case, v)]
    known: dict[str, dict[int, int]] = {sort: {} for sort in OPEN}
    asked = dict.fromkeys(OPEN, 0)
    for variable, value in (*first, *zip(arguments, values, strict=True)):
        sort = variable.ty.name
        if sort in OPEN:
            index, asked[sort] = asked[sort], asked[sort] + 1
            if index < len(classes.get(sort, ())) and known[sort].setdefault(classes[sort][index], value) != value:
                return
    cells = cells_of(ran.params, ran.before) | arguments_of(ran.action, ran.args, ran.choices)
    for who in who_is_who(counts, ran.sizes, known):
        yield Situation(encoder.pool, cells, ran.sizes, who)


def _is_key(case: Case, variable: Variable) -> bool:
    """Whether a member of the state is one of the pattern's keys, rather than a number."""
    encoder = case.encoder
    assert encoder.start is not None
    cell = encoder.start.now[variable.name]
    return isinstance(cell, int) and encoder.pool.ops[cell] == "const"


def admits(case: Case, situation: Situation) -> bool:
    """Whether the case holds in the situation, in both readings."""
    relaxed = situation.status(case.script("relaxed"))
    if relaxed == "unsat":
        return False
    return situation.status(case.script("native"), integers=True) != "unsat"


def admitting_case(
    ran: Ran, claim: Claim, arguments: tuple[Variable, ...] | None = None, values: tuple[Any, ...] | None = None
) -> tuple[Case, Situation] | str:
    """A case that admits the situation, or why there is none: `too large` (not judged) or `excluded` (a bug)."""
    given = ran.action.args if arguments is None else arguments
    actual = ran.args if values is None else values
    for index, case in enumerate(cases(ran.system, claim)):
        if index >= MOST_CASES:
            return "too large"
        for situation in situations(case, ran, given, actual):
            if admits(case, situation):
                return case, situation
    return "excluded"


def admitting_leaf(case: Case, situation: Situation, depth: int) -> bool:
    """Whether the situation stays admitted when the case is split again and again."""
    if depth == 0:
        return True
    halves = case.halves()
    if halves is None:
        return True
    return any(admits(half, situation) and admitting_leaf(half, situation, depth - 1) for half in halves)


def explained(ran: Ran) -> Mapping[str, Any]:
    """What a failure shows."""
    return {
        "sizes": ran.sizes, "params": ran.params, "before": ran.before, "args": ran.args,
        "choices": ran.choices, "after": ran.after, "body": ran.action.body,
    }  # fmt: skip
