"""VS05xx: files, profiles, and what is asked for on the command line."""

from __future__ import annotations

from verifier.language.catalogue.entry import Entry

_PROFILE = """\
[[profile]]
name = "aave-v3-ethereum-WETH"
model = "LendingPool"
source = "Aave v3, Ethereum, WETH, read on 2023-10-31"
ltv = 0.805
liq_threshold = 0.83
liq_bonus = 0.05
close_factor = 0.5
"""

_FILES = (
    Entry(
        code="VS0501",
        title="there is no such file or library name",
        message="There is no file, folder or library entry called `{path}`.",
        labels={},
        help="{suggestion}A path is taken from the folder you are in; a library name looks like `lending/pool`.",
        explanation=(
            "What you name on the command line is looked for in this order: a file or folder on the disk; "
            "`spec/NAME.vspec` in the project around the folder you are in; and the built-in library. A project is the "
            "nearest folder upwards with `.vspec` files in its `spec/` or `models/`."
        ),
        example="verify-spec check lending/pol",
        instead="verify-spec check lending/pool",
        kind="command",
    ),
    Entry(
        code="VS0502",
        title="this is not a file that holds text",
        message="`{path}` is {what}, not a file.",
        labels={},
        help="Write the specification to a file and name that.",
        explanation=(
            "Only regular files are read: a pipe or a device could deliver text without end, and the same file may be "
            "looked at twice (to show the line that an error is about)."
        ),
        example="verify-spec check /dev/null",
        instead="verify-spec check lending/pool",
        kind="command",
    ),
    Entry(
        code="VS0503",
        title="a file or folder can't be read",
        message="`{path}` can't be read: {reason}.",
        labels={},
        help="Check its permissions and links, or name another file.",
        explanation="The operating system refused to open the file, or to list the folder. The reason it gave is quoted.",
        example="chmod 000 pool.vspec && verify-spec check pool.vspec",
        instead="chmod 644 pool.vspec && verify-spec check pool.vspec",
        kind="command",
    ),
    Entry(
        code="VS0504",
        title="a file is too large",
        message="`{path}` has {size}; the most that is read is {limit}.",
        labels={},
        help="A specification is text that people read. Is this the file you meant? If it is, split it up.",
        explanation=(
            "The largest models that people have written are a hundredth of the limit, so a file beyond it is most "
            "likely something else, and is refused before any time is spent on it."
        ),
        example="a file of 10 MB",
        instead="",
        kind="description",
    ),
    Entry(
        code="VS0505",
        title="a file is not text in UTF-8",
        message="`{path}` is not UTF-8 text: byte {byte} on line {line} has no meaning there.",
        labels={},
        help="{guess}Save it as UTF-8 from your editor, or name the right file.",
        explanation=(
            "Specifications and profiles are read as UTF-8 (plain ASCII is UTF-8 too). A byte order mark at the start "
            "and Windows line ends do no harm."
        ),
        example="a file with the bytes ff fe 6d 00",
        instead="",
        kind="description",
    ),
    Entry(
        code="VS0506",
        title="a file says nothing",
        message="`{path}` holds no model and no spec.",
        labels={},
        help="Start it with `model NAME`, or with `spec NAME for MODEL`.",
        explanation="The file is empty, or holds comments only, so there is nothing to check in it.",
        example="echo '// nothing yet' > pool.vspec && verify-spec check pool.vspec",
        instead="echo 'model Pool  state cash : nat  init { cash := 0 }' > pool.vspec && verify-spec check pool.vspec",
        kind="command",
    ),
    Entry(
        code="VS0507",
        title="a folder holds no specifications",
        message="There is no `.vspec` file in `{path}`, nor in any folder below it.",
        labels={},
        help="Name a folder that holds some, a file, or a library name such as `lending/pool`.",
        explanation=(
            "Of a folder all files that end in `.vspec` are checked, those in folders below it too, in the order of "
            "their names. Folders whose name starts with a dot, and links to folders, are left out."
        ),
        example="mkdir empty && verify-spec check empty",
        instead="verify-spec check lending",
        kind="command",
    ),
    Entry(
        code="VS0508",
        title="there is no such model to import",
        message="There is no model `{name}` to import.",
        labels={"primary": "looked for as `models/{name}.vspec`"},
        help="{suggestion}It has to be in `models/` of your project, or in the built-in library.",
        explanation=(
            "`import oracle/median` stands for `models/oracle/median.vspec`: in the project that the file belongs to "
            "first, then in the built-in library. The model that mirrors a spec (`models/lending/pool.vspec` for "
            "`spec/lending/pool.vspec`) needs no import."
        ),
        example="echo 'import lending/pol  model Empty  init { }' > empty.vspec && verify-spec check empty.vspec",
        instead="echo 'import lending/pool  model Empty  init { }' > empty.vspec && verify-spec check empty.vspec",
        kind="command",
    ),
)

