"""A process that looks for proofs, an obligation a line of JSON: such a search can be stopped, and may even crash."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from verifier.engines.certify.search import Prover
from verifier.engines.certify.tree import Lost
from verifier.kernel.check import check
from verifier.kernel.core import Core, read_core
from verifier.kernel.formulas import Refused
from verifier.kernel.judge import proofs_due

_DEEP = 10_000


def main() -> None:
    """Answer the lines of standard input: first the core system, then one obligation at a time."""
    sys.setrecursionlimit(_DEEP)
    sys.set_int_max_str_digits(0)
    core = read_core(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(core, json.loads(line)), separators=(",", ":")) + "\n")
        sys.stdout.flush()


def answer(core: Core, task: Mapping[str, Any]) -> dict[str, Any]:
    """`{"proof": …}`, or `{"lost": reason}`."""
    claim = task["claim"]
    obligation = proofs_due(core, task["name"], claim, task["known"])[task["obligation"]]
    try:
        search = Prover(core, obligation, seconds=task["seconds"])
        proof = json.loads(json.dumps(search.prove(claim, task["witness"])))
        return {"proof": proof, "rests": sorted(check(core, obligation, proof))}
    except (Lost, Refused) as problem:
        return {"lost": str(problem)}
    except RecursionError:
        return {"lost": "the search went too deep"}


if __name__ == "__main__":
    main()
