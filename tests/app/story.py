"""A story: what one person does from view to view, with the time of each step and a picture of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

PATIENCE = 300_000
"""Ms for a step that computes; the machine may be shared."""
KEPT_WIDTH = 960
"""Px of a picture in the documentation."""
MARGIN = 32
"""Px below the last thing that is drawn."""


class Story:
    """Steps of a page. Their times are printed; an idle machine is needed to quote them.

    Args:
        page: the browser's.
        name: of the story.
        scheme: light or dark.
        folder: for a screenshot of each step.
        kept: for the same made small; None where they are not wanted.
    """

    def __init__(
        self, page: Page, name: str, scheme: str, folder: Path, kept: Path | None = None
    ) -> None:
        self.page, self.story, self.scheme = page, name, scheme
        self.folder, self.kept = folder, kept
        self.pictures = 0

    @contextmanager
    def step(self, what: str, until: Locator, kept: bool = True) -> Iterator[None]:
        """Times what is done inside until it is seen to have come out and nothing runs any more.

        Args:
            what: is done.
            until: what is seen then, and was not before: else nothing would be waited for.
            kept: whether the documentation shows it.
        """
        seen = until.filter(visible=True).first
        assert not seen.is_visible(), f"{what}: seen before anything was done"
        began = time.monotonic()
        yield
        expect(seen).to_be_visible(timeout=PATIENCE)
        idle(self.page)
        print(f"{time.monotonic() - began:6.1f} s  {self.story}, {self.scheme}: {what}")
        self._picture(what, kept)
        assert fits(self.page), f"{what}: has to be scrolled sideways"

    def look(self, what: str, at: Locator) -> None:
        """Scrolls to what lies below and takes a picture of it."""
        at.first.evaluate("node => node.scrollIntoView({block: 'center'})")
        self._picture(what)

    def _picture(self, what: str, kept: bool = True) -> None:
        self.page.mouse.move(1276, 90)  # nothing is pointed at
        self.page.wait_for_timeout(600)  # menus and pictures fade in
        path = self.folder / f"{what.replace(' ', '_')}_{self.scheme}.png"
        self.page.screenshot(path=path)
        if kept and self.kept is not None:
            self.pictures += 1
            small(path, self.kept / f"{self.story}_{self.pictures}_{self.scheme}.webp")


def idle(page: Page) -> None:
    """Waits until no job is waited for and no script runs."""
    page.wait_for_function(
        """() => document.querySelector(".stApp").dataset.testScriptState === "notRunning" &&
        ![...document.querySelectorAll(".stButton")].some((one) => one.textContent.endsWith("Cancel"))""",
        timeout=PATIENCE,
    )


def small(picture: Path, to: Path) -> None:
    """A screenshot as the documentation has it, without what is empty below."""
    to.parent.mkdir(exist_ok=True)
    with Image.open(picture) as image:
        whole = image.convert("RGB")
    pixels = np.asarray(whole).astype(int)
    filled = np.flatnonzero((abs(pixels - pixels[-1]) > 8).any(axis=(1, 2)))
    height = min(int(filled.max(initial=0)) + MARGIN, whole.height)
    size = (KEPT_WIDTH, round(height * KEPT_WIDTH / whole.width))
    cut = whole.crop((0, 0, whole.width, height))
    cut.resize(size, Image.Resampling.LANCZOS).save(to, quality=80, method=6)


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def titled(page: Page, text: str) -> Locator:
    """Words of a figure."""
    return page.locator(".js-plotly-plot .annotation-text", has_text=text)


def drawing(page: Page, text: str) -> Locator:
    """A figure by what it says to those who do not see it, once it is drawn."""
    return page.locator(f".stPlotlyChart[aria-label*='{text}'] .main-svg")


def search(page: Page, text: str) -> None:
    """Types into the box and presses Enter."""
    box = page.get_by_label("Locus, gene, variant or sequence")
    box.fill(text)
    box.press("Enter")


def go(page: Page, view: str) -> None:
    """Clicks the link of a view."""
    page.get_by_role("link", name=view, exact=True).first.click()


def saved(page: Page, label: str, folder: Path) -> Path:
    """The file behind a button of an open download menu."""
    button = page.locator(f".st-key-download_{label.replace(' ', '-')}").get_by_role("button")
    with page.expect_download(timeout=120_000) as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
