"""Proofs of deadlines: what `prove` writes of a `responds` stands, and nothing else does."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.session.test_proofs import accept_everything, get, places, put
from verifier.cli.main import main
from verifier.kernel.judge import digest, judge
from verifier.session import evidence as evidence_module
from verifier.session.evidence import evidence, wording
from verifier.session.explained import Explained, explain
from verifier.session.proofs import parts_of
from verifier.session.proving import prove
from verifier.session.recheck import Rechecked, RecheckedSpec, recheck
from verifier.session.session import Request, check, prepare
from verifier.system.canonical import canonical
from verifier.system.transition import Responds, System

TEXT = """\
model Desk
sort User
param limit : nat where limit >= 1
state asked : User -> bool
state age : User -> nat
state missed : nat
state halted : bool
init { asked := false  age := 0  missed := 0  halted := false }
action ask(u : User) { require not asked[u]  asked[u] := true  age[u] := 0 }
action serve(u : User) { require asked[u]  asked[u] := false }
environment action tick() {
  require forall u in User: asked[u] implies age[u] < limit
  for u in User { if asked[u] { age[u] += 1 } }
}
environment action miss() { missed += 1  if missed >= 3 { halted := true } }
environment action beat() { require not halted  missed := 0 }

spec InTime for Desk
responds soon  : forall u in User: asked[u] leads to not asked[u] within limit + 1 of tick
responds halts : missed > 0 leads to halted or missed == 0 within 2 of miss
invariant in_age : forall u in User: asked[u] implies age[u] <= limit
enabled served : serve(u) when asked[u]
"""
DEADLINES = {"soon", "halts"}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the proofs of the text; nobody changes it."""
    root = tmp_path_factory.mktemp("deadlines")
    (root / "desk.vspec").write_text(TEXT)
    assert not prove((str(root / "desk.vspec"),), cache=False).diagnostics
    return root


