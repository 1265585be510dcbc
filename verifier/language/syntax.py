"""The surface syntax: what the user wrote, with its places.

Every node is frozen, and compares by content: spans and comments do not take part in `==`, so that
`parse(format(tree)) == tree` can be tested. Side tables of later stages are keyed by `id(node)`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, final

from verifier.language.frozen import dataclass, field
from verifier.language.source import NOWHERE, Span


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


# ---------------------------------------------------------------------------------------------- units and types


@final
@dataclass(frozen=True, slots=True)
class UnitExpr:
    """`USD/ETH`, `1/s`, `ETH^2`: factors in the order written, each with its (signed, non-zero) exponent."""

    factors: tuple[tuple[str, int], ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class NumberType:
    """`real`, `ureal`, `int`, `nat`, `uint8` … `int256`, with an optional unit in brackets."""

    name: str
    unit: UnitExpr | None = None
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class BoolTypeExpr:
    """`bool`."""

    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class NamedType:
    """The name of a sort, an enum or a struct."""

    name: str
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class MapTypeExpr:
    """`Account -> real[USD]`, `(Account, Market) -> nat`."""

    keys: tuple[NamedType, ...]
    value: NumberType | BoolTypeExpr | NamedType
    span: Span = _span()


TypeExpr = NumberType | BoolTypeExpr | NamedType | MapTypeExpr

# ---------------------------------------------------------------------------------------------- expressions

BinaryOp = Literal["+", "-", "*", "/", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "implies"]
AggregateKind = Literal["sum", "count", "max", "min"]


@final
@dataclass(frozen=True, slots=True)
class Number:
    """An exact literal. `text` is as written (`10_000`, `5%`, `30 bps`, `1e18`); `value` is what it means
    (5% is 1/20); `integral` tells whether it may stand for an integer (no percent, no bps, no fraction left)."""

    text: str
    value: Fraction
    integral: bool
    unit: UnitExpr | None = None
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Boolean:
    """`true`, `false`."""

    value: bool
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Name:
    """Any identifier in an expression: parameter, state, let, binder, enum member, action, named individual."""

    name: str
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class CurrentAction:
    """The word `action` in a step property."""

    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Wildcard:
    """`_`, a choice left open in `enabled`."""

    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Index:
    """`debt[a]`, `deposit[a, m]`, `first.debt[a]`."""

    base: Expr
    keys: tuple[Expr, ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Field:
    """`position[a].margin`, `first.debt`, `second.cash`, `Phase.Open`, `oracle.price` of a part."""

    base: Expr
    name: str
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Call:
    """A definition with its arguments, or one of `min max abs floor ceil`; `first.healthy(a)` has `scope` "first",
    `oracle.value(a)` of a part "oracle", and `first.oracle.value(a)` the path of both."""

    function: str
    arguments: tuple[Expr, ...]
    scope: str | None = None
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Old:
    """`old(e)`: `e` before the step."""

    body: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Unary:
    """`-e`, `not e`."""

    op: Literal["-", "not"]
    operand: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two expressions; comparisons do not chain."""

    op: BinaryOp
    left: Expr
    right: Expr
    span: Span = _span()
    op_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class IfThenElse:
    """`if c then a else b`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class MatchArm:
    """`Open => e`, in a `match`."""

    member: str
    body: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Match:
    """`match phase { Open => 1, Halted => 0 }` over an enum."""

    subject: Expr
    arms: tuple[MatchArm, ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Binder:
    """`a in Account`; `p, q in Quorum` are two binders."""

    name: str
    sort: str
    span: Span = _span()
    sort_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Quantifier:
    """`forall a in Account: …`, `exists p, q in Quorum, n in Node: …`."""

    kind: Literal["forall", "exists"]
    binders: tuple[Binder, ...]
    body: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum(E for a in S if P)`, `count(P for a in S)`, `max(E for …)`; `sum(debt)` has no binders and a map as body."""

    kind: AggregateKind
    body: Expr
    binders: tuple[Binder, ...] = ()
    guard: Expr | None = None
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class AnyValue:
    """`any`, `any where P`, `any real[USD] where P`: only on the right of `let x =` and `x :=`."""

    type: TypeExpr | None = None
    where: Expr | None = None
    span: Span = _span()


