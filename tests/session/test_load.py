"""From what was typed to files and all that they see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.session.conftest import MODEL, SPEC, write
from verifier.session.library import builtin, place_of, target_of
from verifier.session.library import project as find_project
from verifier.session.load import load
from verifier.session.session import prepare


def test_a_spec_sees_its_model(project: Path) -> None:
    loaded = load(("spec/a/counter.vspec",))
    assert loaded.diagnostics == ()
    (target,) = loaded.targets
    assert [s.path for s, _ in target.files] == ["spec/a/counter.vspec", "models/a/counter.vspec"]
    assert target.place.short == "a/counter"


@pytest.mark.parametrize("typed", [(), ("a/counter",), ("a",), ("spec",), ("spec/a/",), ("./spec/a/counter.vspec",)])
def test_ways_to_name_it(project: Path, typed: tuple[str, ...]) -> None:
    loaded = load(typed)
    assert loaded.diagnostics == ()
    assert [t.place.short for t in loaded.targets] == ["a/counter"]


def test_from_a_folder_in_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "spec" / "a")
    loaded = load(("a/counter",))
    assert [t.place.short for t in loaded.targets] == ["a/counter"]
    assert find_project() == project


def test_from_elsewhere(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    path = project / "spec" / "a" / "counter.vspec"
    loaded = load((str(path),))
    assert [t.place.short for t in loaded.targets] == ["a/counter"]
    assert target_of(loaded.targets[0].place) == str(path)


def test_the_project_comes_before_the_library(project: Path) -> None:
    write(project)("spec/lending/pool.vspec", "model Mine  state n : nat  init { n := 0 }  spec S for Mine")
    loaded = load(("lending/pool",))
    assert loaded.diagnostics == ()
    assert loaded.targets[0].path.is_relative_to(project)
    write(project)("spec/lending/more.vspec", "import lending/pool\nspec S for LendingPool")
    loaded = load(("lending/more",))
    assert loaded.diagnostics == ()
    root = builtin()
    assert root is not None
    sources = [s.path for s, _ in loaded.targets[0].files]
    assert len(sources) == 2
    assert sources[1].endswith("models/lending/pool.vspec")


def test_imports_may_go_round_in_a_circle(project: Path) -> None:
    write(project)("models/x.vspec", "import y\nmodel X  state n : nat  init { n := 0 }")
    write(project)("models/y.vspec", "import x\nmodel Y  state n : nat  init { n := 0 }")
    write(project)("spec/x.vspec", "import y\nimport x\nspec S for X")
    loaded = load(("x",))
    assert loaded.diagnostics == ()
    assert sorted(s.path for s, _ in loaded.targets[0].files) == ["models/x.vspec", "models/y.vspec", "spec/x.vspec"]


def test_an_import_that_is_not_there(project: Path) -> None:
    write(project)("spec/x.vspec", "import a/countr\nspec S for Counter")
    loaded = load(("x",))
    (found,) = loaded.diagnostics
    assert found.code == "VS0508"
    assert found.values["suggestion"] == "Did you mean `import a/counter`? "
    assert loaded.targets == ()


@pytest.mark.parametrize("name", ["a/countr", "a/counter.vspe", "spec/a/contr.vspec"])
def test_did_you_mean(project: Path, name: str) -> None:
    (found,) = load((name,)).diagnostics
    assert found.code == "VS0501"
    assert "counter" in found.values["suggestion"]


def test_one_mistake_in_a_shared_model_is_told_once(project: Path) -> None:
    write(project)("models/a/counter.vspec", MODEL.replace("state", "stat"))
    write(project)("spec/b.vspec", "import a/counter\n" + SPEC)
    loaded = load(())
    assert loaded.targets == ()
    assert len(loaded.diagnostics) == 1


@pytest.mark.parametrize("text", ["", "\n\n", "// nothing\n", "\ufeff"])
def test_empty_files(project: Path, text: str) -> None:
    path = write(project)("e.vspec", text)
    (found,) = load((str(path),)).diagnostics
    assert found.code == "VS0506"


def test_a_folder_without_specifications(project: Path) -> None:
    (project / "empty").mkdir()
    (found,) = load(("empty",)).diagnostics
    assert found.code == "VS0507"


@pytest.mark.parametrize("name", ["", "..", "../..", "a//counter", "a/../counter", "*", "a\nb", "-", "\0", "a" * 10000])
def test_strange_names(project: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = project / "spec" / "a"
    monkeypatch.chdir(deep)
    for diagnostic in load((name,)).diagnostics:
        assert diagnostic.code.startswith("VS05")


def test_folders_of_other_tools_are_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "__init__.py").touch()
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_project() != tmp_path
    loaded = load(("lending/pool",))
    assert loaded.diagnostics == ()
    assert len(loaded.targets) == 1


def test_a_working_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    try:
        os.rmdir(gone)
    except OSError:
        pytest.skip("can't be removed here")
    assert len(load(("lending/pool",)).targets) == 1
    monkeypatch.chdir(tmp_path)


def test_places() -> None:
    assert place_of(Path("/p/spec/a/b.vspec")).short == "a/b"
    assert place_of(Path("/p/models/b.vspec")).folder == "models"
    assert place_of(Path("/tmp/b.vspec")).root is None


PROOF = "proof of Counting\nlemma small : n >= 0 - 1\nnever_negative { use small  cases n > 3 }\n"


def test_a_spec_has_its_proof(project: Path) -> None:
    write(project)("proofs/a/counter.vspec", PROOF)
    prepared = prepare(("a/counter",))
    assert prepared.diagnostics == ()
    ((target, _, system),) = prepared.systems
    seen = [s.path for s, _ in target.files]
    assert seen == ["spec/a/counter.vspec", "models/a/counter.vspec", "proofs/a/counter.vspec"]
    assert [p.heading.name for p in system.properties] == ["never_negative", "one_step", "small"]
    assert [(h.name, h.uses, h.texts) for h in system.hints] == [("never_negative", ("small",), ("n > 3",))]


@pytest.mark.parametrize("typed", ["proofs/a/counter.vspec", "proofs", "./proofs/a"])
def test_to_check_a_proof_is_to_check_its_spec(project: Path, typed: str) -> None:
    write(project)("proofs/a/counter.vspec", PROOF)
    loaded = load((typed, "a/counter"))
    assert loaded.diagnostics == ()
    assert [t.source.path for t in loaded.targets] == ["spec/a/counter.vspec"]


def test_mistakes_in_a_proof_are_told_of_the_spec(project: Path) -> None:
    path = write(project)("proofs/a/counter.vspec", "proof of Countin\nlemma small : n >= 0\n")
    assert [(d.code, d.span and d.span.path) for d in prepare(("spec",)).diagnostics] == [
        ("VS0322", "proofs/a/counter.vspec")
    ]
    path.write_text("proof of Counting\nlemma small : k >= 0\n", encoding="utf-8")
    assert [(d.code, d.span and d.span.path) for d in prepare(("spec",)).diagnostics] == [
        ("VS0301", "proofs/a/counter.vspec")
    ]
    path.rename(path.with_name("other.vspec"))
    assert [d.code for d in prepare(("proofs",)).diagnostics] == ["VS0322"]
