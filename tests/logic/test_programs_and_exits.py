"""The same for rules, for initial states and for `enabled`: what refutes a claim is in one of its cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.logic.covering import PROFILE, admitting_case, explained
from tests.logic.signature import (
    ACCOUNT,
    ARGUMENTS,
    EMPTY,
    OPEN,
    PARAMS,
    STATES,
    TIER,
    Choices,
    Drawn,
    Generator,
    Ran,
    random_step,
    scope,
    some_cell,
    some_sizes,
    some_value,
)
from tests.logic.test_open_world import KINDS, equations, formulas_before, true_facts, turned
from verifier.language.source import NOWHERE
from verifier.logic.claims import holds_initially
from verifier.logic.enabledness import can_run
from verifier.logic.programs import program_ends_well, program_goals
from verifier.system.execute import Interpreter, act
from verifier.system.terms import BOOL, INT, REAL, TRUE, At, Const, State, Term, Var, conj, negate
from verifier.system.transition import Action, Call, Check, Choose, Compare, Enabled, Heading, Let, Rule, Variable

HEADING = Heading("claim", False, "", "claim", NOWHERE)


def check_initial(choices: Choices) -> bool:
    """What an init block makes satisfies some case of every false claim about it."""
    gen = Generator(choices)
    ran = random_step(gen, length=3, bare=True)
    if ran is None:
        return False
    kind = gen.pick([k for k in KINDS if k != "somebody"])
    _, after = true_facts(gen, ran, ran.frame(), kind)
    if not after:
        return False
    system = replace(ran.system, init=ran.action.body)
    found = admitting_case(replace(ran, system=system), holds_initially(system, "claim", negate(conj(*after))), (), ())
    assert found != "excluded", explained(ran)
    return True


def check_rule(choices: Choices) -> bool:
    """A program that ends with a false check is in some case of the claim that the check holds."""
    gen = Generator(choices)
    ran = random_step(gen, length=3)
    if ran is None:
        return False
    known = tuple(formulas_before(gen, ran, choices.below(3)))
    program, frame, local = program_of(gen, ran)
    kinds = ("formula", "numbers", "family", "grid", "own_unknowns", "roundings")
    with gen.bound(*local):
        _, after = true_facts(gen, ran, frame, gen.pick(kinds))
    if not after:
        return False
    rule = Rule(HEADING, ran.action.args, (*program, Check(negate(conj(*after)))))
    system = replace(ran.system, properties=(rule,))
    first_goal = len(program_goals(replace(rule, program=program)))
    found = [
        admitting_case(replace(ran, system=system), program_ends_well(system, rule, index, known))
        for index in range(first_goal, len(program_goals(rule)))
    ]
    assert found, "a check that is false by construction is trivial"
    assert any(f != "excluded" for f in found), (explained(ran), rule.program)
    return True


def program_of(gen: Generator, ran: Ran) -> tuple[tuple[Any, ...], Any, list[Var]]:
    """A program that calls the action once; what its check may read; the registers at the check."""
    given = tuple(Var(a.name, a.ty) for a in ran.action.args)
    call = Call("go", given)
    before = ran.frame_before()
    local = dict(zip((a.name for a in ran.action.args), ran.args, strict=True))
    if gen.chance(2):
        frame = before
        frame.first, frame.second = ran.frame().now, dict(before.now)
        times: tuple[At, ...] = ("first", "second", "now")
        program: tuple[Any, ...] = (Compare((call,), (Call("stay", ()),)),)
    else:
        frame = ran.frame()
        times = ("now",)
        program = (call,)
    kept = gen.pick([s for s in STATES if not s.keys and s.ty.kind in ("int", "real")])
    noted = gen.fresh("l", kept.ty)
    local[noted.name] = before.now[kept.name]
    frame.locals = local
    gen.times = times
    return (Let(noted, State(kept.name, (), kept.ty)), *program), frame, [*given, noted]


def check_exit(choices: Choices) -> bool:
    """An action that reverts somewhere is not proved to be enabled there."""
    gen = Generator(choices)
    args = gen.pick(ARGUMENTS)
    with gen.bound(*(Var(a.name, a.ty) for a in args)):
        body = gen.block(3, 2, choices=False)
        last = gen.truth(2)
    sizes = some_sizes(choices)
    params = {p.name: some_cell(choices, p, sizes) for p in PARAMS}
    before = {s.name: some_cell(choices, s, sizes) for s in STATES}
    given = tuple(some_value(choices, a, sizes) for a in args)
    for condition in (last, negate(last)):
        system = replace(EMPTY, actions=(Action("go", args, (*body, gen.require(condition))), Action("stay", (), ())))
        interp = Interpreter(system)
        frame = interp.frame(scope(sizes), params, before)
        start = frame.now
        reverted = act(interp, frame, system.actions[0], given, {})
        if reverted is not None:
            break
    if reverted is None or reverted.why.kind == "divisor":
        return False
    ran = Ran(system, interp, sizes, params, start, start, given, {})
    free = tuple(Var(a.name, a.ty) for a in args if a.ty.name in OPEN)
    terms: tuple[Term, ...] = tuple(
        Var(a.name, a.ty) if a.ty.name in OPEN else Const(v, a.ty) for a, v in zip(args, given, strict=True)
    )
    at = ran.frame_before()
    at.locals = dict(zip((a.name for a in args), given, strict=True))
    with gen.bound(*free):
        when = conj(*turned(ran, at, [gen.truth(2)]), *equations(ran, at, [gen.number(gen.pick((INT, REAL)), 2)]))
    prop = Enabled(HEADING, free, "go", terms, when, TRUE)
    claim = can_run(prop, tuple(None for _ in args), tuple(formulas_before(gen, ran, choices.below(2))))
    members = tuple(a for a in args if a.ty.name in OPEN)
    values = tuple(v for a, v in zip(args, given, strict=True) if a.ty.name in OPEN)
    assert admitting_case(ran, claim, members, values) != "excluded", explained(ran)
    return True


def check_open_exit(choices: Choices) -> bool:
    """An action that reverts whoever is chosen, by the caller and by the action, is not proved to be enabled."""
    gen = Generator(choices)
    arg, own = Variable("who", (), gen.pick((ACCOUNT, TIER))), gen.fresh("c", gen.pick((ACCOUNT, TIER, BOOL)))
    with gen.bound(Var(arg.name, arg.ty), own):
        condition = conj(gen.truth(1), gen.truth(2))
    sizes = some_sizes(choices)
    params = {p.name: some_cell(choices, p, sizes) for p in PARAMS}
    before = {s.name: some_cell(choices, s, sizes) for s in STATES}
    body = (Choose(own, TRUE), gen.require(condition))
    system = replace(EMPTY, actions=(Action("go", (arg,), body), Action("stay", (), ())))
    interp = Interpreter(system)

    def runs(who: int, chosen: Any) -> bool:
        frame = interp.frame(scope(sizes), params, before)
        reverted = act(interp, frame, system.actions[0], (who,), {own.name: chosen})
        return reverted is None or reverted.why.kind == "divisor"

    values = (False, True) if own.ty == BOOL else range(sizes[own.ty.name])
    if any(runs(who, chosen) for who in range(sizes[arg.ty.name]) for chosen in values):
        return False
    start = interp.frame(scope(sizes), params, before).now
    ran = Ran(system, interp, sizes, params, start, start, (0,), {})
    when = conj(*turned(ran, ran.frame_before(), [gen.truth(2), gen.somebody()]))
    claim = can_run(Enabled(HEADING, (), "go", (None,), when, TRUE), ("member",), ())
    assert admitting_case(ran, claim, (), ()) != "excluded", explained(ran)
    return True


@PROFILE
@given(st.data())
def test_where_nobody_can_run_an_action_is_in_one_of_the_cases(data: st.DataObject) -> None:
    assume(check_open_exit(Drawn(data.draw)))


@PROFILE
@given(st.data())
def test_an_initial_state_is_in_one_of_the_cases(data: st.DataObject) -> None:
    assume(check_initial(Drawn(data.draw)))


@PROFILE
@given(st.data())
def test_the_end_of_a_rule_is_in_one_of_the_cases(data: st.DataObject) -> None:
    assume(check_rule(Drawn(data.draw)))


@PROFILE
@given(st.data())
def test_where_an_action_reverts_is_in_one_of_the_cases(data: st.DataObject) -> None:
    assume(check_exit(Drawn(data.draw)))
