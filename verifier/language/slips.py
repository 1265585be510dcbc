"""Habits of Solidity and Python, and what is written here instead.

Each function looks at the token that did not fit. If it knows the slip, it mends the tokens as the user will, so that the
rest of the file is read as meant, and says what was wrong; if not, it answers None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from verifier.language.diagnostics import Diagnostic
from verifier.language.machine import Machine
from verifier.language.source import Span
from verifier.language.tables import WRONG
from verifier.language.wording import clip

Slip = Callable[[Machine, int], Diagnostic | None]

_OPERATORS: Final[Mapping[str, tuple[str, str]]] = {
    "&&": ("AND", "and"), "&": ("AND", "and"), "||": ("OR", "or"), "|": ("OR", "or"), "!": ("NOT", "not"), "~": ("NOT", "not"),
    "==>": ("IMPLIES", "implies"), "=>": ("IMPLIES", "implies"), "->": ("IMPLIES", "implies"),
    "<=>": ("IMPLIES", "=="), "<==>": ("IMPLIES", "=="), "===": ("EQUAL", "=="), "!==": ("UNEQUAL", "!="), "**": ("POWER", "^"),
}  # fmt: skip
_QUOTES: Final = "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"

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


def semicolon(m: Machine, i: int) -> Diagnostic | None:
    """`;` after a statement. They are all dropped at once: who writes one writes many."""
    tokens = m.tokens
    if tokens.text(i) != ";":
        return None
    span = tokens.span(i)
    return Diagnostic("VS0106", span, {"more": _drop_all(m, i, ";")})


def _drop_all(m: Machine, i: int, beginning: str) -> str:
    """Drop this wrong token and all its like below; how many those are, for the message."""
    tokens = m.tokens
    marks = {
        k for k in range(i, len(tokens.kinds)) if tokens.kinds[k] == WRONG and tokens.text(k).startswith(beginning)
    }
    for values in (tokens.kinds, tokens.starts, tokens.ends):
        values[i:] = [value for k, value in enumerate(values[i:], i) if k not in marks]
    return f" The same goes for {len(marks) - 1} more below." if len(marks) > 1 else ""


def comment_style(m: Machine, i: int) -> Diagnostic | None:
    """`# …` and `/* … */`."""
    tokens = m.tokens
    text = tokens.text(i)
    if not text.startswith(("#", "/*")):
        return None
    span = tokens.span(i)
    beginning = "#" if text.startswith("#") else "/*"
    return Diagnostic("VS0115", span, {"found": beginning, "more": _drop_all(m, i, beginning)})


def operator(m: Machine, i: int) -> Diagnostic | None:
    """`&&`, `||`, `!`, `=>`, `**` and their like."""
    tokens, ids = m.tokens, m.table.ids
    text = tokens.text(i)
    if text not in _OPERATORS:
        return None
    terminal, instead = _OPERATORS[text]
    if not m.takes([ids[terminal]]):
        return None
    tokens.kinds[i] = ids[terminal]
    hint = " Put each side in parentheses: `(a > 0) == (b > 0)`." if text in ("<=>", "<==>") else ""
    return Diagnostic("VS0105", tokens.span(i), {"found": text, "instead": instead, "hint": hint})


def compound_assignment(m: Machine, i: int) -> Diagnostic | None:
    """`x *= 2`, `x++`."""
    tokens, ids = m.tokens, m.table.ids
    text = tokens.text(i)
    if text not in ("*=", "/=", "%=", "^=", "**=", "++", "--") or not m.takes([ids["ADD_ASSIGN"]]):
        return None
    span = tokens.span(i)
    tokens.kinds[i] = ids["ADD_ASSIGN"]
    if text in ("++", "--"):
        tokens.insert(i + 1, ids["NUMBER"])
        instead = f"{text[0]}= 1"
    else:
        instead = f":= … {text[:-1].replace('**', '^')} …"
    return Diagnostic("VS0118", span, {"found": text, "instead": instead})


def equals_sign(m: Machine, i: int) -> Diagnostic | None:
    """`=`, `:=` and `==` in each other's place."""
    tokens, ids = m.tokens, m.table.ids
    kind, span = tokens.kinds[i], tokens.span(i)

    def fits(terminal: str) -> bool:
        if not m.takes([ids[terminal]]):
            return False
        tokens.kinds[i] = ids[terminal]
        return True

    if kind == ids["IS"] and fits("ASSIGN"):
        return Diagnostic("VS0103", span, {"target": clip(_place_before(m, i), 40)})
    if kind == ids["IS"] and fits("EQUAL"):
        return Diagnostic("VS0104", span, {})
    if kind in (ids["ASSIGN"], ids["EQUAL"]) and fits("IS"):
        return Diagnostic(
            "VS0119", span, {"found": tokens.text(i), "instead": "=", "why": "a name is given to a value here"}
        )
    if kind == ids["ASSIGN"] and fits("EQUAL"):
        return Diagnostic("VS0119", span, {"found": ":=", "instead": "==", "why": "two values are compared here"})
    if kind == ids["EQUAL"] and fits("ASSIGN"):
        return Diagnostic("VS0119", span, {"found": "==", "instead": ":=", "why": "a value is assigned here"})
    return None


