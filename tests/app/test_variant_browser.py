"""The Variant view as a person meets it, in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.in_browser import settled

pytestmark = pytest.mark.browser

SICKLE, DELETION = "chr11:5,227,002 T>A", "chr11:5,227,157 GGG>G"


def chart(page: Page, name: str) -> Locator:
    """A chart by the beginning of its key, once it is drawn."""
    plot = page.locator(f"[class*=st-key-{name}_] .js-plotly-plot")
    expect(plot.locator(".main-svg").first).to_be_visible(timeout=90_000)
    return plot


def opened(server, page: Page, **asked: str) -> Page:
    page.goto(server.link(**asked).replace("/?", "/variant?"))
    chart(page, "map")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=90_000)
    settled(page)
    return page


def test_a_link_opens_both_alleles_their_difference_and_the_map(server, new_page):
    page = opened(server, new_page(), locus=SICKLE)
    words = chart(page, "chart").locator(".annotation-text")
    expect(words.filter(has_text="ALT − REF")).to_have_count(3)
    expect(words.filter(has_text="T>A").first).to_be_visible()
    words = chart(page, "map").locator(".annotation-text")
    expect(words.filter(has_text="chr11:5,226,992-5,227,012").first).to_be_visible()
    expect(words.filter(has_text="Exact").first).to_be_visible()
    href = page.get_by_role("link", name="Attention, REF").first.get_attribute("href") or ""
    assert "attention?locus=chr11" in href


def test_a_cell_under_the_pointer_is_told(server, new_page):
    page = opened(server, new_page(), locus=SICKLE)
    cells = chart(page, "map").locator(".nsewdrag[data-subplot=xy]").first
    cells.scroll_into_view_if_needed()
    area = cells.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 8)
    told = chart(page, "map").locator(".hoverlayer")
    expect(told).to_contain_text(re.compile(r"chr11:5,227,002 T>A [+−][0-9.e−]+"))


def test_a_ticked_row_is_drawn(server, new_page):
    page = opened(server, new_page(), locus=SICKLE)
    grid = page.locator("[class*=st-key-changed_] canvas").first
    grid.scroll_into_view_if_needed()
    area = grid.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + 16, area["y"] + 35 * 2.5)
    expect(page).to_have_url(re.compile("tracks=human"))
    settled(page)
    expect(chart(page, "chart").locator(".annotation-text", has_text="ALT − REF")).to_have_count(1)


def test_a_box_zooms_both_lanes(server, new_page):
    page = opened(server, new_page(), locus=SICKLE)
    title = chart(page, "chart").locator(".annotation-text").first
    before = title.text_content() or ""
    page.get_by_role("button", name="Zoom in").first.click()
    expect(title).not_to_have_text(before)
    expect(page).to_have_url(re.compile("variant.*zoom="))


def test_without_a_variant_one_click_opens_one(server, new_page):
    page = new_page()
    page.goto(server.link(locus="HBB").replace("/?", "/variant?"))
    expect(page.get_by_text("HBB is no variant")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="HBB −28").click()
    chart(page, "map")
    expect(page).to_have_url(re.compile("locus=chr11"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_screenshots(server, new_page, request, root, tmp_path, scheme, width):
    page = new_page(width, scheme)
    page.set_viewport_size({"width": width, "height": 2300})
    for name, asked in {
        "sickle": {"locus": SICKLE},
        "deletion": {"locus": DELETION, "zoom": "5225001-5230000"},
        "demo": {"locus": "demo1:301,635 A>G", "genome": "demo"},
    }.items():
        opened(server, page, **asked)
        page.wait_for_timeout(700)
        page.screenshot(path=tmp_path / f"{name}.png")
        asked_for = request.config.getoption("--update-screenshots")
        if asked_for and (name, scheme, width) == ("sickle", "light", 1280):
            page.screenshot(path=root / "docs" / "variant.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_click_on_a_column_of_the_map_marks_its_base(server, new_page, tmp_path):
    page = opened(server, new_page(), locus=SICKLE)
    cells = chart(page, "map").locator(".nsewdrag[data-subplot=xy]").first
    cells.scroll_into_view_if_needed()
    area = cells.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + 4.5 / 21 * area["width"], area["y"] + 0.6 * area["height"])
    expect(page).to_have_url(re.compile("mark=5226996-5226996"))
    settled(page)
    frame = chart(page, "map").locator(".annotation-text", has_text="long frame: marked")
    expect(frame).to_be_visible()
    expect(chart(page, "chart").locator(".annotation-text", has_text="marked")).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "marked.png")
    cells = chart(page, "map").locator(".nsewdrag[data-subplot=xy]").first
    cells.scroll_into_view_if_needed()
    area = cells.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + 4.5 / 21 * area["width"], area["y"] + 0.3 * area["height"])
    expect(page).not_to_have_url(re.compile("mark="))


def test_the_contributions_of_the_difference_are_one_click_away(server, new_page):
    page = opened(server, new_page(), locus=SICKLE)
    link = page.get_by_role("link", name="Contributions of the difference")
    page.goto(page.url.partition("/variant")[0] + "/" + (link.get_attribute("href") or ""))
    lane = page.locator(".js-plotly-plot .annotation-text", has_text="ALT − REF")
    expect(lane.first).to_be_visible(timeout=120_000)
    expect(page).to_have_url(re.compile("allele=difference"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_own_files_scales_and_groups_stand_beside_both_alleles(
    server, new_page, shared_data, tmp_path, scheme
):
    page = new_page(1280, scheme)
    page.set_viewport_size({"width": 1280, "height": 1700})
    opened(server, page, locus="chr22:20,030,001 G>A", tracks="human/3,human/24", scale="log1p",
           group="assay")  # fmt: skip
    peaks = tmp_path / "peaks.bed"
    peaks.write_text("chr22\t20028000\t20032000\tmy peak\n")
    page.get_by_text("Your files", exact=False).first.click()
    files = [shared_data / "tracks" / "acc.K562.chr22.bw", peaks]
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.get_by_text("Your files, 2 shown")).to_be_visible(timeout=90_000)
    settled(page)
    figure = chart(page, "chart")
    for said in ("Observed, log1p axis", "log1p(ALT)", "my peak", "r = ", "DNase", "CAGE"):
        expect(figure).to_contain_text(said)
    page.wait_for_timeout(900)
    page.screenshot(path=tmp_path / "own.png")
    page.get_by_label("Search tracks").fill("microglia")
    expect(
        page.get_by_text("it was not trained on a cell type or factor of that name")
    ).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "microglia.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
