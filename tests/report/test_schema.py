"""The published schema of the JSON report holds for every kind of run, and leaves nothing out."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.report.examples import example
from tests.report.kinds import RUNS, gate
from verifier.report.json import SCHEMA_VERSION, report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "run.schema.json").read_text(encoding="utf-8"))


def closed(schema: Any) -> Any:
    """The schema with no room for fields that it does not name."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and schema.get("type") == "object":
        out.setdefault("additionalProperties", False)
    return out


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"] == {"const": SCHEMA_VERSION}


@pytest.mark.parametrize("kind", RUNS)
def test_every_kind_of_run(kind: str) -> None:
    document = json.loads(report(RUNS[kind]()))
    Draft202012Validator(SCHEMA).validate(document)
    Draft202012Validator(closed(SCHEMA)).validate(document)


def test_a_gate() -> None:
    document = json.loads(report(gate().run, gate()))
    Draft202012Validator(closed(SCHEMA)).validate(document)
    assert document["gate"]["open"] is False
    assert document["exit_status"] == gate().status


@pytest.mark.parametrize(
    "broken",
    [
        lambda d: d.pop("results"),
        lambda d: d.update(schema_version=2),
        lambda d: d["results"][0].update(verdict="perhaps"),
        lambda d: d["results"][0].pop("counterexample"),
        lambda d: d["results"][0]["counterexample"]["params"].update(ltv=0.5),
        lambda d: d["results"][0]["place"].update(line=0),
        lambda d: d["results"][0]["counterexample"]["steps"][0].pop("action"),
    ],
)
def test_what_is_broken_is_refused(broken: Callable[[Any], Any]) -> None:
    document = deepcopy(json.loads(report(example())))
    broken(document)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(document)