_WRITE = Entry(
    code="VS0509",
    title="a file can't be written",
    message="`{path}` can't be written: {reason}.",
    labels={},
    help="Check the permissions of the file and of its folder. The file is as it was.",
    explanation=(
        "`verify-spec fmt` writes the new text to a file beside the old one first, and then puts it in its place, so that "
        "no half-written file is left behind. One of the two steps was refused."
    ),
    example="chmod 555 . && verify-spec fmt pool.vspec",
    instead="chmod 755 . && verify-spec fmt pool.vspec",
    kind="command",
)

_PROFILES = (
    Entry(
        code="VS0510",
        title="the file beside a spec is not valid TOML",
        message="This is not TOML: {problem}.",
        labels={"primary": "here"},
        help='A profile looks like this: `[[profile]]`, then lines such as `name = "weth"` and `ltv = 0.805`.',
        explanation=(
            "Profiles are TOML, one `[[profile]]` after the other, each with one `key = value` a line. Texts stand in "
            "quotes. Percentages do not exist in TOML: 5% is `0.05`."
        ),
        example=_PROFILE.replace("0.805", "80.5%"),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0511",
        title="something other than profiles and incidents beside a spec",
        message="The file beside a spec holds `[[profile]]` and `[[incident]]` tables; `{name}` is something else.",
        labels={"primary": "neither a `[[profile]]` nor an `[[incident]]`"},
        help="Write `[[profile]]`, with two brackets, before each profile, and `[[incident]]` before each incident.",
        explanation="Everything in the TOML file beside a spec belongs to one of these tables, so that no line is lost.",
        example=_PROFILE.replace("[[profile]]", "[profile]"),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0512",
        title="a profile has no name or no model",
        message="This profile must say its `{key}`, as text in quotes.",
        labels={"primary": "`{key}` is missing here, or is no text"},
        help='Add a line such as `{key} = "…"`.',
        explanation=(
            "`name` is what reports and `--profile` call it; `model` is the model whose parameters it gives. `source` "
            "should say where the numbers were read, and when; `spec`, if given, names the only specs it is for."
        ),
        example=_PROFILE.replace('model = "LendingPool"\n', ""),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0513",
        title="two profiles with one name",
        message="There is a profile `{name}` already.",
        labels={"primary": "a second one with this name", "first": "the first one"},
        help="Give one of them another name: results are told apart by it.",
        explanation="A profile's name is part of the name of every result, so it has to be unique in its file.",
        example=_PROFILE + "\n" + _PROFILE,
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0514",
        title="a profile for something that is not there",
        message="There is no {what} `{name}` here.",
        labels={"primary": "no such {what} in the spec that this file stands beside"},
        help="{suggestion}`spec/lending/pool.toml` gives profiles for the specs in `spec/lending/pool.vspec`.",
        explanation=(
            "The `model` of a profile is a model that has a spec in the file of the same name; `spec`, where it is "
            "given, is the name of one or a list of several of these specs."
        ),
        example=_PROFILE.replace("LendingPool", "LendingPol"),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0515",
        title="a profile gives a parameter that does not exist",
        message="`{model}` has no parameter `{key}`.",
        labels={"primary": "not a parameter of `{model}`, nor of a spec for it"},
        help="{suggestion}Every key but `name`, `model`, `source` and `spec` is a parameter.",
        explanation=(
            "A misspelt parameter would leave the real one without a value, so every key has to be known. Besides the "
            "parameters of the model, those that its specs add can be given."
        ),
        example=_PROFILE.replace("liq_threshold", "liq_treshold"),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0516",
        title="a profile lacks a parameter",
        message="The profile `{profile}` gives no value for `{key}`.",
        labels={"primary": "`{key}` is missing in this profile", "declared": "declared here"},
        help="Add a line `{key} = …`{unit}.",
        explanation=(
            "A profile gives all parameters of its model, so that nobody takes a proof about some numbers for one about "
            "a market. Parameters that a spec adds (a price drop, a delay) may be left out: they stay symbolic."
        ),
        example=_PROFILE.replace("liq_threshold = 0.83\n", ""),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0517",
        title="a profile gives a value of the wrong kind",
        message="`{key}` needs {expected}, but this is {got}.",
        labels={"primary": "not {expected}", "declared": "declared here"},
        help="Numbers are read exactly as written; 5% is `0.05`, and a map is a table with one key for each member.",
        explanation=(
            "The value must have the parameter's type and lie in its type's range. Decimals are exact, never rounded to "
            "binary floating point. A parameter that is a map over an enum or over a sort with a fixed number of "
            "members is a table (`weights = { Open = 1, Halted = 0 }`), or a list in the order of the members."
        ),
        example=_PROFILE.replace("0.83", '"83%"'),
        instead=_PROFILE,
        kind="profile",
    ),
    Entry(
        code="VS0518",
        title="a profile does not meet an assumption",
        message="The profile `{profile}` does not meet {kind} `{assumption}` of `{spec}`.",
        labels={"primary": "with these numbers it is false: {numbers}", "assumption": "assumed here"},
        help="What is proved under this assumption does not hold for these numbers: mend the numbers, or the assumption.",
        explanation=(
            "Proofs hold for all parameters that meet the spec's assumptions. A profile whose numbers break one of them "
            "is a market for which nothing has been proved, so the run fails (exit status 1). An assumption that also "
            "speaks of a parameter that the profile leaves open stays an assumption, and is listed beside each proof. A "
            "spec that holds `expect violated` properties, such as that of a vulnerable variant, is passed over by "
            "profiles that do not meet its assumptions, unless they name it with `spec = …`."
        ),
        example=_PROFILE.replace("ltv = 0.805", "ltv = 0.9"),
        instead=_PROFILE,
        kind="profile",
    ),
)

