"""A command that is given again prints what it printed, without parsing anything, if and only if nothing has changed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.session.cache_file import file_of
from verifier.cli.main import main
from verifier.report import remembered as prose
from verifier.report.outputs import FORMS
from verifier.session import cache as caches
from verifier.session import fingerprint as prints
from verifier.session import remembered as memories
from verifier.session import session, surroundings
from verifier.session import store as stores
from verifier.session.library import builtin
from verifier.session.run import Run
from verifier.session.session import Request
from verifier.session.store import Store, folder_of_cache

PACKAGE = Path(__file__).resolve().parents[2]

COIN = """\
model Coin
state minted : ureal
init { minted := 0 }
action mint(x: ureal) { minted += x }
"""
MODEL = """\
import coins/coin
model Till
sort Account
param fee : real where 0 <= fee and fee < 1
state held : Account -> ureal
state total : ureal
init { held := 0  total := 0 }
action pay(a: Account, amount: ureal) {
  require amount > 0
  held[a] += amount
  total += amount
}
"""
SPEC = """\
spec Tills for Till
invariant adds_up : sum(held) == total
invariant not_negative : total >= 0
invariant small : total <= 100 expect violated
reachable something : total > 5
scenario once { start { fee = 0 }  pay(A, 3)  check total == 3 }
"""
BESIDE = """\
[[profile]]
name = "corner shop"
model = "Till"
fee = 0.25

[[incident]]
name = "The corner shop"
date = 2021-03-04
what = "the till was full"
source = "https://example.org/till"
properties = ["Tills.small"]
"""
HINTS = "proof of Tills\n\nadds_up {\n  use not_negative\n}\n"
FILES = {
    "models/coins/coin.vspec": COIN,
    "models/till.vspec": MODEL,
    "spec/till.vspec": SPEC,
    "spec/till.toml": BESIDE,
    "proofs/till.vspec": HINTS,
    "proofs/till.json": "{}",
}

Tell = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool as it is now, whoever edits it while the tests run."""
    code = prints.code_fingerprint()
    for module in (caches, memories):
        monkeypatch.setattr(module, "code_fingerprint", lambda: code)
        monkeypatch.setattr(module, "code_stamp", lambda: b"now")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one spec and everything that may stand beside it, and an empty cache folder."""
    folder = tmp_path / "project"
    for name, text in FILES.items():
        put(folder / name, text)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Run]]:
    """The runs that were made, rather than remembered."""
    runs: list[Run] = []
    check = session.check

    def heard(request: Request, *listen: object) -> Run:
        runs.append(check(request, *listen))  # type: ignore[arg-type]
        return runs[-1]

    monkeypatch.setattr(session, "check", heard)
    yield runs


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Give a command: its exit status, and what it printed."""

    def given(*words: str) -> tuple[int, str, str]:
        status = main(["--debug", *words])
        out = capsys.readouterr()
        return status, out.out, out.err

    return given


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def timeless(text: str) -> str:
    """Without times (of the solver there are none where it was not asked), and without what is in the cache."""
    text = " ".join(text.split())
    text = re.sub(r'"cached": \w+|::(stop-commands::)?[0-9a-f]{32}(::)?', "", text)
    text = re.sub(r'((solver_)?seconds": |time=")\d+\.\d+', "", text)
    text = re.sub(r",? with \d[\d.]* s of solver time|\d[\d.]* s in the solver|no solver was asked", "", text)
    return re.sub(r"\b\d[\d.]* s\b", "", text)


# ---------------------------------------------------------------------------------------------- what is found again


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("till", "--stories"),
        ("till", "--format", "json"),
        ("spec/", "-p", "adds_up", "-p", "s*"),
        ("till", "--profile", "*"),
        ("till", "--depth", "3", "--no-proofs"),
        ("spec/till.vspec", "--json", "-", "--github"),
    ],
)
def test_a_second_run_prints_the_same_and_settles_nothing(
    till: Path, anew: list[Run], tell: Tell, words: tuple[str, ...]
) -> None:
    first, second = tell("check", *words), tell("check", *words)
    assert len(anew) == 1
    assert first[0] == second[0] == 0
    assert [timeless(t) for t in second[1:]] == [timeless(t) for t in first[1:]]
    assert [timeless(t) for t in tell("check", *words, "--no-cache")[1:]] == [timeless(t) for t in second[1:]]
    assert len(anew) == 2


