"""Text to tokens: the words and signs of the language, with comments set aside.

Nothing is refused here. What is no token of the language (`&&`, `;`, a text in quotes, a smart quote) comes out as a
`WRONG` token, and the parser says what is wrong with it where it knows what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import final

from verifier.language.numbers import is_sensible
from verifier.language.source import Source, Span
from verifier.language.syntax import Comment
from verifier.language.tables import WRONG, Tables, tables

# Signs of other languages, and what can't be a token at all; a run of unknown characters is one token.
_FOREIGN = (
    r"/\*[\s\S]*?(?:\*/|\Z)|\#[^\n]*|\"[^\"\n]*\"?|'[^'\n]*'?|<==?>|==>|===|!==|&&?|\|\|?|\*\*=?|\+\+|--(?=[\s;)])|[*/%^]=|!(?!=)|[;%?~@\\$`]"
    r"|[^\x00-\x7f]+|[\x00-\x1f\x7f]"
)
_NUMBER_LIKE = r"(?:[0-9]|\.[0-9])(?:[eE][+-][0-9]|[0-9A-Za-z_]|\.(?=[0-9A-Za-z_]))*(?:[ \t]*%|[ \t]+bps\b)?"
_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_AFTER_ASSIGNED = frozenset(["IS", "ASSIGN", "ADD_ASSIGN", "SUB_ASSIGN", "LSQB", "DOT", "LPAR"])
_OPERAND_ENDS = frozenset(
    ["NAME", "NUMBER", "TRUE", "FALSE", "RPAR", "RSQB", "RBRACE", "LBRACE", "ANY", "ACTION", "NUMBER_TYPE"]
)


@final
@dataclass(slots=True)
class Tokens:
    """The tokens of a text in three lists of equal length; the last one is `$END`. A value on the parser's stack
    that stands for a token is its index. The parser repairs mistakes by changing these lists.

    `docs` maps the index of a token to the places of the `///` lines right before it."""

    source: Source
    kinds: list[int]
    starts: list[int]
    ends: list[int]
    comments: list[Comment]
    docs: dict[int, list[tuple[int, int]]]

    def text(self, index: int) -> str:
        """A token as written."""
        return self.source.text[self.starts[index] : self.ends[index]]

    def span(self, index: int) -> Span:
        """Where a token stands."""
        return Span(self.source.path, self.starts[index], self.ends[index])

    def first_on_line(self, index: int) -> bool:
        """Whether only blanks stand before a token on its line."""
        text = self.source.text
        begin = text.rfind("\n", 0, self.starts[index]) + 1
        return not text[begin : self.starts[index]].strip()

    def insert(self, index: int, kind: int) -> None:
        """An empty token before the one at `index`."""
        place = self.ends[index - 1] if index else 0
        self.kinds.insert(index, kind)
        self.starts.insert(index, place)
        self.ends.insert(index, place)

    def delete(self, index: int, count: int = 1) -> None:
        """Drop tokens."""
        for values in (self.kinds, self.starts, self.ends):
            del values[index : index + count]


@lru_cache(maxsize=1)
def _scanner() -> re.Pattern[str]:
    table = tables()
    signs = "|".join(re.escape(sign) for sign in sorted(table.signs, key=lambda s: (-len(s), s)))
    return re.compile(rf"[ \t\r\n]*(?:({table.name})|({_NUMBER_LIKE})|(//[^\n]*)|({_FOREIGN})|({signs})|(\Z)|(.))")


def scan(source: Source) -> Tokens:
    """All tokens of a text, comments and documentation aside."""
    table = tables()
    words, signs, ids = table.words, table.signs, table.ids
    name_id, number_id = ids["NAME"], ids["NUMBER"]
    number = re.compile(table.number)
    special = {ids[k] for k in ("START", "LEADS_TO", "ANY", "IMPORT", "MODEL", "SPEC", "PROOF", "CASES")}
    text = source.text
    tokens = Tokens(source, [], [], [], [], {})
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    doubtful: list[int] = []
    line_start_known = 0
    for match in _scanner().finditer(text):
        group = match.lastindex or 0
        start, end = match.span(group)
        if group == 1:
            kind = words.get(match.group(1), name_id)
            if kind in special:
                doubtful.append(len(kinds))
        elif group == 5:
            kind = signs[match.group(5)]
        elif group == 2:
            written = match.group(2)
            kind = number_id if is_sensible(written) and number.fullmatch(written) else WRONG
        elif group == 3:
            line_start_known = max(line_start_known, text.rfind("\n", line_start_known, start) + 1)
            own_line = not text[line_start_known:start].strip()
            if own_line and text.startswith("///", start) and not text.startswith("////", start):
                tokens.docs.setdefault(len(kinds), []).append((start, end))
            else:
                tokens.comments.append(comment(source, start, end, own_line))
            continue
        elif group == 6:
            break
        else:
            kind = WRONG
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
    kinds.append(ids["$END"])
    starts.append(len(text))
    ends.append(len(text))
    _settle(tokens, doubtful, table)
    return tokens


def comment(source: Source, start: int, end: int, own_line: bool) -> Comment:
    """The comment at a place, without blanks at its end."""
    text = source.text[start:end].rstrip()
    return Comment(text, own_line, Span(source.path, start, start + len(text)))


def _settle(tokens: Tokens, doubtful: list[int], table: Tables) -> None:
    """Decide about the words that are reserved only in some places; see the end of grammar.lark."""
    ids, kinds = table.ids, tokens.kinds
    name_id = ids["NAME"]
    after_assigned = {ids[k] for k in _AFTER_ASSIGNED}
    operand_ends = {ids[k] for k in _OPERAND_ENDS}
    before_items = operand_ends | {ids["BOOL"], ids["VIOLATED"]}
    type_starts = {ids["NUMBER_TYPE"], ids["BOOL"], ids["LPAR"]}
    soft = {ids[k] for k in ("START", "LEADS_TO", "PROOF", "CASES")}
    merged: list[tuple[int, int]] = []
    in_proof = False
    for i in doubtful:
        if kinds[i] in (ids["MODEL"], ids["SPEC"]):
            in_proof = False
        elif kinds[i] == ids["PROOF"]:
            # The path of an import may end in a word that is a keyword elsewhere.
            after_path = bool(merged) and merged[-1][1] == i
            begins = i == 0 or kinds[i - 1] in before_items or after_path
            if begins and kinds[i + 1] == ids["OF"] and tokens.text(i + 2).isidentifier():
                in_proof = True
            else:
                kinds[i] = name_id
        elif kinds[i] == ids["CASES"]:
            if not (in_proof and kinds[i - 1] in operand_ends and kinds[i + 1] != ids["LBRACE"]):
                kinds[i] = name_id
        elif kinds[i] == ids["START"]:
            begins = i == 0 or kinds[i - 1] in operand_ends
            if in_proof or not (begins and kinds[i + 1] == ids["LBRACE"]):
                kinds[i] = name_id
        elif kinds[i] == ids["LEADS_TO"]:
            if tokens.text(i + 1) == "to" and kinds[i + 2] not in after_assigned - {ids["LPAR"]}:
                merged.append((i, i + 2))
            else:
                kinds[i] = name_id
        elif kinds[i] == ids["ANY"]:
            following = kinds[i + 1]
            # A type may have the name of a word that is reserved only elsewhere.
            if following in soft and kinds[i + 2] != ids["LBRACE"]:
                following = name_id
            if following in type_starts or (following == name_id and kinds[i + 2] not in after_assigned):
                kinds[i] = ids["ANY_OF"]
        elif kinds[i + 1] != ids["$END"]:
            stop = i + 2
            while kinds[stop] != ids["$END"] and tokens.starts[stop] == tokens.ends[stop - 1]:
                stop += 1
            merged.append((i + 1, stop))
    if not merged:
        return
    merges = dict(merged)
    keep: list[int] = []
    renumbered: dict[int, int] = {}
    i = 0
    while i < len(kinds):
        renumbered[i] = len(keep)
        keep.append(i)
        stop = merges.get(i, 0)
        if stop:
            tokens.ends[i] = tokens.ends[stop - 1]
            if kinds[i] != ids["LEADS_TO"]:
                kinds[i] = ids["PATH"] if _PATH.fullmatch(tokens.text(i)) else WRONG
            i = stop
        else:
            i += 1
    strays = {i: spans for i, spans in tokens.docs.items() if i not in renumbered}
    tokens.comments.extend(comments_of(tokens, strays))
    tokens.docs = {renumbered[i]: spans for i, spans in tokens.docs.items() if i in renumbered}
    for values in (tokens.kinds, tokens.starts, tokens.ends):
        values[:] = [values[i] for i in keep]


def comments_of(tokens: Tokens, docs: Mapping[int, list[tuple[int, int]]]) -> list[Comment]:
    """`///` lines that document nothing, as the comments that they are."""
    return [comment(tokens.source, start, end, own_line=True) for spans in docs.values() for start, end in spans]
