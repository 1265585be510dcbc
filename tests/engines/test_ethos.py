"""Level L2: Ethos accepts a proof of every query that excluded a case.

Ethos itself is in no package registry. What it would answer is played here by a small program that is put on PATH; the
last test asks the real one, where there is one.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from verifier.cli.main import main
from verifier.engines import ethos as engine
from verifier.engines import second as engines
from verifier.engines.ethos import Ethos, Said, found, scratch
from verifier.engines.second import Checked, checked_answers
from verifier.logic.solvers.process import Helper
from verifier.session.session import Request, Run, check

SPEC = """\
model Counter
state n : int
init { n := 1 }
action up() { n += n * n }
action up_by(m: int) { require m > 0  n += m * m }
spec S for Counter
invariant positive : n >= 1
step grows : n > old(n)
reachable two : n == 2
"""

# Plays Ethos: holds a call against what Ethos reads of it, and says what it is told to say of all proofs but those that
# it is tried with. It leaves behind what it was given.
PLAYED = """\
#!{python}
import os, re, sys, time
from pathlib import Path

(file,) = sys.argv[1:]
text = Path(file).read_text()
included = re.findall(r'^\\(include "(.*)"\\)$', text, re.M)
(referenced,) = re.findall(r'^\\(reference "(.*)"\\)$', text, re.M)
assert [Path(i).name for i in included] in (["Cpc.eo"], ["Cpc.eo", "CpcExpert.eo"]), included
assert all(Path(i).is_absolute() and Path(i).is_file() for i in included)
assert text.index("(reference") > text.rindex("(include"), "a file that is included hides the query"
assert "declare" not in text, "the query declares everything"
query = Path(referenced).read_text()
asserted = re.findall(r"^\\(assert (.*)\\)$", query, re.M)
assert asserted and "define-fun" not in query
given = Path(os.environ["PLAYED"])
(given / f"{{os.getpid()}}.cpc").write_text(text)
how = os.environ["HOW"]


def refuse(why):
    print(f"Error: {{file}}:3.1: {{why}}", file=sys.stderr)
    sys.stderr.flush()
    os.abort()


if "(declare-const a Bool)" in query:  # one of the proofs whose outcome is known
    if how != "credulous":
        if any(a not in asserted for a in re.findall(r"^\\(assume @p\\d+ (.*)\\)$", text, re.M)):
            refuse("an assumption that is not in the reference")
        if "(@p1 @p1)" in text:
            refuse("the premises do not match")
        if ":rule trust" in text and how != "trusting":
            print("incomplete")
            sys.exit()
    if how == "contrary":
        refuse("no such rule: contra")
    print("correct")
elif how in ("correct", "credulous", "trusting"):
    print("correct")
elif how == "chatty":
    print("Warning: something\\n\\ncorrect")
elif how == "incomplete":
    print("incomplete")
elif how == "refuse":
    refuse("a step that is wrong")
elif how == "refuse some":
    refuse("a step that is wrong") if "(+ x0 (* x0 x0))" in query else print("correct")
elif how == "hang":
    if os.fork() == 0:
        time.sleep(600)
    time.sleep(600)
elif how == "rubbish":
    print("correct?" * 10)
elif how == "flood":
    while True:
        print("correct")
elif how == "crash":
    os.abort()
elif how == "fail":
    print("correct")
    sys.exit(3)
elif how == "both":
    print("Error: no\\ncorrect")
elif how == "silent":
    sys.exit()
