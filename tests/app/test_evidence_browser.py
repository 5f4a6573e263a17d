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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_bed_that_was_brought_in_locus_gives_candidates_and_a_panel(
    offline, new_page, middle_model, tmp_path, scheme
):
    asked = {"model": middle_model, "locus": "DGB1", "evidence": ":10:2"}
    page = opened(new_page(1280, scheme), offline, **asked)
    bed = tmp_path / "mine.bed"
    bed.write_text("demo1\t303000\t303400\tmine\ndemo1\t305000\t305300\tother\n")
    page.get_by_text("Your files", exact=False).first.click()
    page.locator("input[type=file]").first.set_input_files(bed)
    expect(page.get_by_text("Your files, 1 shown")).to_be_visible(timeout=60_000)
    settled(page)
    page.get_by_role("link", name="Evidence", exact=True).first.click()
    page.locator(".st-key-evidence_source").get_by_text("BED file").click()
    rows = page.locator(".js-plotly-plot .ytick text")
    expect(rows).to_have_count(2, timeout=90_000)
    expect(rows.filter(has_text="mine")).to_have_count(1)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=120_000)
    page.wait_for_timeout(700)
    page.screenshot(path=tmp_path / "candidates.png", full_page=True)
    page.get_by_role("link", name="Figures", exact=True).first.click()
    page.locator(".st-key-sheet_kind").get_by_role("combobox").click()
    page.get_by_role("option", name="Evidence for elements").click()
    page.get_by_role("button", name="Add to sheet").click()
    # the draft of the legend is in a closed part of the page
    expect(page.get_by_text("Elements: mine.bed.")).to_have_count(1, timeout=90_000)
    page.get_by_test_id("stSidebar").get_by_text("a · Evidence for elements").click()
    box = page.get_by_role("combobox", name="Candidate elements")
    expect(box).to_have_value("mine, your file")
    page.wait_for_timeout(900)
    page.screenshot(path=tmp_path / "panel.png", full_page=True)
