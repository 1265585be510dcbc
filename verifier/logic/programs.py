"""Rules: short programs of actions, from any state that the invariants admit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from verifier.logic.claims import conjuncts, expected_keys, parameter_facts, state_facts
from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, arguments, holds, in_range, run_action
from verifier.logic.formulas import Node
from verifier.logic.obligations import Claim
from verifier.logic.symbolic import Frame
from verifier.system.terms import TRUE, Term, conj
from verifier.system.transition import Call, Check, Compare, Let, Require, Rule, Stmt, System


@final
@dataclass(frozen=True, slots=True)
class Goal:
    """What a program has to show at one place: `part` of a check or of something's definedness, or (without one) that
    a call reverts. `text` is the user's line."""

    text: str
    part: Term | None = None


def goals_at(stmt: Stmt) -> tuple[Goal, ...]:
    """What is to be shown at one statement (and inside it), in order."""
    match stmt:
        case Check(condition, defined, _, text):
            return tuple(Goal(text, part) for part in conjuncts(conj(defined, condition)))
        case Let(_, _, defined):
            return tuple(Goal("let", part) for part in conjuncts(defined))
        case Call(reverts=reverts, defined=defined, text=text):
            parts = tuple(Goal(text, part) for part in conjuncts(defined))
            return (*parts, Goal(text)) if reverts else parts
        case Compare(first, second):
            return tuple(g for inner in (*first, *second) for g in goals_at(inner))
        case _:
            return ()


def program_goals(rule: Rule) -> tuple[Goal, ...]:
    """All that a rule has to show, in order."""
    return tuple(g for stmt in rule.program for g in goals_at(stmt))


def program_ends_well(system: System, rule: Rule, index: int, hypotheses: tuple[Term, ...]) -> Claim:
    """From a state where the hypotheses hold, the program shows its `index`-th goal."""
    goal = program_goals(rule)[index]

    def build(encoder: Encoder, run: Run) -> list[Node]:
        program = Program.begin(system, encoder, run, rule)
        program.awaited = index
        program.block(rule.program)
        return program.with_hypotheses(hypotheses)

    name = rule.heading.name
    return Claim(
        f"{name}/{index}",
        build,
        f"Does `{name}` always end with `{goal.text}`?",
        f"`{name}` always ends with `{goal.text}`.",
        f"`{name}` can end without `{goal.text}`.",
        keys=expected_keys(system, rule.args, TRUE),
    )


def program_runs(system: System, rule: Rule, hypotheses: tuple[Term, ...]) -> Claim:
    """The claim that the program can never be run to its end: proved means that the rule is vacuous."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        program = Program.begin(system, encoder, run, rule)
        program.block(rule.program)
        return program.with_hypotheses(hypotheses)

    return Claim(f"{rule.heading.name}/never", build, keys=expected_keys(system, rule.args, TRUE))


@final
@dataclass(slots=True)
class Program:
    """Runs a rule's statements symbolically; calls are assumed to succeed. When the awaited goal comes up, its negation
    joins the facts and the run ends."""

    system: System
    encoder: Encoder
    run: Run
    frame: Frame
    facts: list[Node]
    awaited: int = -1
    met: int = 0
    done: bool = False
    blind: bool = False
    """Take it that a call may leave anything behind, whatever the action says."""

    @staticmethod
    def begin(system: System, encoder: Encoder, run: Run, rule: Rule) -> Program:
        """Any state, with any arguments."""
        start = encoder.initial_unknown()
        args = arguments(encoder, rule.args)
        return Program(system, encoder, run, Frame(start.states, args), parameter_facts(encoder))

    def with_hypotheses(self, hypotheses: tuple[Term, ...]) -> list[Node]:
        """The facts of the run, from a state where the hypotheses hold."""
        start = self.encoder.start
        assert start is not None
        return [*self.facts, *state_facts(self.encoder, hypotheses, start)]

    def block(self, body: tuple[Stmt, ...]) -> None:
        """Run statements until the awaited goal comes up."""
        for stmt in body:
            if not self.done:
                self._statement(stmt)

    def _statement(self, stmt: Stmt) -> None:
        match stmt:
            case Let(var, value, defined):
                if not self._shown(defined):
                    self.frame = self.frame.with_local(var.name, self.encoder.value(value, self.frame))
            case Require(condition):
                self.facts.append(self.encoder.assume(condition, self.frame))
            case Call():
                self._call_statement(stmt)
            case Compare():
                self._compare(stmt)
            case Check(condition, defined):
                self._shown(conj(defined, condition))
            case _:
                raise AssertionError(stmt)

    def _shown(self, goal: Term) -> bool:
        """Count the parts of a goal; True if the awaited one was among them, and the run is over. What a program has
        shown holds from there on, but only what is needed to go on is assumed: that values are defined."""
        for part in conjuncts(goal):
            if self.met == self.awaited:
                self.facts.append(self.encoder.deny(part, self.frame))
                self.done = True
                return True
            self.met += 1
        return False

    def _compare(self, stmt: Compare) -> None:
        start = self.frame
        ends: list[Frame] = []
        for body in (stmt.first, stmt.second):
            self.frame = start
            self.block(body)
            ends.append(self.frame)
        first, second = ends
        self.frame = Frame({**start.states, "first": first.now, "second": second.now}, start.locals)

    def _call_statement(self, call: Call) -> None:
        if self._shown(call.defined):
            return
        if not call.reverts:
            self.facts.append(self.encoder.assume(call.defined, self.frame))
            self.frame = self.frame.with_now(self._call(call).now)
            return
        if self.met == self.awaited:
            self.facts.append(self.encoder.assume(call.defined, self.frame))
            self._call(call)
            self.done = True
        self.met += 1

    def _call(self, call: Call) -> Frame:
        """The frame after a call, with what its success needs among the facts."""
        action = self.system.action(call.action)
        values = [self.encoder.value(a, self.frame) for a in call.args]
        for variable, value in zip(action.args, values, strict=True):
            self.facts.append(in_range(self.encoder, variable, value))
        if self.blind:
            return Frame({"now": {v.name: self.encoder.unknown(v) for v in self.system.states}})
        args = {v.name: value for v, value in zip(action.args, values, strict=True)}
        before = len(self.run.conditions)
        after = run_action(self.run, action, args, Frame({"now": self.frame.now}))
        self.facts += [holds(self.encoder, c) for c in self.run.conditions[before:]]
        return after
