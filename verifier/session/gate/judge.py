"""What a run is held against: the demands, the baseline and the acceptances. No files, no clock, no solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import assert_never, final

from verifier.engines.verdict import Level
from verifier.language.diagnostics import Diagnostic
from verifier.language.frozen import dataclass
from verifier.language.source import Source, Span
from verifier.session.gate import places
from verifier.session.gate.baseline import (
    SUCCESSES,
    Baseline,
    Entry,
    Outcome,
    assumptions_of,
    digests_of,
    level_of,
    outcome_of,
    rank,
)
from verifier.session.gate.config import Acceptance, Demand, GateConfig, Leeway
from verifier.session.gate.finding import ACCEPTABLE, GateFinding, GateRule
from verifier.session.run import Result, Run
from verifier.session.suggestion import nearest
from verifier.system.transition import Property, System


@final
@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation that the run had to settle."""

    id: str
    prop: Property


@final
@dataclass(frozen=True, slots=True)
class Case:
    """All that is judged: the run, the systems whose specs were asked for, the obligations that it owed, and the files
    that hold no promise, by the name that is shown. `baseline` is None where there is none yet; `profiles` are those
    that were looked at."""

    run: Run
    systems: tuple[System, ...]
    owed: tuple[Owed, ...]
    empty: tuple[str, ...]
    config: GateConfig
    baseline: Baseline | None
    baseline_source: Source | None
    seconds: int | None = None


def judged(case: Case, today: date) -> tuple[GateFinding, ...]:
    """Everything that keeps the gate shut, or would if it were not accepted."""
    found = [*_outcomes(case), *_unmet(case), *_skipped(case), *_empty(case), *_against_baseline(case)]
    return tuple(_accepted(found, case, today))


def unmatched(config: GateConfig, owed: Sequence[Owed]) -> Iterator[Diagnostic]:
    """Demands that are about nothing."""
    for demand in config.demands:
        if not any(_concerns(demand, one.id) for one in owed):
            pattern = demand.pattern
            suggestion = nearest(pattern.glob, [one.id for one in owed])
            values = {"glob": pattern.glob, "what": "property", "suggestion": suggestion}
            yield Diagnostic("VS0555", pattern.span, values)


# ---------------------------------------------------------------------------------------------- what came out


def _outcomes(case: Case) -> Iterator[GateFinding]:
    before = case.baseline.obligations if case.baseline is not None else {}
    broken = _broken(case)
    for result in case.run.results:
        outcome = outcome_of(result)
        known = before.get(result.id)
        level, allow = _demanded(case.config.demands, result.id)
        said = _said(result, outcome)
        if (f"{result.system.path}:{result.system.spec}", result.profile) in broken:
            said = f"With the numbers of this profile, and without the assumption that they break: {said}"
        yield from _outcome(result, outcome, allow, known, said)
        yield from _level(result, level, known)


def _demanded(demands: Sequence[Demand], id_: str) -> tuple[Level, tuple[Leeway, ...]]:
    """What all demands about an obligation say together: a later one takes the place of an earlier one."""
    level: Level = "L0"
    allow: tuple[Leeway, ...] = ()
    for demand in demands:
        if _concerns(demand, id_):
            level = demand.level if demand.level is not None else level
            allow = demand.allow if demand.allow is not None else allow
    return level, allow


def _concerns(demand: Demand, id_: str) -> bool:
    """Whether a glob names an obligation: by its whole id, or as `--property` does by `SPEC.NAME` or NAME."""
    plain = id_.partition("@")[0]
    full = plain.rpartition(":")[2]
    return any(fnmatchcase(text, demand.pattern.glob) for text in (id_, plain, full, full.rpartition(".")[2]))


def _outcome(
    result: Result, outcome: Outcome, allow: tuple[Leeway, ...], known: Entry | None, said: str
) -> Iterator[GateFinding]:
    rule = _rule(outcome)
    if rule is not None and outcome not in allow:
        yield _about(result, rule, said)
        if known is not None and 0 < rank(known.outcome) < rank(outcome):
            yield _about(result, "worse", f"In the baseline it is {known.outcome}; now it is {outcome}.")
    elif known is not None and known.outcome in SUCCESSES and (rule is not None or _turned(known.outcome, outcome)):
        now = "demanded to be violated" if outcome == "violated as expected" else outcome
        yield _about(result, "weaker", f"In the baseline it is {known.words}; now it is {now}.")


def _turned(before: Outcome, now: Outcome) -> bool:
    """A promise of which the spec now says that it is broken."""
    return before != "violated as expected" and now == "violated as expected"


