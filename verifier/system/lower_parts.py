"""A model with its parts: which instances there are, and what each brings with it.

What a part declares has the names of the part and of whatever it is inside of before its own: `oracle.price`,
`market.oracle.price`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import final

from verifier.language import syntax as s
from verifier.language.checked import CheckedSpec
from verifier.language.frozen import dataclass
from verifier.system import transition as t
from verifier.system.lower_statements import statements, variables
from verifier.system.lower_terms import Context, Names


@final
@dataclass(frozen=True, slots=True)
class Instance:
    """A model and what its names begin with inside the whole: nothing for the whole itself, else a path and a dot."""

    checked: CheckedSpec
    prefix: str

    def context(self) -> Context:
        """Where its expressions are lowered, with names for locals of its own."""
        return Context(self.checked, Names(), {}, prefix=self.prefix)

    @property
    def items(self) -> tuple[s.ModelItem, ...]:
        """What its model declares."""
        return self.checked.model.items


def instances(checked: CheckedSpec, prefix: str = "") -> Iterator[Instance]:
    """The parts, each after its own parts, and last the model itself."""
    for alias, part in checked.parts.items():
        yield from instances(part, f"{prefix}{alias}.")
    yield Instance(checked, prefix)


def declared_variables(instance: Instance, item: s.ParamDecl | s.StateDecl) -> tuple[t.Variable, ...]:
    """The variables of a parameter or a state variable."""
    type_ = instance.checked.declared[id(item)]
    found = variables(instance.prefix + item.name, type_, item.doc, item.name_span)
    return tuple(replace(v, part=instance.prefix.removesuffix(".")) for v in found)


def init(whole: Iterable[Instance]) -> Iterator[t.Stmt]:
    """The init blocks of all instances one after the other, no two locals of one name."""
    names = Names()
    for instance in whole:
        for item in instance.items:
            if isinstance(item, s.InitDecl):
                context = replace(instance.context(), names=names, checked_arithmetic=True)
                yield from statements(item.body, context)


def exposed(instance: Instance, item: s.ExposeDecl) -> tuple[str, s.ActionDecl, Instance]:
    """An action that the instance exposes: its name there, its text, and the part that it is of."""
    path = f"{item.part}.{item.action}"
    owner, name = instance, path
    while "." in name:
        alias, _, name = name.partition(".")
        owner = Instance(owner.checked.parts[alias], f"{owner.prefix}{alias}.")
    decl = next(i for i in owner.items if isinstance(i, s.ActionDecl) and i.name == name)
    return path, decl, owner
