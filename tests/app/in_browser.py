"""What the browser tests of the views share: opening a view by its link, and waiting until it is drawn."""

from playwright.sync_api import Page, expect


def opened(page: Page, server, view: str = "", **asked: str) -> Page:
    """The page on a view (the Locus view where not named) as a link with such a query opens it."""
    page.goto(server.link(**asked).replace("/?", f"/{view}?"))
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=90_000)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Waits until no script runs."""
    page.wait_for_function(
        "document.querySelector('.stApp').getAttribute('data-test-script-state') === 'notRunning'"
    )
