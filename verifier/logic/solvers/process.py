"""A process that answers lines of JSON, one at a time: it can be stopped when it takes too long, and may even crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, final

Failure = Literal["late", "broken"]
"""Why there is no answer: it took too long, or the process ended by itself."""


@final
@dataclass(slots=True)
class Helper:
    """Runs a module of ours in a process of its own; `greeting` is the first line that it gets. It is started when it
    is needed, and anew after it has been stopped."""

    module: str
    greeting: str = ""
    process: subprocess.Popen[str] | None = None

    def ask(self, question: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | Failure:
        """The answer to one question, within so many seconds of wall time."""
        process = self.process if self.process is not None else self._started()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            _pipe(process.stdin).write(json.dumps(question) + "\n")
            _pipe(process.stdin).flush()
            line = _pipe(process.stdout).readline()
        except OSError:
            line = ""
        finally:
            late = not timer.is_alive()
            timer.cancel()
        if line.endswith("\n"):
            return json.loads(line)  # type: ignore[no-any-return]
        self.stop()
        return "late" if late else "broken"

    def _started(self) -> subprocess.Popen[str]:
        package = Path(__file__).resolve().parents[3]
        paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(  # noqa: S603 - our own module, in this Python
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        if self.greeting:
            _pipe(self.process.stdin).write(self.greeting + "\n")
        return self.process

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                _pipe(pipe).close()
            except OSError:  # what was not written yet has no reader any more
                pass
        self.process = None


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
