"""The published schema of what `check-state` prints holds for every kind of outcome, and leaves nothing out."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.report.test_schema import closed
from tests.report.test_state import NOBODY
from tests.session.test_state import MODEL, STATE
from verifier.cli.main import main
from verifier.report.state import SCHEMA_VERSION

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "state.schema.json").read_text(encoding="utf-8"))

PAIRS = """\
model Pairs
sort Account
state debt : Account -> nat
init { debt := 0 }
spec Close for Pairs
invariant alike : forall a, b, c, d, e in Account: debt[a] + debt[b] + debt[c] + debt[d] <= debt[e] + 2 ^ 60
"""
HUGE = {"debt": {f"a{i}": 3**40 for i in range(32)}}

Printed = Callable[..., tuple[int, Any]]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Printed:
    """The exit status and the document for a spec and a state."""
    monkeypatch.chdir(tmp_path)

    def run(spec: str, state: object, *words: str) -> tuple[int, Any]:
        (tmp_path / "m.vspec").write_text(spec)
        (tmp_path / "state.json").write_text(state if isinstance(state, str) else json.dumps(state))
        status = main(["check-state", "m.vspec", "state.json", "--format", "json", *words])
        out, err = capsys.readouterr()
        assert err == ""
        return status, json.loads(out)

    return run


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"] == {"const": SCHEMA_VERSION}


@pytest.mark.parametrize(
    ("spec", "state", "words", "status"),
    [
        (MODEL, STATE, (), 0),
        (MODEL, STATE, ("--top", "1"), 0),
        (MODEL, {**STATE, "cash": 17, "drop": 1}, (), 1),
        (MODEL, {**STATE, "cash": 0}, (), 1),
        (MODEL, {"cash": 1}, ("--property", "bad"), 1),
        (NOBODY, {"open": {"a": False}, "debt": {"a": 2}, "cash": 0}, (), 1),
        (NOBODY, {"open": {"a": True, "b": True}, "debt": {"a": "1e30", "b": "1/3"}, "cash": "1e40"}, (), 1),
        (PAIRS, {"debt": {"a": 2**70, "b": 0}}, (), 1),
        (PAIRS, HUGE, (), 3),
        (MODEL, {**STATE, "cash": "x", "dept": {}}, (), 2),
        (MODEL, {}, (), 2),
        (MODEL, "{", (), 2),
        (MODEL, STATE, ("--property", "cheep"), 2),
        (MODEL.replace("cash == 0", "cash == cush"), STATE, (), 2),
        ("model M", "{}", (), 2),
    ],
)
def test_every_kind_of_outcome(spec: str, state: object, words: tuple[str, ...], status: int, printed: Printed) -> None:
    got, document = printed(spec, state, *words)
    assert (got, document["exit_status"]) == (status, status)
    Draft202012Validator(SCHEMA).validate(document)
    Draft202012Validator(closed(SCHEMA)).validate(document)
    assert bool(document["errors"]) == (status == 2)
    assert bool(document["invariants"]) == (status != 2)


def test_mistakes_are_told_in_the_document(printed: Printed) -> None:
    _, document = printed(MODEL, {**STATE, "cash": "x"})
    (error,) = document["errors"]
    assert (error["code"], error["place"]) == ("VS0570", None)
    assert error["message"].startswith("`$.cash`: expected a number of at least 0")
    _, document = printed(MODEL.replace("cash == 0", "cash == cush"), STATE)
    assert document["errors"][0]["place"]["file"] == "m.vspec"


@pytest.mark.parametrize(
    "broken",
    [
        lambda d: d.pop("invariants"),
        lambda d: d.pop("errors"),
        lambda d: d.update(exit_status=4),
        lambda d: d.update(seconds=None),
        lambda d: d["invariants"][0].update(outcome="perhaps"),
        lambda d: d["invariants"][0]["parts"][0].pop("nearest"),
        lambda d: d["invariants"][0]["parts"][0].update(holds="yes"),
        lambda d: d["invariants"][0]["parts"][0]["nearest"][0].update(left=0.5),
        lambda d: d["invariants"][0]["parts"][0]["nearest"][0].update(cause="bad luck"),
        lambda d: d["ratios"][0]["lowest"][0].update(value=None),
    ],
)
def test_what_is_broken_is_refused(broken: Callable[[Any], Any], printed: Printed) -> None:
    _, document = printed(MODEL, STATE)
    Draft202012Validator(SCHEMA).validate(document)
    other = deepcopy(document)
    broken(other)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(other)
