"""Files of proofs: what `prove` writes stands, and nothing else does."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from verifier.cli.main import main
from verifier.engines.certify.certify import Certifier
from verifier.kernel.judge import Ruling, digest, judge
from verifier.session import evidence as evidence_module
from verifier.session import recheck as recheck_module
from verifier.session.evidence import evidence
from verifier.session.proofs import document, parts_of, read_proofs
from verifier.session.proving import prove
from verifier.session.recheck import Recheck, Rechecked, recheck
from verifier.session.session import Request, check, prepare
from verifier.system.canonical import canonical

ROOT = Path(__file__).resolve().parents[2]

MODEL = """\
model Relay
sort User
param lot : real where 0 < lot
state cap : ureal
state posted : ureal
state queued : ureal
state price : ureal
state shares : User -> nat
state total : nat
init { cap := any where cap > 0  posted := 0  queued := 0  price := 0  shares := 0  total := 0 }
action raise_cap(by : ureal) { cap += by }
action post(x : ureal) { require x * lot <= cap  posted := x }
action queue() { require posted > price or posted * lot < cap  queued := posted }
action go() { require queued > price or queued * lot < cap  price := queued }
action back() { posted := price }
action join(u : User, n : nat) { require n > 0  shares[u] += n  total += n }
action leave(u : User) { total -= shares[u]  shares[u] := 0 }
"""
SPEC = """\
spec Relaying for Relay
invariant below_the_cap : price * lot <= cap
invariant books : total == sum(shares)
step the_cap_stays : cap >= old(cap)
rule join_and_leave(u : User, n : nat) {
  require shares[u] == 0
  let before = total
  join(u, n)
  leave(u)
  check total == before
}
enabled anybody_leaves : leave(u) when shares[u] > 0
reachable a_price : price > 0
invariant nobody : total == 0  expect violated
scenario one { start { lot = 1, cap = 5 }  join(A, 3)  check total == 3 }
"""
L3 = {"below_the_cap", "books", "the_cap_stays", "join_and_leave", "anybody_leaves"}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose proofs are written; nobody changes it."""
    root = tmp_path_factory.mktemp("proved")
    for folder, text in (("models", MODEL), ("spec", SPEC)):
        (root / folder / "a").mkdir(parents=True)
        (root / folder / "a" / "relay.vspec").write_text(text)
    here = os.getcwd()
    os.chdir(root)
    try:
        done = prove((), cache=False)
    finally:
        os.chdir(here)
    assert not done.diagnostics
    yield root


