"""`enabled`: whenever the condition holds, the action can run with arguments chosen by a strategy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from verifier.logic.claims import parameter_facts, state_facts
from verifier.logic.encode import Encoder
from verifier.logic.execute import Condition, Run, fails, in_range, run_action
from verifier.logic.formulas import Node, Pool
from verifier.logic.obligations import Claim
from verifier.logic.symbolic import Frame
from verifier.logic.witness import MEMBERS, NUMBERS, TRUTHS, Bounds, Strategy
from verifier.system.analysis import has_choices
from verifier.system.programs import statements_of
from verifier.system.terms import Term, Ty
from verifier.system.transition import Choose, Enabled, System

Strategies = tuple[Strategy | None, ...]
"""For each argument of the action: how it is chosen, or None where the property gives it."""


MOST_WAYS = 12
"""Ways to choose members that are tried."""

POLICIES: tuple[Strategy, ...] = ("middle", "largest", "smallest")
"""What an action's own choices may be, by the bounds that its conditions set."""


def strategies(system: System, prop: Enabled) -> Iterator[Strategies]:
    """All ways to choose the open arguments, the most promising first."""
    action = system.action(prop.action)
    options: list[tuple[Strategy | None, ...]] = []
    for variable, given in zip(action.args, prop.args, strict=True):
        if given is not None:
            options.append((None,))
        elif variable.ty.kind == "bool":
            options.append(TRUTHS)
        elif not variable.ty.numeric:
            options.append(MEMBERS)
        else:
            options.append(NUMBERS)
    yield from product(*options)


def can_run(prop: Enabled, chosen: Strategies, hypotheses: tuple[Term, ...]) -> Claim:
    """With arguments so chosen, every condition of the action holds, the ranges of the arguments included."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        del run
        setting = _Setting(encoder, prop, hypotheses)
        refused = _refused(encoder, setting, chosen)
        return setting.facts if refused is None else [*setting.facts, *refused]

    name = prop.heading.name
    return Claim(
        name,
        build,
        f"Whenever `{name}` speaks of it, can `{prop.action}` run?",
        f"`{prop.action}` can run whenever `{name}` says so.",
        f"`{prop.action}` may be refused although `{name}` says that it can run.",
        merge=True,
    )


def _refused(encoder: Encoder, setting: _Setting, chosen: Strategies) -> list[Node] | None:
    """That no way works to run the action with arguments so chosen: whoever is chosen of those told apart, and whatever
    the action itself chooses. None if a strategy has nothing to go by."""
    body = encoder.system.action(setting.prop.action).body
    out: list[Node] = []
    for who in setting.choices_of_members(chosen):
        for policy in POLICIES if has_choices(body) else (None,):
            run = setting.play(chosen, who, policy)
            if run is None:
                return None
            out.append(encoder.pool.or_(_ways_to_fail(encoder, setting, run)))
            for way in setting.compared(who) if policy is None or policy == POLICIES[-1] else ():
                again = setting.play(chosen, way, policy)
                if again is not None:
                    out.append(encoder.pool.or_(_ways_to_fail(encoder, setting, again)))
    return out


def _ways_to_fail(encoder: Encoder, setting: _Setting, run: Run) -> Iterator[Node]:
    """For each condition: those before it hold, and it does not. (A later one may be meaningless without them.)"""
    pool = encoder.pool
    before: list[Node] = []
    for node in setting.ranges:
        yield pool.and_((*before, pool.not_(node)))
        before.append(node)
    for condition in run.conditions:
        yield pool.and_((*before, fails(encoder, condition)))
        if condition.at is None:
            node = encoder.formula(condition.term, condition.frame, True)
            before.append(pool.implies(condition.under, node))


def is_defined(prop: Enabled, hypotheses: tuple[Term, ...]) -> Claim:
    """The condition and the given arguments have a value in every state that the hypotheses admit."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        del run
        start = encoder.initial_unknown()
        frame = Frame(start.states, {v.name: free_member(encoder, v.ty) for v in prop.free})
        facts = [*parameter_facts(encoder), *state_facts(encoder, hypotheses, frame)]
        return [*facts, encoder.deny(prop.defined, frame)]

    return Claim(f"{prop.heading.name}/defined", build)


