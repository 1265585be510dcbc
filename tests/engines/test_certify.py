"""Proofs are found where arithmetic alone, without one more idea, would end nowhere; the kernel accepts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.obligations.suite import FOLDER, system_of
from verifier.engines.certify.products import Fact, combination
from verifier.engines.certify.pruned import pruned
from verifier.engines.certify.search import Prover
from verifier.engines.certify.tree import Lost
from verifier.kernel.atoms import Atoms
from verifier.kernel.check import check
from verifier.kernel.core import read_core
from verifier.kernel.formulas import Algebra, Refused
from verifier.kernel.judge import known_from, proofs_due
from verifier.logic.solvers.z3_text import ask
from verifier.session.proving import prove
from verifier.system.canonical import canonical

CERTIFIED = FOLDER.parents[1] / "tests" / "corpus" / "certified"
FOUND = [
    pytest.param("amm/constant_product", "round_trip_never_pays", "goal 0", id="a quotient inside a quotient"),
    pytest.param("amm/constant_product", "splitting_never_pays", "goal 0", id="divisors multiplied away"),
    pytest.param("accrual/compounding", "more_accruals_mean_more", "goal 0", id="a product of five facts"),
    pytest.param("accrual/fee_shares", "never_empty", "withdraw", id="no equation from two inequalities"),
    pytest.param("health/rounded_health", "collateral_counts", "pledge", id="the order of rounded numbers"),
    pytest.param("rounding/ceil_floor", "gap_is_at_most_one", "compute", id="division of whole numbers"),
    pytest.param("oracles/circuit_breaker", "halted_borrowing_reverts", "goal 0", id="a flag and its opposite"),
    pytest.param("bridges/messages", "delivered_was_sent", "deliver", id="parts that move up"),
    pytest.param("amm/ticks", "gross_is_what_touches", "open", id="somebody unknown inside a sum"),
]


def _proved(name: str, prop: str, obligation: str, ending: str = ".vspec") -> frozenset[str]:
    core = read_core(_core(name + ending))
    claims = {n: c for n, c in core.properties.items() if c["kind"] in ("invariant", "step", "rule", "enabled")}
    due = proofs_due(core, prop, claims[prop], known_from(claims))[obligation]
    proof = json.loads(json.dumps(Prover(core, due).prove(claims[prop], {})))
    return check(core, due, proof)


def _core(name: str) -> dict[str, object]:
    return json.loads(json.dumps(canonical(system_of(FOLDER / name))))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("name", "prop", "obligation"), FOUND)
def test_what_is_found_is_accepted(name: str, prop: str, obligation: str) -> None:
    assert "goal" in _proved(name, prop, obligation)


@pytest.mark.parametrize("path", sorted(CERTIFIED.glob("*.vspec")), ids=lambda p: p.stem)
def test_everything_in_the_file_has_certificates(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    (written,) = prove((str(copy),), cache=False).files
    assert {row.name: row.level for spec in written.specs for row in spec.rows if row.level != "L3"} == {}


def test_the_twin_has_no_proof() -> None:
    with pytest.raises(Lost):
        _proved("rounding/ceil_floor", "up_is_above", "compute", ".twin.vspec")


def test_products_meet_by_their_terms() -> None:
    # x > 0, y > 0, z > 0, a >= b, and x y z a < x y z b: a product of four, found from the terms that meet.
    atoms = Atoms()
    x, y, z, a, b = (atoms.number(("local", n, 1), whole=False) for n in "xyzab")
    facts = [Fact("gt", {(v,): 1}) for v in (x, y, z)]
    facts += [Fact("ge", {(a,): 1, (b,): -1}), Fact("gt", {(x, y, z, a): -1, (x, y, z, b): 1})]

    def solve(text: str) -> dict[str, object] | None:
        answer = ask(text, "smt", 400_000, want_model=True)
        return dict(answer.model) if answer.status == "sat" else None

    assert combination(Algebra(atoms), facts, 1, solve) is None  # type: ignore[arg-type]
    found = combination(Algebra(atoms), facts, 1, solve, rounds=1)  # type: ignore[arg-type]
    assert found is not None
    assert (0, 1, 2, 3) in {chosen for _, chosen in found.products}


def test_no_atom_is_listed_that_a_proof_does_not_need() -> None:
    core = read_core(_core("amm/constant_product.vspec"))
    claim = core.properties["round_trip_never_pays"]
    due = proofs_due(core, "round_trip_never_pays", claim, {})["goal 0"]
    proof = json.loads(json.dumps(Prover(core, due).prove(claim, {})))
    assert pruned(proof) == proof
    padded = {**proof, "atoms": [*proof["atoms"], ["local", "nobody", 0], ["inverse", [["1", [0]]]]]}
    assert pruned(padded) == proof
    for index in range(len(proof["atoms"])):
        gone = [*proof["atoms"][:index], ["local", "nobody", 0], *proof["atoms"][index + 1 :]]
        with pytest.raises(Refused):
            check(core, due, {**proof, "atoms": gone})
