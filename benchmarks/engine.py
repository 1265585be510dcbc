"""What "fast" means here, as ratios to what can't be done without.

    python -m benchmarks.engine [--runs N]

Each figure stands beside the floor it is held against, measured on this machine in this minute: a bare Python, a bare
`import z3`, the solver's own time. Whole processes are measured from outside, in processor time, which a busy machine
changes least; the least of several runs counts, since noise only ever adds. The library's own rows are wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from verifier.engines import discharge
from verifier.engines.discharge import Discharger
from verifier.language.parser import parse
from verifier.language.source import Source
from verifier.logic.claims import is_preserved
from verifier.logic.solvers import z3_text
from verifier.session.session import prepare

ROOT = Path(__file__).resolve().parent.parent

SMALL = """\
model Till
state held : ureal
init { held := 0 }
action pay(x: ureal) { held += x * x }
spec Small for Till
invariant positive : held >= 0
"""
CURVE = """\
model Curve
param a : real where 1 <= a
state x : ureal
state y : ureal
init { x := 1  y := 1 }
action grow(d: real) { require 0 < d  x := x + d  y := y * (x + a * d) / (x + d) }
spec Curved for Curve
invariant product : x * y >= 1
"""
BROKEN = "model Till\nstate held ureal\n"


def main(words: Sequence[str] | None = None) -> int:
    """Print the table. Returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, of which the least counts (5)")
    runs = parser.parse_args(words).runs
    print(f"least of {runs} runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(f"{'':<34} {'here':>9} {'floor':>9} {'ratio':>7}  floor is")
    with tempfile.TemporaryDirectory() as folder:
        _processes(Path(folder), runs)
        _obligation(Path(folder), runs)
        _library(Path(folder), runs)
    _grammar(runs)
    return 0


def _processes(folder: Path, runs: int) -> None:
    (folder / "small.vspec").write_text(SMALL, encoding="utf-8")
    (folder / "broken.vspec").write_text(BROKEN, encoding="utf-8")
    python = _least(runs, lambda: _process(folder, "-c", "pass"))
    solver = _least(runs, lambda: _process(folder, "-c", "import z3"))
    first = _least(runs, lambda: _verify(folder, "check", "small.vspec", "--no-cache"))
    _row("cold start to first verdict", first, solver, "import z3")
    for name, command in (
        ("--help", ("--help",)),
        ("a parse error", ("check", "broken.vspec")),
        ("fmt", ("fmt", "--check", "small.vspec")),
    ):
        _row(name, _least(runs, lambda c=command: _verify(folder, *c)), python, "bare Python")  # type: ignore[misc]


def _obligation(folder: Path, runs: int) -> None:
    path = folder / "curve.vspec"
    path.write_text(CURVE, encoding="utf-8")
    system = next(s for _, _, s in prepare((str(path),)).systems if s.spec)
    goal = system.properties[0].formula  # type: ignore[union-attr]
    claim = is_preserved(system, "product", goal, system.actions[0], (goal,))

    def settled() -> float:
        started = perf_counter()
        assert Discharger(system).prove(claim) is None
        return perf_counter() - started

    texts: list[tuple[str, z3_text.Procedure, int]] = []
    ask = discharge.ask

    def heard(text: str, procedure: z3_text.Procedure, rlimit: int, **named: int) -> object:
        texts.append((text, procedure, rlimit))
        return ask(text, procedure, rlimit, **named)  # type: ignore[arg-type]

    discharge.ask = heard  # type: ignore[assignment]
    settled()
    discharge.ask = ask
    asked = list(texts)
    alone = _least(runs * 4, lambda: sum(z3_text.ask(t, p, r).seconds for t, p, r in asked))
    _row("one small obligation, all of it", _least(runs * 4, settled), alone, f"its {len(asked)} solver call(s)")


def _library(folder: Path, runs: int) -> None:
    environment = {"XDG_CACHE_HOME": str(folder)}
    started = perf_counter()
    cold = json.loads(_output("check", "--format", "json", "--no-cache", "--no-proofs"))
    wall = perf_counter() - started
    _row("the library, by solvers alone", wall, cold["solver_seconds"], "in solvers, over all threads")
    started = perf_counter()
    _output("check", **environment)
    _row("the library, cold", perf_counter() - started, wall, "by solvers alone")
    code = (
        "import sys; from verifier.cli.main import main; main(['check', '--format', 'json'])\n"
        "print('z3' in sys.modules, file=sys.stderr)"
    )
    started = perf_counter()
    again = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=_environment(**environment), capture_output=True, check=True
    )
    _row("the library, as another report", perf_counter() - started, wall, "by solvers alone")
    remembered = [r["cached"] for r in json.loads(again.stdout)["results"] if r["kind"] != "scenario"]

    def unchanged() -> float:
        started = perf_counter()
        _output("check", **environment)
        return perf_counter() - started

    warm = _least(runs, unchanged)
    _row("the library, unchanged", warm, wall, "by solvers alone")
    print(f"  {sum(remembered)} of {len(remembered)} remembered, solver imported: {again.stderr.decode().strip()}")
    print(f"  peak memory of any process so far: {_peak_megabytes():.0f} MB")


def _grammar(runs: int) -> None:
    files = [path for folder in ("models", "spec") for path in (ROOT / folder).rglob("*.vspec")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    size = sum(len(t.encode()) for t in texts) / 1000

    def parsed() -> float:
        started = perf_counter()
        for text in texts:
            parse(Source("x.vspec", text))
        return perf_counter() - started

    print(f"{'grammar':<34} {size / _least(runs, parsed):6.0f} kB/s")


# ---------------------------------------------------------------------------------------------- measuring


def _row(name: str, here: float, floor: float, what: str) -> None:
    print(f"{name:<34} {_time(here):>9} {_time(floor):>9} {here / floor if floor else 0:7.2f}  {what}", flush=True)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _least(runs: int, timed: Callable[[], float]) -> float:
    return min(timed() for _ in range(runs))


def _verify(folder: Path, *words: str) -> float:
    return _process(folder, "-m", "verifier", *words)


def _process(folder: Path, *arguments: str) -> float:
    """Processor seconds of a process (on Windows, which does not tell them, wall seconds)."""
    before = _spent()
    subprocess.run([sys.executable, *arguments], cwd=folder, env=_environment(), capture_output=True, check=False)
    return _spent() - before


def _spent() -> float:
    try:
        import resource
    except ImportError:
        return perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _verify(folder: Path, *words: str) -> float:
    return _process(folder, "-m", "verifier", *words)


def _process(folder: Path, *arguments: str) -> float:
    """Processor seconds of a process."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], cwd=folder, env=_environment(), capture_output=True, check=False)
    after = os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return spent or after.elapsed - before.elapsed  # Windows does not tell


def _output(*words: str, **environment: str) -> bytes:
    command = [sys.executable, "-m", "verifier", *words]
    return subprocess.run(command, cwd=ROOT, env=_environment(**environment), capture_output=True, check=False).stdout


def _environment(**environment: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **environment}


def _peak_megabytes() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    sys.exit(main())
