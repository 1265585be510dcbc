"""Z3's unsatisfiable cores, by text."""

from __future__ import annotations

from typing import Any

from z3 import z3core as api
from z3.z3types import Ast, Z3Exception

from verifier.logic.solvers.answer import Status
from verifier.logic.solvers.z3_context import SAFETY_STOP_SECONDS, fresh_context

_STATUS: dict[int, Status] = {-1: "unsat", 0: "unknown", 1: "sat"}


def needed(text: str, switches: tuple[str, ...], rlimit: int) -> tuple[Status, tuple[str, ...]]:
    """Whether the assertions of a text can hold together with all switches (declared truth values) on; where they
    can't, the switches that were needed for that. A core is a hint: it need not be a smallest one."""
    with fresh_context() as context:
        try:
            return _needed(context, text, switches, rlimit)
        except Z3Exception:
            return "unknown", ()


def _needed(context: Any, text: str, switches: tuple[str, ...], rlimit: int) -> tuple[Status, tuple[str, ...]]:
    solver = api.Z3_mk_simple_solver(context)
    api.Z3_solver_inc_ref(context, solver)
    params = api.Z3_mk_params(context)
    api.Z3_params_inc_ref(context, params)
    for name, value in (("rlimit", rlimit), ("timeout", SAFETY_STOP_SECONDS * 1000)):
        api.Z3_params_set_uint(context, params, api.Z3_mk_string_symbol(context, name), value)
    api.Z3_params_set_bool(context, params, api.Z3_mk_string_symbol(context, "unsat_core"), True)
    api.Z3_params_set_bool(context, params, api.Z3_mk_string_symbol(context, "ctrl_c"), False)
    api.Z3_solver_set_params(context, solver, params)
    api.Z3_solver_from_string(context, solver, text)
    truth = api.Z3_mk_bool_sort(context)
    on = (Ast * len(switches))()
    for i, name in enumerate(switches):
        on[i] = api.Z3_mk_const(context, api.Z3_mk_string_symbol(context, name), truth)
    status = _STATUS[api.Z3_solver_check_assumptions(context, solver, len(switches), on)]
    core = api.Z3_solver_get_unsat_core(context, solver)
    api.Z3_ast_vector_inc_ref(context, core)
    size = api.Z3_ast_vector_size(context, core)
    names = [api.Z3_ast_to_string(context, api.Z3_ast_vector_get(context, core, i)) for i in range(size)]
    api.Z3_ast_vector_dec_ref(context, core)
    api.Z3_params_dec_ref(context, params)
    api.Z3_solver_dec_ref(context, solver)
    return status, tuple(names)
