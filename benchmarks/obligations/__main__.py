"""What the tool can prove of the obligations of this folder, and whether it finds the mistakes of their twins.

    python -m benchmarks.obligations [--seeds 0-9] [--levels] [--write] [--jobs N] [SECTION | SECTION/NAME ...]

Exit status 0: every obligation is proved, every twin is refuted, and that for every seed; 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from time import perf_counter

from benchmarks.obligations.suite import Broken, all_settled, entries
from benchmarks.obligations.tables import PAGE, differences, page, terminal


def main(words: Sequence[str] | None = None) -> int:
    """Settle, print, and say whether all came out as it should."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.obligations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="sections or files; default: all")
    parser.add_argument("--seeds", type=_seeds, default=(0,), help="solver seeds, such as 0-9 or 3 (default: 0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="files at a time (default: all cores)")
    parser.add_argument("--levels", action="store_true", help="look for certificates of what is proved (takes longer)")
    parser.add_argument("--write", action="store_true", help="write docs/obligations.md; only with all files")
    options = parser.parse_args(words)
    chosen = entries(options.names)
    if not chosen:
        parser.error(f"nothing in the suite is called {' or '.join(options.names)}")
    if options.write and options.names:
        parser.error("--write needs all files: name none")
    started = perf_counter()
    try:
        by_seed = all_settled(chosen, options.seeds, options.jobs, levels=options.levels)
    except Broken as problem:
        print(problem, file=sys.stderr)
        return 1
    first = by_seed[options.seeds[0]]
    print("\n".join(terminal(first)))
    print(f"{perf_counter() - started:.1f} s, {options.jobs} files at a time, {len(by_seed)} seed(s).")
    different = tuple(differences(by_seed))
    for line in different:
        print(line)
    if len(by_seed) > 1 and not different:
        print("The verdicts are the same for every seed.")
    if options.write:
        PAGE.write_text(page(first), encoding="utf-8")
    return 0 if all(o.ok for outcomes in by_seed.values() for o in outcomes) and not different else 1


def _seeds(text: str) -> tuple[int, ...]:
    low, _, high = text.partition("-")
    return tuple(range(int(low), int(high or low) + 1))


if __name__ == "__main__":
    sys.exit(main())
