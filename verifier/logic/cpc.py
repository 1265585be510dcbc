"""Queries and proofs as texts for a checker of CPC, the calculus in which cvc5 writes its proofs.

A checker of steps knows nothing of what was to be shown. So three things are read off the text of a proof here: it
assumes nothing that its query does not assert, it has no step that is taken on trust, and it ends in `false`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

TRUST = "trust"
"""The rule of CPC for what has no justification. cvc5 writes it for every step that it can't spell out."""

_TOKEN = re.compile(r'[()]|"(?:[^"]|"")*"|\|[^|]*\||;[^\n]*|[^\s()";|]+')
_PLAIN = re.compile(r"[\t\n -~]*")
"""All signs that a text may have: what others are, whoever else reads it may see otherwise."""
_BETWEEN = re.compile(r"[ \t\n]*")
_NAME = re.compile(r"[^\s()]+")
_REAL = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)")


@final
class UnfitError(Exception):
    """A proof that shows nothing about its query, whoever checks its steps. The message says why, in a clause."""


# ---------------------------------------------------------------------------------------------- queries


def reference(query: str) -> str:
    """A query as a checker reads it, which says the same. It has `let` in place of `define-fun`, which some checkers
    take for an abbreviation and others for one more assertion; and no `or` or `and` of one part only, which solvers
    take for that part and checkers for a term of its own. UnfitError for what is more than declarations, definitions
    and assertions."""
    terms = _Terms(numbers_as_written=True)
    bodies: dict[str, str] = {}
    lines: list[str] = []
    for command in terms.commands(query):
        match command.head:
            case "define-fun" if terms.shown(command.parts[2]) == "()":
                bodies[terms.word(command.parts[1])] = terms.shown(command.parts[4])
            case "assert":
                lines.append(f"(assert {_with_lets(terms.shown(command.parts[1]), bodies)})")
            case "declare-const":
                lines.append(command.text)
            case head:
                raise UnfitError(f"its query has the command `{head}`")
    return "\n".join(lines) + "\n"


def _with_lets(term: str, bodies: Mapping[str, str]) -> str:
    """A term behind the definitions of all names that it uses, those that others use first."""
    used: set[str] = set()
    found = [term]
    while found:
        for name in _NAME.findall(found.pop()):
            if name in bodies and name not in used:
                used.add(name)
                found.append(bodies[name])
    names = [name for name in bodies if name in used]
    return "".join(f"(let (({name} {bodies[name]})) " for name in names) + term + ")" * len(names)


# ---------------------------------------------------------------------------------------------- proofs


def checkable(proof: str, query: str) -> str | None:
    """A proof in CPC without its declarations, which are those of the query; None if a step of it is taken on trust.
    UnfitError unless it is one of `false` from assertions of the query."""
    terms = _Terms()
    given = _given(query, terms)
    lines: list[str] = []
    depth, last, trusting = 0, "", False
    for command in terms.commands(proof):
        head, parts = command.head, command.parts
        last = ""
        if head == "declare-const":
            if terms.shown(command.term) not in given.declared:
                raise UnfitError("it declares what the query does not")
            continue
        if head not in _PROVING:
            raise UnfitError(f"it has the command `{head}`")
        name = terms.word(parts[1])
        if not name.startswith("@"):  # nor is a name that is defined already
            raise UnfitError("it gives a meaning of its own to what has one")
        match head:
            case "define":
                if terms.shown(parts[2]) != "()":
                    raise UnfitError("it has a definition with parameters")
                terms.words[name] = parts[3]
            case "assume":
                if parts[2] not in given.asserted:
                    raise UnfitError("it assumes what the query does not assert")
            case "assume-push":
                depth += 1
            case _:
                depth -= head == "step-pop"
                if depth < 0:
                    raise UnfitError("it gives up an assumption that it has not made")
                trusting |= terms.rule(parts) == TRUST
                last = terms.word(parts[2]) if head == "step" and depth == 0 else ""
        lines.append(command.text)
    if last != "false":
        raise UnfitError("it does not end in `false`")
    return None if trusting else "\n".join(lines) + "\n"


