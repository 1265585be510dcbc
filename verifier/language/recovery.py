"""What to say about a token that does not fit, and how to read on.

One mistake gives one error. The machine stands right before the token at index `i`. Either the tokens are mended, as
the user will mend them, and reading goes on at once; or everything up to the next statement or declaration is skipped.
"""

from __future__ import annotations

from typing import Final

from verifier.language.diagnostics import Diagnostic
from verifier.language.foreign import WORDS
from verifier.language.machine import DECLARATION_WORDS, Machine
from verifier.language.slips import SLIPS, Slip
from verifier.language.tables import WRONG
from verifier.language.wording import DECLARED, closest, expected, found

_CLOSERS: Final = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_STATEMENT_WORDS: Final = ("REQUIRE", "LET", "CHECK", "REVERTS", "COMPARE", "WRAPPING", "START")
_ALSO_IN_EXPRESSIONS: Final = ("IF", "FOR", "NAME")
# Signs and words that are simply missing now and then.
_FORGOTTEN: Final = (
    "COLON",
    "COMMA",
    "IS",
    "IN",
    "THEN",
    "ASSIGN",
    "LBRACE",
    "LPAR",
    "TO",
    "GIVES",
    "REQUIRES",
    "FOR",
    "AS",
    "OF",
    "WITH",
)
# Words that can only follow a complete declaration, and so tell that a bracket was left open.
_MODEL_ONLY: Final = ("UNIT", "SORT", "ENUM", "STRUCT", "STATE", "INIT", "ACTION", "ENVIRONMENT", "USE", "EXPOSE")
_SPEC_ONLY: Final = (
    "ASSUME", "RELY", "INVARIANT", "LEMMA", "STEP", "ENABLED", "RESPONDS", "REACHABLE", "RULE", "SCENARIO",
)  # fmt: skip
_UNITS: Final = ("MODEL", "SPEC", "PROOF")
_PROPERTIES: Final = ("INVARIANT", "LEMMA", "STEP", "ENABLED", "RESPONDS", "REACHABLE", "ASSUME", "RELY")


def recover(m: Machine, i: int) -> tuple[Diagnostic, int]:
    """The error at token `i`, and the index from which to read on."""
    m.rewind(i)
    for slip in (*SLIPS, *_STRUCTURE):
        if (error := slip(m, i)) is not None:
            return error, i
    if (misspelt := _misspelt_before(m, i)) is not None:
        return misspelt
    error = _unexpected(m, i)
    if (missing := _forgotten(m, i)) is not None:
        m.tokens.insert(i, missing)
        return error, i
    return error, skip(m, i)


def _unexpected(m: Machine, i: int) -> Diagnostic:
    tokens, table = m.tokens, m.table
    previous = tokens.kinds[i - 1] if i else WRONG
    values = {
        "found": found(table, tokens, i),
        "expected": expected(table, m.accepts(), previous),
        "hint": _hint(m, i),
    }
    return Diagnostic("VS0100", tokens.span(i), values)


