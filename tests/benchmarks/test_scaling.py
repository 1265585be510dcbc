"""The generated models say what they are meant to say: everything is proved, and something has to be asked."""

from __future__ import annotations

import pytest

from benchmarks.scaling import SHAPES, check_text, main


@pytest.mark.parametrize("shape", SHAPES)
def test_all_is_proved(shape: str) -> None:
    assert check_text(SHAPES[shape](3))[-1]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sizes", "1,2", "apart"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["1", "1"]
