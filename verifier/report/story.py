"""The story of a violation: what failed, the run that shows it, the formula with its numbers, who gained and who lost,
and the same run as a scenario to paste and as a command to type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from verifier.report import deadline
from verifier.report.scenario import scenario_text
from verifier.report.steps import run_table
from verifier.report.text import (
    BLANK,
    Cell,
    Line,
    Look,
    Piece,
    Role,
    indented,
    line,
    plain_text,
    table,
    width,
    wrap,
)
from verifier.report.values import call_text
from verifier.report.words import outcome, steps
from verifier.session.run import Result, Run
from verifier.system import explain
from verifier.system.execute import Interpreter
from verifier.system.holdings import Gain, gains
from verifier.system.numbers import format_value, readable
from verifier.system.pretty import pretty
from verifier.system.trace import Counterexample, Step, Valuation
from verifier.system.transition import Enabled, Reachable, Responds, Rule, Scenario, StepProperty
from verifier.system.units import units_of
from verifier.system.values import with_enums


def story(result: Result, run: Run, look: Look) -> list[Line]:
    """Everything there is to tell about a property that did not come out as proved, passed or reached."""
    return [*_title(result, run, look), *story_body(result, run, look)]


def story_body(result: Result, run: Run, look: Look) -> Iterator[Line]:
    """The story without its head."""
    verdict = result.verdict
    found = verdict.counterexample
    if found is not None:
        interp = Interpreter(result.system)
        yield from indented(what_failed(result, interp), "  ", look.width, "strong")
        yield from _incident(result, run, look)
        yield BLANK
        yield from run_table(
            interp,
            found,
            look,
            "rule" if isinstance(result.prop, Rule) else "",
            deadline.counter_items(interp, result.prop, found),
        )
        yield from _formula(result, interp, found, look)
        if not isinstance(result.prop, Scenario):
            yield from _gains(interp, found, look)
            yield BLANK
            yield from indented("Paste this into the spec, and it is a regression test:", "  ", look.width, "faint")
            yield BLANK
            for text in scenario_text(interp, result.prop, found).splitlines():
                yield line("    ", Piece(text, "code"))
    elif result.ok is False and verdict.name == "violated":
        yield from indented(what_failed(result, Interpreter(result.system)), "  ", look.width, "strong")
    elif result.expected == "violated":
        sentence = "It was expected to be violated, and no run was found that breaks it."
        if verdict.name == "proved":
            sentence = (
                "It was expected to be violated, but it is proved. If the flaw is mended, drop `expect violated`."
            )
        yield from indented(sentence, "  ", look.width, "strong")
    else:
        yield from _open(result, look)
    if result.prop.heading.expect_violated or not isinstance(result.prop, Scenario):
        for note in verdict.notes:
            yield from indented(note, "  ", look.width)
    if verdict.witness is not None and found is None:
        yield BLANK
        yield from run_table(Interpreter(result.system), verdict.witness, look)
    yield BLANK
    yield line("  ", Piece("Again: ", "faint"), Piece(replay_command(result, run), "code"))


def _incident(result: Result, run: Run, look: Look) -> Iterator[Line]:
    incident = run.incident(result)
    if incident is not None:
        text = f"This resembles {incident.title}. {incident.what} (Source: {incident.source}.)"
        yield from indented(plain_text(text), "  ", look.width)


# ---------------------------------------------------------------------------------------------- head


def _title(result: Result, run: Run, look: Look) -> list[Line]:
    told = outcome(result, look.glyphs)
    role = told.role
    name = result.prop.heading.name
    rule = look.glyphs.rule
    remark = " as expected" if result.ok and result.expected == "violated" else ""
    head = f"{told.sign} {result.kind} {name}: {told.word}{remark} "
    parts = wrap(head, look.width - 4)
    out = [line(Piece(f"{rule}{rule} ", "faint"), Piece(part, role)) for part in parts]
    last = out[-1]
    missing = look.width - sum(width(p.text) for p in last) - 1
    out[-1] = (*last, Piece(" " + rule * max(0, missing), "faint"))
    source = run.sources.get(result.prop.heading.span.path)
    where = ""
    if source is not None:
        where = f"{source.path}:{source.position(result.prop.heading.span.start).line}"
    where = " ".join(p for p in (where, f"profile {result.profile}" if result.profile else "") if p)
    if where:
        out.append(line("  ", Piece(where, "place")))
    if result.prop.heading.doc:
        out.extend(indented(plain_text(" ".join(result.prop.heading.doc.split())), "  ", look.width))
    for text in _statement(result):
        out.extend(indented(text, "    ", look.width, "code"))
    out.append(BLANK)
    return out


def _statement(result: Result) -> Iterable[str]:
    """The property as written, where that is a formula."""
    match result.prop:
        case Rule() | Scenario():
            return ()
        case _:
            return (" ".join(plain_text(t) for t in result.prop.heading.text.split()),)


def what_failed(result: Result, interp: Interpreter) -> str:
    """One sentence: what happened, after which steps."""
    verdict = result.verdict
    found = verdict.counterexample
    if isinstance(result.prop, Scenario):
        return " ".join(verdict.notes) or "A line does not come out as written."
    if found is None:
        return "No run gets there, however long it is." if isinstance(result.prop, Reachable) else "It does not hold."
    trace = found.trace
    number = len(trace.steps)
    after = f"After {steps(number)}" if number else "In the initial state"
    scope = with_enums(interp.system, trace.scope)
    leaf = _false_leaf(result, interp, found)
    match result.prop:
        case StepProperty() if trace.steps:
            call = call_text(interp.system, trace.steps[-1], scope)
            return f"Step {number}, `{call}`, breaks it: {leaf}."
        case Rule(args=args):
            given = ", ".join(
                f"{a.name} = {format_value(found.witness[a.name], a.ty, a.unit, scope)}"
                for a in args
                if a.name in found.witness
            )
            with_ = f" with {given}" if given else ""
            last = found.program[-1] if found.program else None
            if leaf == "it is false" and last is not None:
                call = call_text(interp.system, last, scope)
                return f"{after}, the rule{with_} fails: `{call}` should revert, but runs."
            return f"{after}, the rule{with_} fails: {leaf}."
        case Responds() as prop if not found.undefined:
            return deadline.sentence(interp, prop, found)
        case Enabled() as prop:
            call = f"{prop.action}({_open_call(prop, found, interp)})"
            some = ", whatever is put for `_`" if None in prop.args else ""
            return f"{after}, `{call}` can't run{some}."
        case _:
            return f"{after}, {leaf}."


def _open_call(prop: Enabled, found: Counterexample, interp: Interpreter) -> str:
    scope = with_enums(interp.system, found.trace.scope)
    names = {v.name: format_value(found.witness[v.name], v.ty, "", scope) for v in prop.free if v.name in found.witness}
    units = units_of(interp.system)
    return ", ".join("_" if a is None else pretty(a, scope, names, units) for a in prop.args)


def _false_leaf(result: Result, interp: Interpreter, found: Counterexample) -> str:
    """The innermost false part with its numbers: "`850 USD <= 800 USD` is false"."""
    why = explain.explain_counterexample(interp, result.prop, found)
    if why is None:
        return "it is false"
    if found.undefined or why.kind == "undefined":
        return f"it has no value: {_deepest(why).text} {'' if why.kind == 'undefined' else 'is false'}".strip()
    leaf = _deepest(why)
    numbers = leaf.numbers[-1] if leaf.numbers else ""
    if leaf.holds:  # under a `not`: what is true there should be false
        return f"`{leaf.text}` holds" + (f": `{numbers}`" if numbers else "")
    return f"`{leaf.text}` is false" + (f": `{numbers}`" if numbers else "")


def _deepest(why: explain.Explanation) -> explain.Explanation:
    """The innermost claim that decides: a false one with numbers, if there is one."""
    leaves = [_deepest(part) for part in reversed(why.parts) if part.kind == "claim" and part.holds is not None]
    if not leaves:
        return why
    return max(leaves, key=lambda leaf: (not leaf.holds, bool(leaf.numbers)))


# ---------------------------------------------------------------------------------------------- why


def _formula(result: Result, interp: Interpreter, found: Counterexample, look: Look) -> Iterator[Line]:
    why = explain.explain_counterexample(interp, result.prop, found)
    if why is None:
        return
    yield BLANK
    yield line("  ", Piece("Why:", "faint"))
    rows = list(explain.lines(why))
    for row in rows:
        sign, role = {True: (look.glyphs.good, "faint"), False: (look.glyphs.bad, "bad"), None: (" ", "faint")}[
            row.holds
        ]
        indent = f"    {sign} {'  ' * row.depth}"
        first, *rest = wrap(plain_text(row.text), look.width - width(indent))
        marked: Piece = Piece(first, "bad" if role == "bad" else "faint")
        yield line(indent, marked)
        yield from (line(" " * (width(indent) + 2), Piece(part, marked.role)) for part in rest)


def _gains(interp: Interpreter, found: Counterexample, look: Look) -> Iterator[Line]:
    """Who has more and who has less at the end: of the rule's own steps where there are some, else of the whole run."""
    before, after = ends(found)
    if before is None or after is None:
        return
    rows = [g for g in gains(interp.system, found.trace.scope, before, after) if is_holding(g, interp)]
    if not rows:
        return
    cells = []
    last = ""
    for row in rows:
        sign = "+" if row.delta > 0 else ""
        name = f"{row.variable}[{', '.join(row.other)}]" if row.other else row.variable
        who = row.who if row.who != last else ""
        last = row.who
        role: Role = "good" if row.delta > 0 else "bad"
        cells.append((Cell(who, "strong"), Cell(name), Cell(f"{sign}{readable(row.delta)}", role), Cell(row.unit)))
    yield BLANK
    over = " (over the rule's own steps)" if found.program else ""
    yield from indented(f"Who has more, who has less{over}:", "  ", look.width, "faint")
    sizes = tuple(max(width(c[i].text) for c in cells) for i in range(4))
    room = max(16, look.width - 10 - sizes[0] - sizes[2] - sizes[3])
    yield from (
        line("  ", *one) for one in table(cells, (sizes[0], min(sizes[1], room), sizes[2], sizes[3]), frozenset((2,)))
    )