def number(m: Machine, i: int) -> Diagnostic | None:
    """`1_`, `0x10`, `.5`."""
    tokens = m.tokens
    text = tokens.text(i)
    if tokens.kinds[i] != WRONG or not re.match(r"\.?[0-9]", text):
        return None
    tokens.kinds[i] = m.table.ids["NUMBER"]
    return Diagnostic("VS0102", tokens.span(i), {"found": clip(text, 40), "hint": _number_hint(text)})


def _number_hint(text: str) -> str:
    exponent = re.search(r"[0-9][eE][+-]?0*([0-9]*)", text)
    if text.lower().startswith("0x") and re.fullmatch(r"0[xX][0-9a-fA-F]{1,64}", text):
        return f"Numbers are decimal: write `{int(text, 16)}`."
    if text.lower().startswith("0x"):
        return "Numbers are decimal."
    if len(text) > 200 or (exponent and len(exponent.group(1)) > 3):
        return "It has too many digits: at most 200, and an exponent below 1,000."
    if "_" in text and re.fullmatch(r"[0-9_.]+", text):
        return "An underscore stands between two digits: `10_000`."
    if text.startswith("."):
        return f"Begin with a digit: `0{clip(text, 30)}`."
    if re.fullmatch(r"[0-9_]+(\.[0-9_]+)?(ether|gwei|wei|days|hours|minutes|seconds|[A-Z]+)", text):
        return "A unit stands in brackets: `5[ETH]`, after it was declared with `unit ETH`."
    return "Numbers look like `12`, `10_000`, `0.825`, `1e18`, `5%` or `30 bps`; a name begins with a letter."


def require_message(m: Machine, i: int) -> Diagnostic | None:
    """`require(x > 0, "must be positive")`."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != ids["COMMA"] or tokens.text(i + 1)[:1] not in _QUOTES or not m.takes([ids["RPAR"]]):
        return None
    span = tokens.span(i + 1)
    text = tokens.text(i + 1)
    tokens.delete(i, 2)
    return Diagnostic("VS0114", span, {"found": clip(text, 40), "message": clip(text.strip(_QUOTES), 40)})


def quotes(m: Machine, i: int) -> Diagnostic | None:
    """Text in quotes."""
    tokens, ids = m.tokens, m.table.ids
    text = tokens.text(i)
    if tokens.kinds[i] != WRONG or text[0] not in "\"'":
        return None
    span = tokens.span(i)
    if tokens.kinds[i - 1] == ids["IMPORT"]:
        return None
    if m.takes([ids["NAME"]]):
        tokens.kinds[i] = ids["NAME"]
    else:
        tokens.delete(i)
    return Diagnostic("VS0116", span, {"found": clip(text, 40)})


def import_path(m: Machine, i: int) -> Diagnostic | None:
    """`import "oracle/median"`, `import ./median.vspec`."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != WRONG or i == 0 or tokens.kinds[i - 1] != ids["IMPORT"]:
        return None
    tokens.kinds[i] = ids["PATH"]
    text = tokens.text(i)
    parts = re.findall(r"[A-Za-z0-9_-]+", text.strip(_QUOTES + ";").removesuffix(".vspec").removesuffix(".sol"))
    return Diagnostic("VS0122", tokens.span(i), {"found": clip(text, 40), "instead": clip("/".join(parts), 60) or "…"})


