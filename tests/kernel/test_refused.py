"""Proofs of false claims, each by a step that looks right: the kernel refuses them, and says why.

Every one of them was accepted by a kernel that lacked the check in question.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.kernel.forged import checked, core_json
from verifier.kernel.check import Place, check
from verifier.kernel.core import number, read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.judge import digest, judge
from verifier.kernel.obligations import obligations

LEDGER = """
model Ledger
sort Account
state bal   : Account -> nat
state owner : Account
state tot   : nat
init { bal := 0  tot := 0  owner := any }
action stay(a: Account, x: nat) { bal[a] := bal[a]  tot := tot  owner := owner }
action keep() { owner := owner }
spec LedgerSpec for Ledger
"""


def refused(claim: str, which: str, proof: Any, *properties: str, model: str = LEDGER) -> str:
    """Why a proof is refused."""
    with pytest.raises(Refused) as caught:
        checked(model + "\n".join(properties), claim, which, proof)
    return str(caught.value)


def test_what_holds_of_the_rest_holds_of_nobody_where_there_is_no_rest() -> None:
    """With one account, which is the owner, nothing is said of `tot`, though the fact mentions no account."""
    proof = {
        "atoms": [["read", "before", "owner", []]],
        "tree": ["member", 0, [["close", [["1", [["open", "known k"]]], ["1", ["goal"]]], []]]],
    }
    known = "invariant k : forall a in Account: a != owner implies tot <= 5"
    assert "as if it were about everybody" in refused("p", "stay", proof, known, "invariant p : tot <= 5")


def test_an_empty_rest_is_no_contradiction() -> None:
    proof = {
        "atoms": [["read", "before", "owner", []]],
        "tree": ["member", 0, [["close", [["1", [["open", "known k"]]]], []]]],
    }
    known = "invariant k : forall a in Account: a == owner"
    assert "everybody" in refused("p", "stay", proof, known, "invariant p : tot <= 5")


def test_an_opened_fact_is_summed_over_its_own_member() -> None:
    """Summed over nobody, it would be a fact about everybody again."""
    lifted = ["lift", [], [["open", "known k"]]]
    proof = {
        "atoms": [["read", "before", "owner", []]],
        "tree": ["member", 0, [["close", [["1", [lifted]], ["1", ["goal"]]], []]]],
    }
    known = "invariant k : forall a in Account: a != owner implies tot <= 5"
    assert "everybody" in refused("p", "stay", proof, known, "invariant p : tot <= 5")


def test_the_newest_class_is_asked_anew_who_it_is() -> None:
    """What is taken as decided of the rest, `a != owner implies …`, says nothing of the owner once she has a name."""
    proof = {
        "atoms": [["read", "before", "owner", []]],
        "tree": ["take", "known k", ["member", 0, [["close", [["1", ["goal"]]], []]]]],
    }
    known = "invariant k : forall a in Account: a != owner implies bal[a] == 0"
    assert refused("p", "keep", proof, known, "invariant p : bal[owner] == 0")


def _future() -> dict[str, Any]:
    """Two branches that each name somebody else as the first class, after a guess about the sum without them."""
    rest = ["sum", [["*Account", 1]], [0]]
    guess = ["if", ["ge", [["1", [1]], ["-5", []]]]]
    one = [["1", [2]], ["-1", []]]
    left = "known total"
    up = ["close", [["1", [["def", 2, 3]]]], [[[["-1", []]], left], [[["1", []]], ["case", 1]]]]
    down = ["close", [["1", [["def", 2, 4]]]], [[[["1", []]], left], [[["-1", []]], ["case", 3]]]]
    none = [
        ["close", [["1", [["def", 2, 3]]], ["1", [["case", 2]]]], []],
        ["rule", ["part", ["case", 3], 1], [2], ["witness", "known poor", down]],
    ]
    no = [
        ["close", [["1", [["case", 2]]], ["1", [["range", 2, "high"]]]], []],
        ["cases", ["def", 2, 2], none],
    ]
    return {
        "atoms": [["read", "before", "bal", ["*Account"]], rest, guess],
        "tree": [
            "split",
            ["eq", one],
            ["rule", ["case", 0], [2], ["witness", "known rich", up]],
            ["cases", ["case", 0], no],
        ],
    }


def test_a_class_that_has_no_name_yet_is_nobody() -> None:
    properties = (
        "invariant rich  : exists a in Account: bal[a] == 10",
        "invariant poor  : exists a in Account: bal[a] == 0",
        "invariant total : sum(bal) == 10",
        "invariant p     : tot <= 5",
    )
    assert "binds" in refused("p", "stay", _future(), *properties)


@pytest.mark.parametrize(
    "atom",
    (
        ["read", "before", "bal", ["Account#0"]],
        ["read", "before", "bal", ["*Other"]],
        ["read", "before", "bal", [0]],
        ["read", "before", "bal", ["Account#0", "Account#0"]],
        ["read", "before", "nobody", []],
        ["read", "tot", []],
        ["read", "before", "before", "tot", []],
        ["param", "before", "tot", []],
        ["same", "Account#0", "*Account"],
        ["same", "*Account"],
        ["sum", [["*Account", 1]], []],
        ["sum", [["*Account", -1]], []],
        ["sum", [["Account#0", 0]], []],
        ["sum", [["**Account", 0]], []],
        ["if", ["all", "Account", 0, ["true"]]],
        ["if", ["all", "*Account", 1, ["true"]]],
        ["if", ["and", []]],
        ["if", ["true"]],
        ["greatest", []],
        ["local", "x", 7],
        ["floor", [["1", [0]]]],
        ["inverse", [[0.5, []]]],
        ["inverse", [["1e9", []]]],
        ["inverse", [["1/0", []]]],
        ["magic"],
        7,
    ),
)
def test_no_atom_is_made_up(atom: Any) -> None:
    proof = {"atoms": [atom], "tree": ["split", ["ge", [["1", [0]]]], [], []]}
    assert refused("p", "stay", proof, "invariant p : tot <= 5")


def test_a_truth_value_is_no_number_and_a_number_no_truth_value() -> None:
    atoms = [["read", "before", "owner", []], ["same", "*Account", [0]], ["read", "before", "tot", []]]
    for literal in (["ge", [["1", [1]]]], ["ge", [["1", [0]]]], ["is", 2, True], ["is", 0, True], ["is", 1, 1]):
        proof = {"atoms": atoms, "tree": ["split", literal, [], []]}
        assert refused("p", "stay", proof, "invariant p : tot <= 5")


WITNESSED = """
model Witnessed
sort Account
state bal : Account -> nat
state cap : ureal
init { bal := 0  cap := 0 }
action go(x: nat) { require forall c in Account: x == bal[c] }
action fit(x: nat, y: ureal) { require x == cap  require y < 0 or y >= 0 }
spec WitnessedSpec for Witnessed
enabled e : go(_) when true
enabled f : fit(_, _) when true
"""


def test_a_witness_is_one_number_and_not_each_members_own() -> None:
    proof = {
        "atoms": [["read", "before", "bal", ["*Account"]]],
        "tree": ["close", [["1", ["goal"]]], []],
        "witness": {"x": [["1", [0]]]},
    }
    assert "witness" in refused("e", "runs", proof, model=WITNESSED)


@pytest.mark.parametrize(
    "witness",
    (
        {},
        {"x": [["1", [0]]], "y": [["1", []]]},
        {"x": [["1/2", []]], "y": [["1", []]]},
        {"x": [["1", []]]},
        {"x": "Account#0", "y": [["1", []]]},
        {"x": True, "y": [["1", []]]},
    ),
)
def test_a_witness_is_of_its_type(witness: Any) -> None:
    proof = {"atoms": [["read", "before", "cap", []]], "tree": ["close", [["1", ["goal"]]], []], "witness": witness}
    assert refused("f", "runs", proof, model=WITNESSED)


# ---------------------------------------------------------------------------------------------- lemmas

GROWING = """
model Growing
sort Account
state tot : nat
init { tot := 0 }
action go() { tot += 1 }
spec GrowingSpec for Growing
invariant p : tot <= 0
"""
YES = ["const", True, "bool"]
TOT = ["state", "tot", [], "int", "now"]
NOTHING = ["op", "le", [TOT, ["const", "0", "int"]], "bool"]


def _judged(formula: Any) -> str:
    data, _ = core_json(GROWING)
    close = {"atoms": [], "tree": ["close", [["1", ["goal"]]], []]}
    said = {"l": {"kind": "lemma", "formula": formula, "obligations": {"init": close, "go": close}}}
    rulings = judge(data, json.loads(json.dumps(said)))
    return rulings["l"].refused


@pytest.mark.parametrize(
    "formula",
    (
        ["op", "or", [["action", "go"], NOTHING], "bool"],
        ["op", "le", [TOT, ["state", "tot", [], "int", "old"]], "bool"],
        ["var", "x", "bool"],
        ["op", "le", [["state", "tot", [], "real", "now"], ["const", "0", "real"]], "bool"],
        ["op", "le", [["const", "1/2", "int"], TOT], "bool"],
        ["op", "le", [["agg", "max", [["a", ["sort", "Account"]]], ["const", "1/2", "real"], YES, "int"], TOT], "bool"],
        ["op", "eq", [["const", "0", ["sort", "Account"]], ["const", "0", ["sort", "Account"]]], "bool"],
        ["op", "magic", [YES], "bool"],
        ["forall", ["a", "int"], YES],
        TOT,
        7,
    ),
)
def test_a_lemma_is_a_formula_about_one_state(formula: Any) -> None:
    """`go or tot <= 0` holds after every step, and means `tot <= 0` before the next one."""
    reasons = ("not a term", "a lemma is", "it is malformed", "a quantifier", "a sum", "`tot` is read", "a variable")
    assert _judged(formula).startswith(reasons)


def test_a_lemma_that_fails_has_no_proof() -> None:
    assert "`go`" in _judged(NOTHING)


# ---------------------------------------------------------------------------------------------- bad files


@pytest.mark.parametrize("text", ("1.5", "1e3", "nan", "inf", "", "1/2/3", "--1", " 1", "1_0", "0x1", "٣"))
def test_numbers_are_digits(text: str) -> None:
    with pytest.raises(Refused):
        number(text)


@pytest.mark.parametrize(
    "tree",
    (
        None,
        [],
        ["close"],
        ["close", [], []],
        ["close", [["1", []]], []],
        ["close", [["0", ["goal"]]], []],
        ["close", [["-1", ["goal"]]], []],
        ["close", [[1, ["goal"]]], []],
        ["close", [["1", [["case", 0]]]], []],
        ["close", [["1", [["case", -1]]]], []],
        ["close", [["1", [["range", 0, "middle"]]]], []],
        ["close", [["1", [["part", "goal", 0]]]], []],
        ["close", [], [[[["1", []]], "goal"]]],
        ["cases", "goal", []],
        ["cases", "known nothing", []],
        ["take", "nothing", ["close", [], []]],
        ["rule", "goal", [0], ["close", [], []]],
        ["member", 0, []],
        ["witness", "goal", ["close", [], []]],
        ["split", ["ge", [["1", []]]], ["close", [], []], ["close", [], []]],
        ["split", ["all", "*Account", 0, ["true"]], 0, 0],
        {"close": []},
        "close",
    ),
)
def test_what_is_no_proof_is_refused(tree: Any) -> None:
    proof = {"atoms": [["read", "before", "tot", []]], "tree": tree}
    assert refused("p", "stay", proof, "invariant p : tot <= 5")


@pytest.mark.parametrize("reference", (["part", "known both", -1], ["guard", "known either", -1], ["def", 1, -1]))
def test_parts_are_counted_from_the_front(reference: Any) -> None:
    known = ("invariant both : tot <= 5 and tot <= 6", "invariant either : tot <= 5 or tot >= 7")
    atoms = [["read", "before", "tot", []], ["inverse", [["1", [0]]]]]
    proof = {"atoms": atoms, "tree": ["close", [["1", [reference]]], []]}
    assert "not a reference" in refused("p", "stay", proof, *known, "invariant p : tot <= 5")


def test_a_tree_too_deep_to_read_is_refused() -> None:
    tree: Any = ["close", [], []]
    for _ in range(3000):
        tree = ["take", "goal", tree]
    data, known = core_json(LEDGER + "invariant p : tot <= 5")
    core = read_core(data)
    obligation = obligations(core, "p", core.properties["p"], known)["stay"]
    with pytest.raises(Refused):
        check(core, obligation, {"atoms": [], "tree": tree})


def test_rules_in_a_circle_are_refused() -> None:
    atoms = [["read", "before", "tot", []], ["read", "before", "owner", []]]
    equal = [["1", [0, 0]], ["-1", [0]]]
    tree = ["split", ["eq", equal], ["rule", ["case", 0], [0], ["close", [["1", ["goal"]]], []]], []]
    assert refused("p", "stay", {"atoms": atoms, "tree": tree}, "invariant p : tot <= 5")


def test_a_class_of_another_branch_is_nobody_here() -> None:
    """The first branch names two accounts; the second may not speak of the second of them."""
    atoms = [["read", "before", "owner", []], ["same", [0], "Account#1"], ["read", "before", "tot", []]]
    known = ("invariant a : exists a in Account: bal[a] == 1", "invariant b : exists a in Account: bal[a] == 2")
    data, invariants = core_json(LEDGER + "\n".join((*known, "invariant p : tot <= 5")))
    core = read_core(data)
    obligation = obligations(core, "p", core.properties["p"], invariants)["stay"]
    place = Place(core, obligation, atoms, {})
    yes, no = place.split(place.facts.reader.formula(["ge", [["1", [2]], ["-9", []]]]))
    deep = yes.witness_of("known a").alternatives("known b")[1].witness_of(["case", 2])
    assert deep.facts.reader.value(1)[0] == "is"
    with pytest.raises(Refused):
        no.prove(["split", ["is", 1, True], [], []])


def test_what_follows_in_the_same_state_rests_on_what_is_kept_by_steps() -> None:
    """Two false invariants that imply one another: each would be proved by the other."""
    core, _ = core_json(LEDGER + "invariant p : tot <= 5\ninvariant q : tot <= 5\ninvariant kept : bal[owner] >= 0\n")
    by_the_other = {"atoms": [], "tree": ["close", [["1", ["{}"]], ["1", ["goal"]]], []]}

    def said(name: str, other: str) -> dict[str, Any]:
        proof = json.loads(json.dumps(by_the_other).replace("{}", f"known {other}"))
        (prop,) = (p for p in core["properties"] if p["name"] == name)
        return {
            "kind": "invariant",
            "level": "L3",
            "states": digest(prop),
            "by": "state",
            "obligations": {"here": proof},
        }

    rulings = judge(core, {"p": said("p", "q"), "q": said("q", "p")})
    assert "no fact called `known q`" in rulings["p"].refused
    assert "no fact called `known p`" in rulings["q"].refused
    assert "no fact called `known p`" in judge(core, {"p": said("p", "p")})["p"].refused


def test_a_lemma_is_kept_by_steps_whatever_it_says() -> None:
    core, _ = core_json(LEDGER + "invariant p : tot <= 5\n")
    (prop,) = core["properties"]
    proof = {"atoms": [], "tree": ["close", [["1", ["goal"]]], []]}
    lemma = {"kind": "lemma", "level": "L3", "says": "", "formula": prop["formula"], "by": "state"}
    assert "has no proof" in judge(core, {"l": {**lemma, "obligations": {"here": proof}}})["l"].refused


@pytest.mark.parametrize("said", (None, [["p"]], [7], "p", 7, True))
def test_what_is_no_file_of_claims_is_refused(said: Any) -> None:
    core, _ = core_json(GROWING)
    with pytest.raises(Refused):
        judge(core, said)


def test_a_claim_of_no_kind_is_refused_whatever_stands_there() -> None:
    """Also what is too deep to be written out in the refusal."""
    deep: Any = []
    for _ in range(3000):
        deep = [deep]
    core, _ = core_json(GROWING)
    for kind in (deep, None, 7, {}, ["invariant"]):
        assert judge(core, {"p": {"kind": kind}})["p"].refused
    assert judge(core, {"p": deep, "q": None})["p"].refused


def test_an_entry_that_is_a_sum_by_now_is_no_atom() -> None:
    """Of everybody's sum, once somebody has a name: her part and that of the rest."""
    atoms = [
        ["read", "before", "owner", []],
        ["read", "before", "bal", ["*Account"]],
        ["sum", [["*Account", 0]], [1]],
        ["if", ["or", [["ge", [["1", [2]], ["-5", []]]], ["is", 3, True]]]],
    ]
    for ref in (["def", 2, 0], ["range", 2, "low"], ["def", 3, 0]):
        tree = ["member", 0, [["close", [["1", [ref]], ["1", ["goal"]]], []]]]
        assert refused("p", "stay", {"atoms": atoms, "tree": tree}, "invariant p : tot <= 5")


