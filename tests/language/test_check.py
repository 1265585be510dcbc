"""What checking yields: types, symbols, and one `CheckedSpec` for each spec."""

from __future__ import annotations

import time

import pytest

from verifier.language import syntax as s
from verifier.language.check import check_program
from verifier.language.checked import CheckedSpec
from verifier.language.checking.describe import type_text
from verifier.language.diagnostics import Diagnostic
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.language.types import EnumT, MapT, NumberT, SortT, StructT, Unit

POOL = """
model Pool
unit USD, ETH
sort Account
sort Feed of 3
enum Phase { Open, Halted }
struct Position { size: real[ETH]  margin: real[USD] }
param ltv : real where 0 < ltv
param n : nat
param r : real
param i : int
param w : uint8
param v : uint16
state debt : Account -> ureal[USD]
state position : Account -> Position
state price : ureal[USD/ETH]
state phase : Phase
init { debt := 0  position.size := 0  position.margin := 0  price := any  phase := Open }
action borrow(a: Account, amount: ureal[USD]) { debt[a] += amount }
environment action move(to: ureal[USD/ETH]) { price := to }
"""


def program(*texts: str, root: int = 0) -> tuple[tuple[CheckedSpec, ...], tuple[Diagnostic, ...]]:
    """Check texts as files `0.vspec`, `1.vspec` …"""
    files = []
    for number, text in enumerate(texts):
        source = Source(f"{number}.vspec", text)
        file, problems = parse(source)
        assert file is not None, problems
        files.append((source, file))
    return check_program(files, f"{root}.vspec")


def checked(text: str) -> CheckedSpec:
    """The only spec (or model) of a text."""
    (found,), problems = program(text)
    assert problems == ()
    return found


def type_of(expression: str) -> str:
    """The type that a definition with this body has."""
    found = checked(POOL + f"def d(a: Account, x: ureal[USD], y: ureal[USD]) = {expression}\n")
    (decl,) = (i for i in found.model.items if isinstance(i, s.DefDecl))
    return type_text(found.types[id(decl.body)])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n + n", "nat"),
        ("n + 1", "nat"),
        ("n - 1", "int"),
        ("n * i", "int"),
        ("n * r", "real"),
        ("n / n", "ureal"),
        ("i / n", "real"),
        ("-n", "int"),
        ("x + y", "ureal[USD]"),
        ("x - y", "real[USD]"),
        ("x / price", "ureal[ETH]"),
        ("x * y", "ureal[USD^2]"),
        ("x / y", "ureal"),
        ("x ^ 3", "ureal[USD^3]"),
        ("i ^ 2", "nat"),
        ("0 * price", "ureal[USD/ETH]"),
        ("1 / price", "ureal[ETH/USD]"),
        ("w + w", "uint8"),
        ("w + 1", "uint8"),
        ("w + 256", "nat"),
        ("w - 1", "uint8"),
        ("w + v", "nat"),
        ("w - v", "int"),
        ("w * n", "nat"),
        ("w / 2", "ureal"),
        ("floor(x / 2)", "nat[USD]"),
        ("ceil(x - y)", "int[USD]"),
        ("abs(x - y)", "ureal[USD]"),
        ("min(x, y - x)", "real[USD]"),
        ("max(0, y - x)", "ureal[USD]"),
        ("if phase == Open then n else r", "real"),
        ("match phase { Open => w  Halted => 5 }", "uint8"),
        ("if phase == Open then 0 else x", "ureal[USD]"),
        ("sum(debt)", "ureal[USD]"),
        ("sum(w for b in Account)", "nat"),
        ("sum(position.margin)", "real[USD]"),
        ("count(debt[b] > 0 for b in Account)", "nat"),
        ("max(debt)", "ureal[USD]"),
        ("position[a].size * price", "real[USD]"),
        ("phase", "Phase"),
        ("Phase.Halted", "Phase"),
        ("a", "Account"),
        ("forall b in Account: debt[b] >= 0", "bool"),
        ("5%", "ureal"),
        ("1e18", "nat"),
    ],
)
def test_types_of_expressions(expression: str, expected: str) -> None:
    assert type_of(expression) == expected


def test_a_bare_zero_is_flexible_and_no_other_number() -> None:
    found = checked(POOL + "def zero = 0\ndef one = 1\ndef dollars = 0[USD]\n")
    types = [found.types[id(i.body)] for i in found.model.items if isinstance(i, s.DefDecl)]
    assert [t.flexible for t in types if isinstance(t, NumberT)] == [True, False, False]


def test_declared_types() -> None:
    found = checked(POOL)
    declared = {i.name: found.declared[id(i)] for i in found.model.items if isinstance(i, (s.ParamDecl, s.StateDecl))}
    usd = Unit.of({"USD": 1})
    account = SortT("Account")
    assert declared["debt"] == MapT((account,), NumberT(False, 0, unit=usd))
    assert declared["w"] == NumberT(True, 0, 255, bits=8)
    assert declared["phase"] == EnumT("Phase", ("Open", "Halted"))
    assert found.sorts == {"Account": account, "Feed": SortT("Feed", 3)}
    assert found.structs["Position"] == StructT(
        "Position", (("size", NumberT(False, unit=Unit.of({"ETH": 1}))), ("margin", NumberT(False, unit=usd)))
    )
    assert found.units == ("USD", "ETH")


