"""Promises as tests, in runs of pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.session.conftest import MODEL, PROFILES, SPEC, write

ROOT = Path(__file__).resolve().parent.parent

EXTRA = """
invariant small : n <= 2
invariant odd_on_purpose : n == 0 expect violated
reachable two : n == 2
"""
LOADED = """
def pytest_sessionfinish(session):
    import sys
    print("LOADED", sorted(m for m in sys.modules if m.partition(".")[0] in ("verifier", "z3")))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two specs that see their models, one that promises nothing, and a test of another kind."""
    put = write(tmp_path)
    put("models/a/counter.vspec", MODEL)
    put("spec/a/counter.vspec", SPEC + EXTRA)
    put(
        "spec/other.vspec",
        "model Other  state n : nat  init { n := 0 }  spec Fine for Other  invariant zero : n == 0\n",
    )
    put("models/alone.vspec", "// a spec would stand elsewhere\nmodel Alone  state n : nat  init { n := 0 }\n")
    put("test_other.py", "import sys\ndef test_digits(): assert sys.get_int_max_str_digits() == 4300\n")
    return tmp_path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that says of itself what an installed wheel says: that there is a plugin."""
    folder = tmp_path_factory.mktemp("installed")
    put = write(folder)
    put("verify_spec-0.dist-info/METADATA", "Metadata-Version: 2.1\nName: verify-spec\nVersion: 0\n")
    put("verify_spec-0.dist-info/entry_points.txt", "[pytest11]\nverify_spec = verifier.pytest_plugin\n")
    return folder


def run(where: Path, installed: Path, *words: str) -> tuple[int, str]:
    """Run pytest with the plugin installed and no other."""
    path = os.pathsep.join((str(installed), str(ROOT)))
    environment = {
        **os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "100", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *words]
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert "INTERNALERROR" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def outcomes(told: str) -> dict[str, str]:
    """What `-v` says of each test."""
    lines = [
        line.split(" ") for line in told.splitlines() if ("::" in line) and not line.startswith(("FAILED", "ERROR"))
    ]
    return {words[0]: words[1] for words in lines if words[1:] and words[1] in ("PASSED", "FAILED", "SKIPPED")}


def test_an_item_a_promise(project: Path, installed: Path) -> None:
    status, told = run(project, installed, "-v", "--junit-xml", "out.xml")
    assert status == 1
    assert outcomes(told) == {
        "spec/a/counter.vspec::Counting::never_negative": "PASSED",
        "spec/a/counter.vspec::Counting::one_step": "PASSED",
        "spec/a/counter.vspec::Counting::small": "FAILED",
        "spec/a/counter.vspec::Counting::odd_on_purpose": "PASSED",
        "spec/a/counter.vspec::Counting::two": "PASSED",
        "spec/other.vspec::Fine::zero": "PASSED",
        "test_other.py::test_digits": "PASSED",
    }
    assert "Paste this into the spec" in told
    assert "Traceback" not in told
    assert "FAILED spec/a/counter.vspec::Counting::small - violated: After " in told
    found = {c.get("name"): c for c in ET.parse(project / "out.xml").iter("testcase")}
    told_of = {p.get("name"): p.get("value") for p in found["never_negative"].iter("property")}
    assert told_of["verify_spec_verdict"] == "proved"
    assert told_of["verify_spec_id"] == "a/counter:Counting.never_negative"


def test_one_promise_by_its_name(project: Path, installed: Path) -> None:
    status, told = run(project, installed, "-v", "spec/a/counter.vspec::Counting::never_negative")
    assert (status, list(outcomes(told))) == (0, ["spec/a/counter.vspec::Counting::never_negative"])
    status, told = run(project, installed, "-v", "-k", "zero")
    assert (status, list(outcomes(told))) == (0, ["spec/other.vspec::Fine::zero"])


def test_under_xdist(project: Path, installed: Path) -> None:
    pytest.importorskip("xdist")
    status, told = run(project, installed, "-n", "2", "-q", "-rA")
    assert status == 1
    assert "1 failed, 6 passed" in told
    assert "Paste this into the spec" in told


def test_mistakes_are_errors_of_collection(project: Path, installed: Path) -> None:
    write(project)("spec/b.vspec", "spec S for Nothing\ninvariant x : true\n")
    status, told = run(project, installed, "spec/b.vspec")
    assert status == 2
    assert "error VS" in told
    assert "spec/b.vspec:1" in told


def test_profiles_that_break_an_assumption_fail(project: Path, installed: Path) -> None:
    write(project)(
        "spec/a/counter.vspec", SPEC
    )  # with no violation that is expected: such specs may pass profiles over
    write(project)("spec/a/counter.toml", PROFILES.replace("limit = 1.5", "limit = 0.5"))
    status, told = run(project, installed, "-v", "-k", "profiles")
    assert status == 1
    assert "error VS0518" in told
    write(project)("spec/a/counter.toml", PROFILES)
    assert run(project, installed, "-k", "profiles")[0] == 0


@pytest.mark.parametrize("how", ["option", "ini"])
def test_it_can_be_left_out(project: Path, installed: Path, how: str) -> None:
    if how == "ini":
        write(project)("pytest.ini", "[pytest]\nverify_spec = false\n")
    status, told = run(project, installed, "-v", *(("-p", "no:verify_spec") if how == "option" else ()))
    assert status == 0
    assert list(outcomes(told)) == ["test_other.py::test_digits"]


def test_it_costs_nothing_where_there_are_no_specs(project: Path, installed: Path) -> None:
    write(project)("conftest.py", LOADED)
    _, told = run(project, installed, "-s", "test_other.py", "models")
    assert "LOADED ['verifier', 'verifier.pytest_plugin']" in told
    assert "1 passed" in told


def test_our_own_corpus_is_not_collected(installed: Path) -> None:
    status, told = run(ROOT, installed, "--collect-only", "-q", "tests/corpus/verdicts", "spec")
    assert status == 5, told
