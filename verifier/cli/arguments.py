"""The commands and their options.

argparse rather than a richer library: importing one takes longer than all of `verify-spec fmt`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from textwrap import fill
from typing import TYPE_CHECKING, NoReturn, final

if TYPE_CHECKING:
    from verifier.language.diagnostics import Diagnostic

_GENERAL = """\
State what a protocol promises, and get a proof or the shortest run that breaks it.

commands:
  check [PATH...]       settle every property: a proof, or a run that breaks it
  prove [PATH...]       write certificates of what is proved into proofs/
  recheck [PATH...]     judge proofs/ again, without a solver
  run [PATH...]         run the scenarios only
  simulate MODEL        show random runs of a model
  check-state SPEC FILE hold the numbers of a running system against the invariants
  gate                  hold the project against its baseline, as CI does
  watch [PATH...]       check again whenever a file is saved
  fmt [PATH...]         write specifications in the canonical layout
  explain NAME          explain an error, a property, or whatever a report names
  new [FOLDER]          start a project
  completion SHELL      completion for bash, zsh or fish

A PATH is a file, a folder, or a name in the library such as lending/pool. Without one, everything in the spec/
folder of your project is meant (of the built-in library, if you are in no project).

examples:
  verify-spec check lending/pool
  verify-spec check spec/lending/pool.vspec --property covered
  verify-spec check --format json > results.json
  verify-spec explain VS0203

exit status: 0 all as demanded, 1 violated, 2 mistake in the input, 3 not decided, 4 vacuous, 70 a bug of ours

`verify-spec COMMAND --help` says more about a command; `verify-spec --version` prints the version.
"""


@final
class Command:
    """A command with its options, ready to run."""

    def __init__(self, run: Callable[[], int]) -> None:
        self.run = run


class _Usage(Exception):
    """What argparse has to complain about."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Usage(message)


def parse(words: Sequence[str]) -> Command | int:
    """The command that the words ask for, or the exit status if there is nothing to run."""
    if not words or words[0] in ("--help", "-h", "help"):
        from verifier.cli.output import write

        if len(words) > 1 and words[1] in _PARSERS:
            return parse([words[1], "--help"])
        write(_GENERAL, sys.stdout if words else sys.stderr)
        return 0 if words else 2
    name = words[0]
    if name not in _PARSERS:
        return _unknown_command(name, words)
    parser = _PARSERS[name]()
    try:
        options, rest = parser.parse_known_intermixed_args(list(words[1:]))
        if rest:
            return _unknown_option(name, rest[0], parser)
    except _Usage as problem:
        return wrong(f"{_sentence(str(problem))}", command=name)
    except SystemExit as left:  # --help has printed itself
        return int(left.code or 0)
    return Command(lambda: _run(name, options))


def _run(name: str, options: argparse.Namespace) -> int:
    from importlib import import_module

    run: Callable[[argparse.Namespace], int] = import_module(f"verifier.cli.commands.{name.replace('-', '_')}").run
    return run(options)


# ---------------------------------------------------------------------------------------------- the parsers


def _new(name: str, what: str, examples: Sequence[str]) -> _Parser:
    listed = "\n".join(f"  verify-spec {e}" for e in examples)
    parser = _Parser(
        prog=f"verify-spec {name}",
        description=fill(what, 78),
        epilog=f"examples:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def _paths(parser: _Parser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file, a folder, or a library name; default: everything in spec/"
    )


def _format(parser: _Parser) -> None:
    parser.add_argument(
        "--format",
        type=_form,
        default="terminal",
        metavar="terminal|json",
        help="for people, or for machines (see docs)",
    )


def _outputs(parser: _Parser) -> None:
    from verifier.cli.outputs import add

    add(parser)


def _no_cache(parser: _Parser) -> None:
    parser.add_argument("--no-cache", action="store_true", help="settle everything anew, and remember nothing")


def _names(parser: _Parser) -> None:
    parser.add_argument(
        "--property", "-p", action="append", default=[], metavar="NAME",
        help="only this property; a glob such as 'books_*', or SPEC.NAME; may be repeated",
    )  # fmt: skip


def _check() -> _Parser:
    parser = _new(
        "check",
        "Settle every property of the specs: each is proved, or a run is shown that breaks it.",
        (
            "check lending/pool",
            "check spec/ --format json > results.json",
            "check lending/pool --property covered --property 'books_*'",
            "check lending/pool --profile 'aave-v3-*'",
            "check --junit out/junit.xml --sarif out/results.sarif --html out/report.html",
        ),
    )
    _paths(parser)
    _names(parser)
    parser.add_argument(
        "--profile", action="append", default=[], metavar="NAME",
        help="settle with the numbers of this profile (a glob; may be repeated), instead of for all numbers",
    )  # fmt: skip
    parser.add_argument("--depth", type=_depth, metavar="N", help="how many steps a search for violations may take")
    _no_cache(parser)
    parser.add_argument("--no-proofs", action="store_true", help="settle with solvers also what proofs/ has already")
    parser.add_argument("--second-solver", action="store_true", help="ask cvc5 whatever Z3 says of a proof (slow)")
    parser.add_argument("--stories", action="store_true", help="also tell the runs of violations that were expected")
    _format(parser)
    _outputs(parser)
    return parser


