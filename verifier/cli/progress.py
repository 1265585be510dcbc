"""One line on the terminal that says what is being done, while it is being done."""

from __future__ import annotations

import sys
from time import perf_counter
from types import TracebackType
from typing import final

from verifier.cli.output import safe, terminal
from verifier.session.progress import Progress

_PATIENCE = 0.3
_CLEAR = "\r\x1b[2K"


@final
class ProgressLine:
    """Shown on standard error, only if that is a terminal, and only once a run takes longer than a blink."""

    def __init__(self) -> None:
        self._active = terminal(sys.stderr)
        self._started = perf_counter()
        self._shown = False

    def __enter__(self) -> ProgressLine:
        return self

    def __call__(self, progress: Progress) -> None:
        """What is being done now."""
        if not self._active or perf_counter() - self._started < _PATIENCE:
            return
        number = f"[{progress.done + 1}/{progress.total}] " if progress.total > 1 else ""
        name = f" {progress.name}" if progress.name else ""
        text = f"{number}{progress.spec}{name}: {progress.phase}"
        sys.stderr.write(_CLEAR + safe(text[:79], sys.stderr))
        sys.stderr.flush()
        self._shown = True

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        if self._shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
