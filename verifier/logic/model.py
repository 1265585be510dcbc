"""Values of nodes under a solver's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from verifier.logic.formulas import Node, Pool


@final
@dataclass(slots=True)
class Valued:
    """The numbers of one answer: `unknowns` gives the SMT name of each unknown, `model` the value of each name. What
    the model leaves open is zero, or as near as the range allows."""

    pool: Pool
    unknowns: Mapping[Node, str]
    model: Mapping[str, Fraction | bool]
    _memo: dict[Node, Fraction | bool] = field(default_factory=dict)

    def value(self, node: Node) -> Fraction | bool:
        """The value of a node. Raises ZeroDivisionError where it has none."""
        found = self._memo.get(node)
        if found is None:
            found = self._memo[node] = self._value(node)
        return found

    def _value(self, node: Node) -> Fraction | bool:
        pool, args = self.pool, self.pool.args[node]
        match pool.ops[node]:
            case "const":
                constant = pool.value(node)
                assert constant is not None
                return constant if isinstance(constant, bool) else Fraction(constant)
            case "not":
                return not self.value(args[0])
            case "and":
                return all(self.value(a) for a in args)
            case "eq":
                return self.value(args[0]) == self.value(args[1])
            case "le":
                return self.value(args[0]) <= self.value(args[1])
            case "add":
                return sum((Fraction(self.value(a)) for a in args), Fraction(0))
            case "mul":
                out = Fraction(1)
                for a in args:
                    out *= Fraction(self.value(a))
                return out
            case "ite":
                return self.value(args[1]) if self.value(args[0]) else self.value(args[2])
            case "div":
                return self._known(node) or Fraction(self.value(args[0])) / Fraction(self.value(args[1]))
            case "floor":
                return self._known(node) or Fraction(Fraction(self.value(args[0])).__floor__())
            case "ceil":
                return self._known(node) or Fraction(Fraction(self.value(args[0])).__ceil__())
            case _:
                found = self._known(node)
                return found if found is not None else self._anything(node)

    def _known(self, node: Node) -> Fraction | bool | None:
        name = self.unknowns.get(node)
        return self.model.get(name) if name is not None else None

    def _anything(self, node: Node) -> Fraction | bool:
        if self.pool.sorts[node] == "B":
            return False
        low, high = self.pool.bounds.get(node, (None, None))
        if low is not None and low > 0:
            return Fraction(low)
        return Fraction(high) if high is not None and high < 0 else Fraction(0)