def character(m: Machine, i: int) -> Diagnostic | None:
    """A character that no token begins with."""
    tokens = m.tokens
    if tokens.kinds[i] != WRONG:
        return None
    text, span = tokens.text(i), tokens.span(i)
    first = text[0]
    name = unicodedata.name(first, "").lower() or f"character {ord(first)}"
    shown = f"`{first}` ({name}, U+{ord(first):04X})" if first.isprintable() else f"{name} (U+{ord(first):04X})"
    if first in _QUOTES:
        hint = "There are no texts in quotes in the language."
    elif first.isspace():
        hint = "It looks like a blank and is none; it often comes along when text is copied from a web page."
    elif first in "\u2264\u2265\u2260\u2227\u2228\u00ac\u2192\u21d2\u2200\u2203\u00d7\u00b7\u2212\u2013\u2014":
        hint = f"In this language it is written `{_SIGNS[first]}`."
    elif first == "%":
        hint = "A percentage is written `5%`, without a value after it; there is no remainder."
    elif first == "?":
        hint = "A choice between two values is written `if … then … else …`."
    elif first.isalpha():
        hint = "Names are made of the letters a to z, digits and underscores."
    else:
        hint = "Nothing in the language begins with it."
    if first in _QUOTES:
        _drop_on_line(m, i, _QUOTES)
    elif first == "?":
        _drop_on_line(m, i, None)
    else:
        tokens.delete(i)
    if first == "%" and m.takes([m.table.ids["TIMES"]]):
        tokens.insert(i, m.table.ids["TIMES"])
    elif (
        first in _SIGNS
        and len(text) == 1
        and m.takes([m.table.words.get(_SIGNS[first]) or m.table.signs[_SIGNS[first]]])
    ):
        tokens.insert(i, m.table.words.get(_SIGNS[first]) or m.table.signs[_SIGNS[first]])
    elif first.isalpha() and m.takes([m.table.ids["NAME"]]) and tokens.kinds[i] != m.table.ids["NAME"]:
        tokens.insert(i, m.table.ids["NAME"])
    return Diagnostic("VS0101", span, {"found": shown, "hint": hint})


def _drop_on_line(m: Machine, i: int, beginnings: str | None) -> None:
    """Drop token `i`, and after it on its line those that begin so; with None, all up to a closing bracket."""
    tokens, ids = m.tokens, m.table.ids
    closing = (ids["RPAR"], ids["RBRACE"], ids["RSQB"], ids["$END"])
    tokens.delete(i)
    while tokens.kinds[i] != ids["$END"] and not tokens.first_on_line(i):
        if beginnings is None and tokens.kinds[i] in closing:
            return
        if beginnings is None or (tokens.kinds[i] == WRONG and tokens.text(i)[0] in beginnings):
            tokens.delete(i)
        else:
            i += 1


_SIGNS: Final[Mapping[str, str]] = {
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2227": "and", "\u2228": "or", "\u00ac": "not", "\u2192": "->",
    "\u21d2": "implies", "\u2200": "forall", "\u2203": "exists", "\u00d7": "*", "\u00b7": "*", "\u2212": "-",
    "\u2013": "-", "\u2014": "-",
}  # fmt: skip


