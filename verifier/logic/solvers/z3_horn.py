"""Z3's engine for Horn clauses (Spacer), by text: it finds a predicate that satisfies them, or a path that refutes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, final

from z3 import z3core as api

from verifier.logic.solvers.answer import TIMEOUT
from verifier.logic.solvers.z3_context import SAFETY_STOP_SECONDS, fresh_context, resources

_KEPT_AS_WRITTEN = ("xform.inline_eager", "xform.inline_linear", "xform.slice")
"""Rewritings of the rules that would take a predicate or a rule's name away."""

Status = Literal["solved", "refuted", "unknown"]

_STATUS: dict[int, Status] = {-1: "solved", 0: "unknown", 1: "refuted"}


@final
@dataclass(frozen=True, slots=True)
class HornAnswer:
    """`solved`: `solution` gives every predicate, as an S-expression. `refuted`: `path` names the rules from the start
    to the query. `unknown` says nothing; `why` is `TIMEOUT` if it was the clock that stopped it."""

    status: Status
    solution: str = ""
    path: tuple[str, ...] = ()
    rlimit: int = 0
    seconds: float = 0.0
    why: str = ""


def solve(text: str, rlimit: int) -> HornAnswer:
    """What Spacer makes of named rules and one query, in Z3's fixed-point format, within a resource limit."""
    start = time.perf_counter()
    with fresh_context({"rlimit": str(rlimit)}) as context:
        return _solve(context, text, rlimit, start)


def _solve(context: object, text: str, rlimit: int, start: float) -> HornAnswer:
    point = api.Z3_mk_fixedpoint(context)
    api.Z3_fixedpoint_inc_ref(context, point)
    params = api.Z3_mk_params(context)
    api.Z3_params_inc_ref(context, params)
    spacer = api.Z3_mk_string_symbol(context, "spacer")
    api.Z3_params_set_symbol(context, params, api.Z3_mk_string_symbol(context, "engine"), spacer)
    timeout = api.Z3_mk_string_symbol(context, "timeout")
    api.Z3_params_set_uint(context, params, timeout, SAFETY_STOP_SECONDS * 1000)
    for name in _KEPT_AS_WRITTEN:
        api.Z3_params_set_bool(context, params, api.Z3_mk_string_symbol(context, name), False)
    api.Z3_fixedpoint_set_params(context, point, params)
    found, solution, path, used = 0, "", tuple[str, ...](), rlimit
    try:
        queries = api.Z3_fixedpoint_from_string(context, point, text)
        found = api.Z3_fixedpoint_query(context, point, api.Z3_ast_vector_get(context, queries, 0))
        if found == -1:
            solution = api.Z3_ast_to_string(context, api.Z3_fixedpoint_get_answer(context, point))
        elif found == 1:
            names = api.Z3_get_symbol_string(context, api.Z3_fixedpoint_get_rule_names_along_trace(context, point))
            path = tuple(reversed(names.split(";")))
        used = resources(context, api.Z3_fixedpoint_get_statistics(context, point))
    except api.Z3Exception:
        found = 0  # the budget is used up
    api.Z3_params_dec_ref(context, params)
    api.Z3_fixedpoint_dec_ref(context, point)
    seconds = time.perf_counter() - start
    stopped = found == 0 and seconds >= SAFETY_STOP_SECONDS
    return HornAnswer(_STATUS[found], solution, path, used, seconds, TIMEOUT if stopped else "")
