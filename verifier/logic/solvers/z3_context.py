"""Contexts of Z3: one a question, made and thrown away safely while other threads do the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from z3 import z3core as api

SAFETY_STOP_SECONDS = 10
"""Wall time after which a question is given up whatever its budget: a back-stop, never part of a verdict's meaning."""

_creation = threading.Lock()


@contextmanager
def fresh_context(settings: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A context of its own, so that the resource count depends on nothing but the question."""
    with _creation:
        config = api.Z3_mk_config()
        for name, value in (settings or {}).items():
            api.Z3_set_param_value(config, name, value)
        context = api.Z3_mk_context_rc(config)
        api.Z3_del_config(config)
    # Without a handler of its own, Z3 ends the process on an error or an exhausted budget; with one, the call raises.
    handler = api.Z3_set_error_handler(context, _ignored)
    try:
        yield context
    finally:
        with _creation:
            api.Z3_del_context(context)
        del handler  # the context may have called it until now


def _ignored(_context: object, _code: int) -> None:
    """The wrapper looks at the error code itself, and raises."""


def resources(context: Any, stats: Any) -> int:
    """The resource units that a solver's statistics count."""
    api.Z3_stats_inc_ref(context, stats)
    used = 0
    for i in reversed(range(api.Z3_stats_size(context, stats))):  # it stands near the end
        if api.Z3_stats_get_key(context, stats, i) == "rlimit count":
            used = int(api.Z3_stats_get_uint_value(context, stats, i))
            break
    api.Z3_stats_dec_ref(context, stats)
    return used
