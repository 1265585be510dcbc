"""Facts of the kernel as SMT-LIB text: every number is real, as in the kernel's arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from verifier.kernel.formulas import Formula
from verifier.kernel.polynomials import Frozen, Number
from verifier.logic.smtlib import literal


@final
@dataclass(slots=True)
class Smt:
    """Writes formulas; unknowns are declared as they come up. Quantified formulas are opaque truth values."""

    numbers: dict[int, str] = field(default_factory=dict)
    truths: dict[object, str] = field(default_factory=dict)
    _memo: dict[Formula, str] = field(default_factory=dict)

    def declarations(self) -> list[str]:
        """The declarations of all unknowns."""
        reals = [f"(declare-const {n} Real)" for n in self.numbers.values()]
        return reals + [f"(declare-const {n} Bool)" for n in self.truths.values()]

    def formula(self, formula: Formula) -> str:
        """A formula."""
        if formula not in self._memo:
            self._memo[formula] = self._write(formula)
        return self._memo[formula]

    def _write(self, formula: Formula) -> str:
        match formula:
            case ("true",):
                return "true"
            case ("false",):
                return "false"
            case ("ge" | "gt" | "eq" | "ne" as kind, poly):
                return self._compared(kind, poly)
            case ("is", atom, value):
                name = self.truths.setdefault(atom, f"b{len(self.truths)}")
                return name if value else f"(not {name})"
            case ("and" | "or" as kind, parts):
                return f"({kind} {' '.join(self.formula(p) for p in parts)})"
            case _:
                return self.truths.setdefault(formula, f"b{len(self.truths)}")

    def _compared(self, kind: str, poly: Frozen) -> str:
        left = [self._term(m, c) for m, c in poly if c > 0]
        right = [self._term(m, -c) for m, c in poly if c < 0]
        pair = f"{_plus(left)} {_plus(right)}"
        match kind:
            case "ge":
                return f"(>= {pair})"
            case "gt":
                return f"(> {pair})"
            case "eq":
                return f"(= {pair})"
            case _:
                return f"(not (= {pair}))"

    def _term(self, monomial: tuple[int, ...], coefficient: Number) -> str:
        factors = [self.numbers.setdefault(a, f"x{len(self.numbers)}") for a in monomial]
        if coefficient != 1 or not factors:
            factors.insert(0, literal(coefficient))
        return factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"


def _plus(terms: list[str]) -> str:
    if not terms:
        return "0.0"
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"
