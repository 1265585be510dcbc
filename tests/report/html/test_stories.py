"""What the stories are made of: the sides that are compared, charts, books, lines of source."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.report.examples import SOURCE, TEXT, borrow, example, move_price, pledge, system
from tests.report.examples import found as made
from tests.report.html.document import Node, parse
from tests.report.html.samples import everything
from verifier.language.source import Source, Span
from verifier.report.html import page
from verifier.report.html.axes import pixel, ticks
from verifier.report.html.balance import balance, sentences
from verifier.report.html.charts import Line, draw
from verifier.report.html.excerpts import passage
from verifier.report.html.page import view
from verifier.report.html.sides import sides
from verifier.report.html.states import stages, step_views
from verifier.report.html.views import Chart, Story
from verifier.report.html.writes import writes
from verifier.session.session import Request, check
from verifier.system.execute import Interpreter


def story(name: str) -> Story:
    shown = view(everything())
    return next(s for s in (*shown.failures, *shown.expected, *shown.reached, *shown.undecided) if s.name == name)


# ---------------------------------------------------------------------------------------------- fragments


@pytest.fixture(scope="module")
def text() -> str:
    return page(everything())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ('<li class="tile bad">', "</li>"),
        ('<table class="properties"', "</table>"),
        ('<aside class="incident"', "</aside>"),
        ('<li class=" last"', "</li>\n</ol>"),
        ('<figure class="chart', "</figure>"),
        ('<div class="balance"', "</div>\n<p"),
        ('<figure class="excerpt"', "</figure>"),
        ('<ol class="why"', "</ol>"),
        ('<li class="proof"', "</li>"),
    ],
)
def test_fragments(text: str, first: str, last: str, snapshot: SnapshotAssertion) -> None:
    start = text.index(first)
    assert text[start : text.index(last, start) + len(last)] == snapshot


# ---------------------------------------------------------------------------------------------- in money


def test_a_violation_says_by_how_much_it_fails_and_who_has_less() -> None:
    assert story("covered").money == (
        "`debt[A]` exceeds `value(A)` by 1.085155 USD.",
        "In the books, A has 1.085155 USD less than before.",
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("cash >= 100[USD]", "`cash` falls short of `100 USD` by 1 USD."),
        ("cash == 100[USD]", "`cash` and `100 USD` should be equal, and are 1 USD apart."),
        ("sum(debt) == 0", "`sum(debt)` should be 0, and is 1 USD."),
        ("sum(debt) <= 0", "`sum(debt)` exceeds `0` by 1 USD."),
        ("sum(debt) < 1[USD]", ""),
        ("forall a in Account: debt[a] == 0 or cash > 99[USD]", ""),
        ("not sum(debt) > 0", ""),
        ("open implies (price > 0 and cash > 99.5[USD])", "`cash` falls short of `99.5 USD` by 0.5 USD."),
    ],
)
def test_the_comparison_that_decides(formula: str, said: str) -> None:
    of = system(TEXT.replace("cash == 100[USD] expect violated", f"{formula} expect violated"))
    counterexample = made(of, "attack", pledge(0, 5), borrow(0, 1))
    interp = Interpreter(of)
    prop = next(p for p in of.properties if p.heading.name == "attack")
    compared = sides(interp, prop, counterexample, stages(interp, counterexample))
    assert (compared.sentence if compared is not None else "") == said


def test_the_books_are_told_at_the_prices_of_the_model() -> None:
    sheet = story("covered").balance
    assert sheet is not None
    assert sheet.prices == ("price = 4.782969 USD/ETH",)
    assert [(a.who, a.net) for a in sheet.accounts] == [("A", "−1.085155 USD"), ("protocol", "")]
    assert [(r.name, r.side, r.change, r.unit, r.worth) for r in sheet.accounts[0].rows] == [
        ("collateral", "has", "+5", "ETH", "+23.914845 USD"),
        ("debt", "owes", "+25", "USD", "−25 USD"),
    ]


def test_two_runs_that_are_compared_have_no_books() -> None:
    run = check(Request(("tests/corpus/verdicts/counter.vspec",)))
    assert run.results
    for result in run.results:
        found = result.verdict.counterexample
        if found is not None and any(s.branch for s in found.program):
            assert balance(Interpreter(result.system), found) is None


def test_a_share_has_the_price_that_the_model_defines() -> None:
    shown = view(check(Request(("vault/shares",), ("InflationAttack.*",))))
    told = [s.balance for s in shown.expected if s.balance is not None]
    assert all(list(sentences(sheet)) for sheet in told if all(a.net for a in sheet.accounts))


# ---------------------------------------------------------------------------------------------- steps


def test_each_step_tells_what_is_different_in_it() -> None:
    steps = story("covered").steps
    assert [s.number for s in steps] == ["start", *map(str, range(1, 10))]
    assert steps[2].label == "borrow(A, 25 USD)"
    assert steps[2].change == ("cash 100 → 75", "debt[A] 0 → 25")
    assert {r.name for r in steps[2].rows if r.changed} == {"cash", "debt[A]"}
    assert not any(r.changed for r in steps[0].rows)
    assert [r.before for r in steps[0].rows] == [""] * len(steps[0].rows)


def test_the_steps_of_a_rule_are_told_apart() -> None:
    assert [s.remark for s in story("borrowing_keeps_the_value").steps] == ["", "", "the rule"]


def test_a_very_long_run_tells_only_what_changes() -> None:
    of = system()
    prices = [move_price(Fraction(n, 2)) for n in range(100, 10, -1)]
    interp = Interpreter(of)
    views = step_views(stages(interp, made(of, "attack", pledge(0, 5), *prices, borrow(0, 1))))
    assert len(views) == 93
    assert len(views[0].rows) == 7
    assert [r.name for r in views[5].rows] == ["price", "value(A)"]


# ---------------------------------------------------------------------------------------------- charts


numbers = st.builds(Fraction, st.integers(-(10**30), 10**30), st.integers(1, 10**9))


@given(st.lists(numbers, min_size=1, max_size=6))
def test_axes_span_what_is_drawn_with_round_numbers(values: list[Fraction]) -> None:
    marks = ticks(min(values), max(values))
    assert 2 <= len(marks) <= 8
    assert marks[0] <= min(values)
    assert marks[-1] >= max(values)
    step = marks[1] - marks[0]
    assert all(b - a == step for a, b in zip(marks, marks[1:], strict=False))
    assert re.fullmatch(r"[125]0*", str(step.numerator * 10**40 // step.denominator))


@given(numbers)
def test_places_are_written_with_one_decimal(value: Fraction) -> None:
    assert abs(Fraction(pixel(value)) - value) <= Fraction(1, 20)


def drawn(*values: int | Fraction | None) -> Chart:
    return draw("t", [Line("x", "USD", values)], [str(i) for i in range(len(values))])


def test_a_gap_in_a_line_stays_a_gap() -> None:
    (series,) = drawn(1, 2, None, 4, 5, None, 7).series
    assert len(series.paths) == 2
    assert len(series.points) == 5
    assert series.last == "7 USD"


def test_everything_is_drawn_inside_its_frame() -> None:
    chart = drawn(Fraction(-(10**24), 7), 0, 10**24)
    for point in chart.series[0].points:
        assert Fraction(chart.left) <= Fraction(point.x) <= Fraction(chart.right)
        assert Fraction(chart.top) <= Fraction(point.y) <= Fraction(chart.bottom)
    assert len(chart.x_ticks) == 3


def test_a_long_run_names_only_some_of_its_steps() -> None:
    chart = drawn(*range(200))
    assert len(chart.x_ticks) <= 10
    assert chart.x_ticks[-1].text == "199"


def test_what_is_compared_comes_first_and_is_not_drawn_twice() -> None:
    charts = story("covered").charts
    assert [c.title for c in charts][0] == "What is compared"
    assert [s.name for s in charts[0].series] == ["debt[A]", "value(A)"]
    assert "value" not in [c.title for c in charts[1:]]
    assert charts[0].description.endswith("debt[A] exceeds value(A) by 1.085155 USD.")


# ---------------------------------------------------------------------------------------------- lines of source


def test_the_lines_that_wrote_what_changed_are_marked() -> None:
    excerpts = story("covered").excerpts
    assert [(e.what, e.note) for e in excerpts] == [
        ("What is promised", ""), ("action pledge", "step 1"), ("action borrow", "step 2"),
        ("action move_price", "steps 3, 4, 5, 6, 7, 8, 9"),
    ]  # fmt: skip
    marked = [(line.text.strip(), line.steps) for line in excerpts[2].lines if line.marked]
    assert marked == [("debt[a] += amount", "2"), ("cash -= amount", "2")]
    assert excerpts[2].lines[-1].text == "}"


BRANCHES = """\
model Lamp
unit s, USD
state on : bool
state now : nat[s]
state cash : nat[USD]
init { on := false  now := 0  cash := 0 }
action flip() {
  if on {
    cash += 1[USD]
    on := false
  } else {
    on := true
  }
  now += 1[s]
}
spec LampSpec for Lamp
invariant poor : cash == 0
"""


def test_only_the_branch_that_was_taken_is_marked_and_a_clock_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "lamp.vspec").write_text(BRANCHES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (told,) = view(check(Request(("spec/lamp.vspec",)))).failures
    marked = [(line.text.strip(), line.steps) for line in told.excerpts[1].lines if line.marked]
    assert marked == [("cash += 1[USD]", "2"), ("on := false", "2"), ("on := true", "1"), ("now += 1[s]", "1 2")]
    assert told.balance is not None
    assert [(a.who, [r.name for r in a.rows]) for a in told.balance.accounts] == [("protocol", ["cash"])]
    assert not told.balance.has_worth


@pytest.mark.parametrize("name", ["governance/timelock", "vault/shares", "cdp/vat"])
def test_whatever_changes_was_written_by_what_is_said_to_have_run(name: str) -> None:
    tried = 0
    for result in check(Request((name,))).results:
        found = result.verdict.counterexample
        trace = found.trace if found is not None else result.verdict.witness
        if trace is None:
            continue
        interp = Interpreter(result.system)
        for step in (*trace.steps, *(found.program if found is not None else ())):
            changed = {state for state in step.after if step.before[state] != step.after[state]}
            assert changed <= {state for _, state in writes(interp, trace.scope, trace.params, step)}
            tried += 1
    assert tried


def test_the_check_that_failed_is_marked_in_its_rule() -> None:
    first = story("borrowing_keeps_the_value").excerpts[0]
    assert [line.text.strip() for line in first.lines if line.marked] == ["check value(a) + debt[a] == before"]


def test_the_middle_of_a_long_excerpt_is_left_out() -> None:
    source = Source("long", "".join(f"line {n}\n" for n in range(1, 301)))
    excerpt = passage(Span("long", 0, len(source.text) - 1), {"long": source}, "All of it")
    assert excerpt is not None
    assert excerpt.left_out == 300 - len(excerpt.lines)
    assert excerpt.lines[0].number == 1
    assert excerpt.lines[-1].number == 300


def test_a_file_that_is_not_known_has_no_lines() -> None:
    run = replace(everything(), sources={})
    tree = parse(page(run))
    assert not list(tree.all("figure", class_="excerpt"))


def test_the_scenario_of_the_page_is_the_one_of_the_other_reports(text: str) -> None:
    from verifier.report.scenario import scenario_text

    result = example().results[0]
    found = result.verdict.counterexample
    assert found is not None
    tree: Node = parse(text)
    assert tree.one("pre", id=f"{result.id}-text").text == scenario_text(Interpreter(result.system), result.prop, found)
    assert SOURCE.path in tree.one("div", id=result.id).parent.words
