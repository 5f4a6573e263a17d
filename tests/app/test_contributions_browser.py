"""The Contributions view as a person meets it, in a real browser and on real sequence."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import opened, settled

pytestmark = pytest.mark.browser


def shows(page: Page, text: str) -> None:
    first = page.locator(".js-plotly-plot .annotation-text").first
    expect(first).to_contain_text(text, timeout=60_000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


def letters(page: Page):
    """The compound paths of the logo, one a base."""
    return page.locator(".js-plotly-plot .shapelayer path[d*=Q]")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
def test_a_link_opens_the_view_and_zooming_in_shows_letters(server, new_page, width, scheme):
    page = opened(
        new_page(width, scheme), server, "contributions", locus="HBB", zoom="5227001-5227500"
    )
    shows(page, "chr11:5,227,001-5,227,500")
    expect(page.get_by_text("Explained: mean of 12 CAGE tracks over 3 bins")).to_be_visible()
    assert letters(page).count() == 0
    press(page, "Zoom in")
    shows(page, "chr11:5,227,126-5,227,375")
    expect(letters(page)).to_have_count(2)  # only C and G are round
    expect(page).to_have_url(re.compile("zoom=5227126-5227375"))
    settled(page)
    press(page, "Undo")
    shows(page, "chr11:5,227,001-5,227,500")


def test_a_cached_result_opens_at_once_and_zoom_is_quick(server, new_page):
    page = opened(new_page(), server, "contributions", locus="chr2:264,000")
    seconds = []
    for _ in range(3):
        before = page.locator(".js-plotly-plot .annotation-text").first.text_content()
        began = time.monotonic()
        press(page, "Zoom in")
        first = page.locator(".js-plotly-plot .annotation-text").first
        expect(first).not_to_have_text(before or "")
        seconds.append(time.monotonic() - began)
        settled(page)
    print("zoom:", *(f"{one:.2f}" for one in seconds))
    assert min(seconds) < 10  # 0.5 s on a machine of one's own; tests share theirs


def test_integrated_gradients_go_on_behind_the_quick_picture_and_can_be_stopped(server, new_page):
    page = opened(
        new_page(),
        server,
        "contributions",
        locus="chr2:264,000",
        method="integrated:zeros:200",
        zoom="263001-265000",
    )
    expect(page.get_by_text("Input × gradient is drawn meanwhile.")).to_be_visible()
    expect(page.get_by_text(re.compile("pass [0-9]+ of 217"))).to_be_visible()
    press(page, "Cancel")
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()


def test_the_question_is_kept_from_view_to_view(server, new_page):
    page = opened(
        new_page(), server, "contributions", locus="HBB", zoom="5226001-5228000", tracks="human/3"
    )
    page.get_by_role("link", name="Locus").first.click()
    shows(page, "chr11:5,226,001-5,228,000")
    page.get_by_role("link", name="Contributions").first.click()
    expect(page.get_by_text("Explained:")).to_be_visible()
    shows(page, "chr11:5,226,001-5,228,000")
    expect(page).to_have_url(re.compile("contributions.*tracks=human"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_screenshots(server, new_page, request, root, tmp_path, scheme, width):
    page = new_page(width, scheme)
    for name, zoom in {"window": "", "bars": "264001-266000", "letters": "264861-264960"}.items():
        opened(page, server, "contributions", locus="ACP1", zoom=zoom)
        page.wait_for_timeout(700)
        page.screenshot(path=tmp_path / f"{name}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if request.config.getoption("--update-screenshots") and (scheme, width) == ("light", 1280):
        page.screenshot(path=root / "docs" / "contributions.png")


def test_a_part_is_knocked_out_where_it_is_seen(server, new_page):
    page = opened(new_page(), server, "contributions", locus="DGB1", genome="demo",
                  zoom="301551-301720")  # fmt: skip
    page.get_by_role("button", name="Knock out 170 bp").click()
    expect(page.get_by_text("Knocked out, one at a time")).to_be_visible(timeout=120_000)
    expect(page).to_have_url(re.compile("knockouts=301551-301720"))
    expect(page.get_by_text("which is no experiment")).to_be_visible(timeout=300_000)
    press(page, "Zoom out")
    expect(page.locator(".annotation-text", has_text="knock-out −")).to_be_visible()


def test_a_planted_motif_is_named_under_its_peak(server, new_page):
    page = opened(new_page(), server, "contributions", locus="DGB1", genome="demo",
                  zoom="301551-301720")  # fmt: skip
    expect(page.get_by_text(re.compile(r"Motifs: [1-9]\d* of "))).to_be_visible(timeout=120_000)
    expect(page.locator(".js-plotly-plot .textpoint", has_text="TATA")).to_be_visible()


def test_a_second_method_is_drawn_below_the_first(server, new_page):
    page = opened(new_page(), server, "contributions", locus="DGB1", genome="demo",
                  zoom="301551-301720", method="gradient~centred")  # fmt: skip
    expect(page.locator(".annotation-text", has_text="Second method").first).to_be_visible()
    expect(letters(page)).to_have_count(4)  # C and G of both
    expect(page.get_by_text("Second: Input × gradient, centred")).to_be_visible()


def base_at(page: Page, share: float) -> tuple[float, float]:
    """A place on the lane of contributions, so far from its left end."""
    lane = page.locator(".js-plotly-plot .nsewdrag[data-subplot=xy3]")
    lane.scroll_into_view_if_needed()
    area = lane.bounding_box()
    assert area is not None
    return area["x"] + share * area["width"], area["y"] + 0.6 * area["height"]


def test_a_click_marks_a_base_for_all_views_and_again_lets_it_go(server, new_page):
    page = opened(new_page(), server, "contributions", locus="HBB", zoom="5227001-5227100")
    page.mouse.click(*base_at(page, 0.405))
    expect(page).to_have_url(re.compile("mark=5227041-5227041"))
    expect(page.get_by_text("Marked in all views")).to_be_visible()
    expect(page.locator(".annotation-text", has_text="marked")).to_be_visible()
    settled(page)
    page.mouse.click(*base_at(page, 0.805))
    expect(page).to_have_url(re.compile("mark=5227081-5227081"))
    settled(page)
    page.get_by_role("link", name="Locus").first.click()
    expect(page.locator("[class*=st-key-chart_]")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"/\?.*mark=5227081-5227081"))
    expect(page.locator(".annotation-text", has_text="marked")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Contributions").first.click()
    # the title is that of the page before, which must have gone before anything is clicked
    expect(page.locator(".annotation-text", has_text="Contribution").first).to_be_visible()
    settled(page)
    page.mouse.click(*base_at(page, 0.805))
    expect(page.get_by_text("Marked in all views")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("mark="))


def test_a_box_still_zooms_where_a_click_marks(server, new_page):
    page = opened(new_page(), server, "contributions", locus="HBB", zoom="5227001-5227100")
    (left, y), (right, _) = base_at(page, 0.2), base_at(page, 0.6)
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move((left + right) / 2, y, steps=5)
    page.mouse.move(right, y, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"zoom=522702\d-52270(59|60|61)"))
    assert "mark=" not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "variant"),
    [("snv", "chr11:5,227,002 T>A"), ("insertion", "chr11:5,227,002 T>TGACA"),
     ("deletion", "chr11:5,227,157 GGG>G")],
)  # fmt: skip
def test_the_difference_of_both_alleles_is_drawn(server, new_page, tmp_path, scheme, name, variant):
    position = int(re.sub(r"[^0-9]", "", variant.split(":")[1].split()[0]))
    page = opened(new_page(1280, scheme), server, "contributions", locus=variant,
                  zoom=f"{position - 30}-{position + 29}")  # fmt: skip
    for allele, lane in (("ALT", "Contribution, ALT"), ("ALT − REF", "ALT − REF")):
        page.get_by_role("radio", name=allele, exact=True).click()
        first = page.locator(".annotation-text", has_text=lane).first
        expect(first).to_be_visible(timeout=120_000)
        settled(page)
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{name}_{allele.replace(' − ', '-')}.png")
    expect(page).to_have_url(re.compile("allele=difference"))
    expect(page.get_by_text("Both alleles are explained")).to_be_visible()
