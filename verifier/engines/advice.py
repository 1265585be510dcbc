"""What to try where a property is not decided: a lemma, a larger depth, a bound, a stronger `require`."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.engines.single import Single, goal_of
from verifier.engines.verdict import StuckStep
from verifier.language.checking.suggest import listed
from verifier.system.analysis import states_read, states_written
from verifier.system.transition import Branch, ForEach, Let, Reachable, Require, Set, Stmt

DEEPER = 4
"""Steps more than the last search, for the next one."""


def advice(single: Single, stuck: StuckStep | None) -> tuple[str, ...]:
    """Sentences, the most promising first."""
    return tuple(_advice(single, stuck))


def _advice(single: Single, stuck: StuckStep | None) -> Iterator[str]:
    searched = single.searched
    depth = searched.depth if searched is not None else -1
    if isinstance(single.prop, Reachable):
        yield _deeper(single, depth, "If it takes more steps")
        yield "If it can't happen, look for the `require` or the assumption that is in its way."
        return
    begins = single.left is not None and single.left.claim.name.endswith("/init")
    if begins and stuck is not None and stuck.before:
        yield "If no run should begin there, `init` lacks a condition, such as `any where …`, that excludes it."
    elif stuck is not None and stuck.before:
        others = _others(single, stuck.action)
        about = f" about {listed(others)}" if others else ""
        yield (
            f"If the state above can't come about, say why: state what excludes it as a `lemma`{about}, beside the "
            "property. The tool proves the lemma, and then leans on it."
        )
        if stuck.action is not None:
            yield f"If it can come about and should not, `{stuck.action}` lacks a `require` that excludes it."
    elif stuck is not None and stuck.product:
        yield (
            f"What makes it hard is the product `{stuck.product}`. A bound for one of its factors helps most: a "
            "`where` on a parameter, or a profile with the numbers of one market. So does a `lemma` about the product."
        )
    elif stuck is not None:
        yield "A `lemma` in between, from which the property follows in a smaller step, makes it easier."
    yield _deeper(single, depth, "If the property may be false")


def _deeper(single: Single, depth: int, when: str) -> str:
    searched = single.searched
    longer = "initial states" if depth < 0 else "a single step" if depth == 0 else f"runs of {depth + 1} steps"
    if searched is not None and searched.undecided:
        return (
            f"{when}: the search gave up on {longer}. Fewer choices make it go on: a profile with numbers for the "
            "parameters, or a smaller model with fewer actions."
        )
    return f"{when}, search for longer runs: `--depth {max(depth, 0) + DEEPER}`."


def _others(single: Single, action: str | None) -> tuple[str, ...]:
    """State variables that the step goes by and the property does not mention, those it needs in a `require` first."""
    if action is None:
        return ()
    goal = states_read(goal_of(single.prop))
    body = single.system.action(action).body
    needed = tuple(dict.fromkeys(s for s in _read(body) if s not in goal))
    written = states_written(body)
    return tuple(sorted(needed, key=lambda s: s in written))[:3]


def _read(body: tuple[Stmt, ...]) -> Iterator[str]:
    for stmt in body:
        match stmt:
            case Require(condition, why) if why.kind in ("require", "rely"):
                yield from sorted(states_read(condition))
            case Set(_, _, value) | Let(_, value):
                yield from sorted(states_read(value))
            case Branch(condition, then, otherwise):
                yield from sorted(states_read(condition))
                yield from _read((*then, *otherwise))
            case ForEach(_, inner):
                yield from _read(inner)
            case _:
                pass
