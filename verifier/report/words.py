"""The words for verdicts, kinds and levels. Every report takes them from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import assert_never, final

from verifier.engines.verdict import Verdict
from verifier.language.frozen import dataclass
from verifier.report.text import Glyphs, Role
from verifier.session.run import Result
from verifier.system.transition import Enabled, Invariant, Property, Reachable, Responds, Rule, Scenario, StepProperty


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """How a result is shown: its sign, its word, and its colour (which says nothing that the other two don't)."""

    sign: str
    word: str
    role: Role


def outcome(result: Result, glyphs: Glyphs) -> Outcome:
    """The sign says whether it came out as demanded; the word says what came out."""
    word = _word(result)
    if result.ok:
        return Outcome(glyphs.good, word, "good")
    match result.verdict.name:
        case "proved" | "violated":
            return Outcome(glyphs.bad, word, "bad")
        case "bounded" | "unknown":
            return Outcome(glyphs.open, word, "warn")
        case "vacuous":
            return Outcome(glyphs.empty, word, "warn")
        case _:
            assert_never(result.verdict.name)


def _word(result: Result) -> str:
    match result.verdict.name, result.prop:
        case "proved", Reachable():
            return "reached"
        case "proved", Scenario():
            return "passed"
        case "violated", Reachable():
            return "unreachable"
        case "violated", Scenario():
            return "failed"
        case "bounded", Reachable():
            return "not reached"
        case name, _:
            return name


def remark(result: Result) -> str:
    """What to add to the word where something else than a proof was demanded."""
    if result.expected != "violated":
        return ""
    return "as expected" if result.ok else "expected to be violated"


def how(verdict: Verdict) -> str:
    """The method, the level of a proof, and how far a search went."""
    parts = [verdict.method]
    if verdict.level is not None:
        parts.append(verdict.level)
    if verdict.name in ("bounded", "unknown") and verdict.depth is not None:
        parts.append(f"to depth {verdict.depth}")
    elif verdict.method == "run":
        pass
    elif verdict.name == "violated" and verdict.counterexample is not None:
        parts.append(steps(len(verdict.counterexample.trace.steps)))
    elif verdict.witness is not None:
        parts.append(steps(len(verdict.witness.steps)))
    if verdict.name == "bounded" and verdict.scope:
        parts.append(scope(verdict.scope))
    return ", ".join(parts)


def steps(number: int) -> str:
    """`1 step`, `3 steps`."""
    return count(number, "step")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 step`, `3 steps`, `2 properties`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def scope(sizes: Iterable[tuple[str, int]]) -> str:
    """`2 Account, 5 Feed`: how many members each sort had."""
    return " and ".join(f"{size} of {sort}" for sort, size in sizes)


LEVELS = {
    "L0": "one solver says so",
    "L1": "two independent solvers agree",
    "L2": "a solver's proof, checked by another program",
    "L3": "an arithmetic certificate, checked without a solver",
}
"""What the claim of a proof rests on."""

REACHED = {
    "L0": "`check` gives it to what is proved and has no certificate.",
    "L1": "`check --second-solver` gives it, with cvc5 installed: `pip install 'verify-spec[cvc5]'`.",
    "L2": (
        "`check --second-solver` gives it where Ethos is installed as well. Build it with `contrib/get-ethos-checker` "
        "in the sources of the same version of cvc5. Put it on PATH, or name it in VERIFY_SPEC_ETHOS."
    ),
    "L3": "`prove` writes the certificates, and `check` finds them again.",
}
"""How a proof comes by its level."""


def summary(results: Iterable[Result]) -> str:
    """`17 proved, 2 violated as expected, 4 passed`: each word with its number, what went wrong first."""
    counts: dict[tuple[bool, str], list[Result]] = {}
    for result in results:
        extra = remark(result)
        word = f"{_word(result)}{', ' if extra and not result.ok else ' '}{extra}".rstrip()
        counts.setdefault((result.ok, word), []).append(result)
    ordered = [(word, group) for (ok, word), group in counts.items() if not ok]
    ordered += [(word, group) for (ok, word), group in counts.items() if ok]
    return ", ".join(f"{len(group)} {word}{_by_level(group)}" for word, group in ordered)


def _by_level(results: Iterable[Result]) -> str:
    """` (108 L3, 4 L0)` behind a number of proofs, where there are any beyond one solver's word."""
    counts = Counter(r.verdict.level for r in results if r.verdict.level is not None)
    if not counts.keys() - {"L0"}:
        return ""
    return f" ({', '.join(f'{counts[level]} {level}' for level in sorted(counts, reverse=True))})"


# ---------------------------------------------------------------------------------------------- the three sentences


@final
@dataclass(frozen=True, slots=True)
class Sentences:
    """What a property asks, what it means that it holds, and what it means that it fails."""

    asks: str
    holds: str
    fails: str


def sentences(prop: Property) -> Sentences:
    """The three sentences of a property."""
    match prop:
        case Invariant():
            return Sentences(
                "Is this true in every state that any run of the model can get to?",
                "Nobody can bring the protocol into a state where it is false: not with any number of accounts, of "
                "steps, or any amounts, as long as the assumptions hold.",
                "There is a run from the initial state to one where it is false; the run is shown step by step.",
            )
        case StepProperty():
            return Sentences(
                "Is this true of every single step that the model can take, from any state that can be reached?",
                "No action, run by anyone with any arguments, makes a change that it forbids.",
                "There is a run whose last step makes such a change; `old(…)` is the value before that step.",
            )
        case Rule():
            return Sentences(
                "From any state that can be reached, for any arguments: if these calls succeed, are the checks true?",
                "Whoever makes these calls, and whenever, finds what the checks say.",
                "There is a run into a state, and arguments, for which the calls succeed and a check is false.",
            )
        case Enabled():
            return Sentences(
                "Whenever the condition holds, can this action run, with some value for each `_`?",
                "This way is never shut: there is always an amount with which the call goes through.",
                "There is a run into a state where the condition holds and every such call reverts.",
            )
        case Responds():
            return Sentences(
                "Whenever the first formula is true, is the second one before the action has run so many more times?",
                "However often the action runs, nobody is kept waiting for longer than that, whatever happens between.",
                "There is a run in which the first formula is true, and the second one is not, from then on until the "
                "action has run so many times.",
            )
        case Reachable():
            return Sentences(
                "Is there a run that gets to a state where this is true?",
                "The situation does come up, so what is proved about it is not said about nothing.",
                "The situation never comes up (or not within the depth searched): what is said about it may be empty.",
            )
        case Scenario():
            return Sentences(
                "Does this one run, with these numbers, go as it is written?",
                "Each call ran or reverted as it says, and each check was true.",
                "One line came out otherwise; it is shown with the numbers that it met.",
            )
        case _:
            assert_never(prop)