@pytest.fixture
def project(proved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(proved, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def file_of(project: Path) -> Path:
    return project / "proofs" / "a" / "relay.json"


def change(project: Path, edit: Callable[[Any], None]) -> None:
    """Change what the file says of the one spec."""
    path = file_of(project)
    data = json.loads(path.read_text())
    edit(data["specs"]["Relaying"])
    path.write_text(json.dumps(data))


def rows(found: Recheck) -> dict[str, Rechecked]:
    return {r.name: r for s in found.specs for r in s.rows}


def refused(found: Recheck) -> dict[str, str]:
    return {n: r.reason for n, r in rows(found).items() if r.outcome == "refused"}


# ---------------------------------------------------------------------------------------------- what is written


def test_everything_that_is_proved_has_certificates_and_the_rest_has_runs(project: Path) -> None:
    found = recheck(())
    assert found.status == 0
    told = rows(found)
    assert {n for n, r in told.items() if r.level == "L3" and r.kind != "lemma"} == L3
    assert {n for n, r in told.items() if r.level == "run"} == {"a_price", "nobody", "one"}
    lemmas = [r for r in told.values() if r.kind == "lemma"]
    assert lemmas
    assert all(r.says and r.outcome == "accepted" for r in lemmas)


def test_a_second_time_the_certificates_are_used_again_and_the_bytes_stay(project: Path) -> None:
    before = file_of(project).read_bytes()
    (written,) = prove((), cache=False).files
    assert not written.changed
    assert sum(r.certificates for s in written.specs for r in s.rows) == sum(s.reused for s in written.specs)
    assert file_of(project).read_bytes() == before


def test_the_text_has_one_line_for_each_certificate(project: Path) -> None:
    text = file_of(project).read_text()
    data = json.loads(text)
    specs = read_proofs(text.encode())
    assert not isinstance(specs, str)
    assert document(data["made with"], specs) == text
    lines = text.splitlines()
    for claim in data["specs"]["Relaying"]["claims"].values():
        for name, proof in claim.get("obligations", {}).items():
            assert any(line.strip().rstrip(",") == f"{json.dumps(name)}: {compact(proof)}" for line in lines)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


# ---------------------------------------------------------------------------------------------- without a solver

NO_SOLVER = """\
import sys
class NoSolver:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('z3', 'cvc5', 'lark'):
            raise ImportError(f'{name} is not to be had here')
sys.meta_path.insert(0, NoSolver())
from verifier.cli.main import main
sys.exit(main())
"""


def without_a_solver(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NO_SOLVER, *words],
        cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_recheck_needs_no_solver(project: Path) -> None:
    done = without_a_solver(project, "recheck", "--format", "json")
    assert done.returncode == 0, done.stderr
    (spec,) = json.loads(done.stdout)["specs"]
    assert {c["name"] for c in spec["claims"] if c["level"] == "L3" and c["kind"] != "lemma"} == L3


def test_check_needs_no_solver_where_everything_stands_in_the_proofs(project: Path) -> None:
    done = without_a_solver(project, "check", "--no-cache", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert "z3" not in report["tool"]
    levels = {r["property"]: r["level"] for r in report["results"]}
    assert {n for n, level in levels.items() if level == "L3"} == L3
    assert all(r["method"] == "certificate" for r in report["results"] if r["level"] == "L3")


def test_without_the_proofs_the_solver_is_asked(project: Path) -> None:
    run = check(Request(properties=("books", "the_cap_stays"), proofs=False))
    assert {r.verdict.level for r in run.results} == {"L0"}
    assert run.versions["z3"]


# ---------------------------------------------------------------------------------------------- forgeries


def certificates(entry: Any) -> Iterator[tuple[str, str]]:
    for name, claim in entry["claims"].items():
        for obligation in claim.get("obligations", {}):
            yield name, obligation


def places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all numbers and names in a certificate."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*at, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from places(value, (*at, index))
    else:
        yield at


def put(tree: Any, at: tuple[Any, ...], value: Any) -> None:
    for key in at[:-1]:
        tree = tree[key]
    tree[at[-1]] = value


def get(tree: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        tree = tree[key]
    return tree


def test_a_certificate_with_anything_changed_in_it_proves_nothing_else(project: Path) -> None:
    """But for a sum of a single fact: any multiple of it is as good."""
    entry = json.loads(file_of(project).read_text())["specs"]["Relaying"]
    (system,) = [s for _, _, s in prepare(()).systems if s.spec]
    core = json.loads(json.dumps(canonical(system)))
    changed = 0
    for name, obligation in certificates(entry):
        proof = entry["claims"][name]["obligations"][obligation]
        for at in places(proof["tree"], ("tree",)):
            old = get(proof, at)
            if at[-1] == 0 and old == "1" and get(proof, at[:-3])[0] == "close" and len(get(proof, at[:-2])) == 1:
                continue
            claims = copy.deepcopy(entry["claims"])
            new = old + 1 if isinstance(old, int) else "7/3" if old[:1].isdigit() else "need 99"
            put(claims[name]["obligations"][obligation], at, new)
            changed += 1
            assert judge(core, claims, [name])[name].refused, (name, obligation, at, old, new)
    assert changed > 100


def drop_an_obligation(entry: Any) -> None:
    del entry["claims"]["books"]["obligations"]["join"]


def add_an_obligation(entry: Any) -> None:
    entry["claims"]["books"]["obligations"]["joyn"] = entry["claims"]["books"]["obligations"]["join"]


def swap_certificates(entry: Any) -> None:
    of = entry["claims"]["books"]["obligations"]
    of["init"], of["join"] = of["join"], of["init"]


def say_another_kind(entry: Any) -> None:
    entry["claims"]["books"]["kind"] = "step"


def say_another_formula(entry: Any) -> None:
    entry["claims"]["books"]["states"] = "0" * 64


def say_it_is_a_lemma(entry: Any) -> None:
    claim = entry["claims"]["books"]
    claim |= {"kind": "lemma", "says": "true", "formula": ["const", True, "bool"]}


def claim_what_nobody_says(entry: Any) -> None:
    entry["claims"]["books_too"] = entry["claims"].pop("books")


def prove_nothing(entry: Any) -> None:
    entry["claims"]["books"]["obligations"] = {}


def give_no_certificates(entry: Any) -> None:
    del entry["claims"]["books"]["obligations"]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop_an_obligation, "`join` has no proof"),
        (add_an_obligation, "`joyn` is none of them"),
        (swap_certificates, "`init`"),
        (say_another_kind, "the spec says `invariant`"),
        (say_another_formula, "another formula"),
        (say_it_is_a_lemma, "has the name of this lemma"),
        (claim_what_nobody_says, "makes no such claim"),
        (prove_nothing, "has no proof"),
        (give_no_certificates, "malformed"),
    ],
)
def test_a_forged_claim_is_refused(project: Path, edit: Callable[[Any], None], reason: str) -> None:
    change(project, edit)
    found = recheck(())
    assert found.status == 1
    assert any(reason in text for name, text in refused(found).items() if name.startswith("books")), refused(found)
    told = {r.prop.heading.name: r.verdict for r in check(Request(properties=("books",))).results}
    assert told["books"].level == "L0"


def test_a_lemma_says_what_its_formula_says(project: Path) -> None:
    def lie(entry: Any) -> None:
        for claim in entry["claims"].values():
            if claim["kind"] == "lemma":
                claim["says"] = "cap >= 0"

    change(project, lie)
    reasons = refused(recheck(()))
    assert any("its words" in reason for reason in reasons.values())
    assert "below_the_cap" in reasons


def test_a_claim_falls_with_what_it_rests_on(project: Path) -> None:
    lemma = next(n for n, r in rows(recheck(())).items() if r.kind == "lemma")
    change(project, lambda entry: entry["claims"][lemma]["obligations"].popitem())
    reasons = refused(recheck(()))
    assert "`below_the_cap`" not in reasons
    assert f"rests on `{lemma}`" in reasons["below_the_cap"] or "rests on" in reasons["below_the_cap"]
    assert "books" not in reasons


def test_a_run_that_does_not_replay_is_refused(project: Path) -> None:
    def shorten(entry: Any) -> None:
        entry["runs"]["a_price"]["Candidate"][3].pop()
        entry["runs"]["one"].pop()

    change(project, shorten)
    assert refused(recheck(())).keys() == {"a_price", "one"}
    (told,) = check(Request(properties=("a_price",))).results
    assert told.verdict.name == "proved"
    assert told.verdict.method == "run found and replayed"


@pytest.mark.parametrize("old", ["require n > 0", "shares[u] += n", "total -= shares[u]"])
def test_a_model_that_has_changed_is_told_with_its_changes(project: Path, old: str) -> None:
    path = project / "models" / "a" / "relay.vspec"
    text = path.read_text()
    new = {"require n > 0": "", "shares[u] += n": "shares[u] += 2 * n", "total -= shares[u]": "total -= 1"}[old]
    path.write_text(text.replace(old, new))
    found = recheck(())
    (spec,) = found.specs
    assert found.status == 1
    assert spec.stale == (f"action `{'leave' if 'total' in old else 'join'}`",)
    told = rows(found)
    assert told["below_the_cap"].outcome == "accepted", "what does not speak of it still stands"
    assert old == "require n > 0" or told["books"].outcome == "refused"


def test_proofs_of_another_model_settle_nothing(project: Path) -> None:
    path = project / "models" / "a" / "relay.vspec"
    path.write_text(path.read_text().replace("shares[u] += n", "shares[u] += 2 * n"))
    (told,) = check(Request(properties=("books",))).results
    assert told.verdict.name == "violated"
    (still,) = check(Request(properties=("the_cap_stays",))).results
    assert still.verdict.level == "L0"


def test_a_digest_that_is_changed_is_refused(project: Path) -> None:
    change(project, lambda entry: entry.update(core="0" * 64))
    found = recheck(())
    assert found.status == 1
    assert found.specs[0].stale


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": "verify-spec proofs 0", "specs": {}}', b"[" * 5000, b"\xff"]
)
def test_what_is_no_file_of_proofs_is_said_so(project: Path, content: bytes) -> None:
    file_of(project).write_bytes(content)
    found = recheck(())
    assert found.status == 1
    assert found.specs[0].broken
    assert check(Request(properties=("books",))).results[0].verdict.level == "L0"


# ---------------------------------------------------------------------------------------------- more than true


def test_what_is_true_of_nothing_is_vacuous_however_well_it_is_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "m.vspec").write_text(
        "model M\nstate n : int\ninit { n := 0 }\naction up() { n += 1 }\n"
        "spec S for M\ninvariant up_only : n >= 0\ninvariant nothing : n < 0 implies n < 5\n"
    )
    monkeypatch.chdir(tmp_path)
    (system,) = [s for _, _, s in prepare(()).systems]
    core = json.loads(json.dumps(canonical(system)))
    claims = {p["name"]: p for p in core["properties"]}
    proofs = Certifier(core, claims).run().proofs
    said = {
        n: {"kind": "invariant", "level": "L3", "states": digest(claims[n]), "obligations": dict(p)}
        for n, p in proofs.items()
    }
    prove((), cache=False)
    path = tmp_path / "proofs" / "m.json"
    data = json.loads(path.read_text())
    data["specs"]["S"]["claims"] = said
    path.write_text(json.dumps(data))
    assert recheck(()).status == 0
    told = {r.prop.heading.name: r.verdict for r in check(Request()).results}
    assert told["up_only"].level == "L3"
    assert told["nothing"].name == "vacuous"


