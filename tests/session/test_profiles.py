"""Profiles: numbers from markets, exact, complete and in range."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.session.conftest import PROFILES, write
from verifier.language.diagnostics import Diagnostic
from verifier.report.diagnostic import diagnostics
from verifier.report.terminal import report
from verifier.report.text import Look, render
from verifier.session.choose import jobs_of
from verifier.session.evidence import FOR_ALL_NUMBERS
from verifier.session.proving import prove
from verifier.session.session import Request, check, prepare


def mistakes(project: Path, text: str) -> tuple[Diagnostic, ...]:
    write(project)("spec/a/counter.toml", text)
    return jobs_of(prepare(("a/counter",)), Request(("a/counter",))).diagnostics


def fixed(project: Path, text: str) -> object:
    write(project)("spec/a/counter.toml", text)
    jobs = jobs_of(prepare(("a/counter",)), Request(("a/counter",), profiles=("*",)))
    assert jobs.diagnostics == ()
    return jobs.jobs[0].system.fixed


def test_numbers_are_exact(project: Path) -> None:
    assert fixed(project, PROFILES) == {"stride": 1, "limit": Fraction(3, 2)}
    text = PROFILES.replace("1.5", "1_000.000_000_1").replace("stride = 1", "stride = 0x10")
    assert fixed(project, text) == {"stride": 16, "limit": Fraction(10000000001, 10**7)}
    assert fixed(project, PROFILES.replace("stride = 1", "stride = 1e3")) == {"stride": 1000, "limit": Fraction(3, 2)}


def test_windows_line_ends(project: Path) -> None:
    assert fixed(project, PROFILES.replace("\n", "\r\n")) == {"stride": 1, "limit": Fraction(3, 2)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("limit = 1.5", "limit = 5%"), "VS0510"),
        (("limit = 1.5", "limit = "), "VS0510"),
        (("limit = 1.5", "limit = " + "[" * 5000), "VS0510"),
        (("[[profile]]", "[[profil]]"), "VS0511"),
        (("[[profile]]", "[profile]"), "VS0511"),
        (('name = "small"\n', ""), "VS0512"),
        (('"small"', "7"), "VS0512"),
        (('model = "Counter"\n', ""), "VS0512"),
        (('"Counter"', '"Countr"'), "VS0514"),
        (("stride = 1", 'stride = 1\nspec = "Nothing"'), "VS0514"),
        (("stride = 1", "stride = 1\nstrid = 1"), "VS0515"),
        (("stride = 1\n", ""), "VS0516"),
        (("stride = 1", 'stride = "one"'), "VS0517"),
        (("stride = 1", "stride = true"), "VS0517"),
        (("stride = 1", "stride = 1.5"), "VS0517"),
        (("limit = 1.5", "limit = inf"), "VS0517"),
        (("limit = 1.5", "limit = nan"), "VS0517"),
        (("limit = 1.5", "limit = 1e999999999"), "VS0517"),
        (("limit = 1.5", "limit = 2024-01-01"), "VS0517"),
        (("limit = 1.5", "limit = [1]"), "VS0517"),
        (("limit = 1.5", "limit = {a = 1}"), "VS0517"),
    ],
)
def test_mistakes(project: Path, change: tuple[str, str], code: str, snapshot: SnapshotAssertion) -> None:
    text = PROFILES.replace(*change)
    assert text != PROFILES
    found = mistakes(project, text)
    assert [d.code for d in found] == [code]
    prepared = prepare(("a/counter",))
    jobs = jobs_of(prepared, Request(("a/counter",)))
    look = Look(100)
    assert render(diagnostics(found, {**prepared.loaded.sources, **jobs.sources}, look), look)[:2000] == snapshot


def test_two_of_one_name(project: Path) -> None:
    assert [d.code for d in mistakes(project, PROFILES * 2)] == ["VS0513"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 10])
def test_files_that_are_no_text(project: Path, content: bytes) -> None:
    path = project / "spec" / "a" / "counter.toml"
    path.write_bytes(content)
    (found,) = jobs_of(prepare(("a/counter",)), Request(("a/counter",))).diagnostics
    assert found.code in ("VS0505", "VS0510")


def test_an_assumption_that_is_not_met(project: Path, snapshot: SnapshotAssertion) -> None:
    write(project)("spec/a/counter.toml", PROFILES.replace("1.5", "0.5"))
    run = check(Request(("a/counter",), scenarios_only=False, properties=("one_step",)))
    assert [d.code for d in run.unmet] == ["VS0518"]
    assert run.status == 1
    look = Look(100)
    assert render(diagnostics(run.unmet, run.sources, look), look) == snapshot


def test_a_demand_on_a_parameter_that_is_not_met(project: Path) -> None:
    write(project)("spec/a/counter.toml", PROFILES.replace("stride = 1", "stride = -1"))
    run = check(Request(("a/counter",), properties=("one_step",)))
    assert [d.values["assumption"] for d in run.unmet] == ["stride"]


def test_what_the_profile_leaves_open_stays_assumed(project: Path) -> None:
    write(project)("spec/a/counter.toml", PROFILES)
    run = check(Request(("a/counter",), properties=("one_step",)))
    assert run.unmet == ()
    assert run.profiles == ("small",)


def test_a_spec_of_a_flaw_is_passed_over(project: Path) -> None:
    spec = "spec Flawed for Counter\nassume off : limit < 1\ninvariant bad : n < 0 expect violated\n"
    path = project / "spec" / "a" / "counter.vspec"
    path.write_text(path.read_text() + spec)
    write(project)("spec/a/counter.toml", PROFILES)
    assert jobs_of(prepare(("a/counter",)), Request(("a/counter",))).unmet == ()
    write(project)("spec/a/counter.toml", PROFILES + 'spec = "Flawed"\n')
    assert len(jobs_of(prepare(("a/counter",)), Request(("a/counter",))).unmet) == 1


def test_maps_over_enums_and_sized_sorts(project: Path) -> None:
    write(project)(
        "spec/m.vspec",
        "model M  enum Phase { Open, Shut }  sort Feed of 2  sort User\n"
        "param w : Phase -> real  param v : (Phase, Feed) -> nat  param ok : User -> bool  param start : Phase\n"
        "state n : nat  init { n := 0 }\nspec S for M\n",
    )
    text = '[[profile]]\nname = "p"\nmodel = "M"\nstart = "Shut"\nw = { Open = 0.1, Shut = 2 }\nv = { Open = [1, 2], Shut = [3, 4] }\n'
    write(project)("spec/m.toml", text)
    jobs = jobs_of(prepare(("m",)), Request(("m",), profiles=("p",)))
    assert jobs.diagnostics == ()
    for bad in (
        text.replace("Shut = 2", "Shot = 2"),
        text.replace("Shut = 2 }", "Shut = 2, Other = 3 }"),
        text.replace("[3, 4]", "[3]"),
        text.replace("[3, 4]", "[3, -4]"),
        text.replace('"Shut"', '"Shot"'),
        text.replace('"Shut"', "3"),
        text + "ok = { alice = true }\n",
    ):
        write(project)("spec/m.toml", bad)
        assert [d.code for d in jobs_of(prepare(("m",)), Request(("m",))).diagnostics] == ["VS0517"], bad


def test_unknown_profile(project: Path) -> None:
    write(project)("spec/a/counter.toml", PROFILES)
    (found,) = jobs_of(prepare(("a/counter",)), Request(("a/counter",), profiles=("smal",))).diagnostics
    assert found.code == "VS0520"
    assert found.values["suggestion"] == "Did you mean `small`? "


MARKET = """\
model Pool
unit USD
param threshold : real where 0 < threshold
param bonus     : real where 0 <= bonus
state debt : ureal[USD]
init { debt := 0 }
action borrow(x: ureal[USD]) { debt += x }