def _rule(outcome: Outcome) -> GateRule | None:
    match outcome:
        case "proved" | "reached" | "passed" | "violated as expected":
            return None
        case "not violated":
            return "not-violated"
        case "violated" | "bounded" | "unknown" | "vacuous":
            return outcome
        case _:
            assert_never(outcome)


def _said(result: Result, outcome: Outcome) -> str:
    found = result.verdict.counterexample
    match outcome:
        case "violated" if result.expected == "passed" and result.verdict.notes:
            return result.verdict.notes[0]
        case "violated" if found is not None and found.trace.steps:
            number = len(found.trace.steps)
            return f"A run of {number} step{'' if number == 1 else 's'} breaks it."
        case "violated" if result.expected == "reached":
            return "It is proved that no run gets there."
        case "violated":
            return "It is violated."
        case "not violated":
            return f"It was to be violated (`expect violated`), and it is {result.verdict.name}."
        case "bounded" if result.expected == "reached":
            return "No run was found that gets there, and it is not proved that none does."
        case "bounded" if result.verdict.depth is not None:
            return f"No run of up to {result.verdict.depth} steps breaks it, and it is not proved for longer ones."
        case "bounded":
            return "It holds as far as was searched, and is not proved beyond."
        case "vacuous":
            return "It is true because nothing ever happens that it speaks of."
        case _:
            return "It is neither proved nor violated."


def _level(result: Result, level: Level, known: Entry | None) -> Iterator[GateFinding]:
    now = level_of(result)
    if now is None:
        return
    fell = known is not None and known.level is not None and now < known.level
    was = f" In the baseline it is {known.level}." if known is not None and fell else ""
    helps = (
        " `verify-spec prove` writes certificates." if "L3" in (level, known.level if known is not None else "") else ""
    )
    if now < level:
        yield _about(result, "level-too-low", f"It is proved on level {now}, and {level} is demanded.{was}{helps}")
    elif fell:
        yield _about(result, "level-fell", f"It is proved on level {now}.{was}{helps}")


def _about(result: Result, rule: GateRule, message: str) -> GateFinding:
    return GateFinding(rule, result.id, message, place=result.prop.heading.span)


def _broken(case: Case) -> frozenset[tuple[str, str]]:
    """The specs (`lending/pool:LendingSolvency`) with the profiles whose numbers break one of their assumptions."""
    return frozenset((f"{_path(case, f)}:{f.values['spec']}", f.values["profile"]) for f in case.run.unmet)


def _path(case: Case, found: Diagnostic) -> str:
    """The short name of the specs that a file of profiles stands beside."""
    file = found.span.path.removesuffix(".toml") if found.span is not None else ""
    mine = [s.path for s in case.systems if f"/{file}".endswith(f"/{s.path}")]
    return max(mine, key=len, default=file)


def _unmet(case: Case) -> Iterator[GateFinding]:
    """Profiles whose numbers break an assumption."""
    for found in case.run.unmet:
        values = found.values
        id_ = f"{_path(case, found)}:{values['spec']}.{values['assumption']}@{values['profile']}"
        numbers = f": {values['numbers']} is false" if values.get("numbers") else ""
        message = f"The profile's numbers break what `{values['spec']}` assumes{numbers}."
        yield GateFinding("unmet-assumption", id_, message, place=found.span)


def _skipped(case: Case) -> Iterator[GateFinding]:
    settled = {r.id for r in case.run.results}
    why = f"It was not settled in the {case.seconds} s of the budget." if case.seconds else "It was not settled."
    for one in case.owed:
        if one.id not in settled:
            yield GateFinding("skipped", one.id, why, place=one.prop.heading.span)


def _empty(case: Case) -> Iterator[GateFinding]:
    for name in case.empty:
        yield GateFinding("nothing-promised", name, "The file was named, and there is no property in it.")
    if not case.owed and not case.empty:
        yield GateFinding("nothing-promised", case.config.source.path, "There is nothing to settle.")


# ---------------------------------------------------------------------------------------------- the baseline


def _against_baseline(case: Case) -> Iterator[GateFinding]:
    baseline = case.baseline
    if baseline is None:
        message = "There is no baseline yet. Write it with `verify-spec gate --update-baseline`, and commit it."
        place = places.table(case.config.source, case.config.table)
        yield GateFinding("no-baseline", case.config.baseline, message, place=place if place.end else None)
        return
    yield from _missing(case, baseline)
    yield from _changed(case, baseline)
    yield from _assumptions(case, baseline)


