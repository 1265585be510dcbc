"""Globs to files. Unlike `Path.glob` this tells what can't be read, so that no spec is left out in silence."""

from __future__ import annotations

import re
from pathlib import Path

from verifier.language.diagnostics import Diagnostic
from verifier.session.files import ENDING, files_below

_WILD = re.compile(r"[*?\[]")


def files_of(root: Path, glob: str) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """The specifications below `root` that a glob names, sorted. `*` stays within one folder, `**` is any number of
    them; a folder stands for everything below it. Hidden files and folders are left out."""
    parts = [p for p in glob.split("/") if p not in ("", ".")]
    fixed = next((i for i, part in enumerate(parts) if _WILD.search(part)), len(parts))
    base = root.joinpath(*parts[:fixed])
    if base.is_file():
        return ((base,) if fixed == len(parts) and base.name.endswith(ENDING) else ()), ()
    if not base.exists():
        return (), ()
    files, problems = files_below(base)
    wanted = _regex(parts[fixed:])
    return tuple(f for f in files if wanted.fullmatch(f.relative_to(base).as_posix())), problems


def _regex(parts: list[str]) -> re.Pattern[str]:
    """What a path below the fixed part has to look like: the glob itself, or anything in a folder that it names."""
    out = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            out += ".*" if last else "(?:[^/]+/)*"
        else:
            out += _part(part) + ("" if last else "/")
    return re.compile(f"{out}(?:/.*)?" if out else ".*", re.DOTALL)


def _part(glob: str) -> str:
    """One name of a path."""
    pieces = re.findall(r"\[!?\]?[^\]/]*\]|\*+|.", glob, re.DOTALL)
    return "".join(map(_piece, pieces))


def _piece(piece: str) -> str:
    if piece.startswith("*"):
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece.startswith("[") and len(piece) > 2:
        inner = piece[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return f"[^/{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return re.escape(piece)
