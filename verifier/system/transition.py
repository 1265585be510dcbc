"""The transition system: a model with one spec, in core terms.

Every revert is explicit. Bodies are run statement by statement; if any `Require` fails, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, final

from verifier.language.frozen import dataclass, field
from verifier.language.source import NOWHERE, Span
from verifier.system.terms import TRUE, Term, Ty, Value, Var

# ---------------------------------------------------------------------------------------------- statements

WhyKind = Literal[
    "require",  # the user's own `require`
    "range",  # a value would leave its type's range
    "divisor",  # a divisor is zero
    "nothing_fits",  # `max`/`min` over nothing
    "rely",  # the spec says that the environment does not do this
    "assume",  # a `require` in a rule
]


@final
@dataclass(frozen=True, slots=True)
class Why:
    """Why a `Require` is there, for the report. `text` is the user's own words (one line of source) or, for `range`,
    the place that would leave its range, such as `debt[a]`; `name` is the rely's name."""

    kind: WhyKind
    text: str
    span: Span = NOWHERE
    name: str = ""


@final
@dataclass(frozen=True, slots=True)
class Require:
    """Revert unless `condition` holds here."""

    condition: Term
    why: Why


@final
@dataclass(frozen=True, slots=True)
class Set:
    """`state[keys] := value`."""

    state: str
    keys: tuple[Term, ...]
    value: Term
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Let:
    """`var` stands for `value` from here on. `defined` must hold (used in rules; in an action a Require precedes)."""

    var: Var
    value: Term
    defined: Term = TRUE
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Choose:
    """`var` is any value in `[low, high]` for which `where` holds; revert if there is none."""

    var: Var
    where: Term
    low: int | None = None
    high: int | None = None
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Havoc:
    """The whole state variable gets any values (in its range) such that `where` holds after; revert if there are none.
    `name` identifies the choice within the action."""

    state: str
    where: Term
    name: str
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class ForEach:
    """For every member `var` at once. The body writes maps only at keys that contain `var`, reads the maps it writes
    only at the same keys, and writes no scalar; so the order does not matter. No Choose, Havoc or Call inside."""

    var: Var
    body: tuple[Stmt, ...]
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Branch:
    """`if condition { then } else { otherwise }`."""

    condition: Term
    then: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...]
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Call:
    """In a program: run an action of the model. Assumed to succeed, unless `reverts`: then it must not succeed, and
    nothing happens."""

    action: str
    args: tuple[Term, ...]
    reverts: bool = False
    defined: Term = TRUE
    span: Span = NOWHERE
    text: str = ""


@final
@dataclass(frozen=True, slots=True)
class Check:
    """In a program: the claim. `defined` must hold too. `text` is the user's line."""

    condition: Term
    defined: Term = TRUE
    span: Span = NOWHERE
    text: str = ""


@final
@dataclass(frozen=True, slots=True)
class Compare:
    """In a program: run both from the state here; afterwards `first` and `second` states can be read, and the
    present state is the one before."""

    first: tuple[Stmt, ...]
    second: tuple[Stmt, ...]
    span: Span = NOWHERE


Stmt = Require | Set | Let | Choose | Havoc | ForEach | Branch | Call | Check | Compare

# ---------------------------------------------------------------------------------------------- declarations


@final
@dataclass(frozen=True, slots=True)
class Sort:
    """`size` is None when there may be any (finite, non-zero) number of members. An enum is a `Sort` with `members`."""

    name: str
    size: int | None
    members: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter, a state variable, or an argument: `keys` are the key types (empty for a scalar), `low`/`high` the
    inclusive range of a number, `unit` its unit as text (`USD/ETH`, empty for a plain number)."""

    name: str
    keys: tuple[Ty, ...]
    ty: Ty
    low: int | None = None
    high: int | None = None
    unit: str = ""
    doc: str = ""
    span: Span = NOWHERE
    part: str = ""
    """The path of the part that it belongs to, with which its name begins; empty for the model's own."""


@final
@dataclass(frozen=True, slots=True)
class Action:
    """An action: `args[i]` is declared by the variable of the same name in the body."""

    name: str
    args: tuple[Variable, ...]
    body: tuple[Stmt, ...]
    environment: bool = False
    doc: str = ""
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Assumption:
    """A named fact about the parameters. `where` clauses of parameters are assumptions named after the parameter."""

    name: str
    condition: Term
    kind: Literal["where", "assume"]
    text: str = ""
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Rely:
    """A named restriction of an environment action, for reports; its condition is a `Require` in the action."""

    name: str
    action: str
    text: str
    doc: str = ""
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Definition:
    """A `def`, with its arguments as variables: derived values in reports."""

    name: str
    args: tuple[Variable, ...]
    body: Term
    defined: Term
    ty: Ty
    unit: str = ""


# ---------------------------------------------------------------------------------------------- properties


@final
@dataclass(frozen=True, slots=True)
class Heading:
    """What every property has: `text` is the formula or the body as written."""

    name: str
    expect_violated: bool
    doc: str
    text: str
    span: Span


