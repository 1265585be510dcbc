"""Claims about any state and any step at all, whatever the model does: what is proved here says nothing about it."""

from __future__ import annotations

from verifier.logic.claims import parameter_facts, state_facts
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run
from verifier.logic.formulas import Node
from verifier.logic.obligations import Claim
from verifier.logic.programs import Program, program_goals
from verifier.logic.symbolic import Frame
from verifier.system.terms import Term
from verifier.system.transition import Rule, System


def holds_over_any_step(name: str, goal: Term, action: str, hypotheses: tuple[Term, ...]) -> Claim:
    """The goal holds between any two states for which the hypotheses (which speak of both) hold, if what leads from one
    to the other is called `action`."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        del run
        before = encoder.initial_unknown()
        after = {v.name: encoder.unknown(v) for v in encoder.system.states}
        frame = Frame({"old": before.now, "now": after}, {}, action)
        facts = parameter_facts(encoder)
        facts += state_facts(encoder, hypotheses, frame)
        return [*facts, encoder.deny(goal, frame)]

    return Claim(f"{name}/any {action}", build)


def program_is_idle(system: System, rule: Rule, index: int) -> Claim:
    """The program shows its `index`-th goal even if its calls lead to any state at all."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        program = Program.begin(system, encoder, run, rule)
        program.awaited, program.blind = index, True
        program.block(rule.program)
        return program.with_hypotheses(())

    assert 0 <= index < len(program_goals(rule))
    return Claim(f"{rule.heading.name}/any {index}", build)
