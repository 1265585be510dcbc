"""How long `verify-spec check` takes on each model of the library, as a whole process and inside the solver.

    python -m benchmarks.check [--runs N] [NAME...]

Every run is a process of its own, so start-up counts. Peak memory is that of the largest process so far.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "spec"


def main(words: Sequence[str] | None = None) -> int:
    """Print the two tables. Returns 0, unless a check itself breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="library names; default: all")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, of which the median counts (5)")
    options = parser.parse_args(words)
    names = options.names or sorted(p.relative_to(SPEC).with_suffix("").as_posix() for p in SPEC.rglob("*.vspec"))
    print(f"medians of {options.runs} cold runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(f"{'model':<24} {'wall s':>8} {'solver s':>9} {'outside':>8} {'peak MB':>8}  status")
    for name in names:
        runs = [check(name) for _ in range(options.runs)]
        wall, solver = median(r[0] for r in runs), median(r[1] for r in runs)
        # Solvers work in parallel threads, so their seconds can add up to more than the wall's.
        outside = f"{max(0.0, 1 - solver / wall):.0%}"
        print(f"{name:<24} {wall:8.2f} {solver:9.2f} {outside:>8} {peak_megabytes():8.0f}  {runs[0][2]}", flush=True)
    print()
    start = median(seconds(["-m", "verifier", "--version"]) for _ in range(options.runs * 2))
    bare = median(seconds(["-c", "import z3"]) for _ in range(options.runs * 2))
    print(f"verify-spec --version    {start * 1000:6.0f} ms")
    print(f"python -c 'import z3'    {bare * 1000:6.0f} ms     ratio {start / bare:.2f}")
    return 0


def check(name: str) -> tuple[float, float, int]:
    """Wall seconds, solver seconds and exit status of one cold check."""
    command = [sys.executable, "-m", "verifier", "check", name, "--format", "json", "--no-cache", "--no-proofs"]
    started = perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    wall = perf_counter() - started
    return wall, float(json.loads(done.stdout)["solver_seconds"]), done.returncode


def seconds(arguments: Sequence[str]) -> float:
    """Wall seconds of a Python process."""
    started = perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
    return perf_counter() - started


def _peak() -> Callable[[], float]:
    try:
        import resource
    except ImportError:  # Windows
        return lambda: float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return lambda: resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


peak_megabytes = _peak()

if __name__ == "__main__":
    sys.exit(main())
