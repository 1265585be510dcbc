"""The gate fails on everything that it should fail on, and on nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.session.gate.conftest import CONFIG, MODEL, PROFILES, SPEC, TODAY, Project
from verifier.engines.verdict import Verdict
from verifier.session import schedule
from verifier.session.gate.gate import GateRequest, gate

COVERED = "counter:Counting.never_negative"
ACCEPT = '\n[[gate.accept]]\nproperty = "{id}"\nreason = "Being mended."\nexpires = 2026-12-24\n{more}'


def accept(id_: str = COVERED, more: str = "") -> str:
    return ACCEPT.format(id=id_, more=more)


def becomes(monkeypatch: pytest.MonkeyPatch, **verdicts: Verdict) -> None:
    """The engines answer as they do, but for these properties."""
    real = schedule._engines

    def engines(system: object, options: object, heard: object) -> object:
        found = real(system, options, heard)  # type: ignore[arg-type]
        mine = {n: v for n, v in verdicts.items() if n in found.verdicts and system.spec == "Counting"}  # type: ignore[attr-defined]
        return type(found)({**found.verdicts, **mine}, found.findings)

    monkeypatch.setattr(schedule, "_engines", engines)


# ---------------------------------------------------------------------------------------------- the baseline


def test_without_a_baseline_it_is_shut(bare: Project) -> None:
    report = bare.gate()
    assert report.status == 1
    assert [(f.rule, f.id) for f in report.refused] == [("no-baseline", "proofs/baseline.toml")]
    assert "verify-spec gate --update-baseline" in report.refused[0].message
    assert not bare.baseline.exists()


def test_the_baseline_is_written(bare: Project, snapshot: SnapshotAssertion) -> None:
    bare.write("spec/counter.toml", PROFILES)
    report = bare.gate(update=True)
    assert (report.status, report.updated, report.first) == (0, True, True)
    assert bare.baseline.read_text() == snapshot
    before = bare.baseline.stat().st_mtime_ns
    again = bare.gate(update=True)
    assert (again.status, again.baseline_diff) == (0, ())
    assert bare.baseline.stat().st_mtime_ns == before


def test_with_a_baseline_it_is_open(guarded: Project) -> None:
    report = guarded.gate()
    assert (report.status, report.findings, report.baseline_diff) == (0, (), ())
    assert len(report.run.results) == 4


def test_a_new_promise_is_let_in_and_told(guarded: Project) -> None:
    guarded.spec("reachable", "invariant another : n >= 0 - 1\nreachable")
    report = guarded.gate()
    assert report.status == 0
    assert [(c.kind, c.id, c.after) for c in report.baseline_diff] == [
        ("added", "counter:Counting.another", "proved, L0")
    ]


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "", "version = 2\n", "version = 1\nprofiles = []\nobligations = 3\n"])
def test_a_broken_baseline_is_refused(guarded: Project, text: str) -> None:
    guarded.baseline.write_text(text)
    report = guarded.gate(update=True)
    assert report.status == 2
    assert [d.code for d in report.run.diagnostics] == ["VS0558"]
    assert guarded.baseline.read_text() == text


def test_a_baseline_that_is_a_folder_is_refused(bare: Project) -> None:
    bare.baseline.mkdir(parents=True)
    assert bare.gate(update=True).status == 2


def test_a_line_of_the_baseline_that_was_changed_by_hand_is_refused(guarded: Project) -> None:
    text = guarded.baseline.read_text()
    guarded.baseline.write_text(text.replace('"passed"', '"fine"'))
    assert guarded.gate().status == 2


# ---------------------------------------------------------------------------------------------- what fails


def test_a_violation(guarded: Project) -> None:
    guarded.model("n += stride", "n -= stride")
    report = guarded.gate()
    assert report.status == 1
    rules = [(f.rule, f.id) for f in report.refused]
    assert ("violated", COVERED) in rules
    assert ("violated", "counter:Counting.one_step") in rules


def test_an_expected_violation_that_is_gone(guarded: Project) -> None:
    guarded.model("n := to", "n := max(to, 0)")
    assert ("not-violated", "counter:Wild.never_negative") in guarded.rules()


@pytest.mark.parametrize(("name", "status"), [("unknown", 3), ("bounded", 3), ("vacuous", 4)])
def test_what_is_not_proved(guarded: Project, monkeypatch: pytest.MonkeyPatch, name: str, status: int) -> None:
    becomes(monkeypatch, never_negative=Verdict(name, "a test", depth=4))  # type: ignore[arg-type]
    report = guarded.gate()
    assert [(f.rule, f.id) for f in report.refused] == [(name, COVERED)]
    assert report.status == status


def test_what_has_no_verdict_is_skipped(guarded: Project) -> None:
    guarded.config("\n[gate.budget.pull-request]\nseconds = 1\n")
    report = gate_in_no_time(guarded)
    assert report.status == 3
    assert {f.rule for f in report.refused} == {"skipped"}
    assert (COVERED) in {f.id for f in report.refused}


def gate_in_no_time(project: Project):
    """The clock of the budget begins long ago."""
    from unittest.mock import patch

    from verifier.session.gate import gate as module

    with patch.object(module, "perf_counter", lambda: -1e9):
        return project.gate()


def test_what_is_skipped_is_not_written_out_of_the_baseline(guarded: Project) -> None:
    guarded.config("\n[gate.budget.pull-request]\nseconds = 1\n")
    before = guarded.baseline.read_text()
    guarded.spec("invariant never_negative", "invariant renamed")
    from unittest.mock import patch

    from verifier.session.gate import gate as module

    with patch.object(module, "perf_counter", lambda: -1e9):
        report = guarded.gate(update=True)
    assert not report.updated
    assert guarded.baseline.read_text() == before


def test_what_is_not_reached(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, counted=Verdict("bounded", "a test", depth=4))
    (finding,) = guarded.gate().refused
    assert (finding.rule, finding.id) == ("bounded", "counter:Counting.counted")
    assert finding.message.startswith("No run was found that gets there")


def test_a_promise_that_has_gone(guarded: Project) -> None:
    guarded.spec("invariant never_negative : n >= 0\n", "")
    assert guarded.rules() == [("missing", COVERED)]
    (finding,) = guarded.gate().refused
    source = guarded.gate().run.sources["proofs/baseline.toml"]
    assert finding.place is not None
    assert source.slice(finding.place) == f'"{COVERED}"'


def test_a_file_that_has_gone(guarded: Project) -> None:
    guarded.write(
        "spec/other.vspec",
        "model Other state n : nat init { n := 0 }\nspec Others for Other\ninvariant fine : n == 0\n",
    )
    assert guarded.gate(update=True).status == 0
    (guarded.root / "spec/other.vspec").unlink()
    assert guarded.rules() == [("missing", "other:Others.fine")]


def test_a_promise_that_reads_otherwise(guarded: Project) -> None:
    guarded.spec("n >= 0\nreachable", "n >= 0 - 1\nreachable")
    assert guarded.rules() == [("changed", COVERED)]


def test_a_definition_that_weakens_a_promise(guarded: Project) -> None:
    guarded.spec(
        "invariant never_negative : n >= 0\nreach", "def fine = n >= 0\ninvariant never_negative : fine\nreach"
    )
    assert guarded.gate(update=True).status == 0
    guarded.spec("def fine = n >= 0", "def fine = n >= 0 - 7")
    assert guarded.rules() == [("changed", COVERED)]


def test_layout_and_comments_change_nothing(guarded: Project) -> None:
    guarded.spec("n >= 0\nreachable", "\n  n  >=  0 // as ever\n\n\nreachable")
    assert guarded.gate().findings == ()


def test_a_promise_of_another_kind(guarded: Project) -> None:
    guarded.spec("invariant never_negative : n >= 0\nreach", "lemma never_negative : n >= 0\nreach")
    assert guarded.rules() == [("changed", COVERED)]
    assert "`lemma`" in guarded.gate().refused[0].message


def test_a_promise_that_is_given_up(guarded: Project) -> None:
    guarded.spec("rely gentle : reset(to) requires to >= 0\n", "")
    guarded.spec("n >= 0\nreachable", "n >= 0 expect violated\nreachable")
    assert guarded.rules() == [("weaker", COVERED)]


@pytest.mark.parametrize(
    ("old", "new", "id_"),
    [
        ("assume small : stride <= 10\n", "assume small : stride <= 10\nassume even : stride != 3\n", "even"),
        ("assume small : stride <= 10\n", "assume small : stride <= 5\n", "small"),
        ("rely gentle : reset(to) requires to >= 0\n", "rely gentle : reset(to) requires to >= 5\n", "gentle"),
        ("rely gentle", "rely more : reset(to) requires to != 7\nrely gentle", "more"),
    ],
)
def test_a_new_assumption(guarded: Project, old: str, new: str, id_: str) -> None:
    guarded.spec(old, new)
    assert guarded.rules() == [("new-assumption", f"counter:Counting.{id_}")]


def test_an_assumption_that_changes_through_a_definition(guarded: Project) -> None:
    guarded.spec("assume small : stride <= 10\n", "def slow = stride <= 10\nassume small : slow\n")
    guarded.spec("requires to >= 0\n", "requires positive(to)\ndef positive(x: int) = x >= 0\n")
    assert guarded.gate(update=True).status == 0
    guarded.spec("def slow = stride <= 10", "def slow = stride <= 5")
    assert guarded.rules() == [("new-assumption", "counter:Counting.small")]
    guarded.spec("= x >= 0", "= x >= 7")
    assert guarded.rules()[1] == ("new-assumption", "counter:Counting.gentle")


def test_a_stricter_demand_on_a_parameter(guarded: Project) -> None:
    guarded.model("where 0 < stride", "where 1 < stride")
    assert ("new-assumption", "counter:Counting.stride") in guarded.rules()


def test_an_assumption_that_is_dropped_is_no_failure(guarded: Project) -> None:
    guarded.spec("assume small : stride <= 10\n", "")
    report = guarded.gate()
    assert report.status == 0
    assert [c.kind for c in report.baseline_diff] == ["removed"]


def test_a_level_that_fell(guarded: Project) -> None:
    text = guarded.baseline.read_text()
    guarded.baseline.write_text(text.replace('level = "L0"', 'level = "L3"'))
    assert guarded.rules() == [("level-fell", COVERED)]


def test_a_level_that_is_too_low(guarded: Project) -> None:
    guarded.config('\n[[gate.demand]]\nproperty = "never_*"\nlevel = "L3"\n')
    assert guarded.rules() == [("level-too-low", COVERED)]


def test_a_profile_that_breaks_an_assumption(guarded: Project) -> None:
    guarded.write("spec/counter.toml", PROFILES.replace("stride = 9", "stride = 11"))
    assert guarded.rules() == [("unmet-assumption", "counter:Counting.small@fast")]


def test_a_profile_that_has_gone(guarded: Project) -> None:
    guarded.write("spec/counter.toml", PROFILES)
    assert guarded.gate(update=True).status == 0
    guarded.write("spec/counter.toml", PROFILES.partition("\n\n")[0])
    assert guarded.rules() == [("missing", "fast")]


def test_profiles_are_settled_with_their_numbers(guarded: Project) -> None:
    guarded.write("spec/counter.toml", PROFILES)
    guarded.write("verify-spec.toml", CONFIG + 'profiles = ["f*"]\n')
    report = guarded.gate(update=True)
    assert f"{COVERED}@fast" in {r.id for r in report.run.results}
    assert f"{COVERED}@slow" not in {r.id for r in report.run.results}
    guarded.write("verify-spec.toml", CONFIG)
    assert ("missing", f"{COVERED}@fast") in guarded.rules()


def test_what_is_lost_with_the_numbers_of_a_profile(guarded: Project) -> None:
    """An assumption is broken, so nothing is proved for the market; and a run shows what that costs."""
    guarded.spec(
        "invariant never_negative : n >= 0\nreach", "invariant never_negative : stride <= 12 or n <= 30\nreach"
    )
    guarded.write("spec/counter.toml", PROFILES)
    guarded.write("verify-spec.toml", CONFIG + 'profiles = ["*"]\n')
    assert guarded.gate(update=True).status == 0
    guarded.write("spec/counter.toml", PROFILES.replace("stride = 9", "stride = 20"))
    report = guarded.gate()
    assert [(f.rule, f.id) for f in report.refused] == [
        ("violated", f"{COVERED}@fast"),
        ("unmet-assumption", "counter:Counting.small@fast"),
    ]
    assert "without the assumption that they break: A run of 1 step" in report.refused[0].message
    assert (COVERED + "@fast", "proved, L0", "violated") in {(c.id, c.before, c.after) for c in report.baseline_diff}
    # A promise that is dropped at the same time does not hide behind that.
    guarded.spec("invariant never_negative : stride <= 12 or n <= 30\n", "")
    assert ("missing", f"{COVERED}@fast") in guarded.rules()


def test_a_file_without_a_promise(guarded: Project) -> None:
    guarded.write("spec/empty.vspec", "model Other state n : nat init { n := 0 }\nspec Nothing for Other\n")
    assert guarded.rules() == [("nothing-promised", "spec/empty.vspec")]


def test_what_is_allowed(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("bounded", "a test", depth=4))
    guarded.config('\n[[gate.demand]]\nproperty = "counter:Counting.*"\nallow = ["bounded"]\n')
    assert guarded.rules() == [("weaker", COVERED)]  # a proof that became bounded
    assert guarded.gate(update=True).status == 0
    assert guarded.gate().status == 0


def test_a_later_demand_takes_the_place_of_an_earlier_one(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("bounded", "a test", depth=4))
    guarded.config(
        '\n[[gate.demand]]\nproperty = "*"\nallow = ["bounded"]\n'
        '\n[[gate.demand]]\nproperty = "counter:Counting.never_negative"\nallow = []\n'
    )
    assert guarded.rules() == [("bounded", COVERED)]


# ---------------------------------------------------------------------------------------------- acceptances


def test_an_acceptance(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("unknown", "a test"))
    guarded.config(accept())
    report = guarded.gate()
    assert report.status == 0
    (finding,) = report.findings
    assert (finding.rule, finding.accepted, finding.reason) == ("unknown", True, "Being mended.")
    assert finding.expires == date(2026, 12, 24)


def test_it_lasts_until_the_end_of_its_day(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("unknown", "a test"))
    guarded.config(accept())
    last = date(2026, 12, 24)
    assert guarded.rules(last) == []
    assert guarded.rules(last + timedelta(days=1)) == [("unknown", COVERED), ("acceptance-expired", COVERED)]


def test_what_passes_need_not_be_accepted(guarded: Project) -> None:
    guarded.config(accept())
    assert guarded.rules() == [("acceptance-unneeded", COVERED)]


def test_what_is_not_there_can_not_be_accepted(guarded: Project) -> None:
    guarded.config(accept("counter:Counting.never_negativ"))
    assert guarded.rules() == [("acceptance-unknown", "counter:Counting.never_negativ")]
    assert f"Did you mean `{COVERED}`?" in guarded.gate().refused[0].message


def test_an_acceptance_of_one_rule_covers_no_other(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("unknown", "a test"))
    guarded.config(accept(more='rule = "bounded"\n'))
    assert guarded.rules() == [("unknown", COVERED), ("acceptance-unneeded", COVERED)]


def test_what_was_accepted_and_became_worse(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, never_negative=Verdict("bounded", "a test", depth=3))
    guarded.config(accept())
    assert guarded.gate(update=True).status == 0
    becomes(monkeypatch, never_negative=Verdict("violated", "a test"))
    assert guarded.rules() == [("worse", COVERED)]


def test_that_there_is_no_baseline_can_not_be_accepted(bare: Project) -> None:
    bare.config(accept("proofs/baseline.toml"))
    assert [rule for rule, _ in bare.rules()] == ["no-baseline", "acceptance-unneeded"]


def test_an_assumption_can_be_accepted(guarded: Project) -> None:
    guarded.spec("rely gentle", "rely more : reset(to) requires to != 7\nrely gentle")
    guarded.config(accept("counter:Counting.more"))
    assert guarded.rules() == []


# ---------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ('[gate]\nspecs = ["specs/*.vspec"]\n', "VS0555"),
        ('[gate]\nspecs = ["spec/*.vspec", "none/**"]\n', "VS0555"),
        (CONFIG + 'profiles = ["weth"]\n', "VS0555"),
        (CONFIG + '[[gate.demand]]\nproperty = "nothing"\nlevel = "L3"\n', "VS0555"),
    ],
)
def test_a_glob_that_matches_nothing(guarded: Project, config: str, code: str) -> None:
    guarded.write("verify-spec.toml", config)
    report = guarded.gate()
    assert report.status == 2
    assert [d.code for d in report.run.diagnostics] == [code]
    assert report.run.diagnostics[0].span is not None
    assert not report.run.results


def test_a_budget_that_is_not_there(guarded: Project) -> None:
    guarded.config("\n[gate.budget.night]\ndepth = 2\n")
    report = guarded.gate(budget="nihgt")
    assert [d.code for d in report.run.diagnostics] == ["VS0556"]
    assert report.run.diagnostics[0].values["suggestion"] == "Did you mean `night`? "
    assert guarded.gate(budget="night").budget == "night"


def test_a_second_solver_that_is_not_there(guarded: Project) -> None:
    guarded.config("\n[gate.budget.night]\nsecond-solver = true\n")
    assert [d.code for d in guarded.gate(budget="night", second=False).run.diagnostics] == ["VS0527"]


def test_a_mistake_in_a_spec(guarded: Project) -> None:
    guarded.spec("n >= 0\nreachable", "m >= 0\nreachable")
    report = guarded.gate(update=True)
    assert report.status == 2
    assert not report.updated


def test_a_mistake_in_the_profiles(guarded: Project) -> None:
    guarded.write("spec/counter.toml", PROFILES.replace("stride = 9", "strid = 9"))
    assert guarded.gate().status == 2


def test_a_spec_that_can_not_be_read(guarded: Project) -> None:
    (guarded.root / "spec" / "gone.vspec").symlink_to("nowhere.vspec")
    assert guarded.gate().status == 2


def test_nobody_changes_a_baseline_by_a_crash(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("a worker is gone")

    monkeypatch.setattr(schedule, "_engines", crash)
    before = guarded.baseline.read_text()
    with pytest.raises(RuntimeError):
        guarded.gate(update=True)
    assert guarded.baseline.read_text() == before


def test_pyproject_is_as_good(guarded: Project) -> None:
    (guarded.root / "verify-spec.toml").unlink()
    text = '[project]\nname = "theirs"\n\n[tool.verify-spec.gate]\nspecs = ["spec/**/*.vspec"]\n'
    guarded.write(
        "pyproject.toml", text + ACCEPT.format(id=COVERED, more="").replace("[[gate", "[[tool.verify-spec.gate")
    )
    (finding,) = guarded.gate().refused
    assert finding.rule == "acceptance-unneeded"
    source = guarded.gate().run.sources["pyproject.toml"]
    assert finding.place is not None
    assert source.slice(finding.place) == f'"{COVERED}"'


def test_it_works_from_a_folder_below_and_by_name(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(guarded.root / "spec")
    assert gate(GateRequest(), TODAY).status == 0
    monkeypatch.chdir("/")
    named = GateRequest(config=str(guarded.root / "verify-spec.toml"))
    assert gate(named, TODAY).status == 0


def test_an_assumption_with_the_name_of_a_parameter_is_one_of_its_own(guarded: Project) -> None:
    """What the model demands of `stride`, and what a spec assumes of it, are two lines; neither hides the other."""
    guarded.spec("assume small ", "assume stride ")
    assert guarded.gate(update=True).status == 0
    assert '"counter:Counting.stride#2" = { assume' in guarded.baseline.read_text()
    assert guarded.gate().findings == ()
    guarded.config(accept("counter:Counting.stride"))
    guarded.spec("stride <= 10", "stride <= 1")
    assert ("new-assumption", "counter:Counting.stride#2") in guarded.rules()


def test_a_broken_assumption_hides_nothing_of_another_file(bare: Project) -> None:
    """Specs and profiles of one name in two files: what is lost in the one is no part of what is told of the other."""
    bare.write("models/other/counter.vspec", MODEL)
    bare.write("spec/other/counter.vspec", SPEC)
    numbers = '[[profile]]\nname = "fast"\nmodel = "Counter"\nspec = "Counting"\nstride = {}\n'
    bare.write("spec/counter.toml", numbers.format(9))
    bare.write("spec/other/counter.toml", numbers.format(9))
    config = 'profiles = ["fast"]\n'
    bare.config(config)
    assert bare.gate(update=True).status == 0
    bare.write("spec/counter.toml", numbers.format(11))
    (bare.root / "spec/other/counter.toml").unlink()
    broken = ("unmet-assumption", "counter:Counting.small@fast")
    lost = [("missing", f"other/counter:Counting.{n}@fast") for n in ("counted", "never_negative")]
    assert set(bare.rules()) >= {broken, *lost}