@final
@dataclass(frozen=True, slots=True)
class _Given:
    """What a query declares, as text, and what it asserts, as terms."""

    declared: frozenset[str]
    asserted: frozenset[int]


def _given(query: str, terms: _Terms) -> _Given:
    declared: set[str] = set()
    asserted: set[int] = set()
    for command in terms.commands(query):
        match command.head:
            case "declare-const":
                declared.add(terms.shown(command.term))
            case "define-fun" if terms.shown(command.parts[2]) == "()":
                terms.words[terms.word(command.parts[1])] = command.parts[4]
            case "assert":
                asserted.add(command.parts[1])
            case head:
                raise UnfitError(f"its query has the command `{head}`")
    return _Given(frozenset(declared), frozenset(asserted))


@final
@dataclass(frozen=True, slots=True)
class _Command:
    """One command: its first word, its parts as terms (that word included), and where it came from."""

    head: str
    parts: tuple[int, ...]
    term: int
    text: str


@final
@dataclass(slots=True)
class _Terms:
    """Terms by numbers, so that equal ones have equal numbers however often they are shared. `words` gives the term
    that a name stands for."""

    made: list[str | tuple[int, ...]] = field(default_factory=list)
    numbers: dict[str | tuple[int, ...], int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    numbers_as_written: bool = False

    def of(self, key: str | tuple[int, ...]) -> int:
        """The number of a word or of a list."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.made)
            self.made.append(key)
        return found

    def word(self, term: int) -> str:
        """A word; empty for a list."""
        key = self.made[term]
        return key if isinstance(key, str) else ""

    def shown(self, term: int) -> str:
        """A term as text."""
        key = self.made[term]
        return key if isinstance(key, str) else f"({' '.join(map(self.shown, key))})"

    def rule(self, parts: tuple[int, ...]) -> str:
        """The rule that a step names. UnfitError for a step without one."""
        words = [self.word(p) for p in parts]
        if ":rule" not in words[:-1]:
            raise UnfitError("it has a step without a rule")
        return words[words.index(":rule") + 1]

    def commands(self, text: str) -> Iterator[_Command]:
        """The commands of a text. A name that is defined by one of them stands for its term in those behind it."""
        open_: list[list[int]] = []
        start = read = 0
        if not _PLAIN.fullmatch(text):
            raise UnfitError("it can't be read")
        for token in _TOKEN.finditer(text):
            found = token[0]
            if not _BETWEEN.fullmatch(text, read, token.start()):
                raise UnfitError("it can't be read")  # a quote that is not closed
            read = token.end()
            if found == "(":
                if not open_:
                    start = token.start()
                open_.append([])
            elif found == ")":
                if not open_:
                    raise UnfitError("it can't be read")
                parts = tuple(open_.pop())
                alone = len(parts) == 2 and self.made[parts[0]] in ("and", "or")
                term = parts[1] if alone else self.of(parts)
                if open_:
                    open_[-1].append(term)
                else:
                    head = self.word(parts[0]) if parts else ""
                    yield _checked(_Command(head, parts, term, text[start : token.end()]))
            elif not found.startswith(";"):
                if not open_:
                    raise UnfitError("it can't be read")
                known = self.words.get(found)
                written = found if self.numbers_as_written else _number(found)
                open_[-1].append(self.of(written) if known is None else known)
        if not _BETWEEN.fullmatch(text, read):
            raise UnfitError("it can't be read")
        if open_:
            raise UnfitError("it is not complete")


_PROVING = {"define": 4, "assume": 3, "assume-push": 3, "step": 4, "step-pop": 4}
"""The commands of a proof besides declarations, with the number of parts that each has at least."""
_LENGTHS = {"assert": 2, "declare-const": 3, "define-fun": 5, **_PROVING}


def _checked(command: _Command) -> _Command:
    if len(command.parts) < _LENGTHS.get(command.head, 1):
        raise UnfitError("it can't be read")
    return command


def _number(word: str) -> str:
    """A real number in lowest terms, as CPC writes it; any other word as it is."""
    if not _REAL.fullmatch(word):
        return word
    value = Fraction(word)
    return f"{value.numerator}/{value.denominator}"
