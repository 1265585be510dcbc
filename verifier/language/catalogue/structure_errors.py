"""VS04xx: what may stand where, and what a model or a property needs to be complete."""

from __future__ import annotations

from verifier.language.catalogue import composition_errors, program_errors
from verifier.language.catalogue.entry import Entry

_POOL = """\
model Pool
unit USD
sort Account
param cap : ureal[USD]
state debt : Account -> ureal[USD]
state cash : ureal[USD]
"""

_INIT = "init { debt := 0  cash := 0 }\n"

_LOOP = _POOL + _INIT + "action accrue(growth: ureal, b: Account) {\n"

_APPROVALS = (
    _POOL
    + "state allowance : (Account, Account) -> ureal[USD]\n"
    + "init { debt := 0  cash := 0  allowance := 0 }\n"
    + "action reset(b: Account) {\n"
)

_PHASES = """\
model Market
enum Phase { Open, Halted, Settled }
state phase : Phase
init { phase := Open }
"""

_ENTRIES = (
    Entry(
        code="VS0402",
        title="a model without a first state",
        message="The model `{name}` does not say how it begins.",
        labels={"primary": "has no `init`"},
        help="Add `init {{ {lines} }}`.",
        explanation=(
            "`init` gives every state variable its first value. `x := any` and `x := any where P` leave it open; "
            "`debt := 0` sets all entries of a map."
        ),
        example=_POOL,
        instead=_POOL + _INIT,
    ),
    Entry(
        code="VS0403",
        title="state without a first value",
        message="`init` gives no value to {names}.",
        labels={"primary": "incomplete", "missing": "has no first value"},
        help="Add {lines}.",
        explanation=(
            "Nothing is zero by default: a first value that is left out would be any value, and properties would fail "
            "for it. If any value is meant, write `x := any`. An `if` gives a value if both of its branches do; "
            "entries of a map count as the whole when a `for` goes through all members."
        ),
        example=_POOL + "init { debt := 0 }\n",
        instead=_POOL + _INIT,
    ),
    Entry(
        code="VS0404",
        title="state that is read before it has a value",
        message="`init` reads `{name}`{through} before it has a value.",
        labels={"primary": "read here", "declared": "declared here"},
        help="Assign to `{name}` above this line.",
        explanation="The statements of `init` run in order, and before the first of them the state has no values.",
        example=_POOL + "init { debt := cash  cash := 0 }\n",
        instead=_POOL + "init { cash := 0  debt := cash }\n",
    ),
    Entry(
        code="VS0405",
        title="two `init`s",
        message="A model begins once, but here is a second `init`.",
        labels={"primary": "the second", "first": "the first"},
        help="Put everything into one `init`. For several possible beginnings, use `any` or a parameter.",
        explanation="The one `init` of a model gives all state variables their first values.",
        example=_POOL + _INIT + _INIT,
        instead=_POOL + _INIT,
    ),
    Entry(
        code="VS0406",
        title="an assignment to what never changes",
        message="`{name}` is {kind}, and can't be assigned to.",
        labels={"primary": "never changes", "declared": "declared here"},
        help="{advice}",
        explanation=(
            "Only state variables change. Parameters are fixed for a whole run, symbolic unless a profile gives them "
            "values; arguments and `let`s are names for values."
        ),
        example=_POOL + _INIT + "action raise_cap(amount: ureal[USD]) { cap += amount }\n",
        instead=_POOL.replace("param cap", "state cap")
        + "init { debt := 0  cash := 0  cap := 0 }\naction raise_cap(amount: ureal[USD]) { cap += amount }\n",
    ),
    Entry(
        code="VS0407",
        title="a whole map changed at once",
        message="`{name} {op} …` would change a whole map by something else than one value for all entries.",
        labels={"primary": "a whole map"},
        help="Write `{fixed}`.",
        explanation=(
            "`debt := 0` gives all entries the same value. Everything that differs from entry to entry is a `for` "
            "loop, which updates all members at once."
        ),
        example=_POOL + _INIT + "action charge(fee: ureal[USD]) { debt += fee }\n",
        instead=_POOL + _INIT + "action charge(fee: ureal[USD]) { for a in Account { debt[a] += fee } }\n",
    ),
    Entry(
        code="VS0408",
        title="a loop that writes elsewhere",
        message="In `for {member} in {sort}`, `{text}` is not `{member}`'s own entry.",
        labels={"primary": "written in every pass", "loop": "the loop goes over all `{member}`"},
        help="Write to an entry of `{member}`, as in `x[{member}]`; for a total, use `sum(… for {member} in {sort})`.",
        explanation=(
            "A `for` updates all members at once, and each pass writes that member's own entries only, always with "
            "the member as the same key. So the order of the passes can't matter, and the loop means the same for any "
            "number of members. A total over all members is one assignment: `cash += sum(fee[a] for a in Account)`."
        ),
        example=_LOOP + "  for a in Account { cash += debt[a] }\n}\n",
        instead=_LOOP + "  cash += sum(debt)\n}\n",
    ),
    Entry(
        code="VS0409",
        title="a loop that reads what other passes write",
        message="This reads entries of `{name}` that other passes of the loop write.",
        labels={"primary": "reads other members' entries", "loop": "the loop over `{member}`"},
        help="Read `{entry}` only, or take the value before the loop: `let before = …`.",
        explanation=(
            "A `for` updates all members at once, so a pass can't depend on what another pass has written or has yet "
            "to write. Of a map that the loop writes, a pass may read the entry that it writes; all other maps it may "
            "read freely."
        ),
        example=_LOOP + "  for a in Account { debt[a] := debt[b] * growth }\n}\n",
        instead=_LOOP + "  let base = debt[b]\n  for a in Account { debt[a] := base * growth }\n}\n",
    ),
    Entry(
        code="VS0410",
        title="a loop inside a loop over the same sort",
        message="`for {name} in {sort}` stands inside a loop over `{sort}`.",
        labels={"primary": "the inner loop", "outer": "the outer loop"},
        help=(
            "One loop goes over all members already. For what concerns other members, use `sum`, `forall` or `exists`."
        ),
        explanation=(
            "Loops over different sorts may be nested, to go through a map with two keys. Two loops over one sort "
            "would let the passes meet in the same entries."
        ),
        example=_APPROVALS + "  for a in Account { for c in Account { allowance[a, c] := debt[a] } }\n}\n",
        instead=_APPROVALS + "  for c in Account { allowance[b, c] := debt[b] }\n}\n",
    ),
    Entry(
        code="VS0420",
        title="a `match` that leaves members out",
        message="This `match` does not say what happens for {missing} of `{enum}`.",
        labels={"primary": "incomplete"},
        help="Add `{arms}`.",
        explanation=(
            "A `match` has one arm for each member, so that a member that is added later can't be forgotten. There is "
            "no default arm."
        ),
        example=_PHASES + "def fee = match phase { Open => 1  Halted => 0 }\n",
        instead=_PHASES + "def fee = match phase { Open => 1  Halted => 0  Settled => 0 }\n",
    ),
    Entry(
        code="VS0421",
        title="two arms for one member",
        message="`{name}` has two arms in this `match`.",
        labels={"primary": "the second", "first": "the first"},
        help="Leave out one of them.",
        explanation="A `match` has exactly one arm for each member of the enum.",
        example=_PHASES + "def fee = match phase { Open => 1  Halted => 0  Open => 2  Settled => 0 }\n",
        instead=_PHASES + "def fee = match phase { Open => 1  Halted => 0  Settled => 0 }\n",
    ),
    Entry(
        code="VS0424",
        title="a `where` that speaks of the state",
        message="A `where` of a parameter can't speak of the state: {name}{through}.",
        labels={"primary": "depends on the state", "declared": "declared here"},
        help="State what holds of the state as an `invariant` of the spec, or require it in the actions.",
        explanation=(
            "Parameters are chosen before anything runs and stay fixed, so their ranges can only depend on other "
            "parameters."
        ),
        example=_POOL.replace("ureal[USD]\nstate debt", "ureal[USD] where cap >= cash\nstate debt") + _INIT,
        instead=_POOL.replace("ureal[USD]\nstate debt", "ureal[USD] where cap > 0\nstate debt") + _INIT,
    ),
    Entry(
        code="VS0425",
        title="an empty declaration",
        message="{what}.",
        labels={"primary": "nothing in it"},
        help="List what it has, as in `{example}`.",
        explanation="An enum without members has no values, and a struct without fields holds nothing.",
        example="model Market\nenum Phase { }\n",
        instead="model Market\nenum Phase { Open, Halted }\n",
    ),
    Entry(
        code="VS0427",
        title="a choice inside a loop",
        message="`{name}` can't be chosen with `any` inside a loop over `{member}`.",
        labels={"primary": "chosen anew in every pass"},
        help="Choose the whole map before the loop: `m := any where forall {member} in …: …`.",
        explanation=(
            "A loop updates all members at once and has no choices in it. To choose a value for each member, choose "
            "the map: `report := any where forall f in Feed: report[f] > 0`."
        ),
        example=_LOOP + "  for a in Account { debt[a] := any where debt[a] < cap }\n}\n",
        instead=_LOOP + "  debt := any where forall a in Account: debt[a] < cap\n}\n",
    ),
    Entry(
        code="VS0428",
        title="a choice that is added",
        message="`any` chooses a value, and can't be combined with `{op}`.",
        labels={"primary": "a choice"},
        help="Choose the new value with `{name} := any where …`, or name the choice first: `let x = any …`.",
        explanation="`x := any where P` picks a new value for `x`; P may compare it with whatever it depends on.",
        example=_POOL + _INIT + "action gain() { cash += any where cash > 0 }\n",
        instead=_POOL + _INIT + "action gain() { cash := any where cash > 0 }\n",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_ENTRIES, *program_errors.ENTRIES, *composition_errors.ENTRIES)