def test_every_expression_of_a_spec_has_a_type_and_every_name_a_symbol() -> None:
    found = checked(
        POOL
        + """
        def owed(a: Account) = debt[a] * ltv
        spec S for Pool
        invariant i : forall a in Account: owed(a) >= 0 and (phase == Phase.Open or phase == Halted)
        step t : action == borrow or sum(debt) == old(sum(debt))
        """
    )
    assert found.spec is not None
    formulas = [i.formula for i in found.spec.items if isinstance(i, (s.InvariantDecl, s.StepDecl))]
    from verifier.language.checking.walk import inside

    for node in (n for formula in formulas for n in inside(formula)):
        assert id(node) in found.types, node
        match node:
            case s.Call() | s.Field():
                assert id(node) in found.symbols, node
            case s.Name(name) if name != "Phase":
                assert id(node) in found.symbols, node
            case _:
                pass


def test_free_names_and_individuals() -> None:
    found = checked(
        POOL
        + """
        spec S for Pool
        enabled e : borrow(a, _) when debt[a] == 0
        scenario day { start { debt[carol] = 1[USD] } borrow(alice, 5[USD]) borrow(bob, 5[USD]) borrow(alice, 1[USD]) }
        """
    )
    assert found.spec is not None
    enabled, day = found.spec.items
    assert found.free[id(enabled)] == (("a", SortT("Account")),)
    assert [name for name, _ in found.individuals[id(day)]] == ["carol", "alice", "bob"]


def test_a_spec_sees_the_model_of_another_file() -> None:
    spec = "spec S for Pool\nparam top : real where top > ltv\ninvariant i : price >= 0\n"
    (found,), problems = program(POOL, spec, root=1)
    assert problems == ()
    assert (found.path, found.model_path) == ("1.vspec", "0.vspec")
    assert found.spec is not None


def test_the_model_in_the_same_file_comes_first() -> None:
    text = "model Pool\nstate x : int\ninit { x := 0 }\nspec S for Pool\ninvariant i : x >= 0\n"
    (found,), problems = program(POOL, text, root=1)
    assert problems == ()
    assert found.model_path == "1.vspec"


def test_two_other_models_of_one_name_are_ambiguous() -> None:
    found, problems = program(POOL, POOL, "spec S for Pool\ninvariant i : price >= 0\n", root=2)
    assert found == ()
    assert [d.code for d in problems] == ["VS0319"]
    assert len(problems[0].others) == 2


def test_models_without_a_spec_are_checked_alone() -> None:
    found, problems = program(POOL + "model Other\nstate x : int\ninit { x := 0 }\nspec S for Pool\n")
    assert problems == ()
    assert [(c.model.name, c.spec.name if c.spec else None) for c in found] == [("Pool", "S"), ("Other", None)]


def test_mistakes_of_one_spec_leave_the_others() -> None:
    found, problems = program(POOL + "spec S for Pool\ninvariant i : nothing\nspec T for Pool\ninvariant i : n >= 0\n")
    assert [c.spec.name for c in found if c.spec] == ["T"]
    assert [d.code for d in problems] == ["VS0301"]


def test_mistakes_of_a_model_are_told_once_and_leave_no_spec() -> None:
    found, problems = program(POOL + "def bad = price + ltv\nspec S for Pool\nspec T for Pool\n")
    assert found == ()
    assert [d.code for d in problems] == ["VS0205"]


def test_both_places_of_a_clash() -> None:
    text = POOL + "def price = 5\n"
    _, (problem,) = program(text)
    assert problem.span is not None
    assert text[problem.span.start : problem.span.end] == "price"
    ((role, first),) = problem.others
    assert role == "first"
    assert text[first.start - 6 : first.end] == "state price"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("dept[a]", "`debt`"),
        ("debt[a] * ltvv", "`ltv`"),
        ("pricee", "`price`"),
        ("min_(1, 2)", "`min`"),
    ],
)
def test_did_you_mean(written: str, hint: str) -> None:
    _, (problem,) = program(POOL + f"def d(a: Account) = {written}\n")
    assert hint in problem.values["hint"]


def test_deep_expressions_are_fine() -> None:
    checked(POOL + "def deep = " + "(1 + " * 60 + "n" + ")" * 60 + "\n")


def test_a_long_chain_of_definitions_is_fine() -> None:
    chain = "".join(f"def d{k} = d{k + 1} + 1\n" for k in range(2_000))
    checked(POOL + chain + "def d2000 = n\n")


def test_checking_is_fast() -> None:
    actions = "".join(
        f"action a{k}(a: Account, x: ureal[USD]) {{ require x > 0 and debt[a] <= x  debt[a] += x  debt[a] -= x / 2 }}\n"
        for k in range(100)
    )
    source = Source("0.vspec", POOL + actions)
    file, _ = parse(source)
    assert file is not None
    start = time.perf_counter()
    check_program([(source, file)], "0.vspec")
    # Some 10 ms; the bound only catches what grows faster than the text.
    assert time.perf_counter() - start < 0.5
