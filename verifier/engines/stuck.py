"""The step that an induction could not exclude, for the user to look at: *perhaps unreachable*."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from verifier.engines.discharge import Open
from verifier.engines.in_words import hardest_product
from verifier.engines.verdict import StuckStep
from verifier.logic.encode import Encoder
from verifier.logic.formulas import Node
from verifier.logic.model import Valued
from verifier.logic.solvers.answer import TIMEOUT
from verifier.logic.symbolic import Frame
from verifier.system.numbers import readable
from verifier.system.transition import System, Variable
from verifier.system.values import scope_of

_Shown = tuple[tuple[str, str], ...]


def stuck_step(left: Open, system: System) -> StuckStep:
    """What the solver's numbers say of the step, or why there are none."""
    action = left.claim.name.rsplit("/", 1)[-1]
    known = action if action in {a.name for a in system.actions} else None
    said = left.claim.fails
    if not left.satisfiable:
        why = "by the clock" if left.answer.why == TIMEOUT else "at its budget"
        return StuckStep(known, f"the solver gave up on it, {why}", claim=said, product=hardest_product(left))
    encoder = left.case.encoder
    valued = Valued(encoder.pool, left.script.unknowns, left.answer.model)
    try:
        before = _state(encoder, valued, encoder.start)
        after = _state(encoder, valued, encoder.end)
        inputs = tuple(_inputs(encoder, valued, known))
    except ZeroDivisionError:
        return StuckStep(known, "the solver found numbers for it, with a quotient that has no value", claim=said)
    changed = tuple(entry for entry in after if entry not in before)
    return StuckStep(known, "the solver found numbers for it", (*inputs, *before), changed, said)


def _inputs(encoder: Encoder, valued: Valued, action: str | None) -> Iterator[tuple[str, str]]:
    """Parameters and arguments."""
    for parameter in encoder.system.params:
        if not parameter.keys:
            cell = encoder.param(parameter.name)
            assert isinstance(cell, int)
            yield parameter.name, _text(encoder, valued, parameter, cell)
    if encoder.end is not None and action is not None:
        for argument in encoder.system.action(action).args:
            yield argument.name, _text(encoder, valued, argument, encoder.end.locals[argument.name])


def _state(encoder: Encoder, valued: Valued, frame: Frame | None) -> _Shown:
    """Every state variable, of a map the entries of the members that are told apart."""
    if frame is None:
        return ()
    names = scope_of(encoder.system, encoder.world.sizes).names
    out: list[tuple[str, str]] = []
    for variable in encoder.system.states:
        cell = frame.now[variable.name]
        if isinstance(cell, int):
            out.append((variable.name, _text(encoder, valued, variable, cell)))
            continue
        for keys in product(*(range(encoder.world.sizes[ty.name]) for ty in variable.keys)):
            entry = cell.read(tuple(encoder.pool.number(k) for k in keys))
            label = ", ".join(names[ty.name][k] for ty, k in zip(variable.keys, keys, strict=True))
            out.append((f"{variable.name}[{label}]", _text(encoder, valued, variable, entry)))
    return tuple(out)


def _text(encoder: Encoder, valued: Valued, variable: Variable, node: Node) -> str:
    if variable.ty.kind in ("sort", "enum"):
        index = int(valued.value(node))
        names = scope_of(encoder.system, encoder.world.sizes).names[variable.ty.name]
        return names[index] if index < len(names) else "another one"
    value = valued.value(node)
    shown = str(value).lower() if isinstance(value, bool) else readable(value)
    return f"{shown} {variable.unit}".rstrip()
