"""What the kernel says, in one concrete world: members, parameters, states and choices with values.

Every atom has a value there, so every formula of the kernel is plainly true or false. The interpreter says what is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import floor
from random import Random
from typing import Any

from verifier.kernel.atoms import Atoms
from verifier.system.canonical import canonical
from verifier.system.evaluate import Frame, Undefined
from verifier.system.execute import Interpreter, act, enter
from verifier.system.sampling import plain, random_args, random_chooser, random_rule_args
from verifier.system.simulate import begin
from verifier.system.terms import TRUE
from verifier.system.trace import Move
from verifier.system.transition import (
    Action,
    Branch,
    Call,
    Check,
    Choose,
    Compare,
    Enabled,
    ForEach,
    Havoc,
    Invariant,
    Let,
    Require,
    Rule,
    StepProperty,
    Stmt,
    Variable,
)
from verifier.system.values import carried, complete, scope_of

__all__ = ["World", "canonical", "worlds"]


@dataclass(slots=True)
class World:
    """One run of what an obligation speaks of. `truth` gives the truth of its labelled facts where the run decides it;
    of `needs`, the conditions met on the way, only whether all of them hold is known."""

    members: Mapping[str, range]
    params: Mapping[str, Any]
    versions: Mapping[str, Mapping[str, Any]]
    locals: Mapping[tuple[str, int], Any]
    truth: Mapping[str, bool]
    needs: bool | None = None
    atoms: Atoms = field(default_factory=Atoms)
    names: dict[str, int] = field(default_factory=dict)
    """The members that the classes of a place stand for."""

    def rest(self, star: str, classes: int) -> list[int]:
        """The members outside the first classes of a star's sort."""
        sort = star.lstrip("*").rstrip("'")
        named = {self.names[f"{sort}#{i}"] for i in range(classes)}
        return [m for m in self.members[sort] if m not in named]

    def key(self, key: Any, stars: Mapping[str, int]) -> int:
        """The member that a key stands for."""
        if isinstance(key, int):
            return key
        if isinstance(key, tuple):
            return self.atom(key[1], stars)  # type: ignore[no-any-return]
        return stars[key] if key.startswith("*") else self.names[key]

    def atom(self, atom: int, stars: Mapping[str, int]) -> Any:
        """The value of an atom."""
        match self.atoms.shapes[atom]:
            case ("read", version, name, keys):
                cell = self.versions[version][name]
                return cell[tuple(self.key(k, stars) for k in keys)] if keys else cell
            case ("param", name, keys):
                cell = self.params[name]
                return cell[tuple(self.key(k, stars) for k in keys)] if keys else cell
            case ("local", name, call):
                return self.locals[name, call]
            case ("same", left, right):
                return self.key(left, stars) == self.key(right, stars)
            case ("inverse", poly):
                value = self.poly(poly, stars)
                return Fraction(1) / value if value else 0
            case ("floor", poly):
                return floor(self.poly(poly, stars))
            case ("if", literal):
                return int(self.formula(literal, stars))
            case ("sum", binders, monomial):
                return sum(self.monomial(monomial, bound) for bound in self._bound(binders, stars))
            case ("greatest" | "least" as kind, entries):
                found = [
                    self.poly(poly, bound)
                    for binders, condition, poly in entries
                    for bound in self._bound(binders, stars)
                    if self.formula(condition, bound)
                ]
                return (max if kind == "greatest" else min)(found, default=0)
        raise AssertionError(self.atoms.shapes[atom])

    def _bound(self, binders: Any, stars: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
        for chosen in product(*(self.rest(star, classes) for star, classes in binders)):
            yield {**stars, **{star: member for (star, _), member in zip(binders, chosen, strict=True)}}

    def monomial(self, monomial: tuple[int, ...], stars: Mapping[str, int]) -> Any:
        """The value of a monomial."""
        out: Any = 1
        for atom in monomial:
            out *= self.atom(atom, stars)
        return out

    def poly(self, poly: Any, stars: Mapping[str, int] | None = None) -> Any:
        """The value of a polynomial."""
        return sum(c * self.monomial(m, stars or {}) for m, c in poly)

    def formula(self, formula: Any, stars: Mapping[str, int] | None = None) -> bool:
        """Whether a formula is true."""
        stars = stars or {}
        match formula:
            case ("true",):
                return True
            case ("false",):
                return False
            case ("ge", poly):
                return bool(self.poly(poly, stars) >= 0)
            case ("gt", poly):
                return bool(self.poly(poly, stars) > 0)
            case ("eq", poly):
                return bool(self.poly(poly, stars) == 0)
            case ("ne", poly):
                return bool(self.poly(poly, stars) != 0)
            case ("is", atom, value):
                return bool(self.atom(atom, stars)) is value
            case ("and", parts):
                return all(self.formula(p, stars) for p in parts)
            case ("or", parts):
                return any(self.formula(p, stars) for p in parts)
            case ("all", star, classes, body):
                return all(self.formula(body, {**stars, star: m}) for m in self.rest(star, classes))
            case ("some", star, classes, body):
                return any(self.formula(body, {**stars, star: m}) for m in self.rest(star, classes))
        raise AssertionError(formula)

    def everywhere(self, formula: Any, stars: frozenset[str]) -> bool:
        """Whether a formula is true of all members of the rest that it speaks of, by the classes named."""
        return all(self.formula(formula, bound) for bound in self.choices(stars))

    def choices(self, stars: frozenset[str]) -> Iterator[Mapping[str, int]]:
        """Each choice of members of the rest, by the classes named."""
        sorts = {star: star.lstrip("*").rstrip("'") for star in stars}
        binders = tuple((s, sum(n.startswith(f"{sort}#") for n in self.names)) for s, sort in sorts.items())
        return self._bound(binders, {})


# ---------------------------------------------------------------------------------------------- worlds from runs


def worlds(interp: Interpreter, rng: Random, sizes: Mapping[str, int], prop: Any) -> Iterator[tuple[str, World]]:
    """A concrete world for obligations of a property, by the obligation's name."""
    play = begin(interp, rng, scope_of(interp.system, sizes))
    if play is None:
        return
    frame = play.frame
    if isinstance(prop, Invariant):
        yield from _init(interp, play, prop)
    for _ in range(rng.randrange(5)):
        play.step()
    frame.now = {v.name: frame.now[v.name] if rng.random() < 0.7 else _any(v, frame, rng) for v in interp.system.states}
    if isinstance(prop, Invariant | StepProperty):
        for action in interp.system.actions:
            yield action.name, _step(interp, frame, rng, prop, action)
    elif isinstance(prop, Rule):
        yield from _rule(interp, frame, rng, prop)
    elif isinstance(prop, Enabled):
        world = _world(interp, frame, {"before": frame.now})
        frame.locals = {v.name: rng.choice(frame.members[v.ty.name]) for v in prop.free}
        world.locals = {(name, 0): value for name, value in frame.locals.items()}
        world.truth = {**world.truth, "goal": not _true(interp, frame, prop.defined)}
        yield "defined", world


def _any(variable: Variable, frame: Frame, rng: Random) -> Any:
    if not variable.keys:
        return carried(plain(variable, frame, rng), variable.ty)
    keys = product(*(frame.members[k.name] for k in variable.keys))
    one = Variable(variable.name, (), variable.ty, variable.low, variable.high)
    return {key: carried(plain(one, frame, rng), variable.ty) for key in keys}


def _true(interp: Interpreter, frame: Frame, term: Any) -> bool | None:
    try:
        return bool(interp.code(term)(frame))
    except Undefined:
        return None


def _world(interp: Interpreter, frame: Frame, versions: Mapping[str, Any]) -> World:
    """The facts that every obligation has, about the frame's present state."""
    truth: dict[str, bool] = {}
    for i, assumption in enumerate(interp.system.assumptions):
        holds = _true(interp, frame, assumption.condition)
        if holds is not None:
            truth[f"assume {i}:{assumption.name}"] = holds
    for prop in interp.system.properties:
        if isinstance(prop, Invariant) and "before" in versions:
            defined, holds = _true(interp, frame, prop.defined), _true(interp, frame, prop.formula)
            if defined and holds is not None:
                truth[f"known {prop.heading.name}"] = holds
    return World(frame.members, frame.params, versions, {}, truth)


def _chosen(body: tuple[Stmt, ...]) -> Iterator[Choose | Havoc]:
    for stmt in body:
        match stmt:
            case Choose() | Havoc():
                yield stmt
            case Branch(_, then, otherwise):
                yield from _chosen((*then, *otherwise))
            case ForEach(_, inner):
                yield from _chosen(inner)
            case _:
                pass


def _filled(interp: Interpreter, frame: Frame, rng: Random, body: tuple[Stmt, ...], choices: dict[str, Any]) -> None:
    """A value for each choice that a run has not come to."""
    for stmt in _chosen(body):
        if isinstance(stmt, Havoc):
            choices.setdefault(stmt.name, _any(interp.states[stmt.state], frame, rng))
        else:
            variable = Variable(stmt.var.name, (), stmt.var.ty, stmt.low, stmt.high)
            choices.setdefault(stmt.var.name, _any(variable, frame, rng))


def _choice_values(
    interp: Interpreter, body: tuple[Stmt, ...], choices: Mapping[str, Any], call: int
) -> tuple[dict[str, Any], dict[tuple[str, int], Any]]:
    versions: dict[str, Any] = {}
    values: dict[tuple[str, int], Any] = {}
    for stmt in _chosen(body):
        if isinstance(stmt, Havoc):
            versions[f"chosen {stmt.name} {call}"] = {stmt.state: choices[stmt.name]}
        else:
            values[stmt.var.name, call] = choices[stmt.var.name]
    return versions, values


def _ran(interp: Interpreter, frame: Frame, rng: Random, action: Action, args: tuple[Any, ...]) -> tuple[bool, Move]:
    """Runs an action with choices that are all written down; whether it succeeded."""
    before, choices = frame.now, {}
    frame.chooser = random_chooser(interp, rng)
    act(interp, frame, action, args, choices)
    frame.now, frame.chooser = before, None
    _filled(interp, frame, rng, action.body, choices)
    return act(interp, frame, action, args, choices) is None, Move(action.name, args, choices)


def _init(interp: Interpreter, play: Any, prop: Invariant) -> Iterator[tuple[str, World]]:
    frame, system = play.frame, interp.system
    choices = dict(play.choices)
    _filled(interp, frame, play.rng, system.init, choices)
    frame.chooser = None
    succeeded = enter(interp, frame, choices) is None
    unset = {
        v.name: complete(v, choices.get(v.name) if v.name in interp.open else None, frame.members)
        for v in system.states
    }
    versions, values = _choice_values(interp, system.init, choices, 0)
    world = _world(interp, frame, {"unset": unset, **versions})
    world.locals, world.needs = values, succeeded
    if succeeded:
        world.truth = {
            **world.truth,
            "goal": not (_true(interp, frame, prop.defined) and _true(interp, frame, prop.formula)),
        }
    frame.chooser = random_chooser(interp, play.rng)
    yield "init", world


def _step(interp: Interpreter, frame: Frame, rng: Random, prop: Any, action: Action) -> World:
    before = frame.now
    frame.locals = {}
    world = _world(interp, frame, {"before": before})
    args = random_args(interp, frame, action, rng)
    succeeded, move = _ran(interp, frame, rng, action, args)
    versions, values = _choice_values(interp, action.body, move.choices, 1)
    world.versions = {**world.versions, **versions}
    world.locals = {**{(v.name, 0): a for v, a in zip(action.args, args, strict=True)}, **values}
    world.needs = succeeded
    if succeeded:
        frame.old, frame.action, frame.locals = before, action.name, {}
        defined = _true(interp, frame, prop.defined)
        world.truth = {**world.truth, "goal": not (defined and _true(interp, frame, prop.formula))}
    frame.now = before
    return world


def _rule(interp: Interpreter, frame: Frame, rng: Random, rule: Rule) -> Iterator[tuple[str, World]]:
    """The worlds of all places of a program that a run comes to."""
    before = frame.now
    frame.locals = {}
    world = _world(interp, frame, {"before": before})
    drawn = random_rule_args(interp, frame, rule, rng)
    args = {v.name: carried(drawn[v.name], v.ty) for v in rule.args}
    world.locals = {(name, 0): value for name, value in args.items()}
    local, met, call = dict(args), 0, 0

    def play(program: tuple[Stmt, ...]) -> Iterator[tuple[str, World] | None]:
        """Yields worlds; None where the run ends."""
        nonlocal met, call
        for stmt in program:
            frame.locals = local
            match stmt:
                case Let(var, value, defined):
                    if defined != TRUE:
                        yield (f"goal {met}", shown(not _true(interp, frame, defined)))
                        met += 1
                        if not _true(interp, frame, defined):
                            yield None
                            return
                    local[var.name] = interp.code(value)(frame)
                case Check(condition, defined):
                    fine = bool(_true(interp, frame, defined) and _true(interp, frame, condition))
                    yield (f"goal {met}", shown(not fine))
                    met += 1
                    if not fine:
                        yield None
                        return
                case Call(name, terms, reverts, defined):
                    if defined != TRUE:
                        yield (f"goal {met}", shown(not _true(interp, frame, defined)))
                        met += 1
                        if not _true(interp, frame, defined):
                            yield None
                            return
                    values = tuple(carried(interp.code(t)(frame), t.ty) for t in terms)
                    call += 1
                    action = interp.actions[name]
                    succeeded, move = _ran(interp, frame, rng, action, values)
                    frame.locals = local
                    versions, chosen = _choice_values(interp, action.body, move.choices, call)
                    world.versions = {**world.versions, **versions}
                    world.locals = {**world.locals, **chosen}
                    if reverts:
                        yield (f"goal {met}", shown(succeeded, needs=None))
                        met += 1
                    if succeeded == reverts:
                        yield None
                        return
                case Compare(first, second):
                    here = frame.now
                    for part in play(first):
                        yield part
                        if part is None:
                            return
                    ended, frame.now = frame.now, here
                    for part in play(second):
                        yield part
                        if part is None:
                            return
                    frame.first, frame.second, frame.now = ended, frame.now, here
                case Require(condition):
                    if not _true(interp, frame, condition):
                        yield None
                        return
                case _:
                    raise NotImplementedError(stmt)

    def shown(goal: bool, needs: bool | None = True) -> World:
        truth = {**world.truth, "goal": goal}
        return World(world.members, world.params, world.versions, world.locals, truth, needs)

    for found in play(rule.program):
        if found is None:
            break
        yield found
    frame.now = before