@pytest.fixture
def desk(proved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(proved, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(desk: Path, old: str, new: str) -> None:
    """Change the specification."""
    path = desk / "desk.vspec"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def change(desk: Path, edit: Callable[[Any], None]) -> None:
    """Change what the file of proofs says."""
    path = desk / "desk.proofs.json"
    data = json.loads(path.read_text())
    edit(data["specs"]["InTime"])
    path.write_text(json.dumps(data))


def entry_of(desk: Path) -> Any:
    return json.loads((desk / "desk.proofs.json").read_text())["specs"]["InTime"]


def system_of() -> System:
    (system,) = [s for _, _, s in prepare(("desk.vspec",)).systems if s.spec]
    return system


def rechecked() -> RecheckedSpec:
    (found,) = recheck(("desk.vspec",)).specs
    return found


def rows() -> dict[str, Rechecked]:
    return {r.name: r for r in rechecked().rows}


def verdicts() -> dict[str, tuple[str, str | None]]:
    run = check(Request(("desk.vspec",), cache=False))
    return {r.prop.heading.name: (r.verdict.name, r.verdict.level) for r in run.results}


# ---------------------------------------------------------------------------------------------- what is written


def test_a_deadline_has_certificates(desk: Path) -> None:
    assert recheck(("desk.vspec",)).status == 0
    told = rows()
    assert {n: (told[n].kind, told[n].level, told[n].outcome) for n in DEADLINES} == dict.fromkeys(
        DEADLINES, ("responds", "L3", "accepted")
    )
    assert told["soon"].certificates == 4, "`init`, and what writes the counter"
    assert any(label.startswith("known ") for label in told["soon"].rests)


def test_check_takes_them_and_asks_no_solver(desk: Path) -> None:
    results = {r.prop.heading.name: r.verdict for r in check(Request(("desk.vspec",), cache=False)).results}
    for name in DEADLINES:
        assert (results[name].level, results[name].method, results[name].cost.queries) == ("L3", "certificate", 0)
        assert results[name].lemmas == (), "no spec can state what is known of a counter"
        assert any(f"waiting({name})" in note for note in results[name].notes)


def test_a_second_time_the_certificates_are_used_again_and_the_bytes_stay(desk: Path) -> None:
    before = (desk / "desk.proofs.json").read_bytes()
    (written,) = prove(("desk.vspec",), cache=False).files
    assert not written.changed
    assert (desk / "desk.proofs.json").read_bytes() == before
    assert sum(r.certificates for s in written.specs for r in s.rows) == sum(s.reused for s in written.specs)


def test_explain_says_what_the_counter_is(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "desk.vspec:halts", "--no-cache"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "proved certificate, L3" in told
    assert (
        "`waiting(halts)` is how often `miss` has run since the wait began, and -1 while nothing is waited for." in told
    )
    assert "waiting(halts) >= 0 implies waiting(halts) < missed" in told, "the lemma that the proof needs"
    assert "implies waiting(halts) < 0" not in told, "and none that it does not"


def test_explain_tells_the_arithmetic(desk: Path) -> None:
    found = explain("desk.vspec:soon", lambda _: None, arithmetic=True, cache=False)
    assert isinstance(found, Explained)
    assert found.account is not None
    assert {r.where for r in found.account.reasons} >= {"start", "tick", "ask", "serve"}
    assert {a.where: a.lost for a in found.account.arithmetic} == dict.fromkeys(("start", "ask", "serve", "tick"), "")


ROUNDS = """\
model Rounds
enum Phase { Idle, Commit, Reveal, Settle }
state phase : Phase
init { phase := Idle }
action start() { require phase == Idle  phase := Commit }
environment action advance() {
  require phase != Idle
  if phase == Commit { phase := Reveal } else { if phase == Reveal { phase := Settle } else { phase := Idle } }
}
spec Ends for Rounds
responds it_ends : phase == Commit leads to phase == Idle within 3 of advance
responds never   : phase == Commit and phase == Idle leads to phase == Reveal within 1 of advance
"""


def test_lemmas_that_are_found_for_a_deadline_have_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock in the state tells how long it has taken: the engines find out what each phase says of the wait."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rounds.vspec").write_text(ROUNDS)
    (written,) = prove(("rounds.vspec",), cache=False).files
    told = {r.name: r for s in written.specs for r in s.rows}
    assert (told["it_ends"].level, told["never"].verdict) == ("L3", "vacuous")
    assert sum(r.kind == "lemma" for r in told.values()) > 1
    assert recheck(("rounds.vspec",)).status == 0
    for proofs in (True, False):
        results = check(Request(("rounds.vspec",), cache=False, proofs=proofs)).results
        verdicts = {r.prop.heading.name: r.verdict for r in results}
        assert verdicts["it_ends"].level == ("L3" if proofs else "L0")
        assert verdicts["it_ends"].lemmas == (), "no spec can state them"
        assert any("waiting(it_ends)" in note for note in verdicts["it_ends"].notes)
        assert verdicts["never"].name == "vacuous", "however well it is proved"


def test_a_deadline_changes_no_other_certificate(desk: Path, tmp_path: Path) -> None:
    others = [line for line in TEXT.splitlines() if not line.startswith("responds")]
    (tmp_path / "plain.vspec").write_text("\n".join(others) + "\n")
    prove(("plain.vspec",), cache=False)
    plain = json.loads((tmp_path / "plain.proofs.json").read_text())["specs"]["InTime"]["claims"]
    claims = entry_of(desk)["claims"]
    assert set(plain) == {"in_age", "served"}
    assert {name: claims[name] for name in plain} == plain


def test_with_the_numbers_of_a_profile_a_deadline_keeps_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "desk.vspec").write_text(TEXT)
    (tmp_path / "spec" / "desk.toml").write_text('[[profile]]\nname = "busy"\nmodel = "Desk"\nlimit = 7\n')
    monkeypatch.chdir(tmp_path)
    prove((), cache=False)
    told = {(r.profile, r.prop.heading.name): r.verdict for r in check(Request(profiles=("*",))).results}
    assert {told["busy", name].level for name in DEADLINES} == {"L3"}
    assert {told["busy", name].method for name in DEADLINES} == {"certificate for all numbers"}


# ---------------------------------------------------------------------------------------------- the core system


def without_counters(value: Any) -> Any:
    """A core system without whatever sets a counter."""
    if isinstance(value, dict):
        return {k: without_counters(v) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    return [without_counters(v) for v in value if not (is_block_part(v) and only_counts(v))]


def is_block_part(value: Any) -> bool:
    return isinstance(value, list) and value[:1] in (["set"], ["for"])


def only_counts(stmt: Any) -> bool:
    if stmt[0] == "for":
        return all(is_block_part(s) and only_counts(s) for s in stmt[2])
    return str(stmt[1]).startswith("waiting(")


def test_counters_are_all_that_the_core_system_has_besides(desk: Path) -> None:
    """Nothing is required of a counter, and nothing reads one but what sets it and what is claimed of it. So the core
    system has the runs of the model."""
    system = system_of()
    plain = canonical(replace(system, properties=tuple(p for p in system.properties if not isinstance(p, Responds))))
    core = canonical(system)
    assert [s[0] for s in core["states"][len(plain["states"]) :]] == ["waiting(soon)", "waiting(halts)"]
    core["states"] = core["states"][: len(plain["states"])]
    core["properties"] = [p for p in core["properties"] if p["name"] not in DEADLINES]
    assert without_counters(core) == plain
    assert "waiting(" not in json.dumps(without_counters(core))


def test_the_parts_of_a_core_system_tell_a_deadline_apart(desk: Path) -> None:
    before = parts_of(system_of())
    say(desk, "within 2 of miss", "within 3 of miss")
    after = parts_of(system_of())
    assert {n for n in before if before[n] != after[n]} == {"responds `halts`"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within 2 of miss", "within 1 of miss"),
        ("within 2 of miss", "within 2 of tick"),
        ("leads to halted or missed == 0", "leads to halted"),
        ("missed >= 3", "missed >= 4"),
    ],
    ids=["bound", "action", "response", "model"],
)
def test_a_proof_of_another_promise_of_the_same_name_is_refused(desk: Path, old: str, new: str) -> None:
    say(desk, old, new)
    found = rechecked()
    assert found.stale
    assert not found.ok
    (row,) = (r for r in found.rows if r.name == "halts")
    assert row.outcome == "refused"
    assert verdicts()["halts"] == ("violated", None)


def test_a_promise_with_another_trigger_is_another_promise(desk: Path) -> None:
    """Even where it is as true as before, and the old certificates prove it."""
    say(desk, "halts : missed > 0", "halts : not halted")
    assert rechecked().stale == ("responds `halts`",)
    assert evidence(system_of(), entry_of(desk), frozenset(DEADLINES)) is None
    assert verdicts()["halts"] == ("proved", "L0")


def test_the_digest_of_the_core_is_of_no_use_for_that(desk: Path) -> None:
    """Somebody puts the digest of the new core system over the old proofs."""
    say(desk, "within 2 of miss", "within 1 of miss")
    core = canonical(system_of())

    def forge(entry: Any) -> None:
        entry["core"] = digest(core)
        entry["parts"] = parts_of(system_of())
        prop = next(p for p in core["properties"] if p["name"] == "halts")
        entry["claims"]["halts"]["states"] = digest(prop)

    change(desk, forge)
    assert not rechecked().stale
    assert rows()["halts"].outcome == "refused"
    assert verdicts()["halts"] == ("violated", None)


def test_the_digest_of_the_model_without_counters_is_another(desk: Path) -> None:
    system = system_of()
    others = tuple(p for p in system.properties if not isinstance(p, Responds))

    def forge(entry: Any) -> None:
        entry["core"] = digest(canonical(replace(system, properties=others)))

    change(desk, forge)
    assert rechecked().stale
    assert evidence(system, entry_of(desk), frozenset(DEADLINES)) is None


def test_the_kernel_finds_no_deadline_in_a_core_without_its_counter(desk: Path) -> None:
    system, claims = system_of(), entry_of(desk)["claims"]
    others = tuple(p for p in system.properties if not isinstance(p, Responds))
    plain = json.loads(json.dumps(canonical(replace(system, properties=others))))
    for ruling in (judge(plain, claims)[name] for name in DEADLINES):
        assert "makes no such claim" in ruling.refused


# ---------------------------------------------------------------------------------------------- forgeries


def exchange(entry: Any) -> None:
    claims = entry["claims"]
    claims["soon"], claims["halts"] = claims["halts"], claims["soon"]


def exchange_the_certificates(entry: Any) -> None:
    claims = entry["claims"]
    claims["halts"] = {**claims["halts"], "obligations": claims["soon"]["obligations"]}


def bring_a_weaker_formula(entry: Any) -> None:
    """That the wait is no longer than it is, in place of the promise."""
    proof = {"atoms": [], "tree": ["close", [["1", ["goal"]]], []]}
    true = {
        "kind": "invariant",
        "name": "halts",
        "formula": ["const", True, "bool"],
        "defined": ["const", True, "bool"],
    }
    entry["claims"]["halts"] = {
        "kind": "invariant",
        "level": "L3",
        "states": digest(true),
        "formula": true["formula"],
        "rests": [],
        "obligations": {"init": proof},
    }


def bring_a_lemma(entry: Any) -> None:
    """A lemma about the counter that is true, by the name of the promise."""
    lemma = next(c for n, c in entry["claims"].items() if c["kind"] == "lemma" and n.startswith("halts"))
    entry["claims"]["halts"] = lemma


def say_responds(entry: Any) -> None:
    entry["claims"]["halts"]["kind"] = "responds"


def say_that_it_follows(entry: Any) -> None:
    entry["claims"]["halts"] |= {
        "by": "state",
        "obligations": {"here": entry["claims"]["halts"]["obligations"]["init"]},
    }


def forget_the_action_that_counts(entry: Any) -> None:
    del entry["claims"]["halts"]["obligations"]["miss"]


def forget_what_it_rests_on(entry: Any) -> None:
    for name in [n for n, c in entry["claims"].items() if c["kind"] == "lemma" and n.startswith("halts")]:
        del entry["claims"][name]


def suppose_that_nobody_waits(entry: Any) -> None:
    """The lemma that the proof rests on says that there is no wait at all."""
    name, lemma = next((n, c) for n, c in entry["claims"].items() if c["kind"] == "lemma" and n.startswith("halts"))
    formula = ["op", "lt", [["state", "waiting(halts)", [], "int", "now"], ["const", "0", "int"]], "bool"]
    entry["claims"][name] = {**lemma, "formula": formula, "says": wording(system_of(), formula)}


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (exchange, "another formula of this name"),
        (exchange_the_certificates, "is none of them|has no proof"),
        (bring_a_weaker_formula, "another formula of this name"),
        (bring_a_lemma, "has the name of this lemma"),
        (say_responds, "the spec says `invariant`"),
        (say_that_it_follows, "`here`"),
        (forget_the_action_that_counts, "`miss` has no proof"),
        (forget_what_it_rests_on, "known"),
        (suppose_that_nobody_waits, "rests on|`miss`"),
    ],
    ids=lambda v: v.__name__ if callable(v) else "",
)
def test_a_forged_deadline_is_refused(desk: Path, edit: Callable[[Any], None], reason: str) -> None:
    change(desk, edit)
    row = rows()["halts"]
    assert row.outcome == "refused"
    assert any(part in row.reason for part in reason.split("|")), row.reason
    assert recheck(("desk.vspec",)).status == 1
    assert verdicts()["halts"] == ("proved", "L0")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("soon", "limit + 1 of", "limit of"), ("halts", "within 2 of", "within 1 of"), ("halts", ">= 3", ">= 4")],
    ids=["soon", "halts", "model"],
)
def test_no_change_in_its_certificates_makes_a_deadline_true(desk: Path, name: str, old: str, new: str) -> None:
    entry = entry_of(desk)
    say(desk, old, new)
    core = json.loads(json.dumps(canonical(system_of())))
    stated = digest(next(p for p in core["properties"] if p["name"] == name))
    changed = 0
    for obligation, proof in entry["claims"][name]["obligations"].items():
        for at in places(proof["tree"], ("tree",)):
            claims = copy.deepcopy(entry["claims"])
            claims[name]["states"] = stated
            was = get(proof, at)
            put(claims[name]["obligations"][obligation], at, was + 1 if isinstance(was, int) else "7/3")
            changed += 1
            assert judge(core, claims, [name])[name].refused, (obligation, at)
    assert changed > 10


