"""What is proved of a part holds inside its host: the part's state is written by its own actions alone.

A run of the host, seen from the part, is a run of the part: its `init` runs first, and whatever a host's action does to
the part, it does by the part's actions, one after the other. So a state of the part inside its host is one that the
part can reach by itself, with some values of its parameters that meet their `where`s, which are the host's as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.system.rewrite import rewrite
from verifier.system.terms import Named, Param, State, Term, conj, implies
from verifier.system.transition import Inherited, Invariant, System


def inherited(part: System, alias: str, source: str) -> Iterator[Inherited]:
    """The invariants of a part (with one of its specs) as facts about a host in which it is called `alias`, as far as
    they can be told there. `source` says where the spec stands.

    A spec with a `rely` says nothing of a host, where the environment may do otherwise. Nor does one with parameters of
    its own, for which a host has no values: such a spec must not be given. What a spec assumes of the model's
    parameters is a premise.
    """
    if part.relies:
        return
    prefix = f"{alias}."
    given = tuple(placed(a.condition, prefix) for a in part.assumptions if a.kind == "assume")
    rests_on = tuple(prefix + a.name for a in part.assumptions if a.kind == "where")
    for prop in part.properties:
        if isinstance(prop, Invariant) and not prop.heading.expect_violated:
            formula, defined = placed(prop.formula, prefix), placed(prop.defined, prefix)
            name = prefix + prop.heading.name
            yield Inherited(
                name, formula, defined, given, rests_on, part.model, f"{source}:{part.spec}.{prop.heading.name}"
            )


def facts(system: System) -> dict[str, Term]:
    """What is known of a system before anything is proved of it: an inherited invariant, under those of its premises
    that the system does not assume in the same words."""
    assumed = {a.condition for a in system.assumptions}
    return {
        fact.name: implies(conj(*(g for g in fact.given if g not in assumed)), conj(fact.defined, fact.formula))
        for fact in system.inherited
    }


def citation(system: System, names: frozenset[str]) -> str:
    """Which of the inherited facts a proof was given, in a sentence; empty if none."""
    used = [f for f in system.inherited if f.name in names]
    if not used:
        return ""
    listed = [f"`{f.name}`, proved of {f.model} ({f.source})" for f in used[:4]]
    more = f" and {len(used) - 4} more" if len(used) > 4 else ""
    return f"uses {'; '.join(listed)}{more}"


def placed(term: Term, prefix: str) -> Term:
    """A term about a part, said of its place in the host."""

    def change(node: Term) -> Term | None:
        match node:
            case Param(name, keys, ty):
                return Param(prefix + name, tuple(rewrite(k, change) for k in keys), ty)
            case State(name, keys, ty, at):
                return State(prefix + name, tuple(rewrite(k, change) for k in keys), ty, at)
            case Named(name, args, body, ty, at):
                inner = tuple(rewrite(a, change) for a in args)
                return Named(prefix + name, inner, rewrite(body, change), ty, at)
            case _:
                return None

    return rewrite(term, change)
