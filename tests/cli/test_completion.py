"""Completion scripts know what the parsers know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from verifier.cli.arguments import parsers
from verifier.cli.completion import Slot, script, verbs
from verifier.cli.main import main

KNOWN = verbs(parsers(), {"PATH": ("lending/pool",), "MODEL": ("lending/pool",), "NAME": ("VS0203", "level-fell")})
SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_every_option_is_in_it(shell: str) -> None:
    text = script(shell, KNOWN)
    for verb in KNOWN:
        assert verb.name in text
        for option in verb.options:
            for name in option.names:
                shown = name.lstrip("-") if shell == "fish" else name
                assert shown in text


def test_values_are_known() -> None:
    gate = next(v for v in KNOWN if v.name == "gate")
    options = {name: o.value for o in gate.options for name in o.names}
    assert options["--config"] == Slot(files=True)
    assert options["--itf"] == Slot(folders=True)
    assert options["--format"] == Slot(("terminal", "json"))
    assert options["--update-baseline"] is None
    explain = next(v for v in KNOWN if v.name == "explain")
    assert explain.positional == Slot(("VS0203", "level-fell"))


@pytest.mark.parametrize("verb", KNOWN, ids=lambda v: v.name)
def test_descriptions_fit_on_a_line(verb) -> None:  # type: ignore[no-untyped-def]
    for text in (verb.help, *(o.help for o in verb.options)):
        assert text
        assert "\n" not in text
        assert text.count("(") == text.count(")")


COMPLETE = """\
source {script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_verify_spec
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("verify-spec ga", ["gate"]),
        ("verify-spec gate --up", ["--update-baseline"]),
        ("verify-spec check lend", ["lending/pool"]),
        ("verify-spec check --format ''", ["terminal", "json"]),
        ("verify-spec completion ''", list(SHELLS)),
        ("verify-spec explain level", ["level-fell"]),
        ("verify-spec gate --config b.t", ["b.toml"]),
        ("verify-spec new f", ["folder"]),
        ("verify-spec check --property ''", []),
        ("verify-spec nothing x", []),
    ],
)
def test_bash(words: str, wanted: list[str], tmp_path: Path) -> None:
    (tmp_path / "script").write_text(script("bash", KNOWN))
    (tmp_path / "b.toml").write_text("")
    (tmp_path / "folder").mkdir()
    command = COMPLETE.format(script=tmp_path / "script", words=words)
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == wanted


@pytest.mark.parametrize(("shell", "check"), [("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])])
def test_other_shells_can_read_it(shell: str, check: list[str], tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (tmp_path / "script").write_text(script(shell, KNOWN))
    done = subprocess.run([*check, str(tmp_path / "script")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert "lending/pool" in out
    assert "acceptance-expired" in out


def test_another_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "csh"]) == 2
    assert "none of `bash`, `zsh` and `fish`" in capsys.readouterr().err
