"""A figure for a paper as a person makes it, in a real browser; its files are read by other programs."""

import io
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.app.figures.test_locus_paper import tool
from tests.app.in_browser import settled
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


def on_view(page: Page, server, model: str) -> Page:
    page.goto(server.link(model=model, locus=VARIANT).replace("/?", "/figures?"))
    expect(page.get_by_text("The sheet is empty")).to_be_visible(timeout=90_000)
    settled(page)
    return page


def pressed(page: Page, name: str) -> None:
    """Clicks and waits until the sheet is ready to be downloaded."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".st-key-download_ZIP")).to_be_visible(timeout=120_000)
    settled(page)


def saved(page: Page, label: str, folder) -> bytes:
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_{label}").get_by_role("button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_bytes()


def width(page: Page) -> float:
    box = page.locator(PREVIEW).bounding_box()
    assert box is not None
    return box["width"]


def test_from_a_preset_to_files_for_a_paper_and_back(offline, new_page, planted_model, tmp_path):
    page = on_view(new_page(), offline, planted_model)
    pressed(page, "Variant effect")
    assert width(page) == pytest.approx(183 * PIXELS, abs=1.5)
    page.get_by_role("button", name="120 mm").click()
    expect(page.get_by_text("120 × ")).to_be_visible(timeout=60_000)
    settled(page)
    assert width(page) == pytest.approx(120 * PIXELS, abs=1.5)

    pdf, provenance = saved(page, "PDF", tmp_path), saved(page, "JSON", tmp_path)
    (path,) = tmp_path.glob("*.pdf")
    rows = tool("pdffonts", path).splitlines()[2:]
    assert rows
    assert all("CID TrueType" in row and row.split()[-5] == "yes" for row in rows)
    assert "ALT − REF" in tool("pdftotext", path, "-")
    size = re.search(r"Page size: +([\d.]+)", tool("pdfinfo", path))
    assert size is not None
    assert float(size[1]) == pytest.approx(120 / 25.4 * 72, abs=0.1)

    tree = ElementTree.fromstring(saved(page, "SVG", tmp_path))
    said = {"".join(node.itertext()) for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"a", "b", "ALT − REF", "Each base instead"} <= said
    with Image.open(io.BytesIO(saved(page, "PNG", tmp_path))) as image:
        assert image.info["dpi"] == pytest.approx((450, 450), abs=0.1)
        assert image.width == pytest.approx(120 / 25.4 * 450, abs=1)
    with zipfile.ZipFile(io.BytesIO(saved(page, "ZIP", tmp_path))) as archive:
        names = archive.namelist()
        assert archive.read(next(name for name in names if name.endswith(".pdf"))) == pdf
        legend = archive.read(next(name for name in names if name.endswith("legend.txt"))).decode()
        methods = archive.read(
            next(name for name in names if name.endswith("methods.txt"))
        ).decode()
    assert {name.split("/")[1] for name in names if name.startswith("data/")} == {"a", "b"}
    assert legend.startswith("a, Predicted ")
    assert "\n\nb, In-silico mutagenesis" in legend
    assert "sha256" in methods

    (file,) = tmp_path.glob("*.json")
    out = tmp_path / "again.pdf"
    command = [
        sys.executable,
        "-m",
        "app.figure",
        str(file),
        "--out",
        str(out),
        "--model",
        planted_model,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == pdf

    other = on_view(new_page(), offline, planted_model)
    other.get_by_role("button", name="Open a sheet").click()
    other.get_by_test_id("stPopoverBody").locator("input[type=file]").set_input_files(file)
    expect(other.get_by_text("120 × ")).to_be_visible(timeout=60_000)
    settled(other)
    other.keyboard.press("Escape")
    folder = tmp_path / "other"
    folder.mkdir()
    assert saved(other, "JSON", folder) == provenance


def test_a_sheet_waits_while_other_views_are_looked_at(offline, new_page, planted_model):
    page = on_view(new_page(), offline, planted_model)
    pressed(page, "Contribution logo")
    page.get_by_role("link", name="Models").click()
    expect(page.locator(".st-key-model_mini")).to_be_visible()
    page.get_by_role("link", name="Figures").click()
    expect(page.locator(PREVIEW)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The sheet is empty")).to_have_count(0)


@pytest.mark.parametrize(("across", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(offline, new_page, planted_model, tmp_path, across, scheme):
    page = on_view(new_page(across, scheme), offline, planted_model)
    pressed(page, "Attention")
    page.screenshot(path=tmp_path / f"figures_{across}_{scheme}.png")
    page.locator(PREVIEW).screenshot(path=tmp_path / f"sheet_{across}_{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= across
