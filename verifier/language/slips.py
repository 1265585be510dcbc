"""Habits of Solidity and Python, and what is written here instead.

Each function looks at the token that did not fit. If it knows the slip, it mends the tokens as the user will, so that
the rest of the file is read as meant, and says what was wrong; if not, it answers None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from verifier.language.diagnostics import Diagnostic
from verifier.language.foreign import foreign_word, mapping, modifiers
from verifier.language.machine import Machine
from verifier.language.source import Span
from verifier.language.tables import WRONG
from verifier.language.wording import clip

Slip = Callable[[Machine, int], Diagnostic | None]

_OPERATORS: Final[Mapping[str, tuple[str, str]]] = {
    "&&": ("AND", "and"), "&": ("AND", "and"), "||": ("OR", "or"), "|": ("OR", "or"), "!": ("NOT", "not"),
    "~": ("NOT", "not"),
    "==>": ("IMPLIES", "implies"), "=>": ("IMPLIES", "implies"), "->": ("IMPLIES", "implies"),
    "<=>": ("IMPLIES", "=="), "<==>": ("IMPLIES", "=="), "===": ("EQUAL", "=="), "!==": ("UNEQUAL", "!="),
    "**": ("POWER", "^"),
}  # fmt: skip
_QUOTES: Final = "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"


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
    elif first.isalpha():
        _mend_word(m, i, span)
    return Diagnostic("VS0101", span, {"found": shown, "hint": hint})


def _mend_word(m: Machine, i: int, span: Span) -> None:
    """Token `i` follows letters that names do not have: with what adjoins them, they are to be one name."""
    tokens, name = m.tokens, m.table.ids["NAME"]
    begun = i > 0 and tokens.kinds[i - 1] == name and tokens.ends[i - 1] == span.start
    goes_on = tokens.kinds[i] == name and tokens.starts[i] == span.end
    if begun and goes_on:
        tokens.delete(i)
    elif not begun and not goes_on and m.takes([name]):
        tokens.insert(i, name)


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


SLIPS: Final[tuple[Slip, ...]] = (
    semicolon, comment_style, operator, compound_assignment, equals_sign, number, require_message, import_path,
    quotes, character, wildcard, chained_comparison, foreign_word, mapping, modifiers,
)  # fmt: skip
