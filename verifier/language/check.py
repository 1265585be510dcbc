"""Parsed files to checked specs: names, types and units."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.language import syntax as s
from verifier.language.checked import CheckedSpec
from verifier.language.checking import declarations
from verifier.language.checking.environment import Context, Environment, Part
from verifier.language.checking.models import Model, Models
from verifier.language.checking.proofs import check_proofs, of_no_spec, proofs_seen, with_proofs
from verifier.language.checking.properties import check_properties
from verifier.language.checking.tables import Tables
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span


def check_program(
    files: Sequence[tuple[Source, s.File]], root: str
) -> tuple[tuple[CheckedSpec, ...], tuple[Diagnostic, ...]]:
    """Check the file at the path `root` against all the files that are loaded.

    Gives one `CheckedSpec` for each spec in `root`, and one without a spec for each model in `root` that has none
    there; and every mistake in `root` and in the models that its specs are for, in the order of their places.
    A spec or model with a mistake gives no `CheckedSpec`; the others still do. A spec has with it what its proofs say,
    in `root` and in files that hold nothing but proofs.
    """
    sources = {source.path: source for source, _ in files}
    own = [unit for source, file in files if source.path == root for unit in file.units]
    known = [
        (unit, source.path)
        for source, file in sorted(files, key=lambda pair: pair[0].path != root)
        for unit in file.units
        if isinstance(unit, s.ModelDecl)
    ]
    proofs = proofs_seen(files, root)
    problems: list[Diagnostic] = [*_twice(own), *of_no_spec(proofs, own)]
    models = Models(known, sources, problems)
    used: set[int] = set()
    out: list[CheckedSpec] = []
    for unit in own:
        match unit:
            case s.SpecDecl():
                found = models.find(unit.model, unit.model_span, root, "VS0304")
                if found is None:
                    continue
                used.add(id(found[0]))
                base = models.check(*found)
                if base is not None:
                    out.extend(_check_spec(with_proofs(unit, proofs), base, root, problems))
            case s.ModelDecl():
                models.check(unit, root)
            case s.ProofDecl():
                pass
    for unit in own:
        if isinstance(unit, s.ModelDecl) and id(unit) not in used:
            base = models.check(unit, root)
            if base is not None and not base.tables.problems:
                out.append(_checked(base, None, base.env, base.tables, root))
    return tuple(out), _in_order(problems, root)


def _twice(units: list[s.Unit]) -> list[Diagnostic]:
    """Models and specs of one name in one file."""
    out: list[Diagnostic] = []
    seen: dict[str, Span] = {}
    for unit in units:
        if isinstance(unit, s.ProofDecl):
            continue
        first = seen.setdefault(unit.name, unit.name_span)
        if first is not unit.name_span:
            values = {"name": unit.name, "kind": "declared"}
            out.append(Diagnostic("VS0309", unit.name_span, values, (("first", first),)))
    return out


def _check_spec(spec: s.SpecDecl, model: Model, root: str, problems: list[Diagnostic]) -> tuple[CheckedSpec, ...]:
    base = model.tables
    tables = Tables(
        base.sources, dict(base.types), dict(base.symbols), dict(base.declared), dict(base.free), dict(base.individuals)
    )
    tables.said.update(base.said)
    tables.next_declaration()
    c = Context(model.env.extended(), tables, "def")
    declarations.declare(spec.items, c)
    declarations.check_definitions(spec.items, c)
    declarations.check_items(spec.items, c)
    check_properties(spec.items, c)
    check_proofs(spec, c)
    problems.extend(tables.problems)
    if tables.problems or base.problems:
        return ()
    return (_checked(model, spec, c.env, tables, root),)


def _checked(model: Model, spec: s.SpecDecl | None, env: Environment, tables: Tables, root: str) -> CheckedSpec:
    return CheckedSpec(
        model=model.decl,
        spec=spec,
        path=root,
        model_path=model.path,
        sources=tables.sources,
        units=tuple(env.units),
        sorts=env.sorts,
        enums=env.enums,
        structs=env.structs,
        types=tables.types,
        symbols=tables.symbols,
        declared=tables.declared,
        free=tables.free,
        individuals=tables.individuals,
        parts={alias: _part(part) for alias, part in env.parts.items() if part is not None},
    )


def _part(part: Part) -> CheckedSpec:
    return _checked(Model(part.decl, part.path, part.env, part.tables), None, part.env, part.tables, part.path)


def _in_order(problems: list[Diagnostic], root: str) -> tuple[Diagnostic, ...]:
    """Each mistake once, those in the file itself first, by place."""

    def key(d: Diagnostic) -> tuple[bool, str, int, str]:
        span = d.span
        return ("" if span is None else span.path) != root, span.path if span else "", span.start if span else 0, d.code

    out: list[Diagnostic] = []
    for problem in sorted(problems, key=key):
        if problem not in out[-3:]:
            out.append(problem)
    return tuple(out)
