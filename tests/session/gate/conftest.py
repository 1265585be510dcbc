"""A small project with a gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.session.conftest import write
from verifier.session.gate.finding import GateReport
from verifier.session.gate.gate import GateRequest, gate

TODAY = date(2026, 11, 21)

MODEL = """\
model Counter
param stride : int where 0 < stride
state n : int
init { n := 0 }
action up() { n += stride }
environment action reset(to: int) { n := to }
"""
SPEC = """\
spec Counting for Counter
assume small : stride <= 10
rely gentle : reset(to) requires to >= 0
invariant never_negative : n >= 0
reachable counted : n > 2
scenario one_step { start { stride = 2 }  up()  check n == 2 }
"""
BROKEN = """
spec Wild for Counter
invariant never_negative : n >= 0 expect violated
"""
PROFILES = """\
[[profile]]
name = "slow"
model = "Counter"
spec = "Counting"
stride = 1

[[profile]]
name = "fast"
model = "Counter"
spec = "Counting"
stride = 9
"""
CONFIG = '[gate]\nspecs = ["spec/**/*.vspec"]\n'


class Project:
    """Files, and the gate over them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write: Callable[[str, str], Path] = write(root)
        self.write("models/counter.vspec", MODEL)
        self.write("spec/counter.vspec", SPEC + BROKEN)
        self.write("verify-spec.toml", CONFIG)

    def spec(self, old: str, new: str) -> None:
        text = (self.root / "spec/counter.vspec").read_text()
        assert old in text
        self.write("spec/counter.vspec", text.replace(old, new))

    def model(self, old: str, new: str) -> None:
        text = (self.root / "models/counter.vspec").read_text()
        assert old in text
        self.write("models/counter.vspec", text.replace(old, new))

    def config(self, more: str) -> None:
        self.write("verify-spec.toml", CONFIG + more)

    def gate(self, today: date = TODAY, **options: object) -> GateReport:
        return gate(GateRequest(**options), today)  # type: ignore[arg-type]

    def rules(self, today: date = TODAY, **options: object) -> list[tuple[str, str]]:
        """The rules that are refused and what they are about, and nothing wrong with the input."""
        report = self.gate(today, **options)
        assert not report.run.diagnostics, report.run.diagnostics
        return [(f.rule, f.id) for f in report.refused]

    @property
    def baseline(self) -> Path:
        return self.root / "proofs" / "baseline.toml"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project without a baseline."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def guarded(bare: Project) -> Project:
    """A project with a baseline."""
    assert bare.gate(update=True).status == 0
    return bare
