"""Walking over core terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from verifier.system.terms import ActionIs, Agg, Const, Named, Op, Param, Quant, State, Term, Var


def children(term: Term) -> tuple[Term, ...]:
    """The direct subterms. Of a `Named` the body only: its arguments are in there already."""
    match term:
        case Const() | Var() | ActionIs():
            return ()
        case Param(_, keys) | State(_, keys):
            return keys
        case Op(_, args):
            return args
        case Quant(_, _, body) | Named(_, _, body):
            return (body,)
        case Agg(_, _, body, guard):
            return (body, guard)
        case _:
            assert_never(term)


def subterms(term: Term) -> Iterator[Term]:
    """The term and everything below it."""
    stack = [term]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def rewrite(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """The term with every (outermost) subterm that `change` answers for replaced. Binders are not renamed: what is put
    in must not mention a variable bound on the way."""
    new = change(term)
    if new is not None:
        return new
    match term:
        case Const() | Var() | ActionIs():
            return term
        case Param(name, keys, ty):
            return Param(name, tuple(rewrite(k, change) for k in keys), ty) if keys else term
        case State(name, keys, ty, at):
            return State(name, tuple(rewrite(k, change) for k in keys), ty, at) if keys else term
        case Op(op, args, ty):
            return Op(op, tuple(rewrite(a, change) for a in args), ty)
        case Quant(kind, var, body):
            return Quant(kind, var, rewrite(body, change))
        case Agg(kind, vars_, body, guard, ty):
            return Agg(kind, vars_, rewrite(body, change), rewrite(guard, change), ty)
        case Named(name, args, body, ty, at):
            return Named(name, tuple(rewrite(a, change) for a in args), rewrite(body, change), ty, at)
        case _:
            assert_never(term)


def free_variables(term: Term) -> frozenset[Var]:
    """The variables that are bound nowhere in the term."""
    match term:
        case Var():
            return frozenset((term,))
        case Quant(_, var, body):
            return free_variables(body) - {var}
        case Agg(_, vars_, body, guard):
            return (free_variables(body) | free_variables(guard)) - frozenset(vars_)
        case _:
            return frozenset().union(*(free_variables(c) for c in children(term)))


def renamed(term: Term, name: Callable[[str], str]) -> Term:
    """The term with every variable, bound or free, called by another name. Different names must stay different."""

    def var(v: Var) -> Var:
        return Var(name(v.name), v.ty)

    def change(node: Term) -> Term | None:
        match node:
            case Var():
                return var(node)
            case Quant(kind, bound, body):
                return Quant(kind, var(bound), rewrite(body, change))
            case Agg(kind, bound_, body, guard, ty):
                return Agg(kind, tuple(var(v) for v in bound_), rewrite(body, change), rewrite(guard, change), ty)
            case _:
                return None

    return rewrite(term, change)
