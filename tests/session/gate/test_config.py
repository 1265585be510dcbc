"""The gate's configuration: what is read, and everything that is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.session.conftest import project, write  # noqa: F401
from verifier.session.gate.config import Budget, GateConfig, Refused, find_config
from verifier.session.gate.globs import files_of

WHOLE = """\
[gate]
specs = ["spec/**/*.vspec", "more/*.vspec"]
profiles = ["weth-*"]
baseline = "proofs/base.toml"

[[gate.demand]]
property = "lending/pool:*"
level = "L3"

[[gate.demand]]
property = "covered"
allow = ["bounded"]

[gate.budget.pull-request]
seconds = 60

[gate.budget.night]
seconds = 3600
depth = 10
second-solver = true

[[gate.accept]]
property = "lending/pool:LendingSolvency.covered"
reason = "The proof is on its way."
expires = 2027-01-31

[[gate.accept]]
property = "lending/pool:LendingSolvency.exit"
rule = "bounded"
reason = "As above."
expires = 2027-02-28
"""


def read(root: Path, text: str, name: str = "verify-spec.toml") -> GateConfig | Refused:
    (root / name).write_text(text, encoding="utf-8")
    return find_config(None, root)


def codes(found: GateConfig | Refused) -> list[str]:
    return [d.code for d in found.diagnostics] if isinstance(found, Refused) else []


def test_the_whole_of_it(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert isinstance(found, GateConfig), found
    assert [p.glob for p in found.specs] == ["spec/**/*.vspec", "more/*.vspec"]
    assert [p.glob for p in found.profiles] == ["weth-*"]
    assert found.baseline == "proofs/base.toml"
    assert [(d.pattern.glob, d.level, d.allow) for d in found.demands] == [
        ("lending/pool:*", "L3", None),
        ("covered", None, ("bounded",)),
    ]
    assert found.budgets["pull-request"] == Budget("pull-request", 60, None, second=False)
    assert found.budgets["night"] == Budget("night", 3600, 10, second=True)
    first, second = found.acceptances
    assert (first.id, first.rule, first.expires) == ("lending/pool:LendingSolvency.covered", None, date(2027, 1, 31))
    assert second.rule == "bounded"
    assert found.source.slice(second.span) == '"lending/pool:LendingSolvency.exit"'


def test_pyproject(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.verify-spec.gate]\nspecs = ["spec/*.vspec"]\n'
    found = read(tmp_path, text, "pyproject.toml")
    assert isinstance(found, GateConfig), found
    assert found.table == "tool.verify-spec.gate"


def test_it_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "ours, with no gate"\n')
    read(tmp_path, WHOLE)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text("[tool.ruff]\n")
    found = find_config(None, below)
    assert isinstance(found, GateConfig)
    assert found.root == tmp_path


def test_a_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(WHOLE)
    assert isinstance(find_config(str(tmp_path / "other.toml"), tmp_path), GateConfig)
    assert codes(find_config(str(tmp_path / "none.toml"), tmp_path)) == ["VS0501"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "VS0554", "gate"),
        ("[gate]\n", "VS0554", "gate"),
        ("[gate]\nspecs = []\n", "VS0554", "gate"),
        ("[gaet]\nspecs = ['x']\n", "VS0552", "Did you mean `gate`? "),
        ("[gate]\nspces = ['x']\n", "VS0552", "Did you mean `specs`? "),
        ("[gate]\nspecs = ['x']\n[[gate.accpet]]\n", "VS0552", "Did you mean `accept`? "),
        ("[gate]\nspecs = ['x']\n[gate.budget.night]\nsecond = 3\n", "VS0552", "Did you mean `seconds`? "),
        ("[gate]\nspecs = ['x']\n[[gate.demand]]\nproperty = 'a'\nlevle = 'L3'\n", "VS0552", "Did you mean `level`? "),
        ("[gate]\nspecs = 'x'\n", "VS0553", "a list of globs in quotes"),
        ("[gate]\nspecs = [3]\n", "VS0553", "a list of globs in quotes"),
        ("[gate]\nspecs = ['/etc/*']\n", "VS0553", "globs below the folder of this file"),
        ("[gate]\nspecs = ['../x']\n", "VS0553", "globs below the folder of this file"),
        ("[gate]\nspecs = ['x']\nbaseline = '/tmp/x'\n", "VS0553", "a path below the folder of this file"),
        ("[gate]\nspecs = ['x']\n[gate.demand]\nproperty = 'a'\n", "VS0553", "tables with two brackets, `[[gate.demand]]`"),
        ("[gate]\nspecs = ['x']\n[[gate.demand]]\nlevel = 'L3'\n", "VS0553", "text in quotes"),
        ("[gate]\nspecs = ['x']\n[[gate.demand]]\nproperty = 'a'\nlevel = 'L4'\n", "VS0553", 'one of "L0", "L1", "L2", "L3"'),
        ("[gate]\nspecs = ['x']\n[[gate.demand]]\nproperty = 'a'\nallow = ['violated']\n", "VS0553", "anything else is accepted by"),
        ("[gate]\nspecs = ['x']\n[gate.budget]\nseconds = 3\n", "VS0553", "tables such as"),
        ("[gate]\nspecs = ['x']\n[gate.budget.night]\nseconds = 0\n", "VS0553", "a whole number from 1 to 1000000"),
        ("[gate]\nspecs = ['x']\n[gate.budget.night]\nseconds = true\n", "VS0553", "a whole number"),
        ("[gate]\nspecs = ['x']\n[gate.budget.night]\ndepth = 1.5\n", "VS0553", "a whole number from 0 to 100"),
        ("[gate]\nspecs = ['x'\n", "VS0551", ""),
        ("[gate]\nspecs = ['x']\nspecs = ['y']\n", "VS0551", ""),
        ("gate = 3\n", "VS0553", "a table"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nproperty = 'a'\nreason = 'b'\n", "VS0553", "a date without quotes"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nproperty = 'a'\nreason = 'b'\nexpires = '2027-01-31'\n", "VS0553", "a date without quotes"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nproperty = 'a'\nexpires = 2027-01-31\n", "VS0553", "text in quotes"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nproperty = 'a'\nreason = ' '\nexpires = 2027-01-31\n", "VS0553", "why this may fail"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nreason = 'b'\nexpires = 2027-01-31\n", "VS0553", "text in quotes"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nproperty = 'a'\nrule = 'bonded'\nreason = 'b'\nexpires = 2027-01-31\n", "VS0553", "Did you mean `bounded`? "),
        ("[gate]\nspecs = ['x']\n" + 2 * "[[gate.accept]]\nproperty = 'a'\nreason = 'b'\nexpires = 2027-01-31\n", "VS0553", "not accepted already"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, code: str, words: str) -> None:
    found = read(tmp_path, text)
    assert isinstance(found, Refused), found
    first = found.diagnostics[0]
    assert first.code == code
    assert words in " | ".join(first.values.values())
    assert first.span is not None
    assert first.span.end <= len(text) + 1
    assert found.sources


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("[gate]\nspces = ['x']\n", "spces"),
        ("[gate]\nspecs = ['x']\n\n[[gate.accpet]]\nreason = 'x'\n", "[[gate.accpet]]"),
        ("[gaet]\nspecs = ['x']\n", "[gaet]"),
        ("[gate]\nspecs = ['x', '../y']\n", "'../y'"),
        ("[gate]\nspecs = ['x']\n[[gate.accept]]\nreason = 'a'\n", "[[gate.accept]]"),
        ("[gate]\nspecs = ['x']\n[gate.budget.night]\nseconds = 0\n", "seconds"),
        ("gate.specs = 'x'\n", ""),
    ],
)
def test_what_is_marked(tmp_path: Path, text: str, marked: str) -> None:
    found = read(tmp_path, text)
    assert isinstance(found, Refused)
    span = found.diagnostics[0].span
    assert span is not None
    assert found.sources[span.path].slice(span) == marked


def test_a_typo_in_pyproject_is_no_missing_table(tmp_path: Path) -> None:
    found = read(tmp_path, "[tool.verify-spec.gaet]\nspecs = ['x']\n", "pyproject.toml")
    assert codes(found) == ["VS0552"]


def test_a_broken_pyproject_that_names_us_is_not_passed_over(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "[tool.verify-spec.gate]\nspecs = [\n", "pyproject.toml")) == ["VS0551"]


def test_two_in_one_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.verify-spec.gate]\nspecs = ['x']\n")
    assert codes(read(tmp_path, WHOLE)) == ["VS0557"]


def test_none_is_refused(tmp_path: Path) -> None:
    assert codes(find_config(None, tmp_path)) == ["VS0550"]


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("spec/**/*.vspec", ["spec/a.vspec", "spec/b/c.vspec", "spec/b/d/e.vspec"]),
        ("spec/*.vspec", ["spec/a.vspec"]),
        ("spec/*/c.vspec", ["spec/b/c.vspec"]),
        ("spec/**", ["spec/a.vspec", "spec/b/c.vspec", "spec/b/d/e.vspec"]),
        ("spec/b", ["spec/b/c.vspec", "spec/b/d/e.vspec"]),
        ("spec/b*", ["spec/b/c.vspec", "spec/b/d/e.vspec"]),
        ("./spec/a.vspec", ["spec/a.vspec"]),
        ("**/e.vspec", ["spec/b/d/e.vspec"]),
        ("spec/[ab].vspec", ["spec/a.vspec"]),
        ("spec/[!a]/?.vspec", ["spec/b/c.vspec"]),
        ("spec/a.toml", []),
        ("spec/x*", []),
        ("nothing", []),
        ("spec/A.vspec", []),
    ],
)
def test_globs(tmp_path: Path, glob: str, names: list[str]) -> None:
    for name in ("spec/a.vspec", "spec/a.toml", "spec/b/c.vspec", "spec/b/d/e.vspec", "spec/.hidden/f.vspec"):
        write(tmp_path)(name, "")
    files, problems = files_of(tmp_path, glob)
    assert [f.relative_to(tmp_path).as_posix() for f in files] == names
    assert not problems
