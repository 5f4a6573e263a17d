"""Ten tabs of one server, each with a question of its own."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import settled

pytestmark = pytest.mark.browser
FIGURE = ".js-plotly-plot .main-svg"
TABS = (
    ("", "demo1:300,001-304,000"),
    ("", "demo1:342,001-348,000"),
    ("", "DEMO3"),
    ("attention", "DGB2"),
    ("attention", "DEMO5"),
    ("contributions", "DGB3"),
    ("contributions", "DEMO7"),
    ("evidence", "DGB4"),
    ("variant", "demo1:301,689 C>A"),
    ("variant", "demo1:345,053 C>A"),
)
"""Views and loci of ten people, or of one with many questions."""


def test_the_first_of_ten_tabs_answers_while_the_others_are_computed(serve_app, new_page, tmp_path):
    with serve_app(tmp_path) as running:
        tabs = [new_page() for _ in TABS]
        began = time.monotonic()
        for tab, (view, locus) in zip(tabs, TABS, strict=True):
            link = running.link(genome="demo", locus=locus).replace("/?", f"/{view}?")
            tab.goto(link, wait_until="commit")
        shown(tabs[0])
        print(f"{time.monotonic() - began:6.1f} s  the first of ten tabs has its picture")
        busy = zoomed(tabs[0], "zoom=301001-303000")
        print(f"{busy:6.1f} s  zoom in it meanwhile")
        waiting = [tab for tab in tabs if tab.locator(".st-key-job").count()]
        assert waiting, "it was to answer before the last of the others"
        for tab in tabs:
            shown(tab)
            expect(tab.locator(".st-key-job")).to_have_count(0, timeout=300_000)
        print(f"{time.monotonic() - began:6.1f} s  the last has all that it computes")
        print(f"{zoomed(tabs[0], 'zoom=301501-302500'):6.1f} s  zoom while nothing is computed")
    assert running.faults() == []


def shown(tab: Page) -> None:
    expect(tab.locator(FIGURE).first).to_be_visible(timeout=300_000)


def zoomed(tab: Page, url: str) -> float:
    """Seconds from the key to the picture of the part in view."""
    first, last = (f"{int(n):,}" for n in re.findall(r"\d+", url))
    title = tab.locator(".js-plotly-plot").locator(".annotation-text", has_text=f"{first}-{last}")
    expect(title).to_have_count(0)
    settled(tab)
    tab.wait_for_timeout(1000)  # until the page listens to keys
    began = time.monotonic()
    tab.keyboard.press("+")
    expect(title.first).to_be_visible(timeout=60_000)
    expect(tab).to_have_url(re.compile(url))
    return time.monotonic() - began
