"""VS00xx and VS01xx: what can't be read as a `.vspec` text at all."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry
from verifier.language.catalogue.syntax_slips import SLIPS

_TEXT = (
    Entry(
        code="VS0003",
        title="a text is too long",
        message="This text has {size} characters; the most that is read is {limit}.",
        labels={"primary": "the text begins here"},
        help="A specification is text that people read. Is this the one you meant? If it is, split it up.",
        explanation=(
            "Texts are limited to two million characters. A model has a few thousand, and a file with many generated "
            "lemmas perhaps a hundred thousand; what is longer is usually another kind of file under a wrong name."
        ),
        example="a file of ten megabytes",
        kind="description",
    ),
    Entry(
        code="VS0100",
        title="something does not fit here",
        message="Expected {expected}, but found {found}.",
        labels={"primary": "does not fit here"},
        help="{hint}",
        explanation=(
            "The text was clear up to the place that is marked, and nothing that the language knows goes on like this. "
            "The mistake is there or a little earlier: a word left out, a sign too many.\n\n"
            "Line breaks mean nothing, and statements need no separator. So a line that is not finished runs on into the "
            "next one, and the first word of that next line may be the one that is marked."
        ),
        example="model Pool\n\nstate cash nat\n",
        instead="model Pool\n\nstate cash : nat\n",
    ),
    Entry(
        code="VS0101",
        title="a character that the language does not have",
        message="No word or sign of the language begins with {found}.",
        labels={"primary": "this character"},
        help="{hint}",
        explanation=(
            "Outside of comments a text is made of the letters a to z and A to Z, digits, underscores, and the signs of the "
            "operators and brackets. Typographic quotes, dashes, no-break spaces and mathematical signs often slip in "
            "when text is copied from a document or a web page."
        ),
        example="model Pool\n\nparam limit : nat\nparam floor_ : nat where floor_ ≤ limit\n",
        instead="model Pool\n\nparam limit : nat\nparam floor_ : nat where floor_ <= limit\n",
    ),
    Entry(
        code="VS0102",
        title="this is no number",
        message="`{found}` is neither a number nor a name.",
        labels={"primary": "not a number"},
        help="{hint}",
        explanation=(
            "Numbers are decimal and exact: `12`, `10_000`, `0.825`, `1e18`, `5%`, `30 bps`. A digit stands before a decimal "
            "point and after it, and underscores only between digits. A unit follows in brackets: `5[ETH]`."
        ),
        example="model Pool\n\ndef limit = 10_000_\n",
        instead="model Pool\n\ndef limit = 10_000\n",
    ),
    Entry(
        code="VS0108",
        title="a bracket is never closed",
        message="This `{open}` is never closed.",
        labels={"primary": "opened here", "noticed": "`{close}` is missing before this"},
        help="Put a `{close}` where the part that begins with `{open}` ends.",
        explanation=(
            "Every `(`, `[` and `{` needs its counterpart. That one is missing is noticed at the first word that can't stand inside "
            "of it: the next statement, the next declaration, or the end of the file. Where it belongs is for you to say."
        ),
        example="model Pool\n\nstate cash : nat\n\naction gift() {\n  cash += 1\n\naction idle() {}\n",
        instead="model Pool\n\nstate cash : nat\n\naction gift() {\n  cash += 1\n}\n\naction idle() {}\n",
    ),
    Entry(
        code="VS0109",
        title="a closing bracket that fits no opening one",
        message="This `{found}` closes nothing.",
        labels={"primary": "closes nothing", "open": "this bracket is open"},
        help="{hint}",
        explanation=(
            "A closing bracket has to have the form of the one that was opened last and is still open. Either the bracket is one too "
            "many, or it has the wrong form, or an opening one is missing further up."
        ),
        example="model Pool\n\nstate cash : nat\n\naction gift() {\n  cash += 1\n}}\n",
        instead="model Pool\n\nstate cash : nat\n\naction gift() {\n  cash += 1\n}\n",
    ),
    Entry(
        code="VS0110",
        title="a word of the language is used as a name",
        message="`{word}` is a word of the language, so it can't be a name.",
        labels={"primary": "choose another name"},
        help="Call it something else, for example `{instead}`.",
        explanation=(
            "A few words begin declarations, statements or expressions, and the names of the number types are taken: none of "
            "them can name something of yours. Words that only mean something in one place, such as `first`, `second`, `start`, "
            "`sum`, `count`, `min` and `max`, are free."
        ),
        example="model Pool\n\nstate step : nat\n",
        instead="model Pool\n\nstate current_step : nat\n",
    ),
    Entry(
        code="VS0111",
        title="a misspelt word",
        message="`{found}` does not fit here. Did you mean `{instead}`?",
        labels={"primary": "perhaps `{instead}`"},
        help="Write `{instead}`.",
        explanation=(
            "The word is not one of the language, no name can stand in its place, and it is close to a word that would "
            "fit. If it is meant to be a name, something is missing before it."
        ),
        example="model Pool\n\nstate cash : nat\n\naction gift(x: nat) {\n  requre x > 0\n  cash += x\n}\n",
        instead="model Pool\n\nstate cash : nat\n\naction gift(x: nat) {\n  require x > 0\n  cash += x\n}\n",
    ),
    Entry(
        code="VS0117",
        title="nested too deeply",
        message="This is nested more than {limit} levels deep.",
        labels={"primary": "the level that is one too many"},
        help="Give parts of it names with `def` or `let`.",
        explanation=(
            "Expressions and statements can be nested {limit} levels deep, where every operator of a chain such as "
            "`a + b + c` counts for one. Nobody can read more; a text that needs it was made by a program, and that program "
            "can name the parts."
        ).replace("{limit}", "200"),
        example="model Pool\n\ndef total = " + "1 + " * 210 + "1\n",
        instead="model Pool\n\ndef some = " + "1 + " * 104 + "1\ndef total = some + some\n",
    ),
    Entry(
        code="VS0120",
        title="an open choice outside of `enabled`",
        message="`_` can only be an argument of the action in an `enabled` property.",
        labels={"primary": "no value can be left open here"},
        help="Give a value, or a name that is bound by `forall`, by `let`, or by a parameter.",
        explanation=(
            "`enabled anyone_can_exit : withdraw(a, _) when …` asks whether *some* amount lets the action run. Everywhere else "
            "a value is needed. `let m = any nat where …` picks any value that fits."
        ),
        example="model Pool\n\nstate cash : nat\n\ndef rich = cash > _\n",
        instead="model Pool\n\nstate cash : nat\n\ndef rich = cash > 1_000\n",
    ),
    Entry(
        code="VS0121",
        title="an import further down",
        message="Imports stand at the top of the file, before the first `model` or `spec`.",
        labels={"primary": "too far down"},
        help="Move this line to the top of the file.",
        explanation=(
            "What a file needs of other files is said once, at its top. The models of `models/lending/pool.vspec` are seen by "
            "`spec/lending/pool.vspec` without an import."
        ),
        example="model Pool\n\nstate cash : nat\n\nimport oracle/median\n",
        instead="import oracle/median\n\nmodel Pool\n\nstate cash : nat\n",
    ),
    Entry(
        code="VS0122",
        title="an import needs a plain path",
        message="`{found}` is not a path that can be imported.",
        labels={"primary": "names with slashes between, nothing else"},
        help="Write `import {instead}`: no quotes, no dots, no file ending.",
        explanation=(
            "A path is looked up in the project's `models/` first and in the built-in library next. It has no quotes, does not "
            "begin with a dot or a slash, and has no `.vspec` at its end: `import oracle/median`."
        ),
        example='import "oracle/median.vspec"\n\nmodel Pool\n',
        instead="import oracle/median\n\nmodel Pool\n",
    ),
    Entry(
        code="VS0123",
        title="a declaration in the wrong place",
        message="`{found}` belongs in {home}, and stands {here}.",
        labels={"primary": "can't be declared here"},
        help="{hint}",
        explanation=(
            "A *model* says what a protocol does: units, sorts, parameters, state, actions. A *spec* says what it promises: "
            "assumptions, invariants, rules, scenarios. `param` and `def` can stand in both. A small file may hold a model and "
            "its spec, one after the other: what follows the line `spec Promise for Pool` belongs to the spec."
        ),
        example="model Pool\n\nstate cash : nat\n\ninvariant solvent : cash >= 0\n",
        instead="model Pool\n\nstate cash : nat\n\nspec Promise for Pool\n\ninvariant solvent : cash >= 0\n",
    ),
    Entry(
        code="VS0124",
        title="a property without a name",
        message="This `{word}` has no name.",
        labels={"primary": "a name and a colon follow"},
        help="Write `{word} name_of_it : …`.",
        explanation=(
            "Every assumption and every property has a name, by which reports, certificates and the command line speak of it. "
            "A good one says what is promised: `invariant books_balance : cash + sum(debt) == sum(deposits)`."
        ),
        example="model Pool\n\nstate cash : nat\n\nspec Promise for Pool\n\ninvariant cash >= 0\n",
        instead="model Pool\n\nstate cash : nat\n\nspec Promise for Pool\n\ninvariant solvent : cash >= 0\n",
    ),
    Entry(
        code="VS0125",
        title="too many mistakes",
        message="Reading stopped here, after {limit} mistakes.",
        labels={"primary": "not read from here on"},
        help="Mend the first ones and try again. Is this a `.vspec` file?",
        explanation="A file with so many mistakes is most likely something else than a specification.",
        example="a program in another language, under the name `pool.vspec`",
        kind="description",
    ),
    Entry(
        code="VS0126",
        title="a unit that can't be",
        message="`{found}` can't be the {what} of a unit.",
        labels={"primary": "names and whole exponents only"},
        help="Units look like `USD`, `USD/ETH`, `1/s`, `m^2`.",
        explanation=(
            "A unit is a product and quotient of names, each with a whole exponent. The only number in it is the `1` in `1/s`. A "
            "scale such as *thousands of dollars* is a unit of its own: `unit kUSD`."
        ),
        example="model Pool\n\nunit USD\n\nstate cash : real[1000*USD]\n",
        instead="model Pool\n\nunit kUSD\n\nstate cash : real[kUSD]\n",
    ),
    Entry(
        code="VS0127",
        title="a sort needs a whole number of members",
        message="The sort `{name}` can't have `{found}` members.",
        labels={"primary": "a whole number from 1 to 1,000,000"},
        help="Write for example `sort {name} of 5`, or `sort {name}` for any number of members.",
        explanation="A sort is a set with at least one member. Without `of`, it has any number of them, and proofs hold for all.",
        example="model Oracle\n\nsort Feed of 0\n",
        instead="model Oracle\n\nsort Feed of 5\n",
    ),
    Entry(
        code="VS0128",
        title="a call on something that has no parts",
        message="`{name}(…)` can't be called on `{found}`.",
        labels={"primary": "only the name of a part, `first` or `second` stands before the dot"},
        help="Write `{name}({found}, …)` if `{found}` is meant to be an argument.",
        explanation=(
            "Definitions and actions take what they speak of as arguments: `value(a)`, not `a.value()`. A dot before a call "
            "stands after the name of a part (`oracle.report(f, x)`) or after `first` and `second` in a comparison."
        ),
        example=(
            "model Pool\n\nsort Account\nstate debt : Account -> nat\n\ndef twice(x: nat) = 2 * x\n"
            "def more(a: Account) = debt[a].twice()\n"
        ),
        instead=(
            "model Pool\n\nsort Account\nstate debt : Account -> nat\n\ndef twice(x: nat) = 2 * x\n"
            "def more(a: Account) = twice(debt[a])\n"
        ),
    ),
    Entry(
        code="VS0129",
        title="one value between the parentheses",
        message="`{name}(…)` takes one value, and has {count} here.",
        labels={"primary": "one value is expected"},
        help="Write `sum(debt)`, `sum(debt[a] for a in Account)`, `count(active[a] for a in Account)` or `old(debt[a])`.",
        explanation=(
            "`old(e)` is `e` before the step. `sum(debt)` adds up a map, and `sum(debt[a] for a in Account if active[a])` a value for "
            "every member. To add two numbers, write `x + y`."
        ),
        example="model Pool\n\nstate cash : nat\nstate fees : nat\n\ndef total = sum(cash, fees)\n",
        instead="model Pool\n\nstate cash : nat\nstate fees : nat\n\ndef total = cash + fees\n",
    ),
    Entry(
        code="VS0130",
        title="this can't be taken over a sort",
        message="`{name}(… for …)` is not known; over a sort there are `sum`, `count`, `max` and `min`.",
        labels={"primary": "not one of them"},
        help="An average is `sum(debt) / count(true for a in Account)`; *all* and *any* are `forall` and `exists`.",
        explanation=(
            "`sum(E for a in S)`, `count(P for a in S)`, `max(E for a in S)` and `min(E for a in S)` go over all members of a sort, "
            "or over those with `if P`. Whether all or some members fit is said with `forall a in S: P` and `exists a in S: P`."
        ),
        example="model Pool\n\nsort Account\nstate ok : Account -> bool\n\ndef fine = all(ok[a] for a in Account)\n",
        instead="model Pool\n\nsort Account\nstate ok : Account -> bool\n\ndef fine = forall a in Account: ok[a]\n",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_TEXT, *SLIPS)