def test_without_a_run_that_shows_it_speaks_of_something_the_solver_is_asked(project: Path) -> None:
    change(project, lambda entry: entry.update(occasions={}))
    (told,) = check(Request(properties=("books",))).results
    assert told.verdict.level == "L3"
    assert told.verdict.method == "induction"


# ---------------------------------------------------------------------------------------------- disagreement


def accept_everything(core: Any, said: Any, wanted: Any = None) -> dict[str, Ruling]:
    return {name: Ruling(name, claim["kind"]) for name, claim in said.items()}


def test_a_proof_of_what_a_run_breaks_is_a_bug_of_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def claim(entry: Any) -> None:
        entry["claims"]["nobody"] = {**entry["claims"]["books"]}

    change(project, claim)
    assert recheck(()).status == 1, "the kernel refuses it"
    monkeypatch.setattr(evidence_module, "judge", accept_everything)
    for words in (["recheck"], ["check", "--no-cache"], ["prove", "--no-cache"]):
        assert main(words) == 70
        told = capsys.readouterr().err
        assert "disagree" in told
        assert "the kernel accepts" in told
        reproducer = Path(told.strip().splitlines()[-1].strip())
        content = json.loads(reproducer.read_text())
        assert content["about"].endswith(".nobody")
        assert {"core", "claims", "run"} <= content.keys()


