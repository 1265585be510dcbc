"""What is remembered from run to run: never a wrong verdict, never a stale place, never an error."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.session.cache_file import file_of
from verifier.engines import discharge
from verifier.engines.options import Options
from verifier.engines.verdict import Cost, StuckStep, Verdict
from verifier.language.source import Span
from verifier.logic.solvers.answer import TIMEOUT, Answer, Question
from verifier.report.json import report
from verifier.session import cache as caches
from verifier.session import fingerprint as prints
from verifier.session import store as stores
from verifier.session.cache import Cache, open_cache
from verifier.session.found import Found
from verifier.session.run import Run
from verifier.session.session import Request, check, prepare
from verifier.session.store import Store, folder_of_cache
from verifier.session.verdict_json import UnreadableError, from_json, read, to_json, written
from verifier.system.execute import Interpreter
from verifier.system.lower import lower
from verifier.system.replay import Candidate

PACKAGE = Path(__file__).resolve().parents[2]

MODEL = """\
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
action take(a: Account, amount: ureal) {
  require amount <= held[a]
  held[a] -= amount
  total -= amount
}
action move(a: Account, b: Account, amount: ureal) {
  require amount <= held[a]
  held[a] -= amount
  held[b] += amount
}
"""
SPEC = """\
spec Tills for Till
invariant adds_up : sum(held) == total
invariant small : total <= 100 expect violated
reachable something : total > 5
rule pay_then_take(a: Account, x: ureal) {
  require x > 0
  pay(a, x)
  let before = held[a]
  take(a, x)
  check held[a] == before - x
}
scenario once { start { fee = 0 }  pay(A, 3)  check total == 3 }
"""


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one spec, and an empty cache folder."""
    for name, text in (("models/till.vspec", MODEL), ("spec/till.vspec", SPEC)):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # The tool as it is now, whoever edits it while the tests run.
    code = prints.code_fingerprint()
    monkeypatch.setattr(caches, "code_fingerprint", lambda: code)
    monkeypatch.setattr(caches, "code_stamp", lambda: b"now")
    return tmp_path / "project"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that reach the solver."""
    texts: list[str] = []
    ask = discharge.ask

    def heard(text: str, *args: object, **named: object) -> Answer:
        texts.append(text)
        return ask(text, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(discharge, "ask", heard)
    yield texts


def settle(*properties: str, cache: bool = True) -> Run:
    run = check(Request(("spec/till.vspec",), properties, cache=cache))
    assert run.status == 0, [(r.id, r.verdict) for r in run.results] or run.diagnostics
    return run


def shown(run: Run) -> list[str]:
    """The report without times and without what is remembered."""
    return [x for x in report(run).splitlines() if not any(w in x for w in ('seconds": ', '"cached": '))]


# ---------------------------------------------------------------------------------------------- whole verdicts


def test_second_run_asks_nothing_and_says_the_same(till: Path, asked: list[str]) -> None:
    first = settle()
    assert asked
    assert not any(r.cached for r in first.results)
    asked.clear()
    second = settle()
    assert asked == []
    assert shown(second) == shown(first) == shown(settle(cache=False))
    assert {r.prop.heading.name: r.cached for r in second.results} == {
        "adds_up": True, "small": True, "something": True, "pay_then_take": True, "once": False,
    }  # fmt: skip
    assert all(r.verdict.cost.solver_seconds == 0 for r in second.results)


def test_no_cache_reads_and_writes_nothing(till: Path, asked: list[str]) -> None:
    settle(cache=False)
    assert not file_of().parent.parent.joinpath("verify-spec", "x").exists()
    settle()
    asked.clear()
    assert not any(r.cached for r in settle(cache=False).results)
    assert asked


def test_another_selection_is_another_question(till: Path) -> None:
    settle()
    assert not any(r.cached for r in settle("adds_up").results)
    assert all(r.cached for r in settle("adds_up").results)


def test_moved_lines_move_in_the_report(till: Path, asked: list[str]) -> None:
    settle()
    asked.clear()
    for name in ("models", "spec"):
        path = till / name / "till.vspec"
        path.write_text("// one line more\n\n" + path.read_text())
    moved = settle()
    assert asked == []
    assert all(r.cached for r in moved.results if r.kind != "scenario")
    assert shown(moved) == shown(settle(cache=False))


def test_what_is_edited_is_settled_anew(till: Path, asked: list[str]) -> None:
    settle()
    path = till / "models" / "till.vspec"
    path.write_text(path.read_text().replace("held[a] += amount\n", "held[a] += amount * 2\n"))
    run = check(Request(("spec/till.vspec",), cache=True))
    by_name = {r.prop.heading.name: r for r in run.results}
    assert by_name["adds_up"].verdict.name == "violated"
    assert not any(r.cached for r in run.results)


def test_only_what_an_edit_touches_is_asked(till: Path, asked: list[str]) -> None:
    for folder in ("models", "spec"):
        shutil.copy(PACKAGE / folder / "lending" / "pool.vspec", till / folder / "pool.vspec")
    request = Request(("spec/pool.vspec",), ("LendingSolvency.*",), cache=True)
    check(request)
    everything = len(asked)
    asked.clear()
    path = till / "models" / "pool.vspec"
    before, start, after = path.read_text().partition("action withdraw(")
    header, brace, body = after.partition("{\n")
    path.write_text(f"{before}{start}{header}{brace}  require amount < 1000000[USD]\n{body}")
    run = check(request)
    assert not any(r.cached for r in run.results)
    assert 0 < len(asked) < everything / 3
    assert shown(run) == shown(check(replace(request, cache=False)))


def test_options_count(till: Path, asked: list[str]) -> None:
    settle()
    asked.clear()
    check(Request(("spec/till.vspec",), depth=2, cache=True))
    first = [r.cached for r in check(Request(("spec/till.vspec",), depth=3, cache=True)).results]
    assert not any(first)


def test_another_version_of_the_tool_is_a_miss(till: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    settle()
    asked.clear()
    monkeypatch.setattr(caches, "code_fingerprint", lambda: b"another")
    run = settle()
    assert not any(r.cached for r in run.results)
    assert asked == []  # the solver and how it is asked are the same
    monkeypatch.setattr(caches, "solver_fingerprint", lambda: b"another")
    run = settle()
    assert not any(r.cached for r in run.results)
    assert asked


def test_code_that_changes_during_a_run_is_not_vouched_for(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = iter(range(1_000))
    monkeypatch.setattr(caches, "code_stamp", lambda: str(next(stamps)).encode())
    settle()
    assert not any(r.cached for r in settle().results)


def test_every_file_of_the_tool_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "verifier"
    shutil.copytree(PACKAGE / "verifier", copy, ignore=shutil.ignore_patterns("__pycache__", "library"))
    monkeypatch.setattr(prints, "__file__", str(copy / "session" / "fingerprint.py"))
    first, stamp = prints.code_fingerprint(), prints.code_stamp()
    assert first == prints.code_fingerprint() is not None
    with (copy / "logic" / "encode.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert prints.code_fingerprint() != first
    assert prints.code_stamp() != stamp


def test_what_the_clock_stopped_is_not_stored(till: Path) -> None:
    cache = open_cache()
    assert cache is not None
    system = next(s for _, _, s in prepare(("spec/till.vspec",)).systems if s.spec)
    options = Options(only=frozenset({"adds_up"}))
    for cost, kept in ((Cost(timed_out=True), False), (Cost(), True)):
        cache.keep(system, options, Found({"adds_up": Verdict("proved", "induction", cost=cost)}))
        assert (cache.recall(Interpreter(system), options) is not None) == kept


def test_what_is_open_for_want_of_memory_is_not_stored(till: Path) -> None:
    """Asked again, the solver may say more. What is proved all the same is proved."""
    cache = open_cache()
    assert cache is not None
    system = next(s for _, _, s in prepare(("spec/till.vspec",)).systems if s.spec)
    options = Options(only=frozenset({"adds_up"}))
    cache.answers.keep(Question("x", "smt", 5), Answer("unknown", why="max. memory exceeded"))
    for name, kept in (("unknown", False), ("bounded", False), ("proved", True)):
        cache.keep(system, options, Found({"adds_up": Verdict(name, "induction")}))  # type: ignore[arg-type]
        assert (cache.recall(Interpreter(system), options) is not None) == kept
    assert cache.lost == ["Tills", "Tills"]


def test_warm_run_imports_no_solver(till: Path) -> None:
    command = (
        "import sys; from verifier.cli.main import main; status = main(['check', 'till', '--format', 'json'])\n"
        "print(status, 'z3' in sys.modules, file=sys.stderr)"
    )
    runs = [_python(command) for _ in range(2)]
    assert [r.stderr.decode().strip() for r in runs] == ["0 True", "0 False"]
    tools = [json.loads(r.stdout)["tool"] for r in runs]
    assert tools[0] == tools[1]
    assert "z3" in tools[1]
    assert json.loads(runs[1].stdout)["results"][0]["cached"] is True


def _python(code: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60, check=True)


# ---------------------------------------------------------------------------------------------- tampered rows


def _rows() -> list[tuple[bytes, bytes]]:
    with sqlite3.connect(file_of()) as connection:
        return list(connection.execute("SELECT key, value FROM entry"))


def _edit(key: bytes, value: bytes, *, mark: bool) -> None:
    with sqlite3.connect(file_of()) as connection:
        connection.execute("UPDATE entry SET value = ? WHERE key = ?", (value, key))
        if mark:
            connection.execute("UPDATE entry SET mark = ? WHERE key = ?", (stores._mark(key, value), key))
    connection.close()


def test_an_edited_row_is_a_miss(till: Path) -> None:
    settle()
    for key, value in _rows():
        _edit(key, value.replace(b"violated", b"proved").replace(b'"sat"', b'"unsat"'), mark=False)
    run = settle()
    assert {r.prop.heading.name: r.verdict.name for r in run.results}["small"] == "violated"


def test_a_row_under_another_key_is_a_miss(till: Path) -> None:
    settle()
    rows = _rows()
    with sqlite3.connect(file_of()) as connection:
        values = [v for _, v in rows]
        for (key, _), value in zip(rows, [*values[1:], values[0]], strict=True):
            connection.execute("UPDATE entry SET value = ? WHERE key = ?", (value, key))
    run = settle()
    assert not any(r.cached for r in run.results)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"violated"', b'"refuted"'),
        (b'"action"', b'"nothing"'),
        (b'"pay"', b'"no_such_action"'),
        (b'"fraction":"', b'"fraction":"x'),
        (b'"claim":{"Candidate"', b'"claim":{"Verdict"'),
        (b'"bounded search, replayed"', b"7"),
        (b'{"Candidate":[', b'{"Candidate":[null,'),
        (b'"findings":', b'"other":'),
        (b"{", b"["),
    ],
)
def test_a_row_of_another_shape_is_a_miss(till: Path, old: bytes, new: bytes) -> None:
    """With a checksum that fits: the reader takes nothing that the writer would not have written."""
    settle()
    for key, value in _rows():
        if b'"verdicts"' in value:
            _edit(key, value.replace(old, new), mark=True)
    run = settle()
    assert {r.prop.heading.name: r.verdict.name for r in run.results}["small"] == "violated"
    assert shown(run) == shown(settle(cache=False))


def test_a_run_that_does_not_replay_is_a_miss(till: Path) -> None:
    settle()
    for key, value in _rows():
        if b'"verdicts"' in value:
            data = json.loads(value)
            claim = data["verdicts"]["small"]["claim"]["Candidate"]
            claim[3] = []  # no moves
            _edit(key, json.dumps(data).encode(), mark=True)
    run = settle()
    small = next(r for r in run.results if r.prop.heading.name == "small")
    assert not small.cached
    assert small.verdict.counterexample is not None
    assert small.verdict.counterexample.trace.steps


# ---------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\x00" + b"\x00" * 5000])
def test_a_file_that_is_none(till: Path, content: bytes) -> None:
    path = file_of()
    path.write_bytes(content)
    settle()
    assert any(r.cached for r in settle().results)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.9])
def test_a_truncated_or_overwritten_file(till: Path, part: float) -> None:
    settle()
    path = file_of()
    content = path.read_bytes()
    for damaged in (
        content[: int(len(content) * part)],
        content[: int(len(content) * part)] + b"\xff" * 3000 + content[int(len(content) * part) + 3000 :],
    ):
        path.write_bytes(damaged)
        for _ in range(2):
            assert shown(settle()) == shown(settle(cache=False))
    assert any(r.cached for r in settle().results)


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "ALTER TABLE entry ADD COLUMN more TEXT",
        "DROP TABLE entry",
    ],
)
def test_a_store_of_another_version_is_replaced(till: Path, change: str) -> None:
    settle()
    with sqlite3.connect(file_of()) as connection:
        connection.execute(change)
    connection.close()
    assert not any(r.cached for r in settle().results)
    assert any(r.cached for r in settle().results)


def test_no_folder_no_cache(till: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", Path("/proc/nowhere"), Path("/dev/null")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(place))
        assert open_cache() is None
        assert not any(r.cached for r in settle("adds_up").results)


def test_what_is_no_regular_file_is_left_alone(till: Path) -> None:
    path = file_of()
    path.unlink()
    os.mkfifo(path)
    settle("adds_up")
    assert path.is_fifo()


def test_a_folder_that_everybody_may_write_to_is_not_used(till: Path) -> None:
    settle()
    file_of().parent.chmod(0o777)
    assert open_cache() is None


def test_a_read_only_file_is_read(till: Path) -> None:
    settle()
    path = file_of()
    store = Store(path.parent)
    assert store._connection is not None
    store._connection.execute("PRAGMA query_only = ON")  # root may write to everything
    store.put(b"key", 1)
    store.flush()
    assert store.get(b"key") == 1
    store.close()
    assert Store(path.parent).get(b"key") is None


def test_a_full_disk(till: Path) -> None:
    store = Store(file_of().parent)
    assert store._connection is not None
    store._connection.execute("PRAGMA max_page_count = 5")
    for number in range(100):
        store.put(str(number).encode(), "x" * 1000)
    store.flush()
    store.put(b"more", 1)
    store.close()
    again = Store(file_of().parent)
    again.put(b"key", 1)
    again.close()
    assert Store(file_of().parent).get(b"key") == 1


def test_a_store_that_another_run_holds(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    monkeypatch.setattr(stores, "_PATIENCE_SECONDS", 0.05)
    other = sqlite3.connect(file_of(), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert not any(r.cached for r in settle().results)
    other.execute("ROLLBACK")
    assert any(r.cached for r in settle().results)


def test_home_and_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert folder_of_cache() == tmp_path / "x" / "verify-spec"
    monkeypatch.setenv("HOME", str(tmp_path))
    for unset in ("relative", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", unset)
        assert folder_of_cache() == tmp_path / ".cache" / "verify-spec"


def test_the_oldest_go_first(tmp_path: Path) -> None:
    store = Store(tmp_path, most_rows=100)
    for number in range(250):
        store.put(str(number).encode(), number)
        if number % 50 == 49:
            store.flush()
    store.close()
    again = Store(tmp_path)
    kept = [n for n in range(250) if again.get(str(n).encode()) == n]
    assert 50 <= len(kept) <= 100
    assert kept == list(range(250 - len(kept), 250))


def test_bytes_are_bounded(tmp_path: Path) -> None:
    store = Store(tmp_path, most_bytes=400_000)
    for number in range(300):
        store.put(str(number).encode(), "x" * 5_000)
        if number % 10 == 9:
            store.flush()
    store.close()
    assert store.path.stat().st_size < 600_000
    assert Store(tmp_path).get(b"299") is not None


# ---------------------------------------------------------------------------------------------- several runs at once

WRITER = """\
import sys
from pathlib import Path
from verifier.session.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    store.put(f"{sys.argv[2]} {number}".encode(), {"number": number, "text": "x" * 2000})
    if number % 7 == 0:
        store.flush()
