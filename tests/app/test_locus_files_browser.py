"""Somebody's own measurements beside the prediction, in a real browser and on real data."""

import io
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import settled

pytestmark = pytest.mark.browser

VIEW = (20_000_000, 20_060_000)
LOCUS = f"chr22:{VIEW[0] + 1:,}-{VIEW[1]:,}"
TRACKS = "human/3,human/24"
PEAKS = "22\t20016000\t20018000\tARVCF promoter\nchr22\t20020000\t20022500\tTANGO2 promoter\n"


@pytest.fixture(scope="session")
def measured(shared_data: Path) -> Path:
    return shared_data / "tracks" / "acc.K562.chr22.bw"


def opened(page: Page, server, **asked: str) -> Page:
    """The page on the Locus view; on a busy machine the first prediction takes minutes."""
    page.goto(server.link(**asked))
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=400_000)
    settled(page)
    return page


def names(page: Page) -> str:
    """All that is written in the figure."""
    return " ".join(page.locator(".js-plotly-plot .annotation-text").all_text_contents())


def bring(page: Page, *files: Path) -> None:
    """Uploads files; ends when the figure has them."""
    page.get_by_text("Your files", exact=False).first.click()
    page.locator("input[type=file]").first.set_input_files(list(files))
    expect(page.get_by_text(f"Your files, {len(files)} shown")).to_be_visible(timeout=90_000)
    settled(page)
    page.wait_for_timeout(700)


def test_observed_stands_over_predicted_and_r_is_what_the_files_give(server, new_page, measured):
    page = opened(new_page(), server, locus=LOCUS, tracks=TRACKS)
    bring(page, measured)
    expect(page.locator(".js-plotly-plot").first).to_contain_text("Observed · file's own units")
    said = re.search(r"r = (−?\d\.\d\d), (\d+) bins", names(page))
    assert said is not None
    page.get_by_role("button", name="Download").first.click()
    with page.expect_download() as waiting:
        page.locator(".st-key-download_TSV").get_by_role("button").click()
    rows = pd.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()), sep="\t", comment="#")
    own = rows["own/acc.K562.chr22"]
    with pyBigWig.open(str(measured)) as file:
        sums = [file.stats("chr22", start, end, type="sum", exact=True)[0] or 0.0
                for start, end in zip(rows["start_0based"], rows["end_0based"], strict=True)]  # fmt: skip
    np.testing.assert_allclose(own, np.array(sums) / 128, rtol=1e-4, atol=1e-4)
    seen = (rows["end_0based"] > VIEW[0]) & (rows["start_0based"] < VIEW[1])
    assert int(said[2]) == seen.sum()
    expected = np.corrcoef(own[seen], rows["human/24"][seen])[0, 1]  # DNase, as the file's is
    assert float(said[1].replace("−", "-")) == pytest.approx(expected, abs=0.006)


def test_a_link_restores_log1p_and_the_pointer_still_reads_values(server, new_page):
    page = opened(new_page(), server, locus=LOCUS, tracks=TRACKS)
    page.get_by_role("button", name="Lanes").first.click()
    page.get_by_text("log1p", exact=True).first.click()
    expect(page).to_have_url(re.compile("scale=log1p"))
    settled(page)
    other = opened(new_page(), server, **dict(parse_qsl(urlsplit(page.url).query)))
    for one in (page, other):
        expect(one.locator(".js-plotly-plot").first).to_contain_text("log1p axis")
    drawn = other.evaluate(
        "(() => {const trace = document.querySelector('.js-plotly-plot')._fullData"
        ".find(t => t.customdata && t.fill === 'tozeroy');"
        " return [Array.from(trace.y).slice(0, 9), Array.from(trace.customdata).slice(0, 9)]})()"
    )
    np.testing.assert_allclose(drawn[0], np.log1p(drawn[1]), rtol=1e-5)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1920)])
def test_signal_intervals_and_highlights_fit_the_page(
    server, new_page, measured, tmp_path, scheme, width
):
    peaks = tmp_path / "peaks.bed"
    peaks.write_text(PEAKS)
    page = opened(
        new_page(width, scheme), server, locus=LOCUS, tracks=TRACKS, scale="log1p", group="assay"
    )
    bring(page, measured, peaks)
    figure = page.locator(".js-plotly-plot").first
    for said in ("r = ", "peaks", "ARVCF promoter", "log1p axis", "DNase"):
        expect(figure).to_contain_text(said)
    page.get_by_role("button", name="peaks").first.click()
    page.get_by_label("Shown as").first.click()
    page.get_by_role("option", name="Both").click()
    settled(page)
    page.keyboard.press("Escape")
    expect(figure.locator(".annotation-text", has_text="TANGO2 promoter").first).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "files.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_cells_of_the_matrix_add_tracks(server, new_page):
    page = opened(new_page(), server, locus=LOCUS, tracks=TRACKS)
    page.get_by_role("button", name="Biosample × assay").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile(r"74 tracks in \d+ biosamples"))).to_be_visible()
    canvas = dialog.locator("canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_timeout(1_000)
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 52)
    add = dialog.get_by_role("button", name=re.compile(r"Add [1-9]\d* tracks?"))
    expect(add).to_be_enabled()
    count = int(re.findall(r"\d+", add.text_content() or "")[0])
    add.click()
    expect(page.get_by_text(f"Tracks, {2 + count} shown")).to_be_visible()
