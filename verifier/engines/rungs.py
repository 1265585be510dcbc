"""What each rung of the ladder does with one property: a verdict, or None and on to the next.

Methods have files of their own and know nothing of one another; here they are put to work.
"""

from __future__ import annotations

from math import prod
from random import Random

from verifier.engines.affine import equalities
from verifier.engines.direct import prove_in_the_same_state, prove_unreachable
from verifier.engines.discharge import Open
from verifier.engines.k_induction import prove_by_k_induction
from verifier.engines.lemma_sets import LemmaSets, prove_with
from verifier.engines.lemmas import candidates
from verifier.engines.search import Found, Search, everyone, scopes_up_to
from verifier.engines.single import Single, goal_of, stated_by
from verifier.engines.spacer import Guessed, guess
from verifier.engines.strengthen import Strengthener
from verifier.engines.templates import learned
from verifier.engines.verdict import IN_THE_SAME_STATE, Verdict, assumptions_of
from verifier.logic.horn import Searched
from verifier.logic.solvers.answer import Answer
from verifier.system.rewrite import subterms
from verifier.system.simulate import hunt
from verifier.system.terms import Agg, Term
from verifier.system.transition import Invariant, Property, Reachable, Responds, Rule, Scenario, StepProperty, System
from verifier.system.values import scope_of

SHORT = 4
"""Steps of the search that comes before lemmas are guessed."""

MOST_CHOICES = 300
"""Actions with their members, beyond which one member more makes a search too slow."""

PLAYS = ((2_000, 12), (1_000, 80))
"""Random play: steps in all, and steps of one run."""

# ---------------------------------------------------------------------------------------------- proofs


def as_it_stands(single: Single) -> Verdict | None:
    """From what is known, without any guess."""
    prop, known = single.provable, single.shared.known
    single.say("proving")
    before = single.shared.failure(prop.heading.name) if isinstance(prop, Invariant) else None
    outcome = before if before is not None else prove_with(single.discharger, prop, known)
    if isinstance(outcome, Open):
        single.left = outcome
        return None
    leaning = outcome.leans and bool(known)
    match prop:
        case Invariant():
            return single.proved("induction")
        case StepProperty():
            return single.proved("over every step, from the invariants" if leaning else "over every step")
        case Rule():
            return single.proved("from the invariants" if leaning else "from any state")
        case _:
            return single.proved("witness, from the invariants" if leaning else "witness", outcome.notes)


def in_the_same_state(single: Single) -> Verdict | None:
    """An invariant that no step keeps by itself, but that the others imply wherever they hold."""
    prop, known = single.provable, single.shared.known
    assert isinstance(prop, Invariant)
    if not known or not prove_in_the_same_state(single.discharger, prop, tuple(known.values())):
        return None
    return single.proved(IN_THE_SAME_STATE)


def one_lemma(single: Single) -> Verdict | None:
    """With a single guessed lemma."""
    if single.left is None:
        return None
    single.say("looking for a lemma")
    prop, known = single.provable, single.shared.known

    def attempt(lemma: Term) -> Open | None:
        outcome = prove_with(single.discharger, prop, {**known, "the guess": lemma}, quick=True)
        return outcome if isinstance(outcome, Open) else None

    guesses = (g for g in candidates(single.system, goal_of(prop)) if single.samples.survives(g))
    lemma = Strengthener(single.discharger, known).help(guesses, single.left, attempt)
    return single.proved_with((lemma,)) if lemma is not None else None


def houdini(single: Single) -> Verdict | None:
    """With several guessed lemmas that hold one another up."""
    if single.left is None:
        return None
    single.say("looking for lemmas that hold one another up")
    guesses = [g for g in candidates(single.system, goal_of(single.prop)) if single.samples.survives(g)]
    found = LemmaSets(single.discharger, single.provable, single.shared.known).led_by(single.left, guesses)
    return single.proved_with(found) if found else None


def equality(single: Single) -> Verdict | None:
    """With equalities that all sampled states satisfy."""
    if single.left is None:
        return None
    single.say("looking for sums that stay the same")
    guesses = tuple(dict.fromkeys(equalities(single.system, goal_of(single.prop), single.many_samples)))
    if not guesses:
        return None
    found = LemmaSets(single.discharger, single.provable, single.shared.known).among(guesses)
    return single.proved_with(found) if found else None


def template(single: Single) -> Verdict | None:
    """With an inequality of a few quantities, whose coefficients are learned."""
    if single.left is None:
        return None
    single.say("learning coefficients")
    goal, known = goal_of(single.prop), single.shared.known
    found = learned(single.discharger, single.provable, known, goal, single.left, single.many_samples)
    return single.proved_with(found) if found else None


def spacer(single: Single) -> Verdict | None:
    """With invariants that Spacer finds of a linear abstraction; or along the path on which it sees the goal fail."""
    prop = single.provable
    if single.left is None:
        return None
    single.say("asking Spacer about a linear abstraction")
    guessed = _ask_spacer(single, prop, 1)
    if guessed is None:
        return None
    if guessed.answer.status == "refuted":
        return _along(single, prop, guessed.path, 1)
    if not guessed.lemmas:
        return None
    found = LemmaSets(single.discharger, prop, single.shared.known).among(guessed.lemmas)
    return single.proved_with(found) if found else None


