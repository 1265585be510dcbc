"""Certificates that the search finds, changed in one place: none of them proves anything it should not.

A changed certificate may still prove the same thing, where the change does not matter. So the same mutants are held
against a model with a condition less, where the claim is false: there, none may be accepted at all.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.kernel.forged import core_json
from verifier.engines.certify.search import Prover
from verifier.engines.certify.tree import Lost
from verifier.kernel.check import check
from verifier.kernel.core import read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.obligations import Obligation, obligations

MUTANTS = int(os.environ.get("VERIFY_SPEC_MUTANTS", "800"))
LENDING = """
model Lending
sort Account
enum Phase { Open, Closed }
param ltv : real where 0 < ltv and ltv <= 1
state debt  : Account -> ureal
state coll  : Account -> ureal
state part  : Account -> nat
state total : ureal
state parts : nat
state price : ureal
state owner : Account
state phase : Phase
init { debt := 0  coll := 0  part := 0  total := 0  parts := 0  price := 1  owner := any  phase := Open }
action borrow(a: Account, x: ureal) {
  require phase == Open
  debt[a] += x
  total += x
  require debt[a] <= coll[a] * price * ltv  // enough
}
action pledge(a: Account, x: ureal) { coll[a] += x }
action repay(a: Account, x: ureal) {
  let paid = min(x, debt[a])
  debt[a] -= paid
  total -= paid
}
action split(a: Account, b: Account, n: nat) {
  let q = floor(part[a] / 2)
  require n <= q  // half
  part[a] -= n
  part[b] += n
}
action mint(a: Account, n: nat) { part[a] += n  parts += n }
action swap(b: Account) {
  require part[b] >= part[owner]  // more
  owner := b
}
action close() { phase := Closed }
spec LendingSpec for Lending
invariant sums    : total == sum(debt)
invariant pieces  : parts == sum(part)
invariant covered : forall a in Account: debt[a] <= coll[a] * price
invariant whole   : sum(debt) <= sum(coll) * price
invariant owned   : part[owner] <= parts
step     halved   : forall a in Account: part[a] >= old(part[a]) - old(part[a]) / 2
step     rising   : part[owner] >= old(part[owner]) or owner == old(owner)
step     settled  : total <= old(total) or action == borrow
enabled  leave    : repay(a, _) when debt[a] > 0
rule there_and_back(a: Account, n: nat) {
  let before = parts
  mint(a, n)
  check parts - before == n
}
"""
TWINS = {
    "enough": ("covered", "borrow"),
    "half": ("halved", "split"),
    "more": ("rising", "swap"),
}
"""A condition that is taken out, and the claim that is false without it."""


def _proofs(text: str) -> Iterator[tuple[str, str, Obligation, Any]]:
    data, known = core_json(text)
    core = read_core(data)
    for name, claim in core.properties.items():
        for which, obligation in obligations(core, name, claim, known).items():
            try:
                proof = Prover(core, obligation).prove(claim, {})
            except Lost:
                continue
            yield name, which, obligation, json.loads(json.dumps(proof))


@pytest.fixture(scope="module")
def proofs() -> list[tuple[str, str, Obligation, Any]]:
    found = list(_proofs(LENDING))
    assert len(found) >= 35
    return found


def accepted(obligation: Obligation, core: Any, proof: Any) -> bool:
    try:
        check(core, obligation, proof)
    except Refused:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every part of JSON values, with the way there."""
    if path:
        yield path, value
    items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def other_values(value: Any, labels: list[str]) -> Iterator[Any]:
    """What may stand in the place of a part."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case str() if value.lstrip("-").replace("/", "").isdigit():
            number = Fraction(value)
            yield from (str(number + 1), str(-number), str(number * Fraction(1, 2)))
        case "ge" | "gt" | "eq" | "ne":
            yield from {"ge", "gt", "eq", "ne"} - {value}
        case "low" | "high":
            yield "high" if value == "low" else "low"
        case str() if value in labels:
            yield labels[labels.index(value) - 1]
        case str():
            yield value + "'"
        case [_, *rest]:
            yield rest
            yield [*value, value[0]]


def mutants(proof: Any, labels: list[str]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The proof with one part changed, and which."""
    for path, value in places(proof):
        for other in other_values(value, labels):
            yield path, put(proof, path, other)


def put(proof: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(proof)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


def labels_of(proof: Any) -> list[str]:
    starts = ("goal", "known ", "need ", "assume ", "given ")
    return sorted({v for _, v in places(proof) if isinstance(v, str) and v.startswith(starts)})


def test_the_proofs_are_accepted(proofs: list[tuple[str, str, Obligation, Any]]) -> None:
    core = read_core(core_json(LENDING)[0])
    assert all(accepted(obligation, core, proof) for _, _, obligation, proof in proofs)


STEPS = ("close", "split", "cases", "take", "rule", "member", "witness")


def does_not_matter(proof: Any, path: tuple[Any, ...]) -> bool:
    """Whether a change at this place of a proof may leave a proof of the same thing."""
    if path == ("atoms",):
        return True  # an entry more
    step, inside, node = None, (), proof
    for i, key in enumerate(path):
        if isinstance(node, list) and node and node[0] in STEPS:
            step, inside = node, path[i:]
        node = node[key]
    match step, inside:
        case ["split", *_], (1, *_):
            return True  # any literal holds or does not
        case ["rule", *_], (2, *_):
            return True  # an equation may be used for any of its monomials
        case ["close", [_], []], (1, *_):
            return True  # any multiple of a plain contradiction is one
    return False


def test_a_changed_certificate_is_refused_unless_the_change_does_not_matter(
    proofs: list[tuple[str, str, Obligation, Any]],
) -> None:
    core = read_core(core_json(LENDING)[0])
    changed = [(o, p, path, m) for _, _, o, p in proofs for path, m in mutants(p, labels_of(p)) if m != p]
    assert len(changed) >= 600
    for obligation, proof, path, mutant in Random(0).sample(changed, min(MUTANTS, len(changed))):
        if accepted(obligation, core, mutant) and not does_not_matter(proof, path):
            # What could as well be nothing at all is not used.
            assert accepted(obligation, core, put(proof, path, None)), (path, proof, mutant)


@pytest.mark.parametrize("condition", TWINS)
def test_no_certificate_for_a_false_claim(condition: str, proofs: list[tuple[str, str, Obligation, Any]]) -> None:
    """One condition less, and the claim is false: neither the certificate nor any change of it proves it."""
    line = next(line for line in LENDING.splitlines() if line.endswith(f"// {condition}"))
    data, known = core_json(LENDING.replace(line, ""))
    core = read_core(data)
    claim, action = TWINS[condition]
    obligation = obligations(core, claim, core.properties[claim], known)[action]
    (proof,) = (p for name, which, _, p in proofs if (name, which) == (claim, action))
    assert not accepted(obligation, core, proof)
    assert not any(accepted(obligation, core, mutant) for _, mutant in mutants(proof, labels_of(proof)))
    with pytest.raises(Lost):
        Prover(core, obligation).prove(core.properties[claim], {})