def _hint(m: Machine, i: int) -> str:
    """A sentence for what often goes wrong at such a place, or nothing."""
    tokens, ids = m.tokens, m.table.ids
    kinds = tokens.kinds
    kind = kinds[i]
    previous = kinds[i - 1] if i else WRONG
    before = kinds[i - 2] if i > 1 else WRONG
    if kind == ids["IS"] and m.takes([ids["WHERE"]]):
        return "Profiles and `start` blocks give a parameter its value. A limit is written `where ltv < 1`."
    initial = kind == ids["IS"] and previous == ids["RSQB"]
    if initial or (kind in (ids["IS"], ids["ASSIGN"]) and before == ids["COLON"]):
        return "The value at the beginning stands in `init { … }`."
    if kind == ids["TO"] and (m.takes([ids["WHERE"]]) or m.takes([ids["STATE"]])):
        return "A map with two keys is written `(Account, Market) -> nat`."
    named = kind in (ids["NAME"], ids["NUMBER_TYPE"], ids["BOOL"])
    if m.accepts() == {ids["COLON"]} and named and previous == ids["NAME"]:
        if kinds[i + 1] in (ids["COMMA"], ids["RPAR"]) and before in (ids["COMMA"], ids["LPAR"]):
            swapped = f"{tokens.text(i)}: {tokens.text(i - 1)}"
            return f"A name comes before its type: `{swapped}`, if the second one is the name."
        return "A name comes before its type, with a colon between: `amount: ureal[USD]`."
    if previous == ids["LPAR"] and kind in (ids["NUMBER_TYPE"], ids["BOOL"]) and m.takes([ids["NAME"], ids["COLON"]]):
        return "A name comes before its type, with a colon between: `amount: ureal[USD]`."
    if m.takes([ids["DEF"]]) and not m.takes([ids["REQUIRE"]]):
        statement = m.table.terminals[kind] in _STATEMENT_WORDS or kinds[i + 1] in (
            ids["ASSIGN"],
            ids["ADD_ASSIGN"],
            ids["SUB_ASSIGN"],
        )
        misspelt = kind == ids["NAME"] and closest(tokens.text(i), [word.lower() for word in _STATEMENT_WORDS])
        if statement or misspelt:
            return "Statements stand inside the braces of an `action`, of `init`, or of a rule or scenario."
    if kind == ids["NAME"] and kinds[i + 1] == ids["LBRACE"] and m.takes([ids["INVARIANT"]]):
        return "How a property is proved stands in a proof: `proof of NameOfSpec`."
    if kind == ids["NOT"] and m.takes([ids["NUMBER"]]):
        return "Put it in parentheses: `a == (not b)`."
    if kind == ids["LPAR"] and previous == ids["FOR"]:
        return "Loops run over a whole sort: `for a in Account { … }`."
    if kind == ids["LBRACE"] and m.takes([ids["THEN"]]):
        return "As a value, write `if … then … else …`; `if … { … }` is a statement."
    if kind == ids["THEN"] and m.takes([ids["LBRACE"]]):
        return "As a statement, write `if … { … }`; `if … then … else …` is a value."
    if kind == ids["LBRACE"] and previous == ids["RPAR"] and m.takes([ids["IS"]]):
        return "A `def` gives a value, `def value(a: Account) = …`; what changes the state is an `action`."
    if kind == ids["EXPECT"]:
        return "`expect violated` stands once, at the very end of a property."
    if previous == ids["EXPECT"]:
        return "The only result that can be expected is `violated`."
    if kind == ids["COMMA"] and m.takes([ids["NUMBER"]]) and previous == ids["LPAR"]:
        return "An argument is missing."
    return ""


# ---------------------------------------------------------------------------------------------- structure


def _bracket(m: Machine, i: int) -> Diagnostic | None:
    """A bracket that is never closed, or closed twice, or by the wrong sign."""
    tokens, ids = m.tokens, m.table.ids
    kind = tokens.kinds[i]
    closer_of = {ids[a]: ids[b] for a, b in _CLOSERS.items()}
    opener_of = {b: a for a, b in closer_of.items()}
    opened = _open_brackets(m, closer_of, opener_of)
    if kind in opener_of:
        if not any(tokens.kinds[k] == opener_of[kind] for k in opened):
            if opened and m.takes([closer_of[tokens.kinds[opened[-1]]]]) and kind != ids["RBRACE"]:
                return _close_wrongly(m, i, opened[-1], closer_of)
            span = tokens.span(i)
            shown = tokens.text(i)
            tokens.delete(i)
            return Diagnostic("VS0109", span, {"found": shown, "hint": "No bracket is open here."})
        if tokens.kinds[opened[-1]] == opener_of[kind]:
            return None
    if not opened:
        return None
    innermost = opened[-1]
    closer = closer_of[tokens.kinds[innermost]]
    if tokens.kinds[innermost] == ids["LBRACE"]:
        begins = kind in {ids[word] for word in DECLARATION_WORDS} or kind == ids["$END"]
        wanted = [ids["RBRACE"]] * sum(1 for k in opened if tokens.kinds[k] == ids["LBRACE"])
        for count in range(1, len(wanted) + 1):
            if begins and m.takes([*wanted[:count], kind]):
                break
        else:
            return None
    elif not m.takes([closer, kind]) or (kind == ids["NAME"] and not tokens.first_on_line(i)):
        return None
    tokens.insert(i, closer)
    values = {
        "open": tokens.text(innermost),
        "close": m.table.spellings[closer],
        "found": found(m.table, tokens, i + 1),
    }
    return Diagnostic("VS0108", tokens.span(innermost), values, (("noticed", tokens.span(i + 1)),))


