"""Fenced blocks of Markdown pages, and what is expected of each.

| opening fence | what the test does |
| --- | --- |
| `console` | runs each `$ verify-spec …` line; a line `…` stands for any number of lines of its output |
| `console exit=2` | the same, and the commands have to end with that status |
| `vspec` | parses and checks it: there must be no error |
| `vspec file=NAME` | the same, and writes it to that file, where the commands of the page find it |
| `vspec in=model`, `in=spec`, `in=action` | wraps it first: declarations of a model, of a spec, or statements of an action |
| `vspec error=VS0203` | must raise that code and no other (with `in=` too) |
| `toml file=NAME` | writes it |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What fragments may use without declaring it.
PRELUDE = """\
model Fragment
unit USD, ETH, share, s
sort Account
sort Market
enum Phase { Open, Halted, Settled }
struct Position { size: real[ETH]  margin: real[USD] }
"""
_PARTS = """\
param fee      : real where 0 <= fee and fee < 1
state price    : ureal[USD/ETH]
state cash     : ureal[USD]
state debt     : Account -> ureal[USD]
state deposits : Account -> ureal[USD]
state held     : Account -> nat[share]
state member   : Account -> bool
state phase    : Phase
state count_of : nat
state position : Account -> Position
init { price := any where price > 0  cash := 0  debt := 0  deposits := 0  held := 0  member := false  phase := Open
  count_of := 0  for a in Account { position[a].size := 0  position[a].margin := 0 } }
action supply(a: Account, amount: ureal[USD]) { deposits[a] += amount  cash += amount }
action borrow(a: Account, amount: ureal[USD]) { require amount <= cash  debt[a] += amount  cash -= amount }
environment action move_price(to: ureal[USD/ETH]) { require to > 0  price := to }
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words after it, its text, and the line it starts on."""

    language: str
    info: dict[str, str]
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        info = dict(word.split("=", 1) for word in match[2].split() if "=" in word)
        yield Block(match[1], info, match[3], text.count("\n", 0, match.start()) + 1)


def whole_file(block: Block) -> str:
    """A block as a file of its own."""
    match block.info.get("in"):
        case "model":
            missing = "" if re.search(r"^init\b", block.text, re.MULTILINE) else "init { }\n"
            own = "" if "sort " in block.text or "unit " in block.text else PRELUDE.partition("\n")[2]
            return f"model Fragment\n{own}{block.text}{missing}"
        case "spec":
            return f"{PRELUDE}{_PARTS}spec FragmentSpec for Fragment\n{block.text}"
        case "action":
            arguments = "a: Account, b: Account, amount: ureal[USD], x: nat[share], y: nat[share], n: nat"
            return f"{PRELUDE}{_PARTS}action fragment({arguments}) {{\n{block.text}}}\n"
        case None:
            return block.text
        case other:
            raise ValueError(f"a block can't be in={other}")


@dataclass(frozen=True, slots=True)
class Command:
    """A line `$ …` of a console block, and what is shown below it."""

    words: str
    shown: tuple[str, ...]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        first, *rest = part.splitlines()
        yield Command(first.partition("  #")[0].strip(), tuple(rest))


def loosely(line: str) -> str:
    """A line without what may differ from run to run: times, and the width of gaps and rules."""
    line = re.sub(r"\d+(?:\.\d+)? (?:s|ms)\b", "N s", line)
    return " ".join(re.sub(r"─{3,}", "───", line).split())


def unexpected(shown: tuple[str, ...], printed: str) -> str | None:
    """None if all was printed as shown, else the first line that is shown and was not printed there."""
    wanted = [loosely(line) for line in shown]
    lines = [loosely(line) for line in printed.rstrip().splitlines()]
    pattern = "".join("(?:.*\n)*?" if line == "…" else f"{re.escape(line)}\n" for line in wanted)
    text = "".join(f"{line}\n" for line in lines)
    if re.fullmatch(f"{pattern}\n*", text):
        return None
    at = 0
    for number, line in enumerate(wanted):
        if line == "…":
            continue
        if line not in lines[at:] or (number and wanted[number - 1] != "…" and lines[at : at + 1] != [line]):
            got = lines[at] if at < len(lines) else "nothing more"
            return f"the page shows\n  {line}\nand there was\n  {got}"
        at = lines.index(line, at) + 1
    return "the page does not show the end:\n" + "\n".join(lines[at:])
