"""Running the program of a rule or a scenario: calls, checks, comparisons of two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never, final

from verifier.language.source import NOWHERE, Span
from verifier.system.evaluate import Frame, domain, whole
from verifier.system.execute import Interpreter, act, compile_sides
from verifier.system.terms import TRUE, Term, Value
from verifier.system.trace import Cell, Move, Reverted, Step
from verifier.system.transition import (
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    ForEach,
    Havoc,
    Let,
    Require,
    Set,
    Stmt,
    Variable,
)
from verifier.system.values import admits, carried


def statements_of(program: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """All statements of a program, those in blocks after the one they belong to."""
    for stmt in program:
        yield stmt
        match stmt:
            case Branch(_, then, otherwise) | Compare(then, otherwise):
                yield from statements_of((*then, *otherwise))
            case ForEach(_, body):
                yield from statements_of(body)
            case _:
                pass


StopKind = Literal[
    "reverted",  # a call that should have run
    "succeeded",  # a call marked `reverts` that ran
    "check",  # a check that is false
    "undefined",  # a check, a let or an argument that has no value (a divisor is zero)
    "require",  # a `require` of the program itself, or a choice that is not given: the program does not apply
]


@final
@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a program did not run to its end. `values` are the two sides of a false comparison, `claim` what
    was found false or undefined (by its `defined` condition)."""

    kind: StopKind
    span: Span = NOWHERE
    text: str = ""
    reverted: Reverted | None = None
    values: tuple[Value, ...] = ()
    claim: Term = TRUE


@final
@dataclass(slots=True)
class Player:
    """Plays a program on a frame. `choices[i]` are what the choices of the i-th call take; `steps` is what ran, in the
    inside form of values."""

    interp: Interpreter
    frame: Frame
    locals: dict[str, Any]
    choices: Sequence[Mapping[str, Cell]] = ()
    steps: list[Step] = field(default_factory=list)
    branch: Literal["", "first", "second"] = ""

    def play(self, program: tuple[Stmt, ...]) -> Stop | None:
        """Run the statements; None if all went as they say."""
        for stmt in program:
            stop = self._one(stmt)
            if stop is not None:
                return stop
        return None

    def _one(self, stmt: Stmt) -> Stop | None:
        match stmt:
            case Require(condition, why):
                return None if self._holds(condition) else Stop("require", why.span, why.text)
            case Let(var, value, defined, span):
                if not self._holds(defined):
                    return Stop("undefined", span, var.name)
                self.locals[var.name] = whole(self._value(value))
                return None
            case Choose():
                return self._choose(stmt)
            case Branch(condition, then, otherwise):
                return self.play(then if self._holds(condition) else otherwise)
            case ForEach(var, body):
                for member in domain(var.ty, self.frame.members):
                    self.locals[var.name] = member
                    stop = self.play(body)
                    if stop is not None:
                        return stop
                return None
            case Call():
                return self._call(stmt)
            case Check():
                return self._check(stmt)
            case Compare(first, second):
                return self._compare(first, second)
            case Set() | Havoc():
                raise AssertionError("a program changes state by calls only")
            case _:
                assert_never(stmt)

    def _value(self, term: Term) -> Any:
        self.frame.locals = self.locals
        return self.interp.code(term)(self.frame)

    def _holds(self, condition: Term) -> bool:
        if condition is TRUE:
            return True
        self.frame.locals = self.locals
        return self.interp.holds(self.frame, condition)

    def _choose(self, stmt: Choose) -> Stop | None:
        """The value of a program's own choice is among the locals from the start."""
        variable = Variable(stmt.var.name, (), stmt.var.ty, stmt.low, stmt.high)
        value = self.locals.get(stmt.var.name)
        if value is None and self.frame.chooser is not None:
            self.frame.locals = self.locals
            value = self.frame.chooser(self.frame, stmt.var.name, variable, stmt.where)
        if value is None or isinstance(value, Mapping) or not admits(variable, value, self.frame.members):
            return Stop("require", stmt.span, stmt.var.name)
        self.locals[stmt.var.name] = carried(value, variable.ty)
        return None if self._holds(stmt.where) else Stop("require", stmt.span, stmt.var.name)

    def _call(self, stmt: Call) -> Stop | None:
        if not self._holds(stmt.defined):
            return Stop("undefined", stmt.span, stmt.text)
        frame = self.frame
        args = tuple(whole(self._value(a)) for a in stmt.args)
        before = frame.now
        number = len(self.steps)
        given = dict(self.choices[number]) if number < len(self.choices) else {}
        reverted = act(self.interp, frame, self.interp.actions[stmt.action], args, given)
        move = Move(stmt.action, args, given)
        self.steps.append(Step(move, before, frame.now, self.branch, reverted, stmt.span))
        if reverted is not None and not stmt.reverts:
            return Stop("reverted", stmt.span, stmt.text, reverted)
        if reverted is None and stmt.reverts:
            return Stop("succeeded", stmt.span, stmt.text)
        return None

    def _check(self, stmt: Check) -> Stop | None:
        if not self._holds(stmt.defined):
            return Stop("undefined", stmt.span, stmt.text, claim=stmt.defined)
        if self._holds(stmt.condition):
            return None
        sides = compile_sides(stmt.condition) if self.frame.explain else None
        return Stop("check", stmt.span, stmt.text, None, sides(self.frame) if sides is not None else (), stmt.condition)

    def _compare(self, first: tuple[Stmt, ...], second: tuple[Stmt, ...]) -> Stop | None:
        frame, here = self.frame, self.frame.now
        self.branch = "first"
        stop = self.play(first)
        if stop is not None:
            return stop
        ended, frame.now, self.branch = frame.now, here, "second"
        stop = self.play(second)
        if stop is not None:
            return stop
        frame.first, frame.second, frame.now, self.branch = ended, frame.now, here, ""
        return None
