"""Which statement may stand where, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from verifier.language import syntax as s
from verifier.language.checking.environment import Context

Place = Literal["init", "action", "rule", "scenario", "compare"]

_PLACES: Mapping[Place, str] = {
    "init": "`init`",
    "action": "an action",
    "rule": "a rule",
    "scenario": "a scenario",
    "compare": "a `compare` block",
}

_ADVICE: Mapping[tuple[str, Place], str] = {
    (
        "call",
        "action",
    ): "Actions can't call one another. What two of them share goes into a `def`, or is written in both.",
    ("call", "init"): "No action runs before the first state is there: assign to the state variables.",
    ("compare", "action"): "To compare two runs, write a `rule` in the spec.",
    ("compare", "init"): "To compare two runs, write a `rule` in the spec.",
    ("start", "action"): "A concrete first state belongs in a `scenario` of the spec.",
    ("start", "init"): "Assign to the state variables. A concrete first state belongs in a `scenario` of the spec.",
    ("start", "compare"): "A concrete first state belongs at the beginning of a `scenario`.",
    ("check", "action"): "To revert when something does not hold, write `require P`. "
    "To have it proved, make it a property of the spec: `invariant name : P`.",
    ("check", "init"): "To have it proved of the first state too, make it an `invariant` of the spec.",
    ("compare", "compare"): "A `compare` has two programs, each a list of calls.",
    ("require", "scenario"): "A scenario is one concrete run, so there is nothing to assume: write `check P`.",
    ("require", "compare"): "Assume it before the `compare`, or check it after.",
    ("check", "compare"): "Check it after the `compare`, of the two states `first.` and `second.`.",
    ("reverts", "compare"): "A call that reverts leaves no second state to compare: write a `rule` of its own for it.",
    ("assignment", "rule"): "Only actions change the state. Call one, or assume what the state is: `require x == …`.",
    (
        "assignment",
        "scenario",
    ): "Only actions change the state. Call one, or give the value in the `start { … }` block.",
    ("assignment", "compare"): "Only actions change the state: call one.",
    ("if", "rule"): "State it as one formula, `check P implies Q`, or write two rules with a `require` each.",
    ("if", "scenario"): "A scenario is one concrete run: write down the branch it takes.",
    ("for", "rule"): "Write `check forall a in Account: …`.",
    ("for", "scenario"): "Write the calls out, one for each individual.",
    ("wrapping", "rule"): "Arithmetic in a property is exact, and needs no `wrapping`.",
    ("wrapping", "scenario"): "Arithmetic in a property is exact, and needs no `wrapping`.",
    (
        "start",
        "rule",
    ): "A rule begins in every reachable state. Narrow them down with `require P`, or write a `scenario`.",
    ("start", "scenario"): "There is one `start { … }`, before everything else.",
}


def statement_word(node: s.Statement) -> str:
    """What a statement is called."""
    match node:
        case s.Require():
            return "require"
        case s.Assign():
            return "assignment"
        case s.Let():
            return "let"
        case s.For():
            return "for"
        case s.If():
            return "if"
        case s.Wrapping():
            return "wrapping"
        case s.Invoke(reverts=reverts):
            return "reverts" if reverts else "call"
        case s.Check():
            return "check"
        case s.Compare():
            return "compare"
        case s.Start():
            return "start"
        case _:
            assert_never(node)


def misplaced(node: s.Statement, place: Place, c: Context) -> None:
    """Report a statement that can't stand where it does."""
    word = statement_word(node)
    named = {"call": "A call of an action", "assignment": "An assignment", "reverts": "`reverts`"}.get(
        word, f"`{word}`"
    )
    advice = (
        _ADVICE.get((word, place))
        or _ADVICE.get(("call" if word == "reverts" else word, place))
        or _ADVICE.get((word, "rule"))
        or f"Leave it out of {_PLACES[place]}."
    )
    c.tables.report("VS0411", node.span, statement=named, place=_PLACES[place], advice=advice)
