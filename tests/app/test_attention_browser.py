"""The Attention view in a real browser, on real sequence."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.in_browser import settled

pytestmark = pytest.mark.browser


def chart(page: Page, name: str) -> Locator:
    """A chart by the beginning of its key, once it is drawn."""
    plot = page.locator(f"[class*=st-key-{name}_] .js-plotly-plot .main-svg").first
    expect(plot).to_be_visible(timeout=90_000)
    return plot


def titled(page: Page, text: str | re.Pattern[str]) -> None:
    """Waits until the large map's title says so."""
    words = page.locator("[class*=st-key-head_] .annotation-text", has_text=text)
    expect(words.first).to_be_visible(timeout=90_000)


def opened(server, page: Page, **parameters: str) -> Page:
    page.goto(server.link(**parameters).replace("/?", "/attention?"))
    chart(page, "atlas")
    chart(page, "head")
    settled(page)
    return page


def drag(page: Page, x: tuple[float, float], y: tuple[float, float]) -> None:
    """A box over a part of the large map, in shares of the map."""
    box = page.locator("[class*=st-key-head_] .nsewdrag[data-subplot=xy2]").first
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    assert area is not None
    ends = [(area["x"] + x[i] * area["width"], area["y"] + y[i] * area["height"]) for i in (0, 1)]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(ends[0][0] + 20, ends[0][1] + 20, steps=4)
    page.mouse.move(*ends[1], steps=4)
    page.mouse.up()


def test_a_link_opens_the_layer_and_head_with_a_row_as_tracks(server, new_page):
    page = opened(server, new_page(), locus="HBB", layer="2", head="2")
    titled(page, "Layer 2, head 2")
    titled(page, "attended to by chr11:5,226,943-5,227,326")
    for name in ("Layer 2, mean of 4 heads", "Mean of all 2 layers and heads", "Rollout"):
        titled(page, name)
    expect(page.get_by_text("it is not causation")).to_be_visible()
    link = page.get_by_role("link", name="Contributions").last
    assert "locus=HBB" in (link.get_attribute("href") or "")


def test_a_click_in_the_atlas_chooses_a_head(server, new_page):
    page = opened(server, new_page(), locus="HBB")
    titled(page, "Layer 1, head 1")
    area = page.locator("[class*=st-key-atlas_] .nsewdrag").first.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 0.6 * area["width"], area["y"] + 0.7 * area["height"])
    expect(page.locator(".hoverlayer").get_by_text("mean distance")).to_be_visible()
    page.mouse.click(area["x"] + 0.6 * area["width"], area["y"] + 0.7 * area["height"])
    titled(page, "Layer 2, head 3")
    expect(page).to_have_url(re.compile("layer=2&head=3"))


def test_a_box_shows_every_token_of_that_part_and_back(server, new_page):
    page = opened(server, new_page(), locus="HBB", layer="1", head="3")
    titled(page, "max of 10.7")
    drag(page, (0.7, 0.95), (0.4, 0.6))
    titled(page, "one token by one token")
    expect(page).to_have_url(re.compile(r"zoom=52\d{5}-52\d{5}"))
    settled(page)
    page.get_by_role("button", name="Undo").click()
    titled(page, "max of 10.7")


def test_another_token_and_its_column(server, new_page):
    page = opened(server, new_page(), locus="HBB", token="700")
    titled(page, re.compile("attended to by chr11:5,251,"))
    page.get_by_text("are attended by", exact=True).click()
    titled(page, re.compile("attending to chr11:5,251,"))


def test_a_variant_shows_the_difference_and_both_alleles(server, new_page):
    page = opened(server, new_page(), locus="chr11:5227002:T>A")
    expect(page.get_by_text("REF − ALT of").first).to_be_visible()
    page.get_by_text("ALT", exact=True).first.click()
    expect(page.locator("[class*=st-key-head_] .annotation-text", has_text="T>A")).to_be_visible()
    titled(page, "Layer 1, head 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_screenshots(server, new_page, request, root, tmp_path, scheme, width):
    page = new_page(width, scheme)
    page.set_viewport_size({"width": width, "height": 1900})
    for name, asked in {
        "hbb": {"locus": "HBB", "layer": "1", "head": "3"},
        "variant": {"locus": "chr11:5227002:T>A", "layer": "2", "head": "2"},
        "closer": {"locus": "HBB", "layer": "1", "head": "3", "zoom": "5255001-5292606"},
    }.items():
        opened(server, page, **asked)
        page.wait_for_timeout(700)
        page.screenshot(path=tmp_path / f"{name}.png")
        asked_for = request.config.getoption("--update-screenshots")
        if asked_for and (name, scheme, width) == ("hbb", "light", 1280):
            page.screenshot(path=root / "docs" / "attention.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_arcs_and_rollout_and_a_track_on_the_locus(server, new_page):
    page = opened(server, new_page(), locus="DGB1", genome="demo", layer="1", head="1")
    expect(
        page.locator("[class*=st-key-arcs_] .annotation-text", has_text="Attention arcs")
    ).to_be_visible()
    assert page.locator("[class*=st-key-arcs_] .scatterlayer path.point").count() >= 10
    page.get_by_text("Rollout", exact=True).first.click()
    titled(page, "Rollout through all layers")
    page.get_by_text("what they attend to", exact=True).click()
    expect(page).to_have_url(re.compile("slice=row"))
    settled(page)
    page.get_by_role("link", name="Locus").first.click()
    expect(page.get_by_role("button", name="Without attention")).to_be_visible(timeout=120_000)
    expect(page.locator(".annotation-text", has_text="Layer 1, head 1").first).to_be_visible()
