"""From a claim to its cases: one for each path through the branches and each way in which the accounts may coincide.

A claim is proved when the facts of every case are contradictory. The facts are what is assumed, what the run needed in
order to succeed, and the negated goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

from verifier.logic.encode import Encoder
from verifier.logic.execute import Run, arguments, frame_of, holds, in_range, run_action
from verifier.logic.formulas import Node, Pool
from verifier.logic.smtlib import Reading, Script, write
from verifier.logic.split import branches
from verifier.logic.symbolic import Frame
from verifier.logic.world import Pattern, opened, patterns
from verifier.system.terms import TRUE, Const, Named, Op, Quant, Term, conj, implies
from verifier.system.transition import Action, Call, Check, Compare, Let, Require, Rule, Stmt, System, Variable

MOST_KEYS = 5
"""Keys of one sort that are told apart by enumeration (52 patterns); further ones are if-then-else keys."""


@final
@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one case, ready to be written; `taken` are the branch decisions it followed."""

    encoder: Encoder
    facts: tuple[Node, ...]
    taken: tuple[bool, ...]

    def script(self, reading: Reading) -> Script:
        """The query that is unsatisfiable if the case is excluded."""
        return write(self.encoder.pool, self.facts, reading)

    def halves(self) -> tuple[Case, Case] | None:
        """The same case split in two, or None where it is a plain conjunction already."""
        found = branches(self.encoder.pool, self.facts)
        if found is None:
            return None
        left, right = (Case(self.encoder, facts, self.taken) for facts in found)
        return left, right


Build = Callable[[Encoder, Run], list[Node]]
"""Builds the facts of one case with the encoder's pattern, following the run's decisions."""


@final
@dataclass(frozen=True, slots=True)
class Claim:
    """Something to prove. `asks`, `holds` and `fails` are its three sentences."""

    name: str
    build: Build = field(repr=False)
    asks: str = ""
    holds: str = ""
    fails: str = ""
    merge: bool = False
    keys: Mapping[str, int] = field(default_factory=dict)
    """A first guess of how many keys of each open sort it will ask for."""


def cases(system: System, claim: Claim) -> Iterator[Case]:
    """All cases of a claim, lazily."""
    pending: list[tuple[bool, ...]] = [()]
    while pending:
        decisions = pending.pop()
        counted, run, facts = _counting_pass(system, claim, decisions)
        # Every decision past the given ones took the first branch: the second ones are still to come.
        pending.extend((*run.taken[:i], False) for i in range(len(decisions), len(run.taken)))
        wanted = {sort: min(n, MOST_KEYS) for sort, n in counted.asked.items()}
        for pattern in patterns(system, wanted):
            if pattern.classes == counted.pattern.classes:
                yield Case(counted, completed(counted, facts), tuple(run.taken))
                continue
            encoder = Encoder(system, opened(system, pattern.counts), pattern)
            again = Run(encoder, tuple(run.taken), claim.merge)
            yield Case(encoder, completed(encoder, claim.build(encoder, again)), tuple(again.taken))


def _counting_pass(system: System, claim: Claim, decisions: tuple[bool, ...]) -> tuple[Encoder, Run, list[Node]]:
    """Build with all keys distinct, until the number of keys that are asked for is known: a first guess may be off,
    and instances of a fact that says `exists` ask for more keys the more classes there are."""
    wanted = {sort: min(n, MOST_KEYS) for sort, n in claim.keys.items() if n > 0}
    for _ in range(4):
        pattern = Pattern({sort: tuple(range(n)) for sort, n in wanted.items()})
        encoder = Encoder(system, opened(system, pattern.counts), pattern)
        run = Run(encoder, decisions, claim.merge)
        facts = claim.build(encoder, run)
        asked = {sort: min(n, MOST_KEYS) for sort, n in encoder.asked.items()}
        if asked == wanted:
            break
        wanted = asked
    return encoder, run, facts


def completed(encoder: Encoder, facts: Iterable[Node]) -> tuple[Node, ...]:
    """The facts with the definitions of auxiliary nodes, and with what is known of the rest for the sums in use;
    without the background that has no unknown in common with the rest of them."""
    pool = encoder.pool
    direct = [*facts, *encoder.facts]
    used = _rest_sums(encoder, direct)
    if used:
        about_rest = encoder.rest_facts(lambda fact: _rest_sums(encoder, [fact]) <= used)
        lifted = [f for f in about_rest if f != pool.true]
        encoder.background.update(lifted)
        direct += lifted
    return connected(encoder, direct)


def connected(encoder: Encoder, facts: Iterable[Node]) -> tuple[Node, ...]:
    """Leave out background facts that nothing else leads to. (Fewer facts prove less, never more.)"""
    pool = encoder.pool
    parts = [(p, _unknowns(pool, p)) for f in facts for p in (pool.args[f] if pool.ops[f] == "and" else (f,))]
    background = {
        p for f in encoder.background for p in (pool.args[f] if pool.ops[f] == "and" else (f,))
    }
    reached: set[Node] = set()
    for part, unknowns in parts:
        if part not in background:
            reached |= unknowns
    if not reached:
        return tuple(p for p, _ in parts)
    waiting = [(p, u) for p, u in parts if p in background]
    kept = {p for p, _ in parts if p not in background}
    while True:
        near = [(p, u) for p, u in waiting if u & reached or not u]
        if not near:
            return tuple(p for p, _ in parts if p in kept)
        for part, unknowns in near:
            kept.add(part)
            reached |= unknowns
        waiting = [(p, u) for p, u in waiting if p not in kept]


