"""Writes atoms, polynomials and formulas of the kernel as JSON values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from verifier.kernel.atoms import Atoms, Key
from verifier.kernel.formulas import Formula
from verifier.kernel.polynomials import Frozen, Monomial, Poly, frozen


@final
@dataclass(slots=True)
class TableWriter:
    """Lists the atoms that a proof mentions, each after those it is built from."""

    atoms: Atoms
    entries: list[Any] = field(default_factory=list)
    _index: dict[int, int] = field(default_factory=dict)

    def atom(self, atom: int) -> int:
        """The place of an atom in the list."""
        found = self._index.get(atom)
        if found is None:
            entry = self._entry(self.atoms.shapes[atom])
            found = self._index[atom] = len(self.entries)
            self.entries.append(entry)
        return found

    def poly(self, poly: Poly | Frozen) -> list[Any]:
        """A polynomial: a list of [coefficient, atoms]."""
        terms = frozen(poly) if isinstance(poly, dict) else poly
        return [[str(c), self.monomial(m)] for m, c in terms]

    def monomial(self, monomial: Monomial) -> list[int]:
        """A monomial: the places of its factors."""
        return [self.atom(a) for a in monomial]

    def formula(self, formula: Formula) -> list[Any]:
        """A formula, as the kernel reads it."""
        match formula:
            case ("is", atom, value):
                return ["is", self.atom(atom), value]
            case ("and" | "or" as kind, parts):
                return [kind, [self.formula(p) for p in parts]]
            case ("all" | "some" as kind, star, classes, body):
                return [kind, star, classes, self.formula(body)]
            case ("true" | "false" as kind,):
                return [kind]
            case _:
                kind, poly = formula
                return [kind, self.poly(poly)]

    def _key(self, key: Key) -> Any:
        return [self.atom(key[1])] if isinstance(key, tuple) else key

    def _entry(self, shape: tuple[Any, ...]) -> list[Any]:
        match shape:
            case ("read", version, name, keys):
                return ["read", version, name, [self._key(k) for k in keys]]
            case ("param", name, keys):
                return ["param", name, [self._key(k) for k in keys]]
            case ("same", left, right):
                return ["same", self._key(left), self._key(right)]
            case ("inverse" | "floor" as kind, terms):
                return [kind, self.poly(terms)]
            case ("if", literal):
                return ["if", self.formula(literal)]
            case ("sum", binders, monomial):
                return ["sum", [list(b) for b in binders], self.monomial(monomial)]
            case ("greatest" | "least" as kind, entries):
                return [kind, [[[list(b) for b in bs], self.formula(c), self.poly(v)] for bs, c, v in entries]]
            case _:
                return list(shape)