def test_the_engines_are_held_against_the_kernel(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hide(entry: Any) -> None:
        entry["claims"]["nobody"] = {**entry["claims"]["books"]}
        entry["runs"] = {}

    change(project, hide)
    monkeypatch.setattr(evidence_module, "judge", accept_everything)
    assert main(["check", "--no-cache", "-p", "nobody"]) == 70


# ---------------------------------------------------------------------------------------------- parts and paths


def test_the_parts_of_a_core_system_are_told_apart(project: Path) -> None:
    (system,) = [s for _, _, s in prepare(()).systems if s.spec]
    other = replace(system, actions=system.actions[:-1])
    assert set(parts_of(system)) - set(parts_of(other)) == {"action `leave`"}


def test_evidence_is_about_one_core_system_only(project: Path) -> None:
    (system,) = [s for _, _, s in prepare(()).systems if s.spec]
    entry = json.loads(file_of(project).read_text())["specs"]["Relaying"]
    assert evidence(system, entry, frozenset(L3)) is not None
    assert evidence(replace(system, actions=system.actions[:-1]), entry, frozenset(L3)) is None


def test_paths(project: Path) -> None:
    for words in ((), ("proofs",), ("proofs/a",), ("proofs/a/relay.json",), ("a/relay",), ("spec",)):
        assert recheck(words).status == 0, words
        assert len(recheck(words).specs) == 1, words
    assert [d.code for d in recheck(("nothing/here",)).diagnostics] == ["VS0501"]
    file_of(project).unlink()
    assert [d.code for d in recheck(("a/relay",)).diagnostics] == ["VS0526"]
    assert [d.code for d in recheck(()).diagnostics] == ["VS0526"]
    assert recheck_module.recheck(()).status == 2


# ---------------------------------------------------------------------------------------------- the library


@pytest.mark.parametrize("path", sorted((ROOT / "proofs").rglob("*.json")), ids=lambda p: p.stem)
def test_the_proofs_of_the_library_stand(path: Path) -> None:
    """After a change to a model, its spec, the lowering or the kernel: `verify-spec prove`, and commit what it writes."""
    found = recheck((str(path),))
    assert not found.diagnostics
    assert {s.spec: s.stale for s in found.specs if s.stale} == {}
    assert refused(found) == {}
    assert [(s.spec, r.name) for s in found.specs for r in s.rows if r.outcome != "accepted"] == []
    assert found.status == 0


def test_a_lemma_settles_no_property_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be reached is no claim of the core system: a lemma of that name, however true, is no proof of it. Nor
    is it one of a deadline."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.vspec").write_text(
        "model M\nstate n : nat\nstate m : nat\ninit { n := 0  m := 0 }\naction up() { n += 1 }\n"
        "spec S for M\ninvariant zero : m == 0\nreachable never : m > 0\n"
        "responds late : n == 1 leads to m > 0 within 3 of up\n"
    )
    prove(("m.vspec",))
    path = tmp_path / "m.proofs.json"
    content = json.loads(path.read_text())
    (entry,) = content["specs"].values()
    proof = {"init": {"atoms": [], "tree": ["close", [["1", ["goal"]]], []]}}
    lemma = {"kind": "lemma", "level": "L3", "says": "true", "formula": ["const", True, "bool"], "obligations": proof}
    entry["claims"] |= {"never": lemma, "late": lemma}
    entry["runs"] = {}
    path.write_text(json.dumps(content))
    run = check(Request(("m.vspec",)))
    assert {r.prop.heading.name: r.verdict.name for r in run.results} == {
        "zero": "proved",
        "never": "violated",
        "late": "violated",
    }
    (found,) = recheck(("m.vspec",)).specs
    assert {r.name: r.reason for r in found.rows if r.outcome == "refused"} == dict.fromkeys(
        ("never", "late"), "a property of the spec has the name of this lemma"
    )


