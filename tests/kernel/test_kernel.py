"""The kernel is small, leans on the standard library alone, and runs without the rest of the package."""

from __future__ import annotations

import ast
import io
import json
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import verifier.kernel
from tests.kernel.forged import core_json
from verifier.kernel.judge import digest

FOLDER = Path(verifier.kernel.__file__).parent
MOST_LINES = 1500
SPACE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
MODEL = """
model Tiny
state x : nat
init { x := 1 }
action up(n: nat) { x += n }
spec TinySpec for Tiny
invariant one : x >= 1
"""


def lines_of_code(path: Path) -> int:
    """Lines that are neither empty, nor comment, nor docstring."""
    text = path.read_text(encoding="utf-8")
    told = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    tokens = (t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in SPACE)
    return len({line for t in tokens for line in range(t.start[0], t.end[0] + 1)} - told)


def test_it_can_be_read_in_an_evening() -> None:
    assert sum(map(lines_of_code, FOLDER.glob("*.py"))) < MOST_LINES


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda p: p.name)
def test_it_imports_the_standard_library_and_itself(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.startswith("verifier.kernel.") or name.split(".")[0] in sys.stdlib_module_names


def test_a_copy_of_the_folder_judges_alone(tmp_path: Path) -> None:
    """Without site packages, and without the rest of this one."""
    shutil.copytree(FOLDER, tmp_path / "verifier" / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    core, _ = core_json(MODEL)
    products = [["1", ["goal"]], ["1", ["known one"]], ["1", [["range", 0, "low"]]]]
    said = {
        "one": {
            "kind": "invariant",
            "states": digest(core["properties"][0]),
            "obligations": {
                "init": {"atoms": [], "tree": ["close", [["1", ["goal"]]], []]},
                "up": {"atoms": [["local", "n", 0]], "tree": ["close", products, []]},
            },
        }
    }
    (tmp_path / "core.json").write_text(json.dumps(core), encoding="utf-8")
    (tmp_path / "proofs.json").write_text(json.dumps(said), encoding="utf-8")
    command = [sys.executable, "-S", "-m", "verifier.kernel", "core.json", "proofs.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "one: accepted\n"), done.stderr
    (tmp_path / "proofs.json").write_text(json.dumps(said).replace('"low"', '"high"'), encoding="utf-8")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("one: `up`: ")
