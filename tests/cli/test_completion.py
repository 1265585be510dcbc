"""Completion scripts know what the parsers know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.cli.arguments import parsers
from verifier.cli.completion import Slot, script, verbs
from verifier.cli.main import main

NAMES = ("lending/pool",)
KNOWN = verbs(parsers(), {"PATH": NAMES, "MODEL": NAMES, "SPEC": NAMES, "NAME": ("VS0203", "level-fell")})
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
    check_state = next(v for v in KNOWN if v.name == "check-state")
    assert check_state.positional == Slot(NAMES, files=True)


@pytest.mark.parametrize("verb", KNOWN, ids=lambda v: v.name)
def test_descriptions_fit_on_a_line(verb) -> None:  # type: ignore[no-untyped-def]
    for text in (verb.help, *(o.help for o in verb.options)):
        assert text
        assert "\n" not in text
        assert text.count("(") == text.count(")")


# ---------------------------------------------------------------------------------------------- in the shells themselves

BASH = """\
source {script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_verify_spec
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# A shell in a terminal of its own; what is asked of `compadd` is noted, and the shell ends when that is done.
ZSH = """\
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source $PWD/inner.zsh"
zpty -w -n inner "$1"$'\\t'
while zpty -r inner line; do :; done
"""
ZSH_INNER = """\
fpath=($PWD/functions $fpath)
autoload -Uz compinit && compinit -u -D
[[ -n $SCRIPT ]] && source $SCRIPT
bindkey '^I' complete-word
compadd() {
  if (( ${@[(I)-[OAD]]} )); then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -O found "$@"
  print -rl -- $found >> $FOUND
  builtin compadd "$@"
}
ended() { exit }
comppostfuncs=(ended)
"""


def bash(typed: str, folder: Path) -> list[str]:
    """What bash would offer."""
    *before, last = typed.split(" ")
    words = [*before, *re.findall(r"=|[^=]+", last)] if last else [*before, "''"]
    command = BASH.format(script=folder / "script", words=" ".join(words))
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split()


def zsh(typed: str, folder: Path, script: str = "script") -> list[str]:
    """What zsh would offer."""
    (folder / "outer.zsh").write_text(ZSH)
    (folder / "inner.zsh").write_text(ZSH_INNER)
    found = folder / ".found"
    found.write_text("")
    environment = {**os.environ, "HOME": str(folder), "ZDOTDIR": str(folder), "FOUND": str(found), "SCRIPT": script}
    subprocess.run(["zsh", "-f", "outer.zsh", typed], cwd=folder, env=environment, check=False, timeout=60)
    return found.read_text().split()


def fish(typed: str, folder: Path, script: str = "script") -> list[str]:
    """What fish would offer."""
    before = f"source {script}; " if script else ""
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    command = ["fish", "-c", f"{before}complete -C '{typed}'"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", [bash, zsh, fish], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("verify-spec ga", ["gate"]),
        ("verify-spec che", ["check", "check-state"]),
        ("verify-spec --v", ["--version"]),
        ("verify-spec gate --up", ["--update-baseline"]),
        ("verify-spec gate --depth 3 --up", ["--update-baseline"]),
        ("verify-spec check lend", ["lending/pool"]),
        ("verify-spec check --no-cache lend", ["lending/pool"]),
        ("verify-spec check lending/pool lend", ["lending/pool"]),
        ("verify-spec check-state lend", ["lending/pool"]),
        ("verify-spec check-state lending/pool b.t", ["b.toml"]),
        ("verify-spec check b.t", ["b.toml"]),
        ("verify-spec check --format ", ["json", "terminal"]),
        ("verify-spec check --format t", ["terminal"]),
        ("verify-spec check --depth b", []),
        ("verify-spec completion ", ["bash", "fish", "zsh"]),
        ("verify-spec explain level", ["level-fell"]),
        ("verify-spec gate --config b.t", ["b.toml"]),
        ("verify-spec new fol", ["folder"]),
        ("verify-spec new check --prop", []),
        ("verify-spec check --itf fol", ["folder"]),
        ("verify-spec check --property ", []),
        ("verify-spec nothing x", []),
    ],
)
def test_what_is_offered(
    shell: Callable[[str, Path], list[str]], typed: str, wanted: list[str], tmp_path: Path
) -> None:
    if shutil.which(shell.__name__) is None:
        pytest.skip(f"there is no {shell.__name__}")
    (tmp_path / "script").write_text(script(shell.__name__, KNOWN))
    (tmp_path / "b.toml").write_text("")
    (tmp_path / "folder").mkdir()
    assert sorted({word.rstrip("/") for word in shell(typed, tmp_path)}) == wanted


@pytest.mark.parametrize(
    ("shell", "wanted"), [(bash, "terminal"), (zsh, "terminal"), (fish, "--format=terminal")], ids=SHELLS
)
def test_a_value_behind_an_equals_sign(shell: Callable[[str, Path], list[str]], wanted: str, tmp_path: Path) -> None:
    if shutil.which(shell.__name__) is None:
        pytest.skip(f"there is no {shell.__name__}")
    (tmp_path / "script").write_text(script(shell.__name__, KNOWN))
    assert shell("verify-spec gate --format=t", tmp_path) == [wanted]
    both = {word.rpartition("=")[2] for word in shell("verify-spec gate --format=", tmp_path)}
    assert both == {"json", "terminal"}


@pytest.mark.parametrize(
    ("shell", "place"), [(zsh, "functions/_verify-spec"), (fish, ".config/fish/completions/verify-spec.fish")]
)
def test_it_is_found_where_the_shell_looks_for_it(
    shell: Callable[[str, Path, str], list[str]], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(shell.__name__) is None:
        pytest.skip(f"there is no {shell.__name__}")
    assert Path(place).name in parsers()["completion"].format_help()
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(script(shell.__name__, KNOWN))
    command = tmp_path / "verify-spec"  # fish asks whether there is such a command at all
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert shell("verify-spec ga", tmp_path, "") == ["gate"]


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
