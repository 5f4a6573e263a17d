"""A story: what one person does from view to view, with the time of each step and a picture of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.app.in_browser import settled


class Story:
    """Steps of a page. Their times are printed; an idle machine is needed to quote them.

    Args:
        page: the browser's.
        folder: for a screenshot of each step.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Times what is done inside until no script runs any more."""
        began = time.monotonic()
        yield
        settled(self.page)
        self.seconds[what] = time.monotonic() - began
        print(f"{self.seconds[what]:6.1f} s  {what}")
        self.page.wait_for_timeout(500)
        name = f"{len(self.seconds)}_{what.replace(' ', '_')}.png"
        self.page.screenshot(path=self.folder / name)
        assert fits(self.page), f"{what}: has to be scrolled sideways"


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def saved(page: Page, label: str, folder: Path) -> Path:
    """The file behind a button of an open download menu."""
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_{label}").get_by_role("button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
