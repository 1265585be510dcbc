"""Words of Solidity and Python that begin something, and what begins it here. As in `slips`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from verifier.language.diagnostics import Diagnostic
from verifier.language.machine import Machine
from verifier.language.source import Span
from verifier.language.wording import clip

# Words of other languages where a declaration, a statement or an expression begins, and the word to use.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "function": ("ACTION", "An `action` changes the state; a `def` computes a value from it."),
    "fn": ("ACTION", "An `action` changes the state; a `def` computes a value from it."),
    "contract": ("MODEL", "A protocol is a `model`."),
    "library": ("MODEL", "A protocol is a `model`."),
    "interface": ("MODEL", "A protocol is a `model`."),
    "class": ("MODEL", "A protocol is a `model`."),
    "constructor": ("INIT", "The state at the beginning stands in `init { … }`."),
    "var": ("STATE", "What an action may change is declared with `state name : type`."),
    "const": ("PARAM", "What is fixed for a run is a `param`, or a `def` if its value is known."),
    "constant": ("PARAM", "What is fixed for a run is a `param`, or a `def` if its value is known."),
    "property": ("INVARIANT", "What holds in every reachable state is an `invariant`."),
    "theorem": ("INVARIANT", "What holds in every reachable state is an `invariant`."),
    "always": ("INVARIANT", "What holds in every reachable state is an `invariant`."),
    "test": ("SCENARIO", "One concrete run is a `scenario`; a program from any state is a `rule`."),
    "type": ("SORT", "A set of things is a `sort`, a list of names an `enum`, a record a `struct`."),
    "assert": (
        "CHECK",
        "In a rule or a scenario write `check`; in an action a condition that must hold is a `require`.",
    ),
    "iff": ("EQUAL", "Between two conditions, `==` says that both hold or neither does."),
    "elif": ("ELSE", "Write `else if`."),
    "all": ("FORALL", "Write `forall a in Account: …`."),
}


def foreign_word(m: Machine, i: int) -> Diagnostic | None:
    """`function`, `contract`, `assert x`: a word of another language, at this token or at the one before."""
    tokens, ids = m.tokens, m.table.ids
    kind, text = tokens.kinds[i], tokens.text(i)
    if kind == ids["NAME"] and text in WORDS and m.takes([ids[WORDS[text][0]]]):
        terminal, hint = WORDS[text]
        tokens.kinds[i] = ids[terminal]
        return _foreign(text, hint, tokens.span(i))
    return None


def mapping(m: Machine, i: int) -> Diagnostic | None:
    """`mapping(address => uint)`."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != ids["LPAR"] or i == 0 or tokens.text(i - 1) != "mapping":
        return None
    stop, level = i, 0
    while tokens.kinds[stop] != ids["$END"]:
        level += (tokens.kinds[stop] == ids["LPAR"]) - (tokens.kinds[stop] == ids["RPAR"])
        stop += 1
        if level == 0:
            break
    inside = tokens.source.text[tokens.ends[i] : tokens.ends[stop - 1]]
    keys = re.findall(r"([A-Za-z_0-9]+)\s*[A-Za-z_0-9]*\s*=>", inside)
    values = re.findall(r"=>\s*([A-Za-z_0-9]+)", inside)
    left = ", ".join(keys) or "Account"
    written = f"({left})" if len(keys) > 1 else left
    span = tokens.span(i - 1).to(tokens.span(stop - 1))
    tokens.delete(i, stop - i)
    hint = f"Write `{clip(f'{written} -> {values[-1] if values else chr(8230)}')}`."
    return Diagnostic("VS0113", span, {"found": "mapping", "hint": hint})


def modifiers(m: Machine, i: int) -> Diagnostic | None:
    """`action f() public returns (uint) {`."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.text(i) not in _MODIFIERS or not m.takes([ids["LBRACE"]]):
        return None
    stop = i
    while tokens.kinds[stop] not in (ids["LBRACE"], ids["RBRACE"], ids["$END"]):
        stop += 1
    if tokens.kinds[stop] != ids["LBRACE"]:
        return None
    span, text = tokens.span(i), tokens.text(i)
    tokens.delete(i, stop - i)
    if text == "returns":
        return _foreign(text, "An action gives nothing back; a value is computed by a `def`.", span)
    return _foreign(text, "Anyone may run any action; who may not is said by a `require`.", span)


_MODIFIERS: Final = frozenset(
    ["public", "external", "internal", "private", "view", "pure", "payable", "override", "virtual", "returns",
     "nonReentrant", "onlyOwner"]
)  # fmt: skip


def _foreign(text: str, hint: str, span: Span) -> Diagnostic:
    return Diagnostic("VS0112", span, {"found": text, "hint": hint})
