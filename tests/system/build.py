"""Systems built by hand in core terms, for tests of everything that comes after lowering."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from verifier.language.source import NOWHERE
from verifier.system.terms import (
    BOOL,
    INT,
    REAL,
    TRUE,
    ActionIs,
    Agg,
    At,
    Const,
    Named,
    Op,
    OpName,
    Param,
    Quant,
    State,
    Term,
    Ty,
    Var,
    conj,
)
from verifier.system.transition import (
    Action,
    Assumption,
    Call,
    Check,
    Choose,
    Compare,
    Definition,
    Enabled,
    ForEach,
    Havoc,
    Heading,
    Invariant,
    Let,
    Reachable,
    Require,
    Rule,
    Scenario,
    Set,
    Sort,
    StartValue,
    StepProperty,
    System,
    Variable,
    Why,
)

ACCOUNT = Ty("sort", "Account")

# ---------------------------------------------------------------------------------------------- terms


def real(value: Any) -> Const:
    return Const(Fraction(value), REAL)


def integer(value: int) -> Const:
    return Const(value, INT)


def op(name: OpName, *args: Term) -> Op:
    if name in ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "implies"):
        return Op(name, args, BOOL)
    if name in ("floor", "ceil"):
        return Op(name, args, INT)
    if name in ("div", "to_real"):
        return Op(name, args, REAL)
    return Op(name, args, args[-1].ty)


def require(condition: Term, text: str = "") -> Require:
    return Require(condition, Why("require", text))


def in_range(condition: Term, text: str) -> Require:
    return Require(condition, Why("range", text))


def divisor(term: Term, text: str) -> Require:
    return Require(op("ne", term, real(0)), Why("divisor", text))


def heading(name: str, *, expect_violated: bool = False) -> Heading:
    return Heading(name, expect_violated, "", name, NOWHERE)


def reals(name: str, unit: str = "", *keys: Ty, low: int | None = 0) -> Variable:
    return Variable(name, keys, REAL, low, None, unit)


# ---------------------------------------------------------------------------------------------- a lending pool

a, b = Var("a", ACCOUNT), Var("b", ACCOUNT)
amount = Var("amount", REAL)
price, cash = State("price", (), REAL), State("cash", (), REAL)
ltv, liq_threshold = Param("ltv", (), REAL), Param("liq_threshold", (), REAL)
liq_bonus, close_factor = Param("liq_bonus", (), REAL), Param("close_factor", (), REAL)
max_drop = Param("max_drop", (), REAL)


def collateral(key: Term, at: At = "now") -> State:
    return State("collateral", (key,), REAL, at)


def debt(key: Term, at: At = "now") -> State:
    return State("debt", (key,), REAL, at)


def deposits(key: Term) -> State:
    return State("deposits", (key,), REAL)


def value(key: Term, at: At = "now") -> Named:
    return Named("value", (key,), op("mul", collateral(key, at), State("price", (), REAL, at)), REAL, at)


def healthy(key: Term) -> Named:
    return Named("healthy", (key,), op("le", debt(key), op("mul", value(key), liq_threshold)), BOOL)


def total(name: str, key: str) -> Agg:
    var = Var(key, ACCOUNT)
    return Agg("sum", (var,), State(name, (var,), REAL), TRUE, REAL)


def pool(*, max_drop_bounded: bool = True, liquidators: bool = True) -> System:
    """The lending pool of the language page, with its spec."""
    to, repaid, seized = Var("to", REAL), Var("repaid", REAL), Var("seized", REAL)
    new_cash, new_debt, new_collateral = Var("new cash", REAL), Var("new debt", REAL), Var("new collateral", REAL)
    relies = []
    if max_drop_bounded:
        floor_price = op("mul", price, op("sub", real(1), max_drop))
        relies.append(
            Require(op("ge", to, floor_price), Why("rely", "to >= price * (1 - max_drop)", NOWHERE, "gentle_market"))
        )
    if liquidators:
        c = Var("a'2", ACCOUNT)
        relies.append(
            Require(
                Quant("forall", c, healthy(c)),
                Why("rely", "forall a in Account: healthy(a)", NOWHERE, "liquidators_keep_up"),
            )
        )
    actions = (
        Action(
            "supply",
            (Variable("a", (), ACCOUNT), reals("amount", "USD")),
            (
                require(op("gt", amount, real(0)), "amount > 0"),
                Set("deposits", (a,), op("add", deposits(a), amount)),
                Set("cash", (), op("add", cash, amount)),
            ),
        ),
        Action(
            "pledge",
            (Variable("a", (), ACCOUNT), reals("amount", "ETH")),
            (
                require(op("gt", amount, real(0)), "amount > 0"),
                Set("collateral", (a,), op("add", collateral(a), amount)),
            ),
        ),
        Action(
            "borrow",
            (Variable("a", (), ACCOUNT), reals("amount", "USD")),
            (
                require(conj(op("lt", real(0), amount), op("le", amount, cash)), "0 < amount and amount <= cash"),
                Set("debt", (a,), op("add", debt(a), amount)),
                Let(new_cash, op("sub", cash, amount)),
                in_range(op("ge", new_cash, real(0)), "cash"),
                Set("cash", (), new_cash),
                require(op("le", debt(a), op("mul", value(a), ltv)), "debt[a] <= value(a) * ltv"),
            ),
        ),
        Action(
            "liquidate",
            (Variable("a", (), ACCOUNT), reals("repaid", "USD")),
            (
                require(op("not", healthy(a)), "not healthy(a)"),
                require(
                    conj(op("lt", real(0), repaid), op("le", repaid, op("mul", close_factor, debt(a)))),
                    "0 < repaid and repaid <= close_factor * debt[a]",
                ),
                divisor(price, "price"),
                Let(seized, op("div", op("mul", repaid, op("add", real(1), liq_bonus)), price)),
                require(op("le", seized, collateral(a)), "seized <= collateral[a]"),
                Let(new_debt, op("sub", debt(a), repaid)),
                in_range(op("ge", new_debt, real(0)), "debt[a]"),
                Set("debt", (a,), new_debt),
                Let(new_collateral, op("sub", collateral(a), seized)),
                in_range(op("ge", new_collateral, real(0)), "collateral[a]"),
                Set("collateral", (a,), new_collateral),
                Set("cash", (), op("add", cash, repaid)),
            ),
        ),
        Action(
            "move_price",
            (reals("to", "USD/ETH"),),
            (*relies, require(op("gt", to, real(0)), "to > 0"), Set("price", (), to)),
            environment=True,
        ),
    )
    x, y = Var("x", REAL), Var("y", REAL)
    debt_before, value_before = Var("debt_before", REAL), Var("value_before", REAL)
    properties = (
        Invariant(
            heading("books_balance"),
            op("eq", op("add", cash, total("debt", "d")), total("deposits", "e")),
            TRUE,
        ),
        Invariant(heading("covered"), Quant("forall", a, op("le", debt(a), value(a))), TRUE),
        StepProperty(
            heading("only_the_market_moves_the_price"),
            op("or", op("eq", price, State("price", (), REAL, "old")), ActionIs("move_price")),
            TRUE,
        ),
        Enabled(heading("anyone_can_liquidate"), (a,), "liquidate", (a, None), op("not", healthy(a)), TRUE),
        Reachable(heading("a_liquidation"), Quant("exists", a, op("not", healthy(a))), TRUE),
        Rule(
            heading("liquidation_improves_health"),
            (Variable("a", (), ACCOUNT), reals("repaid", "USD")),
            (
                Let(debt_before, debt(a)),
                Let(value_before, value(a)),
                Call("liquidate", (a, repaid), text="liquidate(a, repaid)"),
                Check(
                    op("le", op("mul", debt(a), value_before), op("mul", debt_before, value(a))),
                    text="debt[a] * value_before <= debt_before * value(a)",
                ),
            ),
        ),
        Rule(
            heading("splitting_never_pays"),
            (Variable("a", (), ACCOUNT), reals("x", "USD"), reals("y", "USD")),
            (
                Compare(
                    (Call("borrow", (a, x)), Call("borrow", (a, y))),
                    (Call("borrow", (a, op("add", x, y))),),
                ),
                Check(op("eq", debt(a, "first"), debt(a, "second")), text="first.debt[a] == second.debt[a]"),
            ),
        ),
        normal_day(),
    )
    return System(
        model="LendingPool",
        spec="LendingSolvency",
        path="lending/pool",
        sorts=(Sort("Account", None),),
        params=tuple(reals(n, low=None) for n in ("ltv", "liq_threshold", "liq_bonus", "close_factor", "max_drop")),
        states=(
            reals("price", "USD/ETH"),
            reals("cash", "USD"),
            reals("collateral", "ETH", ACCOUNT),
            reals("debt", "USD", ACCOUNT),
            reals("deposits", "USD", ACCOUNT),
        ),
        assumptions=(
            Assumption("ltv", op("lt", real(0), ltv), "where", "0 < ltv"),
            Assumption(
                "liq_threshold",
                conj(op("le", ltv, liq_threshold), op("lt", liq_threshold, real(1))),
                "where",
                "ltv <= liq_threshold and liq_threshold < 1",
            ),
            Assumption("liq_bonus", op("le", real(0), liq_bonus), "where", "0 <= liq_bonus"),
            Assumption(
                "close_factor",
                conj(op("lt", real(0), close_factor), op("le", close_factor, real(1))),
                "where",
                "0 < close_factor and close_factor <= 1",
            ),
            Assumption(
                "max_drop",
                conj(op("le", real(0), max_drop), op("lt", max_drop, real(1))),
                "where",
                "0 <= max_drop and max_drop < 1",
            ),
            Assumption(
                "room_for_the_bonus",
                op(
                    "le",
                    op("mul", liq_threshold, op("add", real(1), liq_bonus)),
                    op("sub", real(1), max_drop),
                ),
                "assume",
                "liq_threshold * (1 + liq_bonus) <= 1 - max_drop",
            ),
        ),
        relies=(),
        init=(
            Havoc("price", op("gt", price, real(0)), "price"),
            Set("cash", (), real(0)),
            *(ForEach(a, (Set(n, (a,), real(0)),)) for n in ("collateral", "debt", "deposits")),
        ),
        actions=actions,
        definitions=(
            Definition("value", (Variable("a", (), ACCOUNT),), value(a).body, TRUE, REAL, "USD"),
            Definition("healthy", (Variable("a", (), ACCOUNT),), healthy(a).body, TRUE, BOOL),
        ),
        properties=properties,
    )


def normal_day() -> Scenario:
    alice, bob = Const(0, ACCOUNT), Const(1, ACCOUNT)
    start = {
        "max_drop": "0.1",
        "ltv": "0.75",
        "liq_threshold": "0.8",
        "liq_bonus": "0.05",
        "close_factor": "0.5",
    }
    return Scenario(
        heading("normal_day"),
        {"Account": ("alice", "bob")},
        (
            StartValue("state", "price", (), Fraction(2000)),
            *(StartValue("param", n, (), Fraction(v)) for n, v in start.items()),
        ),
        (
            Call("supply", (alice, real(10_000)), text="supply(alice, 10_000[USD])"),
            Call("pledge", (bob, real(5)), text="pledge(bob, 5[ETH])"),
            Call("borrow", (bob, real(7_000)), text="borrow(bob, 7_000[USD])"),
            Call("borrow", (bob, real(1_000)), reverts=True, text="borrow(bob, 1_000[USD])"),
            Check(op("eq", debt(bob), real(7_000)), text="debt[bob] == 7_000[USD]"),
        ),
    )


def without(system: System, *names: str) -> System:
    """The system without some assumptions."""
    return replace(system, assumptions=tuple(x for x in system.assumptions if x.name not in names))


# ---------------------------------------------------------------------------------------------- a vault

OWNER = Ty("sort", "Owner")
o = Var("o", OWNER)
assets_in, shares_in = Var("assets", INT), Var("shares", INT)
total_assets, total_shares = State("total_assets", (), INT), State("total_shares", (), INT)


def shares(key: Term) -> State:
    return State("shares", (key,), INT)


def vault() -> System:
    """A share vault in whole tokens that rounds down both ways, and takes donations."""

    def lifted(term: Term) -> Term:
        return op("to_real", term)

    minted, paid = Var("minted", INT), Var("paid", INT)
    new_total, new_shares = Var("new total_assets", INT), Var("new shares", INT)
    mint = Op(
        "ite",
        (
            op("eq", total_shares, integer(0)),
            assets_in,
            op("floor", op("div", op("mul", lifted(assets_in), lifted(total_shares)), lifted(total_assets))),
        ),
        INT,
    )
    some_assets = op("or", op("eq", total_shares, integer(0)), op("ne", lifted(total_assets), real(0)))
    deposit = Action(
        "deposit",
        (Variable("o", (), OWNER), Variable("assets", (), INT, 0, None, "wei")),
        (
            Require(some_assets, Why("divisor", "total_assets")),
            Let(minted, mint),
            require(op("gt", minted, integer(0)), "minted > 0"),
            Set("shares", (o,), op("add", shares(o), minted)),
            Set("total_shares", (), op("add", total_shares, minted)),
            Set("total_assets", (), op("add", total_assets, assets_in)),
        ),
    )
    redeem = Action(
        "redeem",
        (Variable("o", (), OWNER), Variable("shares", (), INT, 0, None, "share")),
        (
            require(
                conj(op("gt", shares_in, integer(0)), op("le", shares_in, shares(o))), "0 < shares and shares <= …"
            ),
            divisor(lifted(total_shares), "total_shares"),
            Let(paid, op("floor", op("div", op("mul", lifted(shares_in), lifted(total_assets)), lifted(total_shares)))),
            Let(new_shares, op("sub", shares(o), shares_in)),
            Set("shares", (o,), new_shares),
            Set("total_shares", (), op("sub", total_shares, shares_in)),
            Let(new_total, op("sub", total_assets, paid)),
            in_range(op("ge", new_total, integer(0)), "total_assets"),
            Set("total_assets", (), new_total),
        ),
    )
    donate = Action(
        "donate",
        (Variable("assets", (), INT, 0, None, "wei"),),
        (Set("total_assets", (), op("add", total_assets, assets_in)),),
        environment=True,
    )
    gift = Var("gift", INT)
    lucky = Action(
        "lucky",
        (Variable("o", (), OWNER),),
        (
            Choose(gift, op("le", op("mul", gift, integer(2)), total_assets), 0, None),
            Set("total_assets", (), op("sub", total_assets, gift)),
        ),
    )
    q = Var("q", OWNER)
    before = Var("before", INT)
    properties = (
        Invariant(
            heading("shares_add_up"),
            op("eq", Agg("sum", (q,), shares(q), TRUE, INT), total_shares),
            TRUE,
        ),
        Rule(
            heading("round_trip"),
            (Variable("o", (), OWNER), Variable("assets", (), INT, 0, None, "wei")),
            (
                Require(
                    conj(op("gt", total_shares, integer(0)), op("eq", shares(o), integer(0))),
                    Why("assume", "total_shares > 0 and shares[o] == 0"),
                ),
                Let(before, total_assets),
                Call("deposit", (o, assets_in)),
                Call("redeem", (o, shares(o))),
                Check(op("ge", total_assets, before), text="total_assets >= before"),
            ),
        ),
        Rule(
            heading("fair_price"),
            (Variable("o", (), OWNER), Variable("assets", (), INT, 1, None, "wei")),
            (
                Call("deposit", (o, assets_in)),
                Check(
                    op(
                        "ge",
                        op("mul", shares(o), total_assets, integer(10)),
                        op("mul", assets_in, total_shares, integer(9)),
                    ),
                    text="shares[o] * total_assets * 10 >= assets * total_shares * 9",
                ),
            ),
        ),
    )
    return System(
        model="Vault",
        spec="VaultFairness",
        path="vault/plain",
        sorts=(Sort("Owner", None),),
        params=(),
        states=(
            Variable("total_assets", (), INT, 0, None, "wei"),
            Variable("total_shares", (), INT, 0, None, "share"),
            Variable("shares", (OWNER,), INT, 0, None, "share"),
        ),
        assumptions=(),
        relies=(),
        init=(
            Set("total_assets", (), integer(0)),
            Set("total_shares", (), integer(0)),
            ForEach(q, (Set("shares", (q,), integer(0)),)),
        ),
        actions=(deposit, redeem, donate, lucky),
        definitions=(),
        properties=properties,
    )
