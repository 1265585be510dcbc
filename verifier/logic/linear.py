"""Nonlinear SMT-LIB text made linear: every product of unknowns becomes an unknown of its own.

What is true of the products is true of the unknowns as well, so whatever is excluded of the linear text is excluded of
the other; not the other way round. Sums are multiplied out first, so that `(x + y) * z` speaks of `x * z` and `y * z`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from verifier.logic.sexpr import Sexpr, read_all
from verifier.logic.smtlib import literal

Product = tuple[str, ...]
"""Names of unknowns, sorted; empty for the number one."""

Linear = Mapping[Product, Fraction]
"""A sum of products, each with its factor."""

_MIRRORED = {"<=": "<=", ">=": ">=", "<": "<", ">": ">", "=": "="}


class NotLinearError(Exception):
    """A text that is none of the expressions that queries are made of."""


@final
@dataclass(slots=True)
class Linearised:
    """One query in linear form: `sorts` of all unknowns, the assertions' text, and the unknown of each product."""

    sorts: dict[str, str] = field(default_factory=dict)
    assertions: list[str] = field(default_factory=list)
    products: dict[Product, str] = field(default_factory=dict)
    _defined: dict[str, Sexpr] = field(default_factory=dict)
    _numbers: dict[Sexpr, Linear] = field(default_factory=dict)
    _choices: dict[Sexpr, str] = field(default_factory=dict)
    _low: set[str] = field(default_factory=set)

    @staticmethod
    def of(text: str) -> Linearised:
        """The declarations and assertions of an SMT-LIB text over reals and truth values."""
        out = Linearised()
        commands = read_all(text)
        for command in commands:
            match command:
                case ("declare-const", str(name), str(sort)):
                    out.sorts[name] = sort
                case ("define-fun", str(name), (), str(), body):
                    out._defined[name] = body
                case ("assert", (">=", str(name), "0.0")):
                    out._low.add(name)
                case _:
                    pass
        for command in commands:
            match command:
                case ("assert", body):
                    out.assertions.append(out.truth(body))
                case _:
                    pass
        for product, name in out.products.items():
            if all(f in out._low for f in product):
                out.assertions.append(f"(>= {name} 0.0)")
        return out

    def product(self, factors: Product) -> str:
        """The unknown that stands for a product of unknowns."""
        key = tuple(sorted(factors))
        if len(key) == 1:
            return key[0]
        found = self.products.get(key)
        if found is None:
            found = self.products[key] = "!".join(("p", *key))
            self.sorts[found] = "Real"
        return found

    # ------------------------------------------------------------------------------------------ truth values

    def truth(self, e: Sexpr) -> str:
        """A truth value as text."""
        match e:
            case str():
                if e in self._defined:
                    return self.truth(self._defined[e])
                return e
            case ("and" | "or" | "not" | "=>" as word, *args):
                return f"({word} {' '.join(self.truth(a) for a in args)})"
            case ("=", left, right) if self._is_truth(left):
                return f"(= {self.truth(left)} {self.truth(right)})"
            case ("<=" | ">=" | "<" | ">" | "=" as word, left, right):
                both = _added(self.number(left), self.number(right), Fraction(-1))
                return f"({_MIRRORED[word]} {self.text(both)} 0.0)"
            case ("ite", condition, then, otherwise):
                return f"(ite {self.truth(condition)} {self.truth(then)} {self.truth(otherwise)})"
            case _:
                raise NotLinearError(e)

    def _is_truth(self, e: Sexpr) -> bool:
        match e:
            case str():
                if e in self._defined:
                    return self._is_truth(self._defined[e])
                return e in ("true", "false") or self.sorts.get(e) == "Bool"
            case ("ite", _, then, _):
                return self._is_truth(then)
            case (str(word), *_):
                return word in ("and", "or", "not", "=>", "=", "<", ">", "<=", ">=")
            case _:
                return False

    # ------------------------------------------------------------------------------------------ numbers

    def text(self, number: Linear) -> str:
        """A sum of products as text."""
        parts = [
            literal(c) if not product else f"(* {literal(c)} {self.product(product)})"
            for product, c in sorted(number.items())
        ]
        return f"(+ 0.0 {' '.join(parts)})" if parts else "0.0"

    def number(self, e: Sexpr) -> Linear:
        """A number as a sum of products."""
        found = self._numbers.get(e)
        if found is None:
            found = self._numbers[e] = self._number(e)
        return found

    def _number(self, e: Sexpr) -> Linear:
        match e:
            case str():
                if e in self._defined:
                    return self.number(self._defined[e])
                return {(e,): Fraction(1)} if e in self.sorts else constant(Fraction(e))
            case ("+", *args):
                out: Linear = {}
                for arg in args:
                    out = _added(out, self.number(arg))
                return out
            case ("-", one):
                return _added({}, self.number(one), Fraction(-1))
            case ("-", left, right):
                return _added(self.number(left), self.number(right), Fraction(-1))
            case ("*", *args):
                out = constant(Fraction(1))
                for arg in args:
                    out = _multiplied(out, self.number(arg))
                return out
            case ("/", left, right):
                divisor = self.number(right)
                if set(divisor) != {()}:
                    raise NotLinearError(e)
                return _added({}, self.number(left), 1 / divisor[()])
            case ("ite", condition, then, otherwise):
                return {(self._choice(e, condition, then, otherwise),): Fraction(1)}
            case ("to_real", inner):
                return self.number(inner)
            case _:
                raise NotLinearError(e)

    def _choice(self, e: Sexpr, condition: Sexpr, then: Sexpr, otherwise: Sexpr) -> str:
        found = self._choices.get(e)
        if found is None:
            found = self._choices[e] = f"choice!{len(self._choices)}"
            self.sorts[found] = "Real"
            test = self.truth(condition)
            for guard, value in ((test, then), (f"(not {test})", otherwise)):
                self.assertions.append(f"(=> {guard} (= {found} {self.text(self.number(value))}))")
        return found


def constant(value: Fraction) -> Linear:
    """A number without unknowns."""
    return {(): value} if value else {}


def _added(p: Linear, q: Linear, factor: Fraction = Fraction(1)) -> Linear:
    out = dict(p)
    for product, c in q.items():
        out[product] = out.get(product, Fraction(0)) + c * factor
    return {product: c for product, c in out.items() if c}


def _multiplied(p: Linear, q: Linear) -> Linear:
    out: Linear = {}
    for m1, c1 in p.items():
        out = _added(out, {tuple(sorted((*m1, *m2))): c1 * c2 for m2, c2 in q.items()})
    return out