# ---------------------------------------------------------------------------------------------- with the engines


def test_lemmas_about_a_counter_are_not_for_the_engines(desk: Path) -> None:
    """Where no run shows that the promise begins, the engines settle it, in the model as it was written; the kernel has
    accepted the proof all the same."""
    found = evidence(system_of(), entry_of(desk), frozenset((*DEADLINES, "in_age")))
    assert found is not None
    assert found.accepted == {*DEADLINES, "in_age"}
    assert set(found.known) == {"in_age"}
    change(desk, lambda entry: entry.update(occasions={}))
    assert verdicts()["halts"] == ("proved", "L3")


def test_a_proof_of_a_deadline_that_a_run_misses_is_a_bug_of_ours(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say(desk, "within 2 of miss", "within 1 of miss expect violated")

    def forge(entry: Any) -> None:
        entry["core"] = digest(canonical(system_of()))

    change(desk, forge)
    assert main(["check", "--no-cache", "desk.vspec", "-p", "halts"]) == 0
    monkeypatch.setattr(evidence_module, "judge", accept_everything)
    assert main(["check", "--no-cache", "desk.vspec", "-p", "halts"]) == 70
    assert "the kernel accepts a proof of it" in capsys.readouterr().err


def test_a_deadline_that_is_missed_keeps_its_run(desk: Path) -> None:
    say(desk, "within 2 of miss", "within 1 of miss expect violated")
    (written,) = prove(("desk.vspec",), cache=False).files
    told = {r.name: r for s in written.specs for r in s.rows}
    assert (told["halts"].verdict, told["halts"].level, told["halts"].run) == ("violated", None, True)
    assert told["soon"].level == "L3"
    assert rows()["halts"].level == "run"
    assert recheck(("desk.vspec",)).status == 0