def is_holding(gain: Gain, interp: Interpreter) -> bool:
    """Whether a row is about an amount of something: prices and rates are nobody's, nor are numbers without a unit in
    a model that has units."""
    if not gain.unit:
        return bool(gain.sort) or not any(s.unit for s in interp.system.states)
    return "/" not in gain.unit


def ends(found: Counterexample) -> tuple[Valuation | None, Valuation | None]:
    """The states between which somebody gained: those around a rule's own steps, else those around the whole run."""
    program: Sequence[Step] = found.program
    if any(step.branch for step in program):
        return None, None  # two runs: the check says how they differ
    if program:
        return found.trace.end, program[-1].after
    return found.trace.start, found.trace.end


# ---------------------------------------------------------------------------------------------- not decided


def _open(result: Result, look: Look) -> Iterator[Line]:
    verdict = result.verdict
    match verdict.name:
        case "bounded":
            depth = f" of up to {steps(verdict.depth)}" if verdict.depth is not None else ""
            found = "gets there" if isinstance(result.prop, Reachable) else "breaks it"
            yield from indented(
                f"No run{depth} {found}. That is no proof: longer runs were not tried.", "  ", look.width, "strong"
            )
        case "unknown":
            yield from indented("Neither a proof nor a run that breaks it was found.", "  ", look.width, "strong")
        case "vacuous":
            yield from indented("It is true only because nothing can happen.", "  ", look.width, "strong")
        case _:
            pass
    stuck = verdict.stuck
    if stuck is not None:
        yield BLANK
        where = f"the step `{stuck.action}`" if stuck.action is not None else "this"
        feared = f" {plain_text(stuck.claim)}" if stuck.claim else ""
        yield from indented(f"What could not be excluded is {where}: {stuck.reason}.{feared}", "  ", look.width)
        if stuck.before or stuck.after:
            yield from indented(
                "From this state, which is perhaps unreachable, it seems to break:", "  ", look.width, "warn"
            )
            yield from _stuck_table(stuck.before, stuck.after, look)
    if verdict.advice:
        yield BLANK
    for text in (*verdict.advice, *advice_of(result)):
        yield from indented(plain_text(text), "  ", look.width)


