"""The report for machines."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import example
from verifier.report.json import number, report

KEYS = (
    "id", "spec", "model", "property", "kind", "verdict", "ok", "expected", "method", "level", "assumptions", "depth",
    "scope", "seconds", "counterexample",
)  # fmt: skip


def test_document(snapshot: SnapshotAssertion) -> None:
    assert report(example()) == snapshot


def test_every_result_has_the_promised_keys() -> None:
    document = json.loads(report(example()))
    assert document["schema_version"] == 1
    for result in document["results"]:
        assert all(key in result for key in KEYS)


def test_plain_ascii() -> None:
    assert report(example()).isascii()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, True),
        (7, 7),
        (2**53 - 1, 2**53 - 1),
        (2**53, str(2**53)),
        (-(10**30), str(-(10**30))),
        (Fraction(17, 21), "17/21"),
        (Fraction(4, 2), 2),
    ],
)
def test_numbers(value: int | Fraction, shown: object) -> None:
    assert number(value) == shown


@given(st.fractions() | st.integers())
def test_numbers_are_exact(value: int | Fraction) -> None:
    assert Fraction(json.loads(json.dumps(number(value)))) == value
