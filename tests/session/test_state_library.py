"""States of every model of the library go to JSON and come back, and the invariants that are proved hold in them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from verifier.report.json import _valuation
from verifier.session.exact_json import parse
from verifier.session.library import builtin, short_names
from verifier.session.session import prepare
from verifier.session.state import StateReport, check_state
from verifier.session.state_file import Given, read_state
from verifier.system.evaluate import Env, evaluate
from verifier.system.execute import Interpreter
from verifier.system.simulate import random_run
from verifier.system.trace import Trace
from verifier.system.transition import Invariant, System
from verifier.system.values import completed, members_of, scope_of, with_enums

ROOT = builtin()
NAMES = sorted({n.partition("/")[0] for n in short_names("spec")}) if ROOT is not None else []


@lru_cache
def specs(folder: str) -> tuple[System, ...]:
    """The specs of a folder that have invariants which are expected to hold."""
    assert ROOT is not None
    prepared = prepare((str(ROOT / "spec" / folder),))
    assert not prepared.diagnostics
    return tuple(
        s
        for _, _, s in prepared.systems
        if any(isinstance(p, Invariant) and not p.heading.expect_violated for p in s.properties)
    )


def played(system: System) -> Trace | None:
    scope = scope_of(system, {s.name: 2 for s in system.sorts if s.size is None})
    return random_run(Interpreter(system), Random(1), scope, 6)


@pytest.mark.parametrize("folder", NAMES)
def test_a_state_comes_back_and_its_invariants_hold(folder: str, tmp_path: Path) -> None:
    seen = 0
    for system in specs(folder):
        trace = played(system)
        if trace is None:
            continue
        seen += 1
        scope = with_enums(system, trace.scope)
        document: dict[str, Any] = {
            "params": _valuation(system.params, trace.params, scope),
            "state": _valuation(system.states, trace.end, scope),
        }
        given = read_state(parse(json.dumps(document), "x"), system, frozenset())
        assert isinstance(given, Given), given
        _same(system, trace, given)
        file = tmp_path / "state.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        assert ROOT is not None
        found = check_state(f"{ROOT / 'spec' / system.path}.vspec:{system.spec}", str(file))
        assert isinstance(found, StateReport), found
        env = Env(scope, trace.params, {"now": trace.end})
        for judged in found.invariants:
            assert isinstance(judged.about, Invariant)
            assert judged.outcome in ("skipped", "holds" if evaluate(judged.about.formula, env) else "fails"), (
                judged.name
            )
    assert seen or not specs(folder)


def _same(system: System, trace: Trace, given: Given) -> None:
    """The values are those of the run, by the names of the members."""
    played_in = with_enums(system, trace.scope)
    inside = completed((*system.params, *system.states), {**trace.params, **trace.end}, members_of(system, played_in))
    for variable in (*system.params, *system.states):
        cell = inside[variable.name]
        got = given.values[variable.name]
        if not variable.keys:
            assert _name(got, variable.ty, given.scope) == _name(cell, variable.ty, played_in)
            continue
        told = {_names(k, variable.keys, given.scope): _name(v, variable.ty, given.scope) for k, v in got.items()}
        wanted = {_names(k, variable.keys, played_in): _name(v, variable.ty, played_in) for k, v in cell.items()}
        assert told == wanted


def _names(key: tuple[int, ...], types: Any, scope: Any) -> tuple[Any, ...]:
    return tuple(_name(k, ty, scope) for k, ty in zip(key, types, strict=True))


def _name(value: Any, ty: Any, scope: Any) -> Any:
    return scope.names[ty.name][value] if ty.name else value
