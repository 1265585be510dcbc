"""Random runs for people."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Protocol

from verifier.report.steps import run_table
from verifier.report.text import BLANK, Line, Look, Piece, indented, line
from verifier.report.words import steps
from verifier.system.execute import Interpreter
from verifier.system.trace import Trace


class Asked(Protocol):
    """What was asked for, to be asked for again."""

    model: str
    steps: int
    runs: int
    accounts: int


def simulation(interp: Interpreter, trace: Trace, number: int, asked: Asked, seed: int, look: Look) -> Iterator[Line]:
    """One random run, and how to see it again."""
    system = interp.system
    name = f"{system.spec} for {system.model}" if system.spec else system.model
    run = f", run {number} of {asked.runs}" if asked.runs > 1 else ""
    yield line(Piece(name, "strong"), Piece(f"  {steps(len(trace.steps))}{run}, seed {seed}", "faint"))
    yield from run_table(interp, trace, look)
    yield BLANK
    if len(trace.steps) < asked.steps:
        yield from indented("No further action was found that would run from here.", "  ", look.width, "warn")
    if number == asked.runs:
        again = f"verify-spec simulate {quote(asked.model)} --steps {asked.steps} --runs {asked.runs}"
        yield from indented(f"Again: {again} --accounts {asked.accounts} --seed {seed}", "  ", look.width, "faint")
