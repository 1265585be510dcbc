"""What there is to prove of a system: that something holds at first, is kept, holds over a step, follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, arguments, holds, run_action
from verifier.logic.formulas import Node
from verifier.logic.obligations import Build, Claim
from verifier.logic.symbolic import Frame
from verifier.system.cone import assumptions_about
from verifier.system.terms import Const, Named, Op, Quant, Term, implies
from verifier.system.transition import Action, Assumption, System, Variable


def parameter_facts(encoder: Encoder, about: Iterable[Assumption] | None = None) -> list[Node]:
    """What is assumed of the parameters: all, or the assumptions given."""
    nowhere = Frame({"now": {}})
    assumptions = encoder.system.assumptions if about is None else about
    facts = [encoder.assume_from((a.kind, a.name), a.condition, nowhere) for a in assumptions]
    encoder.background.update(facts)
    return facts


def state_facts(encoder: Encoder, hypotheses: Iterable[Term], frame: Frame) -> list[Node]:
    """What is known of a state: the hypotheses, on top of its types.

    They come last in a claim. So one more hypothesis asks for its keys after all others, and a pattern of keys means
    the same with it as without it (`obligations.same_case`)."""
    facts = [encoder.assume(h, frame) for h in hypotheses]
    encoder.background.update(facts)
    return facts


def expected_keys(system: System, arguments: Iterable[Variable], goal: Term) -> Mapping[str, int]:
    """The keys that the state, arguments and the goal's outer `forall`s will ask for."""
    open_ = {s.name for s in system.sorts if s.size is None}
    out: dict[str, int] = {}
    members = (*arguments, *(v for v in system.states if not v.keys))
    sorts = [v.ty.name for v in members if v.ty.kind == "sort"]
    while isinstance(goal, Quant) and goal.kind == "forall":
        sorts.append(goal.var.ty.name)
        goal = goal.body
    for sort in sorts:
        if sort in open_:
            out[sort] = out.get(sort, 0) + 1
    return out


def conjuncts(term: Term) -> tuple[Term, ...]:
    """A goal in parts that can be proved one by one: through `and`, `forall`, definitions and implications."""
    match term:
        case Op("and", args):
            return tuple(c for a in args for c in conjuncts(a))
        case Quant("forall", var, body):
            return tuple(Quant("forall", var, c) for c in conjuncts(body))
        case Op("implies", (left, right)):
            return tuple(implies(left, c) for c in conjuncts(right))
        case Named(_, _, body) if not isinstance(body, Const) and len(conjuncts(body)) > 1:
            return conjuncts(body)
        case Const(True):
            return ()
        case _:
            return (term,)


# ---------------------------------------------------------------------------------------------- claims


def holds_initially(system: System, name: str, goal: Term) -> Claim:
    """The goal holds in every initial state."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        after = run.block(system.init, encoder.initial_unknown())
        facts = parameter_facts(encoder, assumptions_about(system, system.init, goal))
        facts += [holds(encoder, c) for c in run.conditions]
        facts.append(encoder.deny(goal, after))
        return facts

    return Claim(
        f"{name}/init",
        build,
        f"Does `{name}` hold in every initial state?",
        f"`{name}` holds in every initial state.",
        f"There is an initial state in which `{name}` fails.",
    )


def _breaks(goal: Term, action: Action, hypotheses: tuple[Term, ...]) -> Build:
    """From a state where the hypotheses hold, the action makes a step over which the goal fails. A goal that does not
    read the state before is one about the state after."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        frame = encoder.initial_unknown()
        args = arguments(encoder, action.args)
        after = run_action(run, action, args, frame)
        encoder.end = Frame({"now": after.now}, args)
        denied = encoder.deny(goal, Frame({"old": frame.now, "now": after.now}, {}, action.name))
        if denied == encoder.pool.false:
            return [denied]
        facts = parameter_facts(encoder, assumptions_about(encoder.system, action.body, goal, *hypotheses))
        facts += [holds(encoder, c) for c in run.conditions]
        facts += state_facts(encoder, hypotheses, frame)
        return [*facts, denied]

    return build


def is_preserved(system: System, name: str, goal: Term, action: Action, hypotheses: tuple[Term, ...]) -> Claim:
    """From a state where the hypotheses hold, the action leads only to states where the goal holds."""
    return Claim(
        f"{name}/{action.name}",
        _breaks(goal, action, hypotheses),
        f"Does `{action.name}` keep `{name}`?",
        f"`{action.name}` keeps `{name}`.",
        f"`{action.name}` can break `{name}`.",
        keys=expected_keys(system, action.args, goal),
    )


def holds_over_step(system: System, name: str, goal: Term, action: Action, hypotheses: tuple[Term, ...]) -> Claim:
    """The goal, which reads the states before and after, holds over every run of the action."""
    return Claim(
        f"{name}/{action.name}",
        _breaks(goal, action, hypotheses),
        f"Does every `{action.name}` satisfy `{name}`?",
        f"Every `{action.name}` satisfies `{name}`.",
        f"Some `{action.name}` breaks `{name}`.",
        keys=expected_keys(system, action.args, goal),
    )


def follows(name: str, goal: Term, hypotheses: tuple[Term, ...]) -> Claim:
    """The goal holds in every state where the hypotheses hold."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        del run
        frame = encoder.initial_unknown()
        facts = parameter_facts(encoder)
        facts += state_facts(encoder, hypotheses, frame)
        facts.append(encoder.deny(goal, frame))
        return facts

    return Claim(name, build, f"Does `{name}` follow from what is known?", f"`{name}` follows.", f"`{name}` may fail.")
