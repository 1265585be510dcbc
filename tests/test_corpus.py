"""The corpus: small `.vspec` files that carry the outcome on the line which earns it.

| comment on a line | the tool must |
| --- | --- |
| `// error: VS0203` | report that code, with its primary place starting on this line (several: `VS0203, VS0301`) |
| `// proved`, `// violated`, `// bounded`, `// unknown`, `// vacuous` | give that verdict on the property declared here |

A reason may follow the verdict: `// violated: both accounts may be one`. What the tool can't settle yet says so:
`// proved, today bounded` names the truth first, and both are accepted: never the opposite of the truth. A file without
any such comment must be free of errors. A file that expects errors must have exactly these; a file with verdicts must have no errors, and
every property in it must carry its verdict, so that none is settled unseen.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from verifier.session.session import Request, check, prepare

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.rglob("*.vspec"))

_ERROR = re.compile(r"(?<!/)//\s*error:\s*(VS\d{4}(?:\s*,\s*VS\d{4})*)")
_WORDS = "proved|violated|bounded|unknown|vacuous"
_VERDICT = re.compile(rf"(?<!/)//\s*({_WORDS})(?:, today ({_WORDS}))?(?=\s*(?:$|:))")


def expected_errors(text: str) -> Counter[tuple[int, str]]:
    """How often each code is due on each line."""
    return Counter(
        (number, code)
        for number, line in enumerate(text.splitlines(), start=1)
        for match in _ERROR.finditer(line)
        for code in re.findall(r"VS\d{4}", match[1])
    )


def expected_verdicts(text: str) -> dict[int, tuple[str, ...]]:
    """The verdicts that are accepted on each line."""
    found = ((number, _VERDICT.search(line)) for number, line in enumerate(text.splitlines(), start=1))
    return {number: tuple(v for v in match.groups() if v) for number, match in found if match is not None}


def test_the_corpus_is_there() -> None:
    assert FILES, f"no .vspec file below {CORPUS}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CORPUS).with_suffix("").as_posix())
def test_corpus(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    errors, verdicts = expected_errors(text), expected_verdicts(text)
    assert not (errors and verdicts), "a file is about errors or about verdicts, not both"
    if not verdicts:
        prepared = prepare((str(path),))
        reported = Counter(
            (prepared.loaded.sources[d.span.path].position(d.span.start).line if d.span else 0, d.code)
            for d in prepared.diagnostics
        )
        assert reported == errors
        return
    run = check(Request(paths=(str(path),)))
    assert not run.diagnostics, [(d.code, d.span, d.values) for d in run.diagnostics]
    (source,) = run.sources.values()
    lines = {r.id: source.position(r.prop.heading.span.start).line for r in run.results}
    unmarked = {name: line for name, line in lines.items() if line not in verdicts}
    assert not unmarked, "every property says its verdict"
    assert sorted(lines.values()) == sorted(verdicts), "every verdict stands on the first line of a property"
    surprises = [
        f"line {lines[r.id]}, {r.prop.heading.name}: {r.verdict.name} by {r.verdict.method}, not {accepted[0]}"
        for r in run.results
        if r.verdict.name not in (accepted := verdicts[lines[r.id]])
    ]
    assert not surprises, "\n".join(surprises)
