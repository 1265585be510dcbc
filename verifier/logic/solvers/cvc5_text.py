"""cvc5, by text: the only file that imports it, run as a process, since it holds on to Python's lock and some of its
procedures don't look at the clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import cvc5

ATTEMPTS: tuple[tuple[str, Mapping[str, str]], ...] = (("ALL", {}), ("QF_NRA", {"nl-cov": "true"}))
"""Logic and options: incremental linearisation for everything, then coverings for reals alone."""


def main() -> None:
    """Answer lines of `{"text": …, "seconds": …}` with `{"status": …}`."""
    for line in sys.stdin:
        question = json.loads(line)
        sys.stdout.write(json.dumps({"status": decide(question["text"], question["seconds"])}) + "\n")
        sys.stdout.flush()


def decide(text: str, seconds: float) -> str:
    """`sat`, `unsat` or `unknown`, for the assertions of an SMT-LIB text."""
    for logic, options in ATTEMPTS:
        if logic == "QF_NRA" and " Int)" in text:
            continue
        status = _decide(text, logic, options, seconds / len(ATTEMPTS))
        if status != "unknown":
            return status
    return "unknown"


def _decide(text: str, logic: str, options: Mapping[str, str], seconds: float) -> str:
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(round(seconds * 1000)))
    for name, value in options.items():
        solver.setOption(name, value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic {logic})\n{text}", "query")
    try:
        while not (command := parser.nextCommand()).isNull():
            command.invoke(solver, parser.getSymbolManager())
        result = solver.checkSat()
    except RuntimeError:  # an option or a part of the language that this build of cvc5 lacks
        return "unknown"
    return "unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown"


if __name__ == "__main__":
    main()
