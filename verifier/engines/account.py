"""The account of a proof: its reasons, and those of the lemmas that were found for it."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.engines.discharge import Discharger
from verifier.engines.grounds import Account, Arithmetic, LemmaAccount, Reason
from verifier.engines.options import Event, Listen, Options
from verifier.engines.reasons import EVERYWHERE, Fact, reasons
from verifier.engines.strategy import settled
from verifier.system.deadlines import counting
from verifier.system.pretty import pretty
from verifier.system.terms import TRUE, Term, conj
from verifier.system.transition import Heading, Invariant, Property, Responds, System
from verifier.system.units import units_of
from verifier.system.values import scope_of


def account_of(system: System, prop: Property, listen: Listen, *, arithmetic: bool = False) -> Account:
    """The account of a property that can be proved; it is proved again for it. Where the proof takes another way this
    time, or is of a kind that has no single steps, its reasons say so. A deadline is told as the invariant that no wait
    is too long, of the system that counts. `arithmetic` asks for certificates as well."""
    name = prop.heading.name
    out = settled(system, Options(only=frozenset((name,))), listen)
    found = out.found.get(name, ())
    known = out.known
    if isinstance(prop, Responds):
        system = counting(system)
        claim = next(p for p in system.properties if p.heading.name == name)
        assert isinstance(claim, Invariant)
        prop, known = claim, {**known, name: conj(claim.defined, claim.formula)}
    listen(Event(name, "asking what it rests on"))
    discharger = Discharger(system)
    facts = _facts(system, known)
    shown = [Fact(_text(system, lemma), lemma, "lemma", _text(system, lemma)) for lemma in found]
    given = (*(f for f in facts if f.formula not in found), *shown)
    told = tuple(reasons(discharger, prop, tuple(_seen_from(f, name) for f in given)))
    lemmas = _cited(
        told, tuple(LemmaAccount(f.text, tuple(reasons(discharger, _stated(f), _others(given, f)))) for f in shown)
    )
    sums: tuple[Arithmetic, ...] = ()
    if arithmetic:
        from verifier.engines.arithmetic import arithmetic_of  # starts processes of its own

        listen(Event(name, "looking for certificates"))
        texts = {lemma.text for lemma in lemmas}
        used = tuple(f for f in given if f not in shown or f.text in texts)
        sums = arithmetic_of(system, prop, used, follows=any(r.where == EVERYWHERE for r in told))
    return Account(told, lemmas, sums)


def _cited(told: tuple[Reason, ...], lemmas: tuple[LemmaAccount, ...]) -> tuple[LemmaAccount, ...]:
    """The lemmas that the reasons lean on, and those that these lean on; all of them where some part has no reasons."""
    if any(reason.kind == "open" for reason in told):
        return lemmas
    by_text = {lemma.text: lemma for lemma in lemmas}
    found: set[str] = set()
    waiting = list(told)
    while waiting:
        named = {g.text for g in waiting.pop().grounds if g.kind == "lemma"} & by_text.keys()
        for text in named - found:
            waiting.extend(by_text[text].reasons)
        found |= named
    return tuple(lemma for lemma in lemmas if lemma.text in found)


def _facts(system: System, known: Mapping[str, Term]) -> tuple[Fact, ...]:
    """Everything that is proved by now. What was found for another invariant goes by its words."""
    declared = {p.heading.name: p.heading for p in system.properties}
    facts: list[Fact] = []
    for name, formula in known.items():
        heading = declared.get(name)
        if heading is None:
            text = _text(system, formula)
            facts.append(Fact(text, formula, "lemma", text))
        else:
            facts.append(Fact(name, formula, "invariant", heading.text, heading.span))
    return tuple(facts)


def _text(system: System, formula: Term) -> str:
    return pretty(formula, scope_of(system, {}), units=units_of(system))


def _seen_from(fact: Fact, name: str) -> Fact:
    """A fact as a proof of the property of that name sees it."""
    if fact.kind != "invariant" or fact.name != name:
        return fact
    return Fact(fact.name, fact.formula, "itself", fact.text, fact.span)


def _stated(lemma: Fact) -> Invariant:
    return Invariant(Heading(lemma.name, False, "", lemma.text, lemma.span), lemma.formula, TRUE, lemma=True)


def _others(facts: tuple[Fact, ...], lemma: Fact) -> tuple[Fact, ...]:
    return tuple(Fact(f.name, f.formula, "itself", f.text, f.span) if f is lemma else f for f in facts)
