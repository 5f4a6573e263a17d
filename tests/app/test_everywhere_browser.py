"""What holds in every view, in a real browser: keys, undo, marks, widths, words for figures."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import opened, settled

pytestmark = pytest.mark.browser

LOCUS = "demo1:300,001-304,000"
FIGURE = ".js-plotly-plot .main-svg"
VIEWS = {
    "": FIGURE,
    "attention": FIGURE,
    "contributions": FIGURE,
    "evidence": "text=Explained:",  # where nothing is predicted open, there is no figure
    "variant": FIGURE,
}
"""Views by their address, and what is waited for in each."""
VARIANT = "demo1:301,689 C>A"


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


@pytest.fixture
def page(offline, new_page, planted_model) -> Page:
    """The Locus view on the demo genome."""
    return opened(new_page(), offline, model=planted_model, locus=LOCUS)


def press(page: Page, key: str, url: str) -> None:
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(url), timeout=60_000)
    settled(page)


def test_keys_move_the_picture_and_undo(page):
    press(page, "+", "zoom=301001-303000")
    press(page, "ArrowRight", "zoom=302001-304000")
    press(page, "ArrowLeft", "zoom=301001-303000")
    press(page, "-", "zoom=300001-304000")
    press(page, "u", "zoom=301001-303000")
    press(page, "u", "zoom=302001-304000")
    press(page, "Shift+U", "zoom=301001-303000")
    press(page, "m", "mark=301001-303000")
    expect(page.get_by_text("Marked in all views: demo1:301,001-303,000")).to_be_visible()


def test_keys_are_letters_while_a_person_types(page):
    before = page.url
    page.keyboard.press("/")
    box = page.get_by_label("Locus, gene, variant or sequence")
    expect(box).to_be_focused()
    page.keyboard.type("u+-m?/")
    page.keyboard.press("ArrowLeft")
    expect(box).to_have_value("u+-m?/")
    settled(page)
    assert page.url == before
    assert not page.get_by_role("dialog").count()


def test_help_opens_by_its_key_and_keys_rest_while_it_is_open(page):
    before = page.url
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Undo the last change of the question")).to_be_visible()
    expect(dialog.get_by_text("NC_000011.10:g.5227002T>A")).to_be_visible()
    page.keyboard.press("+")
    settled(page)
    assert page.url == before
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [820, 1280, 1920])
def test_every_view_fits_and_its_figures_have_words(
    offline, new_page, planted_model, tmp_path, width, scheme
):
    page = new_page(width, scheme)
    for view, wanted in VIEWS.items():
        link = {"model": planted_model, "locus": VARIANT, "mark": "301001-301200"}
        page.goto(offline.link(**link, evidence="peaks:10:2").replace("/?", f"/{view}?"))
        expect(page.locator(wanted).first).to_be_visible(timeout=120_000)
        expect(page.locator(".st-key-job")).to_have_count(0, timeout=120_000)
        settled(page)
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{view or 'locus'}_{width}_{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert cut_off(page) == [], view
        assert silent(page) == 0, view


def cut_off(page: Page) -> list[str]:
    """Buttons and fields that lie outside the window at the right."""
    return page.evaluate("""() => [...document.querySelectorAll(".stMain button, .stMain input")]
        .filter((node) => node.getBoundingClientRect().right > window.innerWidth + 1)
        .map((node) => node.textContent || node.ariaLabel || "a field")""")


def silent(page: Page) -> int:
    """Figures without words for those who do not see them."""
    return (
        page.locator(".stPlotlyChart").count()
        - page.locator(".stPlotlyChart[role=figure][aria-label]").count()
    )


def test_on_a_tablet_the_sidebar_starts_folded_and_can_be_opened(offline, new_page, planted_model):
    page = opened(new_page(820), offline, model=planted_model, locus=LOCUS)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(sidebar).not_to_have_attribute("data-collapsed", "true")
    page.keyboard.press("Escape")
    press(page, "+", "zoom=")
    expect(sidebar).not_to_have_attribute("data-collapsed", "true")
