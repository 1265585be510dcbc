"""Whatever stands in the configuration, it is read or refused, and never taken for something else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.session.gate.test_config import WHOLE
from verifier.language.catalogue import codes
from verifier.report.diagnostic import diagnostics
from verifier.report.text import Look, render
from verifier.session.gate.config import GateConfig, Refused, find_config

LEAF = st.one_of(
    st.booleans(), st.integers(-3, 200), st.floats(-9, 9, allow_nan=False).map(lambda f: round(f, 2)),
    st.sampled_from(["spec/*.vspec", "", "L3", "bounded", "..", "/x", "violated", " "]),
)  # fmt: skip
VALUE = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["property", "level", "x"]), inner, max_size=2)
    ),
    max_leaves=5,
)
KEYS = ("specs", "profiles", "baseline", "demand", "budget", "accept", "spces")


def toml(value: Any) -> str:
    """A value as TOML, all on one line."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case _:
            return json.dumps(value)


def read(text: str) -> GateConfig | Refused:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "verify-spec.toml")
        path.write_text(text, encoding="utf-8")
        found = find_config(str(path), Path(folder))
    if isinstance(found, Refused):
        assert found.diagnostics
        for one in found.diagnostics:
            assert one.code in codes()
            assert one.span is None or 0 <= one.span.start <= one.span.end <= len(text) + 1
        assert render(diagnostics(found.diagnostics, found.sources, Look(80)), Look(80))
    return found


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=4))
@example({"accept": [{"property": "x"}]})
@example({"budget": {"property": {"x": 1}}})
@example({"demand": {}})
def test_values(table: dict[str, Any]) -> None:
    found = read("[gate]\n" + "".join(f"{k} = {toml(v)}\n" for k, v in table.items()))
    if isinstance(found, GateConfig):
        assert found.specs
        assert "spces" not in table


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 40),
    st.sampled_from(["", "]", '"', "\n", "= 3\n", "[[gate.accept]]\n", "é\0"]),
)
def test_slips(at: int, length: int, inserted: str) -> None:
    read(WHOLE[:at] + inserted + WHOLE[at + length :])