def test_a_run_is_among_members_that_there_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sort is empty, and one of two members has two: a run among others shows nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.vspec").write_text(
        "model M\nsort Account\nsort Slot of 2\nstate n : nat\ninit { n := 0 }\naction up() { n += 1 }\n"
        "spec S for M\nreachable up     : n == 1\nreachable nobody : forall a in Account: false\n"
        "reachable three  : count(true for s in Slot) == 3\n"
        "invariant some   : exists a in Account: n >= 0\n"
    )
    prove(("m.vspec",))
    path = tmp_path / "m.proofs.json"
    content = json.loads(path.read_text())
    (entry,) = content["specs"].values()
    run = json.dumps(entry["runs"]["up"])
    account = re.search(r'\["Account", \[[^]]*\]\]', run)
    assert account is not None and '["slot_1", "slot_2"]' in run
    nobody = json.loads(run.replace(account[0], '["Account", []]'))
    three = json.loads(run.replace('["slot_1", "slot_2"]', '["slot_1", "slot_2", "slot_3"]'))
    entry["runs"] |= {"nobody": nobody, "some": nobody, "three": three}
    path.write_text(json.dumps(content))
    verdicts = {r.prop.heading.name: r.ok for r in check(Request(("m.vspec",))).results}
    assert verdicts == {"up": True, "nobody": False, "three": False, "some": True}
    (found,) = recheck(("m.vspec",)).specs
    assert {r.name for r in found.rows if r.outcome == "refused"} == {"nobody", "three", "some"}
