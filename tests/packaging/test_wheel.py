"""The wheel, installed where nothing else is, with the lowest versions that it claims to work with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from build import ProjectBuilder
from packaging.requirements import Requirement

from tests.packaging.declared import ROOT, floor_of, runtime

HOSTILE = ("spec/__init__.py", "models/__init__.py", "verifier.py", "z3.py", "json.py", "fractions.py")
"""Files of a user's own, with names that we or our dependencies import."""

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(ProjectBuilder(ROOT).build("sdist", tmp_path_factory.mktemp("sdist")))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, so that the sdist has to hold all that is needed."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (project,) = unpacked.iterdir()
    return Path(ProjectBuilder(project).build("wheel", tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(next(commands.glob("python*"))), "--disable-pip-version-check"]
    floors = [f"{r.name}=={floor_of(r)}" for r in runtime()]
    done = subprocess.run([*pip, "install", "-q", str(wheel), *floors], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return commands


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    for name in HOSTILE:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('a file of the user was imported')\n", encoding="utf-8")
    return tmp_path


def run(commands: Path, where: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "COVERAGE"))}
    return subprocess.run(
        [str(commands / "verify-spec"), *words], cwd=where, env={**own, "NO_COLOR": "1", "PYTHONUTF8": "1", **environment},
        capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_wheel_holds_one_package_with_the_library_as_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {n.partition("/")[0] for n in names}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"verifier"}
    ours = [
        p.relative_to(ROOT).as_posix()
        for f in ("models", "spec", "proofs")
        for p in (ROOT / f).rglob("*")
        if p.is_file()
    ]
    assert not set(f"verifier/library/{n}" for n in ours if "__pycache__" not in n) - set(names)
    data = [p for p in (ROOT / "verifier").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert not {p.relative_to(ROOT).as_posix() for p in data} - set(names)
    assert not [n for n in names if n.startswith("verifier/library/") and n.endswith(".py")]


def test_the_library_works_from_a_hostile_directory(installed: Path, hostile: Path) -> None:
    done = run(installed, hostile, "check", "lending/pool")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "books_balance" in done.stdout


def test_the_other_commands_work_from_a_hostile_directory(installed: Path, hostile: Path) -> None:
    assert re.fullmatch(r"verify-spec \d+\.\d+\.\d+\S*\n", run(installed, hostile, "--version").stdout)
    played = run(installed, hostile, "run", "vault/shares")
    assert played.returncode == 0, played.stdout + played.stderr
    random = run(installed, hostile, "simulate", "amm/constant_product", "--seed", "1")
    assert random.returncode == 0, random.stderr
    assert run(installed, hostile, "explain", "VS0203").returncode == 0


def test_the_page_is_made_with_what_the_wheel_carries(installed: Path, hostile: Path) -> None:
    done = run(installed, hostile, "check", "governance/timelock", "--html", "page.html")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (hostile / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "All as demanded" in page


def test_a_project_in_a_hostile_directory_comes_before_the_library(installed: Path, hostile: Path) -> None:
    (hostile / "spec" / "mine.vspec").write_text(
        "model Mine\n\nstate n : nat\n\ninit {\n  n := 0\n}\n\naction up() {\n  n += 1\n}\n\n"
        "spec MineSpec for Mine\n\ninvariant small : n >= 0\n",
        encoding="utf-8",
    )
    done = run(installed, hostile, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "small" in done.stdout
    assert "books_balance" not in done.stdout
    formatted = run(installed, hostile, "fmt", "--check", "spec")
    assert formatted.returncode == 0, formatted.stdout + formatted.stderr
    inside = run(installed, hostile / "spec", "check", "mine.vspec")
    assert inside.returncode == 0, inside.stdout + inside.stderr
    other = run(installed, hostile, "run", "lending/pool")
    assert other.returncode == 0, other.stdout + other.stderr


def test_a_folder_that_is_gone_is_no_bug_of_ours(installed: Path, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps the working directory of a process")
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && "{installed / "verify-spec"}" run lending/pool'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["spec", "models", "proofs"])
def test_the_names_of_users_folders_are_not_importable(installed: Path, tmp_path: Path, name: str) -> None:
    python = next(installed.glob("python*"))
    done = subprocess.run(
        [str(python), "-I", "-c", f"import {name}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_every_tool_of_the_checks_is_installed_in_a_version_that_is_declared() -> None:
    from tests.packaging.declared import for_tests

    for requirement in (*runtime(), *for_tests()):
        try:
            version = distribution(requirement.name).version
        except PackageNotFoundError:
            pytest.fail(f"{requirement} is declared and not installed")
        assert Requirement(str(requirement)).specifier.contains(version), f"{requirement}, but {version} is installed"


def test_proofs_are_judged_where_no_solver_is_installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    home = tmp_path_factory.mktemp("solverless")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    python = str(next(commands.glob("python*")))
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    assert subprocess.run([python, "-c", "import z3"], capture_output=True, check=False).returncode != 0
    done = run(commands, tmp_path, "recheck", "governance/timelock")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no solver" in done.stdout
    assert "refused" not in done.stdout
