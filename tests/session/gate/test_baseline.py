"""The baseline as text: what is written is read, whatever the names are; and the same content has the same text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.session.gate.baseline import (
    OUTCOMES,
    Assumed,
    Baseline,
    Entry,
    changes,
    read_baseline,
    text_of,
    write_baseline,
)

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(["invariant", "step", "rule", "scenario"]),
    st.sampled_from(OUTCOMES),
    st.sampled_from([None, "L0", "L1", "L2", "L3"]),
    st.text("0123456789abcdef", min_size=12, max_size=12),
)
ASSUMED = st.builds(
    Assumed, st.sampled_from(["assume", "rely", "where"]), TEXTS, st.text("0123456789abcdef", min_size=12)
)
BASELINES = st.builds(
    Baseline,
    st.dictionaries(TEXTS, ENTRIES, max_size=6),
    st.dictionaries(TEXTS, ASSUMED, max_size=4),
    st.lists(TEXTS, unique=True, max_size=4).map(lambda names: tuple(sorted(names))),
)


@settings(max_examples=60, deadline=None)
@given(BASELINES)
def test_what_is_written_is_read(baseline: Baseline) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a", "baseline.toml")
        assert write_baseline(path, baseline) is None
        found = read_baseline(path)
        assert isinstance(found, tuple), found
        read, source = found
        assert read == baseline
        assert text_of(read) == source.text
        assert [p.name for p in path.parent.iterdir()] == ["baseline.toml"]


@given(BASELINES, BASELINES)
def test_changes(before: Baseline, after: Baseline) -> None:
    assert changes(before, before) == ()
    there, back = changes(before, after), changes(after, before)
    assert {(c.kind, c.id) for c in there if c.kind == "changed"} == {
        (c.kind, c.id) for c in back if c.kind == "changed"
    }
    assert {c.id for c in there if c.kind == "added"} == {c.id for c in back if c.kind == "removed"}
    assert (not there) == (before == after)


def test_one_line_an_obligation() -> None:
    entry = Entry("invariant", "proved", "L3", "0" * 12)
    one = text_of(Baseline({"a:B.c": entry}, {}, ()))
    two = text_of(Baseline({"b:B.c": entry, "a:B.c": entry}, {}, ()))
    assert len(two.splitlines()) == len(one.splitlines()) + 1
    assert two.index('"a:B.c"') < two.index('"b:B.c"')
    assert '"a:B.c" = { invariant = "proved", level = "L3", says = "000000000000" }' in one.splitlines()


def test_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "none.toml") is None
