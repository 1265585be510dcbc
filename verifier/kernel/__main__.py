"""`python -m verifier.kernel core.json proofs.json`: rulings on one spec, for who has this folder and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from verifier.kernel.judge import judge


def main(core: str, proofs: str) -> int:
    """Judges what a file of proofs says (`{claim: {"kind": …, "obligations": …}}`); 1 if something is refused."""
    rulings = judge(json.loads(Path(core).read_bytes()), json.loads(Path(proofs).read_bytes()))
    for ruling in rulings.values():
        sys.stdout.write(f"{ruling.name}: {ruling.refused or 'accepted'}\n")
    return int(any(ruling.refused for ruling in rulings.values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
