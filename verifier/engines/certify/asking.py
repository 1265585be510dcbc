"""What a solver says of facts at a place: which contradict one another. That is a hint; no proof rests on it."""

from __future__ import annotations

from fractions import Fraction

from verifier.engines.certify.gather import Item
from verifier.engines.certify.text import Smt
from verifier.kernel.check import Place
from verifier.kernel.formulas import FALSE, Formula
from verifier.kernel.polynomials import added, frozen
from verifier.logic.solvers.answer import Status
from verifier.logic.solvers.z3_core import needed
from verifier.logic.solvers.z3_text import ask

CORE_LIMIT, DECIDE_LIMIT, LINEAR_LIMIT = 200_000, 600_000, 400_000
MOST_NEEDED = 40
"""Facts in a core that is made smaller."""


def core_of(items: list[Item], place: Place) -> tuple[list[Item] | None, bool]:
    """Facts that contradict one another, few of them; None where none are found, and whether the solver gave up."""
    for item in items:
        if item.formula == FALSE:
            return [item], False
    smt = Smt()
    rules = _rules(smt, place)
    written = [smt.formula(i.formula) for i in items]
    switches = tuple(f"s{n}" for n in range(len(items)))
    head = [*smt.declarations(), *(f"(declare-const {s} Bool)" for s in switches)]
    body = [*rules, *(f"(assert (=> {s} {w}))" for s, w in zip(switches, written, strict=True))]
    status, core = needed("\n".join([*head, *body]) + "\n", switches, CORE_LIMIT)
    if status == "unsat":
        chosen = [items[int(name[1:])] for name in core]
        return (_fewer(chosen, place) if len(chosen) <= MOST_NEEDED else chosen), False
    if status == "sat":
        return None, False
    answer = _asked(items, place)
    return (_fewer(items, place) if answer == "unsat" else None), answer == "unknown"


def contradict(items: list[Item], place: Place) -> bool:
    """Whether facts contradict one another."""
    return _asked(items, place) == "unsat"


def _asked(items: list[Item], place: Place) -> Status:
    smt = Smt()
    rules = _rules(smt, place)
    written = [smt.formula(i.formula) for i in items]
    text = "\n".join([*smt.declarations(), *rules, *(f"(assert {w})" for w in written)]) + "\n"
    status = ask(text, "nlsat", DECIDE_LIMIT).status
    return ask(text, "nlsat-univariate", DECIDE_LIMIT).status if status == "unknown" else status


def _fewer(items: list[Item], place: Place) -> list[Item]:
    """Leave out what is not needed."""
    if len(items) <= 2:
        return items
    kept = list(items)
    for n in sorted(range(len(items)), key=lambda n: (-_size(items[n].formula), -n)):
        item = items[n]
        smaller = [i for i in kept if i is not item]
        if contradict(smaller, place):
            kept = smaller
    return kept


def _size(formula: Formula) -> int:
    """How many factors a comparison has: small ones make short certificates."""
    return sum(len(m) + 1 for m, _ in formula[1]) if formula[0] in ("ge", "gt", "eq", "ne") else 0


def _rules(smt: Smt, place: Place) -> list[str]:
    """The equations in use that leave their atoms about: what the kernel does when it multiplies."""
    out = []
    for monomial, right in place.rules:
        if len(monomial) > 1:
            difference = added(right, {monomial: 1}, -1)
            out.append(f"(assert {smt.formula(('eq', frozen(difference)))})")
    return out


def solve(text: str) -> dict[str, Fraction] | None:
    """Values of the unknowns of a linear text, exactly; None where there are none, or none are found."""
    answer = ask(text, "smt", LINEAR_LIMIT, want_model=True)
    if answer.status != "sat":
        return None
    return {name: value for name, value in answer.model.items() if isinstance(value, Fraction)}