Expr = (
    Number
    | Boolean
    | Name
    | CurrentAction
    | Wildcard
    | Index
    | Field
    | Call
    | Old
    | Unary
    | Binary
    | IfThenElse
    | Match
    | Quantifier
    | Aggregate
    | AnyValue
)

# ---------------------------------------------------------------------------------------------- statements


@final
@dataclass(frozen=True, slots=True)
class Require:
    """`require P`."""

    condition: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Assign:
    """`target := value`, `target += value`, `target -= value`."""

    target: Expr
    op: Literal[":=", "+=", "-="]
    value: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Let:
    """`let x = e`, `let x : T = e`."""

    name: str
    type: TypeExpr | None
    value: Expr
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class For:
    """`for a in Account { … }`: every member's own entries at once."""

    binder: Binder
    body: tuple[Statement, ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class If:
    """`if c { … } else { … }`; `else if` is an `If` alone in `otherwise`."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Wrapping:
    """`wrapping { … }`: bounded integers wrap around instead of reverting."""

    body: tuple[Statement, ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Invoke:
    """`borrow(a, x)`, in a rule, a scenario, a compare block; `reverts borrow(a, x)` demands a revert.
    `part` is what stands before the dot in `oracle.report(f, x)`, a path for a part of a part."""

    action: str
    arguments: tuple[Expr, ...]
    reverts: bool = False
    part: str | None = None
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Check:
    """`check P`, in a rule or a scenario."""

    condition: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Compare:
    """`compare { … } with { … }`: two programs from the same state."""

    first: tuple[Statement, ...]
    second: tuple[Statement, ...]
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class StartValue:
    """`price = 2000[USD/ETH]` or `balance[alice] = 5[USD]` in a `start` block."""

    target: Expr
    value: Expr
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Start:
    """`start { … }`, first in a scenario."""

    values: tuple[StartValue, ...]
    span: Span = _span()


Statement = Require | Assign | Let | For | If | Wrapping | Invoke | Check | Compare | Start

# ---------------------------------------------------------------------------------------------- declarations


@final
@dataclass(frozen=True, slots=True)
class UnitDecl:
    """`unit ETH, USD`."""

    names: tuple[str, ...]
    doc: str = ""
    span: Span = _span()
    name_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)


@final
@dataclass(frozen=True, slots=True)
class SortDecl:
    """`sort Account`, `sort Feed of 5`."""

    name: str
    size: int | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class EnumDecl:
    """`enum Phase { Open, Halted }`."""

    name: str
    members: tuple[str, ...]
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    member_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)


@final
@dataclass(frozen=True, slots=True)
class Parameter:
    """`amount: ureal[USD]`, of an action, a definition, a rule or a struct's field."""

    name: str
    type: TypeExpr
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class StructDecl:
    """`struct Position { size: real[ETH]  margin: real[USD] }`."""

    name: str
    fields: tuple[Parameter, ...]
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class ParamDecl:
    """`param ltv : real where 0 < ltv`, of a model or a spec."""

    name: str
    type: TypeExpr
    where: Expr | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class StateDecl:
    """`state debt : Account -> ureal[USD]`."""

    name: str
    type: TypeExpr
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class InitDecl:
    """`init { … }`."""

    body: tuple[Statement, ...]
    doc: str = ""
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class DefDecl:
    """`def value(a: Account) = collateral[a] * price`; without parameters, `def total = …`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Expr
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class ActionDecl:
    """`action borrow(a: Account, amount: ureal[USD]) { … }`, `environment action …`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    environment: bool = False
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class UseDecl:
    """`use MedianOracle as oracle`: one model as a part of another."""

    model: str
    alias: str
    doc: str = ""
    span: Span = _span()
    model_span: Span = _span()
    alias_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class ExposeDecl:
    """`expose oracle.report`: an action of a part becomes one of the model's own. `action` is a path where the part
    has it from a part of its own."""

    part: str
    action: str
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class AssumeDecl:
    """`assume room : liq_threshold * (1 + liq_bonus) <= 1`, about the parameters."""

    name: str
    condition: Expr
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class RelyDecl:
    """`rely gentle : move_price(to) requires …`, about an environment action, in this spec only."""

    name: str
    action: str
    arguments: tuple[str, ...]
    condition: Expr
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    action_span: Span = _span()
    argument_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)


