"""Watching: what is looked at, and what a change concerns. Nothing here waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.conftest import write
from verifier.session.session import Request
from verifier.session.watch import Turn, Watcher

A = "model A state n : nat init { n := 0 } action up() { n += 1 }\n"
B = "import a\nmodel B use A as part\nexpose part.up\ninit { }\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, model in (("a", A), ("b", B), ("c", A.replace("model A", "model C"))):
        write(tmp_path)(f"models/{name}.vspec", model)
        capital = name.upper()
        scenario = "scenario s { part.up() }" if name == "b" else "scenario s { up() check n == 1 }"
        write(tmp_path)(f"spec/{name}.vspec", f"spec S{capital} for {capital}\n{scenario}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settled(watcher: Watcher) -> Turn | None:
    """Look until the files are at rest."""
    first = watcher.look()
    return watcher.look() if first is None else first


def about(turn: Turn | None) -> list[str]:
    assert turn is not None
    assert not turn.run.diagnostics, turn.run.diagnostics
    return sorted({r.system.path for r in turn.run.results})


def test_first_everything_then_nothing(root: Path) -> None:
    watcher = Watcher(Request())
    turn = watcher.look()
    assert about(turn) == ["a", "b", "c"]
    assert turn is not None
    assert (turn.changed, turn.checked, turn.total) == ((), 3, 3)
    assert watcher.look() is None
    assert watcher.look() is None


@pytest.mark.parametrize(
    ("name", "text", "concerned"),
    [
        ("spec/c.vspec", "spec SC for C\nscenario s { up() up() check n == 2 }\n", ["c"]),
        ("models/c.vspec", A.replace("model A", "model C").replace("+= 1", "+= 2 - 1"), ["c"]),
        ("models/a.vspec", A + "// used by b as well\n", ["a", "b"]),
        ("spec/a.vspec", "spec SA for A\ninvariant fine : n >= 0\n", ["a", "b"]),
        ("spec/b.toml", "# no profiles yet\n", ["b"]),
        ("proofs/c.json", "{}", ["c"]),
        ("spec/d.vspec", "import c\nspec SD for C\nscenario s { up() }\n", ["d"]),
    ],
)
def test_only_what_changed(root: Path, name: str, text: str, concerned: list[str]) -> None:
    watcher = Watcher(Request())
    watcher.look()
    write(root)(name, text)
    turn = settled(watcher)
    assert about(turn) == concerned
    assert turn is not None
    assert turn.changed == (name,)
    assert turn.checked == len(concerned)
    assert settled(watcher) is None


def test_nothing_is_read_while_it_is_being_written(root: Path) -> None:
    watcher = Watcher(Request())
    watcher.look()
    write(root)("spec/c.vspec", "spec SC for C\n")
    assert watcher.look() is None
    write(root)("spec/c.vspec", "spec SC for C\nscenario s { up() check n == 1 }  // all of it\n")
    assert watcher.look() is None
    assert about(watcher.look()) == ["c"]


def test_a_mistake_and_its_mending(root: Path) -> None:
    watcher = Watcher(Request())
    watcher.look()
    good = (root / "spec/c.vspec").read_text()
    write(root)("spec/c.vspec", "spec SC for\n")
    turn = settled(watcher)
    assert turn is not None
    assert turn.run.diagnostics
    write(root)("spec/c.vspec", good)
    assert "c" in about(settled(watcher))


def test_a_file_that_goes(root: Path) -> None:
    watcher = Watcher(Request())
    watcher.look()
    (root / "spec/c.vspec").unlink()
    assert about(settled(watcher)) == ["a", "b"]


def test_a_file_that_concerns_nobody(root: Path) -> None:
    watcher = Watcher(Request(("spec/c.vspec",)))
    assert about(watcher.look()) == ["c"]
    write(root)("spec/a.vspec", "spec SA for A\nscenario s { up() }\n")
    assert settled(watcher) is None