"""

needs_cvc5 = pytest.mark.skipif(find_spec("cvc5") is None, reason="cvc5 is not installed")


@dataclass
class Played:
    """The stand-in: what it is to say, and what it was given."""

    patch: pytest.MonkeyPatch
    program: Path
    signatures: Path
    given: Path

    def says(self, how: str) -> None:
        self.patch.setenv("HOW", how)

    def proofs(self) -> list[str]:
        texts = [p.read_text() for p in sorted(self.given.iterdir())]
        return [t for t in texts if not t.split('query.smt2")\n')[1].startswith(("(assume @p1 a)", "(step @p1 false"))]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    sources = tmp_path / "cvc5"
    program, signatures, given = (
        sources / "deps" / "bin" / "ethos",
        sources / "proofs" / "eo" / "cpc",
        tmp_path / "given",
    )
    for folder in (program.parent, signatures / "expert", given, tmp_path / "spec"):
        folder.mkdir(parents=True)
    program.write_text(PLAYED.format(python=sys.executable))
    program.chmod(0o755)
    (signatures / "Cpc.eo").write_text("; rules\n")
    (tmp_path / "spec" / "c.vspec").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setenv("PLAYED", str(given))
    monkeypatch.setenv("TMPDIR", str(given.parent))
    monkeypatch.setattr("tempfile.tempdir", str(given.parent))
    monkeypatch.delenv(engine.PROGRAM, raising=False)
    monkeypatch.delenv(engine.SIGNATURES, raising=False)
    one = Played(monkeypatch, program, signatures, given)
    one.says("correct")
    yield one
    assert not list(given.parent.glob("verify-spec-ethos-*")), "every folder for a proof is gone"


def run() -> Run:
    return check(Request(second=True, cache=False))


def levels(found_: Run) -> dict[str, str | None]:
    return {r.prop.heading.name: r.verdict.level for r in found_.results}


def texts(found_: Run) -> list[str]:
    return [n.finding.text for n in found_.notices if n.finding.kind in ("proof_refused", "checker_unused")]


# ---------------------------------------------------------------------------------------------- levels


@needs_cvc5
@pytest.mark.parametrize("how", ["correct", "chatty"])
def test_accepted(played: Played, how: str) -> None:
    played.says(how)
    told = run()
    assert levels(told) == {"positive": "L2", "grows": "L2", "two": None}
    assert not texts(told)
    proofs = played.proofs()
    assert len(proofs) == 4, "one for each action and claim; the initial state takes no query"
    assert all(p.rstrip().splitlines()[-1].startswith("(step ") for p in proofs)


@needs_cvc5
def test_the_report_says_so(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--second-solver", "--no-cache"]) == 0
    out = capsys.readouterr().out
    assert "2 proved (2 L2)" in out
    assert "L2: a solver's proof, checked by another program" in out
    played.says("refuse")
    assert main(["check", "--second-solver", "--no-cache"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "2 proved (2 L1)" in out
    assert "Ethos does not accept a proof of cvc5 for `positive`." in out
    assert "Error: proof.cpc:3.1: a step that is wrong." in out
    assert main(["check", "--second-solver", "--no-cache", "--format", "json"]) == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert [w["name"] for w in warnings if w["kind"] == "proof_refused"] == ["positive", "grows"]


@needs_cvc5
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("refuse", "Ethos: Error: proof.cpc:3.1: a step that is wrong"),
        ("rubbish", "said: correct?correct?"),
        ("crash", "it ended with signal 6, and said nothing"),
        ("fail", "it ended with status 3, and said: correct"),
        ("both", "it ended with status 0, and said: correct"),
        ("silent", "it ended with status 0, and said nothing"),
        ("flood", "it ended with signal 9, and said: correct"),
        ("hang", "no answer within 2 seconds"),
    ],
)
def test_not_accepted(played: Played, monkeypatch: pytest.MonkeyPatch, how: str, why: str) -> None:
    judge = Ethos.judge
    if how == "hang":
        monkeypatch.setattr(Ethos, "judge", lambda self, q, p, f: judge(self, q, p, f, seconds=2.0))
    played.says(how)
    told = run()
    assert levels(told) == {"positive": "L1", "grows": "L1", "two": None}
    assert len(texts(told)) == 2
    for text in texts(told):
        assert why in text
        folder = Path(text.partition("The files: ")[2].rstrip("."))
        assert '(reference "query.smt2")' in (folder / "proof.cpc").read_text()
        assert "(assert" in (folder / "query.smt2").read_text()


@needs_cvc5
def test_a_step_on_trust_leaves_the_level(played: Played) -> None:
    played.says("incomplete")
    told = run()
    assert levels(told) == {"positive": "L1", "grows": "L1", "two": None}
    assert not texts(told)


@needs_cvc5
def test_every_query_of_a_claim_counts(played: Played) -> None:
    played.says("refuse some")
    told = run()
    assert len(played.proofs()) == 4
    assert levels(told) == {"positive": "L2", "grows": "L1", "two": None}
    assert [n.finding.about for n in told.notices if n.finding.kind == "proof_refused"] == ["grows"]


@needs_cvc5
def test_what_has_a_certificate_is_not_asked_about(played: Played) -> None:
    assert main(["prove", "--no-cache"]) == 0
    played.says("refuse")
    assert levels(run()) == {"positive": "L3", "grows": "L3", "two": None}
    assert not played.proofs()
    file = Path("proofs/c.json")
    stored = json.loads(file.read_text())
    del stored["specs"]["S"]["claims"]["grows"]
    file.write_text(json.dumps(stored))
    told = run()
    assert levels(told) == {"positive": "L3", "grows": "L1", "two": None}
    assert [n.finding.about for n in told.notices if n.finding.kind == "proof_refused"] == ["grows"]
    played.says("correct")
    assert levels(run()) == {"positive": "L3", "grows": "L2", "two": None}


@needs_cvc5
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("credulous", "It accepts a proof that assumes what is not given."),
        ("trusting", "It accepts a proof whose only step is taken on trust."),
        ("contrary", "It does not accept the shortest proof there is: Error: proof.cpc:3.1: no such rule: contra."),
    ],
)
def test_who_fails_the_trial_is_not_asked(played: Played, how: str, why: str) -> None:
    played.says(how)
    told = run()
    assert levels(told) == {"positive": "L1", "grows": "L1", "two": None}
    assert texts(told) == [why]
    assert not played.proofs()


# ---------------------------------------------------------------------------------------------- queries


@needs_cvc5
def test_what_cvc5_can_t_prove_is_not_asked_about(played: Played) -> None:
    ethos = found()
    assert isinstance(ethos, Ethos)
    met, no_query = "(declare-const x Real)\n(assert (< 0.0 x))\n", "(no such thing)"
    told = checked_answers((met, no_query), ethos)
    assert told == {met: Checked("contrary"), no_query: Checked("unproved")}
    assert not played.proofs()


def test_numbers_instead_of_a_proof_are_a_disagreement(
    played: Played, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(_: Helper, question: dict[str, object], __: float) -> dict[str, str]:
        return {"status": "sat", "proof": ""} if question.get("proof") else {"status": "unsat"}

    monkeypatch.setattr(Helper, "ask", ask)
    monkeypatch.setattr("verifier.cli.commands.check.find_spec", lambda name: name)
    assert main(["check", "--second-solver", "--no-cache"]) == 70
    assert "cvc5 says that it can" in capsys.readouterr().err
    assert not played.proofs()


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ("(assume @p1 b)\n(step @p2 false :rule trust :premises (@p1) :args (false))", Checked("unproved")),
        (
            "(assume @p1 false)\n(step @p2 false :rule symm :premises (@p1))",
            Checked(
                "refused",
                "cvc5's proof is not one of the query: it assumes what the query does not assert",
                "(declare-const b Bool)\n(assert b)\n",
                "(assume @p1 false)\n(step @p2 false :rule symm :premises (@p1))",
            ),
        ),
    ],
)
def test_a_proof_that_shows_nothing_is_not_asked_about(
    played: Played, monkeypatch: pytest.MonkeyPatch, proof: str, expected: Checked
) -> None:
    monkeypatch.setattr(Helper, "ask", lambda *_: {"status": "unsat", "proof": proof})
    ethos, query = found(), "(declare-const b Bool)\n(assert b)\n"
    assert isinstance(ethos, Ethos)
    assert checked_answers((query,), ethos) == {query: expected}
    assert not played.proofs()


# ---------------------------------------------------------------------------------------------- where it is


def test_how_to_have_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "L2"]) == 0
    assert "`contrib/get-ethos-checker`" in capsys.readouterr().out


def test_without_ethos_nothing_is_said(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(played.given))
    assert found() is None


@needs_cvc5
def test_without_ethos_the_level_is_that_of_two_solvers(played: Played) -> None:
    played.program.unlink()
    if shutil.which("ethos") is None:
        told = run()
        assert levels(told) == {"positive": "L1", "grows": "L1", "two": None}
        assert not texts(told)


def test_where_get_ethos_checker_puts_it(played: Played) -> None:
    assert found() == Ethos(played.program, (played.signatures / "Cpc.eo",))
    (played.signatures / "expert" / "CpcExpert.eo").write_text("; more rules\n")
    both = (played.signatures / "Cpc.eo", played.signatures / "expert" / "CpcExpert.eo")
    assert found() == Ethos(played.program, both)


def test_a_link_to_it(played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "bin" / "ethos"
    link.parent.mkdir()
    link.symlink_to(played.program)
    monkeypatch.setenv("PATH", str(link.parent))
    assert found() == Ethos(link, (played.signatures / "Cpc.eo",))


def test_named_by_variables(played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere, rules = tmp_path / "checker", tmp_path / "rules"
    shutil.copy(played.program, elsewhere)
    monkeypatch.setenv(engine.PROGRAM, str(elsewhere))
    told = found()
    assert isinstance(told, str)
    assert "VERIFY_SPEC_ETHOS_SIGNATURES has to name the folder" in told
    monkeypatch.setenv(engine.SIGNATURES, "rules")
    told = found()
    assert isinstance(told, str)
    assert "which has no `Cpc.eo`" in told
    rules.mkdir()
    (rules / "Cpc.eo").write_text("; rules\n")
    assert found() == Ethos(elsewhere, (rules / "Cpc.eo",))


@needs_cvc5
def test_a_name_of_nothing_is_said(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engine.PROGRAM, "no-such-program")
    told = run()
    assert levels(told)["positive"] == "L1"
    assert texts(told) == ["VERIFY_SPEC_ETHOS names `no-such-program`, which is no program."]


def test_a_file_that_is_no_program(played: Played) -> None:
    played.program.write_bytes(b"\x00\x01\x02")
    told = found()
    assert isinstance(told, str)
    assert "it can't be started" in told


# ---------------------------------------------------------------------------------------------- the real one


@needs_cvc5
def test_the_real_ethos_accepts_proofs_of_cvc5_and_no_others() -> None:
    if shutil.which(os.environ.get(engine.PROGRAM, "ethos")) is None:
        pytest.skip("no `ethos` is installed (cvc5's contrib/get-ethos-checker builds one)")
    ethos = found()
    assert isinstance(ethos, Ethos), ethos
    x, y = "(declare-const x Real)\n", "(declare-const y Real)\n"
    queries = (
        f"{x}(assert (< (* x x) (- (/ 1.0 3.0))))\n",
        f"{x}{y}(define-fun t0 () Real (* x y))\n(assert (< 0.5 t0))\n(assert (<= x 0.0))\n(assert (<= 0.0 y))\n",
        "(declare-const n Int)\n(assert (= (* 2 n) (- 5)))\n",
    )
    assert {c.status for c in checked_answers(queries, ethos).values()} == {"accepted"}
    with scratch() as folder:
        wrong = "(assume @p1 (< x 1/1))\n(step @p2 false :rule refl :args (x))\n"
        said = ethos.judge(f"{x}(assert (< x 1.0))\n", wrong, folder)
    assert said.word == "refused", said


def test_said_is_of_no_length() -> None:
    assert engine._said(1, f"Error: {'x' * 1000}\n") == Said("refused", f"Error: {'x' * 192}…")
    assert engines.SECONDS < engine.SECONDS
