"""What reports tell about a state beside its variables: derived values, and who gained what between two states."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import final

from verifier.language.frozen import dataclass
from verifier.system.evaluate import Undefined, domain, typed
from verifier.system.execute import Interpreter
from verifier.system.numbers import member
from verifier.system.terms import Ty, Value
from verifier.system.trace import Scope, Valuation
from verifier.system.transition import Definition, System
from verifier.system.values import entries, with_enums


@final
@dataclass(frozen=True, slots=True)
class Derived:
    """A definition's value for some members: `text` is `value(A)`."""

    name: str
    args: tuple[Value, ...]
    text: str
    value: Value
    ty: Ty
    unit: str


def derived(interp: Interpreter, scope: Scope, params: Valuation, state: Valuation) -> tuple[Derived, ...]:
    """The values of all definitions whose arguments are members of sorts or enums, where they are defined."""
    scope = with_enums(interp.system, scope)
    frame = interp.frame(scope, params, state)
    out: list[Derived] = []
    for definition in interp.system.definitions:
        if not _tabulable(definition):
            continue
        for args in product(*(domain(a.ty, frame.members) for a in definition.args)):
            frame.locals = {a.name: value for a, value in zip(definition.args, args, strict=True)}
            if not interp.holds(frame, definition.defined):
                continue
            try:
                value = typed(interp.code(definition.body)(frame), definition.ty)
            except Undefined:
                continue
            names = [member(value, a.ty, scope) for a, value in zip(definition.args, args, strict=True)]
            text = f"{definition.name}({', '.join(names)})" if names else definition.name
            out.append(Derived(definition.name, tuple(args), text, value, definition.ty, definition.unit))
    return tuple(out)


def _tabulable(definition: Definition) -> bool:
    return all(a.ty.kind in ("sort", "enum") for a in definition.args)


@final
@dataclass(frozen=True, slots=True)
class Gain:
    """How much of one thing somebody has more (or less) than before. `who` is a member of `sort`, or the protocol, with
    an empty `sort`; `variable` is the state variable, `other` its remaining keys by name."""

    who: str
    sort: str
    variable: str
    other: tuple[str, ...]
    unit: str
    delta: int | Fraction


PROTOCOL = "protocol"


def gains(system: System, scope: Scope, before: Valuation, after: Valuation) -> tuple[Gain, ...]:
    """The differences of all numeric state variables between two states, those of zero left out.

    An entry belongs to the member of the first sort among its keys; what has no such key belongs to the protocol. The
    rows say what a variable did, not whether that is good for its owner: a debt that grows is a row like any other.
    """
    scope = with_enums(system, scope)
    sorts = {s.name for s in system.sorts if not s.members}
    rows: list[Gain] = []
    for variable in system.states:
        if not variable.ty.numeric:
            continue
        earlier = dict(entries(before[variable.name]))
        owner = next((i for i, k in enumerate(variable.keys) if k.name in sorts), None)
        for key, value in entries(after[variable.name]):
            delta = value - earlier.get(key, 0)
            if not delta:
                continue
            names = [member(k, ty, scope) for k, ty in zip(key, variable.keys, strict=True)]
            other = tuple(n for i, n in enumerate(names) if i != owner)
            who = PROTOCOL if owner is None else names[owner]
            sort = "" if owner is None else variable.keys[owner].name
            rows.append(Gain(who, sort, variable.name, other, variable.unit, delta))
    return tuple(sorted(rows, key=lambda r: (r.sort == "", r.sort)))
