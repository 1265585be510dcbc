"""The text of a query: the same whatever the hash seed, exact, and understood by the solver."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from random import Random

from tests.logic.signature import Generator, Seeded, random_step
from verifier.logic.claims import holds_over_step
from verifier.logic.obligations import cases
from verifier.logic.smtlib import Script
from verifier.logic.solvers.z3_text import ask


def scripts(seeds: range) -> list[Script]:
    """Queries of random claims, in both readings."""
    out: list[Script] = []
    for seed in seeds:
        gen = Generator(Seeded(Random(seed)))
        ran = random_step(gen, length=3)
        if ran is None:
            continue
        claim = holds_over_step(ran.system, "claim", gen.truth(3), ran.action, (gen.truth(2), gen.truth(2)))
        for case in list(cases(ran.system, claim))[:4]:
            out += [case.script("relaxed"), case.script("native")]
    return out


def digest() -> str:
    """A fingerprint of many queries."""
    return hashlib.sha256("\n".join(s.text for s in scripts(range(15))).encode()).hexdigest()


def test_text_does_not_depend_on_the_hash_seed() -> None:
    program = "from tests.logic.test_smtlib import digest; print(digest())"
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, cwd=_root(),
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert seen == {digest() + "\n"}


def _root() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_numbers_are_exact() -> None:
    for script in scripts(range(20)):
        for number in re.findall(r"(?<![\w.])\d+\.\d+", script.text):
            assert number.endswith(".0"), number
        assert not re.search(r"\d[eE][-+]?\d", script.text)


def test_the_solver_reads_every_query() -> None:
    """Nothing undeclared, no sort mixed up: an error would leave out the assertions after it."""
    for script in scripts(range(40, 60)):
        if script.trivial:
            continue
        contradicted = ask(script.text + "(assert false)\n", "smt", 1_000_000)
        assert contradicted.status == "unsat"


def test_names_are_declared_before_use() -> None:
    for script in scripts(range(20)):
        known: set[str] = set()
        for line in script.text.splitlines():
            declared = re.match(r"\((?:declare-const|define-fun) (\w+)", line)
            body = line[declared.end() :] if declared else line
            used = set(re.findall(r"(?<![\w.])[xt]\d+\b", body))
            assert used <= known, (used - known, line)
            if declared:
                known.add(declared[1])
