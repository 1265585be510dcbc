"""VS043x and VS044x: models made of other models, as variants or of parts; deadlines."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_POOL = """\
model Pool
unit USD
state cash : ureal[USD]
init { cash := 0 }
action pay(amount: ureal[USD]) { cash += amount }
"""

_ORACLE = """\
model Oracle
state price : ureal
init { price := 1 }
action report(to: ureal) { price := to }
"""

_HOST = """\

model Market
use Oracle as oracle
state last : ureal
init { last := 0 }
action trade() { last := oracle.price }
"""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0430",
        title="a variant of an unknown model",
        message="There is no model called `{name}` that this one could be a variant of.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "`model Fixed extends Pool` is `Pool` with some actions added or replaced. The base stands in the same "
            "file, in the model file beside a spec, or in a file that is imported: `import lending/pool`."
        ),
        example=_POOL + "\nmodel Fixed extends Pol { action stop() { } }\n",
        instead=_POOL + "\nmodel Fixed extends Pool { action stop() { } }\n",
    ),
    Entry(
        code="VS0431",
        title="variants in a circle",
        message="`{name}` is a variant of itself: {circle}.",
        labels={"primary": "leads back to it", "through": "through this one"},
        help="One of them has to be written out: drop its `extends`.",
        explanation="A variant adds to its base or replaces actions of it, so some model must be the first.",
        example="model Pool extends Fixed { }\n\nmodel Fixed extends Pool { }\n",
        instead=_POOL + "\nmodel Fixed extends Pool { }\n",
    ),
    Entry(
        code="VS0432",
        title="a variant that adds state and keeps the old beginning",
        message="`{name}` adds {names}, but begins as `{base}` does, whose `init` knows nothing of it.",
        labels={"primary": "has no first value", "base": "the `init` that is kept"},
        help="Write an `init` in `{name}`, with the first values of everything: it replaces that of `{base}`.",
        explanation=(
            "A variant has the `init` of its base, or one of its own in its place. Nothing is zero by default, so "
            "state that the variant adds needs an `init` that speaks of it."
        ),
        example=_POOL + "\nmodel Counted extends Pool { state payments : nat }\n",
        instead=_POOL + "\nmodel Counted extends Pool { state payments : nat  init { cash := 0  payments := 0 } }\n",
    ),
    Entry(
        code="VS0433",
        title="a part of an unknown model",
        message="There is no model called `{name}` that could be a part of this one.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "`use MedianOracle as oracle` puts one model inside another. The part's model stands in the same file, in "
            "the model file beside a spec, or in a file that is imported: `import oracle/median`."
        ),
        example=_ORACLE + _HOST.replace("use Oracle", "use Orakel"),
        instead=_ORACLE + _HOST,
    ),
    Entry(
        code="VS0434",
        title="parts in a circle",
        message="`{name}` would be a part of itself: {circle}.",
        labels={"primary": "contains this model"},
        help="One of them has to do without the other: move what both need into a third model.",
        explanation="A model is put together from its parts, so none can be inside itself, however deep.",
        example="model Left { use Right as right }\n\nmodel Right { use Left as left }\n",
        instead="model Left { use Right as right }\n\nmodel Right { }\n",
    ),
    Entry(
        code="VS0435",
        title="one name, declared in two ways",
        message="`{name}` is `{mine}` here, and `{theirs}` in the part `{part}`.",
        labels={"primary": "part of this model", "here": "declared here", "part": "declared otherwise"},
        help="Declare it alike in both, or give one of them another name.",
        explanation=(
            "A model and its parts share units, sorts, enums and records by name: the `Account` of a part is the "
            "`Account` of its host. What is proved of a part holds in its host because nothing of it changes there."
        ),
        example="model Oracle { sort Feed of 5 }\n\nmodel Market {\n  sort Feed\n  use Oracle as oracle\n}\n",
        instead="model Oracle { sort Feed of 5 }\n\nmodel Market { use Oracle as oracle }\n",
    ),
    Entry(
        code="VS0436",
        title="nothing of that name in a part",
        message="The part `{part}` has no {what} called `{name}`.",
        labels={"primary": "unknown", "part": "the part"},
        help="{hint}",
        explanation=(
            "Of a part `oracle` the host sees the parameters, the state and the definitions as `oracle.price`, and "
            "runs its actions as `oracle.report(x)`. A part's own parts are seen in the same way, but their actions "
            "are run only by the part, or where it exposes them."
        ),
        example=_ORACLE + _HOST.replace("oracle.price", "oracle.prise"),
        instead=_ORACLE + _HOST,
    ),
    Entry(
        code="VS0437",
        title="a part's state, written by its host",
        message="`{name}` belongs to the part `{part}`: only the part's own actions write it.",
        labels={"primary": "written from outside", "declared": "the part's state"},
        help="{advice}",
        explanation=(
            "A host reads the state of its parts, and changes it by running their actions. So every invariant of a "
            "part holds inside every host, and is used there without being proved again."
        ),
        example=_ORACLE + _HOST + "action crash() { oracle.price := 0 }\n",
        instead=_ORACLE + _HOST + "action crash() { oracle.report(0) }\n",
    ),
    Entry(
        code="VS0438",
        title="a part's action in a loop",
        message="`{name}` can't run inside a `for`.",
        labels={"primary": "run once for every member"},
        help="Give the part an action that does it for all members at once, with the `for` inside.",
        explanation=(
            "A `for` updates all members at once, each its own entries, so that the order can't matter. An action of "
            "a part may write anything of the part, so running it many times is many steps and not one."
        ),
        example=_ORACLE + _HOST + "sort Feed\naction all() { for f in Feed { oracle.report(1) } }\n",
        instead=_ORACLE + _HOST + "action all() { oracle.report(1) }\n",
    ),
    Entry(
        code="VS0439",
        title="an action of a part that nobody but the host runs",
        message="`{name}` is no action of this model, but of its part.",
        labels={"primary": "not exposed"},
        help="Let the world run it with `expose {name}` in the model, or name the model's own action that runs it.",
        explanation=(
            "Rules, scenarios, `rely`, `enabled`, `responds` and `action == …` speak of what the world can do. An "
            "action of a part is that where the model exposes it; otherwise only the model's own actions run it."
        ),
        example=_ORACLE
        + _HOST
        + "\nspec Fine for Market\nscenario one { oracle.report(1)  check oracle.price == 1 }\n",
        instead=_ORACLE
        + _HOST
        + "expose oracle.report\n\nspec Fine for Market\n"
        + "scenario one { oracle.report(1)  check oracle.price == 1 }\n",
    ),
    Entry(
        code="VS0447",
        title="a deadline that is no number of times",
        message="After `within` stands how many times, and `{text}` is no whole number of them.",
        labels={"primary": "how many times?"},
        help="Write a natural number, or a parameter of type `nat` without a unit.",
        explanation=(
            "`P leads to Q within 3 of tick`: once P, then Q before `tick` has run three more times. Time itself is "
            "counted in runs of the action that makes it pass; to speak of seconds, let each run stand for so many."
        ),
        example=_POOL + "spec Soon for Pool\nresponds spent : cash > 0 leads to cash == 0 within 1.5 of pay\n",
        instead=_POOL + "spec Soon for Pool\nresponds spent : cash > 0 leads to cash == 0 within 2 of pay\n",
    ),
    Entry(
        code="VS0448",
        title="a deadline that moves",
        message="The number of times after `within` depends on {names}, which changes during a run.",
        labels={"primary": "depends on the state"},
        help="Use a constant or a parameter, such as the largest number that it can be.",
        explanation="A deadline is the same throughout a run: it is made of constants and parameters.",
        example=_POOL.replace("action", "state due : nat\naction").replace(":= 0 }", ":= 0  due := 1 }")
        + "spec Soon for Pool\nresponds spent : cash > 0 leads to cash == 0 within due of pay\n",
        instead=_POOL.replace("action", "param due : nat\naction")
        + "spec Soon for Pool\nresponds spent : cash > 0 leads to cash == 0 within due of pay\n",
    ),
)
