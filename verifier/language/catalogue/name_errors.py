"""VS03xx: names."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_POOL = """\
model Pool
unit USD
sort Account
enum Phase { Open, Halted }
param liq_threshold : real where 0 < liq_threshold
state debt : Account -> ureal[USD]
state cash : ureal[USD]
state phase : Phase
init { debt := 0  cash := 0  phase := Open }
def owed(a: Account) = debt[a] * liq_threshold
action supply(a: Account, amount: ureal[USD]) { cash += amount }
"""

_SPEC = _POOL + "spec Promises for Pool\n"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0301",
        title="an unknown name",
        message="Nothing called `{name}` is known here.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "A name stands for a parameter, a state variable, a definition, a member of an enum, an argument, a "
            "`let`, or a name bound by `forall`, `exists`, `sum` or `for`. Capitals matter. A `let` is known from its "
            "line to the end of its block.\n\n"
            "In a scenario, a name that nothing else has and that stands for a member of a sort is an individual: "
            "`alice`. In an `enabled`, a name in the call that nothing else has stands for every member."
        ),
        example=_POOL + "def safe(a: Account) = debt[a] * liq_treshold <= cash\n",
        instead=_POOL + "def safe(a: Account) = debt[a] * liq_threshold <= cash\n",
    ),
    Entry(
        code="VS0302",
        title="an unknown type",
        message="There is no type called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "The types are `bool`; `int`, `nat`, `real` and `ureal`, which are exact and have no largest value; "
            "`uint8` to `uint256` and `int8` to `int256`; and the sorts, enums and structs that the model declares. "
            "An address is a member of a sort: `sort Account`."
        ),
        example=_POOL + "def rich(a: address) = cash > 0\n",
        instead=_POOL + "def rich(a: Account) = cash > debt[a]\n",
    ),
    Entry(
        code="VS0303",
        title="an unknown unit",
        message="There is no unit called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation="Base units are declared at the top of a model: `unit USD, ETH, s`. All others are made of them.",
        example=_POOL + "action tick(amount: ureal[EUR]) { cash += 0 }\n",
        instead=_POOL + "action tick(amount: ureal[USD]) { cash += amount }\n",
    ),
    Entry(
        code="VS0304",
        title="a spec for an unknown model",
        message="There is no model called `{name}` in this file, its model file, or what it imports.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "A spec in `spec/lending/pool.vspec` sees the models of `models/lending/pool.vspec` without saying so, "
            "and those in its own file. Any other is named by its path at the top: `import oracle/median`, which is "
            "looked up in the project's `models/` first and in the built-in library next."
        ),
        example=_POOL + "spec Promises for Pol\ninvariant fine : cash >= 0\n",
        instead=_POOL + "spec Promises for Pool\ninvariant fine : cash >= 0\n",
    ),
    Entry(
        code="VS0305",
        title="an unknown action",
        message="The model has no action called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation="Rules, scenarios, `rely`, `enabled` and `action == …` name the actions of the spec's model.",
        example=_SPEC + "enabled open : suply(a, _)\n",
        instead=_SPEC + "enabled open : supply(a, _)\n",
    ),
    Entry(
        code="VS0306",
        title="an unknown function",
        message="There is no definition or built-in function called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "The built-in functions are `min`, `max`, `abs`, `floor` and `ceil`. Others are defined in the model or "
            "the spec: `def value(a: Account) = …`. A map takes its key in square brackets."
        ),
        example=_POOL + "def twice(a: Account) = owned(a) * 2\n",
        instead=_POOL + "def twice(a: Account) = owed(a) * 2\n",
    ),
    Entry(
        code="VS0307",
        title="an unknown field",
        message="`{struct}` has no field called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation="The fields of a record are those of its `struct` declaration.",
        example="model Perp\nsort Account\nstruct Position { size: real  margin: real }\n"
        "state position : Account -> Position\ninit { position.size := 0  position.margin := 0 }\n"
        "def equity(a: Account) = position[a].margn\n",
        instead="model Perp\nsort Account\nstruct Position { size: real  margin: real }\n"
        "state position : Account -> Position\ninit { position.size := 0  position.margin := 0 }\n"
        "def equity(a: Account) = position[a].margin\n",
    ),
    Entry(
        code="VS0308",
        title="an unknown member of an enum",
        message="`{enum}` has no member called `{name}`.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation="The members of an enum are those of its declaration: `enum Phase { Open, Halted }`.",
        example=_POOL + "def stopped = phase == Phase.Halt\n",
        instead=_POOL + "def stopped = phase == Phase.Halted\n",
    ),
    Entry(
        code="VS0309",
        title="one name, two meanings",
        message="`{name}` is {kind} twice.",
        labels={"primary": "here again", "first": "here first"},
        help="Rename one of them, or leave it out.",
        explanation=(
            "Parameters, state variables, definitions, actions, sorts, enums and structs of a model and its spec "
            "share their names, as in a Solidity contract. Assumptions and properties have names of their own, which "
            "differ within a spec. Two enums may share a member; it is then written `Phase.Open`."
        ),
        example=_POOL + "def cash = 5\n",
        instead=_POOL + "def reserve = 5\n",
    ),
    Entry(
        code="VS0310",
        title="a name that is taken",
        message="`{name}` is taken: it is {earlier} already.",
        labels={"primary": "this would hide it", "earlier": "`{name}` is {earlier}"},
        help="Use another name here.",
        explanation=(
            "Arguments, `let`s and bound names can't hide what has the same name outside: a formula would then not "
            "mean what it seems to. Two definitions may each have an argument `a`, and two `forall`s side by side a "
            "name `a`."
        ),
        example=_POOL + "action lend(cash: ureal[USD]) { require cash > 0 }\n",
        instead=_POOL + "action lend(amount: ureal[USD]) { require amount > 0 }\n",
    ),
    Entry(
        code="VS0311",
        title="a name with a fixed meaning",
        message="`{name}` has a fixed meaning in the language.",
        labels={"primary": "can't be declared"},
        help="Use another name.",
        explanation=(
            "`min`, `max`, `abs`, `floor` and `ceil` are functions; `first` and `second` are the two runs of a "
            "`compare`."
        ),
        example=_POOL + "def max = cash\n",
        instead=_POOL + "def most = cash\n",
    ),
    Entry(
        code="VS0312",
        title="a member of two enums",
        message="`{name}` is a member of more than one enum.",
        labels={"primary": "which one?", "member": "`{name}` is declared here"},
        help="Write {choices}.",
        explanation=(
            "A member that only one enum has may be written alone. Otherwise the enum stands before it, with a dot."
        ),
        example=_POOL + "enum Door { Open, Shut }\ndef running = phase == Phase.Open\n",
        instead=_POOL.replace("phase := Open", "phase := Phase.Open")
        + "enum Door { Open, Shut }\ndef running = phase == Phase.Open\n",
    ),
    Entry(
        code="VS0313",
        title="a range that is not a sort",
        message="`{name}` is {what}; a name is bound to the members of a sort or an enum.",
        labels={"primary": "not a sort or an enum"},
        help="{hint}",
        explanation=(
            "`forall a in Account`, `sum(… for a in Account)` and `for a in Account { … }` range over the members of "
            "a sort or an enum. A statement about all numbers is made by a `rule` with an argument."
        ),
        example=_SPEC + "invariant fine : forall a in debt: debt[a] >= 0\n",
        instead=_SPEC + "invariant fine : forall a in Account: debt[a] >= 0\n",
    ),
    Entry(
        code="VS0314",
        title="too many or too few arguments",
        message="`{name}` takes {wanted}, but here are {found}.",
        labels={"primary": "{found} given", "declared": "declared here"},
        help="Its form is `{signature}`.",
        explanation="A call gives one argument for each parameter, in order. None has a default.",
        example=_SPEC + "invariant fine : forall a in Account: owed(a, cash) >= 0\n",
        instead=_SPEC + "invariant fine : forall a in Account: owed(a) >= 0\n",
    ),
    Entry(
        code="VS0315",
        title="a name used as something else",
        message="`{name}` is {what}, and can't be used like this.",
        labels={"primary": "used as something else", "declared": "declared here"},
        help="{advice}",
        explanation=(
            "Maps take a key in square brackets, `debt[a]`; definitions take arguments in round ones, `value(a)`; "
            "actions are called by rules and scenarios, as statements; sorts stand after `in` and in types."
        ),
        example=_POOL + "def twice(a: Account) = debt(a) * 2\n",
        instead=_POOL + "def twice(a: Account) = debt[a] * 2\n",
    ),
    Entry(
        code="VS0316",
        title="a definition in terms of itself",
        message="`{name}` is defined in terms of itself: {cycle}.",
        labels={"primary": "the cycle begins here", "through": "and goes through here"},
        help="Break the cycle: keep in the state what has to be remembered from one step to the next.",
        explanation=(
            "A definition is a formula that stands for its body, so it can't refer to itself, directly or through "
            "others. What a contract computes by recursion or a loop, a model says with `sum`, `forall`, or a state "
            "variable."
        ),
        example=_POOL + "def up = down + 1\ndef down = up - 1\n",
        instead=_POOL + "def up = down + 1\ndef down = 5\n",
    ),
    Entry(
        code="VS0317",
        title="too many individuals",
        message="`{name}` is one too many: the sort `{sort}` has {size} members.",
        labels={"primary": "first named here"},
        help="Use one of the individuals that are there already, or enlarge the sort.",
        explanation=(
            "Different names in a scenario stand for different members, so there can be no more of them than the sort "
            "has. A sort that is declared without `of` has any number of members."
        ),
        example="model Oracle\nsort Feed of 2\nstate seen : Feed -> bool\ninit { seen := false }\n"
        "action see(f: Feed) { seen[f] := true }\n"
        "spec Promises for Oracle\nscenario three { see(one)  see(two)  see(three_) }\n",
        instead="model Oracle\nsort Feed of 3\nstate seen : Feed -> bool\ninit { seen := false }\n"
        "action see(f: Feed) { seen[f] := true }\n"
        "spec Promises for Oracle\nscenario three { see(one)  see(two)  see(three_) }\n",
    ),
    Entry(
        code="VS0318",
        title="a free name that is not a member of a sort",
        message="`{name}` is not declared, and here it would have to stand for every `{type}`.",
        labels={"primary": "unknown"},
        help="Write `_` for a value that can be chosen, or the value itself, such as a state variable.",
        explanation=(
            "In `enabled`, a name that nothing else has stands for every member of a sort: `liquidate(a, _)` is about "
            "every account `a`. It can't stand for every number: hardly an action works for all of them, and `_` asks "
            "for some."
        ),
        example=_SPEC + "enabled open : supply(a, x)\n",
        instead=_SPEC + "enabled open : supply(a, _)\n",
    ),
    Entry(
        code="VS0319",
        title="two models of one name",
        message="There are several models called `{name}` among the files that this one sees.",
        labels={"primary": "which one?", "model": "one is here"},
        help="Leave out one of the imports, or rename a model.",
        explanation=(
            "A model in the spec's own file comes first. Otherwise the model file beside it and the imports are "
            "equals, and a name that two of them have is ambiguous."
        ),
        example="import lending/pool\nimport lending/pool_v2\n\nspec Promises for LendingPool\n",
        kind="description",
    ),
    Entry(
        code="VS0320",
        title="a parameter that comes later",
        message="The `where` of `{owner}` speaks of `{name}`, which is declared further down.",
        labels={"primary": "declared later", "declared": "here"},
        help="Move `{name}` up, or put the condition into the `where` of `{name}`.",
        explanation=(
            "Parameters are chosen one after the other, each within the range that its `where` gives. So a `where` "
            "speaks of the parameter itself and of earlier ones."
        ),
        example="model Pool\nparam ltv : real where ltv <= threshold\nparam threshold : real where threshold < 1\n",
        instead="model Pool\nparam threshold : real where threshold < 1\nparam ltv : real where ltv <= threshold\n",
    ),
    Entry(
        code="VS0321",
        title="not part of the two states",
        message="`{name}` is {kind}, and the same in both runs: `{run}.` does not go with it.",
        labels={"primary": "does not depend on the run", "declared": "declared here"},
        help="Write `{name}` alone.",
        explanation=(
            "After a `compare`, `first.` and `second.` say in which of the two final states a state variable or a "
            "definition is read. Parameters, arguments and `let`s are the same in both."
        ),
        example=_SPEC + "rule twice(a: Account, x: ureal[USD]) {\n  compare { supply(a, x) } with { supply(a, x) }\n"
        "  check first.x == x\n}\n",
        instead=_SPEC + "rule twice(a: Account, x: ureal[USD]) {\n  compare { supply(a, x) } with { supply(a, x) }\n"
        "  check first.cash == second.cash\n}\n",
    ),
)