def wildcard(m: Machine, i: int) -> Diagnostic | None:
    """`_` anywhere but among the arguments of `enabled`."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != ids["WILDCARD"] or not m.takes([ids["NAME"]]):
        return None
    tokens.kinds[i] = ids["NAME"]
    return Diagnostic("VS0120", tokens.span(i), {})


def chained_comparison(m: Machine, i: int) -> Diagnostic | None:
    """`0 < x <= y`."""
    tokens, ids = m.tokens, m.table.ids
    comparisons = {ids[t] for t in ("EQUAL", "UNEQUAL", "LESS", "AT_MOST", "GREATER", "AT_LEAST")}
    if tokens.kinds[i] not in comparisons or not m.takes([ids["AND"]]):
        return None
    first = _before_at_same_level(m, i, comparisons)
    if first is None:
        return None
    begin = _before_at_same_level(m, first, None)
    left = tokens.source.text[tokens.starts[0 if begin is None else begin + 1] : tokens.ends[first - 1]]
    middle = tokens.source.text[tokens.starts[first + 1] : tokens.ends[i - 1]]
    span = tokens.span(i)
    values = {
        "first": clip(f"{left} {tokens.text(first)} {middle}", 50),
        "middle": clip(middle, 30),
        "second": tokens.text(i),
    }
    other = tokens.span(first)
    tokens.kinds[i] = ids["AND"]
    return Diagnostic("VS0107", span, values, (("first", other),))


def _before_at_same_level(m: Machine, i: int, kinds: set[int] | None) -> int | None:
    """The nearest token before `i` of one of these kinds, in the same expression and brackets; with None, the token
    that the expression follows."""
    tokens, ids = m.tokens, m.table.ids
    joins = {
        ids[t] for t in ("AND", "OR", "IMPLIES", "NOT", "COLON", "COMMA", "THEN", "ELSE", "WHEN", "WHERE", "ASSIGN")
    }
    level = 0
    inside = {
        ids[t]
        for t in ("NAME", "NUMBER", "DOT", "PLUS", "MINUS", "TIMES", "DIVIDE", "POWER", "TRUE", "FALSE", "ACTION")
    }
    for k in range(i - 1, max(-1, i - 500), -1):
        kind = tokens.kinds[k]
        if kind in (ids["RPAR"], ids["RSQB"]):
            level += 1
        elif kind in (ids["LPAR"], ids["LSQB"]):
            level -= 1
            if level < 0:
                return k if kinds is None else None
        elif level == 0:
            if kinds is not None and kind in kinds:
                return k
            if kind in joins or (kind not in inside and (kinds is None or kind not in kinds)):
                return k if kinds is None else None
    return None


def _place_before(m: Machine, i: int) -> str:
    """The text of the state variable, with its keys and fields, that ends before token `i`."""
    tokens, ids = m.tokens, m.table.ids
    level = 0
    for k in range(i - 1, max(0, i - 200), -1):
        level += (tokens.kinds[k] == ids["RSQB"]) - (tokens.kinds[k] == ids["LSQB"])
        if level == 0 and tokens.kinds[k] == ids["NAME"] and tokens.kinds[k - 1] != ids["DOT"]:
            return tokens.source.text[tokens.starts[k] : tokens.starts[i]].strip()
    return tokens.text(i - 1)


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
    ["public", "external", "internal", "private", "view", "pure", "payable", "override", "virtual", "returns", "nonReentrant",
     "onlyOwner"]
)  # fmt: skip


def _foreign(text: str, hint: str, span: Span) -> Diagnostic:
    return Diagnostic("VS0112", span, {"found": text, "hint": hint})


SLIPS: Final[tuple[Slip, ...]] = (
    semicolon, comment_style, operator, compound_assignment, equals_sign, number, require_message, import_path,
    quotes, character, wildcard, chained_comparison, foreign_word, mapping, modifiers,
)  # fmt: skip
