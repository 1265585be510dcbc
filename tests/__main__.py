"""Every check of the repository, in one command: `python3 -m tests`.

It needs Python 3.11 with pip, and nothing else: where the tools are missing, they are installed into `.venv`. Names of
checks run only these (`python3 -m tests style types`), and whatever begins with a dash goes to pytest
(`python3 -m tests tests -k vault`). Continuous integration runs the same command.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"

CHECKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "style": (("ruff", "check", "."), ("ruff", "format", "--check", ".")),
    "types": (("mypy",),),
    "floors": (("lint-imports",),),
    "tests": (("pytest", "-n", "2"),),
}


def main(words: list[str]) -> int:
    """Run the checks. Returns 0 if all of them passed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - said in words, before an import fails
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    chosen = [w for w in words if w in CHECKS]
    options = words[words.index(chosen[-1]) + 1 :] if chosen else words
    if any(not w.startswith("-") for w in options[:1]):
        print(f"There is no check `{options[0]}`. The checks are {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    python = Path(sys.executable) if everything_is_here() else prepared()
    failed: list[str] = []
    for name in chosen or CHECKS:
        for tool, *arguments in CHECKS[name]:
            command = [str(python), *runner(tool), *arguments, *(options if tool == "pytest" else ())]
            print(f"── {name}: {' '.join((tool, *arguments))}", flush=True)
            if subprocess.run(command, cwd=ROOT, check=False, stdin=subprocess.DEVNULL).returncode:
                failed.append(name)
    if failed:
        print(f"failed: {', '.join(dict.fromkeys(failed))}", flush=True)
    return 1 if failed else 0


def runner(tool: str) -> tuple[str, ...]:
    """How Python runs a tool: as a module, but for the import linter, which has none to run."""
    if tool == "lint-imports":
        return ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    return ("-m", tool)


def everything_is_here() -> bool:
    """Whether this Python has all the tools, and runs the code of this checkout."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    try:
        for requirement in wanted:
            match = re.match(r"[\w.-]+", requirement)
            distribution(match[0] if match else requirement)
    except PackageNotFoundError:
        return False
    return True


def prepared() -> Path:
    """The Python of `.venv`, with everything installed that pyproject.toml asks for."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / "installed-for"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"── installing the tools into {VENV.name}", flush=True)
    if not python.exists():  # without pip, which some distributions split off: this Python's own does the installing
        venv.create(VENV, with_pip=False, symlinks=os.name != "nt")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "--quiet"]
    if subprocess.run([*pip, "--editable", f"{ROOT}[test]"], check=False, stdin=subprocess.DEVNULL).returncode:
        print("The tools can't be installed: see what pip says above.", file=sys.stderr)
        sys.exit(2)
    stamp.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
