"""What is proved of a part is found in the project, settled first, and used where it may be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from verifier.session.proving import prove
from verifier.session.run import Run
from verifier.session.session import Request, check

RING = """\
model Ring
unit s
param most : nat[s]
param tick : nat[s]
state age : nat[s]
init { age := 0 }
action reset() { age := 0 }
environment action wait() { require age + tick <= most or age == 0  age += tick }
"""

RING_SPEC = """\
spec Young for Ring
assume fits : tick <= most
invariant young : age <= most
"""

DESK = """\
import oracle/ring
model Desk
use Ring as ring
expose ring.wait
state seen : nat[s]
init { seen := 0 }
action look() { seen := ring.age }
"""

DESK_SPEC = """\
spec Fresh for Desk
assume fits : ring.tick <= ring.most
invariant fresh : seen <= ring.most
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "models/oracle/ring": RING,
        "spec/oracle/ring": RING_SPEC,
        "models/market/desk": DESK,
        "spec/market/desk": DESK_SPEC,
    }.items():
        write(tmp_path, name, text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / f"{name}.vspec"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def verdicts(run: Run) -> dict[str, str]:
    assert not run.diagnostics, [d.code for d in run.diagnostics]
    return {r.id: r.verdict.name for r in run.results}


@pytest.mark.usefixtures("project")
def test_it_is_used_and_cited_and_not_reported_itself() -> None:
    run = check(Request(paths=("market/desk",)))
    assert verdicts(run) == {"market/desk:Fresh.fresh": "proved"}
    assert "uses `ring.young`, proved of Ring (oracle/ring:Young.young)" in run.results[0].verdict.notes


@pytest.mark.usefixtures("project")
def test_what_was_asked_for_is_reported_once_and_in_order() -> None:
    told = {"oracle/ring:Young.young": "proved", "market/desk:Fresh.fresh": "proved"}
    for paths in (("oracle/ring", "market/desk"), ("market/desk", "oracle/ring")):
        run = check(Request(paths=paths))
        assert verdicts(run) == told
        assert [r.id.partition(":")[0] for r in run.results] == list(paths)


@pytest.mark.parametrize(
    "spec",
    [
        RING_SPEC.replace("age <= most", "age <= 2 * most").replace("young :", "older :"),
        RING_SPEC.replace("assume fits", "rely calm : wait() requires age == 0\nassume fits"),
        RING_SPEC.replace("assume fits", "param k : nat[s]\nassume bound : k >= 0\nassume fits"),
        RING_SPEC.replace("assume fits : tick <= most\n", ""),
        RING_SPEC.replace("<= most\ninv", "<= mots\ninv"),
        RING_SPEC.replace("for Ring", "for Desk"),
        "",
    ],
    ids=["another", "a rely", "parameters of its own", "violated", "a mistake in it", "of another model", "no spec"],
)
def test_what_is_not_proved_of_the_part_is_not_used(project: Path, spec: str) -> None:
    # The tool may find by itself what it is not told; but it can't cite it.
    write(project, "spec/oracle/ring", spec)
    run = check(Request(paths=("market/desk",)))
    assert not run.diagnostics
    assert not any("`ring.young`" in note for r in run.results for note in r.verdict.notes)
    assert "ring.young" not in {fact.name for fact in run.results[0].system.inherited}


def test_numbers_of_a_market_reach_the_part(project: Path) -> None:
    (project / "spec/market/desk.toml").write_text(
        '[[profile]]\nname = "one"\nmodel = "Desk"\nsource = "a test"\nring.most = 10\nring.tick = 3\n'
    )
    run = check(Request(paths=("market/desk",), profiles=("one",)))
    assert verdicts(run) == {"market/desk:Fresh.fresh@one": "proved"}
    assert run.results[0].system.fixed == {"ring.most": 10, "ring.tick": 3}


def test_a_changed_part_changes_the_verdict_despite_the_cache(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "cache"))
    request = Request(paths=("market/desk",), cache=True)
    assert verdicts(check(request)) == verdicts(check(request)) == {"market/desk:Fresh.fresh": "proved"}
    write(project, "models/oracle/ring", RING.replace("or age == 0 ", "or age == most "))
    assert verdicts(check(request)) == {"market/desk:Fresh.fresh": "violated"}


CLOCK = """\
model Clock
unit s
param top : nat[s]
state age : nat[s]
init { age := 0 }
environment action tick(by: nat[s]) { require age + by <= top  age += by }
action reset() { age := 0 }
spec ClockPromises for Clock
invariant young : age <= top

model Host
use Clock as clock
expose clock.tick
expose clock.reset
state seen : nat[s]
init { seen := 0 }
action look() { seen := clock.age }
spec HostPromises for Host
invariant low : seen <= clock.top
"""


def test_what_is_proved_of_a_part_gets_certificates_in_its_host(tmp_path: Path) -> None:
    """It is not found again by guessing: it goes by the part's name, and the host's own actions are shown to keep it."""
    path = tmp_path / "clock.vspec"
    path.write_text(CLOCK)
    (written,) = prove((str(path),), cache=False).files
    _, host = written.specs
    assert {row.name: (row.kind, row.level) for row in host.rows} == {
        "low": ("invariant", "L3"),
        "clock.young": ("lemma", "L3"),
    }
    run = check(Request((str(path),)))
    assert {r.prop.heading.name: r.verdict.level for r in run.results} == {"young": "L3", "low": "L3"}


@pytest.mark.parametrize("paths", [("market/desk",), ("oracle/ring", "market/desk"), ("market/desk", "oracle/ring")])
@pytest.mark.parametrize(("says", "level"), [("unsat", "L1"), ("unknown", "L0")])
@pytest.mark.usefixtures("project")
def test_no_proof_has_a_higher_level_than_what_it_takes_from_a_part(
    monkeypatch: pytest.MonkeyPatch, paths: tuple[str, ...], says: str, level: str
) -> None:
    """The second solver is asked of the part first, also of one that is not reported; what it `says` there decides."""
    asked: list[int] = []

    def answers(texts: Iterable[str]) -> dict[str, str]:
        told = dict.fromkeys(texts, "unsat" if asked else says)
        asked.append(len(told))
        return told

    monkeypatch.setattr("verifier.session.second.second_answers", answers)
    monkeypatch.setattr("verifier.session.second.found", lambda: None)
    run = check(Request(paths=paths, second=True))
    assert {r.id: r.verdict.level for r in run.results} == dict.fromkeys(verdicts(run), level)
    assert len(asked) == 2