store.close()
"""


def _writer(folder: Path, name: str, rows: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, "-c", WRITER, str(folder), name, str(rows)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_while_writing(tmp_path: Path) -> None:
    for delay in (0.0, 0.01, 0.03, 0.08, 0.2):
        writer = _writer(tmp_path, "a", 100_000)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        store = Store(tmp_path)
        assert store.works
        rows = [store.get(f"a {n}".encode()) for n in range(2_000)]
        assert all(row is None or row == {"number": n, "text": "x" * 2000} for n, row in enumerate(rows))
        store.put(b"mine", 1)
        store.close()
        assert Store(tmp_path).get(b"mine") == 1


def test_two_processes_at_once(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, name, 300) for name in ("a", "b")]
    for writer in writers:
        _, problems = writer.communicate(timeout=60)
        assert problems == b""
    store = Store(tmp_path)
    assert all(store.get(f"{w} {n}".encode()) == {"number": n, "text": "x" * 2000} for w in "ab" for n in range(300))


def test_two_runs_at_once(till: Path) -> None:
    command = "import sys; from verifier.cli.main import main; sys.exit(main(['check', 'till', '--format', 'json']))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for run in runs:
        out, problems = run.communicate(timeout=60)
        assert (run.returncode, problems) == (0, b"")
        assert {r["property"]: r["verdict"] for r in json.loads(out)["results"]}["adds_up"] == "proved"
    assert any(r.cached for r in settle().results)


def test_threads_share_a_store(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def work(name: int) -> None:
        for number in range(300):
            store.put(f"{name} {number}".encode(), number)
            assert store.get(f"{name} {number}".encode()) == number

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    again = Store(tmp_path)
    assert all(again.get(f"{n} {i}".encode()) == i for n in range(4) for i in range(300))


# ---------------------------------------------------------------------------------------------- forms

VERDICT = Verdict(
    "bounded", "bounded search", depth=3, scope=(("Account", 2),), notes=("é ≤ 1",), lemmas=("x >= 0",),
    stuck=StuckStep("pay", "why", (("held", "1/3"),), ()), cost=Cost(0.1, 0.2, 3, 4),
)  # fmt: skip


def test_a_verdict_and_back() -> None:
    assert from_json(json.loads(json.dumps(to_json(VERDICT))), Verdict) == VERDICT


def test_an_answer_and_back() -> None:
    answer = Answer("sat", {"x": Fraction(1, 3), "b": True, "n": Fraction(-(10**40))}, False, 17, 0.0, "")
    assert from_json(json.loads(json.dumps(to_json(answer))), Answer) == answer


@pytest.mark.parametrize(
    "data",
    [None, 1, "proved", [], {}, {"Verdict": []}, {"Verdict": [1] * 20}, {"Verdict": {"name": "proved"}},
     {"Answer": ["unsat", {"map": [[1, 2]]}, True, 0, {"float": "0"}, ""]},
     {"Answer": ["unsat", {"map": []}, 1, 0, {"float": "0"}, ""]},
     {"Answer": ["maybe", {"map": []}, True, 0, {"float": "0"}, ""]},
     {"Answer": ["sat", {"map": [["x", {"fraction": "1/0"}]]}, True, 0, {"float": "0"}, ""]}],
)  # fmt: skip
def test_forms_that_are_none(data: object) -> None:
    for hint in (Verdict, Answer, Candidate, Candidate | None):
        if (hint, data) == (Candidate | None, None):
            continue
        with pytest.raises(UnreadableError):
            from_json(data, hint)


def test_places_are_not_written() -> None:
    with pytest.raises(TypeError):
        to_json(Span("x", 1, 2))


def test_answers_that_do_not_repeat_are_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    answers = caches.Answers(store, b"made")
    for why, kept in (("canceled", True), ("(incomplete (theory arithmetic))", True), (TIMEOUT, False),
                      ("max. memory exceeded", False), ("interrupted from keyboard", False), ("", False)):  # fmt: skip
        question = Question(why, "smt", 5)
        answers.keep(question, Answer("unknown", why=why))
        assert (answers.recall(question) is not None) == kept, why
    assert answers.recall(Question("canceled", "smt", 6)) is None
    assert answers.recall(Question("canceled", "nlsat", 5)) is None
    assert answers.recall(Question("canceled", "smt", 5, 1)) is None


def test_every_field_of_a_system_counts() -> None:
    system = next(s for _, _, s in prepare(("lending/pool",)).systems if s.spec)
    known = {prints.fingerprint(system)}
    for field in fields(system):
        value = getattr(system, field.name)
        changed: object = f"{value}'" if isinstance(value, str) else () if isinstance(value, tuple) else {"x": 1}
        known.add(prints.fingerprint(replace(system, **{field.name: changed})))
    unchanged = [f.name for f in fields(system) if getattr(system, f.name) == ()]
    assert len(known) == 1 + len(fields(system)) - len(unchanged)


def test_what_was_walked_before_changes_no_fingerprint() -> None:
    seen: prints.Seen = {}
    systems = [s for _, _, s in prepare(("lending/pool",)).systems]
    assert [prints.fingerprint(s, seen=seen) for s in systems] == [prints.fingerprint(s) for s in systems]
    assert len({prints.fingerprint(s, seen=seen) for s in systems}) == len(systems)


def test_specs_share_what_their_model_says() -> None:
    """One model with several specs is lowered once, and each system is the one that its spec alone gives."""
    prepared = prepare(("lending/pool", "oracle/gate", "perp/pool"))
    systems = [s for _, _, s in prepared.systems]
    alone = [replace(lower(c), path=t.place.short) for t, c, _ in prepared.systems]
    assert systems == alone
    shared = {id(a) for s in systems for a in s.actions}
    assert len(shared) < sum(len(s.actions) for s in systems)
    assert any(s.relies for s in systems)


@pytest.mark.parametrize("pair", [(("a", "b"), ("ab",)), (((1,), 2), (1, (2,))), ((True,), (1,)), ((Fraction(1),), (1,)), ((("1",),), ((1,),))])  # fmt: skip
def test_different_values_have_different_fingerprints(pair: tuple[tuple[object, ...], tuple[object, ...]]) -> None:
    assert prints.fingerprint(*pair[0]) != prints.fingerprint(*pair[1])


def test_the_library_can_be_remembered(till: Path) -> None:
    """Every verdict, with its run or its proof, is one that is read back as it was."""
    cache = open_cache()
    assert cache is not None
    run = check(Request(("lending/pool",), cache=True))
    for result in run.results:
        if result.kind != "scenario":
            interp = Interpreter(result.system)
            data = written(interp, result.prop, result.verdict)
            assert data is not None, result.id
            assert read(interp, result.prop, json.loads(json.dumps(data))) == result.verdict
    again = check(Request(("lending/pool",), cache=True))
    assert all(r.cached for r in again.results if r.kind != "scenario")
    assert shown(again) == shown(run)


def test_what_is_not_asked_for_is_not_kept(till: Path) -> None:
    cache = open_cache()
    assert isinstance(cache, Cache)
    system = next(s for _, _, s in prepare(("spec/till.vspec",)).systems if s.spec)
    options = Options(only=frozenset({"adds_up", "small"}))
    cache.keep(system, options, Found({"adds_up": Verdict("proved", "induction")}))
    assert cache.recall(Interpreter(system), options) is None
    violated_without_a_run = {"adds_up": Verdict("proved", "induction"), "small": Verdict("violated", "x")}
    cache.keep(system, options, Found(violated_without_a_run))
    assert cache.recall(Interpreter(system), options) is None
