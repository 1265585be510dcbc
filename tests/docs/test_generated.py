"""Generated pages are fresh, and tables of what machines read name what machines get."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys

from tests.docs.pages import ROOT


def test_the_page_of_errors_is_fresh() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    fresh = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == generate["errors"]()
    assert fresh, "the catalogue has changed: run `python -m docs.generate`"


def test_every_code_is_in_a_group() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    from verifier.language.catalogue import codes

    assert all(any(c.startswith(start) for start, _ in generate["GROUPS"]) for c in codes())


def documented(section: str) -> set[str]:
    """The fields in the first column of the table below a heading of docs/verdicts.md."""
    page = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    body = page.partition(f"\n### {section}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", body, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_fields_of_the_json_report_are_documented() -> None:
    words = ["check", "vault/shares", "-p", "InflationAttack.*", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "verifier", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert documented("The document") == set(report)
    assert documented("A result") == {key for result in report["results"] for key in result}
    found = [r["counterexample"] for r in report["results"] if r["counterexample"]]
    assert documented("A counterexample") == {key for c in found for key in c}
    assert documented("A step") == {key for c in found for s in (*c["steps"], *c["program"]) for key in s}
