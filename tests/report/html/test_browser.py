"""The page in a real browser: with and without scripts, in the dark, on paper, on a telephone, without a mouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.html.samples import everything, gated, hostile
from verifier.report.html import page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no `chromium` on PATH (Debian: apt-get install chromium)"),
    pytest.mark.skipif(find_spec("playwright") is None, reason="no playwright (pip install -e '.[test]')"),
    pytest.mark.xdist_group("browser"),
]

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    where = tmp_path_factory.mktemp("pages")
    vile = "\"'><img src=x onerror=window.evil=1><script>window.evil=1</script>"
    few = gated("covered", "books", "can_borrow", "order_matters", "somebody_owes")
    texts = {
        "few": page(few.run, few),
        "plain": page(everything()),
        "gate": page(gated().run, gated()),
        "hostile": page(hostile(vile)),
    }
    for name, text in texts.items():
        (where / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: where / f"{name}.html" for name in texts}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser, with a profile of its own that is thrown away."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a page in a session of its own. Whatever it complains of or asks the network for fails the test."""
    contexts: list[Any] = []
    said: list[str] = []
    asked: list[str] = []

    def open_(name: str = "plain", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        tab: Page = context.new_page()
        tab.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(files[name].as_uri())
        return tab

    yield open_
    for context in contexts:
        context.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked} <= {f.as_uri() for f in files.values()} | {"data:,"}


def rows(tab: Page) -> list[str]:
    return tab.locator("table.properties tbody tr:visible th").all_inner_texts()


def background(tab: Page, selector: str = "body") -> tuple[int, ...]:
    text: str = tab.eval_on_selector(selector, "e => getComputedStyle(e).backgroundColor")
    return tuple(int(part) for part in text.partition("(")[2].rstrip(")").split(",")[:3])


# ---------------------------------------------------------------------------------------------- the filter


def test_the_table_is_filtered_by_text_verdict_and_spec(opened: Open) -> None:
    tab = opened()
    count = tab.locator("#filter-count")
    assert count.inner_text() == "11 of 11 shown"
    tab.get_by_label("Find").fill("BOOKS invariant")
    assert rows(tab) == ["books invariant"]
    assert count.inner_text() == "1 of 11 shown"
    tab.get_by_label("Find").fill("")
    tab.get_by_label("Verdict").select_option("violated")
    assert len(rows(tab)) == 4
    tab.get_by_label("Spec").select_option(index=1)
    assert len(rows(tab)) == 4
    tab.get_by_label("Find").fill("nothing has this name")
    assert rows(tab) == []
    tab.get_by_role("button", name="Show all").click()
    assert len(rows(tab)) == 11
    assert tab.evaluate("document.activeElement.id") == "filter-text"


# ---------------------------------------------------------------------------------------------- stories


def test_a_link_opens_what_it_leads_to(opened: Open) -> None:
    tab = opened()
    story = tab.locator("#expected details.story")
    assert not story.evaluate("e => e.open")
    tab.get_by_role("link", name="attack").click()
    assert story.evaluate("e => e.open")
    tab.wait_for_function("document.activeElement.classList.contains('body')")
    proofs = tab.locator("#proofs details.spec")
    assert not proofs.evaluate("e => e.open")
    tab.get_by_role("link", name="books").click()
    assert proofs.evaluate("e => e.open")


def test_an_address_opens_what_it_names(opened: Open, files: dict[str, Path]) -> None:
    tab = opened()
    target = tab.get_by_role("link", name="attack").get_attribute("href")
    tab.goto("about:blank")
    tab.goto(files["plain"].as_uri() + str(target))
    assert tab.locator("#expected details.story").evaluate("e => e.open")


def test_a_run_is_stepped_through_and_everything_goes_along(opened: Open) -> None:
    tab = opened()
    story = tab.locator("#failures details.story").first
    opened_steps = "ol.timeline > li:has(> details[open])"
    assert story.locator(opened_steps).get_attribute("data-number") == "9"
    story.get_by_role("button", name="Back").click()
    assert story.locator(opened_steps).count() == 1
    assert story.locator(opened_steps).get_attribute("data-number") == "8"
    assert story.locator(".stepper .now").inner_text() == "8 of 9: move_price(5.31441 USD/ETH)"
    assert story.locator(".cursor.on").first.get_attribute("data-index") == "8"
    assert "price := to" in story.locator(".line.marked.on").inner_text()
    for _ in range(6):
        story.get_by_role("button", name="Back").click()
    assert story.locator(".line.marked.on").all_inner_texts()[0].strip().endswith("debt[a] += amount")
    changed = story.locator(f"{opened_steps} tr.changed th").all_inner_texts()
    assert [c.replace("\n", " ").split()[-1] for c in changed] == ["cash", "debt[A]"]
    for _ in range(3):
        back = story.get_by_role("button", name="Back")
        if back.is_enabled():
            back.click()
    assert not story.get_by_role("button", name="Back").is_enabled()
    assert story.get_by_role("button", name="Next").is_enabled()


def test_a_step_is_opened_with_the_keyboard_and_closes_the_other(opened: Open) -> None:
    tab = opened()
    story = tab.locator("#failures details.story").first
    story.locator("ol.timeline > li:nth-child(3) summary").focus()
    tab.keyboard.press("Enter")
    assert story.locator("ol.timeline details[open]").count() == 1
    assert story.locator(".cursor.on").first.get_attribute("data-index") == "2"


def test_the_scenario_and_the_command_are_copied(opened: Open) -> None:
    tab = opened()
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    story = tab.locator("#failures details.story").first
    story.get_by_role("button", name="Copy the scenario").click()
    story.get_by_role("button", name="Copied").wait_for()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("scenario covered_counterexample {\n  start { ltv = 0.5")
    assert copied == story.locator(".scenario pre").text_content()
    story.get_by_role("button", name="Copy the command").click()
    assert tab.evaluate("navigator.clipboard.readText()") == "verify-spec check spec/pool.vspec --property covered"


