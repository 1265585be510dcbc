"""The story of one property: what happened, in money, step by step, with the lines that did it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.report import deadline
from verifier.report.html.balance import balance, sentences
from verifier.report.html.charts import charts
from verifier.report.html.excerpts import action_excerpts, place, property_excerpt
from verifier.report.html.sides import Sides, sides
from verifier.report.html.states import Stage, stages, step_views
from verifier.report.html.views import Excerpt, IncidentView, Outcome, StateRow, Story, StuckView, WhyLine
from verifier.report.scenario import scenario_text
from verifier.report.story import advice_of, replay_command, what_failed
from verifier.report.text import UNICODE
from verifier.report.values import items
from verifier.report.words import how, outcome, remark, steps
from verifier.session.run import Result, Run
from verifier.system import explain
from verifier.system.execute import Interpreter
from verifier.system.trace import Counterexample, Trace
from verifier.system.transition import Reachable, Rule, Scenario, System
from verifier.system.values import with_enums

_MOST_WHY = 40
"""Lines of the formula with its numbers."""


def outcome_of(result: Result) -> Outcome:
    """The verdict as it is shown."""
    told = outcome(result, UNICODE)
    match told.role:
        case "good" | "bad" | "warn" as tone:
            return Outcome(tone, told.word, remark(result))
        case _:
            return Outcome("plain", told.word, remark(result))


def story(result: Result, run: Run, anchor: str, *, opened: bool) -> Story:
    """Everything that the page tells about a property that is not simply proved or passed."""
    found = result.verdict.counterexample
    interp = Interpreter(result.system)
    plain = _plain(result, run, interp, anchor, opened=opened)
    if found is not None:
        return _violation(plain, result, run, interp, found)
    if result.verdict.witness is not None:
        return _witness(plain, result, run, interp, result.verdict.witness)
    return plain


def _plain(result: Result, run: Run, interp: Interpreter, anchor: str, *, opened: bool) -> Story:
    prop, verdict = result.prop, result.verdict
    statement = "" if isinstance(prop, Rule | Scenario) else " ".join(prop.heading.text.split())
    excerpt = property_excerpt(prop, verdict.counterexample, run.sources)
    return Story(
        anchor=anchor,
        outcome=outcome_of(result),
        kind=result.kind,
        name=prop.heading.name,
        spec=result.system.spec,
        place=place(prop.heading.span, run.sources),
        profile=result.profile,
        how=how(verdict),
        doc=" ".join(prop.heading.doc.split()),
        statement=statement,
        command=replay_command(result, run),
        headline=_headline(result, interp),
        notes=() if isinstance(prop, Scenario) and not prop.heading.expect_violated else verdict.notes,
        advice=(*verdict.advice, *advice_of(result)) if not result.ok and verdict.counterexample is None else (),
        excerpts=(excerpt,) if excerpt is not None else (),
        incident=_incident(result, run),
        stuck=_stuck(result),
        opened=opened,
    )


def _headline(result: Result, interp: Interpreter) -> str:
    """One sentence that says what came out."""
    verdict = result.verdict
    match verdict.name:
        case "violated":
            return what_failed(result, interp)
        case "proved" if result.expected == "violated":
            return "It was expected to be violated, but it is proved. If the flaw is mended, drop `expect violated`."
        case "proved" if isinstance(result.prop, Reachable) and verdict.witness is not None:
            number = len(verdict.witness.steps)
            return f"A run of {steps(number)} gets there." if number else "It is so in the initial state."
        case "proved":
            return "It holds."
        case "bounded":
            depth = f" of up to {steps(verdict.depth)}" if verdict.depth is not None else ""
            does = "gets there" if isinstance(result.prop, Reachable) else "breaks it"
            return f"No run{depth} {does}. That is no proof: longer runs were not tried."
        case "unknown":
            return "Neither a proof nor a run that breaks it was found."
        case "vacuous":
            return "It is true only because nothing can happen."


def _incident(result: Result, run: Run) -> IncidentView | None:
    found = run.incident(result)
    if found is None:
        return None
    link = found.source if found.source.startswith(("https://", "http://")) and " " not in found.source else ""
    return IncidentView(found.title, found.what, found.source, link)


def _stuck(result: Result) -> StuckView | None:
    stuck = result.verdict.stuck
    if stuck is None:
        return None
    where = f"the step `{stuck.action}`" if stuck.action is not None else "this"
    feared = f" {stuck.claim}" if stuck.claim else ""
    earlier, later = dict(stuck.before), dict(stuck.after)
    rows = tuple(
        StateRow(
            name, "", earlier.get(name, ""), later.get(name, ""), later.get(name, "") not in ("", earlier.get(name))
        )
        for name in dict.fromkeys((*earlier, *later))
    )
    return StuckView(f"What could not be excluded is {where}: {stuck.reason}.{feared}", rows)


# ---------------------------------------------------------------------------------------------- runs


def _violation(plain: Story, result: Result, run: Run, interp: Interpreter, found: Counterexample) -> Story:
    told = stages(
        interp,
        found,
        "the rule" if isinstance(result.prop, Rule) else "",
        deadline.counter_items(interp, result.prop, found),
    )
    compared = sides(interp, result.prop, found, told)
    sheet = balance(interp, found, result.kind)
    money = [compared.sentence] if compared is not None and _is_money(compared) else []
    return replace(
        plain,
        money=tuple(s for s in (*money, *(sentences(sheet) if sheet is not None else ())) if s),
        cast=tuple(_cast(interp.system, found.trace)),
        steps=step_views(told),
        excerpts=(*plain.excerpts, *_actions(interp, found.trace, told, run)),
        charts=charts(interp, told, compared),
        balance=sheet,
        why=tuple(_why(result, interp, found)),
        scenario="" if isinstance(result.prop, Scenario) else scenario_text(interp, result.prop, found),
    )


def _witness(plain: Story, result: Result, run: Run, interp: Interpreter, trace: Trace) -> Story:
    told = stages(interp, trace)
    return replace(
        plain,
        cast=tuple(_cast(interp.system, trace)),
        steps=step_views(told),
        excerpts=(*plain.excerpts, *_actions(interp, trace, told, run)),
        scenario=scenario_text(interp, result.prop, Counterexample(trace, {})),
    )


def _is_money(compared: Sides) -> bool:
    """Whether the two sides are amounts, rather than products that nobody can picture."""
    return "/" not in compared.unit and "^" not in compared.unit and "*" not in compared.unit


def _actions(interp: Interpreter, trace: Trace, told: Sequence[Stage], run: Run) -> Iterator[Excerpt]:
    taken = [stage for stage in told if stage.step is not None]
    ran = [stage.step for stage in taken if stage.step is not None]
    yield from action_excerpts(interp, trace, ran, [stage.number for stage in taken], run.sources)


def _cast(system: System, trace: Trace) -> Iterator[str]:
    """Who takes part, and the parameters."""
    scope = with_enums(system, trace.scope)
    for sort in system.sorts:
        if not sort.members and sort.name in scope.names:
            yield f"{sort.name}: {', '.join(scope.names[sort.name])}"
    yield from (f"{i.name} = {i.full}" for i in items(system.params, trace.params, scope))


def _why(result: Result, interp: Interpreter, found: Counterexample) -> Iterator[WhyLine]:
    why = explain.explain_counterexample(interp, result.prop, found)
    if why is None:
        return
    for number, row in enumerate(explain.lines(why)):
        if number == _MOST_WHY:
            yield WhyLine(0, "…", None)
            return
        yield WhyLine(min(row.depth, 6), row.text, row.holds)
