"""VS04xx of specs: what properties, rules and scenarios may say."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_MODEL = """\
model Pool
unit USD
sort Account
param cap : ureal[USD]
state debt : Account -> ureal[USD]
state cash : ureal[USD]
init { debt := 0  cash := 0 }
action supply(a: Account, amount: ureal[USD]) { cash += amount }
environment action donate(amount: ureal[USD]) { cash += amount }
"""

_SPEC = _MODEL + "spec Promises for Pool\n"

_RECORDS = """\
model Book
unit USD, ETH
sort Account
struct Position { size: real[ETH]  margin: ureal[USD] }
state position : Account -> Position
init { position := any }
action close(a: Account) { position[a].size := 0 }

spec Promises for Book
"""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0411",
        title="a statement in the wrong place",
        message="{statement} can't stand in {place}.",
        labels={"primary": "not here"},
        help="{advice}",
        explanation=(
            "Actions and `init` are made of `require`, assignments, `let`, `if`, `for` and `wrapping`. A rule is made "
            "of calls, `reverts`, `let`, `require`, `check` and one `compare`; a scenario of the same without "
            "`require`, and with a `start` before everything else. The two sides of a `compare` are made of calls and "
            "`let`s."
        ),
        example=_MODEL + "action drain() { check cash > 0 }\n",
        instead=_MODEL + "action drain() { require cash > 0 }\n",
    ),
    Entry(
        code="VS0412",
        title="`old` outside of a step property",
        message="`old(…)` has a meaning in `step` properties only.",
        labels={"primary": "no step to look back over"},
        help="Make it a `step` property. In a rule, keep the value before the calls: `let before = {text}`.",
        explanation=(
            "A `step` property speaks of the state before (`old(e)`) and after (`e`) one action. Invariants and all "
            "other formulas speak of one state. A definition never looks back by itself: write `old(value(a))` where "
            "it is used."
        ),
        example=_SPEC + "invariant grows : cash >= old(cash)\n",
        instead=_SPEC + "step grows : cash >= old(cash)\n",
    ),
    Entry(
        code="VS0413",
        title="`old` inside `old`",
        message="`old(…)` stands inside another `old(…)`.",
        labels={"primary": "is in the state before already"},
        help="Write `{text}` alone.",
        explanation="A step has one state before it, so all of `old(e)` is read there.",
        example=_SPEC + "step grows : cash >= old(cash - old(cash) + cash)\n",
        instead=_SPEC + "step grows : cash >= old(cash - cash + cash)\n",
    ),
    Entry(
        code="VS0414",
        title="`action` as a value",
        message="`action` can only be compared with the name of an action, in a `step` property.",
        labels={"primary": "not a value"},
        help="Write `action == name` or `action != name` in a `step` property.",
        explanation=(
            "In a `step` property, `action == supply` asks which action made the step. Other properties are about "
            "states, which no single action has made."
        ),
        example=_SPEC + "invariant fine : action == supply\n",
        instead=_SPEC + "step fine : action == supply implies cash >= old(cash)\n",
    ),
    Entry(
        code="VS0415",
        title="`first.` or `second.` without a `compare`",
        message="`{run}.{name}` speaks of one of two runs, but no two runs are compared here.",
        labels={"primary": "there is no `{run}` run"},
        help="{advice}",
        explanation=(
            "In a rule, `compare { … } with { … }` runs two programs from the same state. After it, `first.debt[a]` "
            "is read at the end of the first, `second.debt[a]` at the end of the second, and `debt[a]` alone in the "
            "state before."
        ),
        example=_SPEC + "rule same(a: Account) { supply(a, 1[USD])  check first.cash == second.cash }\n",
        instead=_SPEC + "rule same(a: Account) {\n  compare { supply(a, 1[USD]) } with { donate(1[USD]) }\n"
        "  check first.cash == second.cash\n}\n",
    ),
    Entry(
        code="VS0416",
        title="a choice in a rule or a scenario",
        message="`any` can't stand in a rule or a scenario.",
        labels={"primary": "a choice"},
        help="{advice}",
        explanation=(
            "A rule holds for all values of its arguments, so what may be any value is an argument; its range is "
            "narrowed with `require`. A scenario is one concrete run."
        ),
        example=_SPEC + "rule grows(a: Account) {\n  let x = any ureal[USD]\n  let before = cash\n  supply(a, x)\n"
        "  check cash >= before\n}\n",
        instead=_SPEC + "rule grows(a: Account, x: ureal[USD]) {\n  let before = cash\n  supply(a, x)\n"
        "  check cash >= before\n}\n",
    ),
    Entry(
        code="VS0417",
        title="an assumption about the state",
        message="An `assume` is about parameters, but this depends on the state: {name}{through}.",
        labels={"primary": "depends on the state", "declared": "declared here"},
        help="If it should be proved, make it an `invariant`; if the environment sees to it, "
        "a `rely` on an environment action.",
        explanation=(
            "An `assume` restricts the parameters, once and for all. To assume something of the state would be to "
            "assume what has to be proved. What the outside world is trusted with is said about its actions: `rely "
            "name : move_price(to) requires …`."
        ),
        example=_SPEC + "assume small : cash <= cap\n",
        instead=_SPEC + "assume small : cap <= 1_000[USD]\n",
    ),
    Entry(
        code="VS0418",
        title="reliance on an action of the users",
        message="`{name}` is not an environment action, and anybody can run it as they like.",
        labels={"primary": "not an environment action", "declared": "declared here"},
        help="Add `require` to the action itself, or mark it: `environment action {name}(…)`.",
        explanation=(
            "A `rely` restricts what the outside world does in this spec: how far a price moves, how late an update "
            "comes. It holds of actions marked `environment`. The protocol's own actions do what the model says, and "
            "a user who calls one can't be relied on."
        ),
        example=_SPEC + "rely small : supply(a, amount) requires amount <= cap\n",
        instead=_SPEC + "rely small : donate(amount) requires amount <= cap\n",
    ),
    Entry(
        code="VS0419",
        title="a rule that checks nothing",
        message="The rule `{name}` has no `check` and no `reverts`, so it can't fail.",
        labels={"primary": "checks nothing"},
        help="End it with `check P`, or demand a revert: `reverts call(…)`.",
        explanation=(
            "The calls of a rule are assumed to succeed: where one reverts, the rule says nothing. What it promises "
            "is in its `check`s and `reverts`."
        ),
        example=_SPEC + "rule grows(a: Account, x: ureal[USD]) { supply(a, x) }\n",
        instead=_SPEC
        + "rule grows(a: Account, x: ureal[USD]) { let before = cash  supply(a, x)  check cash >= before }\n",
    ),
    Entry(
        code="VS0422",
        title="a start value that is not a constant",
        message="`{text}` is not a constant.",
        labels={"primary": "not a constant"},
        help=(
            "Write the value of `{name}` itself: a number with its unit, `true`, `false`, a member of an enum, an "
            "individual."
        ),
        explanation="A `start` block gives the parameters and the first state of one concrete run.",
        example=_SPEC + "scenario day { start { cap = cash }  supply(alice, 1[USD]) }\n",
        instead=_SPEC + "scenario day { start { cap = 10[USD] }  supply(alice, 1[USD]) }\n",
    ),
    Entry(
        code="VS0423",
        title="a start value for what has none",
        message="`{name}` is neither a parameter nor a state variable.",
        labels={"primary": "has no start value", "declared": "declared here"},
        help="Give values to parameters and state variables; definitions follow from them.",
        explanation="A `start` block gives values to parameters, state variables, and entries of them.",
        example=_MODEL + "def total = cash + sum(debt)\nspec Promises for Pool\n"
        "scenario day { start { total = 10[USD] }  supply(alice, 1[USD]) }\n",
        instead=_MODEL + "def total = cash + sum(debt)\nspec Promises for Pool\n"
        "scenario day { start { cash = 10[USD] }  supply(alice, 1[USD]) }\n",
    ),
    Entry(
        code="VS0426",
        title="a program that goes on after a `compare`",
        message="After a `compare` there are two states, so {statement} has none to run in.",
        labels={"primary": "after a `compare`"},
        help="Put it before the `compare`, or into both of its sides.",
        explanation=(
            "After a `compare` a rule has `let` and `check`, which read the two states with `first.` and `second.`."
        ),
        example=_SPEC + "rule same(a: Account) {\n  compare { supply(a, 1[USD]) } with { donate(1[USD]) }\n"
        "  supply(a, 2[USD])\n  check first.cash == second.cash\n}\n",
        instead=_SPEC + "rule same(a: Account) {\n  supply(a, 2[USD])\n"
        "  compare { supply(a, 1[USD]) } with { donate(1[USD]) }\n  check first.cash == second.cash\n}\n",
    ),
    Entry(
        code="VS0429",
        title="a start value for a whole record",
        message="`{name}` is a record, and a start value is given to one field at a time.",
        labels={"primary": "which field?"},
        help="Write `{example}`.",
        explanation=(
            "In a `start` block a record is given field by field. A map may be given at once (`debt = 0` is for every "
            "account) or entry by entry (`debt[alice] = 10[USD]`). What is left out is as `init` makes it."
        ),
        example=_RECORDS + "scenario day { start { position = 0 }  close(alice) }\n",
        instead=_RECORDS + "scenario day { start { position.size = 0  position.margin = 0 }  close(alice) }\n",
    ),
)
