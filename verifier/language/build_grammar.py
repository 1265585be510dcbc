"""Makes grammar.json, the LALR table that the parser runs on, from grammar.lark.

Run it after every change of the grammar: `python -m verifier.language.build_grammar`. It needs Lark, which checks
that the grammar has no conflicts (`strict`); the parser itself only reads the table, so that starting up costs
milliseconds. A test holds the two files together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

WIDTHS = range(8, 257, 8)
NUMBER_TYPES = ("real", "ureal", "int", "nat", *(f"{sign}int{width}" for sign in ("", "u") for width in WIDTHS))

KEEP_NONE = -1
SPLICE = 1000


def build(grammar: str) -> dict[str, Any]:
    """The table as plain data. States are renumbered by a walk from the first one, so equal grammars give equal
    tables."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark: Any = Lark(grammar, parser="lalr", lexer="basic", strict=True, maybe_placeholders=True)
    table = lark.parser.parser._parse_table  # noqa: SLF001 - Lark has no other way to it
    terminals = sorted(
        {t.name for t in lark.terminals} - {"COMMENT", "BLANK"} | {"PATH", "LEADS_TO", "START", "ANY_OF"}
    )
    terminals.append("$END")
    terminal_ids = {name: i for i, name in enumerate(terminals)}
    rules = sorted(lark.rules, key=lambda r: (r.origin.name, r.order, str(r.expansion)))
    heads = sorted({rule.origin.name for rule in rules})
    head_ids = {name: i for i, name in enumerate(heads)}
    rule_ids = {rule: i for i, rule in enumerate(rules)}

    (first,) = table.start_states.values()
    (last,) = table.end_states.values()
    numbers = {first: 0}
    queue = [first]
    for state in queue:
        for name in sorted(table.states[state]):
            action, target = table.states[state][name]
            if (action is Shift or name in head_ids) and target not in numbers:
                numbers[target] = len(numbers)
                queue.append(target)

    rows: list[list[int]] = []
    jumps: list[list[int]] = []
    for state in queue:
        row, jump = [], []
        for name, (action, target) in sorted(table.states[state].items()):
            if name in head_ids:
                jump += [head_ids[name], numbers[target]]
            else:
                row += [terminal_ids[name], numbers[target] if action is Shift else ~rule_ids[target]]
        rows.append(row)
        jumps.append(jump)

    patterns = {t.name: t.pattern for t in lark.terminals}
    spellings = {n: p.value for n, p in patterns.items() if p.type == "str"}
    number_type = re.compile(patterns["NUMBER_TYPE"].to_regexp())
    return {
        "terminals": terminals,
        "spellings": dict(sorted(spellings.items())),
        "number_types": [name for name in NUMBER_TYPES if number_type.fullmatch(name)],
        "name": patterns["NAME"].to_regexp(),
        "number": patterns["NUMBER"].to_regexp(),
        "last": numbers[last],
        "rules": [[head_ids[r.origin.name], len(r.expansion), *_recipe(r)] for r in rules],
        "actions": _share(rows),
        "jumps": _share(jumps),
    }


def _recipe(rule: Any) -> tuple[str, list[int]]:
    """What a reduction does with the values it pops: the function to call ("" passes one value on, "+" makes a list)
    and the values it gets: an index, KEEP_NONE for an optional part left out, SPLICE + index for a list to splice."""
    origin = rule.origin.name
    out: list[int] = []
    position = 0
    for empty in rule.options.empty_indices or [False] * len(rule.expansion):
        if empty:
            out.append(KEEP_NONE)
            continue
        symbol = rule.expansion[position]
        if symbol.is_term:
            if not symbol.filter_out:
                out.append(position)
        else:
            out.append(SPLICE + position if symbol.name.startswith("_") else position)
        position += 1
    if origin.startswith("_"):
        return "+", out
    if rule.options.expand1 and rule.alias is None:
        if len(out) != 1 or out[0] < 0 or out[0] >= SPLICE:
            raise ValueError(f"`{origin}` begins with `?` but does not have one child: {rule}")
        return "", out
    return rule.alias or origin, out


def _share(rows: list[list[int]]) -> dict[str, Any]:
    """Rows that occur more than once (in an LALR table most do) are written once."""
    distinct: dict[tuple[int, ...], int] = {}
    use = [distinct.setdefault(tuple(row), len(distinct)) for row in rows]
    return {"use": use, "rows": [list(row) for row in distinct]}


def render(table: dict[str, Any]) -> str:
    """As text, one row a line, so that a change of the grammar can be reviewed."""

    def lines(values: Iterable[Any]) -> str:
        return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in values) + "\n]"

    parts = []
    for key, value in table.items():
        match key:
            case "rules":
                text = lines(value)
            case "actions" | "jumps":
                text = (
                    '{"use":'
                    + json.dumps(value["use"], separators=(",", ":"))
                    + ',\n"rows":'
                    + lines(value["rows"])
                    + "}"
                )
            case _:
                text = json.dumps(value)
        parts.append(f'"{key}":{text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write grammar.json beside grammar.lark."""
    folder = Path(str(resources.files("verifier.language")))
    grammar = (folder / "grammar.lark").read_text(encoding="utf-8")
    (folder / "grammar.json").write_text(render(build(grammar)), encoding="utf-8")


if __name__ == "__main__":
    main()