spec Safe for Pool
param drop : real where 0 <= drop and drop < 1
assume gap   : threshold * (1 + bonus) <= 1 - drop
assume small : bonus < 0.5
invariant owed : debt >= 0
reachable debts : debt > 0

spec Unsafe for Pool
param drop : real where 0 <= drop and drop < 1
assume no_gap : threshold * (1 + bonus) > 1 - drop
invariant none : debt == 0 expect violated
"""
MARKETS = """\
[[profile]]
name = "wide"
model = "Pool"
source = "here"
threshold = 0.5
bonus = 0.1

[[profile]]
name = "thin"
model = "Pool"
source = "here"
threshold = 0.83
bonus = 0.05
"""


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pool.vspec").write_text(MARKET)
    (tmp_path / "pool.toml").write_text(MARKETS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("market")
def test_the_room_that_a_market_leaves() -> None:
    run = check(Request(("pool.vspec",), profiles=("*",)))
    assert run.status == 0
    rooms = {(m.profile, m.assumption): (m.open, m.value, m.most, m.strict) for m in run.margins}
    assert rooms == {
        ("wide", "gap"): ("drop", Fraction("0.45"), True, False),
        ("wide", "small"): ("", Fraction("0.4"), True, True),
        ("thin", "gap"): ("drop", Fraction("0.1285"), True, False),
        ("thin", "small"): ("", Fraction("0.45"), True, True),
    }


@pytest.mark.parametrize("condition", ["drop * drop <= 1 - threshold", "drop <= 0.5", "1 / (drop + 1) <= threshold"])
def test_no_room_is_told_where_it_is_no_bound(market: Path, condition: str) -> None:
    (market / "pool.vspec").write_text(MARKET.replace("threshold * (1 + bonus) <= 1 - drop", condition))
    assert {m.assumption for m in check(Request(("pool.vspec",), profiles=("*",))).margins} == {"small"}


@pytest.mark.usefixtures("market")
def test_a_flaw_is_not_looked_for_with_the_numbers_of_a_market_unless_asked() -> None:
    asked = Request(("pool.vspec",), profiles=("thin",))
    assert {r.prop.heading.name for r in check(asked).results} == {"owed", "debts"}
    named = check(Request(("pool.vspec",), profiles=("thin",), properties=("none",)))
    assert [(r.prop.heading.name, r.ok) for r in named.results] == [("none", True)]


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("width", [50, 100])
def test_many_markets_are_a_table_with_the_thinnest_first(width: int) -> None:
    run = check(Request(("pool.vspec",), profiles=("*",)))
    text = render(report(run, Look(width)), Look(width))
    assert "2 profiles of Pool" in text
    assert text.index("thin") < text.index("drop <= 12.85%") < text.index("wide") < text.index("drop <= 45%")


def test_a_stored_proof_for_all_numbers_settles_a_market(market: Path) -> None:
    """And a broken one settles nothing: the solvers are asked again."""
    prove(("pool.vspec",))
    request = Request(("pool.vspec",), profiles=("thin",))
    methods = {r.prop.heading.name: (r.verdict.method, r.verdict.level) for r in check(request).results}
    assert methods["owed"] == (FOR_ALL_NUMBERS, "L3")
    stored = market / "pool.proofs.json"
    stored.write_text(stored.read_text().replace('"core": "', '"core": "0'))
    methods = {r.prop.heading.name: (r.verdict.method, r.verdict.level) for r in check(request).results}
    assert methods["owed"][1] == "L0"


EMPTY = """\
model Till
param fee : real where 0 <= fee
state held  : ureal
state total : ureal
init { held := 0  total := 0 }
action pay(x: ureal) { require x * fee <= 1  held += x  total += x }

