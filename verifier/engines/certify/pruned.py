"""Certificates without the atoms that they list and never mention: a search lists many on ways that lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

Json = Any


def pruned(proof: Mapping[str, Json]) -> dict[str, Json]:
    """The same proof, of which the list of atoms has only what the tree and the witnesses need, in their order."""
    pruner = _Pruner(proof["atoms"])
    rest: dict[str, Json] = {"tree": pruner.tree(proof["tree"])}
    if "witness" in proof:
        rest["witness"] = {name: pruner.witness(value) for name, value in proof["witness"].items()}
    return {"atoms": pruner.entries, **rest}


@final
@dataclass(slots=True)
class _Pruner:
    """Writes what it is given with new numbers, and lists the entries as they come up."""

    old: list[Json]
    entries: list[Json] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)

    def atom(self, index: int) -> int:
        if index not in self._numbers:
            entry = self.entry(self.old[index])
            self._numbers[index] = len(self.entries)
            self.entries.append(entry)
        return self._numbers[index]

    def monomial(self, atoms: Json) -> Json:
        return [self.atom(a) for a in atoms]

    def poly(self, terms: Json) -> Json:
        return [[coefficient, self.monomial(atoms)] for coefficient, atoms in terms]

    def key(self, key: Json) -> Json:
        return self.monomial(key) if isinstance(key, list) else key

    def entry(self, entry: Json) -> Json:
        match entry:
            case ["read" | "param", *names, keys]:
                return [entry[0], *names, [self.key(k) for k in keys]]
            case ["same", *keys]:
                return ["same", *(self.key(k) for k in keys)]
            case ["inverse" | "floor" as kind, terms]:
                return [kind, self.poly(terms)]
            case ["if", literal]:
                return ["if", self.formula(literal)]
            case ["sum", binders, atoms]:
                return ["sum", binders, self.monomial(atoms)]
            case ["greatest" | "least" as kind, entries]:
                return [kind, [[binders, self.formula(c), self.poly(v)] for binders, c, v in entries]]
        return entry

    def formula(self, formula: Json) -> Json:
        match formula:
            case ["is", index, value]:
                return ["is", self.atom(index), value]
            case ["and" | "or" as kind, parts]:
                return [kind, [self.formula(p) for p in parts]]
            case ["all" | "some" as kind, star, classes, body]:
                return [kind, star, classes, self.formula(body)]
            case [kind, terms]:
                return [kind, self.poly(terms)]
        return formula

    def ref(self, ref: Json) -> Json:
        match ref:
            case ["part" | "guard" as kind, inner, index]:
                return [kind, self.ref(inner), index]
            case ["open", inner]:
                return ["open", self.ref(inner)]
            case ["def" | "range" as kind, index, which]:
                return [kind, self.atom(index), which]
            case ["lift", stars, refs]:
                return ["lift", stars, [self.ref(r) for r in refs]]
            case ["square", terms]:
                return ["square", self.poly(terms)]
        return ref

    def tree(self, tree: Json) -> Json:
        match tree:
            case ["close", products, equations]:
                summed = [[factor, [self.ref(r) for r in refs]] for factor, refs in products]
                return ["close", summed, [[self.poly(terms), self.ref(r)] for terms, r in equations]]
            case ["split", literal, yes, no]:
                return ["split", self.formula(literal), self.tree(yes), self.tree(no)]
            case ["cases", ref, below]:
                return ["cases", self.ref(ref), [self.tree(t) for t in below]]
            case ["take" | "witness" as kind, ref, below]:
                return [kind, self.ref(ref), self.tree(below)]
            case ["rule", ref, atoms, below]:
                return ["rule", self.ref(ref), self.monomial(atoms), self.tree(below)]
            case ["member", index, below]:
                return ["member", self.atom(index), [self.tree(t) for t in below]]
        raise ValueError(tree)

    def witness(self, value: Json) -> Json:
        """A truth value, a class, an unknown member, or a polynomial."""
        match value:
            case [int(index)]:
                return [self.atom(index)]
            case list():
                return self.poly(value)
        return value