def _missing(case: Case, baseline: Baseline) -> Iterator[GateFinding]:
    there = {one.id for one in case.owed}
    broken = _broken(case)
    for id_, entry in sorted(baseline.obligations.items()):
        plain, _, profile = id_.partition("@")
        path, _, name = plain.rpartition(":")
        if plain in there and (f"{path}:{name.partition('.')[0]}", profile) in broken:
            continue  # its assumption is not met, which is told
        if id_ not in there:
            message = f"The baseline has it ({entry.words}), and it is no longer there."
            yield GateFinding("missing", id_, message, place=_row(case, id_))
    for name in baseline.profiles:
        if name not in case.run.profiles:
            message = "The baseline has this profile, and its numbers were not held against any assumption."
            yield GateFinding("missing", name, message, place=_row(case, name))


def _changed(case: Case, baseline: Baseline) -> Iterator[GateFinding]:
    digests: dict[tuple[str, str], Mapping[str, str]] = {}
    for result in case.run.results:
        key = (result.system.path, result.system.spec)
        known = baseline.obligations.get(result.id)
        if key not in digests:
            digests[key] = digests_of(result.system)
        if known is not None and (known.kind, known.says) != (result.kind, digests[key][result.prop.heading.name]):
            was = f"It is a `{result.kind}` now, and a `{known.kind}` in the baseline"
            what = "What it says is not what it said" if known.kind == result.kind else was
            yield _about(
                result, "changed", f"{what} when the baseline was written." if known.kind == result.kind else f"{was}."
            )


def _assumptions(case: Case, baseline: Baseline) -> Iterator[GateFinding]:
    told: set[str] = set()
    for system in case.systems:
        for id_, now, span in assumptions_of(system):
            before = baseline.assumptions.get(id_)
            if before == now or id_ in told:
                continue
            told.add(id_)
            if before is None:
                message = f"The baseline does not have it: `{now.words}`."
            elif before.words != now.words:
                message = f"In the baseline it is `{before.words}`; now it is `{now.words}`."
            else:
                message = f"A definition that it uses says something else than before: `{now.words}`."
            yield GateFinding("new-assumption", id_, message, place=span)


def _row(case: Case, id_: str) -> Span | None:
    """The line of the baseline that is about something."""
    source = case.baseline_source
    at = source.text.find(f'"{id_}"') if source is not None else -1
    return Span(source.path, at, at + len(id_) + 2) if source is not None and at >= 0 else None


# ---------------------------------------------------------------------------------------------- acceptances


def _accepted(found: Sequence[GateFinding], case: Case, today: date) -> Iterator[GateFinding]:
    """The findings with those that are accepted marked, then the acceptances that are of no use."""
    current = [a for a in case.config.acceptances if today <= a.expires]
    for finding in found:
        mine = next((a for a in current if _covers(a, finding)), None)
        if mine is None:
            yield finding
        else:
            yield replace(finding, accepted=True, reason=mine.reason, expires=mine.expires)
    known = _names(case, found)
    for acceptance in case.config.acceptances:
        problem = _useless(acceptance, found, known, today)
        if problem is not None:
            rule, message = problem
            yield GateFinding(
                rule,
                acceptance.id,
                message,
                reason=acceptance.reason,
                expires=acceptance.expires,
                place=acceptance.span,
            )


def _covers(acceptance: Acceptance, finding: GateFinding) -> bool:
    """Whether an acceptance is about a finding. That something accepted became worse has to be accepted by name."""
    if acceptance.id != finding.id or finding.rule not in ACCEPTABLE:
        return False
    return finding.rule != "worse" if acceptance.rule is None else finding.rule == acceptance.rule


def _names(case: Case, found: Sequence[GateFinding]) -> frozenset[str]:
    """Everything that could be accepted."""
    baseline = case.baseline
    names = {one.id for one in case.owed} | {f.id for f in found} | set(case.run.profiles)
    names |= {id_ for system in case.systems for id_, _, _ in assumptions_of(system)}
    return frozenset(names | set(baseline.obligations if baseline is not None else ()))


def _useless(
    acceptance: Acceptance, found: Sequence[GateFinding], known: frozenset[str], today: date
) -> tuple[GateRule, str] | None:
    if acceptance.id not in known:
        message = f"An acceptance names it, and there is nothing of this name. {nearest(acceptance.id, known)}"
        return "acceptance-unknown", message.rstrip()
    if not any(_covers(acceptance, f) for f in found):
        rule = f" by the rule `{acceptance.rule}`" if acceptance.rule is not None else ""
        return "acceptance-unneeded", f"It is accepted, and it does not fail{rule}. Remove the acceptance."
    if today > acceptance.expires:
        return "acceptance-expired", f"It was accepted until {acceptance.expires.isoformat()}."
    return None