def _prove() -> _Parser:
    parser = _new(
        "prove",
        "Settle every property of the specs, and write what shows it into proofs/: certificates for what is proved, "
        "runs for the rest. Certificates of an earlier file are used again where they still hold.",
        ("prove", "prove lending/pool"),
    )
    _paths(parser)
    parser.add_argument("--no-cache", action="store_true", help="settle everything anew, and remember nothing")
    return parser


def _recheck() -> _Parser:
    parser = _new(
        "recheck",
        "Judge files of proofs again: certificates by a small kernel, runs by the interpreter, nothing by a solver.",
        ("recheck", "recheck proofs/lending/pool.json", "recheck lending/pool --format json"),
    )
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file of proofs, a folder, or a spec; default: everything in proofs/"
    )
    _format(parser)
    return parser


def _run_parser() -> _Parser:
    parser = _new("run", "Run the scenarios of the specs, and nothing else.", ("run lending/pool", "run -p normal_day"))
    _paths(parser)
    _names(parser)
    _format(parser)
    return parser


def _simulate() -> _Parser:
    parser = _new(
        "simulate",
        "Show random runs of a model: what it does, before anything is said about it.",
        ("simulate lending/pool", "simulate lending/pool:ToxicLiquidations --steps 12 --seed 7"),
    )
    parser.add_argument(
        "model", metavar="MODEL", help="a file or a library name; NAME:SPEC adds the rules of that spec"
    )
    parser.add_argument("--steps", type=_at_least_one, default=8, metavar="N", help="steps of each run (8)")
    parser.add_argument("--runs", type=_at_least_one, default=1, metavar="N", help="how many runs (1)")
    parser.add_argument("--accounts", type=_at_least_one, default=2, metavar="N", help="members of each open sort (2)")
    parser.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same runs")
    return parser


def _check_state() -> _Parser:
    parser = _new(
        "check-state",
        "Hold the numbers of a running system against the invariants of a spec: what holds, what fails, by how much, "
        "and who is nearest to a threshold (docs/check-state.md).",
        (
            "check-state lending/pool state.json",
            "check-state lending/pool:LendingSolvency state.json --property covered --top 20",
            "check-state spec/pool.vspec - --format json < state.json",
        ),
    )
    parser.add_argument("spec", metavar="SPEC", help="a file or a library name; NAME:SPEC where it has several specs")
    parser.add_argument("state", metavar="FILE", help="parameters and state as JSON; `-` is standard input")
    _names(parser)
    parser.add_argument("--top", type=_at_least_one, default=5, metavar="N", help="how many members of each part (5)")
    _format(parser)
    return parser


def _fmt() -> _Parser:
    parser = _new(
        "fmt",
        "Write specifications in the canonical layout.",
        ("fmt spec/ models/", "fmt --check"),
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders; default: the project's")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something would change")
    return parser


def _gate() -> _Parser:
    parser = _new(
        "gate",
        "Settle all that the project's verify-spec.toml names, and hold it against the baseline. Whatever is violated, "
        "not decided, no longer there, trusted less, or newly assumed keeps the gate shut (docs/gate.md).",
        ("gate", "gate --update-baseline", "gate --budget night --html report.html --sarif results.sarif"),
    )
    parser.add_argument(
        "--config", metavar="FILE", help="the configuration; default: the nearest from the working directory upwards"
    )
    parser.add_argument("--budget", metavar="NAME", help="a table [gate.budget.NAME]; default: pull-request")
    parser.add_argument("--update-baseline", action="store_true", help="write what is now the case into the baseline")
    _no_cache(parser)
    _format(parser)
    _outputs(parser)
    return parser


def _watch() -> _Parser:
    parser = _new(
        "watch",
        "Check again whenever a file is saved, only what it concerns. Control-C ends it.",
        ("watch", "watch lending/pool", "watch spec/lending/pool.vspec --property covered"),
    )
    _paths(parser)
    _names(parser)
    parser.add_argument("--interval", type=_milliseconds, default=500, metavar="MS", help="how often to look (500 ms)")
    _no_cache(parser)
    return parser


def _project() -> _Parser:
    parser = _new(
        "new",
        "Start a project: a model, its spec with a proof of each promise, a gate with its baseline, and a workflow.",
        ("new", "new my-protocol"),
    )
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="FOLDER", help="where; default: the working directory"
    )
    return parser


