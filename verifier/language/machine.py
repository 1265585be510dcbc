"""The LALR automaton: runs over tokens with a stack, building the tree as it goes.

It has no recursion, so depth costs memory only; what is nested deeper than `MAX_DEPTH` is refused, since later stages
do recurse. It stops at the first token that fits nowhere, and can be set back to look at what would have fitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from verifier.language.builder import Builder
from verifier.language.frozen import dataclass
from verifier.language.lexer import Tokens
from verifier.language.source import Span
from verifier.language.tables import SPLICE, Tables
from verifier.language.tree import MAKERS

# Levels of nesting in one expression or statement. Stages recurse a few calls a level, and Python allows 1,000 calls.
MAX_DEPTH = 200
# More symbols than this are never open at once in a tree of that depth.
_MAX_STACK = 12 * MAX_DEPTH

# The kind of token that no state accepts and no reduction precedes: it halts the machine right after what came before.
_HALT = -2

DECLARATION_WORDS = (
    "MODEL", "SPEC", "IMPORT", "UNIT", "SORT", "ENUM", "STRUCT", "PARAM", "STATE", "INIT", "DEF", "ACTION",
    "ENVIRONMENT", "USE", "EXPOSE", "ASSUME", "RELY", "INVARIANT", "LEMMA", "STEP", "ENABLED", "RESPONDS", "REACHABLE",
    "RULE", "SCENARIO", "PROOF",
)  # fmt: skip


@final
class TooDeep(Exception):
    """Nesting beyond MAX_DEPTH, noticed when the token at `index` was next."""

    def __init__(self, index: int, span: Span) -> None:
        super().__init__(index)
        self.index = index
        self.span = span


@final
@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The stack as it was before the token at `index`."""

    index: int
    states: tuple[int, ...]
    values: tuple[Any, ...]
    firsts: tuple[int, ...]
    depths: tuple[int, ...]


