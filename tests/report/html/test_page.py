"""The page as a document: well-formed, whole, nothing from elsewhere, and whatever is written in a model is only text."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.report.examples import example
from tests.report.html.document import Node, parse
from tests.report.html.samples import INCIDENT, PATH, everything, gated, hostile
from verifier.language.diagnostics import Diagnostic
from verifier.language.source import Span
from verifier.report.html import page
from verifier.session.run import Run
from verifier.session.session import Request, check


@pytest.fixture(scope="module")
def text() -> str:
    return page(gated().run, gated())


@pytest.fixture(scope="module")
def tree(text: str) -> Node:
    return parse(text)


def empty() -> Run:
    return Run((), (), {}, {"verify-spec": "0"}, 0.0, 0.0)


# ---------------------------------------------------------------------------------------------- the document


def test_it_is_one_document_with_its_landmarks(text: str, tree: Node) -> None:
    assert text.startswith("<!doctype html>\n")
    assert [tree.one(tag).tag for tag in ("html", "head", "header", "nav", "main", "footer")]
    assert tree.one("html").attrs["lang"] == "en"
    assert tree.one("title").text.startswith("Gate shut: ")
    assert len(list(tree.all("h1"))) == 1


def test_headings_leave_no_level_out(tree: Node) -> None:
    levels = [int(n.tag[1]) for n in tree.all() if re.fullmatch("h[1-6]", n.tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False)), levels


def test_ids_are_unique_and_whatever_is_referred_to_is_there(tree: Node) -> None:
    ids = [n.attrs["id"] for n in tree.all() if "id" in n.attrs]
    assert len(ids) == len(set(ids))
    for node in tree.all():
        for name in ("aria-labelledby", "for", "data-copy"):
            for wanted in node.attrs.get(name, "").split():
                assert wanted in ids, (node.tag, name, wanted)
        if node.attrs.get("href", "").startswith("#"):
            assert node.attrs["href"][1:] in ids, node.attrs["href"]


def test_addresses_are_the_names_of_properties_and_stay_apart(tree: Node) -> None:
    assert tree.one(id=f"{PATH}:PoolSafety.covered").has("class", "body")
    run = everything()
    twice = replace(run, results=tuple(replace(run.results[0], profile=p) for p in ("a b", "a-b", "a\u00e4b", "")))
    ids = [n.attrs["id"] for n in parse(page(twice)).all("div", class_="body")]
    name = f"{PATH}:PoolSafety.covered"
    assert ids == [f"{name}@a-b", f"{name}@a-b~2", f"{name}@a-b~3", name]


def test_tables_have_captions_and_headed_columns(tree: Node) -> None:
    tables = list(tree.all("table"))
    assert tables
    for table in tables:
        assert next(table.all("caption")).words
        assert all(th.attrs.get("scope") for th in table.all("th"))


def test_charts_have_axes_and_an_alternative_in_words(tree: Node) -> None:
    charts = list(tree.all("svg", role="img"))
    assert charts
    for chart in charts:
        assert chart.one("title").words
        assert " goes from " in chart.one("desc").words
        assert chart.one(
            "text",
            class_="name",
        ).words
        assert len(list(chart.all("text", class_="tick"))) >= 3
    assert (
        "debt[A] goes from 0 USD to 25 USD. value(A) goes from 0 USD to 23.914845 USD, between"
        in charts[0].one("desc").words
    )


def test_controls_have_names_and_are_hidden_until_there_is_a_script(tree: Node) -> None:
    for control in (*tree.all("input"), *tree.all("select")):
        assert any(label.attrs["for"] == control.attrs["id"] for label in tree.all("label"))
    assert "hidden" in tree.one("form").attrs
    for button in tree.all("button"):
        node: Node | None = button
        while node is not None and "hidden" not in node.attrs:
            node = node.parent
        assert node is not None, button.words
        assert button.words


def test_whatever_can_be_scrolled_can_be_reached_with_the_keyboard(tree: Node) -> None:
    for node in (*tree.all(class_="scroll"), *tree.all(class_="code")):
        assert node.attrs["tabindex"] == "0"
        assert node.attrs["role"] in ("region", "group")
        assert node.attrs.get("aria-label") or node.attrs.get("aria-labelledby")


def test_no_sign_is_without_its_word(tree: Node) -> None:
    for sign in tree.all("svg", class_="sign"):
        assert sign.attrs["aria-hidden"] == "true"
        assert sign.parent is not None
        assert sign.parent.words, sign.parent.tag


# ---------------------------------------------------------------------------------------------- nothing from elsewhere


def test_nothing_is_loaded_from_anywhere(text: str, tree: Node) -> None:
    for node in tree.all():
        for name in ("src", "srcset", "data", "action", "poster", "background", "xlink:href"):
            assert name not in node.attrs, (node.tag, name)
        href = node.attrs.get("href")
        if href is not None and not href.startswith("#"):
            assert (node.tag, href) in (("link", "data:,"), ("a", INCIDENT.source))
    assert not list(tree.all("iframe")) + list(tree.all("object")) + list(tree.all("img"))
    assert "@import" not in text
    assert "url(" not in text


def test_the_policy_names_exactly_the_one_script_and_the_one_style(tree: Node) -> None:
    policy = tree.one("meta", http_equiv="Content-Security-Policy").attrs["content"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (found,) = tree.all(tag)
        digest = b64encode(sha256(found.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not any(name == "style" or name.startswith("on") for node in tree.all() for name in node.attrs)


def test_a_source_is_a_link_only_if_it_is_an_address_of_the_web() -> None:
    for source, linked in (
        ("https://example.org/x", True),
        ("http://example.org/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://example.org/ and more", False),
        ("A book, page 4", False),
    ):
        run = replace(everything(), incidents={(PATH, "PoolSafety", "covered"): replace(INCIDENT, source=source)})
        aside = parse(page(run)).one("aside")
        links = [a.attrs for a in aside.all("a")]
        assert [a["href"] for a in links] == ([source] if linked else [])
        assert all("noopener" in a["rel"] for a in links)
        assert source in aside.words


# ---------------------------------------------------------------------------------------------- hostile input


def shape(node: Node) -> list[tuple[str, tuple[str, ...]]]:
    """The elements with the names of their attributes."""
    return [(n.tag, tuple(n.attrs)) for n in node.all() if n.tag not in ("code", "wbr")]


HARMLESS = "harmless"
VILE = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)', "' autofocus onfocus='alert(1)", "<!--", "]]>", "{{ 7 * 7 }}", "{% raw %}", "&lt;b&gt;",
    "</pre></div></details>", "`<b>`", "\u202egnp.exe", "\x00\x1b[31m", "\ud800", "<svg/onload=alert(1)>", "x" * 5000,
)  # fmt: skip


@pytest.fixture(scope="module")
def benign() -> list[tuple[str, tuple[str, ...]]]:
    return shape(parse(page(hostile(HARMLESS))))


@pytest.mark.parametrize("vile", VILE)
def test_what_is_written_in_a_model_is_only_text(vile: str, benign: list[tuple[str, tuple[str, ...]]]) -> None:
    text = page(hostile(vile))
    text.encode("utf-8")
    assert shape(parse(text)) == benign
    assert "alert(1)" not in re.sub(r"&[#\w]+;", "", "".join(re.findall(r"<[^>]*>", text)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_any_text_is_only_text(benign: list[tuple[str, tuple[str, ...]]], vile: str) -> None:
    text = page(hostile(vile))
    tree = parse(text)
    assert shape(tree) == benign
    shown = "".join(c if c.isprintable() or c in "\n\t\xa0" else "\ufffd" for c in f"x{vile}")
    footer = tree.one("footer").text
    assert " ".join(shown.split()).strip(", .") in " ".join(footer.split()) or "`" in vile


def test_nothing_that_turns_text_round_or_steers_a_terminal_gets_through() -> None:
    text = page(hostile("a\u202eb\x1b[2Jc\x00d\u2066e"))
    assert not [c for c in text if not c.isprintable() and c not in "\n\t\xa0"]


# ---------------------------------------------------------------------------------------------- what is on it


def test_every_property_has_its_row_and_whatever_has_more_to_say_a_link(tree: Node) -> None:
    table = tree.one("table", class_="properties")
    rows = list(table.one("tbody").all("tr"))
    names = [row.one("th").words for row in rows]
    run = example()
    assert names == [f"{r.prop.heading.name} {r.kind}" for r in run.results]
    unlinked = {name for name, row in zip(names, rows, strict=True) if not list(row.all("a"))}
    assert unlinked == {"another_day scenario"}
    for row in rows:
        for link in row.all("a"):
            target = tree.one(id=link.attrs["href"][1:])
            assert row.one("th").words.split()[0] in (target.parent or target).words


def test_the_head_counts_what_came_out(tree: Node) -> None:
    tiles = [tile.words for tile in tree.all("li", class_="tile")]
    assert tiles == [
        "3 violated", "1 bounded", "1 unknown", "1 failed", "2 proved 1 at L1, 1 at L0", "1 reached",
        "1 violated as expected", "1 passed", "1 assumptions not met by the numbers of a profile",
        "2 profiles of real markets", "1.2 s time 0.68 s in the solver",
    ]  # fmt: skip


def test_what_the_gate_accepts_is_shut_and_says_why(tree: Node) -> None:
    stories = list(tree.one(id="undecided").all("details", class_="story"))
    assert ["open" in s.attrs for s in stories] == [False, True]
    assert "The gate accepts it until 2027-01-31: Waits for the new model." in stories[0].words


def test_failures_are_open_and_what_was_expected_is_not(tree: Node) -> None:
    assert all("open" in d.attrs for d in tree.one(id="failures").all("details", class_="story"))
    assert all("open" not in d.attrs for d in tree.one(id="expected").all("details", class_="story"))


def test_the_gate_says_what_keeps_it_shut_what_is_accepted_and_what_differs(tree: Node) -> None:
    section = tree.one("section", id="gate")
    assert [a.attrs["href"] for a in section.all("a")] == [
        f"#{PATH}:PoolSafety.covered", f"#{PATH}:PoolSafety.can_borrow"
    ]  # fmt: skip
    gate = section.words
    assert "1 finding keeps the gate shut. Budget: pull-request." in gate
    assert "Accepted because: Waits for the new model. Accepted until 2027-01-31." in gate
    assert f"~ changed {PATH}:PoolSafety.books proved L3 proved L0" in gate


def test_an_incident_stands_beside_the_violation_that_resembles_it(tree: Node) -> None:
    (aside,) = tree.all("aside")
    assert "It resembles Black Thursday, 12 March 2020, 8.3 million USD" in aside.words
    assert aside.one("code").text == "half"


def test_unmet_assumptions_have_their_places(tree: Node) -> None:
    unmet = tree.one("section", id="unmet")
    assert "VS0518" in unmet.words
    assert [f.one("figcaption").words.rpartition(" ")[0] for f in unmet.all("figure")][1] == "assumed here"


def test_mistakes_in_the_input_make_a_page_too() -> None:
    run = replace(empty(), diagnostics=(Diagnostic("VS0203", Span(PATH, 0, 5), {}),), sources=everything().sources)
    tree = parse(page(run))
    assert tree.one("h1").words == "Mistakes in the input"
    errors = tree.one("section", id="errors")
    assert "VS0203" in errors.words
    assert errors.one("mark", class_="exact").text == "/// A"
    assert not list(tree.all("table", class_="properties"))


def test_a_run_of_nothing_makes_a_page() -> None:
    tree = parse(page(empty()))
    assert tree.one("h1").words == "Nothing to check"
    assert tree.one("footer").words.startswith("About this run verify-spec 0. ")


def test_the_same_run_makes_the_same_page(text: str) -> None:
    assert page(gated().run, gated()) == text


def test_a_page_of_the_library_is_small() -> None:
    run = check(Request(("governance/timelock",)))
    text = page(run)
    parse(text)
    assert len(text) < 400_000
    assert len(text) < 60_000 + 12_000 * len(run.results)


def test_many_profiles_share_their_proofs_and_runs() -> None:
    run = example()
    many = replace(
        run,
        results=tuple(replace(r, profile=f"market-{n}") for n in range(200) for r in run.results if r.ok),
        profiles=tuple(f"market-{n}" for n in range(200)),
    )
    text = page(many)
    tree = parse(text)
    assert len(list(tree.one("table", class_="properties").one("tbody").all("tr"))) == 200 * sum(
        r.ok for r in run.results
    )
    assert len(text) < 900_000
    assert "With the numbers of 200 profiles" in tree.one("section", id="proofs").words
    assert tree.one("select", id="filter-profile")
