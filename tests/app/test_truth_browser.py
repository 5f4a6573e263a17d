"""The planted truth of the demo genome as a person meets it, in a real browser."""

import re

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import opened, settled

pytestmark = pytest.mark.browser

CLUSTER = "demo1:342,001-348,000"


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


def names(page: Page):
    """The caption beside what was planted."""
    return page.locator(".js-plotly-plot .annotation-text", has_text="Planted truth")


def test_the_switch_draws_the_truth_and_the_link_keeps_it(offline, new_page, planted_model):
    page = opened(new_page(), offline, model=planted_model, locus=CLUSTER)
    expect(names(page)).to_have_count(0)
    page.locator(".st-key-truth_toggle label").first.click()
    expect(names(page).first).to_be_visible()
    expect(page).to_have_url(re.compile("truth=blood"))
    settled(page)
    page.locator(".st-key-truth_tissue").get_by_text("muscle").click()
    expect(page).to_have_url(re.compile("truth=muscle"))
    settled(page)
    other = new_page()
    other.goto(page.url)
    expect(names(other).first).to_be_visible()
    expect(other.get_by_text("as it acts in muscle").first).to_be_visible()


def test_elements_and_links_download(offline, new_page, planted_model):
    page = opened(new_page(), offline, model=planted_model, locus=CLUSTER, truth="blood")
    page.get_by_role("button", name="Download").first.click()
    for label, columns in {
        "Elements": {"name", "kind", "blood"},
        "Links": {"gene", "distance"},
    }.items():
        with page.expect_download() as waiting:
            page.locator(f".st-key-download_truth_{label}").get_by_role("button").click()
        table = pd.read_csv(waiting.value.path(), sep="\t", comment="#")
        assert columns <= set(table)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
@pytest.mark.parametrize("view", ["", "attention", "contributions", "variant"])
def test_screenshots(offline, new_page, planted_model, tmp_path, view, width, scheme):
    locus = "demo1:345,053 C>A" if view == "variant" else CLUSTER
    page = opened(
        new_page(width, scheme), offline, view, model=planted_model, locus=locus, truth="blood"
    )
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / f"{view or 'locus'}_{width}_{scheme}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
