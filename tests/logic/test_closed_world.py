"""With a fixed number of members the encoding is exact: a solver and the interpreter agree on every value and every step.

Everything is fixed to concrete numbers. Then what the interpreter says must be satisfiable, and its opposite must not
be: on native integers always, on relaxed reals where no integer is left to choose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.logic.covering import PROFILE, arguments_of, cells_of
from tests.logic.pins import Situation
from tests.logic.signature import (
    ARGUMENTS,
    EMPTY,
    PARAMS,
    STATES,
    Choices,
    Drawn,
    Generator,
    number_here,
    scope,
    some_cell,
    some_choices,
    some_fixed,
    some_sizes,
    some_value,
    truth_here,
)
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, holds, run_action
from verifier.logic.formulas import Node
from verifier.logic.smtlib import Reading, write
from verifier.logic.symbolic import Frame, MapValue
from verifier.logic.world import closed
from verifier.system.execute import Interpreter, act
from verifier.system.terms import BOOL, INT, REAL, Const, Var
from verifier.system.transition import Action, System


def start(gen: Generator) -> tuple[dict[str, int], dict[str, Any], dict[str, Any]]:
    """Sizes, parameters and a state."""
    sizes = some_sizes(gen.choices, 3)
    params = {p.name: some_cell(gen.choices, p, sizes) for p in PARAMS}
    return sizes, params, {s.name: some_cell(gen.choices, s, sizes) for s in STATES}


def holds_here(situation: Situation, encoder: Encoder, fact: Node, reading: Reading) -> str:
    """Whether a fact can hold with all inputs fixed."""
    script = write(encoder.pool, (fact, *encoder.facts), reading)
    return situation.status(script, integers=reading == "native")


def check_term(choices: Choices) -> bool:
    gen = Generator(choices)
    sizes, params, state = start(gen)
    system = replace(EMPTY, fixed=some_fixed(choices, params))
    interp = Interpreter(system)
    frame = interp.frame(scope(sizes), params, state)
    ty = gen.pick((BOOL, INT, REAL))
    term = gen.term(ty, 4)
    encoder = Encoder(system, closed(system, sizes))
    pool = encoder.pool
    symbolic = encoder.initial_unknown()
    if ty == BOOL:
        truth = truth_here(interp, frame, term)
        if truth is None:
            return False
        node = encoder.formula(term, symbolic, bool(choices.below(2)))
        said = node if truth else pool.not_(node)
    else:
        number = number_here(interp, frame, term)
        if number is None:
            return False
        said = pool.eq(encoder.value(term, symbolic), encoder.value(number, symbolic))
    situation = Situation(pool, cells_of(params, state), sizes, {})
    for reading in ("relaxed", "native"):
        assert holds_here(situation, encoder, said, reading) != "unsat", (reading, term)  # type: ignore[arg-type]
    assert holds_here(situation, encoder, pool.not_(said), "native") != "sat", term
    rounds = any(o in ("floor", "ceil") for o in pool.ops)
    if not rounds:
        assert holds_here(situation, encoder, pool.not_(said), "relaxed") != "sat", term
    return True


def check_step(choices: Choices) -> bool:
    """The action succeeds exactly where the interpreter says so, and leads to the same state."""
    gen = Generator(choices)
    args = gen.pick(ARGUMENTS)
    with gen.bound(*(Var(a.name, a.ty) for a in args)):
        body = gen.block(3, 2)
    sizes, params, state = start(gen)
    given_ = tuple(some_value(choices, a, sizes) for a in args)
    chosen = some_choices(choices, body, sizes)
    system = replace(EMPTY, fixed=some_fixed(choices, params), actions=(Action("go", args, body),))
    return agrees(system, sizes, params, state, given_, chosen)


def agrees(system: System, sizes: Any, params: Any, state: Any, given_: Any, chosen: Any) -> bool:
    action = system.actions[0]
    interp = Interpreter(system)
    frame = interp.frame(scope(sizes), params, state)
    reverted = act(interp, frame, action, given_, chosen)
    if reverted is not None and reverted.why.kind == "divisor":
        return False  # a quotient that nothing guards: lowering never makes one
    encoder = Encoder(system, closed(system, sizes))
    pool = encoder.pool
    symbolic = encoder.initial_unknown()
    run = Run(encoder, merge=True)
    locals_ = {a.name: encoder.scalar(a.name, a.ty, a.low, a.high) for a in action.args}
    after = run_action(run, action, locals_, symbolic)
    succeeds = pool.and_(pool.implies(c.under, holds(encoder, replace(c, under=pool.true))) for c in run.conditions)
    cells = cells_of(params, state) | arguments_of(action, given_, chosen)
    situation = Situation(pool, cells, sizes, {})
    if reverted is not None:
        assert holds_here(situation, encoder, succeeds, "native") != "sat", (reverted, action.body)
        assert holds_here(situation, encoder, pool.not_(succeeds), "relaxed") != "unsat", (reverted, action.body)
        return True
    same = pool.and_(same_state(encoder, after, frame.now, sizes))
    together = pool.and_((succeeds, same))
    for reading in ("relaxed", "native"):
        assert holds_here(situation, encoder, together, reading) != "unsat", (reading, action.body)  # type: ignore[arg-type]
    assert holds_here(situation, encoder, pool.not_(together), "native") != "sat", action.body
    return True


def same_state(encoder: Encoder, after: Frame, now: Any, sizes: Any) -> list[Node]:
    """That the symbolic state after is the concrete one."""
    pool = encoder.pool
    out: list[Node] = []
    for variable in STATES:
        cell, concrete = after.now[variable.name], now[variable.name]
        entries = concrete.items() if variable.keys else [((), concrete)]
        for keys, value in entries:
            node = cell.read(tuple(pool.number(k) for k in keys)) if isinstance(cell, MapValue) else cell
            wanted = encoder.value(Const(bool(value) if variable.ty == BOOL else value, variable.ty), after)
            out.append(pool.eq(node, wanted))
    return out


@PROFILE
@given(st.data())
def test_the_value_of_a_term(data: st.DataObject) -> None:
    assume(check_term(Drawn(data.draw)))


@PROFILE
@given(st.data())
def test_the_effect_of_an_action(data: st.DataObject) -> None:
    assume(check_step(Drawn(data.draw)))
