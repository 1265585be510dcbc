"""The types of core terms.

The core system comes from a checked specification; a lemma comes from a file of proofs, from whoever wrote it. A lemma
has to be a formula about one state: if it read two of them, or asked which action ran, what a step leaves behind and
what the next step begins with would not be one and the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.kernel.core import Core, Term, Type, number
from verifier.kernel.formulas import Refused

SIGNATURES = {
    "not": "b>b", "and": "b+>b", "or": "b+>b", "implies": "bb>b", "ite": "bxx>x", "eq": "xx>b", "ne": "xx>b",
    "lt": "nn>b", "le": "nn>b", "gt": "nn>b", "ge": "nn>b", "add": "n+>n", "sub": "nn>n", "mul": "n+>n", "neg": "n>n",
    "abs": "n>n", "min": "n+>n", "max": "n+>n", "div": "rr>r", "floor": "r>i", "ceil": "r>i", "to_real": "i>r",
}  # fmt: skip
"""What operators take and give: (b)ool, (i)nt, (r)eal, a (n)umber, any one type (x); `+` stands for two or more."""


def check_formula(core: Core, term: Term) -> None:
    """Raises `Refused` unless a term is a closed formula about the present state."""
    if type_of_term(core, term, {}) != "bool":
        raise Refused("a lemma is no formula")


def type_of_term(core: Core, term: Term, local: Mapping[str, Type]) -> Type:
    """The type of a term, whose parts all have the types that they say; `Refused` otherwise."""
    match term:
        case ["const", bool(), "bool"]:
            return "bool"
        case ["const", str(text), ty] if _constant(core, text, ty):
            return ty
        case ["var", str(name), ty] if local.get(name) == ty:
            return ty
        case ["param", str(name), list(keys), ty] if name in core.params:
            variable = core.params[name]
        case ["state", str(name), list(keys), ty, "now"] if name in core.states:
            variable = core.states[name]
        case ["forall" | "exists", binder, body]:
            if type_of_term(core, body, _bound(core, [binder], local)) == "bool":
                return "bool"
            raise Refused("a quantifier over what is no formula")
        case ["agg", kind, binders, body, guard, "int" | "real" as ty]:
            inner = _bound(core, binders, local)
            counts = kind != "count" or body == ["const", "1", "int"]
            same = kind in ("sum", "count", "max", "min") and type_of_term(core, body, inner) == ty
            if counts and same and binders and type_of_term(core, guard, inner) == "bool":
                return ty
            raise Refused("a sum or an extreme whose parts do not fit")
        case ["op", str(op), list(args), ty] if _result(op, [type_of_term(core, a, local) for a in args]) == ty:
            return ty
        case _:
            raise Refused(f"not a term about one state: {str(term)[:80]}")
    if [type_of_term(core, key, local) for key in keys] != variable.keys or variable.ty != ty:
        raise Refused(f"`{name}` is read as what it is not")
    return ty


def _constant(core: Core, text: str, ty: Type) -> bool:
    value = number(text)
    if isinstance(ty, list):
        return isinstance(value, int) and 0 <= value < (core.sizes[ty[1]] or 0)
    return ty == "real" or (ty == "int" and isinstance(value, int))


def _bound(core: Core, binders: Any, local: Mapping[str, Type]) -> Mapping[str, Type]:
    if any(
        not isinstance(name, str) or ty[0] not in ("sort", "enum") or ty[1] not in core.sizes for name, ty in binders
    ):
        raise Refused("a variable of no sort")
    return {**local, **dict(binders)}


def _result(op: str, args: list[Type]) -> Type | None:
    """The type of an operator's value, None where the arguments do not fit."""
    wanted, _, result = SIGNATURES.get(op, "").partition(">")
    if wanted.endswith("+") and len(args) > 1:
        wanted = wanted[0] * len(args)
    meant: dict[str, Type] = {"b": "bool", "i": "int", "r": "real"}
    fits = len(wanted) == len(args) and all(meant.setdefault(w, a) == a for w, a in zip(wanted, args, strict=True))
    return meant[result] if fits and meant.get("n", "int") in ("int", "real") else None
