"""The door: from the words on the command line to an exit status. Nothing is imported before it is needed.

| status | means |
| --- | --- |
| 0 | everything came out as demanded |
| 1 | something is violated, or an `expect violated` was not found |
| 2 | a mistake in the command, in a specification or in a profile |
| 3 | something is not decided: `unknown` or `bounded` |
| 4 | something is vacuous |
| 70 | a bug of ours |
| 130 | interrupted |

Where several apply, the first in the order 70, 2, 1, 3, 4.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit status; never raises."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    words = [w for w in words if w != "--debug"]
    try:
        status = _run(words)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _broken_pipe()
    except Exception as problem:
        if debug:
            raise
        return _disagreement(problem) or _bug(problem)


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        from verifier import __version__

        sys.stdout.write(f"verify-spec {__version__}\n")
        return 0
    # Numbers of a model may have any number of digits.
    sys.set_int_max_str_digits(0)
    # What a command makes, it keeps: trees and terms, hardly ever in a circle. Looking through them all again and again
    # for garbage took a quarter of the time.
    gc.set_threshold(100_000, 20, 20)
    from verifier.cli.arguments import parse

    command = parse(words)
    return command if isinstance(command, int) else command.run()


def _broken_pipe() -> int:
    """Whoever read our output has gone (`| head`). Python would complain once more when it shuts down."""
    import os

    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    return BROKEN_PIPE


def _disagreement(problem: Exception) -> int:
    """Two answers that can't both be right. 0 for any other problem."""
    from verifier.session.conflict import DisagreementError

    if not isinstance(problem, DisagreementError):
        return 0
    from verifier.cli.output import safe

    first, second = problem.answers
    sys.stderr.write(
        safe(
            f"internal error: two ways of settling {problem.about} disagree:\n"
            f"  {first},\n  but {second}.\n\n"
            "One of them is wrong, so nothing that was printed before is a verdict. This is our bug, not a mistake in\n"
            "your specification. Please report it with this file, which has all that is needed:\n"
            f"  {problem.reproducer}\n",
            sys.stderr,
        )
    )
    return BUG


def _bug(problem: Exception) -> int:
    """An `InternalError`: what broke, that it is our bug, and how to report it."""
    import traceback

    from verifier import __version__
    from verifier.cli.output import safe

    frame = traceback.extract_tb(problem.__traceback__)[-1:]
    where = (
        f" in {frame[0].name}, line {frame[0].lineno} of {frame[0].filename.rpartition('verifier')[2]}" if frame else ""
    )
    text = " ".join(str(problem).split())[:500]
    sys.stderr.write(
        safe(
            f"internal error: {type(problem).__name__}{where}{': ' if text else ''}{text}\n\n"
            "Something broke inside verify-spec. This is our bug, not a mistake in your specification, and nothing\n"
            "that was printed before it is a verdict. Please report it with the command, the files, and what\n"
            "it prints with --debug.\n"
            f"verify-spec {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n",
            sys.stderr,
        )
    )
    return BUG
