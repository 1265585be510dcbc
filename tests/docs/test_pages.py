"""Every command and every piece of a specification in the documentation is run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Block, blocks, commands, unexpected, whole_file
from verifier.session.session import prepare

pages = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)


def verify_spec(words: str, where: Path, status: int | None) -> str:
    """What a command prints, on both streams. `> FILE` and `|| …` are the shell's."""
    program, *rest = shlex.split(words)
    assert program == "verify-spec", words
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "verifier", *rest], cwd=where, env=environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "Traceback" not in done.stdout
    expected = done.returncode == status if status is not None else done.returncode not in (2, 70)
    assert expected, done.stdout
    return done.stdout


@pages
def test_specifications_are_right_or_wrong_as_told(page: Path, tmp_path: Path) -> None:
    wrong: list[str] = []
    for number, block in enumerate(b for b in blocks(page) if b.language == "vspec" and "file" not in b.info):
        file = tmp_path / f"block{number}.vspec"
        file.write_text(whole_file(block), encoding="utf-8")
        codes = {d.code for d in prepare((str(file),)).diagnostics}
        if codes != set(filter(None, block.info.get("error", "").split(","))):
            details = [(d.code, dict(d.values)) for d in prepare((str(file),)).diagnostics]
            wrong.append(f"{page.name}:{block.line} {details}\n{block.text}")
    assert not wrong, "\n".join(wrong)


@pages
def test_commands_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    where = tmp_path if any("file" in b.info for b in blocks(page)) else ROOT
    wrong: list[str] = []
    for block in blocks(page):
        if "file" in block.info:
            _write(block, where)
        if block.language != "console":
            continue
        status = int(block.info["exit"]) if "exit" in block.info else None
        for command in commands(block):
            difference = unexpected(command.shown, verify_spec(command.words, where, status))
            if difference is not None:
                wrong.append(f"{page.name}:{block.line} {command.words}\n{difference}")
    assert not wrong, "\n".join(wrong)


def _write(block: Block, where: Path) -> None:
    file = where / block.info["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")


@pages
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith(("http://", "https://", "#")):
            assert (page.parent / link.partition("#")[0]).exists(), link


@pages
def test_code_named_in_a_page_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == "errors.md" or any("file" in b.info for b in blocks(page)):
        pytest.skip("speaks of files of the reader's own")
    for path in re.findall(r"`((?:verifier|tests|models|spec|docs|benchmarks|proofs)/[\w./]+)`", text):
        assert (ROOT / path).exists() or any(ROOT.glob(f"{path}*")), f"{page.name} names {path}"
