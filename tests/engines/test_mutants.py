"""Small changes to the models of the library that a promise must notice.

A mutant drops a `require` or one side of a double entry, turns a rounding round, takes another account, moves a bound.
Its killer must stop being proved; where a short run shows the harm, it must be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines.referee import systems_of
from verifier.engines.strategy import Options, settle

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Mutant:
    """In the model of a library spec, `old` becomes `new` (its first occurrence)."""

    library: str
    old: str
    new: str
    killer: str
    verdict: str = "violated"
    depth: int = 3


LENDING, VAULT, AMM, VAT, TIMELOCK = (
    "lending/pool", "vault/shares", "amm/constant_product", "cdp/vat", "governance/timelock",
)  # fmt: skip

MUTANTS = (
    # A missing `require`.
    Mutant(LENDING, "  require debt[a] <= value(a) * ltv\n", "", "covered"),
    Mutant(LENDING, "  require healthy(a)\n}", "}", "healthy_accounts_stay_healthy", "not proved"),
    Mutant(VAT, "  require (dart <= 0 and dink >= 0) or safe(i, u)\n", "", "safe_urns_stay_safe"),
    Mutant(TIMELOCK, " and not voted[p, a]\n", "\n", "nobody_votes_twice"),
    Mutant(TIMELOCK, " and votes[p] >= quorum", "", "passed_with_quorum"),
    Mutant(TIMELOCK, "eta[p] <= now and ", "", "queueing_is_not_executing"),
    Mutant(TIMELOCK, "  require stage[p] == Absent\n", "", "ends_are_final"),
    # A rounding turned round.
    Mutant(VAULT, "else floor(amount * issued / pot)", "else ceil(amount * issued / pot)", "share_price_never_falls"),
    Mutant(VAULT, "else ceil(amount * pot / issued)", "else floor(amount * pot / issued)", "shares_cost_something"),
    Mutant(VAULT, "else ceil(amount * issued / pot)", "else floor(amount * issued / pot)", "assets_cost_shares"),
    Mutant(VAULT, "else floor(amount * pot / issued)", "else ceil(amount * pot / issued)", "share_price_never_falls"),
    Mutant(AMM, "let for_x  = floor(", "let for_x  = ceil(", "value_of_a_share_never_falls"),
    Mutant(AMM, "min(for_x, for_y)", "max(for_x, for_y)", "add_and_remove_gains_nothing"),
    # One side of a double entry.
    Mutant(LENDING, "  deposits[a] -= amount\n", "", "books_balance"),
    Mutant(LENDING, "  debt[a] -= amount\n  cash += amount", "  debt[a] -= amount", "borrow_and_repay_is_neutral"),
    Mutant(VAULT, "  shares[a] -= burned\n", "", "shares_add_up"),
    Mutant(AMM, "  shares[a] += minted\n", "", "shares_add_up"),
    Mutant(VAT, "  dai[dst] += rad\n", "", "dai_is_conserved"),
    Mutant(VAT, "  vice -= rad\n  debt -= rad", "  debt -= rad", "sin_is_conserved"),
    Mutant(TIMELOCK, "  voted[p, a] := true\n", "", "tally_is_the_sum_of_weights"),
    # The other sign, the other account, the other variable.
    # Nothing can be deposited any more: the books balance, and nobody is ever liquidated.
    Mutant(LENDING, "deposits[a] += amount\n  cash += amount", "deposits[a] += amount\n  cash -= amount", "a_liquidation", "not proved"),
    Mutant(VAT, "  sin[w] -= dtab\n", "  sin[w] += dtab\n", "sin_is_conserved"),
    Mutant(VAT, "  gem[i, dst] += wad\n", "  gem[i, src] += wad * 2\n", "collateral_is_conserved"),
    Mutant(AMM, "- in_x * fee) * (balance_y * scale - in_y * fee) >=", "+ in_x * fee) * (balance_y * scale - in_y * fee) >=", "k_never_falls"),
    # A bound moved.
    Mutant(LENDING, "value(a) * liq_threshold", "value(a)", "covered", "not proved"),
    Mutant(VAT, "init_requires_no_debt implies Art[i] == 0", "init_requires_no_debt implies Art[i] <= 1[ART]", "fundamental_equation"),
    Mutant(TIMELOCK, "  eta[p] := now + delay", "  eta[p] := now", "queueing_is_not_executing"),
)  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.library}:{m.killer}")
def test_the_killer_notices(mutant: Mutant, tmp_path: Path) -> None:
    model = (ROOT / "models" / f"{mutant.library}.vspec").read_text(encoding="utf-8")
    spec = (ROOT / "spec" / f"{mutant.library}.vspec").read_text(encoding="utf-8")
    assert mutant.old in model
    system = systems_of(f"{model.replace(mutant.old, mutant.new, 1)}\n{spec}", tmp_path)[0]
    (verdict,) = (
        v
        for v in settle(system, Options(depth=mutant.depth, only=frozenset((mutant.killer,))), lambda _: None)
        if v is not None
    )
    if mutant.verdict == "not proved":
        assert verdict.name not in ("proved", "vacuous")
    else:
        assert verdict.name == mutant.verdict