def k_induction(single: Single) -> Verdict | None:
    """From several steps in a row."""
    prop = single.prop
    assert isinstance(prop, Invariant | StepProperty)
    single.say("looking at several steps in a row")
    k = prove_by_k_induction(single.discharger, prop, single.shared.known)
    if k is None:
        return None
    earlier = f"it holds in the first {k} states" if isinstance(prop, Invariant) else f"over the first {k - 1} steps"
    notes = (f"by {k}-induction: {earlier}, and after {k - 1} more steps no action breaks it",)
    return single.proved(f"{k}-induction", notes)


def unreachable(single: Single) -> Verdict | None:
    """No state that the invariants admit is one."""
    prop = single.prop
    assert isinstance(prop, Reachable)
    if not prove_unreachable(single.discharger, prop, tuple(single.shared.known.values())):
        return None
    return Verdict(
        "violated",
        "proved unreachable",
        assumptions=assumptions_of(single.system),
        notes=("The invariants exclude it.",),
    )


# ---------------------------------------------------------------------------------------------- searches


def short_search(single: Single) -> Verdict | None:
    """Runs of a few steps."""
    return _search(single, min(SHORT, single.shared.options.depth))


def full_search(single: Single) -> Verdict | None:
    """Runs of as many steps as the user asks for."""
    return _search(single, single.shared.options.depth)


def wide_search(single: Single) -> Verdict | None:
    """The same with one member more, for as long as the solver decides: some violations take more members than steps
    (who is left out of a vote, the third of three who meet)."""
    options = single.shared.options
    if _choices(single.system, options.members + 1) > MOST_CHOICES:
        return None
    wide = (everyone(single.system, options.members + 1),)
    found = _searcher(single).find(single.prop, options.depth, wide, single.say, give_up=True)
    return single.told(found.counterexample, SEARCHED) if isinstance(found, Found) else None


def path_search(single: Single) -> Verdict | None:
    """Along the path on which Spacer sees the goal fail in a linear abstraction: deep runs, at the price of one query
    for each path."""
    prop = single.prop
    assert not isinstance(prop, Scenario | Responds)
    single.say("asking Spacer for a path")
    for members in range(1, single.shared.options.members + 2):
        guessed = _ask_spacer(single, prop, members)
        if guessed is None or guessed.answer.status == "unknown":
            return None
        if guessed.answer.status == "solved":
            continue  # not with so many
        verdict = _along(single, prop, guessed.path, members)
        if verdict is not None:
            return verdict
    return None


def _along(single: Single, prop: Property, path: tuple[str, ...], members: int) -> Verdict | None:
    """Along a path that was seen with so many members; what is too abstract with them may work with more."""
    if single.searched is not None and len(path) <= single.searched.depth:
        return None
    for number in range(members, single.shared.options.members + 2):
        found = _searcher(single).along(prop, path, everyone(single.system, number), single.say)
        if found is not None:
            return single.told(found.counterexample, "search along a path, replayed")
    return None


def _ask_spacer(single: Single, prop: Searched, members: int) -> Guessed | None:
    if members not in single.guessed:
        known = tuple(single.shared.known.values())
        guessed = guess(single.system, prop, stated_by(prop), known, members)
        single.guessed[members] = guessed
        if guessed is not None:
            answer = guessed.answer
            single.discharger.meter.note(
                Answer("unknown", rlimit=answer.rlimit, seconds=answer.seconds, why=answer.why)
            )
    return single.guessed[members]


def random_play(single: Single) -> Verdict | None:
    """Where solvers give up, many random runs may still stumble on a violation."""
    single.say("playing at random")
    members = single.shared.options.members
    for steps, length in PLAYS:
        for number in (members, members + 1):
            scope = scope_of(single.system, {s.name: number for s in single.system.sorts})
            found = hunt(single.interpreter, single.prop, Random(number), steps, scope, length)
            if found is not None:
                return single.told(found, "random play, replayed")
    return None


def _choices(system: System, members: int) -> int:
    """In how many ways a step can be taken, amounts apart."""
    sizes = {s.name: s.size if s.size is not None else members for s in system.sorts}
    return sum(prod(sizes[v.ty.name] for v in a.args if v.ty.kind == "sort") for a in system.actions)


SEARCHED = "bounded search, replayed"


def _searcher(single: Single) -> Search:
    # A sum over all members makes a search slower, not shorter.
    known = tuple(k for k in single.shared.known.values() if not any(isinstance(t, Agg) for t in subterms(k)))
    return Search(single.system, single.discharger.meter, single.interpreter, known, seed=single.shared.options.seed)


def _search(single: Single, depth: int) -> Verdict | None:
    scopes = tuple(scopes_up_to(single.system, single.shared.options.members))
    excluded = single.searched.depth if single.searched is not None else -1
    found = _searcher(single).find(single.prop, depth, scopes, single.say, excluded)
    if isinstance(found, Found):
        return single.told(found.counterexample, SEARCHED)
    single.searched = found
    return None
