"""A new project: the files in `starter/`, written to a folder. Nothing that is there is written over."""

from __future__ import annotations

from pathlib import Path
from typing import final

from verifier import __version__
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.session.files import shown, unreadable

STARTER = Path(__file__).with_name("starter")
FILES = (
    ("models/vault.vspec", "what the protocol does"),
    ("spec/vault.vspec", "what it promises"),
    ("proofs/vault.json", "why that holds"),
    ("proofs/baseline.toml", "what the gate holds it against"),
    ("verify-spec.toml", "what the gate demands"),
    (".github/workflows/verify-spec.yml", "the gate in continuous integration"),
    ("README.md", "what to type"),
)
"""Where each file goes, and what it is for."""

_STORED = {".github/workflows/verify-spec.yml": "workflow.yml"}


_PERMISSIONS = "Check the permissions of the folder. "


@final
@dataclass(frozen=True, slots=True)
class Started:
    """What was written: the folder as it is shown, and the files in it with what each is for; or why nothing was."""

    folder: str
    files: tuple[tuple[str, str], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def start(folder: str) -> Started:
    """Write a starter project."""
    root = Path(folder)
    try:
        taken = [name for name, _ in FILES if (root / name).exists() or (root / name).is_symlink()]
    except (OSError, ValueError) as problem:
        return Started(shown(root), diagnostics=(_refused(root, problem),))
    if taken:
        others = f" (and {len(taken) - 1} more of those that belong to a new project)" if len(taken) > 1 else ""
        values = {
            "path": shown(root / taken[0]),
            "reason": f"there is such a file already{others}",
            "suggestion": "Name an empty folder, or one that is not there yet: `verify-spec new my-protocol`. ",
        }
        return Started(shown(root), diagnostics=(Diagnostic("VS0559", None, values),))
    for name, _ in FILES:
        path = root / name
        text = (STARTER / _STORED.get(name, name)).read_text(encoding="utf-8").replace("@VERSION@", __version__)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except (OSError, ValueError) as problem:
            return Started(shown(root), diagnostics=(_refused(path, problem),))
    return Started(shown(root), FILES)


def _refused(path: Path, problem: OSError | ValueError) -> Diagnostic:
    if isinstance(problem, FileExistsError | NotADirectoryError):
        reason = "a file stands where a folder is needed"
    else:
        found = unreadable(shown(path), problem)
        reason = found.values.get("reason", "a folder on the way is gone").replace("to read it", "to write it")
    return Diagnostic("VS0559", None, {"path": shown(path), "reason": reason, "suggestion": _PERMISSIONS})
