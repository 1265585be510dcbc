"""VS02xx: types and units."""

from __future__ import annotations

from verifier.language.catalogue import unit_errors
from verifier.language.catalogue.entry import Entry

_BANK = """\
model Bank
unit USD
sort Account
sort Market
enum Phase { Open, Halted }
state debt : Account -> ureal[USD]
state frozen : Account -> bool
state deposit : (Account, Market) -> ureal[USD]
state cash : ureal[USD]
state phase : Phase
init { debt := 0  frozen := false  deposit := 0  cash := 0  phase := Open }
"""

_PERP = """\
model Perp
unit USD, ETH
sort Account
struct Position { size: real[ETH]  margin: real[USD] }
state position : Account -> Position
init { position.size := 0  position.margin := 0 }
"""

_ENTRIES = (
    Entry(
        code="VS0201",
        title="a condition that is not true or false",
        message="{what} must be true or false, but it is {found}.",
        labels={"primary": "this is {found}"},
        help="Compare it with something, as in `{fixed}`.",
        explanation=(
            "Conditions and properties are formulas: comparisons, `not`, `and`, `or`, `implies`, `forall`, `exists`, "
            "and states or definitions of type `bool`. A number does not count as true or false."
        ),
        example=_BANK + "action borrow(a: Account, amount: ureal[USD]) { require amount  debt[a] += amount }\n",
        instead=_BANK + "action borrow(a: Account, amount: ureal[USD]) { require amount > 0  debt[a] += amount }\n",
    ),
    Entry(
        code="VS0202",
        title="arithmetic on what is not a number",
        message="{what} works on numbers, but this is {found}.",
        labels={"primary": "this is {found}"},
        help="{advice}",
        explanation="There are no conversions between numbers and `bool`s, sorts or enums, in either direction.",
        example=_BANK + "def ice = sum(frozen)\n",
        instead=_BANK + "def ice = count(frozen)\n",
    ),
    Entry(
        code="VS0211",
        title="a value of the wrong kind",
        message="{what} must be of type `{wanted}`, but this is {found}.",
        labels={
            "primary": "this is {found}",
            "declared": "the type is given here",
            "left": "this is of type `{wanted}`",
            "implicit": "and here it got its sort",
        },
        help="Put a value of type `{wanted}` here, or correct the declaration.",
        explanation=(
            "Numbers, `bool`s, every sort and every enum are kinds of their own, which do not mix: a member of "
            "`Account` is not a member of `Market`, and neither is a number.\n\n"
            "A name that a scenario or an `enabled` uses without declaring it gets its sort from the first place "
            "where it stands, and keeps it."
        ),
        example=_BANK + "action freeze(a: Account) { frozen[a] := 1 }\n",
        instead=_BANK + "action freeze(a: Account) { frozen[a] := true }\n",
    ),
    Entry(
        code="VS0212",
        title="a key of the wrong sort",
        message="`{map}` is indexed by `{wanted}`, but `{text}` is {found}.",
        labels={"primary": "this is {found}", "implicit": "here it got its sort"},
        help="Use a member of `{wanted}` as the key.",
        explanation="A map has a value for each member of its key sort, and for nothing else.",
        example=_BANK + "def owed(m: Market) = debt[m]\n",
        instead=_BANK + "def owed(a: Account) = debt[a]\n",
    ),
    Entry(
        code="VS0213",
        title="too many or too few keys",
        message="`{name}` takes {wanted} ({sorts}), but here {found}.",
        labels={"primary": "{found}"},
        help="Give {wanted} in one pair of brackets: `{name}[{sorts}]`, with a member in place of each sort.",
        explanation=(
            "A map over several sorts takes all its keys in one pair of brackets: `deposit[a, m]`, not "
            "`deposit[a][m]`. Fewer keys do not give a smaller map; sum or quantify over the key that is left: "
            "`sum(deposit[a, m] for m in Market)`."
        ),
        example=_BANK + "def supplied(a: Account, m: Market) = deposit[a]\n",
        instead=_BANK + "def supplied(a: Account, m: Market) = deposit[a, m]\n",
    ),
    Entry(
        code="VS0214",
        title="brackets after what is not a map",
        message="`{name}` is not a map, but {found}.",
        labels={"primary": "brackets have no meaning here"},
        help="{advice}",
        explanation=(
            "Brackets take the value of a map at a key. A definition takes its arguments in round brackets: `value(a)`."
        ),
        example=_BANK + "def mine(a: Account) = cash[a]\n",
        instead=_BANK + "def mine(a: Account) = debt[a]\n",
    ),
    Entry(
        code="VS0215",
        title="a whole map where one value is needed",
        message="`{name}` is a map (`{type}`): it has a value for every {keys}.",
        labels={"primary": "one value is needed here"},
        help="Say which value: `{example}`. For all of them, write `sum({name})` or `forall`.",
        explanation=(
            "A map can be indexed, summed, counted, and assigned one value for all its entries (`debt := 0`). "
            "Everything else is said of its entries: with a key, or with `forall`, `exists`, `sum(… for a in "
            "Account)`."
        ),
        example=_BANK + "def solvent = debt <= cash\n",
        instead=_BANK + "def solvent = sum(debt) <= cash\n",
    ),
    Entry(
        code="VS0220",
        title="a whole record where one value is needed",
        message="`{name}` is a whole record of type `{type}`.",
        labels={"primary": "one value is needed here"},
        help="Name a field: `{example}`.",
        explanation=(
            "A record is used field by field. The one exception is copying: `position[a] := position[b]` copies all "
            "fields."
        ),
        example=_PERP + "def large(a: Account) = position[a] > 10[ETH]\n",
        instead=_PERP + "def large(a: Account) = position[a].size > 10[ETH]\n",
    ),
    Entry(
        code="VS0221",
        title="a field of what has none",
        message="`{base}` has no field `{name}`: it is {found}.",
        labels={"primary": "no such field", "base": "this is {found}"},
        help="A dot stands after a record, as in `position[a].margin`, or after an enum, as in `Phase.Open`.",
        explanation="Only records (`struct`) have fields, and only enums have members that can be named with a dot.",
        example=_BANK + "def balance(a: Account) = debt[a].amount\n",
        instead=_BANK + "def balance(a: Account) = debt[a]\n",
    ),
    Entry(
        code="VS0222",
        title="whole maps compared",
        message="Whole maps (`{type}`) can't be compared with `{op}`.",
        labels={"primary": "both sides are maps"},
        help="Compare them entry by entry: `{fixed}`.",
        explanation=(
            "Equality of maps is equality of all their entries. Writing it out as a `forall` shows where a "
            "counterexample has to be looked for: at one member."
        ),
        example=_BANK + "spec Frame for Bank\nstep debts_stay : debt == old(debt)\n",
        instead=_BANK + "spec Frame for Bank\nstep debts_stay : forall a in Account: debt[a] == old(debt[a])\n",
    ),
    Entry(
        code="VS0223",
        title="an order on what has none",
        message="`{op}` compares numbers, but this is {found}.",
        labels={"primary": "this is {found}"},
        help="Use `==` or `!=`.",
        explanation=(
            "Members of sorts and enums, and truth values, are equal or different; none is less than another. For "
            "implication between conditions write `P implies Q`, for a total order on members keep a rank in a map."
        ),
        example=_BANK + "def running = phase < Halted\n",
        instead=_BANK + "def running = phase != Halted\n",
    ),
    Entry(
        code="VS0224",
        title="a `match` on what is not an enum",
        message="`match` tells the members of an enum apart, but `{text}` is {found}.",
        labels={"primary": "this is {found}"},
        help="Use `if … then … else …`.",
        explanation="A `match` has one arm for each member of an enum. Any other case distinction is an `if`.",
        example=_BANK + "def open_or_not(a: Account) = match frozen[a] { Open => 1  Halted => 0 }\n",
        instead=_BANK + "def open_or_not(a: Account) = if frozen[a] then 0 else 1\n",
    ),
    Entry(
        code="VS0225",
        title="an aggregate over nothing",
        message="`{kind}({text})` does not say over what: `{text}` is {found}.",
        labels={"primary": "this is {found}"},
        help="{advice}",
        explanation=(
            "`sum(debt)` is short for `sum(debt[a] for a in Account)`, and `count(frozen)` for `count(frozen[a] for a "
            "in Account)`. The short form takes the name of a map, and of a map of truth values for `count`. "
            "Everything else names its members: `sum(debt[a] * price for a in Account if not frozen[a])`."
        ),
        example=_BANK + "def total = sum(cash)\n",
        instead=_BANK + "def total = sum(debt)\n",
    ),
    Entry(
        code="VS0226",
        title="`any` without a type",
        message="Any what? `{name}` needs a type.",
        labels={"primary": "the type is missing"},
        help="Write it after `any`, with its unit: `let {name} = any ureal[USD] where …`.",
        explanation=(
            "In `x := any where P` the type is the one of `x`. A `let` declares something new, so the type has to be "
            "said: `let m = any real[USD/ETH] where P`."
        ),
        example=_BANK + "action borrow(a: Account) { let x = any  debt[a] += x }\n",
        instead=_BANK + "action borrow(a: Account) { let x = any ureal[USD]  debt[a] += x }\n",
    ),
    Entry(
        code="VS0227",
        title="two types for one choice",
        message="`{name}` is of type `{wanted}`, but `any` is asked for a `{found}`.",
        labels={"primary": "this says `{found}`", "declared": "and here it is a `{wanted}`"},
        help="Leave out the type after `any`.",
        explanation="The type of what is chosen has to be the type of what it is stored in.",
        example=_BANK + "action shuffle() { cash := any real[USD] where cash > 0 }\n",
        instead=_BANK + "action shuffle() { cash := any where cash > 0 }\n",
    ),
    Entry(
        code="VS0228",
        title="a map indexed by records",
        message="`{name}` is a struct, and a map is indexed by members of a sort or an enum.",
        labels={"primary": "not a sort or an enum"},
        help="Index by the sorts themselves: `(Account, Market) -> …`.",
        explanation="A map has an entry for each member of its key sorts. Records have no members, they have fields.",
        example=_PERP.replace("init {", "init { seen := false ") + "state seen : Position -> bool\n",
        instead=_PERP.replace("init {", "init { seen := false ") + "state seen : Account -> bool\n",
    ),
    Entry(
        code="VS0229",
        title="a record that is not a copy",
        message="`{name}` holds records of type `{struct}`, which are set field by field.",
        labels={"primary": "this sets a whole record"},
        help="Write {fixed}.",
        explanation=(
            "A record is set by setting its fields, or by copying another record: `position[a] := position[b]`. For a "
            "map of records, `position.margin := 0` sets that field of every entry."
        ),
        example=_PERP + "action close(a: Account) { position[a] := 0 }\n",
        instead=_PERP + "action close(a: Account) { position[a].size := 0  position[a].margin := 0 }\n",
    ),
    Entry(
        code="VS0230",
        title="a map or a record as a single value",
        message="{what} can't be a {kind} (`{type}`): it has to be a single value.",
        labels={"primary": "a number, `bool`, sort or enum has to stand here"},
        help="{advice}",
        explanation=(
            "Arguments, `let`s and the fields of records are single values: numbers, truth values, members of sorts "
            "and enums. Maps and records live in `state` and `param`."
        ),
        example=_PERP + "def equity(p: Position) = 0\n",
        instead=_PERP + "def equity(a: Account) = position[a].margin\n",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_ENTRIES, *unit_errors.ENTRIES)
