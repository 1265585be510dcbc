"""What proofs say of a spec: lemmas, which join its invariants, and how single properties are proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.language import syntax as s
from verifier.language.checking.environment import Context
from verifier.language.checking.expressions import condition
from verifier.language.checking.suggest import hint, listed
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span

Provable = s.InvariantDecl | s.StepDecl | s.RuleDecl | s.EnabledDecl


def proofs_seen(files: Sequence[tuple[Source, s.File]], root: str) -> tuple[s.ProofDecl, ...]:
    """The proofs in the file at `root`, and in files that hold nothing but proofs. (Where a proof stands beside a spec,
    it is of that one.)"""
    return tuple(
        unit
        for source, file in files
        if source.path == root or all(isinstance(other, s.ProofDecl) for other in file.units)
        for unit in file.units
        if isinstance(unit, s.ProofDecl)
    )


def of_no_spec(proofs: Sequence[s.ProofDecl], own: Sequence[s.Unit]) -> list[Diagnostic]:
    """Proofs of what is no spec of the file."""
    specs = [unit.name for unit in own if isinstance(unit, s.SpecDecl)]
    otherwise = f"The specs here are {listed(specs)}." if specs else "There is no spec here."
    return [
        Diagnostic("VS0322", p.subject_span, {"name": p.subject, "hint": hint(p.subject, otherwise, specs)})
        for p in proofs
        if p.subject not in specs
    ]


def with_proofs(spec: s.SpecDecl, proofs: Sequence[s.ProofDecl]) -> s.SpecDecl:
    """The spec together with what its proofs say: their lemmas come after its own properties."""
    said = [item for proof in proofs if proof.subject == spec.name for item in proof.items]
    lemmas = tuple(item for item in said if isinstance(item, s.InvariantDecl))
    own = tuple(item for item in said if isinstance(item, s.PropertyProof))
    return replace(spec, items=(*spec.items, *lemmas), proofs=own)


def check_proofs(spec: s.SpecDecl, c: Context) -> None:
    """That each says how to prove one property that is proved at all, from invariants and by cases that there are."""
    seen: dict[str, Span] = {}
    properties = {
        item.name: item
        for item in reversed(spec.items)
        if not isinstance(item, s.ParamDecl | s.DefDecl | s.AssumeDecl | s.RelyDecl)
    }
    invariants = [name for name, item in properties.items() if isinstance(item, s.InvariantDecl)]
    for proof in spec.proofs:
        c.tables.next_declaration()
        first = seen.setdefault(proof.name, proof.name_span)
        if first is not proof.name_span:
            c.tables.report("VS0309", proof.name_span, ("first", first), name=proof.name, kind="declared")
        subject = properties.get(proof.name)
        if subject is None:
            otherwise = f"`{spec.name}` promises {listed(reversed(properties))}." if properties else ""
            c.tables.report("VS0323", proof.name_span, name=proof.name, hint=hint(proof.name, otherwise, properties))
        elif (why := _not_provable(subject)) is not None:
            c.tables.report("VS0440", proof.name_span, ("declared", subject.name_span), name=proof.name, why=why)
        for said in proof.hints:
            _hint(said, proof, invariants, c)


def _hint(said: s.Hint, proof: s.PropertyProof, invariants: Sequence[str], c: Context) -> None:
    match said:
        case s.GivenInvariants(names):
            for name, span in zip(names, said.name_spans, strict=True):
                if name == proof.name:
                    c.tables.report("VS0441", span, name=name)
                elif name not in invariants:
                    others = [other for other in invariants if other != proof.name]
                    otherwise = f"There are {listed(reversed(others))}." if others else "There is none yet."
                    c.tables.report("VS0324", span, name=name, hint=hint(name, otherwise, others))
        case s.CaseSplit(formula):
            condition(formula, f"A case of `{proof.name}`", replace(c, mode="invariant"))


def _not_provable(item: s.PropertyDecl) -> str | None:
    """Why a proof can say nothing of a property, in words; None if it can."""
    if item.expect is not None:
        return "expected to be violated"
    match item:
        case s.InvariantDecl() | s.StepDecl() | s.RuleDecl() | s.EnabledDecl():
            return None
        case s.RespondsDecl():
            return "a `responds`, which is proved as an invariant of its own making"
        case s.ReachableDecl():
            return "a `reachable`, which is shown by a run"
        case s.ScenarioDecl():
            return "a `scenario`, which is run"