_COMMANDS = (
    Entry(
        code="VS0520",
        title="nothing of that name to check",
        message="There is no {what} that matches `{name}` here.",
        labels={},
        help="{suggestion}Names may be globs, such as `books_*`; quote them, or the shell replaces the star.",
        explanation=(
            "`--property` takes the name of a property (`covered`), the name with its spec (`LendingSolvency.covered`), "
            "the whole id (`lending/pool:LendingSolvency.covered`), or a glob for any of them. `--profile` takes names "
            "of profiles, or globs. A name that matches nothing is an error, so that a renamed property can't make a "
            "build green by not being checked."
        ),
        example="verify-spec check lending/pool --property coverd",
        instead="verify-spec check lending/pool --property covered",
        kind="command",
    ),
    Entry(
        code="VS0521",
        title="a command that does not read so",
        message="{problem}",
        labels={},
        help="{suggestion}`verify-spec {command}--help` lists what there is, with examples.",
        explanation="The command, an option or a value on the command line is not one that the tool knows.",
        example="verify-spec chekc lending/pool",
        instead="verify-spec check lending/pool",
        kind="command",
    ),
    Entry(
        code="VS0522",
        title="no such name to explain",
        message="There is nothing called `{name}` to explain.",
        labels={},
        help="{suggestion}Give the code of an error (`VS0203`), or a property (`lending/pool:covered`).",
        explanation=(
            "`verify-spec explain` takes whatever a report names: the code that stands in front of an error message; a "
            "property, an assumption or an action as `SPEC:NAME`, where SPEC is a file or a library name; a profile; a "
            "level of trust (`L3`); or a rule of the gate (`level-fell`)."
        ),
        example="verify-spec explain VS9999",
        instead="verify-spec explain VS0203",
        kind="command",
    ),
    Entry(
        code="VS0523",
        title="there is no model to run",
        message="`{name}` holds no model that could be run.",
        labels={},
        help="{suggestion}Name one file, or a library name such as `lending/pool`.",
        explanation="`verify-spec simulate` runs one model: name a file with a model in it, or with a spec for one.",
        example="verify-spec simulate lending/pool:Nothing",
        instead="verify-spec simulate lending/pool",
        kind="command",
    ),
    Entry(
        code="VS0524",
        title="no start could be found for a random run",
        message="No random run of `{name}` could be started: {reason}.",
        labels={},
        help="Give a scenario with `start {{ … }}` instead, and run it with `verify-spec run`.",
        explanation=(
            "A random run needs parameters that meet all assumptions and an initial state that `init` allows. They are "
            "guessed from small and round numbers and from the constants in the text; if these assumptions leave little "
            "room, guessing may fail though there are runs."
        ),
        example="verify-spec simulate with an assumption such as `p * p == 2`",
        instead="",
        kind="description",
    ),
    Entry(
        code="VS0525",
        title="proofs that can't be written",
        message="`{path}` can't be written: {reason}.",
        labels={},
        help="`verify-spec prove` writes into the `proofs/` folder of your project; see that you may write there.",
        explanation=(
            "The proofs of `spec/lending/pool.vspec` are written to `proofs/lending/pool.json` of the same project. The "
            "library that comes with the tool has its proofs already; to change it, copy the files into a project."
        ),
        example="verify-spec prove lending/pool, outside a project",
        instead="",
        kind="description",
    ),
    Entry(
        code="VS0526",
        title="there are no proofs to check",
        message="There are no proofs for `{path}`.",
        labels={},
        help="`verify-spec prove` writes them.",
        explanation=(
            "`verify-spec recheck` judges files of proofs again, without a solver. Name such a file, a folder of them, or "
            "specs that have some; without a name, all proofs of the project are meant."
        ),
        example="verify-spec recheck spec/, before `verify-spec prove`",
        instead="",
        kind="description",
    ),
    Entry(
        code="VS0527",
        title="there is no second solver",
        message="`--second-solver` asks cvc5, which is not installed here.",
        labels={},
        help="Install it with `pip install 'verify-spec[cvc5]'`.",
        explanation=(
            "With `--second-solver` every query by which Z3 excluded a case is asked of cvc5 as well. Where the two agree on "
            "all of them, a proof has level L1; where Ethos is installed and accepts cvc5's proofs of them, level L2."
        ),
        example="verify-spec check lending/pool --second-solver, without cvc5",
        instead="",
        kind="description",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_FILES, _WRITE, *_PROFILES, *_COMMANDS)
