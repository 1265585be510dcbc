"""Writes docs/errors.md from the catalogue of errors, and docs/systems.md from the library and its proofs:
`python -m docs.generate`, after a change of either.

Tests hold the pages against what they are made from.
"""

from __future__ import annotations

from pathlib import Path

from docs.systems import systems
from verifier.language.catalogue import codes, entry
from verifier.language.catalogue.entry import Entry

PAGE = Path(__file__).with_name("errors.md")
SYSTEMS = Path(__file__).with_name("systems.md")

GROUPS = (
    ("VS00", "Text that can't be read as a specification"),
    ("VS01", "Slips in writing"),
    ("VS02", "Types and units"),
    ("VS03", "Names"),
    ("VS04", "What may stand where"),
    ("VS05", "Files, profiles and the command line"),
)

INTRODUCTION = """\
# All errors

Every mistake has a stable code. `verify-spec explain VS0203` prints the entry of one code in the terminal.

<!-- Made by docs/generate.py from verifier/language/catalogue; changes made here are lost. -->
"""

FENCES = {"text": "text", "profile": "toml", "command": "sh", "description": ""}


def errors() -> str:
    """The page of all errors."""
    parts = [INTRODUCTION, "| code | |", "| --- | --- |"]
    parts += [f"| [{c}](#{c.lower()}) | {entry(c).title} |" for c in codes()]
    for start, title in GROUPS:
        mine = [entry(c) for c in codes() if c.startswith(start)]
        if mine:
            parts += ["", f"## {title}"]
            parts += [section for e in mine for section in ("", one(e))]
    return "\n".join(parts) + "\n"


def one(e: Entry) -> str:
    """The section of one code."""
    parts = [f"### {e.code}", "", f"**{e.title[:1].upper()}{e.title[1:]}.** {e.explanation}".rstrip()]
    if e.kind == "description":
        return "\n".join([*parts, "", f"Raised by {e.example}."])
    for title, text in (("This raises it:", e.example), ("Instead:", e.instead)):
        if text:
            parts += ["", title, "", f"```{FENCES[e.kind]}", text.rstrip("\n"), "```"]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(errors(), encoding="utf-8")
    SYSTEMS.write_text(systems(), encoding="utf-8")