def _close_wrongly(m: Machine, i: int, innermost: int, closer_of: dict[int, int]) -> Diagnostic:
    tokens = m.tokens
    shown = tokens.text(i)
    opener = tokens.text(innermost)
    tokens.kinds[i] = closer_of[tokens.kinds[innermost]]
    wanted = m.table.spellings[tokens.kinds[i]]
    hint = f"The bracket that is open is `{opener}`; it is closed by `{wanted}`."
    return Diagnostic("VS0109", tokens.span(i), {"found": shown, "hint": hint}, (("open", tokens.span(innermost)),))


def _open_brackets(m: Machine, closer_of: dict[int, int], opener_of: dict[int, int]) -> list[int]:
    """The tokens on the stack that are brackets still open, outermost first."""
    opened: list[int] = []
    for value in m.values:
        if type(value) is int:
            kind = m.tokens.kinds[value]
            if kind in closer_of:
                opened.append(value)
            elif kind in opener_of and opened:
                opened.pop()
    return opened


def _late_import(m: Machine, i: int) -> Diagnostic | None:
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != ids["IMPORT"] or not (m.takes([ids["MODEL"]]) or m.takes([ids["DEF"]])):
        return None
    span = tokens.span(i).to(tokens.span(i + 1))
    tokens.delete(i, 2 if tokens.kinds[i + 1] == ids["PATH"] else 1)
    return Diagnostic("VS0121", span, {})


def _misplaced(m: Machine, i: int) -> Diagnostic | None:
    """`state` in a spec, `invariant` in a model, either outside of both."""
    tokens, ids, terminals = m.tokens, m.table.ids, m.table.terminals
    kind = tokens.kinds[i]
    word = terminals[kind] if kind >= 0 else ""
    if word not in DECLARED and word not in (*_MODEL_ONLY, *_SPEC_ONLY):
        return None
    if word in (*_UNITS, "LET"):
        return None
    if m.takes([ids["LEMMA"]]) and not m.takes([ids["DEF"]]):
        home, here = "a model" if word in _MODEL_ONLY else "a spec", "a proof"
        hint = "A proof has lemmas, and says of a property how it is proved: `covered { use room }`."
    elif m.takes([ids["DEF"]]):
        home, here = ("a model", "a spec") if word in _MODEL_ONLY else ("a spec", "a model")
        hint = (
            "Move it into the model, or let the spec speak of what the model has."
            if word in _MODEL_ONLY
            else "Begin a spec with `spec NameOfSpec for NameOfModel`, and put it below."
        )
    elif m.takes([ids["MODEL"]]) and not _is_inside(m):
        home = "a model" if word in _MODEL_ONLY else "a spec" if word in _SPEC_ONLY else "a model or a spec"
        here = "outside of any model or spec"
        begin = "spec NameOfSpec for NameOfModel" if word in _SPEC_ONLY else "model NameOfModel"
        hint = f"Begin the file with `{begin}`."
    else:
        return None
    span = tokens.span(i)
    values = {
        "found": tokens.text(i),
        "home": home,
        "here": here if here.startswith("outside") else f"in {here}",
        "hint": hint,
    }
    # The rest of the declaration is skipped by turning it into nothing: the next declaration word follows at once.
    stop = skip(m, i + 1, to_declaration=True)
    tokens.delete(i, stop - i)
    return Diagnostic("VS0123", span, values)


def _is_inside(m: Machine) -> bool:
    return m.takes([m.table.ids["DEF"]])


