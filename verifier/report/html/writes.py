"""Which statements of an action wrote something in a step: those of the branches that were taken."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.language.source import Span
from verifier.system.evaluate import Frame, Undefined, domain
from verifier.system.execute import Interpreter
from verifier.system.trace import Scope, Step, Valuation
from verifier.system.transition import Branch, ForEach, Havoc, Set, Stmt
from verifier.system.values import carried

Write = tuple[Span, str]
"""Where a variable is written, and its name."""


def writes(interp: Interpreter, scope: Scope, params: Valuation, step: Step) -> tuple[Write, ...]:
    """The writes of a step, in the order in which they ran. Nothing is written by a call that reverts."""
    if step.reverted is not None:
        return ()
    action = interp.system.action(step.move.action)
    frame = interp.frame(scope, params, step.before)
    frame.choices = step.move.choices
    frame.locals = {a.name: carried(v, a.ty) for a, v in zip(action.args, step.move.args, strict=True)}
    out: list[Write] = []
    try:
        out.extend(_run(interp, frame, action.body))
    except Undefined:
        pass  # the interpreter reverts there, and so this step is none of its own
    return tuple(dict.fromkeys(out))


def _run(interp: Interpreter, frame: Frame, body: tuple[Stmt, ...]) -> Iterator[Write]:
    """Runs statement by statement."""
    for stmt in body:
        match stmt:
            case Branch(condition, then, otherwise):
                yield from _run(interp, frame, then if interp.holds(frame, condition) else otherwise)
            case ForEach(var, inner):
                for member in domain(var.ty, frame.members):
                    frame.locals[var.name] = member
                    yield from _run(interp, frame, inner)
            case Set(state=state, span=span) | Havoc(state=state, span=span):
                interp.block((stmt,))(frame)
                yield span, state
            case _:
                interp.block((stmt,))(frame)
