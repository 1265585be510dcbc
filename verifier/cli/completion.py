"""Completion scripts for shells, made from the parsers themselves."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import final

from verifier.language.frozen import dataclass

PROGRAM = "verify-spec"
_FLAGS = (("--help", "say what there is"), ("--version", "say which version this is"))
"""What may stand in the place of a command."""


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """A place that takes a value: words to choose from, or else files, folders, or anything at all."""

    words: tuple[str, ...] = ()
    files: bool = False
    folders: bool = False

    def __or__(self, other: Slot) -> Slot:
        """Either of the two."""
        return Slot((*self.words, *other.words), self.files or other.files, self.folders or other.folders)


@final
@dataclass(frozen=True, slots=True)
class Option:
    """An option: its names, what it is for, and what its value is (None: it takes none)."""

    names: tuple[str, ...]
    help: str
    value: Slot | None


@final
@dataclass(frozen=True, slots=True)
class Verb:
    """A command: what it is for, its options, and what may stand behind them (any of it at any place)."""

    name: str
    help: str
    options: tuple[Option, ...]
    positional: Slot | None


def verbs(parsers: Mapping[str, argparse.ArgumentParser], words: Mapping[str, Sequence[str]]) -> tuple[Verb, ...]:
    """The commands. `words` gives, by their metavar, the names that are known for what stands behind the options."""
    return tuple(_verb(name, parser, words) for name, parser in parsers.items())


def _verb(name: str, parser: argparse.ArgumentParser, words: Mapping[str, Sequence[str]]) -> Verb:
    options: list[Option] = []
    positional: Slot | None = None
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list them
        if action.option_strings:
            value = None if action.nargs == 0 else _slot(str(action.metavar or ""), {})
            options.append(Option(tuple(action.option_strings), _sentence(action.help or ""), value))
        else:
            slot = _slot(str(action.metavar or ""), words)
            positional = slot if positional is None else positional | slot
    return Verb(name, _sentence(parser.description or ""), tuple(options), positional)


def _slot(metavar: str, words: Mapping[str, Sequence[str]]) -> Slot:
    if "|" in metavar:
        return Slot(tuple(metavar.split("|")))
    known = tuple(words.get(metavar, ()))
    return Slot(
        known, files=metavar in ("PATH", "FILE", "MODEL", "SPEC", "STATE"), folders=metavar in ("FOLDER", "DIR")
    )


def _sentence(text: str) -> str:
    """The beginning of a help text, as one line."""
    first = re.split(r"(?<=[a-z`)])[.:;]\s", " ".join(text.split()))[0].rstrip(".")
    return first if first.count("(") == first.count(")") else first.rpartition(" (")[0]


def script(shell: str, known: Sequence[Verb]) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    lines = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](known)
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------- bash


def _bash(known: Sequence[Verb]) -> Iterator[str]:
    yield f"# Completion of {PROGRAM} for bash. Made by `{PROGRAM} completion bash`."
    yield "_verify_spec() {"
    yield '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" verb="${COMP_WORDS[1]}"'
    yield "  COMPREPLY=()"
    # So does an equals sign: `--format=json` is three words.
    yield '  if [[ $prev == "=" ]]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; elif [[ $cur == "=" ]]; then cur=""; fi'
    yield "  if [[ $COMP_CWORD -eq 1 ]]; then"
    listed = " ".join((*(v.name for v in known), *(flag for flag, _ in _FLAGS)))
    yield f"    COMPREPLY=($(compgen -W '{listed}' -- \"$cur\"))"
    yield "    return"
    yield "  fi"
    yield '  case "$verb" in'
    for verb in known:
        yield f"    {verb.name})"
        yield '      case "$prev" in'
        for option in verb.options:
            if option.value is not None:
                yield f"        {'|'.join(option.names)}) {_bash_slot(option.value)}; return ;;"
        yield "      esac"
        yield '      if [[ "$cur" == -* ]]; then'
        listed = " ".join(name for option in verb.options for name in option.names)
        yield f"        COMPREPLY=($(compgen -W '{listed}' -- \"$cur\"))"
        yield "      else"
        yield f"        {_bash_slot(verb.positional or Slot())}"
        yield "      fi"
        yield "      ;;"
    yield "  esac"
    # A colon ends a word for bash, so what stands before it must not be given back.
    yield '  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi'
    yield "}"
    yield f"complete -o filenames -F _verify_spec {PROGRAM}"


def _bash_slot(slot: Slot) -> str:
    kinds = [*(["-f"] if slot.files else []), *(["-d"] if slot.folders else [])]
    words = f"-W '{' '.join(slot.words)}'" if slot.words else ""
    asked = " ".join(part for part in (*kinds, words) if part)
    return f'COMPREPLY=($(compgen {asked} -- "$cur"))' if asked else ":"


# ---------------------------------------------------------------------------------------------- zsh


def _zsh(known: Sequence[Verb]) -> Iterator[str]:
    yield f"#compdef {PROGRAM}"
    yield f"# Completion of {PROGRAM} for zsh. Made by `{PROGRAM} completion zsh`."
    yield f"_{PROGRAM}() {{"
    yield "  local -a commands flags"
    yield "  commands=("
    yield from (f"    {_quoted(f'{v.name}:{v.help}')}" for v in known)
    yield "  )"
    yield "  flags=("
    yield from (f"    {_quoted(f'{flag}:{text}')}" for flag, text in _FLAGS)
    yield "  )"
    yield "  if (( CURRENT == 2 )); then"
    yield "    _describe -t commands command commands"
    yield "    _describe -o -t options option flags"
    yield "    return"
    yield "  fi"
    yield '  local verb="${words[2]}"'
    yield "  shift words"
    yield "  (( CURRENT-- ))"
    yield '  case "$verb" in'
    for verb in known:
        yield f"    {verb.name})"
        yield "      _arguments -s \\"
        for option in verb.options:
            for name in option.names:
                yield f"        {_quoted(_zsh_option(name, option))} \\"
        yield f"        {_quoted('*:' + _zsh_slot(verb.positional or Slot()))}"
        yield "      ;;"
    yield "  esac"
    yield "}"
    # From a folder of `fpath` zsh loads the file at the first use, as the body of a function of the file's name.
    yield f'if [[ "${{funcstack[1]}}" == _{PROGRAM} ]]; then'
    yield f'  _{PROGRAM} "$@"'
    yield "else"
    yield f"  compdef _{PROGRAM} {PROGRAM}"
    yield "fi"


def _zsh_option(name: str, option: Option) -> str:
    text = re.sub(r"([\[\]:\\])", r"\\\1", option.help)
    if option.value is None:
        return f"*{name}[{text}]"
    return f"*{name}{'=' if name.startswith('--') else ''}[{text}]:{_zsh_slot(option.value)}"


def _zsh_slot(slot: Slot) -> str:
    """`message:action`."""
    words = " ".join(re.sub(r"([:\\ ()])", r"\\\1", word) for word in slot.words)
    if slot.words and slot.files:
        return f"path:_alternative 'names:name:({words})' 'files:file:_files'"
    if slot.words:
        return f"name:({words})"
    return "file:_files" if slot.files else "folder:_files -/" if slot.folders else "value: "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# ---------------------------------------------------------------------------------------------- fish


def _fish(known: Sequence[Verb]) -> Iterator[str]:
    yield f"# Completion of {PROGRAM} for fish. Made by `{PROGRAM} completion fish`."
    yield "function __verify_spec_at # the command is $argv[1], and this is no value of one of the options behind it"
    yield "  set -l words (commandline -opc)"
    yield '  test "$words[2]" = $argv[1]; and not contains -- "$words[-1]" $argv[2..]'
    yield "end"
    yield "function __verify_spec_begins"
    yield "  test (count (commandline -opc)) -eq 1"
    yield "end"
    yield f"complete -c {PROGRAM} -f"
    for flag, text in _FLAGS:
        yield f"complete -c {PROGRAM} -n __verify_spec_begins -l {flag[2:]} -d {_fish_quoted(text)}"
    for verb in known:
        yield f"complete -c {PROGRAM} -n __verify_spec_begins -a {verb.name} -d {_fish_quoted(verb.help)}"
    for verb in known:
        start = f"complete -c {PROGRAM} -n '__verify_spec_at {verb.name}'"
        if verb.positional is not None:
            valued = " ".join(name for o in verb.options if o.value is not None for name in o.names)
            there = f"__verify_spec_at {verb.name} {valued}".rstrip()
            yield f"complete -c {PROGRAM} -n '{there}' {_fish_slot(verb.positional)}".rstrip()
        for option in verb.options:
            names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names)
            value = (
                "" if option.value is None else f" {'-r' if option.value.files else '-x'} {_fish_slot(option.value)}"
            )
            yield f"{start} {names}{value.rstrip()} -d {_fish_quoted(option.help)}"


def _fish_slot(slot: Slot) -> str:
    parts = ["-F"] if slot.files else []
    if slot.folders:
        parts.append("-a '(__fish_complete_directories)'")
    if slot.words:
        parts.append(f"-a {_fish_quoted(' '.join(slot.words))}")
    return " ".join(parts)


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
