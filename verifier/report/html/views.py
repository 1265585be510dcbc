"""What the templates are given: plain values and text, everything decided, nothing marked up."""

from __future__ import annotations

from typing import Literal, final

from verifier.language.frozen import dataclass

Tone = Literal["good", "bad", "warn", "plain"]
"""How something is coloured; its sign and its word say the same."""


@final
@dataclass(frozen=True, slots=True)
class Tile:
    """A number at the head of the page. `note` says more in a few words."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"
    target: str = ""


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict as it is shown: its tone, its word, and what was demanded where that was not a proof."""

    tone: Tone
    word: str
    remark: str = ""


@final
@dataclass(frozen=True, slots=True)
class Row:
    """A property in the table. `target` is the id of its part of the page, empty if it has none."""

    outcome: Outcome
    name: str
    kind: str
    spec: str
    path: str
    profile: str
    how: str
    level: str
    took: str
    target: str = ""


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a filter, with the number of rows that it leaves."""

    text: str
    number: int


@final
@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of source. `marked` tells that it did something in the run, or is what failed; `steps` are the numbers of
    the steps that it belongs to, apart by blanks. `exact` is the part of the line that is meant, if not all of it."""

    number: int
    text: str
    marked: bool = False
    steps: str = ""
    exact: tuple[int, int] | None = None


@final
@dataclass(frozen=True, slots=True)
class Excerpt:
    """A few lines of a file, and what they are. `left_out` lines in the middle are not shown, after `lines[cut]`."""

    what: str
    note: str
    path: str
    lines: tuple[CodeLine, ...]
    steps: str = ""
    cut: int = -1
    left_out: int = 0


@final
@dataclass(frozen=True, slots=True)
class StateRow:
    """A value of a state before and after a step; `before` is empty in the first state."""

    name: str
    unit: str
    before: str
    after: str
    changed: bool
    derived: bool = False


@final
@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a run. `number` is `start` for the first state; `change` says in a line what changed; `index` counts
    from 0 and is what the charts call it."""

    index: int
    number: str
    label: str
    remark: str
    change: tuple[str, ...]
    rows: tuple[StateRow, ...]
    last: bool = False


@final
@dataclass(frozen=True, slots=True)
class Point:
    """A value in a chart: its place, and its text."""

    x: str
    y: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart. `lines` are its unbroken pieces as paths; `style` (0 to 3) is its colour, dash and marker."""

    name: str
    style: int
    paths: tuple[str, ...]
    points: tuple[Point, ...]
    last: str


@final
@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with everything in its place, in units of its view box. `description` is the chart in words, `table` its
    numbers: a row a state, the first cell being the state's name."""

    title: str
    axis: str
    description: str
    width: int
    height: int
    wide: bool
    left: str
    right: str
    top: str
    bottom: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    columns: tuple[str, ...]
    """The place of each state on the x axis."""
    series: tuple[Series, ...]
    table: tuple[tuple[str, ...], ...]


@final
@dataclass(frozen=True, slots=True)
class Holding:
    """How one holding of a member changed. `side` is `has` or `owes`; `worth` is the change at the last price, empty
    where the units tell no price."""

    name: str
    side: str
    before: str
    after: str
    change: str
    unit: str
    worth: str
    tone: Tone


@final
@dataclass(frozen=True, slots=True)
class Account:
    """The holdings of a member that changed, and their net worth where every one of them has a price."""

    who: str
    rows: tuple[Holding, ...]
    net: str = ""
    tone: Tone = "plain"


@final
@dataclass(frozen=True, slots=True)
class Balance:
    """Who has more and who has less. `prices` says which prices were taken; without any, a change is its own worth."""

    over: str
    accounts: tuple[Account, ...]
    prices: tuple[str, ...]
    has_worth: bool
    has_debts: bool


@final
@dataclass(frozen=True, slots=True)
class IncidentView:
    """What a violation resembles. `link` is empty unless the source is an address of the web."""

    title: str
    what: str
    source: str
    link: str


@final
@dataclass(frozen=True, slots=True)
class WhyLine:
    """A line of the formula with its numbers."""

    depth: int
    text: str
    holds: bool | None