Expectation = Literal["violated"]


@final
@dataclass(frozen=True, slots=True)
class InvariantDecl:
    """`invariant name : P` and `lemma name : P`."""

    name: str
    formula: Expr
    lemma: bool = False
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class StepDecl:
    """`step name : P`, with `old(e)` and `action`."""

    name: str
    formula: Expr
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class RuleDecl:
    """`rule name(a: Account) { … }`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class EnabledDecl:
    """`enabled name : liquidate(a, _) when P`; names that are bound nowhere else stand for every member of the
    sort that the action's parameter has. Without `when`, always."""

    name: str
    action: str
    arguments: tuple[Expr, ...]
    when: Expr | None = None
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    action_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class RespondsDecl:
    """`responds name : P leads to Q within N of A`; `forall a in Account: P leads to Q …` has `a` in all of it."""

    name: str
    trigger: Expr
    response: Expr
    bound: Expr
    action: str
    expect: Expectation | None = None
    binders: tuple[Binder, ...] = ()
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    action_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class ReachableDecl:
    """`reachable name : P`."""

    name: str
    formula: Expr
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class ScenarioDecl:
    """`scenario name { start { … } … }`."""

    name: str
    body: tuple[Statement, ...]
    expect: Expectation | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


ModelItem = (
    UnitDecl
    | SortDecl
    | EnumDecl
    | StructDecl
    | ParamDecl
    | StateDecl
    | InitDecl
    | DefDecl
    | ActionDecl
    | UseDecl
    | ExposeDecl
)
PropertyDecl = InvariantDecl | StepDecl | RuleDecl | EnabledDecl | RespondsDecl | ReachableDecl | ScenarioDecl
SpecItem = ParamDecl | DefDecl | AssumeDecl | RelyDecl | PropertyDecl


@final
@dataclass(frozen=True, slots=True)
class GivenInvariants:
    """`use room, price_is_positive`: the invariants and lemmas that a property's proof is given."""

    names: tuple[str, ...]
    span: Span = _span()
    name_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)


@final
@dataclass(frozen=True, slots=True)
class CaseSplit:
    """`cases P`: the property is proved where `P` holds of the state before, and where it does not."""

    formula: Expr
    span: Span = _span()


Hint = GivenInvariants | CaseSplit


@final
@dataclass(frozen=True, slots=True)
class PropertyProof:
    """`covered { use room  cases price > 0 }`: how one property is proved."""

    name: str
    hints: tuple[Hint, ...]
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()


ProofItem = InvariantDecl | PropertyProof


@final
@dataclass(frozen=True, slots=True)
class ModelDecl:
    """`model LendingPool` and everything up to the next `model`, `spec` or `proof` (or inside its braces).
    `extends` is the base of a variant."""

    name: str
    items: tuple[ModelItem, ...]
    extends: str | None = None
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    extends_span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class SpecDecl:
    """`spec LendingSolvency for LendingPool` and everything up to the next `model`, `spec` or `proof`. `proofs` is what
    its proofs say of its properties; empty in a file as it was parsed (`checking/proofs.py`)."""

    name: str
    model: str
    items: tuple[SpecItem, ...]
    doc: str = ""
    span: Span = _span()
    name_span: Span = _span()
    model_span: Span = _span()
    proofs: tuple[PropertyProof, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class ProofDecl:
    """`proof of LendingSolvency` and everything up to the next `model`, `spec` or `proof` (or inside its braces). Its
    lemmas are invariants of the spec."""

    subject: str
    items: tuple[ProofItem, ...]
    doc: str = ""
    span: Span = _span()
    subject_span: Span = _span()


Unit = ModelDecl | SpecDecl | ProofDecl


@final
@dataclass(frozen=True, slots=True)
class ImportDecl:
    """`import oracle/median`."""

    path: str
    span: Span = _span()


@final
@dataclass(frozen=True, slots=True)
class Comment:
    """A `//` comment, kept for the formatter. `own_line` tells whether only blanks stand before it."""

    text: str
    own_line: bool
    span: Span


@final
@dataclass(frozen=True, slots=True)
class File:
    """One parsed file."""

    imports: tuple[ImportDecl, ...]
    units: tuple[Unit, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    path: str = field(default="", compare=False)
