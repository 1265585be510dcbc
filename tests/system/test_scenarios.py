"""Scenarios: what passes, and what is said about those that don't."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

from tests.system.build import normal_day, op, pool, price, real
from verifier.system.execute import Interpreter
from verifier.system.replay import candidate_of, replay
from verifier.system.scenarios import run_scenario, sentence
from verifier.system.transition import Call, Check, StartValue

POOL = pool()
DAY = normal_day()


def outcome(start=DAY.start, program=DAY.program, system=POOL):
    interp = Interpreter(system)
    result = run_scenario(interp, replace(DAY, start=start, program=program))
    return result, sentence(interp, result.problem) if result.problem is not None else ""


def start_with(*values):
    names = {v.name for v in values}
    return (*(v for v in DAY.start if v.name not in names), *values)


def test_a_normal_day_passes():
    result, _ = outcome()
    assert result.passed
    assert result.counterexample is None
    assert [s.reverted is not None for s in result.steps] == [False, False, False, True]
    assert result.trace is not None
    assert result.trace.start["price"] == 2000


def test_a_false_check():
    wrong = replace(
        DAY.program[-1],
        condition=op("eq", DAY.program[-1].condition.args[0], real(8_000)),
        text="debt[bob] == 8_000[USD]",
    )
    result, text = outcome(program=(*DAY.program[:-1], wrong))
    assert result.problem is not None
    assert result.problem.kind == "check"
    assert text == "`debt[bob] == 8_000[USD]` is false: the two sides are 7_000 and 8_000."
    assert result.counterexample is not None
    assert len(result.counterexample.program) == 4


def test_a_call_that_reverts():
    program = tuple(replace(s, reverts=False) if isinstance(s, Call) else s for s in DAY.program)
    result, text = outcome(program=program)
    assert result.problem is not None
    assert result.problem.kind == "reverted"
    assert text == (
        "`borrow(bob, 1_000[USD])` reverts: `debt[a] <= value(a) * ltv` does not hold "
        "(the two sides are 8_000 and 7_500)."
    )


def test_a_call_that_should_revert():
    program = tuple(replace(s, reverts=True) if isinstance(s, Call) else s for s in DAY.program)
    _, text = outcome(program=program)
    assert text == "`supply(alice, 10_000[USD])` should revert, but it runs."


def test_missing_start_values():
    result, text = outcome(start=tuple(v for v in DAY.start if v.name not in ("price", "ltv")))
    assert result.trace is None
    assert text == "`start` must give a value for `ltv` and `price`."


def test_a_profile_gives_parameters():
    system = replace(POOL, fixed={"ltv": F("0.75")})
    result, _ = outcome(start=tuple(v for v in DAY.start if v.name != "ltv"), system=system)
    assert result.passed


def test_start_contradicts_init():
    _, text = outcome(start=start_with(StartValue("state", "cash", (), F(5))))
    assert text.startswith("`start` says that `cash` is 5, but `init` makes it 0.")
    assert outcome(start=start_with(StartValue("state", "debt", (), F(0))))[0].passed
    assert not outcome(start=start_with(StartValue("state", "debt", (1,), F(2))))[0].passed


def test_start_breaks_an_assumption():
    _, text = outcome(start=start_with(StartValue("param", "liq_bonus", (), F(1))))
    assert text == (
        "The values in `start` break `room_for_the_bonus`: liq_threshold * (1 + liq_bonus) <= 1 - max_drop."
    )


def test_start_does_not_fit_any():
    _, text = outcome(start=start_with(StartValue("state", "price", (), F(0))))
    assert text == "`init` does not allow `price` to be 0: it asks for `price > 0`."
    _, text = outcome(start=start_with(StartValue("state", "price", (), F(-1))))
    assert text == "-1 is not a possible value of `price`."


def test_an_undefined_check():
    check = Check(
        op("eq", op("div", real(1), op("sub", price, price)), real(1)),
        op("ne", op("sub", price, price), real(0)),
        text="1 / (price - price) == 1",
    )
    _, text = outcome(program=(check,))
    assert text.startswith("`1 / (price - price) == 1` has no value here")


def test_members_that_nobody_names_have_names_of_their_own(tmp_path):
    from verifier.session.session import prepare

    path = tmp_path / "m.vspec"
    path.write_text(
        "model M\nsort Slot of 3\nsort Account\nstate n : Slot -> nat\ninit { n := 0 }\naction up(s: Slot) { n[s] += 1 }\n"
        "spec S for M\nscenario one { up(slot_1)  check sum(n) == 1 }\nscenario other { up(x)  check sum(n) == 1 }\n"
    )
    (system,) = (s for _, _, s in prepare((str(path),)).systems if s.spec)
    one, other = system.properties
    assert one.individuals == {"Slot": ("slot_1", "slot_2", "slot_3"), "Account": ("account_1",)}
    assert other.individuals == {"Slot": ("x", "slot_1", "slot_2"), "Account": ("account_1",)}
    for scenario in (one, other):
        trace = run_scenario(Interpreter(system), scenario).trace
        assert replay(Interpreter(system), candidate_of(trace, {})).start == trace.start