def _nameless_property(m: Machine, i: int) -> Diagnostic | None:
    """`invariant : P`, `invariant debt[a] <= x`."""
    tokens, ids, terminals = m.tokens, m.table.ids, m.table.terminals
    if i == 0:
        return None
    kinds = tokens.kinds
    before = terminals[kinds[i - 1]] if kinds[i - 1] >= 0 else ""
    if before in _PROPERTIES and (
        kinds[i] == ids["COLON"] or m.table.terminals[kinds[i]] in ("FORALL", "EXISTS", "NOT", "NUMBER", "LPAR")
    ):
        place = i
    elif i > 1 and kinds[i - 1] == ids["NAME"] and kinds[i - 2] >= 0 and terminals[kinds[i - 2]] in _PROPERTIES:
        if kinds[i] < 0 or terminals[kinds[i]] not in (
            "LSQB", "LPAR", "DOT", "EQUAL", "UNEQUAL", "LESS", "AT_MOST", "GREATER", "AT_LEAST", "PLUS", "MINUS",
            "TIMES", "DIVIDE",
        ):  # fmt: skip
            return None
        place = i - 1
    else:
        return None
    word = tokens.text(place - 1)
    span = tokens.span(place - 1)
    m.rewind(place)
    if kinds[place] != ids["COLON"]:
        tokens.insert(place, ids["COLON"])
    tokens.insert(place, ids["NAME"])
    if place < i:
        # Reading goes on at `i`, so what was put in front of it is taken right here.
        m.run_to(i, place)
    return Diagnostic("VS0124", span, {"word": word})


def _word_as_name(m: Machine, i: int) -> Diagnostic | None:
    """`state step : nat`, `let check = …`: a word of the language where a name is expected."""
    tokens, ids, terminals = m.tokens, m.table.ids, m.table.terminals
    kind = tokens.kinds[i]
    text = tokens.text(i)
    if kind < 0 or kind == ids["$END"] or not text.isidentifier() or kind == ids["NAME"]:
        return None
    if not m.takes([ids["NAME"]]):
        return None
    following = tokens.kinds[i + 1]
    only_a_name = m.accepts() == {ids["NAME"]} and not tokens.first_on_line(i)
    next_fits = m.takes([ids["NAME"], following])
    plausible = following >= 0 and terminals[following] in (
        "COLON", "ASSIGN", "ADD_ASSIGN", "SUB_ASSIGN", "IS", "RPAR", "COMMA", "RSQB", "DOT", "EQUAL", "UNEQUAL", "LESS",
        "AT_MOST", "GREATER", "AT_LEAST", "PLUS", "TIMES", "DIVIDE", "POWER", "LSQB", "LBRACE", "RBRACE", "AND", "OR",
        "IMPLIES",
    )  # fmt: skip
    if not next_fits or not (only_a_name or plausible):
        return None
    tokens.kinds[i] = ids["NAME"]
    return Diagnostic(
        "VS0110", tokens.span(i), {"word": text, "instead": f"{text}_" if text.isupper() else f"the_{text}"}
    )


def _misspelt(m: Machine, i: int) -> Diagnostic | None:
    """`acton borrow(…)`, where no name fits."""
    tokens, ids = m.tokens, m.table.ids
    if tokens.kinds[i] != ids["NAME"]:
        return None
    words = {m.table.spellings[k]: k for k in m.accepts() if m.table.spellings.get(k, "").isidentifier()}
    following = tokens.kinds[i + 1]
    fitting = {word: k for word, k in words.items() if m.takes([k, following])}
    if m.takes([ids["DEF"]]) and following == ids["NAME"]:
        # Known words of the other kind of unit, too: that it is misplaced is said next.
        fitting |= {word: ids[t] for t in (*_MODEL_ONLY, *_SPEC_ONLY) if (word := t.lower()) in m.table.words}
    meant = closest(tokens.text(i), fitting)
    if meant is None:
        return None
    tokens.kinds[i] = fitting[meant]
    return Diagnostic("VS0111", tokens.span(i), {"found": tokens.text(i), "instead": meant})


