"""Claims about several steps in a row: what k-induction is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.logic.claims import expected_keys, parameter_facts, state_facts
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, arguments, holds, run_action
from verifier.logic.formulas import Node
from verifier.logic.obligations import Claim
from verifier.logic.symbolic import Frame
from verifier.system.terms import Term
from verifier.system.transition import Action, System

Chain = tuple[Action, ...]


def _keys(system: System, chain: Chain, goal: Term) -> Mapping[str, int]:
    return expected_keys(system, (v for action in chain for v in action.args), goal)


def _along(encoder: Encoder, hypotheses: tuple[Term, ...], frames: Sequence[Frame]) -> list[Node]:
    """Each hypothesis at every frame. One hypothesis after the other, not one frame after the other: so one more
    asks for its keys after all others, and a pattern of keys means the same with it (`obligations.same_case`)."""
    return [
        fact
        for one in hypotheses
        for frame in frames
        for fact in state_facts(encoder, (one,), Frame({"now": frame.now}))
    ]


def _steps(encoder: Encoder, run: Run, chain: Chain, frame: Frame) -> list[Frame]:
    """The frames after each action in turn; what their success needs joins the run's conditions."""
    frames: list[Frame] = []
    for action in chain:
        before = frame
        args = arguments(encoder, action.args)
        after = run_action(run, action, args, Frame({"now": before.now}))
        encoder.end = Frame({"now": after.now}, args)
        frame = Frame({"old": before.now, "now": after.now}, {}, action.name)
        frames.append(frame)
    return frames


def holds_after(system: System, name: str, goal: Term, chain: Chain, hypotheses: tuple[Term, ...]) -> Claim:
    """After the actions of a chain, from a state where the hypotheses hold and with the hypotheses holding at each
    state on the way, the goal holds (a goal that reads the state before: over the last step)."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        start = encoder.initial_unknown()
        frames = _steps(encoder, run, chain, start)
        denied = encoder.deny(goal, frames[-1])
        if denied == encoder.pool.false:
            return [denied]
        facts = parameter_facts(encoder)
        facts += [holds(encoder, c) for c in run.conditions]
        facts += _along(encoder, hypotheses, (start, *frames[:-1]))
        return [*facts, denied]

    return Claim(
        f"{name}/{chain[-1].name}",
        build,
        f"Does `{chain[-1].name}` keep `{name}` after {_listed(chain)}?",
        f"`{chain[-1].name}` keeps `{name}` after {_listed(chain)}.",
        f"`{chain[-1].name}` can break `{name}` after {_listed(chain)}.",
        keys=_keys(system, chain, goal),
    )


def holds_from_start(system: System, name: str, goal: Term, chain: Chain, hypotheses: tuple[Term, ...]) -> Claim:
    """After the actions of a chain (none: at once), from an initial state and with the hypotheses holding at each
    state before the last, the goal holds."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        start = Frame({"now": run.block(system.init, encoder.initial_unknown()).now})
        frames = [start, *_steps(encoder, run, chain, start)]
        denied = encoder.deny(goal, frames[-1])
        if denied == encoder.pool.false:
            return [denied]
        facts = parameter_facts(encoder)
        facts += [holds(encoder, c) for c in run.conditions]
        facts += _along(encoder, hypotheses, frames[:-1])
        return [*facts, denied]

    return Claim(f"{name}/start", build, keys=_keys(system, chain, goal))


def _listed(chain: Chain) -> str:
    before = [f"`{action.name}`" for action in chain[:-1]]
    return " and ".join(before) if before else "any step"