def test_what_a_state_is_called_is_no_member() -> None:
    """An unknown whose state has the name of a member of the rest stays under the sum that binds that member."""
    strange = ["read", "*Account", "tot", []]
    over = ["if", ["all", "*Account", 0, ["ge", [["1", [1]], ["-7", []]]]]]
    atoms = [["read", "before", "owner", []], strange, over]
    down = ["member", 0, [["close", [["1", [["part", ["case", 0], 0]]], ["1", ["goal"]]], []]]]
    tree = ["split", ["ge", [["1", [2]], ["-1", []]]], down, down]
    assert refused("p", "stay", {"atoms": atoms, "tree": tree}, "invariant p : tot <= 5")


def test_a_sum_under_a_quantifier_over_the_same_member_is_everybodys() -> None:
    """Of `forall a: sum(bal) >= 2 * bal[a]`, written with one name for both, the sum is no sum of one member's."""
    atoms = [
        ["read", "before", "owner", []],
        ["read", "before", "bal", ["*Account"]],
        ["sum", [["*Account", 0]], [1]],
        ["read", "before", "bal", ["Account#0"]],
        ["sum", [["*Account", 1]], [1]],
    ]
    data, invariants = core_json(LEDGER + "invariant p : tot <= 5")
    core = read_core(data)
    place = Place(core, obligations(core, "p", core.properties["p"], invariants)["stay"], atoms, {})
    yes, _ = place.split(place.facts.reader.formula(["all", "*Account", 0, ["ge", [["1", [2]], ["-2", [1]]]]]))
    (below,) = yes.member(yes.facts.reader.value(0))
    hers, others = (["part", ["case", 0], i] for i in (0, 1))
    rest = ["ge", [["1", [3]], ["1", [4]], ["-2", [1]]]]
    assert below.facts.closed(hers) == below.facts.reader.formula(["ge", [["1", [4]], ["-1", [3]]]])
    assert below.facts.closed(others) == below.facts.reader.formula(["all", "*Account", 1, rest])
