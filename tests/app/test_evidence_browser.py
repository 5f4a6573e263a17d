"""The Evidence view as a person meets it, in a real browser."""

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.app.in_browser import opened, settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


def test_a_bed_file_is_read_and_its_elements_download_as_a_table(
    offline, new_page, wide_model, tmp_path
):
    page = opened(new_page(), offline, "evidence", model=wide_model, locus="DGB1")
    page.locator(".st-key-evidence_source").get_by_text("BED file").click()
    bed = tmp_path / "mine.bed"
    bed.write_text("demo1\t310000\t310400\tmine\n1\t5\t9\telsewhere\n")
    page.locator(".st-key-evidence_file input").set_input_files(bed)
    rows = page.locator(".js-plotly-plot .ytick text")
    expect(rows.filter(has_text="mine")).to_have_count(1, timeout=60_000)
    expect(rows).to_have_count(1)
    settled(page)
    page.get_by_role("button", name="Download").first.click()
    with page.expect_download() as waiting:
        page.locator(".st-key-download_TSV").get_by_role("button").click()
    table = pd.read_csv(waiting.value.path(), sep="\t", comment="#")
    assert table["name"].tolist() == ["mine"]
    assert table["start"].tolist() == [310_000]


def test_a_file_that_is_no_bed_is_explained(offline, new_page, wide_model, tmp_path):
    page = opened(new_page(), offline, "evidence", model=wide_model, locus="DGB1")
    page.locator(".st-key-evidence_source").get_by_text("BED file").click()
    bad = tmp_path / "bad.bed"
    bad.write_text("chr1 ten twenty\n")
    page.locator(".st-key-evidence_file input").set_input_files(bad)
    expect(page.get_by_text("It is no BED").first).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(offline, new_page, wide_model, tmp_path, width, scheme):
    page = opened(new_page(width, scheme), offline, "evidence", model=wide_model, locus="DGB1")
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / f"evidence_{width}_{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
