"""How the cost of a check grows with a model: n actions and n invariants make n² pairs, and a pair costs what it costs.

    python -m benchmarks.scaling [--sizes 10,20,40] [SHAPE...]

| shape   | each of n actions writes          | each of n invariants reads | proved from            |
| ------- | --------------------------------- | -------------------------- | ---------------------- |
| apart   | a map and a scalar of its own     | these two                  | itself                 |
| shared  | a scalar of its own, a common one | these two                  | itself                 |
| chain   | two neighbours in a chain         | these two                  | itself and a neighbour |
| leaning | a scalar of its own, a common one | one of its own, the common | itself and one other   |

Seconds are of this process, over all its threads, without the cache. `growth` is the exponent from one size to the
next: 1 means that twice the size takes twice as long, and 2 is what the number of pairs grows by.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path
from time import perf_counter, process_time

from verifier.session.session import Request, check


def apart(n: int) -> str:
    """Every action has a ledger of its own."""
    lines = ["model Apart", "sort Account"]
    for i in range(n):
        lines += [f"state held{i} : Account -> ureal", f"state total{i} : ureal"]
    inits = " ".join(f"held{i} := 0  total{i} := 0" for i in range(n))
    lines.append(f"init {{ {inits} }}")
    lines += [f"action pay{i}(a: Account, x: ureal) {{ held{i}[a] += x  total{i} += x }}" for i in range(n)]
    lines.append("spec Apartness for Apart")
    lines += [f"invariant adds_up{i} : sum(held{i}) == total{i}" for i in range(n)]
    return "\n".join(lines) + "\n"


def shared(n: int) -> str:
    """Every action writes the same pot."""
    lines = ["model Shared"]
    lines += [f"param rate{i} : real where 0 <= rate{i} and rate{i} <= 1" for i in range(n)]
    lines += ["state pot : ureal", *(f"state fees{i} : ureal" for i in range(n))]
    inits = " ".join(f"fees{i} := 0" for i in range(n))
    lines.append(f"init {{ pot := 0  {inits} }}")
    lines += [f"action pay{i}(x: ureal) {{ pot += x  fees{i} += x * rate{i} }}" for i in range(n)]
    lines.append("spec Sharing for Shared")
    lines += [f"invariant covered{i} : fees{i} <= pot" for i in range(n)]
    return "\n".join(lines) + "\n"


def leaning(n: int) -> str:
    """Every action writes the same pot, and what is promised of it needs what is promised of another."""
    half = (n + 1) // 2
    lines = [
        "model Leaning",
        "param cap : ureal",
        "state pot : ureal",
        *(f"state fees{i} : ureal" for i in range(half)),
    ]
    inits = " ".join(f"fees{i} := 0" for i in range(half))
    lines.append(f"init {{ pot := cap  {inits} }}")
    for i in range(half):
        lines.append(f"action charge{i}(x: ureal) {{ require fees{i} + x <= cap  fees{i} += x }}")
        lines.append(f"action drain{i}(x: ureal) {{ require fees{i} > 1 and pot - x >= cap  pot -= x }}")
    lines.append("spec Leaners for Leaning")
    for i in range(half):
        lines.append(f"invariant capped{i} : fees{i} <= cap")
        lines.append(f"invariant covered{i} : fees{i} <= pot")
    return "\n".join(lines) + "\n"


def chain(n: int) -> str:
    """A chain of scalars, of which each is kept above zero by the one before."""
    lines = ["model Levels", *(f"state level{i} : real" for i in range(n + 1))]
    inits = " ".join(f"level{i} := 1" for i in range(n + 1))
    lines.append(f"init {{ {inits} }}")
    lines += [
        f"action pour{i}(x: ureal) {{ require x <= level{i}  level{i + 1} += level{i} * x  level{i} -= x / 2 }}"
        for i in range(n)
    ]
    lines.append("spec Chain for Levels")
    lines += [f"invariant filled{i} : level{i} >= 0" for i in range(n + 1)]
    return "\n".join(lines) + "\n"


SHAPES: dict[str, Callable[[int], str]] = {"apart": apart, "shared": shared, "chain": chain, "leaning": leaning}


def main(words: Sequence[str] | None = None) -> int:
    """Print a table for each shape. Returns 0, unless something is not proved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="apart, shared, chain, leaning; default: all")
    parser.add_argument("--sizes", default="10,20,40", help="numbers of actions and of invariants (10,20,40)")
    options = parser.parse_args(words)
    sizes = tuple(int(s) for s in options.sizes.split(","))
    wrong = 0
    check_text(SHAPES["apart"](1))  # what is imported once
    for name in options.shapes or SHAPES:
        print(f"{name:<9} {'pairs':>6} {'cpu s':>8} {'wall s':>8} {'solver s':>9} {'ms/pair':>8} {'growth':>7}")
        before: tuple[int, float] | None = None
        for n in sizes:
            cpu, wall, solver, proved = check_text(SHAPES[name](n))
            growth = f"{log2(cpu / before[1]) / log2(n / before[0]):7.2f}" if before else ""
            print(
                f"{n:<9} {n * n:6} {cpu:8.2f} {wall:8.2f} {solver:9.2f} {1000 * cpu / n**2:8.2f} {growth}", flush=True
            )
            wrong += not proved
            before = n, cpu
        print()
    return min(wrong, 1)


def check_text(text: str) -> tuple[float, float, float, bool]:
    """Processor seconds, wall seconds, seconds in solvers, and whether all is proved."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.vspec")
        path.write_text(text, encoding="utf-8")
        cpu, wall = process_time(), perf_counter()
        run = check(Request((str(path),)))
        cpu, wall = process_time() - cpu, perf_counter() - wall
    proved = bool(run.results) and all(r.verdict.name == "proved" for r in run.results)
    return cpu, wall, run.solver_seconds, proved


if __name__ == "__main__":
    sys.exit(main())
