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
