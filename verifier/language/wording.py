"""What the parser found and what it could have taken, in the user's words.

A token's name never reaches the user: what fits is named by what it is for (an expression, a statement, a type), and
what is left over by its spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from verifier.language.lexer import Tokens
from verifier.language.tables import Tables

_OPERATORS: Final = (
    "PLUS", "MINUS", "TIMES", "DIVIDE", "POWER", "EQUAL", "UNEQUAL", "LESS", "AT_MOST", "GREATER", "AT_LEAST", "AND",
    "OR", "IMPLIES", "LSQB", "DOT", "LPAR",
)  # fmt: skip
_EXPRESSION: Final = (
    "NUMBER", "NAME", "LPAR", "NOT", "MINUS", "FORALL", "EXISTS", "IF", "TRUE", "FALSE", "ACTION", "MATCH", "WILDCARD",
    "ANY", "ANY_OF",
)  # fmt: skip
_STATEMENT: Final = (
    "NAME", "REQUIRE", "LET", "FOR", "IF", "WRAPPING", "REVERTS", "CHECK", "COMPARE", "START",
)  # fmt: skip
_MODEL: Final = (
    "UNIT", "SORT", "ENUM", "STRUCT", "PARAM", "STATE", "INIT", "DEF", "ACTION", "ENVIRONMENT", "USE", "EXPOSE",
    "MODEL", "SPEC", "PROOF", "IMPORT", "$END",
)  # fmt: skip
_SPEC: Final = (
    "PARAM", "DEF", "ASSUME", "RELY", "INVARIANT", "LEMMA", "STEP", "ENABLED", "RESPONDS", "REACHABLE", "RULE",
    "SCENARIO", "MODEL", "SPEC", "PROOF", "EXPECT", "$END",
)  # fmt: skip

# What is for, which tokens tell that it is expected, and which tokens it then stands for.
_GROUPS: Final = (
    ("an expression", ("NUMBER", "FORALL", "MATCH"), _EXPRESSION),
    ("a statement", ("REQUIRE", "COMPARE"), _STATEMENT),
    ("an operator", ("AND", "PLUS"), _OPERATORS),
    ("an operator", ("PLUS", "TIMES"), _OPERATORS),
    ("a declaration", ("STATE", "INIT"), _MODEL),
    ("a declaration", ("INVARIANT", "RULE"), _SPEC),
    ("a type", ("NUMBER_TYPE", "BOOL"), ("NUMBER_TYPE", "BOOL", "NAME", "LPAR")),
    ("`model` or `spec`", ("MODEL", "SPEC"), ("MODEL", "SPEC", "PROOF", "IMPORT", "$END")),
)
_PHRASES: Final[Mapping[str, str]] = {
    "NAME": "a name",
    "NUMBER": "a number",
    "NUMBER_TYPE": "a number type",
    "WILDCARD": "`_`",
    "PATH": "a path such as `oracle/median`",
    "$END": "the end of the file",
    "ANY_OF": "`any`",
}

# What a declaration's first word makes, for "a name for the …".
DECLARED: Final[Mapping[str, str]] = {
    "MODEL": "the model", "SPEC": "the spec", "UNIT": "the unit", "SORT": "the sort", "ENUM": "the enum",
    "STRUCT": "the struct",
    "PARAM": "the parameter", "STATE": "the state variable", "DEF": "the definition", "ACTION": "the action",
    "USE": "what to use", "EXPOSE": "the part", "ASSUME": "the assumption", "RELY": "the assumption",
    "INVARIANT": "the invariant", "LEMMA": "the lemma", "STEP": "the property", "ENABLED": "the property",
    "RESPONDS": "the property", "REACHABLE": "the property", "RULE": "the rule", "SCENARIO": "the scenario",
    "LET": "the value",
}  # fmt: skip


def expected(table: Tables, accepts: Iterable[int], previous: int) -> str:
    """What would have fitted, after a token of kind `previous`: "an operator, a statement or `}`"."""
    left = {table.terminals[kind] for kind in accepts}
    if left == {"NAME"} and (thing := DECLARED.get(table.terminals[previous])):
        return f"a name for {thing}"
    phrases: list[str] = []
    for phrase, signs, covers in _GROUPS:
        if left.issuperset(signs):
            if phrase not in phrases:
                phrases.append(phrase)
            left.difference_update(covers)
    if phrases:
        # At such a place the file may end, too, and a result may be turned round; neither is worth a word.
        left -= {"$END", "EXPECT", "LSQB", "TO"}
    if "a statement" in phrases and "an operator" in phrases:
        phrases.remove("a statement")
        phrases.append("the next statement")
    if "a declaration" in phrases and "an operator" in phrases:
        phrases[phrases.index("a declaration")] = "the next declaration"
    rest = sorted(_PHRASES.get(t) or f"`{table.spellings[table.ids[t]]}`" for t in left)
    return one_of([*phrases, *rest])


def one_of(phrases: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(phrases) > 6:
        phrases = [*phrases[:5], "something else"]
    return " or ".join(filter(None, [", ".join(phrases[:-1]), phrases[-1]])) if phrases else "nothing more"


def found(table: Tables, tokens: Tokens, index: int) -> str:
    """A token as the sentence "found …" needs it."""
    kind = tokens.kinds[index]
    text = tokens.text(index)
    match table.terminals[kind] if kind >= 0 else "":
        case "$END":
            return "the end of the file"
        case "NUMBER":
            return f"the number `{clip(text)}`"
        case "NAME" | "PATH" | "":
            return f"`{clip(text)}`"
        case _:
            return f"the word `{text}`" if text.isidentifier() else f"`{text}`"


def clip(text: str, limit: int = 60) -> str:
    """On one line, and not longer than a line of an error message can bear."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` is a slip of, if one is close enough."""
    folded = word.casefold()
    allowed = 2 if len(word) >= 6 else 1
    ranked = sorted((_distance(folded, candidate, allowed), candidate) for candidate in candidates)
    return ranked[0][1] if ranked and len(word) > 1 and ranked[0][0] <= allowed else None


def _distance(a: str, b: str, limit: int) -> int:
    """Letters to insert, drop, change, or swap with their neighbour; more than `limit` is `limit + 1`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if before and j > 1 and i > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], limit + 1)
