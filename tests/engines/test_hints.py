"""Proofs as a proof file says: they carry what is not found without them, and never what is false."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.engines.direct import Proof
from verifier.engines.discharge import Discharger
from verifier.engines.hints import Split, given, unproved, used_first
from verifier.engines.lemma_sets import Provable, prove_with
from verifier.session.session import Request, check, prepare
from verifier.system.terms import BOOL, FALSE, TRUE, Op, Term, Var, conj
from verifier.system.transition import Enabled, Hint, Invariant, Reachable, Rule, StepProperty, System

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
PROOFS = CORPUS / "verdicts" / "proofs.vspec"
MOST = 6
"""Pairs of a false property and a split that are tried of one spec."""


def systems(path: Path) -> dict[str, System]:
    """The specs of a file, by name."""
    return {system.spec: system for _, _, system in prepare((str(path),)).systems if system.spec}


def provable(system: System, name: str) -> Provable:
    """A property of a system, of a kind that is proved by obligations."""
    (prop,) = [p for p in system.properties if p.heading.name == name]
    assert isinstance(prop, Invariant | StepProperty | Rule | Enabled)
    return prop


def test_no_state_is_left_out() -> None:
    x, y = Var("x", BOOL), Var("y", BOOL)
    not_x, not_y = Op("not", (x,), BOOL), Op("not", (y,), BOOL)
    assert Split().parts == ((),)
    assert Split((x, y)).parts == ((x, y), (x, not_y), (not_x, y), (not_x, not_y))
    assert Split((TRUE,)).parts == ((TRUE,), (FALSE,))


def test_only_what_is_proved_is_given() -> None:
    known: dict[str, Term] = {"a": TRUE, "b": FALSE}
    assert given(Hint("p", None, ()), known) == known
    assert given(Hint("p", ("b",), ()), known) == {"b": FALSE}
    assert given(Hint("p", ("b", "c"), ()), known) is None
    assert unproved(Hint("p", ("b", "c"), ()), known) == ("c",)


def test_what_is_used_comes_first() -> None:
    (system,) = [s for s in systems(CORPUS / "soundness" / "proofs.vspec").values() if s.spec == "Promises"]
    names = [p.heading.name for p in used_first(system.properties, system.hints)]
    assert sorted(names) == sorted(p.heading.name for p in system.properties)
    assert names.index("impossible") < names.index("adds_up")
    assert names.index("paid_back") < names.index("solvent")  # each uses the other: the first met waits
    assert names.index("solvent") < names.index("circular")


def test_cases_carry_what_is_not_proved_without() -> None:
    """In each case another amount lets the action run."""
    system = systems(PROOFS)["Settled"]
    prop = provable(system, "always")
    (hint,) = system.hints
    assert not isinstance(prove_with(Discharger(system), prop, {}), Proof)
    assert isinstance(prove_with(Discharger(system), prop, {}, split=Split(hint.cases)), Proof)


def test_a_lemma_carries_what_is_not_proved_without() -> None:
    system = systems(PROOFS)["Marriages"]
    prop, lemma = provable(system, "mutual"), provable(system, "alone_with_oneself")
    assert isinstance(lemma, Invariant) and lemma.lemma
    assert not isinstance(prove_with(Discharger(system), prop, {}), Proof)
    assert isinstance(prove_with(Discharger(system), prop, {"alone_with_oneself": lemma.formula}), Proof)


@pytest.mark.parametrize(
    ("said", "verdict", "note"),
    [
        ("", "proved", None),
        ("capped { cases n > 1 }", "proved", "as its proof says: by cases on `n > 1`"),
        ("capped { use paired }", "proved", "as its proof says: from `paired` alone"),
        ("capped { use wrong  cases n > 1 }", "proved", "its proof did not help: `wrong` is not proved"),
        ("kept { use wrong }", "proved", "its proof did not help: `wrong` is not proved"),
        ("kept { use paired  cases m > 1 }", "proved", "as its proof says: from `paired` alone, by cases on `m > 1`"),
        ("kept { use paired, low }", "proved", "as its proof says: from `paired` and `low` alone"),
        ("alike { use low }", "proved", "its proof did not help"),
        ("alike { use paired }", "proved", "as its proof says: from `paired` alone"),
        ("below { use wrong }", "violated", "its proof did not help: `wrong` is not proved"),
    ],
)
def test_what_is_told(said: str, verdict: str, note: str | None, tmp_path: Path) -> None:
    path = tmp_path / "twins.vspec"
    path.write_text(
        "model Twins\nstate n : int\nstate m : int\ninit { n := 0  m := 0 }\n"
        "action up() { require n < 3  n += 1  m += 1 }\naction down() { require m > 0  n -= 1  m -= 1 }\n"
        "spec Twin for Twins\ninvariant paired : n == m\ninvariant capped : n <= 3\ninvariant wrong : n < 3\n"
        "invariant below : m < 2\ninvariant low : n >= 0 - 1\nstep kept : n - m <= old(m) - old(n)\n"
        "rule alike() { check n == m }\n"
        f"proof of Twin {{ {said} }}\n",
        encoding="utf-8",
    )
    name = said.partition(" ")[0] or "capped"
    run = check(Request(paths=(str(path),)))
    assert not run.diagnostics
    (result,) = [r for r in run.results if r.prop.heading.name == name]
    assert result.verdict.name == verdict
    assert [n for n in result.verdict.notes if "proof" in n] == ([note] if note else [])


# ---------------------------------------------------------------------------------------------- nothing false


def false_ones(path: Path) -> Iterator[tuple[System, Provable]]:
    """The properties of a file that are marked as violated."""
    text = path.read_text(encoding="utf-8")
    lines = {n for n, line in enumerate(text.splitlines(), 1) if re.search(r"// violated", line)}
    prepared = prepare((str(path),))
    (source,) = prepared.loaded.sources.values()
    for _, _, system in prepared.systems:
        for prop in system.properties:
            match prop:
                case Invariant() | StepProperty() | Rule() | Enabled():
                    if source.position(prop.heading.span.start).line in lines:
                        yield system, prop
                case _:
                    pass


def splits(system: System, prop: Provable) -> Iterator[Term]:
    """What the other properties say, as something to tell states apart by."""
    for other in system.properties:
        if other is not prop and isinstance(other, Invariant | Reachable):
            yield conj(other.defined, other.formula)
    if isinstance(prop, Invariant):
        yield conj(prop.defined, prop.formula)


@pytest.mark.parametrize("path", sorted((CORPUS / "soundness").glob("*.vspec")), ids=lambda p: p.stem)
def test_no_split_proves_what_is_false(path: Path) -> None:
    for system, prop in false_ones(path):
        system = replace(system, hints=())
        for formula in list(splits(system, prop))[:MOST]:
            outcome = prove_with(Discharger(system), prop, {}, quick=True, split=Split((formula,)))
            assert not isinstance(outcome, Proof), (system.spec, prop.heading.name, formula)
