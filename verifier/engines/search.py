"""Bounded search: the shortest run, then the smallest scope, that breaks a property (or reaches a state)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import final

from verifier.engines.discharge import Meter
from verifier.logic.formulas import Node, Pool
from verifier.logic.model import Valued
from verifier.logic.smtlib import Script, write
from verifier.logic.solvers.answer import Answer
from verifier.logic.solvers.z3_text import Procedure
from verifier.logic.symbolic import Cell as Symbolic
from verifier.logic.symbolic import MapValue
from verifier.logic.unroll import Ending, Option, Unrolling
from verifier.system.execute import Interpreter
from verifier.system.replay import Candidate, Mismatch, confirm
from verifier.system.terms import Term, Ty, Value
from verifier.system.trace import Cell, Counterexample, Move
from verifier.system.transition import Property, StepProperty, System, Variable
from verifier.system.values import scope_of

QUICK = 1_000_000
"""Resource limit of one query."""

SHARE: Mapping[Procedure, int] = {"smt": 8, "qfnia": 3}
"""Which part of it a procedure gets that is not the first choice."""


@final
@dataclass(frozen=True, slots=True)
class Found:
    """A counterexample that the interpreter has confirmed, and the claim that it replays."""

    counterexample: Counterexample
    candidate: Candidate


@final
@dataclass(frozen=True, slots=True)
class Exhausted:
    """No counterexample. `depth` is the number of steps up to which every run in the `sizes` was excluded;
    `undecided` tells that some query beyond it (or at it) was given up, so that it is no bound for them."""

    depth: int
    sizes: Mapping[str, int]
    undecided: bool = False


@final
@dataclass(slots=True)
class Search:
    """Looks for runs of one system."""

    system: System
    meter: Meter
    interpreter: Interpreter
    invariants: tuple[Term, ...] = ()
    limit: int = QUICK
    mismatches: list[Mismatch] = field(default_factory=list)
    seed: int = 0

    def find(
        self,
        prop: Property,
        depth: int,
        scopes: tuple[Mapping[str, int], ...],
        listen: Callable[[str], None] = lambda _: None,
        excluded: int = -1,
        *,
        give_up: bool = False,
    ) -> Found | Exhausted:
        """Runs of 0, 1, … `depth` steps, each length in every scope before the next; lengths up to `excluded` are known
        to hold no counterexample. With `give_up` it ends where the solver does not decide."""
        unrollings = [Unrolling(self.system, sizes, self.invariants) for sizes in scopes]
        reached, undecided = excluded, False
        for length in range(depth + 1):
            listen(f"searching runs of {length} step{'s' if length != 1 else ''}")
            for unrolling in unrollings:
                if length > 0:
                    unrolling.step()
                if length <= excluded or (length == 0 and isinstance(prop, StepProperty)):
                    continue
                outcome = self._at_end(unrolling, prop)
                if isinstance(outcome, Found):
                    return outcome
                undecided |= outcome == "unknown"
            if not undecided:
                reached = max(reached, length)
            elif give_up:
                break
        return Exhausted(reached, scopes[-1], undecided)

    def along(
        self, prop: Property, actions: Sequence[str], sizes: Mapping[str, int], listen: Callable[[str], None]
    ) -> Found | None:
        """A run that takes these actions in turn and breaks the property at its end."""
        unrolling = Unrolling(self.system, sizes, self.invariants)
        listen(f"searching a run of {len(actions)} steps along a path")
        for action in actions:
            unrolling.step(action)
        outcome = self._at_end(unrolling, prop)
        return outcome if isinstance(outcome, Found) else None

    def _at_end(self, unrolling: Unrolling, prop: Property) -> Found | str:
        kept = len(unrolling.facts), len(unrolling.encoder.facts)
        endings = unrolling.endings(prop)
        pool = unrolling.encoder.pool
        facts = (
            *unrolling.facts,
            *unrolling.encoder.facts,
            pool.or_(e.chosen for e in endings),
        )
        del unrolling.facts[kept[0] :]
        script, answer = self._ask(unrolling, facts)
        if answer.status != "sat":
            return answer.status
        model = Model(unrolling, script, answer)
        if not answer.exact:
            model = self._rational(unrolling, facts, endings, model)
        candidate = model.candidate(prop, endings)
        outcome = confirm(self.interpreter, prop, candidate)
        if isinstance(outcome, Counterexample):
            return Found(outcome, candidate)
        if isinstance(outcome, Mismatch) and model.answer.exact:
            self.mismatches.append(outcome)
        return "unknown"

    def _rational(
        self, unrolling: Unrolling, facts: tuple[Node, ...], endings: tuple[Ending, ...], model: Model
    ) -> Model:
        """A model with an irrational number in it can't be replayed: keep its choice of actions, and pin one number
        after the other to a rational near it until the solver's answer is rational altogether."""
        pool = unrolling.encoder.pool
        chosen = [o.chosen for options in unrolling.steps for o in options] + [e.chosen for e in endings]
        pinned = [*facts, *(c if model.truth(c) else pool.not_(c) for c in chosen)]
        for node in model.inputs():
            value = Fraction(model.valued.value(node))
            for near in _near(value):
                pin = pool.eq(node, pool.number(near))
                script, answer = self._ask(unrolling, (*pinned, pin))
                if answer.status == "sat":
                    pinned.append(pin)
                    model = Model(unrolling, script, answer)
                    break
            if model.answer.exact:
                return model
        return model

    def _ask(self, unrolling: Unrolling, facts: tuple[Node, ...]) -> tuple[Script, Answer]:
        """Reals first, which excludes most; then, if something is left, native integers."""
        pool = unrolling.encoder.pool
        script = write(pool, facts, "relaxed")
        if script.trivial:
            return script, Answer("unsat")
        answer = self._in_turn(script, ("nlsat",) if pool.has_integers else ("nlsat", "smt"))
        if answer.status == "unsat" or not pool.has_integers or _is_integral(unrolling.encoder.pool, script, answer):
            return script, answer
        native = write(pool, facts, "native")
        return native, self._in_turn(native, ("smt", "qfnia"))

    def _in_turn(self, script: Script, procedures: tuple[Procedure, ...]) -> Answer:
        answer = Answer("unknown")
        for procedure in procedures:
            limit = self.limit if procedure == "nlsat" else self.limit // SHARE[procedure]
            answer = self.meter.ask(script.text, procedure, limit, self.seed)
            if answer.status != "unknown":
                break
        return answer


