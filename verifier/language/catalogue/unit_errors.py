"""VS0203 to VS0210 and others of VS02xx: units, whole numbers, and constants."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_POOL = """\
model Pool
unit USD, ETH
sort Account
param ltv : real where 0 < ltv
state debt : Account -> ureal[USD]
state collateral : Account -> ureal[ETH]
state price : ureal[USD/ETH]
init { debt := 0  collateral := 0  price := any where price > 0 }
"""

_DECIMALS = """\
model Token
unit wei18, wei6
sort Account
state balance : Account -> nat[wei18]
state paid : nat[wei6]
init { balance := 0  paid := 0 }
"""

_SHARES = """\
model Shares
unit asset, share
state assets : nat[asset]
state supply : nat[share]
init { assets := 0  supply := 0 }
"""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0203",
        title="two amounts in different units",
        message="`{op}` needs equal units, but its two sides are in `{left}` and in `{right}`.",
        labels={"primary": "this is in `{right}`", "left": "this is in `{left}`"},
        help="Convert one of them, by multiplying or dividing with a price or a rate that has the unit in between.",
        explanation=(
            "Amounts can be added, subtracted and compared when their units are equal; multiplying and dividing "
            "combine units. `collateral[a] * price` is in `ETH * USD/ETH`, which is `USD`, and so it can be compared "
            "with a debt in `USD`. A unit that does not work out is nearly always a forgotten price, or a price that "
            "is upside down: then divide instead of multiplying."
        ),
        example=_POOL + "def healthy(a: Account) = debt[a] <= collateral[a]\n",
        instead=_POOL + "def healthy(a: Account) = debt[a] <= collateral[a] * price\n",
    ),
    Entry(
        code="VS0204",
        title="a value in the wrong unit",
        message="{what} is {wanted}, but the value is {found}.",
        labels={"primary": "this is {found}", "declared": "the unit is given here"},
        help="Convert the value with a price or a rate, or correct the unit of the declaration.",
        explanation=(
            "What is stored in a variable, passed as an argument or given in a `start` block needs the very unit of "
            "the declaration. Nothing is converted silently."
        ),
        example=_POOL
        + "action pledge(a: Account, amount: ureal[USD]) { collateral[a] += 0  debt[a] := amount / price }\n",
        instead=_POOL
        + "action pledge(a: Account, amount: ureal[ETH]) { collateral[a] += 0  debt[a] := amount * price }\n",
    ),
    Entry(
        code="VS0205",
        title="a ratio beside an amount",
        message="`{op}` stands between a plain number and an amount in `{unit}`.",
        labels={"primary": "this is a plain number", "amount": "this is an amount in `{unit}`"},
        help="Multiply the ratio `{ratio}` with the amount that it is a ratio of.",
        explanation=(
            "A plain number (a ratio, a percentage, a count) has no unit, and can't be compared with or added to an "
            "amount that has one. Usually the ratio has to be multiplied with something: not `debt[a] <= ltv` but "
            "`debt[a] <= value(a) * ltv`. If it really is an amount, its declaration lacks the unit: `param cap : "
            "real[USD]`."
        ),
        example=_POOL + "def healthy(a: Account) = debt[a] <= ltv\n",
        instead=_POOL + "def healthy(a: Account) = debt[a] <= collateral[a] * price * ltv\n",
    ),
    Entry(
        code="VS0206",
        title="a constant without its unit",
        message="`{number}` needs a unit, since it meets {unit}.",
        labels={"primary": "no unit here", "other": "this is {unit}"},
        help="Write `{fixed}`.",
        explanation=(
            "Only `0` fits every unit, because nothing of anything is the same nothing. Any other constant says what "
            "it is a number of: `5[USD]`, `2000[USD/ETH]`, `1e12[wei18/wei6]`. Bare, it is a plain number: a factor "
            "or a ratio."
        ),
        example=_POOL + "action borrow(a: Account, amount: ureal[USD]) { require amount > 5  debt[a] += amount }\n",
        instead=_POOL
        + "action borrow(a: Account, amount: ureal[USD]) { require amount > 5[USD]  debt[a] += amount }\n",
    ),
    Entry(
        code="VS0207",
        title="an exponent with a unit",
        message="The exponent `{text}` has a unit, but it says how often to multiply.",
        labels={"primary": "an exponent is a plain number"},
        help="Write `{number}` without a unit.",
        explanation="In `x ^ 2` the exponent counts factors. The unit of the result is the unit of `x`, squared.",
        example=_POOL + "def area(a: Account) = debt[a] ^ 2[USD]\n",
        instead=_POOL + "def area(a: Account) = debt[a] ^ 2\n",
    ),
    Entry(
        code="VS0208",
        title="an exponent that is not a constant whole number",
        message="The exponent `{text}` is not a whole number from 0 to 256, written out.",
        labels={"primary": "a whole number has to stand here"},
        help="Write the number itself, as in `x ^ 2`. For the inverse, divide: `1 / x`.",
        explanation=(
            "`x ^ n` is `x` multiplied with itself, so that its unit and its meaning are clear before anything runs. "
            "A power with a variable exponent (compound interest over `n` periods) is modelled step by step: keep an "
            "index in the state, and let an action multiply it."
        ),
        example="model Growth\nparam periods : nat\nparam rate : real\ndef factor = rate ^ periods\n",
        instead="model Growth\nparam rate : real\ndef factor = rate ^ 12\n",
    ),
    Entry(
        code="VS0209",
        title="decimals that do not agree",
        message="`{fine}` and `{coarse}` differ in their decimals: this is {right}, but it meets {left}.",
        labels={"primary": "this is {right}", "other": "this is {left}"},
        help="Multiply the amount in `{coarse}` with `{factor}`, or divide the one in `{fine}` by it.",
        explanation=(
            "Units whose names differ in a number only, such as `wei18` and `wei6`, are taken for the same thing "
            "counted with a different number of decimals. The factor between them has to stand in the text, with its "
            "unit; one that is forgotten or applied twice then shows here, and not on the chain. A bare `1e12` "
            "does not help: it is a plain number, and leaves the unit as it was."
        ),
        example=_DECIMALS + "action pay(a: Account, amount: nat[wei6]) { balance[a] -= amount  paid += amount }\n",
        instead=_DECIMALS + "action pay(a: Account, amount: nat[wei6]) {\n"
        "  balance[a] -= amount * 1e12[wei18/wei6]\n  paid += amount\n}\n",
    ),
    Entry(
        code="VS0210",
        title="a real number where a whole one is needed",
        message="{what} takes a whole number (`{wanted}`), but this may have a fraction.",
        labels={"primary": "this is a real number", "declared": "the type is given here"},
        help="{advice}",
        explanation=(
            "`/` always gives the exact quotient, never a truncated one, and a percentage is a fraction. The only "
            "ways back to whole numbers are `floor` and `ceil`, so that every rounding direction stands in the text: "
            "down for what the protocol pays, up for what it takes. Both keep the unit. Solidity's `a * b / c` is "
            "`floor(a * b / c)`."
        ),
        example=_SHARES + "action redeem(x: nat[share]) { assets -= x * assets / supply  supply -= x }\n",
        instead=_SHARES + "action redeem(x: nat[share]) { assets -= floor(x * assets / supply)  supply -= x }\n",
    ),
    Entry(
        code="VS0216",
        title="alternatives of different kinds",
        message="{what} are of different kinds: {first}, and {second}.",
        labels={"primary": "this is {second}", "first": "this is {first}"},
        help="{advice}",
        explanation=(
            "An `if` or a `match` is an expression, and has one type whichever way it goes. Whole and real numbers go "
            "together (the result is real), and `0` goes with every unit; other mixtures do not."
        ),
        example=_POOL + "def fee(a: Account) = if debt[a] > 0 then debt[a] * ltv else 5\n",
        instead=_POOL + "def fee(a: Account) = if debt[a] > 0 then debt[a] * ltv else 5[USD]\n",
    ),
    Entry(
        code="VS0217",
        title="least or greatest of different kinds",
        message="{what} are of different kinds: {first}, and {second}.",
        labels={"primary": "this is {second}", "first": "this is {first}"},
        help="{advice}",
        explanation="`min` and `max` compare their arguments, so all of them have the same unit. `0` fits every unit.",
        example=_POOL + "def payable(a: Account) = min(debt[a], collateral[a])\n",
        instead=_POOL + "def payable(a: Account) = min(debt[a], collateral[a] * price)\n",
    ),
    Entry(
        code="VS0218",
        title="a constant outside the range of its type",
        message="{what} is of type `{type}`, which {range}: `{number}` can never be stored there.",
        labels={"primary": "out of range", "declared": "the type is given here"},
        help="Use a constant that fits, or a wider type.",
        explanation=(
            "A value that leaves its type's range reverts the action. With a constant that is certain before anything "
            "runs, so it is reported as a mistake."
        ),
        example="model Fees\nstate fee_percent : uint8\ninit { fee_percent := 300 }\n",
        instead="model Fees\nstate fee_percent : uint16\ninit { fee_percent := 300 }\n",
    ),
    Entry(
        code="VS0219",
        title="a division by zero",
        message="The divisor in `{text}` is zero.",
        labels={"primary": "this is always zero"},
        help="Divide by something else.",
        explanation=(
            "A divisor that can be zero in some state makes an action revert, and a property that divides by it is an "
            "error with a counterexample. A divisor that is the constant zero is a mistake in any state."
        ),
        example="model Fees\nparam fee : real\ndef part = fee / 0\n",
        instead="model Fees\nparam fee : real\ndef part = fee / 100\n",
    ),
)