def _unknowns(pool: Pool, fact: Node) -> frozenset[Node]:
    """The unknowns of a fact, sums over the rest taken as one."""
    out: set[Node] = set()
    seen: set[Node] = set()
    stack = [fact]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if pool.ops[node] in ("var", "rsum", "app"):
            out.add(node)
        else:
            stack.extend(pool.args[node])
    return frozenset(out)


def _rest_sums(encoder: Encoder, facts: Iterable[Node]) -> set[Node]:
    pool = encoder.pool
    seen: set[Node] = set()
    out: set[Node] = set()
    stack = list(facts)
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if pool.ops[node] == "rsum":
            # The number of members outside the classes is always known to exist.
            if pool.args[node][1] != pool.one:
                out.add(node)
            continue
        stack.extend(pool.args[node])
    return out


# ---------------------------------------------------------------------------------------------- building blocks


def parameter_facts(encoder: Encoder) -> list[Node]:
    """What is assumed of the parameters."""
    nowhere = Frame({"now": {}})
    facts = [encoder.assume(a.condition, nowhere) for a in encoder.system.assumptions]
    encoder.background.update(facts)
    return facts


def state_facts(encoder: Encoder, hypotheses: Iterable[Term], frame: Frame) -> list[Node]:
    """What is known of a state: the hypotheses, on top of its types."""
    facts = [encoder.assume(h, frame) for h in hypotheses]
    encoder.background.update(facts)
    return facts


def expected_keys(system: System, arguments: Iterable[Variable], goal: Term) -> Mapping[str, int]:
    """The keys that arguments and the goal's outer `forall`s will ask for."""
    open_ = {s.name for s in system.sorts if s.size is None}
    out: dict[str, int] = {}
    sorts = [v.ty.name for v in arguments if v.ty.kind == "sort"]
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
        facts = parameter_facts(encoder)
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


def is_preserved(
    system: System, name: str, goal: Term, action: Action, hypotheses: tuple[Term, ...]
) -> Claim:
    """From a state where the hypotheses hold, the action leads only to states where the goal holds."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        frame = encoder.initial_unknown()
        args = arguments(encoder, action.args)
        after = run_action(run, action, args, frame)
        encoder.end = Frame({"now": after.now}, args)
        denied = encoder.deny(goal, frame_of(after.now))
        if denied == encoder.pool.false:
            return [denied]
        facts = parameter_facts(encoder)
        facts += state_facts(encoder, hypotheses, frame)
        facts += [holds(encoder, c) for c in run.conditions]
        return [*facts, denied]

    return Claim(
        f"{name}/{action.name}",
        build,
        f"Does `{action.name}` keep `{name}`?",
        f"`{action.name}` keeps `{name}`.",
        f"`{action.name}` can break `{name}`.",
        keys=expected_keys(system, action.args, goal),
    )


def holds_over_step(
    system: System, name: str, goal: Term, action: Action, hypotheses: tuple[Term, ...]
) -> Claim:
    """The goal, which reads the states before and after, holds over every run of the action."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        frame = encoder.initial_unknown()
        args = arguments(encoder, action.args)
        after = run_action(run, action, args, frame)
        encoder.end = Frame({"now": after.now}, args)
        denied = encoder.deny(goal, Frame({"old": frame.now, "now": after.now}, {}, action.name))
        if denied == encoder.pool.false:
            return [denied]
        facts = parameter_facts(encoder)
        facts += state_facts(encoder, hypotheses, frame)
        facts += [holds(encoder, c) for c in run.conditions]
        return [*facts, denied]

    return Claim(
        f"{name}/{action.name}",
        build,
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


# ---------------------------------------------------------------------------------------------- programs


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
        program = Program.begin(system, encoder, run, rule, hypotheses)
        program.awaited = index
        program.block(rule.program)
        return program.facts

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
        program = Program.begin(system, encoder, run, rule, hypotheses)
        program.block(rule.program)
        return program.facts

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

    @staticmethod
    def begin(system: System, encoder: Encoder, run: Run, rule: Rule, hypotheses: tuple[Term, ...]) -> Program:
        """Any state where the hypotheses hold, with any arguments."""
        start = encoder.initial_unknown()
        args = arguments(encoder, rule.args)
        facts = parameter_facts(encoder)
        facts += state_facts(encoder, hypotheses, start)
        return Program(system, encoder, run, Frame(start.states, args), facts)

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
        args = {v.name: value for v, value in zip(action.args, values, strict=True)}
        before = len(self.run.conditions)
        after = run_action(self.run, action, args, Frame({"now": self.frame.now}))
        self.facts += [holds(self.encoder, c) for c in self.run.conditions[before:]]
        return after