def test_what_a_second_run_prints_is_what_an_unremembered_one_prints(till: Path, anew: list[Run], tell: Tell) -> None:
    """All that a run says when it finds its verdicts in the cache, to the byte, but for times and for scenarios, which
    it runs."""
    tell("check")
    tell("check", "--format", "json")
    second = tell("check", "--format", "json")[1]
    assert len(anew) == 2
    file_of().unlink()
    tell("check")
    third = tell("check", "--format", "json")[1]
    assert len(anew) == 4

    def plain(text: str) -> list[str]:
        return [line for line in text.splitlines() if "seconds" not in line]

    document = json.loads(second)
    assert all(r["cached"] for r in document["results"])
    assert document["solver_seconds"] == 0
    assert 0 < document["seconds"] < 60
    assert plain(second) == plain(third.replace('"cached": false', '"cached": true'))


def test_reports_to_files_are_written_again(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = till / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    words = [w for form in FORMS for w in (f"--{form}", f"out/r.{form}")]
    command = ("check", "--stories", *words, "--itf", "out/itf", "--github")

    def written() -> dict[str, str]:
        return {
            str(p.relative_to(till)): p.read_text(encoding="utf-8") for p in (till / "out").rglob("*") if p.is_file()
        }

    status, out, _ = tell(*command)
    first, said = written(), summary.read_text()
    shutil.rmtree(till / "out")
    summary.unlink()
    again, out_again, _ = tell(*command)
    assert len(anew) == 1
    assert (status, sorted(first)) == (again, sorted(written()))
    assert len(first) == len(FORMS) + 1  # the run of `small`
    for name, text in written().items():
        assert timeless(text) == timeless(first[name]), name
    assert timeless(summary.read_text()) == timeless(said)
    assert timeless(out) == timeless(out_again)


def test_other_files_for_the_same_reports_are_no_other_command(till: Path, anew: list[Run], tell: Tell) -> None:
    tell("check", "--junit", "one.xml")
    tell("check", "--junit", "two.xml")
    assert len(anew) == 1
    assert timeless(Path("one.xml").read_text()) == timeless(Path("two.xml").read_text())


def test_a_report_into_the_folder_that_is_checked_is_no_change_of_it(till: Path, anew: list[Run], tell: Tell) -> None:
    for _ in range(2):
        tell("check", ".", "--json", "report.json")
    assert len(anew) == 1
    put(till / "spec/till.proofs.json", "{}")
    put(till / "proofs/deeper/till.json", "{}")
    tell("check", ".", "--json", "report.json")
    assert len(anew) == 2
    put(till / "proofs/deeper/till.json", "{ }")
    tell("check", ".", "--json", "report.json")
    assert len(anew) == 3


def test_what_did_not_come_out_is_remembered_with_its_status(till: Path, anew: list[Run], tell: Tell) -> None:
    put(till / "spec/till.vspec", SPEC.replace(" expect violated", "").replace("invariant", "invariant", 1))
    put(till / "spec/till.toml", BESIDE.partition("[[incident]]")[0])
    first, second = tell("check"), tell("check")
    assert len(anew) == 1
    assert first[0] == second[0] == 1
    assert timeless(first[1]) == timeless(second[1])
    assert "Violated" in second[1]


def test_nothing_is_parsed(till: Path) -> None:
    code = (
        "import sys; from verifier.cli.main import main; status = main(['check', '--html', 'out.html'])\n"
        "print(status, sorted(sys.modules.keys() & {'z3', 'lark', 'jinja2', 'verifier.language.parser',"
        " 'verifier.system.lower', 'verifier.engines', 'verifier.session.session'}), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    said: list[str] = []
    for _ in range(4):  # somebody may be editing the tool
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, timeout=120, check=True, text=True
        )
        said.append(done.stderr.strip())
    assert "verifier.language.parser" in said[0]
    assert "0 []" in said[1:]


def test_the_time_is_found_where_it_is_said() -> None:
    """A spec may have the number that a report is made with: then it is made with another one."""
    assert prose._SAID.keys() == {"terminal", *FORMS}
    said = prose._SAID["terminal"]
    assert prose._cut(lambda t: f"0.74 is a price. All well. {t:.2f} s.", said) == [
        "0.74 is a price. All well. ",
        " s.",
    ]
    every = " ".join(f"{t:.2f}" for t in prose._TIMES)
    assert prose._cut(lambda t: f"{every}. All well. {t:.2f} s.", said) is None
    assert prose._cut(lambda t: "nothing to check", said) is None
    assert prose._cut(lambda t: "no time here", None) == ["no time here"]


def test_a_spec_with_the_number_that_stands_for_the_time(till: Path, anew: list[Run], tell: Tell) -> None:
    put(till / "spec/till.vspec", SPEC.replace("pay(A, 3)  check total == 3", "pay(A, 0.74)  check total == 0.75"))
    first, second = tell("check", "--stories"), tell("check", "--stories")
    assert len(anew) == 1
    assert "0.74" in second[1]
    assert timeless(first[1]) == timeless(second[1])
    assert float(re.findall(r"(\S+) s\.", second[1])[-1]) < 60


# ---------------------------------------------------------------------------------------------- what is not


def changes() -> dict[str, Callable[[Path], None]]:
    """Everything that can change in what a run reads, or would read if it were there."""

    def edited(name: str) -> Callable[[Path], None]:
        def change(root: Path) -> None:
            text = (root / name).read_text()
            put(root / name, text + (" " if name.endswith("json") else "// .\n" if name.endswith("c") else "# .\n"))

        return change

    def added(name: str, text: str) -> Callable[[Path], None]:
        return lambda root: put(root / name, text)

    def gone(name: str) -> Callable[[Path], None]:
        return lambda root: (root / name).unlink()

    more = {
        "a spec": added("spec/more.vspec", SPEC.replace("Tills", "More").replace("spec", "import till\nspec", 1)),
        "a hidden spec": added("spec/.hidden/more.vspec", "x"),
        "a model": added("models/more.vspec", COIN),
        "numbers": added("spec/more.toml", ""),
        "proofs": added("proofs/more.json", "{}"),
        "a file in the place of a name": added("till", "x"),
    }
    return (
        {f"edited {name}": edited(name) for name in FILES}
        | {f"gone {name}": gone(name) for name in ("spec/till.toml", "proofs/till.vspec", "proofs/till.json")}
        | {f"new {name}": change for name, change in more.items()}
    )


@pytest.mark.parametrize("name", changes())
def test_every_file_counts(till: Path, anew: list[Run], tell: Tell, name: str) -> None:
    for _ in range(2):
        tell("check", "till")
    assert len(anew) == 1
    changes()[name](till)
    changed = tell("check", "till")
    assert len(anew) == 2
    assert timeless(changed[1]) == timeless(tell("check", "till", "--no-cache")[1])


@pytest.mark.parametrize("name", FILES)
def test_every_byte_counts(till: Path, name: str) -> None:
    """One byte for another of the same length, at the same time of the clock."""
    path = till / name
    before, times = surroundings.surroundings(("till",)), path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = surroundings.surroundings(("till",))
    assert before is not None
    assert after is not None
    assert after.digest != before.digest


def test_a_verdict_follows_its_model(till: Path, anew: list[Run], tell: Tell) -> None:
    assert [tell("check")[0] for _ in range(2)] == [0, 0]
    put(till / "models/till.vspec", MODEL.replace("total += amount", "total += amount + amount"))
    status, out, _ = tell("check")
    assert status == 1
    assert "✘ failed" in out
    put(till / "models/till.vspec", MODEL)
    assert tell("check")[0] == 0


def test_what_stands_before_the_library_counts(till: Path, anew: list[Run], tell: Tell) -> None:
    """A model of the project's own is taken instead of one of the built-in library, as soon as it is there."""
    put(till / "models/till.vspec", "import amm/constant_product\n" + MODEL)
    for _ in range(2):
        assert tell("check", "till")[0] == 0
    assert len(anew) == 1
    put(till / "models/amm/constant_product.vspec", "model\n")
    assert tell("check", "till")[0] == 2
    (till / "models/amm/constant_product.vspec").unlink()
    assert tell("check", "till")[0] == 0


def test_the_library_counts(
    till: Path, tmp_path: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = builtin()
    assert root is not None
    copy = tmp_path / "package" / "library"
    for folder in ("models", "spec", "proofs"):
        for name in ("lending/pool.vspec", "oracle/median.vspec"):
            if (root / folder / name).exists():
                put(copy / folder / name, (root / folder / name).read_text())
    for module in ("library", "load", "surroundings"):
        monkeypatch.setattr(f"verifier.session.{module}.builtin", lambda: copy)
    monkeypatch.chdir(tmp_path)
    words = ("check", "oracle/median", "-p", "halves_*")
    for _ in range(2):
        tell(*words)
    assert len(anew) == 1
    assert all(name.startswith("<library>/") for name in anew[0].sources)
    put(copy / "proofs/oracle/median.json", "{}")
    tell(*words)
    assert len(anew) == 2


def test_a_link_to_a_folder_is_looked_through(till: Path, tmp_path: Path, anew: list[Run], tell: Tell) -> None:
    shutil.move(till / "models" / "coins", tmp_path / "elsewhere")
    (till / "models" / "coins").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "round").symlink_to(tmp_path / "elsewhere")
    for _ in range(2):
        assert tell("check", "till")[0] == 0
    assert len(anew) == 1
    put(tmp_path / "elsewhere" / "coin.vspec", COIN + "// .\n")
    tell("check", "till")
    assert len(anew) == 2


def test_up_from_a_link_is_up_from_where_it_leads(
    till: Path, tmp_path: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`link/../tree` is not `tree`: neither what is read, nor what counts."""
    holds = COIN + "spec Coins for Coin\ninvariant positive : minted >= 0\n"
    there, here = tmp_path / "there", tmp_path / "here"
    (there / "inside").mkdir(parents=True)
    put(there / "tree/one.vspec", holds)
    put(here / "tree/one.vspec", holds.replace("minted += x", "minted := 0 - x"))
    (here / "link").symlink_to(there / "inside")
    monkeypatch.chdir(here)
    for path in ("link/../tree", "link/../tree/one.vspec"):
        settled = len(anew)
        assert [tell("check", path)[0] for _ in range(2)] == [0, 0]
        assert len(anew) == settled + 1
        assert set(anew[-1].sources) == {str(there / "tree/one.vspec")}
    put(there / "tree/two.vspec", holds.replace("minted >= 0", "minted >= 1"))
    assert tell("check", "link/../tree")[0] == 1
    (there / "tree/two.vspec").unlink()
    assert tell("check", "link/../tree")[0] == 0
    shutil.rmtree(there / "tree")
    assert tell("check", "link/../tree")[0] == 2


def test_the_project_around_the_working_directory_counts(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (till / "inside").mkdir()
    monkeypatch.chdir(till / "inside")
    for _ in range(2):
        assert tell("check", "till")[0] == 0
    assert len(anew) == 1
    put(till / "inside/spec/till.vspec", SPEC.replace("total == 3", "total == 4"))
    put(till / "inside/models/till.vspec", MODEL.replace("import coins/coin\n", ""))
    assert tell("check", "till")[0] == 1
    monkeypatch.chdir(till)
    tell("check", "till")
    assert len(anew) == 3


def test_a_file_in_no_project(till: Path, tmp_path: Path, anew: list[Run], tell: Tell) -> None:
    path = tmp_path / "alone.vspec"
    put(path, COIN + "spec Coins for Coin\ninvariant positive : minted >= 0\n")
    steps: tuple[Callable[[], None], ...] = (
        lambda: None,
        lambda: put(tmp_path / "alone.toml", '[[profile]]\nname = "x"\nmodel = "Coin"\n'),
        lambda: put(tmp_path / "alone.proofs.json", "{}"),
        lambda: put(path, path.read_text() + "// .\n"),
    )
    for change in steps:
        change()
        settled = len(anew)
        for _ in range(2):
            assert tell("check", str(path))[0] == 0
        assert len(anew) == settled + 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((), ("till",)),
        (("till",), ("spec/till.vspec",)),
        (("till",), ("till", "--depth", "2")),
        (("till",), ("till", "--no-proofs")),
        (("till",), ("till", "--stories")),
        (("till",), ("till", "--format", "json")),
        (("till",), ("till", "--profile", "*")),
        (("till",), ("till", "--github")),
        (("till",), ("till", "--itf", "out")),
        (("till",), ("till", "--junit", "out.xml")),
        (("till", "--json", "out.json"), ("till", "--sarif", "out.json")),
        (("till", "-p", "adds_up"), ("till", "-p", "adds_*")),
        (("till", "-p", "adds_up"), ("till", "-p", "adds_up", "-p", "small")),
    ],
)
def test_every_option_counts(
    till: Path, anew: list[Run], tell: Tell, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    for words in (one, other):
        tell("check", *words)
    assert len(anew) == 2
    for words in (one, other):
        tell("check", *words)
    assert len(anew) == 2


def test_how_it_is_shown_counts(till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    tell("check")
    monkeypatch.setenv("COLUMNS", "60")
    narrow = tell("check")[1]
    assert len(anew) == 2
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    tell("check")
    assert len(anew) == 3
    coloured = tell("check")[1]
    assert len(anew) == 3
    assert timeless(re.sub(r"\x1b\[[\d;]*m", "", coloured)) == timeless(narrow)


@pytest.mark.parametrize("what", ["code_fingerprint", "solver_fingerprint", "package_fingerprint"])
def test_another_tool_is_a_miss(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for _ in range(2):
        tell("check")
    assert len(anew) == 1
    monkeypatch.setattr(memories, what, lambda *_: b"another")
    tell("check")
    assert len(anew) == 2
    monkeypatch.setattr(memories, what, lambda *_: None)
    tell("check")
    assert len(anew) == 3


def test_another_python_is_a_miss(till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    tell("check")
    monkeypatch.setattr(memories, "sys", SimpleNamespace(flags=("others",)))
    tell("check")
    assert len(anew) == 2


def test_templates_and_every_other_file_of_the_tool_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "verifier"
    shutil.copytree(PACKAGE / "verifier", copy, ignore=shutil.ignore_patterns("__pycache__", "library"))
    monkeypatch.setattr(prints, "__file__", str(copy / "session" / "fingerprint.py"))
    for path in ("report/html/templates/page.css", "report/html/templates/page.html.j2", "language/grammar.json"):
        before = prints.code_fingerprint(), prints.code_stamp()
        with (copy / path).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert prints.code_fingerprint() != before[0]
        assert prints.code_stamp() != before[1]


def test_packages_are_told_apart_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert prints.package_fingerprint("no_such_package_of_pages") is None
    put(tmp_path / "pages/__init__.py", "one = 1\n")
    before = prints.package_fingerprint("pages")
    assert before is not None
    put(tmp_path / "pages/more.py", "")
    assert prints.package_fingerprint("pages") != before


# ---------------------------------------------------------------------------------------------- what is not kept


def test_no_cache_neither_reads_nor_writes(till: Path, anew: list[Run], tell: Tell) -> None:
    tell("check", "--no-cache")
    assert not (folder_of_cache() or till).exists()
    tell("check")
    assert len(anew) == 2
    before = file_of().read_bytes()
    tell("check", "--no-cache")
    assert len(anew) == 3
    assert file_of().read_bytes() == before


def test_mistakes_in_the_input_are_not_kept(till: Path, anew: list[Run], tell: Tell) -> None:
    put(till / "spec/till.vspec", SPEC + "invariant\n")
    assert [tell("check")[0] for _ in range(2)] == [2, 2]
    assert len(anew) == 2


def test_what_the_clock_stopped_is_not_kept(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verifier.session import schedule

    engines = schedule._engines

    def hurried(*words: object) -> object:
        found = engines(*words)  # type: ignore[arg-type]
        late = {n: replace(v, cost=replace(v.cost, timed_out=True)) for n, v in found.verdicts.items()}
        return replace(found, verdicts=late)

    monkeypatch.setattr(schedule, "_engines", hurried)
    for _ in range(2):
        tell("check")
    assert len(anew) == 2
    assert not anew[1].repeats


@pytest.mark.parametrize("name", FILES)
def test_what_changes_during_a_run_is_not_kept(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Not even if it is as it was when the run is over."""
    from verifier.report import terminal

    report = terminal.report

    def meddled(*words: object) -> object:
        text = (till / name).read_text()
        put(till / name, text + " ")
        put(till / name, text)
        return report(*words)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(terminal, "report", meddled)
        tell("check")
    tell("check")
    assert len(anew) == 2
    tell("check")
    assert len(anew) == 2


def test_a_tool_that_changes_during_a_run_is_not_vouched_for(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter(range(1_000))
    monkeypatch.setattr(memories, "code_stamp", lambda: str(next(stamps)).encode())
    for _ in range(2):
        tell("check")
    assert len(anew) == 2


def test_what_can_t_be_read_or_is_too_much(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert surroundings.surroundings(()) is not None
    assert surroundings.surroundings(("\0",)) is None
    with monkeypatch.context() as patched:
        patched.setattr(surroundings, "MOST_BYTES", 100)
        assert surroundings.surroundings(()) is None
    monkeypatch.setattr(surroundings, "MOST_ENTRIES", 3)
    assert surroundings.surroundings(()) is None


def test_a_file_that_no_look_has_found_is_not_vouched_for(till: Path) -> None:
    around = surroundings.surroundings(())
    assert around is not None
    assert around.hold(["spec/till.vspec", "models/coins/coin.vspec"])
    assert not around.hold(["spec/till.vspec", "spec/other.vspec"])
    assert not around.hold(["<library>/spec/other.vspec"])


# ---------------------------------------------------------------------------------------------- damage


def rows() -> list[tuple[bytes, bytes]]:
    """The rows that say what a command printed."""
    with sqlite3.connect(file_of()) as connection:
        found = list(connection.execute("SELECT key, value FROM entry"))
    connection.close()
    return [(key, value) for key, value in found if b'"told"' in value]


def edit(key: bytes, value: bytes, *, mark: bool) -> None:
    with sqlite3.connect(file_of()) as connection:
        connection.execute("UPDATE entry SET value = ? WHERE key = ?", (value, key))
        if mark:
            connection.execute("UPDATE entry SET mark = ? WHERE key = ?", (stores._mark(key, value), key))
    connection.close()


def test_one_row_for_each_command(till: Path, tell: Tell) -> None:
    for number in range(3):
        put(till / "models/till.vspec", f"{MODEL}// {number}\n")
        tell("check")
    assert len(rows()) == 1


def test_an_edited_row_is_a_miss(till: Path, anew: list[Run], tell: Tell) -> None:
    first = tell("check")
    [(key, value)] = rows()
    data = json.loads(value)
    told = memories._unpacked(data["told"])
    told["reports"]["main"][0] = told["reports"]["main"][0].replace("violated as expected", "proved")
    edit(key, json.dumps({**data, "told": memories._packed(told)}).encode(), mark=False)
    assert timeless(tell("check")[1]) == timeless(first[1])
    assert len(anew) == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"of": "0" * 64}, {"of": None}, {"told": None}, {"told": []}, {"told": "x"}, {"told": "eA=="}, {"more": 1},
        {"status": 2}, {"status": True}, {"status": "0"}, {"status": 70}, {"reports": {}}, {"reports": []},
        {"reports": {"main": ["x"]}}, {"reports": {"main": ["x", 1]}}, {"reports": {"main": "xy"}},
        {"reports": {"main": ["x", "y"], "html": ["x", "y"]}}, {"traces": []}, {"traces": {"../x": "x"}},
        {"traces": {"x": 1}}, {"annotations": None}, {"summary": None}, {"summary": ["a", "b"]}, {"another": 1},
    ],
)  # fmt: skip
def test_a_row_of_another_shape_is_a_miss(till: Path, anew: list[Run], tell: Tell, damage: dict[str, object]) -> None:
    """With a checksum that fits: the reader takes nothing that the writer would not have written."""
    first = tell("check")
    [(key, value)] = rows()
    data = json.loads(value)
    if damage.keys() & {"of", "told", "more"}:
        data |= damage
    else:
        data["told"] = memories._packed(memories._unpacked(data["told"]) | damage)
    edit(key, json.dumps(data).encode(), mark=True)
    again = tell("check")
    assert len(anew) == 2
    assert (again[0], timeless(again[1])) == (first[0], timeless(first[1]))


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_file(till: Path, tell: Tell, part: float) -> None:
    first = tell("check")
    path = file_of()
    content = path.read_bytes()
    at = int(len(content) * part)
    for damaged in (content[:at], content[:at] + b"\xff" * 3000 + content[at + 3000 :], b"garbage"):
        path.write_bytes(damaged)
        for _ in range(2):
            assert timeless(tell("check")[1]) == timeless(first[1])


@pytest.mark.parametrize("flip", [0x80, 0x01, 0xFF])
def test_any_one_byte_damaged(tmp_path: Path, flip: int) -> None:
    """The value or none, and never an error, not even where SQLite quotes in a message what is no text any more."""
    folder = tmp_path / "cache"
    store = Store(folder)
    store.put(b"key", {"told": "all well"})
    store.close()
    content = store.path.read_bytes()
    found: set[str | None] = set()
    for at in (at for at, byte in enumerate(content) if byte):  # most of the file is empty
        damaged = bytearray(content)
        damaged[at] ^= flip
        store.path.write_bytes(damaged)
        store = Store(folder)
        value = store.get(b"key")
        store.close()
        found.add(value if value is None else str(value))
    assert found == {None, "{'told': 'all well'}"}


def test_no_folder_a_full_disk_and_a_file_that_can_t_be_written(
    till: Path, anew: list[Run], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tell("check")
    # What is there is read, whoever else has the file now.
    monkeypatch.setattr(stores, "_PATIENCE_SECONDS", 0.05)
    other = sqlite3.connect(file_of(), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert timeless(tell("check")[1]) == timeless(first[1])
    assert len(anew) == 1
    tell("check", "till")  # can't be kept
    tell("check", "till")
    assert len(anew) == 3
    other.execute("ROLLBACK")
    other.close()
    put_ = Store._write

    def full(self: Store, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1")
        put_(self, connection)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "_write", full)
        for _ in range(2):
            tell("check", "till", "--stories")
        assert len(anew) == 5
    monkeypatch.setenv("XDG_CACHE_HOME", str(till / "spec/till.vspec"))
    for _ in range(2):
        assert timeless(tell("check")[1]) == timeless(first[1])
    assert len(anew) == 7


def test_two_runs_at_once(till: Path, tell: Tell) -> None:
    command = "import sys; from verifier.cli.main import main; sys.exit(main(['check', 'till', '--format', 'json']))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    for _ in range(2):
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(3)
        ]
        texts = [run.communicate(timeout=120) for run in runs]
        assert [problems for _, problems in texts] == [b""] * 3
        assert len({timeless(out.decode()) for out, _ in texts}) == 1


def started(*limits: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, which may not write files beyond a number of bytes."""
    code = "import sys; from verifier.cli.main import main; status = main(['check', 'till', '--stories'])"
    lines = [f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({n}, {n}))" for n in limits]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    text = "\n".join([*lines, code, "sys.exit(status)"])
    return subprocess.Popen(
        [sys.executable, "-c", text], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_killed_at_any_moment(till: Path, tell: Tell) -> None:
    sound = timeless(tell("check", "till", "--stories", "--no-cache")[1])
    for delay in (0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3):
        run = started()
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(delay)
        run.kill()
        run.communicate()
        assert Store(file_of().parent).works
        out, problems = (run := started()).communicate(timeout=120)
        assert (run.returncode, problems, timeless(out.decode())) == (0, b"", sound)
        file_of().unlink()


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no files")
@pytest.mark.parametrize("size", ["0", "4096", "20000", "40000"])
def test_no_room_on_the_disk(till: Path, tell: Tell, size: str) -> None:
    sound = timeless(tell("check", "till", "--stories", "--no-cache")[1])
    for limits in ((size,), (), (size,), ()):
        out, problems = (run := started(*limits)).communicate(timeout=120)
        assert (run.returncode, problems, timeless(out.decode())) == (0, b"", sound)
