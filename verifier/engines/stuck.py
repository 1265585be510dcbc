"""The step that an induction could not exclude, for the user to look at: *perhaps unreachable*."""

from __future__ import annotations

from verifier.engines.discharge import Open
from verifier.engines.verdict import StuckStep
from verifier.system.numbers import readable
from verifier.system.transition import System


def stuck_step(left: Open, system: System) -> StuckStep:
    """What the solver's numbers say of the step, or why there are none."""
    action = left.claim.name.rsplit("/", 1)[-1]
    known = action if action in {a.name for a in system.actions} else None
    if not left.satisfiable:
        return StuckStep(known, f"the solver gave up on it ({left.answer.why or 'resource limit'})")
    pool = left.case.encoder.pool
    values: list[tuple[str, str]] = []
    for node, name in left.script.unknowns.items():
        value = left.answer.model.get(name)
        if pool.ops[node] == "var" and value is not None:
            shown = str(value).lower() if isinstance(value, bool) else readable(value)
            values.append((_label(str(pool.data[node])), shown))
    return StuckStep(known, "the solver found numbers for it", tuple(sorted(values)))


def _label(name: str) -> str:
    """`debt[0]` is the debt of the first member told apart: A."""
    if "[" not in name:
        return name
    base, keys = name.split("[", 1)
    letters = ", ".join(chr(65 + int(k)) if k.isdigit() and int(k) < 26 else k for k in keys.rstrip("]").split(","))
    return f"{base}[{letters}]"
