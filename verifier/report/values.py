"""Values, calls and states of a run, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import final

from verifier.language.frozen import dataclass
from verifier.system.execute import Interpreter
from verifier.system.holdings import derived
from verifier.system.numbers import format_value, member
from verifier.system.terms import Value
from verifier.system.trace import Cell, Scope, Step, Valuation
from verifier.system.transition import System, Variable
from verifier.system.values import entries, with_enums


@final
@dataclass(frozen=True, slots=True)
class Item:
    """One value of a state: `name` is `debt[A]` or `value(A)`; `text` the value without its unit."""

    name: str
    unit: str
    text: str
    raw: Value
    is_derived: bool = False

    @property
    def full(self) -> str:
        """The value with its unit."""
        return f"{self.text} {self.unit}" if self.unit else self.text


def entry_name(variable: Variable, key: tuple[int, ...], scope: Scope) -> str:
    """`debt[A]`, `position[A].margin`, `price`."""
    if not key:
        return variable.name
    before = f"{variable.part}." if variable.part else ""
    base, dot, rest = variable.name.removeprefix(before).partition(".")
    listed = ", ".join(member(k, ty, scope) for k, ty in zip(key, variable.keys, strict=True))
    return f"{before}{base}[{listed}]{dot}{rest}"


def items(variables: tuple[Variable, ...], valuation: Valuation, scope: Scope) -> Iterator[Item]:
    """All values of some variables."""
    for variable in variables:
        for key, value in entries(valuation[variable.name]):
            text = format_value(value, variable.ty, "", scope)
            yield Item(entry_name(variable, key, scope), variable.unit, text, value)


def state_items(interp: Interpreter, scope: Scope, params: Valuation, state: Valuation) -> tuple[Item, ...]:
    """All values of a state, and the derived ones after them."""
    scope = with_enums(interp.system, scope)
    plain = tuple(items(interp.system.states, state, scope))
    more = tuple(
        Item(d.text, d.unit, format_value(d.value, d.ty, "", scope), d.value, is_derived=True)
        for d in derived(interp, scope, params, state)
    )
    return plain + more


def call_text(system: System, step: Step, scope: Scope) -> str:
    """`borrow(A, 5 USD)`, with what its choices took behind it."""
    scope = with_enums(system, scope)
    action = system.action(step.move.action)
    args = [
        format_value(value, variable.ty, variable.unit, scope)
        for variable, value in zip(action.args, step.move.args, strict=True)
    ]
    text = f"{step.move.action}({', '.join(args)})"
    taken = choices_text(step.move.choices)
    return f"{text} choosing {taken}" if taken else text


def choices_text(choices: Mapping[str, Cell]) -> str:
    """`m = 5`: what `any` took, where that is a single value."""
    return ", ".join(
        f"{name.partition(chr(39))[0]} = {_bare(cell)}"
        for name, cell in choices.items()
        if not isinstance(cell, Mapping)
    )


def _bare(value: Value) -> str:
    from verifier.system.numbers import readable

    return ("true" if value else "false") if isinstance(value, bool) else readable(value)
