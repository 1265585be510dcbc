"""Incidents beside a spec: read, held against the spec, and told with the violation that resembles them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from verifier.cli.main import main
from verifier.session.session import Request, check

MODEL = """\
model Till
unit USD
state cash : real[USD]
init { cash := 0 }
action take(amount: ureal[USD]) { cash -= amount }

spec Careless for Till
invariant solvent : cash >= 0 expect violated

spec Sober for Till
invariant nothing : cash <= 0
"""
INCIDENT = """\
[[incident]]
name = "The Till"
date = 2022-04-17
loss = "7 USD"
what = "Nobody looked."
source = "a local paper"
properties = ["Careless.solvent"]
"""


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "till.vspec").write_text(MODEL)
    (tmp_path / "till.toml").write_text(INCIDENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "till.toml"


@pytest.mark.usefixtures("till")
def test_a_violation_knows_what_it_resembles() -> None:
    run = check(Request(("till.vspec",)))
    found = {r.prop.heading.name: run.incident(r) for r in run.results}
    assert found["nothing"] is None
    incident = found["solvent"]
    assert incident is not None
    assert (incident.name, incident.date, incident.what) == ("The Till", date(2022, 4, 17), "Nobody looked.")
    assert incident.title == "The Till, 17 April 2022, 7 USD"


def test_an_incident_without_a_loss_and_between_profiles(till: Path) -> None:
    profile = '[[profile]]\nname = "{}"\nmodel = "Till"\nsource = "here"\n\n'
    till.write_text(profile.format("a") + INCIDENT.replace('loss = "7 USD"\n', "") + "\n" + profile.format("b"))
    run = check(Request(("till.vspec",)))
    assert not run.diagnostics
    assert run.profiles == ("a", "b")
    assert [i.title for i in run.incidents.values()] == ["The Till, 17 April 2022"]


@pytest.mark.usefixtures("till")
def test_reports_name_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "till.vspec", "--no-cache"]) == 0
    assert "Resembles The Till, 17 April 2022, 7 USD: solvent." in capsys.readouterr().out
    assert main(["check", "till.vspec", "--stories", "--no-cache"]) == 0
    assert "This resembles The Till, 17 April 2022, 7 USD. Nobody looked." in capsys.readouterr().out
    assert main(["check", "till.vspec", "--format", "json", "--no-cache"]) == 0
    entries = {r["property"]: r["incident"] for r in json.loads(capsys.readouterr().out)["results"]}
    assert entries["nothing"] is None
    assert entries["solvent"] == {
        "name": "The Till",
        "date": "2022-04-17",
        "loss": "7 USD",
        "what": "Nobody looked.",
        "source": "a local paper",
    }


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("loss =", "lost =", "VS0540"),
        ("date = 2022-04-17", 'date = "2022-04-17"', "VS0541"),
        ("date = 2022-04-17", "date = 2022-04-17T10:00:00", "VS0541"),
        ('what = "Nobody looked."\n', "", "VS0541"),
        ('["Careless.solvent"]', "[]", "VS0541"),
        ('["Careless.solvent"]', '["Careless.solvnt"]', "VS0514"),
        ('["Careless.solvent"]', '["Sober.nothing"]', "VS0542"),
        ("[[incident]]", "[incident]", "VS0511"),
    ],
)
def test_mistakes(till: Path, old: str, new: str, code: str) -> None:
    till.write_text(INCIDENT.replace(old, new))
    run = check(Request(("till.vspec",)))
    assert [d.code for d in run.diagnostics] == [code]
    assert run.status == 2
