"""VS056x and VS057x: reports that are written to files, and states that are read from them."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_REPORTS = (
    Entry(
        code="VS0560",
        title="a report can't be written",
        message="`{path}` can't be written: {reason}.",
        labels={},
        help="Give each report a file of its own, in a folder where you may write. Folders that are missing are made.",
        explanation=(
            "`--json`, `--junit`, `--sarif`, `--html` and `--markdown` take a file, or `-` for standard output; `--itf` takes "
            "a folder. Whether they can be written is tried before anything is settled, so that no run is lost to a "
            "misspelt path."
        ),
        example="verify-spec check lending/pool --property covered --junit pool.vspec/report.xml",
        instead="verify-spec check lending/pool --property covered --junit report.xml",
        kind="command",
    ),
)

_STATES = (
    Entry(
        code="VS0570",
        title="a state does not fit the model",
        message="`{path}`: {problem}",
        labels={},
        help=(
            "A state is a JSON object with a key for each parameter and each state variable that the invariants read; a map "
            "is an object with a key for each member."
        ),
        explanation=(
            "`verify-spec check-state` reads the numbers of a running system. The path says where in the JSON something is "
            "missing, unknown, or of another kind than the model declares: `$.collateral.alice` is the entry of `alice` in "
            '`collateral`. Numbers are JSON numbers, strings such as `"0.825"`, `"17/21"` and `"0x7d0"`, or '
            '`{"num": 17, "den": 21}`; none of them is ever rounded.'
        ),
        example="""echo '{"price": "much"}' > state.json && verify-spec check-state lending/pool:LendingSolvency state.json""",
        instead="",
        kind="command",
    ),
    Entry(
        code="VS0571",
        title="a state is not JSON",
        message="`{path}` is not JSON: {problem}.",
        labels={},
        help='A state looks like this: `{{"price": 2000, "debt": {{"alice": "17.5"}}}}`.',
        explanation="The file, or what came from standard input, is not one JSON document in UTF-8.",
        example="echo 'price = 7' > state.json && verify-spec check-state lending/pool:LendingSolvency state.json",
        instead="",
        kind="command",
    ),
    Entry(
        code="VS0572",
        title="it is not clear which spec a state is held against",
        message="`{name}` does not name one spec.",
        labels={},
        help="{suggestion}Put the spec's name behind a colon, as in `lending/pool:LendingSolvency`.",
        explanation=(
            "A file may hold several specs, for variants of a model too. A state is held against one of them; where only one "
            "has invariants that are expected to hold, it need not be named."
        ),
        example="echo '{}' > state.json && verify-spec check-state lending/pool:Nothing state.json",
        instead="",
        kind="command",
    ),
    Entry(
        code="VS0573",
        title="nothing can be said of a state",
        message="`{name}` promises nothing of a single state: it has {what}.",
        labels={},
        help="Name a spec with invariants, or an invariant with `--property`, also one that is expected to be violated.",
        explanation=(
            "Of one state only an `invariant` or a `lemma` can be judged. Steps, rules, exits and deadlines are about what "
            "happens from there on."
        ),
        example="echo '{}' > state.json && verify-spec check-state pool.vspec state.json",
        instead="",
        kind="command",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_REPORTS, *_STATES)
