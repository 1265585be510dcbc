"""Parsed files to checked specs: names, types and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from verifier.language import syntax as s
from verifier.language.checked import CheckedSpec
from verifier.language.checking import declarations
from verifier.language.checking.environment import Context, Environment
from verifier.language.checking.properties import check_properties
from verifier.language.checking.suggest import hint
from verifier.language.checking.tables import Tables
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span


@final
@dataclass(frozen=True, slots=True)
class _Model:
    """A model once it is checked, with mistakes or without."""

    decl: s.ModelDecl
    path: str
    env: Environment
    tables: Tables


def check_program(
    files: Sequence[tuple[Source, s.File]], root: str
) -> tuple[tuple[CheckedSpec, ...], tuple[Diagnostic, ...]]:
    """Check the file at the path `root` against all the files that are loaded.

    Gives one `CheckedSpec` for each spec in `root`, and one without a spec for each model in `root` that has none
    there; and every mistake in `root` and in the models that its specs are for, in the order of their places.
    A spec or model with a mistake gives no `CheckedSpec`; the others still do.
    """
    sources = {source.path: source for source, _ in files}
    own = [unit for source, file in files if source.path == root for unit in file.units]
    known = [
        (unit, source.path)
        for source, file in sorted(files, key=lambda pair: pair[0].path != root)
        for unit in file.units
        if isinstance(unit, s.ModelDecl)
    ]
    problems: list[Diagnostic] = list(_twice(own))
    models: dict[int, _Model | None] = {}

    def model(decl: s.ModelDecl, path: str) -> _Model | None:
        if id(decl) not in models:
            models[id(decl)] = _check_model(decl, path, sources, problems)
        return models[id(decl)]

    used: set[int] = set()
    out: list[CheckedSpec] = []
    for unit in own:
        match unit:
            case s.SpecDecl():
                found = _model_of(unit, known, root, problems)
                if found is None:
                    continue
                used.add(id(found[0]))
                base = model(*found)
                if base is not None:
                    out.extend(_check_spec(unit, base, root, problems))
            case s.ModelDecl():
                model(unit, root)
    for unit in own:
        if isinstance(unit, s.ModelDecl) and id(unit) not in used:
            base = model(unit, root)
            if base is not None and not base.tables.problems:
                out.append(_checked(base, None, base.env, base.tables, root))
    return tuple(out), _in_order(problems, root)


def _twice(units: list[s.ModelDecl | s.SpecDecl]) -> list[Diagnostic]:
    """Models and specs of one name in one file."""
    out: list[Diagnostic] = []
    seen: dict[str, Span] = {}
    for unit in units:
        first = seen.setdefault(unit.name, unit.name_span)
        if first is not unit.name_span:
            values = {"name": unit.name, "kind": "declared"}
            out.append(Diagnostic("VS0309", unit.name_span, values, (("first", first),)))
    return out


def _model_of(
    spec: s.SpecDecl, known: list[tuple[s.ModelDecl, str]], root: str, problems: list[Diagnostic]
) -> tuple[s.ModelDecl, str] | None:
    """The model that a spec is for: in its own file if there is one, else in one of the others."""
    found = [(decl, path) for decl, path in known if decl.name == spec.model]
    if not found:
        names = [decl.name for decl, _ in known]
        otherwise = "Name the file it stands in, at the top of this one: `import lending/pool`."
        values = {"name": spec.model, "hint": hint(spec.model, otherwise, names)}
        problems.append(Diagnostic("VS0304", spec.model_span, values))
        return None
    if len(found) > 1 and found[0][1] != root:
        places = tuple(("model", decl.name_span) for decl, _ in found)
        problems.append(Diagnostic("VS0319", spec.model_span, {"name": spec.model}, places))
        return None
    return found[0]


def _check_model(
    decl: s.ModelDecl, path: str, sources: Mapping[str, Source], problems: list[Diagnostic]
) -> _Model | None:
    """Check a model; None for a variant, of which nothing can be said without its base."""
    tables = Tables(sources)
    if decl.extends is not None:
        feature = f"A variant of another model (`extends {decl.extends}`)"
        advice = "Switch between the variants with a parameter, as in `param fixed : bool`, or write the model out."
        problems.append(Diagnostic("VS0401", decl.name_span, {"feature": feature, "advice": advice}))
        return None
    c = Context(Environment(), tables, "def")
    declarations.declare(decl.items, c)
    declarations.check_definitions(decl.items, c)
    declarations.check_init(decl, c)
    declarations.check_items(decl.items, c)
    problems.extend(tables.problems)
    return _Model(decl, path, c.env, tables)


def _check_spec(spec: s.SpecDecl, model: _Model, root: str, problems: list[Diagnostic]) -> tuple[CheckedSpec, ...]:
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
    problems.extend(tables.problems)
    if tables.problems or base.problems:
        return ()
    return (_checked(model, spec, c.env, tables, root),)


def _checked(model: _Model, spec: s.SpecDecl | None, env: Environment, tables: Tables, root: str) -> CheckedSpec:
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
    )


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
