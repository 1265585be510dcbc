"""The models that a file sees, each checked once, with what it is built on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

from verifier.language import syntax as s
from verifier.language.checking import declarations
from verifier.language.checking.environment import Context, Environment, Part
from verifier.language.checking.suggest import hint
from verifier.language.checking.tables import Tables
from verifier.language.checking.variants import blame_the_variant, merged
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Source, Span


@final
@dataclass(frozen=True, slots=True)
class Model:
    """A model once it is checked, with mistakes or without. A variant is written out: its `decl` has everything."""

    decl: s.ModelDecl
    path: str
    env: Environment
    tables: Tables


@final
@dataclass(slots=True)
class Models:
    """All models of some files. `problems` collects what is wrong with those that were looked at."""

    known: Sequence[tuple[s.ModelDecl, str]]
    sources: Mapping[str, Source]
    problems: list[Diagnostic]
    checked: dict[int, Model | None] = field(default_factory=dict)
    begun: list[s.ModelDecl] = field(default_factory=list)

    def find(self, name: str, span: Span, path: str, code: str) -> tuple[s.ModelDecl, str] | None:
        """The model of a name: in the file at `path` if there is one, else in one of the others. None once `code` is
        reported, or that the name is ambiguous."""
        found = [(decl, where) for decl, where in self.known if decl.name == name]
        here = [one for one in found if one[1] == path]
        if here:
            return here[0]
        if not found:
            otherwise = "Name the file it stands in, at the top of this one: `import lending/pool`."
            values = {"name": name, "hint": hint(name, otherwise, [decl.name for decl, _ in self.known])}
            self.problems.append(Diagnostic(code, span, values))
            return None
        if len(found) > 1:
            places = tuple(("model", decl.name_span) for decl, _ in found)
            self.problems.append(Diagnostic("VS0319", span, {"name": name}, places))
            return None
        return found[0]

    def check(self, decl: s.ModelDecl, path: str) -> Model | None:
        """The model with its names and types; None for one of which nothing can be said, as its base is not there."""
        if id(decl) not in self.checked:
            self.checked[id(decl)] = self._check(decl, path)
        return self.checked[id(decl)]

    def _check(self, decl: s.ModelDecl, path: str) -> Model | None:
        whole, base = self._written_out(decl, path, ())
        if whole is None:
            return None
        tables = Tables(self.sources)
        self.begun.append(decl)
        parts = self._parts(whole)
        self.begun.pop()
        c = Context(Environment(parts=parts), tables, "def")
        declarations.declare(whole.items, c)
        declarations.check_definitions(whole.items, c)
        declarations.check_init(whole, c)
        declarations.check_items(whole.items, c)
        if base is not None:
            blame_the_variant(decl, base, tables)
        self.problems.extend(tables.problems)
        return Model(whole, path, c.env, tables)

    def _parts(self, host: s.ModelDecl) -> dict[str, Part | None]:
        """The parts of a model by their names, the first of each."""
        out: dict[str, Part | None] = {}
        for use in host.items:
            if not isinstance(use, s.UseDecl) or use.alias in out:
                continue
            out[use.alias] = None
            found = self.find(use.model, use.model_span, use.span.path, "VS0433")
            if found is None:
                continue
            if any(one is found[0] for one in self.begun):
                circle = self.begun[[one is found[0] for one in self.begun].index(True) :]
                names = " → ".join(f"`{one.name}`" for one in (*circle, found[0]))
                self.problems.append(Diagnostic("VS0434", use.model_span, {"name": use.model, "circle": names}))
                continue
            model = self.check(*found)
            if model is not None:
                out[use.alias] = Part(model.decl, model.path, model.env, model.tables, use.alias_span)
        return out

    def _written_out(
        self, decl: s.ModelDecl, path: str, below: tuple[s.ModelDecl, ...]
    ) -> tuple[s.ModelDecl | None, s.ModelDecl | None]:
        """A model with everything that its bases say, and its (written out) base if it is a variant."""
        if decl.extends is None:
            return decl, None
        chain = (*below, decl)
        found = self.find(decl.extends, decl.extends_span, path, "VS0430")
        if found is None:
            return None, None
        if any(one is found[0] for one in chain):
            circle = chain[[one is found[0] for one in chain].index(True) :]
            names = " → ".join(f"`{one.name}`" for one in (*circle, found[0]))
            values = {"name": decl.name, "circle": names}
            rest = tuple(("through", one.extends_span) for one in circle if one is not decl)
            self.problems.append(Diagnostic("VS0431", decl.extends_span, values, rest))
            return None, None
        base, _ = self._written_out(*found, chain)
        return (None, None) if base is None else (merged(decl, base), base)
