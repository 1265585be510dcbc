"""Profiles: numbers from markets, exact, complete and in range."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.session.conftest import PROFILES, write
from verifier.language.diagnostics import Diagnostic
from verifier.report.diagnostic import diagnostics
from verifier.report.text import Look, render
from verifier.session.choose import jobs_of
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
