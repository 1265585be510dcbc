"""The outcomes as a table for the terminal, and as the page `docs/obligations.md`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from benchmarks.obligations.suite import Entry, Outcome, Refutation

PAGE = Path(__file__).resolve().parents[2] / "docs" / "obligations.md"

_HEADS = ("obligation", "kind", "verdict", "rung", "method", "level", "certificates", "queries", "rlimit", "twin")
_INTRO = """\
# The measured suite

`benchmarks/obligations/` holds {files} small models with {total} obligations, in {sections} sections of what people
publish and prove of DeFi protocols. Each obligation is a property that should be *proved*, for any number of accounts
and, unless the file gives a number, for all parameters. Beside each file stands a *twin*: the same text with one
realistic mistake, which should be *violated*, by a run that the exact interpreter has replayed. The tool gets no
lemmas, but where a file says so.

```sh
python -m benchmarks.obligations                  # the table; status 1 if anything is undecided or differs
python -m benchmarks.obligations rounding amm     # some sections, or files such as rounding/mint_redeem
python -m benchmarks.obligations --seeds 0-9      # the same verdicts whatever the solver's random seed is
python -m benchmarks.obligations --levels         # looks for certificates too: what is proved, and how far up
python -m benchmarks.obligations --levels --write # writes this page
```

Queries and rlimit (the solver's own unit of work) do not depend on the machine; several million a second is usual.
Invariants are proved together, and what that cost is shared out evenly. Under *twin* stands the number of steps of the
run that breaks it, the rule's own calls among them; nothing where the mistake breaks other properties of the file.
"""


def terminal(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """The lines of the table, section by section, with the totals."""
    wide = max((len(_label(o)) for o in outcomes), default=0)
    rung = max((len(o.rung) for o in outcomes), default=0)
    how = max((len(o.method) for o in outcomes), default=0)
    for section, group in groupby(outcomes, lambda o: o.entry.section):
        yield section
        for o in group:
            mark = "✔" if o.ok else "✘"
            cost = f"{o.queries:5} {o.rlimit:10,} {o.seconds:7.2f} s"
            found = f"{o.verdict:<8}  {o.rung:<{rung}}  {o.method:<{how}}  {o.level:<2} {o.certificates or '':>3}"
            yield f"  {mark} {_label(o):<{wide}}  {o.kind:<9}  {found}  {cost}  {_twin(o.twin)}".rstrip()
        yield ""
    yield from _totals(outcomes)


def differences(by_seed: Mapping[int, Sequence[Outcome]]) -> Iterable[str]:
    """One line for each obligation whose verdict, or whose twin's, is not the same for every seed."""
    seeds = sorted(by_seed)
    for row in zip(*(by_seed[s] for s in seeds), strict=True):
        if len({o.said for o in row}) > 1:
            said = ", ".join(f"{seed}: {'/'.join(filter(None, o.said))}" for seed, o in zip(seeds, row, strict=True))
            yield f"{row[0].entry.section}/{_label(row[0])} differs by seed: {said}"


def page(outcomes: Sequence[Outcome]) -> str:
    """The page with the table of every section and the mistake of every twin."""
    entries = tuple(dict.fromkeys(o.entry for o in outcomes))
    sections = len({e.section for e in entries})
    parts = [_INTRO.format(files=len(entries), total=len(outcomes), sections=sections), "## Totals", ""]
    parts += [f"- {line}" for line in _totals(outcomes)]
    for section, group in groupby(outcomes, lambda o: o.entry.section):
        rows = tuple(group)
        parts += ["", f"## {_title(section)}", "", "| " + " | ".join(_HEADS) + " |"]
        parts += ["| --- | --- | --- | --- | --- | --- | ---: | ---: | ---: | --- |", *(_row(o) for o in rows), ""]
        parts += [line for e in dict.fromkeys(o.entry for o in rows) for line in _mistake(e)]
    return "\n".join(parts) + "\n"


def _totals(outcomes: Sequence[Outcome]) -> Iterable[str]:
    twins = [o.twin for o in outcomes if o.twin is not None]
    proved = sum(o.verdict == "proved" for o in outcomes)
    refuted = sum(t.ok for t in twins)
    yield f"{proved} of {len(outcomes)} obligations proved, {refuted} of {len(twins)} false twins refuted."
    queries, rlimit = sum(o.queries for o in outcomes), sum(o.rlimit for o in outcomes)
    yield f"{queries:,} queries, rlimit {rlimit:,} for the obligations."
    if certified := sum(o.level == "L3" for o in outcomes):
        tenths = Fraction(1000 * certified, proved).__floor__()
        share = f"{tenths // 10}.{tenths % 10} %"
        yield f"{certified} of {proved} proofs at level L3 ({share}): the kernel has accepted all their certificates."
        for o in outcomes:
            if o.lost:
                yield f"not at L3: {o.entry.section}/{_label(o)} ({o.lost})."
    for verdict in ("violated", "vacuous", "bounded", "unknown"):
        names = [f"{o.entry.section}/{_label(o)}" for o in outcomes if o.verdict == verdict]
        if names:
            yield f"{verdict}: {', '.join(names)}."
    missed = [o for o in outcomes if o.twin is not None and not o.twin.ok]
    if missed:
        names = [f"{o.entry.section}/{_label(o)}" for o in missed]
        yield f"false twins that are not refuted: {', '.join(names)}."


def _label(outcome: Outcome) -> str:
    return f"{outcome.entry.name}.{outcome.name}"


def _twin(twin: Refutation | None) -> str:
    if twin is None:
        return ""
    if not twin.ok:
        return f"twin {twin.verdict}"
    return f"twin violated, {twin.steps} step{'s' if twin.steps != 1 else ''}"


def _row(o: Outcome) -> str:
    twin = "" if o.twin is None else str(o.twin.steps) if o.twin.ok else f"**{o.twin.verdict}**"
    verdict = o.verdict if o.verdict == "proved" else f"**{o.verdict}**"
    certificates = str(o.certificates) if o.certificates else ""
    cells = (
        f"`{_label(o)}`",
        o.kind,
        verdict,
        o.rung,
        o.method,
        o.level,
        certificates,
        f"{o.queries:,}",
        f"{o.rlimit:,}",
        twin,
    )
    return f"| {' | '.join(cells)} |"


def _mistake(entry: Entry) -> Iterable[str]:
    mistake = entry.mistake()[0]
    return textwrap.wrap(f"- `{entry.name}`: {mistake}", 125, subsequent_indent="  ", break_on_hyphens=False)


def _title(section: str) -> str:
    return section.replace("_", " ").capitalize()
