"""Ethos, a checker of proofs that people install by themselves: what it says of a proof of cvc5, in CPC.

Its rules are no part of it: they stand in Eunoia signatures that come with the sources of cvc5, and belong to the very
version that wrote the proof. Before it is believed it has to accept a proof that is one, and to refuse three that are
not.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, final

PROGRAM, SIGNATURES = "VERIFY_SPEC_ETHOS", "VERIFY_SPEC_ETHOS_SIGNATURES"
"""The variables that name the program, and the folder that has `Cpc.eo`."""

QUERY, PROOF = "query.smt2", "proof.cpc"
"""The files that it is given, in one folder."""

SECONDS = 30.0
"""Wall time for one proof. Most take less than one second."""
_LONGEST = 65536
"""Bytes of output that are read. Ethos says one word, or one error."""

Word = Literal["correct", "incomplete", "refused", "late", "broken"]
"""`correct` and `incomplete` (some step is taken on trust) are Ethos's own words; `refused` stands for any error that
it reports. `late`: it was stopped. `broken`: it ended without any of these."""


@final
@dataclass(frozen=True, slots=True)
class Said:
    """What Ethos says of a proof. `text` is its error in one line, or for `broken` how it ended."""

    word: Word
    text: str = ""


@final
@dataclass(frozen=True, slots=True)
class Ethos:
    """The program, and the signatures to include, in order."""

    program: Path
    signatures: tuple[Path, ...]

    def judge(self, query: str, proof: str, folder: Path, seconds: float = SECONDS) -> Said:
        """What it says of a proof from the assertions of `query` (as `cpc.reference` gives it). The two files are
        written into `folder`, for whoever wants to ask again: `ethos proof.cpc`."""
        (folder / QUERY).write_text(query, encoding="utf-8")
        (folder / PROOF).write_text(self.introduced(proof), encoding="utf-8")
        status, output = _run((str(self.program), PROOF), folder, seconds)
        return Said("late", f"no answer within {seconds:g} seconds") if status is None else _said(status, output)

    def introduced(self, proof: str) -> str:
        """A proof behind the rules and the query that it speaks of. The query has to come last: with each file that is
        included, Ethos forgets that there is something to hold assumptions against."""
        return "".join(f"(include {_quoted(path)})\n" for path in self.signatures) + f'(reference "{QUERY}")\n{proof}'


def found() -> Ethos | str | None:
    """The Ethos of this machine: named by VERIFY_SPEC_ETHOS, or on PATH. None without one; where one can't be used,
    why, as a sentence."""
    named = os.environ.get(PROGRAM, "")
    program = shutil.which(named or "ethos")
    if program is None:
        return f"{PROGRAM} names `{named}`, which is no program." if named else None
    folder = _signatures(Path(program))
    if folder is None:
        return f"Its signatures were not found: {SIGNATURES} has to name the folder `proofs/eo/cpc` of cvc5's sources."
    main = folder / "Cpc.eo"
    if not main.is_file():
        return f"{SIGNATURES} names `{folder}`, which has no `Cpc.eo`."
    beyond = folder / "expert" / "CpcExpert.eo"
    ethos = Ethos(Path(program).absolute(), (main, beyond) if beyond.is_file() else (main,))
    return _fault(ethos) or ethos


def _signatures(program: Path) -> Path | None:
    """Where the signatures are: as told, or where cvc5's own script `get-ethos-checker` leaves them, which puts the
    program into `deps/bin/` of the sources."""
    named = os.environ.get(SIGNATURES, "")
    if named:
        return Path(named).absolute()
    for path in (program.absolute(), program.resolve()):
        if len(path.parents) > 2 and (path.parents[2] / "proofs" / "eo" / "cpc" / "Cpc.eo").is_file():
            return path.parents[2] / "proofs" / "eo" / "cpc"
    return None


# ---------------------------------------------------------------------------------------------- is it to be believed?

_CLAIM = "(declare-const a Bool)\n(assert a)\n"
_BOTH = f"{_CLAIM}(assert (not a))\n"
_ASSUMED = "(assume @p1 a)\n(assume @p2 (not a))\n"
_TRIALS: tuple[tuple[str, str, bool, str], ...] = (
    (
        _BOTH,
        f"{_ASSUMED}(step @p3 false :rule contra :premises (@p1 @p2))\n",
        True,
        "It does not accept the shortest proof there is",
    ),
    (
        _CLAIM,
        f"{_ASSUMED}(step @p3 false :rule contra :premises (@p1 @p2))\n",
        False,
        "It accepts a proof that assumes what is not given",
    ),
    (
        _BOTH,
        f"{_ASSUMED}(step @p3 false :rule contra :premises (@p1 @p1))\n",
        False,
        "It accepts a proof with a wrong step",
    ),
    (
        _BOTH,
        "(step @p1 false :rule trust :premises () :args (false))\n",
        False,
        "It accepts a proof whose only step is taken on trust",
    ),
)
"""A query, a proof, whether it is one, and what is wrong with a checker that says otherwise."""


@lru_cache(maxsize=8)
def _fault(ethos: Ethos) -> str:
    """Why it is not to be believed, as a sentence; empty if it is."""
    for query, proof, right, wrong in _TRIALS:
        with scratch() as folder:
            said = ethos.judge(query, proof, folder)
        if (said.word == "correct") != right:
            return f"{wrong}{': ' if said.text else ''}{said.text.rstrip('.')}."
    return ""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one proof, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="verify-spec-ethos-") as name:
        yield Path(name)


# ---------------------------------------------------------------------------------------------- the process


def _quoted(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'


def _run(command: tuple[str, ...], folder: Path, seconds: float) -> tuple[int | None, str]:
    """The exit status of a program (None: it was stopped) and all that it says, up to a length."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the program that the user has installed for this
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_surroundings(),
        )
    except OSError as problem:
        return 1, f"it can't be started ({problem.strerror})"
    assert process.stdout is not None
    timer = threading.Timer(seconds, _kill, (process,))
    timer.start()
    try:
        output = process.stdout.read(_LONGEST + 1)
        if len(output) > _LONGEST:
            _kill(process)
        status = process.wait()
    finally:
        late = not timer.is_alive()
        timer.cancel()
        process.stdout.close()
    return None if late else status, output[:_LONGEST].decode("utf-8", "replace")


def _surroundings() -> Mapping[str, str]:
    """What the program is told of its surroundings: all but our own variables, which are none of its business."""
    return {name: value for name, value in os.environ.items() if name not in (PROGRAM, SIGNATURES)}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it has started."""
    if sys.platform != "win32":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has just ended by itself
            return
    process.kill()


_ERROR = re.compile(r"\berror\b", re.IGNORECASE)


def _said(status: int, output: str) -> Said:
    """Its answer is the last line. Ethos ends by a signal after it has reported an error, so a signal alone says
    nothing."""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    error = next((line for line in lines if _ERROR.search(line)), "")
    if status == 0 and not error and lines and lines[-1] in ("correct", "incomplete"):
        return Said("correct" if lines[-1] == "correct" else "incomplete")
    if status != 0 and error:
        after = lines[lines.index(error) + 1 :]
        return Said("refused", _short(" ".join((error, *after))))
    ended = f"it ended with {f'signal {-status}' if status < 0 else f'status {status}'}"
    return Said("broken", f"{ended}, and said: {_short(lines[-1])}" if lines else f"{ended}, and said nothing")


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199]}…"