def _stuck_table(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], look: Look) -> Iterator[Line]:
    earlier, later = dict(before), dict(after)
    names = list(dict.fromkeys((*earlier, *later)))
    rows = [[Cell(""), Cell("before", "faint"), Cell("after", "faint")]]
    for name in names:
        old, new = earlier.get(name, ""), later.get(name, "")
        changed = new not in ("", old)
        rows.append(
            [Cell(name), Cell(old), Cell(new if changed else look.glyphs.same, "strong" if changed else "faint")]
        )
    sizes = [max(width(r[i].text) for r in rows) for i in range(3)]
    room = max(24, (look.width - 10) // 3)
    yield from (line("  ", *one) for one in table(rows, [min(s, room) for s in sizes]))


def advice_of(result: Result) -> Iterator[str]:
    """What to try where a property is true of nothing."""
    verdict = result.verdict
    if verdict.name == "vacuous":
        yield (
            "Look for assumptions that contradict each other, a `rely` that forbids everything, or a `require` that is "
            "never met; a `reachable` property guards against it."
        )


# ---------------------------------------------------------------------------------------------- again


def replay_command(result: Result, run: Run) -> str:
    """What to type to see this result again."""
    target = run.targets.get(result.system.path, result.system.path)
    name = result.prop.heading.name
    if (result.system.path, name) in run.ambiguous:
        name = f"{result.system.spec}.{name}"
    command = f"verify-spec check {quote(target)} --property {quote(name)}"
    return f"{command} --profile {quote(result.profile)}" if result.profile else command