@final
@dataclass(frozen=True, slots=True)
class Invariant:
    """Holds in every reachable state."""

    heading: Heading
    formula: Term
    defined: Term
    lemma: bool = False


@final
@dataclass(frozen=True, slots=True)
class StepProperty:
    """Holds over every step: `formula` reads `old` and `now`, and `ActionIs`."""

    heading: Heading
    formula: Term
    defined: Term


@final
@dataclass(frozen=True, slots=True)
class Rule:
    """From any reachable state, for any arguments, the program ends as its checks say."""

    heading: Heading
    args: tuple[Variable, ...]
    program: tuple[Stmt, ...]


@final
@dataclass(frozen=True, slots=True)
class Enabled:
    """Whenever `when` holds (for any value of `free`), the action can run; `args[i]` None is a free choice."""

    heading: Heading
    free: tuple[Var, ...]
    action: str
    args: tuple[Term | None, ...]
    when: Term
    defined: Term


@final
@dataclass(frozen=True, slots=True)
class Responds:
    """Once `trigger` holds (for any value of `vars`), `response` does before `action` has run `bound` more times.

    A wait begins in a state where the trigger holds and the response does not, unless one is under way; it ends in the
    next state where the response holds. It is too long once the action has run `bound` times since its first state.
    See `deadlines`.
    """

    heading: Heading
    vars: tuple[Var, ...]
    trigger: Term
    response: Term
    bound: Term
    action: str
    defined: Term


@final
@dataclass(frozen=True, slots=True)
class Reachable:
    """Some run reaches a state where the formula holds."""

    heading: Heading
    formula: Term
    defined: Term


@final
@dataclass(frozen=True, slots=True)
class StartValue:
    """`name[keys] = value` in a scenario's start, of a parameter or a state variable. Keys are individuals or enum
    members (indices); the value is closed."""

    kind: Literal["param", "state"]
    name: str
    keys: tuple[int, ...]
    value: Value
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Scenario:
    """One concrete run. `individuals` gives, for each sort, the names of its members, in order (at least one)."""

    heading: Heading
    individuals: Mapping[str, tuple[str, ...]]
    start: tuple[StartValue, ...]
    program: tuple[Stmt, ...]


Property = Invariant | StepProperty | Rule | Enabled | Responds | Reachable | Scenario

KINDS: Mapping[type, str] = {
    StepProperty: "step",
    Rule: "rule",
    Enabled: "enabled",
    Responds: "responds",
    Reachable: "reachable",
    Scenario: "scenario",
}


def kind_of(prop: Property) -> str:
    """The keyword of a property."""
    if isinstance(prop, Invariant):
        return "lemma" if prop.lemma else "invariant"
    return KINDS[type(prop)]


@final
@dataclass(frozen=True, slots=True)
class Inherited:
    """An invariant that is proved of a part, as a fact about its host. It holds wherever all of `given` does, which the
    part's spec assumes of parameters; `rests_on` names the host's assumptions that are the part's `where`s. `model` is
    what the part is one of, `source` the full name of the proved property."""

    name: str
    formula: Term
    defined: Term
    given: tuple[Term, ...]
    rests_on: tuple[str, ...]
    model: str
    source: str


@final
@dataclass(frozen=True, slots=True)
class Hint:
    """How a property is to be proved, as a proof says: from the invariants named `uses` alone (None: from all), and by
    cases. Each formula of `cases` is one about the state before, and false where it has no value; `texts` are the
    user's own words for them. Nothing in a hint is believed."""

    name: str
    uses: tuple[str, ...] | None
    cases: tuple[Term, ...]
    texts: tuple[str, ...] = ()
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class System:
    """A model with one spec (or none: then no properties)."""

    model: str
    spec: str
    path: str
    sorts: tuple[Sort, ...]
    params: tuple[Variable, ...]
    states: tuple[Variable, ...]
    assumptions: tuple[Assumption, ...]
    relies: tuple[Rely, ...]
    init: tuple[Stmt, ...]
    actions: tuple[Action, ...]
    definitions: tuple[Definition, ...]
    properties: tuple[Property, ...]
    doc: str = ""
    fixed: Mapping[str, Value | Mapping[tuple[int, ...], Value]] = field(default_factory=dict)
    """Parameters that a profile gives values (all others are symbolic)."""
    inherited: tuple[Inherited, ...] = ()
    """What is proved of the model's parts, and holds here without being proved again."""
    hints: tuple[Hint, ...] = ()
    """What proofs say of how properties are proved, at most one a property."""

    def hint(self, name: str) -> Hint | None:
        """What a proof says of how the property of that name is proved."""
        return next((h for h in self.hints if h.name == name), None)

    def action(self, name: str) -> Action:
        """The action of that name."""
        return next(a for a in self.actions if a.name == name)

    def state(self, name: str) -> Variable:
        """The state variable of that name."""
        return next(s for s in self.states if s.name == name)

    def sort(self, name: str) -> Sort:
        """The sort or enum of that name."""
        return next(s for s in self.sorts if s.name == name)


Number = int | Fraction
