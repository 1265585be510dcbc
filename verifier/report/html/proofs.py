"""What is proved, spec by spec: how, how far that can be trusted, and on what it rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from verifier.report.html.views import Assumed, ProofView, ProvedSpec
from verifier.report.words import how
from verifier.session.run import Result
from verifier.system.transition import Rule, System


def proved(results: Sequence[tuple[str, Result]]) -> Iterator[ProvedSpec]:
    """The specs of results that are proofs, each result with its id."""
    groups: dict[tuple[str, str], list[tuple[str, Result]]] = {}
    for anchor, result in results:
        groups.setdefault((result.system.path, result.system.spec), []).append((anchor, result))
    for (path, spec), members in groups.items():
        system = members[0][1].system
        shared = len({result.verdict.assumptions for _, result in members}) == 1
        named = dict.fromkeys(name for _, result in members for name in result.verdict.assumptions)
        yield ProvedSpec(
            spec=spec,
            model=system.model,
            path=path,
            doc=" ".join(system.doc.split()),
            assumed=tuple(_assumed(system, name) for name in named),
            shared=shared,
            inherited=tuple(f"{f.name} ({f.source})" for f in system.inherited),
            proofs=tuple(_proofs(members)),
        )


def first_of_each(results: Sequence[tuple[str, Result]]) -> Mapping[str, str]:
    """For each proof the id of the one under which it is shown: profiles with the same proof share it."""
    first: dict[tuple[object, ...], str] = {}
    return {anchor: first.setdefault(_kind(result), anchor) for anchor, result in results}


def _kind(result: Result) -> tuple[object, ...]:
    verdict, system = result.verdict, result.system
    same = (verdict.method, verdict.level, verdict.lemmas, verdict.assumptions, verdict.notes)
    return (system.path, system.spec, result.prop.heading.name, bool(result.profile), *same)


def _proofs(members: Sequence[tuple[str, Result]]) -> Iterator[ProofView]:
    alike: dict[tuple[object, ...], list[tuple[str, Result]]] = {}
    for anchor, result in members:
        alike.setdefault(_kind(result), []).append((anchor, result))
    for group in alike.values():
        anchor, result = group[0]
        prop, verdict = result.prop, result.verdict
        yield ProofView(
            anchor=anchor,
            name=prop.heading.name,
            kind=result.kind,
            doc=" ".join(prop.heading.doc.split()),
            statement=_statement(result),
            how=how(verdict),
            level=verdict.level or "",
            notes=verdict.notes,
            lemmas=verdict.lemmas,
            assumptions=verdict.assumptions,
            profiles=tuple(other.profile for _, other in group if other.profile),
            command=f"verify-spec explain {quote(result.id)}",
        )


def _statement(result: Result) -> str:
    match result.prop:
        case Rule(heading=heading):
            return heading.text
        case prop:
            return " ".join(prop.heading.text.split())


def _assumed(system: System, name: str) -> Assumed:
    for assumption in system.assumptions:
        if assumption.name == name:
            kind = "bounds" if assumption.kind == "where" else "assume"
            return Assumed(kind, name, " ".join(assumption.text.split()))
    for rely in system.relies:
        if rely.name == name:
            return Assumed("rely", name, f"{rely.action} only where {' '.join(rely.text.split())}")
    return Assumed("assume", name, "")