spec Books for Till
param room : real where 0 <= room
assume tight : fee + room <= 1
invariant covered : held <= total
invariant cheap   : fee < 50% implies held <= total
rule cheaper(x: ureal) { require fee < 50%  pay(x)  check held <= total }
"""


def test_a_proof_for_all_numbers_is_none_where_a_market_makes_it_true_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With or without stored proofs: a parameter that is left open can't meet the assumption, or a condition is never
    met."""
    monkeypatch.chdir(tmp_path)
    row = '[[profile]]\nname = "{}"\nmodel = "Till"\nsource = "nowhere"\nfee = {}\n'
    (tmp_path / "till.vspec").write_text(EMPTY)
    (tmp_path / "till.toml").write_text(row.format("mild", 0.25) + row.format("dear", 0.75) + row.format("never", 2))
    expected = {
        **{(name, "mild"): "proved" for name in ("covered", "cheap", "cheaper")},
        ("covered", "dear"): "proved",
        ("cheap", "dear"): "vacuous",
        ("cheaper", "dear"): "vacuous",
        **{(name, "never"): "vacuous" for name in ("covered", "cheap", "cheaper")},
    }
    for _ in range(2):
        run = check(Request(("till.vspec",), profiles=("*",), cache=False))
        assert {(r.prop.heading.name, r.profile): r.verdict.name for r in run.results} == expected
        assert run.status == 4
        prove(("till.vspec",))
    assert [r.verdict.method for r in run.results if r.ok] == [FOR_ALL_NUMBERS] * 4
