"""Z3, by text: the only file that imports it.

Every query has a context of its own, so that the resource count and the model depend on nothing but the query: one that
is used again counts on and orders its unknowns otherwise. (It would save a millisecond and a half.)
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any, Literal

from z3 import z3core as api
from z3.z3types import Z3Exception

from verifier.logic.solvers.answer import TIMEOUT, Answer, Status
from verifier.logic.solvers.z3_context import SAFETY_STOP_SECONDS, fresh_context, resources

Procedure = Literal["smt", "qfnia", "nlsat", "nlsat-univariate"]
"""`smt`: Z3's core with incremental linearisation; `qfnia`: tactics for integers, which try small ones bit by bit
before the core; `nlsat`: cylindrical algebra, on reals only; `nlsat-univariate`: the
same with its unknowns in another order, which is often quick where the first is slow, and the other way round."""

_STATUS: dict[int, Status] = {-1: "unsat", 0: "unknown", 1: "sat"}
_SEED: dict[Procedure, str] = {
    "smt": "random_seed",
    "qfnia": "random_seed",
    "nlsat": "seed",
    "nlsat-univariate": "seed",
}
_UNIVARIATE = 4
"""Z3's `variable_ordering_strategy` that goes by how often an unknown stands in a polynomial of its own."""


def version() -> str:
    """The solver's version, such as `5.4.0`."""
    from z3 import z3

    return ".".join(str(n) for n in z3.get_version()[:3])


def ask(text: str, procedure: Procedure, rlimit: int, *, want_model: bool = False, seed: int = 0) -> Answer:
    """Whether the assertions of an SMT-LIB text can hold together, within a resource limit. `seed` is what the solver's
    own random choices start from."""
    start = time.perf_counter()
    with fresh_context() as context:
        try:
            return _ask(context, text, procedure, rlimit, want_model, seed, start)
        except Z3Exception as problem:
            return Answer("unknown", seconds=time.perf_counter() - start, why=f"Z3 failed: {problem}")


def _ask(
    context: Any, text: str, procedure: Procedure, rlimit: int, want_model: bool, seed: int, start: float
) -> Answer:
    solver = _solver(context, procedure)
    api.Z3_solver_inc_ref(context, solver)
    params = api.Z3_mk_params(context)
    api.Z3_params_inc_ref(context, params)
    settings = [("rlimit", rlimit), ("timeout", SAFETY_STOP_SECONDS * 1000), (_SEED[procedure], seed)]
    if procedure == "nlsat-univariate":
        settings.append(("variable_ordering_strategy", _UNIVARIATE))
    for name, value in settings:
        api.Z3_params_set_uint(context, params, api.Z3_mk_string_symbol(context, name), value)
    # Otherwise Z3 takes Ctrl-C for itself, gives the query up, and nobody else hears of it.
    api.Z3_params_set_bool(context, params, api.Z3_mk_string_symbol(context, "ctrl_c"), False)
    api.Z3_solver_set_params(context, solver, params)
    api.Z3_solver_from_string(context, solver, text)
    status = _STATUS[api.Z3_solver_check(context, solver)]
    used = resources(context, api.Z3_solver_get_statistics(context, solver))
    why = api.Z3_solver_get_reason_unknown(context, solver) if status == "unknown" else ""
    if why == "canceled" and (used < rlimit or time.perf_counter() - start > SAFETY_STOP_SECONDS):
        why = TIMEOUT  # Z3's core calls both limits "canceled"
    model: dict[str, Fraction | bool] = {}
    exact = True
    if status == "sat" and want_model:
        model, exact = _model(context, solver)
    api.Z3_params_dec_ref(context, params)
    api.Z3_solver_dec_ref(context, solver)
    return Answer(status, model, exact, used, time.perf_counter() - start, why)


def _solver(context: Any, procedure: Procedure) -> Any:
    match procedure:
        case "smt":
            return api.Z3_mk_simple_solver(context)
        case "qfnia" | "nlsat" | "nlsat-univariate":
            tactic = api.Z3_mk_tactic(context, "qfnia" if procedure == "qfnia" else "qfnra-nlsat")
            api.Z3_tactic_inc_ref(context, tactic)
            return api.Z3_mk_solver_from_tactic(context, tactic)


def _model(context: Any, solver: Any) -> tuple[dict[str, Fraction | bool], bool]:
    """Values of all constants. A model that Z3 leaves a constant out of means that any value will do."""
    model = api.Z3_solver_get_model(context, solver)
    api.Z3_model_inc_ref(context, model)
    out: dict[str, Fraction | bool] = {}
    exact = True
    for i in range(api.Z3_model_get_num_consts(context, model)):
        decl = api.Z3_model_get_const_decl(context, model, i)
        name = api.Z3_get_symbol_string(context, api.Z3_get_decl_name(context, decl))
        value = api.Z3_model_get_const_interp(context, model, decl)
        if not value:
            continue
        if api.Z3_is_algebraic_number(context, value):
            exact = False
            value = api.Z3_get_algebraic_number_lower(context, value, 12)
        if api.Z3_is_numeral_ast(context, value):
            out[name] = Fraction(api.Z3_get_numeral_string(context, value))
        else:
            out[name] = api.Z3_get_bool_value(context, value) == 1
    api.Z3_model_dec_ref(context, model)
    return out, exact