def _completion() -> _Parser:
    parser = _new(
        "completion",
        "Write the completion script of a shell to standard output.",
        (
            "completion bash > ~/.local/share/bash-completion/completions/verify-spec",
            'completion zsh > "${fpath[1]}/_verify-spec"',
            "completion fish > ~/.config/fish/completions/verify-spec.fish",
        ),
    )
    parser.add_argument("shell", type=_shell, metavar="bash|zsh|fish", help="for which shell")
    return parser


def _explain() -> _Parser:
    parser = _new(
        "explain",
        "Explain whatever a report names: an error by its code, a property with its verdict and the reasons, an "
        "assumption, a profile, or a rule of the gate.",
        (
            "explain VS0203",
            "explain lending/pool:covered",
            "explain lending/pool:LendingSolvency.covered --arithmetic",
            "explain lending/pool:LendingSolvency.gentle_market",
            "explain level-fell",
        ),
    )
    parser.add_argument("name", metavar="NAME", help="such as VS0203, lending/pool:covered or new-assumption")
    parser.add_argument("--arithmetic", action="store_true", help="also show the sums that prove it (a few seconds)")
    _no_cache(parser)
    _format(parser)
    return parser


_PARSERS: dict[str, Callable[[], _Parser]] = {
    "check": _check,
    "prove": _prove,
    "recheck": _recheck,
    "run": _run_parser,
    "simulate": _simulate,
    "check-state": _check_state,
    "gate": _gate,
    "watch": _watch,
    "fmt": _fmt,
    "explain": _explain,
    "new": _project,
    "completion": _completion,
}


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, in the order in which they are listed."""
    return {name: make() for name, make in _PARSERS.items()}


def _depth(text: str) -> int:
    number = _whole(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"`{text}` is not between 0 and 100")
    return number


def _at_least_one(text: str) -> int:
    number = _whole(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"`{text}` is not between 1 and 1000")
    return number


def _milliseconds(text: str) -> int:
    number = _whole(text)
    if not 50 <= number <= 60_000:
        raise argparse.ArgumentTypeError(f"`{text}` is not between 50 and 60000")
    return number


def _shell(text: str) -> str:
    if text not in ("bash", "zsh", "fish"):
        raise argparse.ArgumentTypeError(f"`{text}` is none of `bash`, `zsh` and `fish`")
    return text


def _form(text: str) -> str:
    if text not in ("terminal", "json"):
        raise argparse.ArgumentTypeError(f"`{text}` is neither `terminal` nor `json`")
    return text


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number") from None


# ---------------------------------------------------------------------------------------------- mistakes


def wrong(problem: str, suggestion: str = "", command: str = "") -> int:
    """Tell about a mistake in the command line. Returns its exit status."""
    from verifier.language.diagnostics import Diagnostic

    values = {"problem": problem, "suggestion": suggestion, "command": f"{command} " if command else ""}
    return refuse((Diagnostic("VS0521", None, values),))


def refuse(problems: Sequence[Diagnostic]) -> int:
    """Show diagnostics that have no place in a text. Returns their exit status."""
    from verifier.cli.output import look_of, show
    from verifier.report.diagnostic import diagnostics

    show(diagnostics(problems, {}, look_of(sys.stderr)), sys.stderr)
    return 2


def _unknown_command(name: str, words: Sequence[str]) -> int:
    if name.startswith("-"):
        return wrong(f"There is no option `{name}` before a command.", "Say the command first, such as `check`. ")
    close = get_close_matches(name, _PARSERS, n=1)
    if close:
        return wrong(
            f"There is no command `{name}`.", f"Did you mean `verify-spec {' '.join([close[0], *words[1:]])}`? "
        )
    if "/" in name or "." in name:
        return wrong(f"There is no command `{name}`.", f"Did you mean `verify-spec check {' '.join(words)}`? ")
    return wrong(f"There is no command `{name}`.", f"The commands are {', '.join(_PARSERS)}. ")


def _unknown_option(name: str, word: str, parser: argparse.ArgumentParser) -> int:
    known = re.findall(r"--[a-z]+", parser.format_help())
    option = word.partition("=")[0]
    close = get_close_matches(option, known, n=1)
    what = (
        f"`verify-spec {name}` has no option `{option}`." if word.startswith("-") else f"`{word}` is one word too many."
    )
    return wrong(what, f"Did you mean `{close[0]}`? " if close else "", name)


def _sentence(text: str) -> str:
    """What argparse says, as a sentence."""
    text = text.replace("argument ", "", 1) if text.startswith("argument ") else text
    if text.startswith("the following arguments are required: "):
        text = f"{text.rpartition(': ')[2]} is missing"
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
