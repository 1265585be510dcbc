"""The LALR table of the grammar, read from grammar.json.

Terminals and states are small integers in here. `build_grammar` makes the file from grammar.lark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, final

from verifier.language.frozen import dataclass, field

# As in build_grammar: what stands in a recipe besides an index.
KEEP_NONE = -1
SPLICE = 1000

# A token that belongs to no word or sign of the language; the table has no action for it in any state.
WRONG = -1


@final
@dataclass(frozen=True, slots=True)
class Rule:
    """A reduction: pop `length` values, make one, go on from `head`.

    `make` is the name of the function in `tree` that makes the value from what `recipe` picks. `kind` says how: "pass"
    hands on the one value that `recipe` names, "list" starts a list, "append" adds to the list that is the first value
    popped.
    """

    head: int
    length: int
    kind: Literal["pass", "list", "append", "make"]
    make: str
    recipe: tuple[int, ...]


@final
@dataclass(frozen=True, slots=True)
class Tables:
    """`actions[state][terminal]` is a state to shift to, or `~rule` to reduce; no entry is a syntax error.
    `jumps[state][head]` is the state after a reduction to `head`. Parsing starts in state 0 and ends in `last`.
    `chains` remembers where a row of reductions that only hand on a value leads: a name is a factor, which is a term,
    and so on up to a whole expression."""

    terminals: tuple[str, ...]
    ids: Mapping[str, int]
    words: Mapping[str, int]
    signs: Mapping[str, int]
    spellings: Mapping[int, str]
    name: str
    number: str
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[int, int], ...]
    jumps: tuple[Mapping[int, int], ...]
    last: int
    chains: dict[tuple[int, int, int], int] = field(default_factory=dict, compare=False)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The table, read once a process (a few milliseconds)."""
    data = json.loads(resources.files("verifier.language").joinpath("grammar.json").read_text(encoding="utf-8"))
    ids = {name: i for i, name in enumerate(data["terminals"])}
    words: dict[str, int] = dict.fromkeys(data["number_types"], ids["NUMBER_TYPE"])
    signs: dict[str, int] = {}
    for terminal, spelling in data["spellings"].items():
        (words if spelling.isidentifier() else signs)[spelling] = ids[terminal]
    # These are words only in some places; the lexer decides.
    words |= {"start": ids["START"], "leads": ids["LEADS_TO"]}
    return Tables(
        terminals=tuple(data["terminals"]),
        ids=ids,
        words=words,
        signs=signs,
        spellings={ids[t]: s for t, s in data["spellings"].items()}
        | {ids["START"]: "start", ids["LEADS_TO"]: "leads to"},
        name=data["name"],
        number=data["number"],
        rules=tuple(_rule(*row) for row in data["rules"]),
        actions=_rows(data["actions"]),
        jumps=_rows(data["jumps"]),
        last=data["last"],
    )


def _rule(head: int, length: int, make: str, recipe: list[int]) -> Rule:
    kind: Literal["pass", "list", "append", "make"]
    match make:
        case "":
            kind = "pass"
        case "+":
            kind = "append" if recipe[0] >= SPLICE else "list"
        case _:
            kind = "make"
    return Rule(head, length, kind, make, tuple(recipe))


def _rows(shared: dict[str, Any]) -> tuple[Mapping[int, int], ...]:
    rows = [dict(zip(row[::2], row[1::2], strict=True)) for row in shared["rows"]]
    return tuple(rows[i] for i in shared["use"])
