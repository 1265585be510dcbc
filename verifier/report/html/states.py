"""The states of a run, step by step, as tables of what is there before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from verifier.language.frozen import dataclass
from verifier.report.html.views import StateRow, StepView
from verifier.report.values import Item, call_text, state_items
from verifier.system.execute import Interpreter
from verifier.system.scenarios import because
from verifier.system.trace import Counterexample, Step, Trace, Valuation

_MOST_ROWS = 60
"""Values of a state beyond which only those are shown that change."""
_MOST_FULL_STEPS = 40
"""Steps of a run beyond which only what changes is shown."""
_MOST_CHANGES = 4
"""Changes that the line of a step names."""


@final
@dataclass(frozen=True, slots=True)
class Stage:
    """A state of a run and what led to it. `after_begin` tells that it comes after the beginning of a rule's program;
    `number` is 0 for a state that no step led to."""

    number: int
    label: str
    remark: str
    state: Valuation
    values: dict[str, Item]
    step: Step | None = None
    after_begin: bool = False


def stages(
    interp: Interpreter, found: Counterexample | Trace, program_is: str = "", more: Sequence[Item] = ()
) -> tuple[Stage, ...]:
    """All states of a run. `more` is a further value for the first state and each step."""
    trace = found.trace if isinstance(found, Counterexample) else found
    program = found.program if isinstance(found, Counterexample) else ()

    def values(state: Valuation) -> dict[str, Item]:
        return {i.name: i for i in state_items(interp, trace.scope, trace.params, state)}

    out = [Stage(0, "start", "", trace.start, values(trace.start), None, not trace.steps and bool(program))]
    branch = ""
    for number, step in enumerate((*trace.steps, *program), 1):
        inside = number > len(trace.steps)
        if step.branch and step.branch != branch:  # the second block of a `compare` starts where the first one did
            out.append(Stage(0, f"{step.branch} run", "", step.before, values(step.before), None, inside))
        branch = step.branch
        remarks = [f"{step.branch} run" if step.branch else program_is if inside else ""]
        if step.reverted is not None:
            remarks.append(f"reverts: {because(step.reverted)}")
        label = call_text(interp.system, step, trace.scope)
        remark = ", ".join(r for r in remarks if r)
        # The last state before a rule's program is where the program begins.
        begins = bool(program) and number == len(trace.steps)
        out.append(Stage(number, label, remark, step.after, values(step.after), step, inside or begins))
    for stage, item in zip(out, more, strict=False):
        stage.values[item.name] = item
    return tuple(out)


def step_views(told: Sequence[Stage]) -> tuple[StepView, ...]:
    """Each state with what is different in it."""
    names = _telling(told)
    full = len(told) <= _MOST_FULL_STEPS and len(names) <= _MOST_ROWS
    out: list[StepView] = []
    for index, stage in enumerate(told):
        before = told[index - 1].values if index and stage.step is not None else None
        rows = tuple(_rows(names, before, stage.values))
        changed = tuple(r for r in rows if r.changed)
        shown = rows if full or before is None else changed
        out.append(
            StepView(
                index, str(stage.number) if stage.step is not None else "start" if not index else "",
                stage.label, stage.remark, _change(changed) if stage.step is not None else (), shown[: 4 * _MOST_ROWS],
                index == len(told) - 1,
            )
        )  # fmt: skip
    return tuple(out)


def _telling(told: Sequence[Stage]) -> tuple[str, ...]:
    """The values that change in the run, or are something other than zero at its start."""
    names = dict.fromkeys(name for stage in told for name in stage.values)
    out: list[str] = []
    for name in names:
        seen = [stage.values[name].raw for stage in told if name in stage.values]
        first = told[0].values.get(name)
        changes = len(seen) != len(told) or any(value != seen[0] for value in seen)
        if changes or (first is not None and first.raw):
            out.append(name)
    return tuple(out)


def _rows(names: Sequence[str], before: dict[str, Item] | None, after: dict[str, Item]) -> list[StateRow]:
    out: list[StateRow] = []
    for name in names:
        old, new = before.get(name) if before is not None else None, after.get(name)
        known = new or old
        if known is None:
            continue
        changed = before is not None and (old.raw if old is not None else None) != (
            new.raw if new is not None else None
        )
        out.append(
            StateRow(name, known.unit, _text(old) if before is not None else "", _text(new), changed, known.is_derived)
        )
    return out


def _text(item: Item | None) -> str:
    return item.text if item is not None else "no value"


def _change(changed: Sequence[StateRow]) -> tuple[str, ...]:
    """What changed, in one line: state variables first."""
    ordered = sorted(changed, key=lambda row: row.derived)
    said = tuple(f"{row.name} {row.before} → {row.after}" for row in ordered[:_MOST_CHANGES])
    more = len(ordered) - _MOST_CHANGES
    return (*said, f"{more} more") if more > 0 else said
