"""Declared dependencies are the ones that the code imports, each with a floor. `test_wheel.py` runs the tool on the floors."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.packaging.declared import ROOT, floor_of, for_tests, on_demand, runtime


def imported(folder: str) -> set[str]:
    """The top names of all imports below a folder, those inside functions too."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    names |= {a.name.partition(".")[0] for a in aliases}
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"verifier", "tests", "benchmarks", "docs"}


def distributions(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {d.lower() for m in modules for d in known.get(m, [m])}


def test_every_dependency_has_a_floor() -> None:
    for requirement in (*runtime(), *on_demand(), *for_tests()):
        assert floor_of(requirement)


def test_what_the_tool_imports_is_declared() -> None:
    users = {r.name.lower() for r in runtime()}
    builders = {"lark", "pytest"}  # `build_grammar`, which only contributors run, and the plugin, which pytest loads
    options = {r.name.lower() for r in on_demand()}
    assert distributions(imported("verifier")) - builders - options == users
    assert builders <= {r.name.lower() for r in for_tests()}


def test_what_the_tests_import_is_declared() -> None:
    declared = {r.name.lower() for r in (*runtime(), *on_demand(), *for_tests())}
    assert not distributions(imported("tests") | imported("benchmarks") | imported("docs")) - declared


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["--help"],
        ["check", "--help"],
        ["explain", "VS0203"],
        ["fmt", "--check"],
        ["run", "vault/shares"],
    ],
)
def test_commands_that_need_no_solver_import_none(words: list[str]) -> None:
    program = (
        "import sys\nfrom verifier.cli.main import main\n"
        f"main({words!r})\nsys.exit('z3 was imported' if 'z3' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