@final
@dataclass(frozen=True, slots=True)
class StuckView:
    """What could not be excluded: a sentence, and the values before and after it."""

    text: str
    rows: tuple[StateRow, ...]


@final
@dataclass(frozen=True, slots=True)
class Story:
    """A property with something to tell: a violation, a run that was asked for, or what is not decided."""

    anchor: str
    outcome: Outcome
    kind: str
    name: str
    spec: str
    place: str
    profile: str
    how: str
    doc: str
    statement: str
    command: str
    headline: str = ""
    money: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    steps: tuple[StepView, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    charts: tuple[Chart, ...] = ()
    balance: Balance | None = None
    why: tuple[WhyLine, ...] = ()
    scenario: str = ""
    incident: IncidentView | None = None
    stuck: StuckView | None = None
    opened: bool = False


@final
@dataclass(frozen=True, slots=True)
class Assumed:
    """An assumption with its words."""

    kind: str
    name: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class ProofView:
    """A proved property, once for all profiles for which it is proved in the same way."""

    anchor: str
    name: str
    kind: str
    doc: str
    statement: str
    how: str
    level: str
    notes: tuple[str, ...]
    lemmas: tuple[str, ...]
    assumptions: tuple[str, ...]
    profiles: tuple[str, ...]
    command: str


@final
@dataclass(frozen=True, slots=True)
class ProvedSpec:
    """The proofs of a spec. `shared` tells that all of them rest on the same assumptions, `inherited` names what is
    proved of the model's parts."""

    spec: str
    model: str
    path: str
    doc: str
    assumed: tuple[Assumed, ...]
    shared: bool
    inherited: tuple[str, ...]
    proofs: tuple[ProofView, ...]


@final
@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile. `outcome` says whether it meets the assumptions, `settled` what came out with its numbers."""

    name: str
    outcome: Outcome
    settled: str


@final
@dataclass(frozen=True, slots=True)
class MarginRow:
    """The room that an assumption leaves to a profile; `bar` is its share of the largest one in the table, in percent
    (negative room has none)."""

    profile: str
    room: str
    bar: int
    tone: Tone


@final
@dataclass(frozen=True, slots=True)
class MarginTable:
    """Profiles by the room that they leave under one assumption, the tightest first."""

    assumption: str
    spec: str
    meaning: str
    heading: str
    rows: tuple[MarginRow, ...]


@final
@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence and what it means, with its places: a notice, an error, a finding. `target` is the id of the part of
    the page that the first place leads to."""

    head: str
    text: str = ""
    places: tuple[str, ...] = ()
    code: str = ""
    excerpts: tuple[Excerpt, ...] = ()
    tone: Tone = "warn"
    target: str = ""


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A line of the baseline that differs: `sign` is `+`, `-` or `~`, `word` says the same."""

    sign: str
    word: str
    name: str
    before: str
    after: str


@final
@dataclass(frozen=True, slots=True)
class GateView:
    """What the gate says: whether it is open, its findings, and what differs from the baseline."""

    outcome: Outcome
    sentence: str
    findings: tuple[Remark, ...]
    accepted: tuple[Remark, ...]
    difference: tuple[Change, ...]
    note: str
    baseline: str


@final
@dataclass(frozen=True, slots=True)
class Checked:
    """A spec that was looked at."""

    spec: str
    model: str
    path: str
    doc: str
    counted: str


@final
@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    title: str
    verdict: Outcome
    sentence: str
    tiles: tuple[Tile, ...]
    rows: tuple[Row, ...]
    words: tuple[Choice, ...]
    specs: tuple[Choice, ...]
    with_profiles: tuple[Choice, ...]
    failures: tuple[Story, ...]
    undecided: tuple[Story, ...]
    expected: tuple[Story, ...]
    reached: tuple[Story, ...]
    proved: tuple[ProvedSpec, ...]
    profiles: tuple[ProfileRow, ...]
    margins: tuple[MarginTable, ...]
    errors: tuple[Remark, ...]
    unmet: tuple[Remark, ...]
    notices: tuple[Remark, ...]
    checked: tuple[Checked, ...]
    unpromised: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    gate: GateView | None = None
