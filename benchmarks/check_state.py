"""How long `check-state` takes for a hundred thousand positions: `python -m benchmarks.check_state [POSITIONS]`.

A state of `lending/pool` is made up, written to a file, and held against `LendingSolvency` by a process of its own.
The aim: ten seconds and one gigabyte for 100,000 positions.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DECIMALS = 10**18


def state(positions: int) -> dict[str, object]:
    """A pool whose borrowers use up to nine tenths of what their collateral is worth. Amounts have 18 decimals."""
    chosen = random.Random(1)
    collateral: dict[str, str] = {}
    debt: dict[str, str] = {}
    owed = 0
    for _ in range(positions):
        name = f"0x{chosen.getrandbits(160):040x}"
        coll = chosen.randrange(DECIMALS // 10, 50 * DECIMALS)
        owes = coll * 2000 * chosen.randrange(900) // 1000
        collateral[name], debt[name] = decimal(coll), decimal(owes)
        owed += owes
    return {
        "ltv": "0.805", "liq_threshold": "0.83", "liq_bonus": "0.05", "close_factor": "0.5", "max_drop": "0.05",
        "price": 2000, "cash": 1000, "collateral": collateral, "debt": debt,
        "deposits": {"lender": decimal(owed + 1000 * DECIMALS)},
    }  # fmt: skip


def decimal(amount: int) -> str:
    """An amount in units of 10**-18 as a decimal."""
    whole, rest = divmod(amount, DECIMALS)
    return f"{whole}.{rest:018d}"


def main(words: list[str]) -> int:
    """Measure once."""
    positions = int(words[0]) if words else 100_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "state.json")
        file.write_text(json.dumps(state(positions)), encoding="utf-8")
        size = file.stat().st_size
        command = [sys.executable, "-m", "verifier", "check-state", "lending/pool:LendingSolvency", str(file)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
        took = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        print(done.stdout, done.stderr)
        return 1
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{positions:_} positions, {size / 1e6:.1f} MB of JSON: {took:.1f} s ({cpu:.1f} s of processor time), "
          f"{after.ru_maxrss / 1024:.0f} MB")  # fmt: skip
    print(done.stdout.splitlines()[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