def _misspelt_before(m: Machine, i: int) -> tuple[Diagnostic, int] | None:
    """`requre x > 0`, `requre (x > 0) and …`: the misspelt word was taken for a name, and what follows it does not fit.
    Reading goes on at it."""
    tokens, ids = m.tokens, m.table.ids
    place = i - 1
    if tokens.kinds[place] == ids["RPAR"]:
        level = 1
        while level and place > max(0, i - 500):
            place -= 1
            level += (tokens.kinds[place] == ids["RPAR"]) - (tokens.kinds[place] == ids["LPAR"])
        place -= 1
    if place < 1 or tokens.kinds[place] != ids["NAME"] or place < m.checkpoint.index:
        return None
    m.rewind(place)
    text = tokens.text(place)
    kind = tokens.kinds[place + 1]
    words = {m.table.spellings[k]: k for k in m.accepts() if m.table.spellings.get(k, "").isidentifier()}
    fitting = {word: k for word, k in words.items() if m.takes([k, kind])}
    if text in WORDS and ids[WORDS[text][0]] in fitting.values():
        tokens.kinds[place] = ids[WORDS[text][0]]
        return Diagnostic("VS0112", tokens.span(place), {"found": text, "hint": WORDS[text][1]}), place
    word = closest(text, fitting)
    if word is None:
        m.rewind(i)
        return None
    tokens.kinds[place] = fitting[word]
    return Diagnostic("VS0111", tokens.span(place), {"found": text, "instead": word}), place


_STRUCTURE: Final[tuple[Slip, ...]] = (_bracket, _late_import, _nameless_property, _word_as_name, _misplaced, _misspelt)


# ---------------------------------------------------------------------------------------------- reading on


def _forgotten(m: Machine, i: int) -> int | None:
    """The one sign or word whose absence explains everything, if there is one."""
    following = [k for k in m.tokens.kinds[i : i + 3] if k >= 0]
    fitting = [k for k in (m.table.ids[t] for t in _FORGOTTEN) if m.takes([k, *following])]
    return fitting[0] if len(fitting) == 1 else None


def skip(m: Machine, i: int, *, to_declaration: bool = False) -> int:
    """Drop what is half read, and find the next statement or declaration; the index of its first token."""
    tokens, ids = m.tokens, m.table.ids
    kinds = tokens.kinds
    end = ids["$END"]
    declarations = {ids[word] for word in DECLARATION_WORDS}
    begins = {ids[t] for t in ("NAME", "LBRACE", "ACTION", "PATH", "COLON")}
    statements = {ids[word] for word in _STATEMENT_WORDS}
    doubtful = {ids[word] for word in _ALSO_IN_EXPRESSIONS}
    statement_level = None if to_declaration else _level(m, "REQUIRE")
    declaration_level = _level(m, "DEF")
    file_level = _level(m, "MODEL")
    depth = 0
    while kinds[i] != end:
        kind = kinds[i]
        if kind in declarations and (kinds[i + 1] in begins or kind == ids["PROOF"]):
            top = kind in {ids[word] for word in _UNITS}
            level = file_level if top or kind == ids["IMPORT"] else declaration_level
            if level is not None:
                m.truncate(level)
                return i
        elif kind in (ids["LBRACE"], ids["LPAR"], ids["LSQB"]):
            depth += 1
        elif kind == ids["RBRACE"] and depth == 0:
            if statement_level is not None and m.takes([kind], m.states[:statement_level]):
                m.truncate(statement_level)
                return i
        elif kind in (ids["RBRACE"], ids["RPAR"], ids["RSQB"]):
            depth = max(0, depth - 1)
        elif depth == 0 and statement_level is not None:
            clear = kind in statements or (kind in doubtful and tokens.first_on_line(i))
            if clear and m.takes([kind, kinds[i + 1]], m.states[:statement_level]):
                m.truncate(statement_level)
                return i
        i += 1
    m.truncate(file_level or 1)
    return i


def _level(m: Machine, word: str) -> int | None:
    """How much of the stack to keep so that a statement, a declaration or a model can come next."""
    kind = m.table.ids[word]
    for length in range(len(m.states), 0, -1):
        if m.takes([kind], m.states[:length]):
            return length
    return None
