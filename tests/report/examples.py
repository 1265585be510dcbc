"""Runs to be rendered: a small real spec, with verdicts and counterexamples put together by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verifier.engines.verdict import Cost, StuckStep, Verdict
from verifier.language.check import check_program
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.session.run import Expected, Result, Run
from verifier.system.execute import Interpreter
from verifier.system.lower import lower
from verifier.system.replay import Candidate, confirm
from verifier.system.scenarios import run_scenario, sentence
from verifier.system.terms import Value
from verifier.system.trace import Counterexample, Move, Scope
from verifier.system.transition import Scenario, System

TEXT = """\
/// A pool with one borrower's book a head.
model Pool

unit ETH, USD
sort Account

param ltv : real where 0 < ltv and ltv < 1

state price      : ureal[USD/ETH]
state cash       : ureal[USD]
state collateral : Account -> ureal[ETH]
state debt       : Account -> ureal[USD]
state open       : bool

init {
  price := any where price > 0
  cash := 100[USD]
  collateral := 0
  debt := 0
  open := true
}

def value(a: Account)   = collateral[a] * price
def healthy(a: Account) = debt[a] <= value(a)

action pledge(a: Account, amount: ureal[ETH]) {
  require amount > 0
  collateral[a] += amount
}

action borrow(a: Account, amount: ureal[USD]) {
  require amount <= cash
  debt[a] += amount
  cash -= amount
  require debt[a] <= value(a) * ltv
}

environment action move_price(to: ureal[USD/ETH]) {
  require to > 0
  price := to
}

/// What the pool promises.
spec PoolSafety for Pool

param max_drop : real where 0 <= max_drop and max_drop < 1

assume room : ltv <= 1 - max_drop

rely gentle : move_price(to) requires to >= price * (1 - max_drop)

/// No debt exceeds what its collateral is worth.
invariant covered : forall a in Account: debt[a] <= value(a)

/// Money is in the pool or lent.
invariant books : cash + sum(debt) == 100[USD]

lemma a_lemma_with_a_name_that_is_much_too_long_for_any_table_that_has_to_fit_into_eighty_columns : price > 0

step only_the_market_moves_the_price : forall a in Account: old(healthy(a)) implies (healthy(a) or action == borrow)

enabled can_borrow : borrow(a, _) when healthy(a)

reachable somebody_owes : exists a in Account: debt[a] > 0

rule borrowing_keeps_the_value(a: Account, x: ureal[USD]) {
  let before = value(a)
  borrow(a, x)
  check value(a) + debt[a] == before
}

rule order_matters(a: Account, b: Account, x: ureal[USD]) {
  compare { borrow(a, x) } with { borrow(b, x)  borrow(b, x) }
  check first.cash == second.cash
}

invariant attack : cash == 100[USD] expect violated

scenario a_day {
  start { price = 10[USD/ETH], ltv = 0.5, max_drop = 10% }
  pledge(alice, 5[ETH])
  borrow(alice, 20[USD])
  check debt[alice] == 30[USD]
}

