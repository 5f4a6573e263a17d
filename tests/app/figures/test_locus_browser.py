"""The figure in a real browser: what the pointer reads and what a drag selects."""

import shutil

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from app.figures import page as look
from app.figures.locus_plotly import locus_figure, selected_interval

pytestmark = pytest.mark.browser
WIDTH = 1280


@pytest.fixture(scope="module")
def shown(picture, tmp_path_factory):
    """The figure on a page of its own."""
    path = tmp_path_factory.mktemp("page") / "locus.html"
    locus_figure(picture).write_html(path, include_plotlyjs=True, config=look.config("locus"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        page.goto(path.as_uri())
        page.wait_for_selector(".main-svg .xy2")
        page.evaluate("document.querySelector('.js-plotly-plot').on('plotly_selected',"
                      " event => window.box = event.range)")  # fmt: skip
        yield page
        browser.close()


def at(page: Page, position: float) -> float:
    """Px of a position on the axis."""
    return page.evaluate(
        "p => {const a = document.querySelector('.js-plotly-plot')._fullLayout.xaxis;"
        " return document.querySelector('.js-plotly-plot').getBoundingClientRect().x"
        " + a._offset + a.l2p(p)}",
        position,
    )


@pytest.mark.parametrize("position", [10_660, 10_700, 10_780])
@pytest.mark.parametrize("y", [180, 500])
def test_the_pointer_reads_every_lane_of_its_bin(shown, picture, position, y):
    shown.mouse.move(at(shown, 15_000), y)
    shown.wait_for_timeout(150)
    shown.mouse.move(at(shown, position), y)
    place = shown.get_by_text("chr11:10,657-10,784")
    place.wait_for()
    said = shown.locator(".hovertext").all_text_contents()
    assert any("bin 20 · HBB" in text for text in said)
    values = [float(text.replace("−", "-")) for text in said if "chr11" not in text]
    np.testing.assert_allclose(
        sorted(values), sorted(lane.values[20] for lane in picture.lanes), rtol=1e-3
    )


def test_a_drag_selects_a_stretch_over_all_lanes(shown, picture):
    shown.mouse.move(at(shown, 9_000), 300)
    shown.mouse.down()
    shown.mouse.move(at(shown, 11_000), 320, steps=5)
    shown.mouse.up()
    shown.wait_for_function("window.box")
    box = shown.evaluate("window.box")
    assert box["y10"] == [0, 1]
    found = selected_interval(picture, *box["x"])
    assert found is not None
    per_px = picture.view.length / (WIDTH - 250)
    assert abs(found.start - 9_000) < 2 * per_px
    assert abs(found.end - 11_000) < 2 * per_px


def test_text_is_live_and_complete(shown, picture):
    written = " ".join(shown.locator(".main-svg text").all_text_contents())
    for words in (
        "HBB",
        "ACP1",
        "LCR",
        "H3K27ac, GM12878",
        "ChIP · mean coverage per bin",
        "10 kb",
    ):
        assert words in written