@final
class Machine:
    """A stack of symbols, in four parallel lists: the state after it, its value, its first token, its depth."""

    def __init__(self, table: Tables, tokens: Tokens, builder: Builder) -> None:
        self.table = table
        self.tokens = tokens
        self.builder = builder
        self.states = [0]
        self.values: list[Any] = [None]
        self.firsts = [0]
        self.depths = [0]
        self.checkpoint = self._save(0)
        self._makers = [MAKERS.get(rule.make) for rule in table.rules]
        self._milestones = frozenset(table.ids[word] for word in DECLARATION_WORDS)

    def run(self, i: int) -> int:
        """Take tokens from index `i` on, up to one that does not fit, whose index is returned; or up to the end, and
        then the result is the number of tokens."""
        actions, jumps, rules, makers = self.table.actions, self.table.jumps, self.table.rules, self._makers
        kinds, starts, ends = self.tokens.kinds, self.tokens.starts, self.tokens.ends
        path = self.tokens.source.path
        builder, milestones, last, chains = self.builder, self._milestones, self.table.last, self.table.chains
        states, values, firsts, depths = self.states, self.values, self.firsts, self.depths
        state = states[-1]
        while True:
            kind = kinds[i]
            action = actions[state].get(kind)
            if action is None:
                return i
            if action >= 0:
                if kind in milestones:
                    self.checkpoint = self._save(i)
                elif len(states) > _MAX_STACK:
                    raise TooDeep(i, Span(path, starts[i], ends[i]))
                state = action
                states.append(state)
                values.append(i)
                firsts.append(i)
                depths.append(0)
                i += 1
                continue
            rule = rules[~action]
            n = rule.length
            if n == 1 and rule.kind == "pass":
                step = (states[-2], state, kind)
                end = chains.get(step)
                if end is None:
                    end = chains[step] = self._end_of_chain(*step)
                states[-1] = state = end
                continue
            if n:
                popped = values[-n:]
                first = firsts[-n]
                depth = max(depths[-n:])
                del states[-n:], values[-n:], firsts[-n:], depths[-n:]
            else:
                popped, first, depth = [], i, 0
            match rule.kind:
                case "pass":
                    value = popped[rule.recipe[0]]
                case "list":
                    value = [popped[k] for k in rule.recipe]
                case "append":
                    value = popped[0]
                    value.extend([popped[k] for k in rule.recipe[1:]])
                case _:
                    picked: list[Any] = []
                    for k in rule.recipe:
                        if k < 0:
                            picked.append(None)
                        elif k < SPLICE:
                            picked.append(popped[k])
                        else:
                            picked.extend(popped[k - SPLICE])
                    span = Span(path, starts[first], ends[i - 1] if n else starts[first])
                    value = makers[~action](builder, span, first, *picked)  # type: ignore[misc]
                    if not isinstance(value, (list, tuple)):
                        depth += 1
                        if depth > MAX_DEPTH:
                            raise TooDeep(i, span)
            state = jumps[states[-1]][rule.head]
            states.append(state)
            values.append(value)
            firsts.append(first)
            depths.append(depth)
            if state == last:
                return i + 1

    def _end_of_chain(self, below: int, state: int, kind: int) -> int:
        """The state after all reductions that replace the topmost symbol by another of the same value, when a token of
        this kind is next. `below` is the state under that symbol."""
        actions, jumps, rules = self.table.actions, self.table.jumps, self.table.rules
        while True:
            action = actions[state].get(kind, 0)
            if action >= 0:
                return state
            rule = rules[~action]
            if rule.length != 1 or rule.kind != "pass":
                return state
            state = jumps[below][rule.head]

    # ------------------------------------------------------------------------------ looking around an error

    def rewind(self, i: int) -> None:
        """Go back to the stack as it was right after token `i - 1`.

        An LALR automaton may have reduced before it saw that token `i` does not fit; that hides what would have."""
        if i < self.checkpoint.index:
            return
        self.restore(self.checkpoint)
        self.run_to(i, self.checkpoint.index)

    def run_to(self, stop: int, start: int) -> None:
        """Take the tokens from `start` up to, but without, the one at `stop`, which is not looked at."""
        kinds = self.tokens.kinds
        kept, kinds[stop] = kinds[stop], _HALT
        try:
            self.run(start)
        finally:
            kinds[stop] = kept

    def mark(self, i: int) -> None:
        """Note that the stack is as it should be before token `i`, whatever led there."""
        self.checkpoint = self._save(i)

    def restore(self, point: Checkpoint) -> None:
        """Set the stack back."""
        self.states[:], self.values[:] = point.states, point.values
        self.firsts[:], self.depths[:] = point.firsts, point.depths

    def truncate(self, length: int) -> None:
        """Forget all symbols above the first `length`."""
        for values in (self.states, self.values, self.firsts, self.depths):
            del values[length:]

    def takes(self, kinds: Iterable[int], states: list[int] | None = None) -> bool:
        """Whether these kinds of token would fit next, one after the other."""
        stack = list(self.states if states is None else states)
        actions, jumps, rules = self.table.actions, self.table.jumps, self.table.rules
        for kind in kinds:
            while True:
                if stack[-1] == self.table.last:
                    return True
                action = actions[stack[-1]].get(kind)
                if action is None:
                    return False
                if action >= 0:
                    stack.append(action)
                    break
                rule = rules[~action]
                if rule.length:
                    del stack[-rule.length :]
                stack.append(jumps[stack[-1]][rule.head])
        return True

    def accepts(self) -> frozenset[int]:
        """Every kind of token that would fit next."""
        candidates = self.table.actions[self.states[-1]]
        return frozenset(kind for kind in candidates if self.takes([kind]))

    def _save(self, i: int) -> Checkpoint:
        return Checkpoint(i, tuple(self.states), tuple(self.values), tuple(self.firsts), tuple(self.depths))
