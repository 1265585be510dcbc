"""A process for tests of those that run one: it hangs, dies or answers, as it is told."""

from __future__ import annotations

import json
import sys
import time

if __name__ == "__main__":
    for line in sys.stdin:
        match json.loads(line)["do"]:
            case "hang":
                time.sleep(60)
            case "die":
                sys.exit(1)
            case _:
                sys.stdout.write(json.dumps({"answer": 42}) + "\n")
                sys.stdout.flush()
