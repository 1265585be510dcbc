"""Core terms in the language's own words."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from tests.system.build import (
    ACCOUNT,
    a,
    b,
    collateral,
    debt,
    healthy,
    integer,
    ltv,
    op,
    pool,
    price,
    real,
    total,
    value,
)
from verifier.system.numbers import approximate, format_value, literal, number, readable
from verifier.system.pretty import pretty
from verifier.system.terms import BOOL, INT, REAL, TRUE, ActionIs, Agg, Const, Op, Quant, State, Term, Ty, Var, conj
from verifier.system.trace import Scope
from verifier.system.units import parse_unit, units_of

a2 = Var("a'2", ACCOUNT)
x, y, z = (State(n, (), REAL) for n in "xyz")
p, q, r = (State(n, (), BOOL) for n in "pqr")
every = Quant("forall", a, healthy(a))
some = Quant("exists", a, op("not", healthy(a)))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (op("add", x, op("mul", y, z)), "x + y * z"),
        (op("mul", op("add", x, y), z), "(x + y) * z"),
        (op("sub", x, op("sub", y, z)), "x - (y - z)"),
        (op("sub", op("sub", x, y), z), "x - y - z"),
        (op("add", x, op("sub", y, z)), "x + y - z"),
        (op("div", x, op("mul", y, z)), "x / (y * z)"),
        (op("div", op("mul", x, y), z), "x * y / z"),
        (op("neg", op("add", x, y)), "-(x + y)"),
        (op("mul", x, x), "x ^ 2"),
        (op("mul", op("add", x, y), op("add", x, y)), "(x + y) ^ 2"),
        (op("min", x, y, z), "min(x, y, z)"),
        (op("floor", op("div", x, y)), "floor(x / y)"),
        (op("to_real", integer(3)), "3"),
        (op("mul", real(F(17, 21)), x), "17 / 21 * x"),
        (op("mul", x, real(F(17, 21))), "x * 17 / 21"),
        (op("div", x, real(F(17, 21))), "x / (17 / 21)"),
        (op("and", p, op("or", q, r)), "p and (q or r)"),
        (op("or", op("and", p, q), r), "p and q or r"),
        (op("implies", p, op("implies", q, r)), "p implies q implies r"),
        (op("implies", op("implies", p, q), r), "(p implies q) implies r"),
        (op("not", op("and", p, q)), "not (p and q)"),
        (op("not", op("eq", x, y)), "x != y"),
        (op("eq", op("lt", x, y), p), "(x < y) == p"),
        (op("implies", every, p), "(forall a in Account: healthy(a)) implies p"),
        (op("implies", p, every), "p implies forall a in Account: healthy(a)"),
        (op("and", every, some), "(forall a in Account: healthy(a)) and exists a in Account: not healthy(a)"),
        (Op("ite", (p, x, y), REAL), "if p then x else y"),
        (op("add", Op("ite", (p, x, y), REAL), z), "(if p then x else y) + z"),
        (op("add", z, Op("ite", (p, x, y), REAL)), "z + (if p then x else y)"),
        (total("debt", "d"), "sum(debt)"),
        (Agg("count", (a,), Const(1, INT), State("frozen", (a,), BOOL), INT), "count(frozen)"),
        (
            Agg("sum", (a2,), op("mul", debt(a2), ltv), healthy(a2), REAL),
            "sum(debt[a] * ltv for a in Account if healthy(a))",
        ),
        (Agg("count", (a,), Const(1, INT), healthy(a), INT), "count(healthy(a) for a in Account)"),
        (
            Quant("forall", a, Quant("forall", b, op("eq", debt(a), debt(b)))),
            "forall a, b in Account: debt[a] == debt[b]",
        ),
        (
            Quant("forall", a, op("le", debt(a), Agg("max", (a2,), op("sub", debt(a2), debt(a)), TRUE, REAL))),
            "forall a in Account: debt[a] <= max(debt[a2] - debt[a] for a2 in Account)",
        ),
        (
            op("or", op("eq", price, State("price", (), REAL, "old")), ActionIs("borrow")),
            "price == old(price) or action == borrow",
        ),
        (op("not", ActionIs("borrow")), "action != borrow"),
        (op("eq", debt(a, "first"), debt(a, "second")), "first.debt[a] == second.debt[a]"),
        (State("position.margin", (a,), REAL), "position[a].margin"),
        (value(a, "old"), "old(value(a))"),
        (op("eq", State("phase", (), Ty("enum", "Phase")), Const(1, Ty("enum", "Phase"))), "phase == Halted"),
    ],
)
def test_text(term: Term, text: str):
    assert pretty(term, Scope({"Phase": ("Open", "Halted")})) == text


def test_constants_say_their_unit():
    units = units_of(pool())
    assert pretty(op("ge", price, real(2000)), units=units) == "price >= 2_000[USD/ETH]"
    assert pretty(op("ge", price, real(0)), units=units) == "price >= 0"
    body = op("le", debt(a), op("mul", real(2), collateral(a)))
    assert pretty(body, units=units) == "debt[a] <= 2[USD/ETH] * collateral[a]"
    assert pretty(op("le", op("mul", debt(a), real(F(21, 20))), value(a)), units=units) == "debt[a] * 1.05 <= value(a)"
    assert pretty(op("lt", ltv, real(1)), units=units) == "ltv < 1"


def test_names_and_values_can_be_put_in():
    term = op("le", debt(a), value(a))
    assert pretty(term, names={"a": "A"}) == "debt[A] <= value(A)"
    assert pretty(conj(term, term), leaf=lambda t: "7" if t == debt(a) else None) == "7 <= value(a) and 7 <= value(a)"


@pytest.mark.parametrize("text", ["", "USD", "USD/ETH", "1/s", "ETH*USD/s^2"])
def test_units_are_read_as_they_are_written(text: str):
    assert str(parse_unit(text)) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (10_000, "10_000"),
        (F(33, 40), "0.825"),
        (F(17, 21), "17/21"),
        (10**18, "1e18"),
        (25 * 10**17, "25e17"),
        (-F(1, 8), "-0.125"),
        (2**64, "18_446_744_073_709_551_616"),
        (F(1, 10**15), "1/1e15"),
        (F(0), "0"),
    ],
)
def test_numbers_are_exact(given: F, text: str):
    assert number(given) == text


def test_long_fractions_are_shortened_for_readers_only():
    third = F(10**20, 3 * 10**20 + 1)
    assert readable(third) == "≈ 0.333333"
    assert approximate(F(123456789, 1000)) == "123_457"
    assert approximate(F(1, 30000)) == "0.0000333333"
    assert literal(third, "USD") == "100_000_000_000_000_000_000[USD] / 300_000_000_000_000_000_001".replace(
        "100_000_000_000_000_000_000", "1e20"
    )


def test_literals_can_be_pasted():
    assert literal(F(7000), "USD") == "7_000[USD]"
    assert literal(F(17, 21), "USD") == "17[USD] / 21"
    assert literal(F(-1, 2)) == "-0.5"
    assert literal(F(0), "USD") == "0"


def test_values_for_readers():
    scope = Scope({"Account": ("A", "B")})
    assert format_value(F(7000), REAL, "USD") == "7_000 USD"
    assert format_value(1, ACCOUNT, "", scope) == "B"
    assert format_value(True, BOOL) == "true"
