"""What a term reads and what a statement writes."""

from __future__ import annotations

from verifier.system.rewrite import subterms
from verifier.system.terms import ActionIs, State, Term
from verifier.system.transition import Branch, Choose, ForEach, Havoc, Set, Stmt


def states_read(term: Term) -> frozenset[str]:
    """The state variables that a term mentions, in whatever state."""
    return frozenset(t.name for t in subterms(term) if isinstance(t, State))


def mentions_action(term: Term) -> bool:
    """Whether a term asks which action ran."""
    return any(isinstance(t, ActionIs) for t in subterms(term))


def states_written(body: tuple[Stmt, ...]) -> frozenset[str]:
    """The state variables that a block may write."""
    out: set[str] = set()
    for stmt in body:
        match stmt:
            case Set(name) | Havoc(name):
                out.add(name)
            case ForEach(_, inner):
                out |= states_written(inner)
            case Branch(_, then, otherwise):
                out |= states_written(then) | states_written(otherwise)
            case _:
                pass
    return frozenset(out)


def has_choices(body: tuple[Stmt, ...]) -> bool:
    """Whether a block chooses something (`any`)."""
    for stmt in body:
        match stmt:
            case Choose() | Havoc():
                return True
            case ForEach(_, inner):
                if has_choices(inner):
                    return True
            case Branch(_, then, otherwise):
                if has_choices(then) or has_choices(otherwise):
                    return True
            case _:
                pass
    return False