def _is_integral(pool: Pool, script: Script, answer: Answer) -> bool:
    """Whether an answer on the reals gives integers wherever they are wanted, so that it is one on integers too."""
    if answer.status != "sat" or not answer.exact:
        return False
    return all(
        pool.sorts[node] != "I" or Fraction(answer.model.get(name, 0)).denominator == 1
        for node, name in script.unknowns.items()
    )


@final
@dataclass(slots=True)
class Model:
    """Reads a solver's numbers back as a run."""

    unrolling: Unrolling
    script: Script
    answer: Answer
    valued: Valued = field(init=False)

    def __post_init__(self) -> None:
        self.valued = Valued(self.unrolling.encoder.pool, self.script.unknowns, self.answer.model)

    def candidate(self, prop: Property, endings: tuple[Ending, ...]) -> Candidate:
        """The run that the numbers describe."""
        system = self.unrolling.system
        ending = next((e for e in endings if self.truth(e.chosen)), endings[0])
        args = {name: self._typed(node, _type_of(prop, name)) for name, node in ending.args.items()}
        return Candidate(
            scope_of(system, self.unrolling.sizes),
            {p.name: self.cell(p, self._parameter(p)) for p in system.params},
            {name: self._choice(name, cell) for name, cell in self.unrolling.start_choices.items()},
            tuple(self._move(options) for options in self.unrolling.steps),
            args,
            tuple({n: self._choice(n, c) for n, c in choices.items()} for choices in ending.program_choices),
        )

    def inputs(self) -> tuple[Node, ...]:
        """The unknown numbers that a run is determined by: parameters, choices, arguments."""
        pool = self.unrolling.encoder.pool
        cells = [
            *(self._parameter(p) for p in self.unrolling.system.params),
            *self.unrolling.start_choices.values(),
            *(a for options in self.unrolling.steps for o in options if self.truth(o.chosen) for a in o.args.values()),
        ]
        return tuple(dict.fromkeys(c for c in cells if isinstance(c, int) and pool.ops[c] == "var"))

    def _parameter(self, variable: Variable) -> Symbolic:
        return self.unrolling.encoder.param(variable.name)

    def _move(self, options: tuple[Option, ...]) -> Move:
        option = next(o for o in options if self.truth(o.chosen))
        args = tuple(self._typed(option.args[v.name], v.ty) for v in option.action.args)
        return Move(option.action.name, args, {n: self._choice(n, c) for n, c in option.choices.items()})

    def _choice(self, name: str, cell: Symbolic) -> Cell:
        if isinstance(cell, MapValue):
            state = name.split("'", 1)[0]
            return self.cell(self.unrolling.system.state(state), cell)
        sort = self.unrolling.encoder.pool.sorts[cell]
        return self._typed(cell, Ty("bool") if sort == "B" else Ty("int") if sort == "I" else Ty("real"))

    def cell(self, variable: Variable, cell: Symbolic) -> Cell:
        """The value of a variable, every entry of a map."""
        if isinstance(cell, int):
            return self._typed(cell, variable.ty)
        sizes = self.unrolling.encoder.world.sizes
        pool = self.unrolling.encoder.pool
        out: dict[tuple[int, ...], Value] = {}
        for keys in product(*(range(sizes[ty.name]) for ty in variable.keys)):
            out[keys] = self._typed(cell.read(tuple(pool.number(k) for k in keys)), variable.ty)
        return out

    def truth(self, node: Node) -> bool:
        """The truth value of a node."""
        return bool(self.valued.value(node))

    def _typed(self, node: Node, ty: Ty) -> Value:
        value = self.valued.value(node)
        if ty.kind == "bool":
            return bool(value)
        return Fraction(value) if ty.kind == "real" else Fraction(value).__floor__()


def _near(value: Fraction) -> tuple[Fraction, ...]:
    """Rationals near a value, the simplest first."""
    tries = [Fraction(round(value)), *(value.limit_denominator(d) for d in (4, 20, 100, 10_000))]
    return tuple(dict.fromkeys(tries))


def _type_of(prop: Property, name: str) -> Ty:
    for variable in getattr(prop, "args", ()):
        if isinstance(variable, Variable) and variable.name == name:
            return variable.ty
    return Ty("sort")


def scopes_up_to(system: System, most: int) -> Iterator[Mapping[str, int]]:
    """One, two, … members in every sort of any size. (A smaller scope of one sort is a special case of a larger one:
    members that take no part do no harm.)"""
    for n in range(1, most + 1) if any(s.size is None for s in system.sorts) else (1,):
        yield everyone(system, n)


def everyone(system: System, members: int) -> Mapping[str, int]:
    """So many members in every sort of any size."""
    return {s.name: members for s in system.sorts if s.size is None}