def test_what_can_not_be_copied_is_selected(opened: Open) -> None:
    tab = opened()
    tab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    tab.evaluate("document.execCommand = () => false")
    tab.locator("#failures").get_by_role("button", name="Copy the scenario").first.click()
    tab.get_by_role("button", name="Selected: press Ctrl+C").wait_for()
    assert tab.evaluate("getSelection().toString()").startswith("scenario covered_counterexample {")


def test_source_is_copied_without_the_numbers_of_its_lines(opened: Open) -> None:
    tab = opened()
    code = tab.locator("#failures .excerpt").nth(1).locator("pre")
    text = code.evaluate("e => { getSelection().selectAllChildren(e); return getSelection().toString(); }")
    assert text.strip() == (
        "action pledge(a: Account, amount: ureal[ETH]) {\n  require amount > 0\n  collateral[a] += amount\n}"
    )


# ---------------------------------------------------------------------------------------------- without scripts


def test_without_scripts_everything_can_be_read(opened: Open) -> None:
    tab = opened("gate", java_script_enabled=False)
    assert tab.locator("table.properties tbody tr:visible").count() == 11
    assert tab.locator("form:visible, button:visible").count() == 0
    assert tab.locator("#failures details.story[open] .headline:visible").count() == 4
    assert tab.locator("#failures svg.plot:visible").count() > 3
    assert tab.locator("#failures pre:visible").count() > 5
    step = tab.locator("#failures ol.timeline > li:nth-child(2)").first
    assert step.locator("table:visible").count() == 0
    step.locator("summary").click()
    assert step.locator("table:visible").count() == 1
    tab.locator("#expected summary").first.click()
    assert tab.locator("#expected .headline:visible").count() == 1


# ---------------------------------------------------------------------------------------------- looks


def test_in_the_dark_the_page_is_dark(opened: Open) -> None:
    assert min(background(opened(color_scheme="light"))) > 240
    assert max(background(opened(color_scheme="dark"))) < 40


def test_on_paper_all_of_it_is_there_and_nothing_to_press(opened: Open) -> None:
    tab = opened("gate", color_scheme="dark", java_script_enabled=False)
    tab.emulate_media(media="print")
    assert min(background(tab)) == 255
    assert tab.locator("nav:visible, form:visible, button:visible").count() == 0
    closed = tab.locator("#expected details.story")
    assert closed.get_attribute("open") is None
    assert closed.locator(".headline").evaluate("e => e.getBoundingClientRect().height") > 0
    assert len(tab.pdf(format="A4")) > 50_000


def test_before_printing_the_script_opens_everything_and_shuts_it_again(opened: Open) -> None:
    tab = opened()
    before = tab.locator("details[open]").count()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("details:not([open])").count() == 0
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("details[open]").count() == before
    assert tab.locator("ol.timeline details:not([name])").count() == 0


@pytest.mark.parametrize("width", [320, 380, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(opened: Open, width: int) -> None:
    tab = opened("gate", viewport={"width": width, "height": 800})
    tab.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_who_wants_no_motion_gets_none(opened: Open) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert opened(reduced_motion="reduce").evaluate(behaviour) == "auto"
    assert opened(reduced_motion="no-preference").evaluate(behaviour) == "smooth"


# ---------------------------------------------------------------------------------------------- without a mouse


def test_the_first_stop_of_the_keyboard_skips_to_the_results(opened: Open) -> None:
    tab = opened()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the results"
    assert tab.locator(".skip").bounding_box()["x"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.keyboard.press("Tab")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_only_what_scrolls_is_a_stop_for_the_keyboard(opened: Open) -> None:
    stops = "Array.from(document.querySelectorAll('[tabindex=\"0\"]')).map((e) => e.scrollWidth > e.clientWidth)"
    assert opened().evaluate(stops) == []
    narrow = opened(viewport={"width": 380, "height": 800}).evaluate(stops)
    assert narrow
    assert all(narrow)


@pytest.mark.skipif(
    find_spec("axe_playwright_python") is None, reason="no axe-playwright-python (the test extra has it)"
)
@pytest.mark.parametrize(("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})])
def test_axe_finds_no_barrier(opened: Open, scheme: str, rules: dict[str, Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab = opened("few", color_scheme=scheme)
    tab.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    found = Axe().run(tab, options=rules).response["violations"]
    assert [(v["id"], v["help"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []


# ---------------------------------------------------------------------------------------------- hostile input


def test_what_a_model_says_never_runs(opened: Open) -> None:
    tab = opened("hostile")
    tab.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    assert tab.evaluate("window.evil") is None
    assert tab.locator("img").count() == 0


def test_the_policy_stops_a_script_that_got_in_all_the_same(
    browser: Browser, files: dict[str, Path], tmp_path: Path
) -> None:
    text = files["plain"].read_text(encoding="utf-8")
    infected = tmp_path / "infected.html"
    (tmp_path / "x").write_bytes(b"")
    infected.write_text(
        text.replace("</main>", "<script>window.evil = 1</script><img src='x' onerror='window.evil = 2'></main>"),
        encoding="utf-8",
    )
    tab = browser.new_page()
    loaded: list[str] = []
    tab.on("requestfinished", lambda request: loaded.append(request.url))
    tab.goto(infected.as_uri())
    assert tab.evaluate("window.evil") is None
    assert len(rows(tab)) == 11
    assert not [url for url in loaded if url.endswith("/x")]
    tab.close()
