"""Two answers that can't both be right: a bug of ours, which has to be seen."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any, final

from verifier.system.transition import System


@final
class DisagreementError(Exception):
    """Two ways of settling something disagree. The message gives both answers; `reproducer` is a file with all that is
    needed to see it again."""

    def __init__(self, about: str, answers: tuple[str, str], reproducer: str) -> None:
        super().__init__(f"{about}: {answers[0]}, but {answers[1]}")
        self.about, self.answers, self.reproducer = about, answers, reproducer


def contradiction(
    system: System, core: Mapping[str, Any], name: str, claims: Mapping[str, Any], run: Any
) -> DisagreementError:
    """The kernel accepts a proof of what a run breaks."""
    about = f"{system.path}:{system.spec}.{name}"
    reproducer = saved({"about": about, "core": core, "claims": dict(claims), "run": run})
    return DisagreementError(
        about, ("the kernel accepts a proof of it", "the interpreter replays a run that breaks it"), reproducer
    )


def saved(content: Mapping[str, Any]) -> str:
    """Write a reproducer into the working directory, or where that can't be written to, among the temporary files."""
    text = json.dumps(content, indent=1, ensure_ascii=True) + "\n"
    for folder in (os.getcwd(), tempfile.gettempdir()):
        try:
            handle, path = tempfile.mkstemp(".json", "verify-spec-disagreement-", folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            continue
        return path
    return ""


def kept(files: Mapping[str, str]) -> str:
    """Write texts into a new folder among the temporary files, under their names. The folder; empty if it can't be."""
    try:
        folder = tempfile.mkdtemp(prefix="verify-spec-refused-")
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
    except OSError:
        return ""
    return folder