def stuck(encoder: Encoder, prop: Enabled, at: Frame) -> Node:
    """In a closed world: the condition holds at a frame (with the free names as locals), and no strategy works. What
    satisfies this is only a suspect: the interpreter decides whether there really is no way to run the action."""
    parts: list[Node] = []
    for chosen in islice(strategies(encoder.system, prop), 8):
        parts += _refused(encoder, _Setting(encoder, prop, (), at), chosen) or ()
    when = encoder.formula(prop.when, at, True)
    defined = encoder.formula(prop.defined, at, True)
    return encoder.pool.or_((encoder.pool.not_(defined), encoder.pool.and_((when, *parts))))


def free_member(encoder: Encoder, ty: Ty) -> Node:
    """Any member of a sort or an enum."""
    if ty.kind == "sort" and ty.name in encoder.world.open:
        return encoder.key(ty.name)
    return encoder.scalar("free", ty)


def condition_never_met(prop: Enabled, hypotheses: tuple[Term, ...]) -> Claim:
    """The claim that the antecedent never holds: proved means that the property is vacuous."""

    def build(encoder: Encoder, run: Run) -> list[Node]:
        del run
        return _Setting(encoder, prop, hypotheses).facts

    return Claim(f"{prop.heading.name}/never", build)


class _Setting:
    """A state where the hypotheses and the condition hold, and the action run with chosen arguments."""

    def __init__(
        self,
        encoder: Encoder,
        prop: Enabled,
        hypotheses: tuple[Term, ...],
        at: Frame | None = None,
    ) -> None:
        self.encoder, self.prop = encoder, prop
        start = at if at is not None else encoder.initial_unknown()
        names = {v.name: free_member(encoder, v.ty) for v in prop.free if v.name not in start.locals}
        self.frame = Frame(start.states, {**start.locals, **names})
        self.facts = parameter_facts(encoder)
        self.facts += state_facts(encoder, hypotheses, self.frame)
        self.facts.append(encoder.assume(prop.when, self.frame))
        self.ranges: list[Node] = []
        self.arguments: dict[str, Node] = {}

    def choices_of_members(self, chosen: Strategies) -> Iterator[dict[str, Node]]:
        """Ways to choose members for the arguments that are to be members, and for what the action chooses that is no
        number."""
        action = self.encoder.system.action(self.prop.action)
        open_ = [v.name for v, strategy in zip(action.args, chosen, strict=True) if strategy == "member"]
        options = [(v.name, self._members(v.ty)) for v in action.args if v.name in open_]
        own = (s.var for s in statements_of(action.body) if isinstance(s, Choose))
        options += [(v.name, self._members(v.ty)) for v in own if not v.ty.numeric]
        for way in islice(product(*(members for _, members in options)), MOST_WAYS):
            yield dict(zip((name for name, _ in options), way, strict=True))

    def _members(self, ty: Ty) -> tuple[Node, ...]:
        encoder, pool = self.encoder, self.encoder.pool
        if ty.kind == "bool":
            return (pool.true, pool.false)
        if ty.name not in encoder.world.open:
            return encoder.members(ty.name)
        # There is always somebody.
        somebody = encoder.key(ty.name)
        others = (m for m, sort in encoder.individuals.items() if sort == ty.name)
        return tuple(dict.fromkeys((*encoder.members(ty.name), somebody, *others)))

    def compared(self, who: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
        """Where the action chooses one number: the values that it is compared with, such as the reports that a median
        is one of."""
        pool = self.encoder.pool
        action = self.encoder.system.action(self.prop.action)
        trial = Run(self.encoder, merge=True, given=who)
        run_action(trial, action, self.arguments, Frame({"now": self.frame.now}))
        open_ = {n: c for n, c in trial.choices.items() if n not in who and isinstance(c, int) and pool.ops[c] == "var"}
        if len(open_) != 1:
            return
        ((name, probe),) = open_.items()
        found: dict[Node, None] = {}
        for node in sorted(below(pool, [self._plain(c) for c in trial.conditions])):
            if pool.ops[node] in ("le", "eq") and probe in pool.args[node]:
                left, right = pool.args[node]
                other = right if left == probe else left
                # What is compared with a whole number need not be one.
                fits = pool.sorts[other] == "I" or pool.sorts[probe] == "R"
                if fits and probe not in below(pool, [other]) and pool.ops[other] != "const":
                    found[other] = None
        for value in islice(found, MOST_WAYS):
            yield {**who, name: value}

    def play(self, chosen: Strategies, who: Mapping[str, Node], policy: Strategy | None) -> Run | None:
        """Choose the arguments and run the action, with its own choices by a policy (if any); None if a strategy for an
        argument has nothing to go by."""
        values = self._values(chosen, who)
        if values is None:
            return None
        action = self.encoder.system.action(self.prop.action)
        args = self.arguments = dict(zip((v.name for v in action.args), values, strict=True))
        given = self._choices(policy, args, who) if policy is not None else who
        run = Run(self.encoder, merge=True, given=given)
        run_action(run, action, args, Frame({"now": self.frame.now}))
        self.ranges = [*(in_range(self.encoder, v, args[v.name]) for v in action.args), *run.ranges]
        return run

    def _choices(self, policy: Strategy, args: dict[str, Node], who: Mapping[str, Node]) -> dict[str, Node]:
        """Values for the numbers that the action chooses: each by what is known once those before it are chosen."""
        pool, action = self.encoder.pool, self.encoder.system.action(self.prop.action)
        values = dict(who)
        passed: set[str] = set()
        while True:
            trial = Run(self.encoder, merge=True, given=values)
            run_action(trial, action, args, Frame({"now": self.frame.now}))
            probes = {n: c for n, c in trial.choices.items() if isinstance(c, int) and pool.ops[c] == "var"}
            left = [name for name in probes if name not in values and name not in passed]
            if not left:
                return values
            name, *later = left
            probe = probes[name]
            low, high = (pool.number(b) if b is not None else probe for b in pool.bounds.get(probe, (None, None)))
            ranges = (pool.le(low, probe), pool.le(probe, high))
            value = self._by_bounds(policy, trial, probe, frozenset(probes[n] for n in later), *ranges)
            if value is not None and pool.sorts[probe] != "B":
                values[name] = value
            else:
                passed.add(name)

    def _by_bounds(
        self, strategy: Strategy, trial: Run, unknown: Node, blind: frozenset[Node], *more: Node
    ) -> Node | None:
        """What a strategy gives for an unknown when the conditions of a trial run are read as bounds on it."""
        encoder = self.encoder
        nodes = [*(self._plain(c) for c in trial.conditions), *more]
        known = {part for fact in (*self.facts, *nodes) for part in _parts(encoder, fact)}
        bounds = Bounds(encoder.pool, unknown, known, blind)
        for node in nodes:
            bounds.read(node)
        return bounds.choose(strategy)

    def _values(self, chosen: Strategies, who: Mapping[str, Node]) -> list[Node] | None:
        action = self.encoder.system.action(self.prop.action)
        values: list[Node] = []
        open_: list[int] = []
        for i, (variable, given) in enumerate(zip(action.args, self.prop.args, strict=True)):
            if given is not None:
                values.append(self.encoder.value(given, self.frame))
            elif variable.name in who:
                values.append(who[variable.name])
            else:
                open_.append(i)
                values.append(self.encoder.scalar(f"open {variable.name}", variable.ty))
        for position, i in enumerate(open_):
            strategy = chosen[i]
            assert strategy is not None
            value = self._choose(strategy, values, i, who, frozenset(values[j] for j in open_[position + 1 :]))
            if value is None:
                return None
            values[i] = value
        return values

    def _choose(
        self, strategy: Strategy, values: list[Node], i: int, who: Mapping[str, Node], blind: frozenset[Node]
    ) -> Node | None:
        """Run the action with the argument unknown, and read its conditions as bounds on it."""
        encoder, pool = self.encoder, self.encoder.pool
        action = encoder.system.action(self.prop.action)
        if pool.ops[values[i]] == "const":
            return values[i]
        trial = Run(encoder, merge=True, given=who)
        args = dict(zip((v.name for v in action.args), values, strict=True))
        run_action(trial, action, args, Frame({"now": self.frame.now}))
        return self._by_bounds(strategy, trial, values[i], blind, in_range(encoder, action.args[i], values[i]))

    def _plain(self, condition: Condition) -> Node:
        if condition.at is not None or self.encoder.is_quantified(condition.term):
            return self.encoder.pool.true
        return self.encoder.formula(condition.term, condition.frame, True)


def _parts(encoder: Encoder, node: Node) -> tuple[Node, ...]:
    return encoder.pool.args[node] if encoder.pool.ops[node] == "and" else (node,)


def below(pool: Pool, nodes: Iterable[Node]) -> frozenset[Node]:
    """The nodes that some are made of, and these themselves."""
    seen: set[Node] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(pool.args[node])
    return frozenset(seen)
