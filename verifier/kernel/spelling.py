"""Atoms, polynomials and formulas as text: it depends on what they say, not on the order in which they came up."""

from __future__ import annotations

from typing import Any

from verifier.kernel.atoms import Atoms, Key
from verifier.kernel.polynomials import Frozen, Monomial, Number, Poly

_SIGNS = {"ge": ">=", "gt": ">", "eq": "=", "ne": "!="}


def leading(atoms: Atoms, poly: Poly) -> Number:
    """The coefficient of the term, other than the constant, that is first by its spelling; 0 for a constant."""
    terms = [m for m in poly if m]
    if len(terms) < 2:
        return poly[terms[0]] if terms else 0
    return poly[min(terms, key=lambda m: monomial_text(atoms, m))]


def monomial_text(atoms: Atoms, monomial: Monomial) -> str:
    """A monomial."""
    return "*".join(sorted(atom_text(atoms, a) for a in monomial))


def poly_text(atoms: Atoms, terms: Frozen) -> str:
    """A polynomial."""
    parts = sorted((monomial_text(atoms, m), c) for m, c in terms)
    return " + ".join(name if name and c == 1 else f"{c}*{name}" if name else str(c) for name, c in parts) or "0"


def formula_text(atoms: Atoms, formula: Any) -> str:
    """A formula."""
    match formula:
        case ("ge" | "gt" | "eq" | "ne" as kind, terms):
            return f"{poly_text(atoms, terms)} {_SIGNS[kind]} 0"
        case ("is", atom, value):
            return f"{'' if value else 'not '}{atom_text(atoms, atom)}"
        case ("and" | "or" as kind, parts):
            return "(" + f" {kind} ".join(formula_text(atoms, p) for p in parts) + ")"
        case ("all" | "some" as kind, star, classes, body):
            return f"{kind} {star} beyond {classes}: {formula_text(atoms, body)}"
    return str(formula[0])


def atom_text(atoms: Atoms, atom: int) -> str:
    """An atom."""
    found = atoms.spelled.get(atom)
    if found is None:
        found = atoms.spelled[atom] = _atom_text(atoms, atoms.shapes[atom])
    return found


def _atom_text(atoms: Atoms, shape: Any) -> str:
    match shape:
        case ("read", version, name, keys):
            return f"{name}{_keys(atoms, keys)}" + ("" if version == "before" else f"@{version}")
        case ("param", name, keys):
            return f"{name}{_keys(atoms, keys)}"
        case ("local", name, call):
            return name if call < 2 else f"{name}@{call}"
        case ("inverse", terms):
            return f"1/({poly_text(atoms, terms)})"
        case ("floor", terms):
            return f"floor({poly_text(atoms, terms)})"
        case ("if", literal):
            return f"[{formula_text(atoms, literal)}]"
        case ("sum", binders, monomial):
            over = ", ".join(f"{star} beyond {classes}" for star, classes in binders)
            return f"sum({monomial_text(atoms, monomial) or '1'} over {over})"
        case ("same", *keys):
            return " is ".join(sorted(key_text(atoms, k) for k in keys))
        case (kind, entries):
            inner = (f"{formula_text(atoms, c)}: {poly_text(atoms, v)}" for _, c, v in entries)
            return f"{kind}({'; '.join(inner)})"
    raise AssertionError(shape)


def key_text(atoms: Atoms, key: Key) -> str:
    """A key."""
    return f"<{atom_text(atoms, key[1])}>" if isinstance(key, tuple) else str(key)


def _keys(atoms: Atoms, keys: tuple[Key, ...]) -> str:
    return f"[{', '.join(key_text(atoms, k) for k in keys)}]" if keys else ""
