"""Hints in empty fields can be read, measured in a real browser: 4.5 to 1, as WCAG 2.2 asks of text."""

import pytest
from playwright.sync_api import Page, expect

from tests.app.contrast import contrast
from tests.app.in_browser import settled
from tests.app.test_theme import over

pytestmark = pytest.mark.browser

COLOURS = """() => [...document.querySelectorAll("input[placeholder], textarea[placeholder]")]
    .filter((field) => field.placeholder && !field.disabled && field.offsetParent)
    .map((field) => {
        const style = getComputedStyle(field, "::placeholder");
        let opacity = Number(style.opacity), behind = null;
        for (let node = field; node && !behind; node = node.parentElement) {
            opacity *= Number(getComputedStyle(node).opacity);
            const colour = getComputedStyle(node).backgroundColor;
            if (!colour.endsWith(", 0)")) behind = colour;
        }
        return {text: field.placeholder, colour: style.color, opacity, behind};
    })"""
"""Of each hint that is drawn: its colour, its opacity, and the first background behind it."""


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


def hex_of(colour: str) -> tuple[str, float]:
    """`#rrggbb` and opacity of `rgb(r, g, b)` or `rgba(r, g, b, a)`."""
    red, green, blue, *share = colour.partition("(")[2].rstrip(")").split(",")
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}", float(share[0]) if share else 1.0


def hints(page: Page) -> dict[str, float]:
    """The contrast of each hint."""
    found = {}
    for one in page.evaluate(COLOURS):
        (front, share), (behind, whole) = hex_of(one["colour"]), hex_of(one["behind"])
        assert whole == 1, one
        seen = over(front, behind, share * one["opacity"])
        found[one["text"]] = contrast(seen, behind)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hints_can_be_read(offline, new_page, planted_model, tmp_path, scheme):
    page = new_page(1280, scheme)
    found = {}
    for view, there in {
        "": "Search tracks",
        "models": "Own checkpoint",
        "vcf": "Score every",
    }.items():
        link = offline.link(model=planted_model, locus="demo1:300,001-304,000")
        page.goto(link.replace("/?", f"/{view}?"))
        expect(page.get_by_text(there).first).to_be_visible(timeout=90_000)
        if not view:  # drawn last
            expect(page.get_by_placeholder("Why it is kept")).to_be_attached(timeout=90_000)
        settled(page)
        found |= hints(page)
    page.get_by_role("button", name="Try an example").click()
    options = page.locator(".st-key-calls_options")
    expect(options).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Score 23 variants")).to_be_visible(timeout=90_000)
    options.click()
    expect(page.get_by_placeholder("None").first).to_be_visible()
    found |= hints(page)
    page.screenshot(path=tmp_path / f"hints_{scheme}.png")
    print(scheme, {text[:30]: round(value, 2) for text, value in found.items()})
    assert "None" in found  # of a select box
    assert min(found.values()) >= 4.5, found
    assert "demo1:300,001-304,000" in found  # of the name of a bookmark: hints are no Markdown
    page.add_style_tag(content="html input::placeholder {opacity: 0.3 !important}")
    assert max(hints(page).values()) < 4.5  # the measure sees it
