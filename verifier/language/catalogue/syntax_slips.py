"""Entries of VS01xx for habits of other languages."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

SLIPS = (
    Entry(
        code="VS0103",
        title="`=` does not assign",
        message="A value is assigned with `:=`, not with `=`.",
        labels={"primary": "`:=` is meant"},
        help="Write `{target} := …`.",
        explanation=(
            "There are three signs. `:=` gives a state variable a new value; `==` asks whether two values are equal; `=` says what a "
            "name stands for, in `let x = …`, in `def value(a: Account) = …` and in the `start` block of a scenario."
        ),
        example="model Pool\n\nstate cash : nat\n\naction reset() {\n  cash = 0\n}\n",
        instead="model Pool\n\nstate cash : nat\n\naction reset() {\n  cash := 0\n}\n",
    ),
    Entry(
        code="VS0104",
        title="`=` does not compare",
        message="Two values are compared with `==`, not with `=`.",
        labels={"primary": "`==` is meant"},
        help="Write `==`.",
        explanation=(
            "There are three signs. `==` asks whether two values are equal; `:=` gives a state variable a new value; `=` says what a "
            "name stands for, in `let x = …`, in `def value(a: Account) = …` and in the `start` block of a scenario."
        ),
        example="model Pool\n\nstate cash : nat\n\ndef empty = (cash = 0)\n",
        instead="model Pool\n\nstate cash : nat\n\ndef empty = (cash == 0)\n",
    ),
    Entry(
        code="VS0105",
        title="an operator of another language",
        message="`{found}` is written `{instead}` here.",
        labels={"primary": "write `{instead}`"},
        help="Write `{instead}`.{hint}",
        explanation=(
            "Conditions are joined with words: `not`, `and`, `or`, `implies`, from the tightest to the loosest. That two conditions are "
            "both true or both false is said with `==`. A power is `x ^ 2`."
        ),
        example="model Pool\n\nstate cash : nat\n\ndef fine = cash > 1 && cash < 9\n",
        instead="model Pool\n\nstate cash : nat\n\ndef fine = cash > 1 and cash < 9\n",
    ),
    Entry(
        code="VS0106",
        title="no semicolons",
        message="Statements need no `;`.{more}",
        labels={"primary": "leave this out"},
        help="Leave out the `;`. Statements may follow each other on one line, or stand on lines of their own.",
        explanation="A statement ends where the next one begins; line breaks carry no meaning, and there is no separator.",
        example="model Pool\n\nstate cash : nat\n\naction reset() {\n  cash := 0;\n}\n",
        instead="model Pool\n\nstate cash : nat\n\naction reset() {\n  cash := 0\n}\n",
    ),
    Entry(
        code="VS0107",
        title="comparisons do not chain",
        message="A comparison can't go on with another `{second}`.",
        labels={"primary": "the second comparison", "first": "the first one"},
        help="Say both: `{first} and {middle} {second} …`.",
        explanation=(
            "`0 < x <= y` would be read as a comparison of a truth value with a number, as in Solidity, or as both comparisons, as in "
            "Python. To leave no doubt it is refused: write `0 < x and x <= y`."
        ),
        example="model Pool\n\nparam fee : real where 0 <= fee < 1\n",
        instead="model Pool\n\nparam fee : real where 0 <= fee and fee < 1\n",
    ),
    Entry(
        code="VS0112",
        title="a word of another language",
        message="`{found}` means nothing here.",
        labels={"primary": "a word of another language"},
        help="{hint}",
        explanation=(
            "The language has few words. What is a `function` in Solidity is an `action` if it changes the state, and a `def` if it "
            "computes a value. Who may call what is said with `require`. Truth values are `true` and `false`."
        ),
        example="model Pool\n\nstate open : bool\n\ninit {\n  open := True\n}\n",
        instead="model Pool\n\nstate open : bool\n\ninit {\n  open := true\n}\n",
    ),
    Entry(
        code="VS0113",
        title="a type of another language",
        message="There is no type `{found}`.",
        labels={"primary": "not a type of this language"},
        help="{hint}",
        explanation=(
            "Numbers are exact. `int` and `real` have no bounds, `nat` and `ureal` are never below zero, and `uint8` … `uint256`, "
            "`int8` … `int256` have the range that they have in Solidity. A map is written with an arrow: "
            "`Account -> nat`, and with two keys `(Account, Market) -> nat`. Addresses are members of a sort: `sort Account`."
        ),
        example="model Pool\n\nstate cash : uint\n",
        instead="model Pool\n\nstate cash : uint256\n",
    ),
    Entry(
        code="VS0114",
        title="a `require` has no message",
        message="A `require` is a condition alone; it carries no message.",
        labels={"primary": "leave this out"},
        help="Leave out the comma and the text. To keep it, write it as a comment: `// {message}`.",
        explanation=(
            "When a run reverts, the report shows the `require` that failed, with the values in it. A condition that deserves a name "
            "can be given one: `def healthy(a: Account) = …` and `require healthy(a)`."
        ),
        example='model Pool\n\nstate cash : nat\n\naction take(x: nat) {\n  require(x > 0, "nothing")\n  cash -= x\n}\n',
        instead="model Pool\n\nstate cash : nat\n\naction take(x: nat) {\n  require x > 0\n  cash -= x\n}\n",
    ),
    Entry(
        code="VS0115",
        title="a comment begins with `//`",
        message="A comment begins with `//`, not with `{found}`.{more}",
        labels={"primary": "write `//`"},
        help="Write `// …` on every line of the comment. `/// …` documents the declaration below it.",
        explanation=(
            "There is one kind of comment: from `//` to the end of the line. Three slashes document the declaration below, and reports "
            "print what they say."
        ),
        example="model Pool\n\n# what the pool holds\nstate cash : nat\n",
        instead="model Pool\n\n// what the pool holds\nstate cash : nat\n",
    ),
    Entry(
        code="VS0116",
        title="no texts in quotes",
        message="There are no texts in quotes, such as {found}.",
        labels={"primary": "not a value of this language"},
        help="A name needs no quotes. A few values with names are an `enum`; any number of them is a `sort`.",
        explanation=(
            "Values are numbers, truth values, members of sorts and enums, and maps and records of them. What would be a text in "
            "a program, such as the state of an auction, is an enum here: `enum Phase { Open, Halted, Settled }`."
        ),
        example='model Pool\n\ndef phase = "open"\n',
        instead="model Pool\n\nenum Phase { Open, Halted }\n\ndef phase = Phase.Open\n",
    ),
    Entry(
        code="VS0118",
        title="this kind of assignment does not exist",
        message="There is no `{found}`; only `:=`, `+=` and `-=` assign.",
        labels={"primary": "not an assignment of this language"},
        help="Write `{instead}`.",
        explanation=(
            "`x += e` and `x -= e` add and subtract; anything else is written out: `x := x * 2`. Division gives an exact real "
            "number, so for integers say how it is rounded: `x := floor(x / 2)`."
        ),
        example="model Pool\n\nstate cash : nat\n\naction double() {\n  cash *= 2\n}\n",
        instead="model Pool\n\nstate cash : nat\n\naction double() {\n  cash := cash * 2\n}\n",
    ),
    Entry(
        code="VS0119",
        title="another sign is meant",
        message="`{found}` does not fit: {why}, with `{instead}`.",
        labels={"primary": "`{instead}` is meant"},
        help="Write `{instead}`.",
        explanation=(
            "There are three signs. `=` says what a name stands for, in `let x = …`, in `def value(a: Account) = …` and in the "
            "`start` block of a scenario; `:=` gives a state variable a new value; `==` asks whether two values are equal."
        ),
        example="model Pool\n\nstate cash : nat\n\ndef twice := 2 * cash\n",
        instead="model Pool\n\nstate cash : nat\n\ndef twice = 2 * cash\n",
    ),
)
