"""VS054x: incidents beside a spec."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_INCIDENT = """\
[[incident]]
name = "CRV on Aave v2"
date = 2022-11-22
loss = "1.6 million USD"
what = "Liquidations took more than they repaid, and each left the position worse."
source = "the governance forum of Aave, November 2022"
properties = ["ToxicLiquidations.covered"]
"""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0540",
        title="an incident says something else than incidents do",
        message="An incident has no `{key}`.",
        labels={"primary": "not a key of an `[[incident]]`"},
        help="{suggestion}There is `name`, `date`, `loss`, `what`, `source` and `properties`.",
        explanation="Every key of an incident is printed by reports, so one that nothing would print is a mistake.",
        example=_INCIDENT.replace("loss =", "lost ="),
        instead=_INCIDENT,
        kind="profile",
    ),
    Entry(
        code="VS0541",
        title="an incident lacks something",
        message="An incident must say its `{key}`: {expected}.",
        labels={"primary": "`{key}` is missing here, or is something else"},
        help="Add a line such as `{key} = …`.",
        explanation=(
            "An incident says its `name`, the `date`, `what` went wrong, the `source` where that can be read, and the "
            "`properties` whose violation resembles it. `loss` may be left out."
        ),
        example=_INCIDENT.replace("date = 2022-11-22", 'date = "22 November 2022"'),
        instead=_INCIDENT,
        kind="profile",
    ),
    Entry(
        code="VS0542",
        title="an incident of a promise that is kept",
        message="`{name}` is not expected to be violated, so no incident resembles its violation.",
        labels={"primary": "it is promised to hold", "declared": "declared here"},
        help="Name a property with `expect violated`, in the spec of the vulnerable variant.",
        explanation=(
            "An incident belongs to the promise that it broke, in the form in which it is broken: `expect violated`. So "
            "each run shows again that the flaw is found."
        ),
        example=_INCIDENT.replace("ToxicLiquidations", "LendingSolvency"),
        instead=_INCIDENT,
        kind="profile",
    ),
)
