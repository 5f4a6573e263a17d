"""A figure for a paper as a person makes it, in a real browser; its files are read by other programs."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.app.figures.test_locus_paper import tool
from tests.app.in_browser import settled
from tests.app.read_back import fonts_are_embedded, words_of
from tests.app.story import saved
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
VARIANT = "demo1:345,053 C>A"
PREVIEW = ".stHtml img[src^='data:image/svg+xml']"
PIXELS = 96 / 25.4
"""Of a mm on the page."""


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


def on_view(page: Page, server, **asked: str) -> Page:
    page.goto(server.link(locus=VARIANT, **asked).replace("/?", "/figures?"))
    expect(page.get_by_text("The sheet is empty")).to_be_visible(timeout=90_000)
    settled(page)
    return page


def pressed(page: Page, name: str) -> None:
    """Clicks and waits until the sheet is ready to be downloaded."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".st-key-download_ZIP")).to_be_visible(timeout=120_000)
    settled(page)


def width(page: Page) -> float:
    box = page.locator(PREVIEW).bounding_box()
    assert box is not None
    return box["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_a_preset_to_files_for_a_paper_and_back(
    offline, new_story, request, root, tmp_path, scheme
):
    story = new_story("figure", scheme)
    page = story.page
    with story.step("ask about a variant", page.get_by_text("The sheet is empty"), kept=False):
        on_view(page, offline, genome="demo")
    with story.step("the preset of a variant", page.locator(".st-key-download_ZIP")):
        page.get_by_role("button", name="Variant effect", exact=True).click()
    assert width(page) == pytest.approx(183 * PIXELS, abs=1.5)
    if request.config.getoption("--update-screenshots") and scheme == "light":
        page.screenshot(path=root / "docs" / "figures.png")
    with story.step("one and a half columns", page.get_by_text("120 × ")):
        page.get_by_role("button", name="120 mm").click()
    assert width(page) == pytest.approx(120 * PIXELS, abs=1.5)
    third = page.locator(f"{PREVIEW}[alt*='c Contributions of the bases']")
    with story.step("add a panel", third, kept=False):
        page.get_by_label("Picture of the open question").click()
        page.get_by_role("option", name="Contributions of the bases").click()
        page.get_by_role("button", name="Add to sheet").click()
    story.look("the third panel", page.get_by_text("Draft legend and methods"))
    provenance = saved(page, "JSON", tmp_path)
    pdf = saved(page, "PDF", tmp_path)
    fonts_are_embedded(pdf)
    assert "ALT − REF" in tool("pdftotext", pdf, "-")
    if scheme == "light":
        check_files(pdf, *(saved(page, label, tmp_path) for label in ("SVG", "PNG", "ZIP")))
    with story.step("come back", page.get_by_text("The sheet is empty"), kept=False):
        page.reload()
    with story.step("open the sheet again", page.get_by_text("120 × "), kept=False):
        page.get_by_role("button", name="Open a sheet").click()
        chosen = page.get_by_test_id("stPopoverBody").locator("input[type=file]")
        chosen.set_input_files(provenance)
        expect(page.get_by_text("120 × ")).to_be_visible(timeout=60_000)
        page.keyboard.press("Escape")
    folder = tmp_path / "again"
    folder.mkdir()
    assert saved(page, "JSON", folder).read_bytes() == provenance.read_bytes()


def check_files(pdf: Path, svg: Path, png: Path, packed: Path) -> None:
    """Sizes are true, words are text, and the archive holds all that a paper needs."""
    size = re.search(r"Page size: +([\d.]+)", tool("pdfinfo", pdf))
    assert size is not None
    assert float(size[1]) == pytest.approx(120 / 25.4 * 72, abs=0.1)
    assert {"a", "b", "c", "ALT − REF", "Each base instead"} <= set(words_of(svg))
    with Image.open(png) as image:
        assert image.info["dpi"] == pytest.approx((450, 450), abs=0.1)
        assert image.width == pytest.approx(120 / 25.4 * 450, abs=1)
    with zipfile.ZipFile(packed) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    by_ending = {name.rpartition("_")[2]: content for name, content in inside.items()}
    assert by_ending["figure.pdf"] == pdf.read_bytes()
    assert {name.split("/")[1] for name in inside if name.startswith("data/")} == {"a", "b", "c"}
    legend = by_ending["legend.txt"].decode()
    assert legend.startswith("a, Predicted ")
    assert "\n\nb, In-silico mutagenesis" in legend
    assert "sha256" in by_ending["methods.txt"].decode()


def test_the_command_draws_the_same_bytes(offline, new_page, planted_model, tmp_path):
    page = on_view(new_page(), offline, model=planted_model)
    pressed(page, "Variant effect")
    pdf, provenance = saved(page, "PDF", tmp_path), saved(page, "JSON", tmp_path)
    out = tmp_path / "again.pdf"
    command = [sys.executable, "-m", "app.figure", str(provenance), "--out", str(out)]
    command += ["--model", planted_model]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == pdf.read_bytes()


def test_a_sheet_waits_while_other_views_are_looked_at(offline, new_page, planted_model):
    page = on_view(new_page(), offline, model=planted_model)
    pressed(page, "Contribution logo")
    page.get_by_role("link", name="Models").click()
    expect(page.locator(".st-key-model_mini")).to_be_visible()
    page.get_by_role("link", name="Figures").click()
    expect(page.locator(PREVIEW)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The sheet is empty")).to_have_count(0)


@pytest.mark.parametrize(("across", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(offline, new_page, planted_model, tmp_path, across, scheme):
    page = on_view(new_page(across, scheme), offline, model=planted_model)
    pressed(page, "Attention")
    page.screenshot(path=tmp_path / f"figures_{across}_{scheme}.png")
    page.locator(PREVIEW).screenshot(path=tmp_path / f"sheet_{across}_{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= across
