"""Definitions as unknowns: what holds whatever `value(a)` stands for does not depend on how it is defined."""

from __future__ import annotations

from dataclasses import replace

from verifier.system.rewrite import rewrite, subterms
from verifier.system.terms import Named, State, Term
from verifier.system.transition import System, Variable


def opaque(system: System, formula: Term) -> tuple[System, Term] | None:
    """The formula with every definition that it applies as a map of unknown entries, and the system with these maps;
    None where a definition is applied to a number, which is no key."""
    made: dict[str, Variable] = {}
    if any(a.ty.numeric for t in subterms(formula) if isinstance(t, Named) for a in t.args):
        return None

    def hide(term: Term) -> Term | None:
        match term:
            case Named(name, args, _, ty, at):
                label = f"{name}()"
                made[label] = Variable(label, tuple(a.ty for a in args), ty)
                return State(label, args, ty, at)
            case _:
                return None

    hidden = rewrite(formula, hide)
    return replace(system, states=(*system.states, *made.values())), hidden
