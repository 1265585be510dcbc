"""Names for arbitrary members in guessed formulas: short, and no one else's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from verifier.system.rewrite import children, rewrite, subterms
from verifier.system.terms import Agg, Quant, Term, Ty, Var
from verifier.system.transition import System


def member_variables(system: System) -> Mapping[str, Var]:
    """One variable for each sort and enum."""
    taken = _declared(system)
    out: dict[str, Var] = {}
    for sort in system.sorts:
        name = next(n for n in _names(sort.name) if n not in taken)
        taken.add(name)
        out[sort.name] = Var(name, Ty("enum" if sort.members else "sort", sort.name))
    return out


def for_all(system: System, body: Term, some: Collection[Var] = ()) -> Term:
    """The formula of every value of its free members; those in `some` exist for each choice of the others."""
    taken = _declared(system) | {v.name for t in subterms(body) for v in _bound(t)}
    names: dict[Var, Var] = {}
    for var in free_members(body):
        name = next(n for n in _names(var.ty.name) if n not in taken)
        taken.add(name)
        names[var] = Var(name, var.ty)
    body = rewrite(body, lambda t: names.get(t) if isinstance(t, Var) else None)
    order = sorted(names.items(), key=lambda pair: pair[0] not in some)
    for old, new in order:
        body = Quant("exists" if old in some else "forall", new, body)
    return body


def free_members(term: Term) -> tuple[Var, ...]:
    """The variables of sorts that a term leaves free, in order of first use."""
    return tuple(dict.fromkeys(v for v in free_variables(term) if v.ty.kind == "sort"))


def free_variables(term: Term, bound: frozenset[Var] = frozenset()) -> Iterator[Var]:
    """The variables that a term leaves free, as often as they stand there."""
    match term:
        case Var():
            if term not in bound:
                yield term
        case Quant(_, var, body):
            yield from free_variables(body, bound | {var})
        case Agg(_, vars_, body, guard):
            inner = bound | set(vars_)
            yield from free_variables(guard, inner)
            yield from free_variables(body, inner)
        case _:
            for part in children(term):
                yield from free_variables(part, bound)


def _bound(term: Term) -> tuple[Var, ...]:
    match term:
        case Quant(_, var, _):
            return (var,)
        case Agg(_, vars_):
            return vars_
        case _:
            return ()


def _declared(system: System) -> set[str]:
    return {
        *(v.name.partition(".")[0] for v in (*system.params, *system.states)),
        *(d.name for d in system.definitions),
        *(a.name for a in system.actions),
        *(s.name for s in system.sorts),
        *(m for s in system.sorts for m in s.members),
    }


def _names(sort: str) -> Iterator[str]:
    """`a`, `a2`, `a3`, … for `Account`; the whole word where its letter is taken."""
    letter, word = sort[0].lower(), sort.lower()
    yield letter
    if len(word) > 1:
        yield word[:3]
    number = 2
    while True:
        yield f"{letter}{number}"
        number += 1
