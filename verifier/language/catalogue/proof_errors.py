"""VS032x and VS044x of proofs: what a proof may say of which property."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_SPEC = """\
model Pool
unit USD
state cash : ureal[USD]
state owed : ureal[USD]
init { cash := 0  owed := 0 }
action deposit(amount: ureal[USD]) { cash += amount  owed += amount }
action accrue(amount: ureal[USD]) { require owed + amount <= cash  owed += amount }

spec Promises for Pool
invariant positive : cash >= 0[USD]
invariant covered : owed <= cash
reachable some_cash : cash > 0

"""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0322",
        title="a proof of an unknown spec",
        message="There is no spec called `{name}` here to prove.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "A proof in `proofs/lending/pool.vspec` is of a spec in `spec/lending/pool.vspec`. In a file that holds a "
            "spec, it is of that spec."
        ),
        example=_SPEC + "proof of Promise\ncovered { cases owed > 0 }\n",
        instead=_SPEC + "proof of Promises\ncovered { cases owed > 0 }\n",
    ),
    Entry(
        code="VS0323",
        title="a proof of an unknown property",
        message="The spec has no property called `{name}`, and its proofs have no lemma of that name.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "A proof says of properties of its spec, and of its own lemmas, how they are proved. A new promise belongs in "
            "the spec; what only helps to prove others is a `lemma`, and may stand in the proof."
        ),
        example=_SPEC + "proof of Promises\ncoverd { use positive }\n",
        instead=_SPEC + "proof of Promises\ncovered { use positive }\n",
    ),
    Entry(
        code="VS0324",
        title="`use` of what is no invariant",
        message="There is no invariant or lemma called `{name}` that a proof could use.",
        labels={"primary": "unknown"},
        help="{hint}",
        explanation=(
            "`use` names invariants and lemmas, of the spec or of its proofs: they hold in the state before, so the "
            "proof may take them for granted there once they are proved. Steps, rules and scenarios say nothing of a "
            "state. What is assumed of parameters is known anyway."
        ),
        example=_SPEC + "proof of Promises\ncovered { use some_cash }\n",
        instead=_SPEC + "proof of Promises\ncovered { use positive }\n",
    ),
    Entry(
        code="VS0440",
        title="a proof of what is not proved",
        message="`{name}` is {why}: there is nothing for a proof to say of it.",
        labels={"primary": "needs no such proof", "declared": "declared here"},
        help="Leave it out.",
        explanation=(
            "`use` and `cases` are for invariants, lemmas, steps, rules and `enabled`s, which are proved state by "
            "state. A scenario is run, a `reachable` is shown by a run, and so is a violation that is expected."
        ),
        example=_SPEC + "proof of Promises\nsome_cash { cases owed > 0 }\n",
        instead=_SPEC + "proof of Promises\ncovered { cases owed > 0 }\n",
    ),
    Entry(
        code="VS0441",
        title="a proof that uses what it proves",
        message="The proof of `{name}` uses `{name}` itself.",
        labels={"primary": "the property itself"},
        help="Leave it out of `use`.",
        explanation=(
            "That an invariant holds in the state before the step is known in its proof without being named: that is "
            "what induction means. Nothing else may be proved from itself."
        ),
        example=_SPEC + "proof of Promises\ncovered { use covered, positive }\n",
        instead=_SPEC + "proof of Promises\ncovered { use positive }\n",
    ),
)
