"""VS055x: the gate's configuration and its baseline, and new projects."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_START = "mkdir -p spec && cp pool.vspec spec/ && "
_GATE = '[gate]\\nspecs = ["spec/**/*.vspec"]\\n'


def _with(text: str, command: str = "verify-spec gate") -> str:
    return f"{_START}printf '{text}' > verify-spec.toml && {command}"


ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="VS0550",
        title="there is no gate",
        message="No gate is configured in `{folder}`, nor in a folder above it.",
        labels={},
        help=(
            'Put `[gate]` and a line `specs = ["spec/**/*.vspec"]` into `verify-spec.toml` at the root of the project; '
            "`verify-spec new` makes a project that has one."
        ),
        explanation=(
            "`verify-spec gate` reads `[gate]` in `verify-spec.toml`, or `[tool.verify-spec.gate]` in pyproject.toml, from "
            "the working directory upwards. A gate that is not configured is no open gate, so this is an error."
        ),
        example="verify-spec gate",
        instead="verify-spec new . && verify-spec gate",
        kind="command",
    ),
    Entry(
        code="VS0551",
        title="the gate's configuration is not valid TOML",
        message="This is not TOML: {problem}.",
        labels={"primary": "here"},
        help='Texts and globs stand in quotes; lists stand in brackets: `specs = ["spec/**/*.vspec"]`.',
        explanation="The gate is configured in TOML. docs/gate.md lists every key.",
        example=_with("[gate]\\nspecs = [spec/**/*.vspec]\\n"),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0552",
        title="a key that the gate does not know",
        message="`[{table}]` has no key `{key}`.",
        labels={"primary": "not a key of `[{table}]`"},
        help="{suggestion}docs/gate.md lists every key.",
        explanation=(
            "A misspelt key would be a demand that nobody makes, so every key has to be known: in `[gate]` they are "
            "`specs`, `profiles`, `baseline`, `demand`, `budget` and `accept`."
        ),
        example=_with('[gate]\\nspecs = ["spec/**/*.vspec"]\\nprofile = ["weth"]\\n'),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0553",
        title="a value of the wrong kind in the gate's configuration",
        message="`{key}` needs {expected}, but this is {got}.",
        labels={"primary": "not {expected}"},
        help="{suggestion}docs/gate.md shows what each key takes.",
        explanation=(
            "Globs, reasons and names are texts in quotes; `expires` is a date without quotes; seconds and depth are whole "
            "numbers; a level is one of L0, L1, L2 and L3. What an acceptance leaves out is missing: it always says "
            "what it is about, why, and until when."
        ),
        example=_with('[gate]\\nspecs = "spec/**/*.vspec"\\n'),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0554",
        title="a gate that guards nothing",
        message="`[{table}]` names no specs.",
        labels={"primary": "nothing would be settled"},
        help='Name them by globs: `specs = ["spec/**/*.vspec"]`.',
        explanation="A gate without specs would always be open. `specs` lists globs below the folder of the configuration.",
        example=_with("[gate]\\nspecs = []\\n"),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0555",
        title="a glob of the gate that matches nothing",
        message="No {what} matches `{glob}`.",
        labels={"primary": "matches nothing"},
        help="{suggestion}Remove it, or mend it; what was renamed must not slip through the gate.",
        explanation=(
            "Every glob in `specs`, `profiles` and `demand` has to match something, so that a folder that is moved or a "
            "property that is renamed can't make the gate green by not being looked at. In `specs`, `*` stays within one "
            "folder and `**` is any number of folders."
        ),
        example=_with('[gate]\\nspecs = ["specs/**/*.vspec"]\\n'),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0556",
        title="no such budget",
        message="`{path}` has no budget `{name}`.",
        labels={},
        help="{suggestion}A budget is a table such as `[gate.budget.night]`, with `seconds` and `depth`.",
        explanation=(
            "`--budget NAME` chooses a table `[gate.budget.NAME]` of the configuration. Without it, `pull-request` is "
            "meant where there is such a table; else a run takes as long as it takes."
        ),
        example=_with(_GATE, "verify-spec gate --budget night"),
        instead=_with(f"{_GATE}\\n[gate.budget.night]\\ndepth = 10\\n", "verify-spec gate --budget night"),
        kind="command",
    ),
    Entry(
        code="VS0557",
        title="two configurations of one gate",
        message="The gate is configured both in `{first}` and in `{second}`.",
        labels={},
        help="Keep one of them, or name one: `verify-spec gate --config {first}`.",
        explanation="Which of two files counts would have to be guessed, and a guess might be the more lenient one.",
        example=_with(
            _GATE,
            "printf '[tool.verify-spec.gate]\\nspecs = [\"spec/**/*.vspec\"]\\n' > pyproject.toml && verify-spec gate",
        ),
        instead=_with(_GATE),
        kind="command",
    ),
    Entry(
        code="VS0558",
        title="a baseline that can't be read",
        message="This is not a baseline: {problem}.",
        labels={"primary": "here"},
        help="Write it anew with `verify-spec gate --update-baseline`, after removing the file, and look at the diff.",
        explanation=(
            "The baseline is made by `verify-spec gate --update-baseline` and read by every run of the gate. What was "
            "changed by hand, or left with the marks of a merge conflict, is refused as a whole."
        ),
        example=_with(_GATE, "mkdir proofs && echo '<<<<<<< HEAD' > proofs/baseline.toml && verify-spec gate"),
        instead=_with(_GATE, "verify-spec gate --update-baseline"),
        kind="command",
    ),
    Entry(
        code="VS0559",
        title="a file can't be written",
        message="`{path}` can't be written: {reason}.",
        labels={},
        help="{suggestion}What was there is as it was.",
        explanation=(
            "`verify-spec gate --update-baseline` writes the baseline, and `verify-spec new` the files of a new project. "
            "No file that is there is ever written over by `new`."
        ),
        example="echo > project && verify-spec new project",
        instead="verify-spec new project",
        kind="command",
    ),
)