scenario another_day {
  start { price = 10[USD/ETH], ltv = 0.5, max_drop = 10% }
  pledge(alice, 5[ETH])
}
"""

SOURCE = Source("spec/pool.vspec", TEXT)


def system(text: str = TEXT, path: str = "spec/pool.vspec") -> System:
    """The system of a text that has no mistakes."""
    source = Source(path, text)
    file, problems = parse(source)
    assert file is not None
    assert not problems
    checked, found = check_program([(source, file)], path)
    assert not found, found
    return lower(checked[0])


USD = Fraction
PARAMS = {"ltv": Fraction(1, 2), "max_drop": Fraction(1, 10)}


def found(
    of: System, name: str, *moves: Move, args: Mapping[str, Value] | None = None, names: tuple[str, ...] = ("A",),
    price: Fraction = Fraction(10), programs: int = 0,
) -> Counterexample:  # fmt: skip
    """The counterexample that these moves are."""
    prop = next(p for p in of.properties if p.heading.name == name)
    choice = next(v for v in ({"price": price, "price'2": price},))
    candidate = Candidate(Scope({"Account": names}), PARAMS, choice, moves, args or {}, ({},) * programs)
    out = confirm(Interpreter(of), prop, candidate)
    assert isinstance(out, Counterexample), out
    return out


def pledge(who: int, amount: int) -> Move:
    return Move("pledge", (who, Fraction(amount)), {})


def borrow(who: int, amount: int) -> Move:
    return Move("borrow", (who, Fraction(amount)), {})


def move_price(to: Fraction) -> Move:
    return Move("move_price", (to,), {})


PROVED = Cost(0.0123, 0.01, 3, 4000)


def verdicts(of: System) -> dict[str, Verdict]:
    """One of each."""
    assumptions = ("room", "gentle")
    fall = (pledge(0, 5), borrow(0, 25), move_price(Fraction(9)), move_price(Fraction(81, 10)), move_price(Fraction(4)))
    out = {
        "covered": Verdict("violated", "bounded search", depth=5, scope=(("Account", 1),), cost=Cost(0.31, 0.2, 9, 10)),
        "books": Verdict("proved", "induction", "L0", assumptions, cost=PROVED),
        "a_lemma_with_a_name_that_is_much_too_long_for_any_table_that_has_to_fit_into_eighty_columns": Verdict(
            "proved", "induction with 1 lemma", "L1", assumptions,
            ("forall a in Account: debt[a] <= collateral[a] * price",), cost=PROVED,
        ),
        "only_the_market_moves_the_price": Verdict("violated", "bounded search", depth=4),
        "can_borrow": Verdict("bounded", "bounded search", depth=6, scope=(("Account", 2),), cost=Cost(61.7)),
        "somebody_owes": Verdict("proved", "bounded search", "L0", assumptions, cost=PROVED),
        "borrowing_keeps_the_value": Verdict("violated", "bounded search", depth=1),
        "order_matters": Verdict(
            "unknown", "induction", depth=6, cost=Cost(3.5, 3.4),
            stuck=StuckStep(
                "borrow", "the solver found numbers for it",
                (("price", "2"), ("debt[A]", "17/21")), (("price", "2"), ("debt[A]", "3")),
                "`order_matters` can end without `check first.debt[a] == second.debt[a]`.", "collateral[A] * price",
            ),
            notes=("A note of the engine's.",),
            advice=(
                "If the state above can't come about, say why: state what excludes it as a `lemma`, beside the property.",
                "If the property may be false, search for longer runs: `--depth 10`.",
            ),
        ),
        "attack": Verdict("violated", "bounded search", depth=2),
    }  # fmt: skip
    run = {
        "covered": found(of, "covered", *unchecked_fall(fall)),
        "only_the_market_moves_the_price": found(of, "only_the_market_moves_the_price", *unchecked_fall(fall)),
        "borrowing_keeps_the_value": found(
            of, "borrowing_keeps_the_value", pledge(0, 5), args={"a": 0, "x": Fraction(7, 3)}
        ),
        "attack": found(of, "attack", pledge(0, 5), borrow(0, 1)),
    }
    from dataclasses import replace

    for name, counterexample in run.items():
        out[name] = replace(out[name], counterexample=counterexample)
    witness = found(of, "somebody_owes", pledge(0, 5), borrow(0, 1)).trace
    out["somebody_owes"] = replace(out["somebody_owes"], witness=witness)
    for prop in of.properties:
        if isinstance(prop, Scenario):
            interp = Interpreter(of)
            outcome = run_scenario(interp, prop)
            notes = (sentence(interp, outcome.problem),) if outcome.problem is not None else ()
            name = "violated" if outcome.problem is not None else "proved"
            out[prop.heading.name] = Verdict(name, "run", counterexample=outcome.counterexample, notes=notes)
    return out


def unchecked_fall(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """Down to where half of ten is owed on four: a fall of at most a tenth each time."""
    price = Fraction(9)
    out = list(moves[:2])
    while price >= 5:
        out.append(move_price(price))
        price = price * 9 / 10
    return (*out, move_price(price))


def expected(kind: str, *, turned: bool) -> Expected:
    """What a property of a kind demands."""
    if turned:
        return "violated"
    return "reached" if kind == "reachable" else "passed" if kind == "scenario" else "proved"


def run_of(of: System, given: Mapping[str, Verdict], *names: str) -> Run:
    """A run with the verdicts given (those named, or all)."""
    results: list[Result] = []
    for prop in of.properties:
        name = prop.heading.name
        if name not in given or (names and name not in names):
            continue
        from verifier.system.transition import kind_of

        demanded = expected(kind_of(prop), turned=prop.heading.expect_violated)
        ok = given[name].name == ("violated" if demanded == "violated" else "proved")
        results.append(Result(of, prop, given[name], demanded, ok))
    return Run(
        results=tuple(results),
        diagnostics=(),
        sources={SOURCE.path: SOURCE},
        versions={"verify-spec": "0.0.0", "python": "3.0.0", "z3": "5.0.0"},
        seconds=1.2345,
        solver_seconds=0.6789,
        targets={of.path: "spec/pool.vspec"},
    )


def example() -> Run:
    """One verdict of each kind."""
    of = system()
    return run_of(of, verdicts(of))
