"""Variants: `model EulerBefore extends LendingPool { … }` is its base with actions added or replaced."""

from __future__ import annotations

from dataclasses import replace

from verifier.language import syntax as s
from verifier.language.checking.suggest import listed
from verifier.language.checking.tables import Tables
from verifier.language.diagnostics import Diagnostic


def merged(variant: s.ModelDecl, base: s.ModelDecl) -> s.ModelDecl:
    """The variant written out: the base's declarations in their order, with the variant's action (or `init`) in the
    place of the one it replaces, and after them what the variant adds."""
    actions: dict[str, s.ActionDecl] = {}
    for item in variant.items:
        if isinstance(item, s.ActionDecl):
            actions.setdefault(item.name, item)
    init = next((i for i in variant.items if isinstance(i, s.InitDecl)), None)
    out: list[s.ModelItem] = []
    for item in base.items:
        match item:
            case s.ActionDecl(name) if name in actions:
                out.append(actions[name])
            case s.InitDecl() if init is not None:
                out.append(init)
            case _:
                out.append(item)
    placed = {id(item) for item in out}
    out += [item for item in variant.items if id(item) not in placed]
    return replace(variant, items=tuple(out))


def blame_the_variant(variant: s.ModelDecl, base: s.ModelDecl, tables: Tables) -> None:
    """A base's `init` knows nothing of the state that a variant adds: say so of the variant, not of the base."""
    kept = {item.span for item in base.items if isinstance(item, s.InitDecl)}
    kept -= {item.span for item in variant.items if isinstance(item, s.InitDecl)}
    added = [i for i in variant.items if isinstance(i, s.StateDecl)]
    starts = {(span.path, span.start) for span in kept}
    for number, problem in enumerate(tables.problems):
        span = problem.span
        if problem.code != "VS0403" or span is None or (span.path, span.start) not in starts or not added:
            continue
        values = {"name": variant.name, "base": base.name, "names": listed(i.name for i in added)}
        others = tuple(("base", span) for span in sorted(kept, key=lambda s: s.start)[:1])
        tables.problems[number] = Diagnostic("VS0432", added[0].name_span, values, others)
