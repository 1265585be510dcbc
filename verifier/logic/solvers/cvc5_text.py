"""cvc5, by text: the only file that imports it, run as a process, since it holds on to Python's lock and some of its
procedures don't look at the clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import cvc5

ATTEMPTS: tuple[tuple[str, Mapping[str, str]], ...] = (("ALL", {}), ("QF_NRA", {"nl-cov": "true"}))
"""Logic and options: incremental linearisation for everything, then coverings for reals alone."""

PROVING: Mapping[str, str] = {
    "produce-proofs": "true",
    "proof-format-mode": "cpc",
    "proof-granularity": "dsl-rewrite",
    "nl-cov": "false",
}
"""Options with which proofs are written down in small steps. Coverings have no proofs, only a word to be trusted."""


def main() -> None:
    """Answer lines of `{"text": …, "seconds": …}` with `{"status": …}`. Those that say `"proof": true` get a `proof`
    as well, which is empty unless the status is `unsat`."""
    for line in sys.stdin:
        question = json.loads(line)
        text, seconds = question["text"], question["seconds"]
        if question.get("proof"):
            status, proof = prove(text, seconds)
            answer = {"status": status, "proof": proof}
        else:
            answer = {"status": decide(text, seconds)}
        sys.stdout.write(json.dumps(answer) + "\n")
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


def prove(text: str, seconds: float) -> tuple[str, str]:
    """`sat`, `unsat` or `unknown` with proofs on, and for `unsat` the proof, as commands in the calculus CPC."""
    solver = _solver(PROVING, seconds)
    try:
        status = _status(_asked(solver, "ALL", text))
        proofs = solver.getProof(cvc5.ProofComponent.FULL) if status == "unsat" else ()
        written = "\n".join(_text(solver.proofToString(p, cvc5.ProofFormat.CPC)) for p in proofs)
    except RuntimeError:
        return "unknown", ""
    return status, written.strip().removeprefix("(\n").removesuffix("\n)")


def _text(written: bytes | str) -> str:
    """Some versions give bytes, though their documentation says text."""
    return written.decode() if isinstance(written, bytes) else written


def _decide(text: str, logic: str, options: Mapping[str, str], seconds: float) -> str:
    try:
        return _status(_asked(_solver(options, seconds), logic, text))
    except RuntimeError:  # an option or a part of the language that this build of cvc5 lacks
        return "unknown"


def _status(result: cvc5.Result) -> str:
    return "unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown"


def _solver(options: Mapping[str, str], seconds: float) -> cvc5.Solver:
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(round(seconds * 1000)))
    for name, value in options.items():
        solver.setOption(name, value)
    return solver


def _asked(solver: cvc5.Solver, logic: str, text: str) -> cvc5.Result:
    """RuntimeError for what this build of cvc5 lacks."""
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic {logic})\n{text}", "query")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, parser.getSymbolManager())
    return solver.checkSat()


if __name__ == "__main__":
    main()
