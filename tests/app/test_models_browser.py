"""Two models compared, as a person does it, in a real browser; files are read by other programs."""

import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import enformer
from tests.app.in_browser import settled
from tests.app.read_back import fonts_are_embedded, table_of, words_of
from tests.app.story import saved

pytestmark = pytest.mark.browser

ASKED = {"genome": "demo", "model": "mini", "locus": "DGB1"}
SAID = re.compile(r"r = (−?[0-9.]+), n = ([0-9,]+) bins")


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("offline")) as running:
        yield running
    assert running.faults() == []


@pytest.fixture(scope="module")
def variant_of_mini(tmp_path_factory) -> str:
    """Path of mini with a little noise in its weights, and mini in its lineage."""
    mini = enformer.load("mini", device="cpu")
    model = enformer.Enformer(mini.config)
    model.load_state_dict(mini.model.state_dict())
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(
                0.05 * weight.std(correction=0) * torch.randn(weight.shape, generator=generator)
            )
    lineage = f"started from: mini (sha256 {mini.sha256}), noise added"
    path = tmp_path_factory.mktemp("own") / "own.safetensors"
    enformer.save(path, model, mini.tracks, replace(mini.card, name="own", lineage=lineage))
    return str(path)


def chart(page: Page, name: str) -> Locator:
    """A chart by the beginning of its key, once it is drawn."""
    plot = page.locator(f"[class*=st-key-{name}_] .js-plotly-plot")
    expect(plot.locator(".main-svg").first).to_be_visible(timeout=180_000)
    return plot


def opened(server, page: Page, **asked: str) -> Page:
    page.goto(server.link(**asked).replace("/?", "/models?"))
    chart(page, "scatter")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=180_000)
    settled(page)
    return page


def menu(page: Page) -> None:
    page.get_by_role("button", name="Download").first.click()
    expect(page.locator(".st-key-download_TSV")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_compares_two_models_and_takes_it_along(
    offline, new_page, new_story, tmp_path, scheme
):
    story = new_story("models", scheme)
    page = story.page
    with story.step("the cards", page.locator(".st-key-compare_demo")):
        page.goto(offline.link(**ASKED).replace("/?", "/models?"))
        figures = page.locator("[class*=st-key-model_] .js-plotly-plot .main-svg")
        expect(figures.first).to_be_visible(timeout=60_000)
    words = page.locator("[class*=st-key-comparison_] .annotation-text")
    both = words.filter(has_text="predicted by both, 65,536 bp = 512 bins")
    with story.step("compare with demo", both, kept=False):
        page.locator(".st-key-compare_demo").get_by_role("button").click()
    story.look("tracks of both", page.locator(".st-key-models_compared"))
    expect(page).to_have_url(re.compile("with=demo"))
    expect(words.filter(has_text="other biosample")).to_have_count(3)
    expect(page.get_by_text("mini was not trained on this genome")).to_be_visible()
    expect(page.get_by_text("No two tracks measure the same")).to_be_visible()
    # the part in view decides which bins count
    r, bins = said(words)
    assert bins < 512
    with story.step("all that both predict", words.filter(has_text="n = 512 bins")):
        page.get_by_role("button", name="All that is predicted").click()
    expect(words.filter(has_text="n = 512 bins")).to_have_count(3)
    assert said(words) != (r, bins)
    scatter = page.locator("[class*=st-key-scatter_] .js-plotly-plot")
    story.look("bin by bin", scatter)
    story.look("how they differ", page.get_by_text("The two models"))
    with story.step("download", page.locator(".st-key-download_Scatter-PDF"), kept=False):
        page.get_by_role("button", name="Download").first.click()
    table = table_of(saved(page, "TSV", tmp_path))
    a, b = table.columns[6:8]
    assert np.isclose(table[a].corr(table[b]), said(words)[0], atol=6e-4)
    fonts_are_embedded(saved(page, "PDF", tmp_path))
    if scheme == "light":
        fonts_are_embedded(saved(page, "Scatter PDF", tmp_path))
        assert any("512 bins" in text for text in words_of(saved(page, "SVG", tmp_path)))
    page.keyboard.press("Escape")
    # the address opens the same
    again = opened(offline, new_page(), **link_of(page))
    assert said(chart(again, "comparison").locator(".annotation-text")) == said(words)


def said(words: Locator) -> tuple[float, int]:
    """r and n of the first pair."""
    match = SAID.search(words.filter(has_text=SAID).first.text_content() or "")
    assert match is not None
    return float(match[1].replace("−", "-")), int(match[2].replace(",", ""))


def link_of(page: Page) -> dict[str, str]:
    """What the menu of links would open."""
    from urllib.parse import parse_qsl, urlsplit

    page.get_by_role("button", name="Link").click()
    text = page.get_by_test_id("stCode").filter(has_text="with=").text_content() or ""
    page.keyboard.press("Escape")
    return dict(parse_qsl(urlsplit(text.strip()).query))


def test_files_hold_both_tracks_the_figures_and_both_origins(
    offline, new_page, variant_of_mini, tmp_path
):
    page = opened(offline, new_page(), **ASKED, **{"with": variant_of_mini})
    expect(page.get_by_text("B was trained from the weights of A")).to_be_visible()
    words = chart(page, "comparison").locator(".annotation-text")
    r, bins = said(words)
    menu(page)
    table = table_of(saved(page, "TSV", tmp_path))
    a, b = table.columns[6:8]
    assert (a[0], b[0]) == ("A", "B")
    assert len(table) == 512
    assert (table["end_0based"] - table["start_0based"] == 128).all()
    counted = table[table["in_r"] == 1]
    assert len(counted) == bins
    assert np.isclose(counted[a].corr(counted[b]), r, atol=6e-4)
    origin = json.loads(saved(page, "JSON", tmp_path).read_text())
    assert origin["a"]["model"] == "mini"
    assert origin["b"]["model"] == "own"
    assert origin["a"]["interval"]["contig"] == "demo1"
    assert np.isclose(origin["pairs"][0]["pearson_r"], r, atol=6e-4)
    for label in ("SVG", "Scatter SVG"):
        text = "".join(words_of(saved(page, label, tmp_path)))
        assert f"r = {r:.3f}" in text.replace("−", "-")
    assert saved(page, "PDF", tmp_path).read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(saved(page, "ZIP", tmp_path)) as packed:
        endings = sorted(name.rpartition(".")[2] for name in packed.namelist())
        assert endings == ["json", "npz", "pdf", "png", "svg", "tsv"]
        drawn = next(name for name in packed.namelist() if name.endswith(".png"))
        picture = Image.open(io.BytesIO(packed.read(drawn)))
        assert picture.width == pytest.approx(183 / 25.4 * 450, abs=1)
        assert json.loads(picture.info["Provenance"])["b"]["model"] == "own"


def test_a_checkpoint_of_ones_own_is_looked_at_and_then_compared(
    offline, new_page, variant_of_mini
):
    page = new_page()
    page.goto(offline.link(**ASKED).replace("/?", "/models?"))
    box = page.get_by_role("textbox", name="Own checkpoint")
    box.fill(variant_of_mini)
    box.press("Enter")
    card = page.locator("[class*=st-key-model_]").filter(has_text="noise added").first
    expect(card).to_be_visible(timeout=60_000)
    card.get_by_role("button", name="Compare with mini").click()
    words = chart(page, "comparison").locator(".annotation-text")
    expect(words.filter(has_text="B own")).to_have_count(3)
    assert said(words)[0] > 0.5


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(offline, new_page, tmp_path, width, scheme):
    page = opened(offline, new_page(width, scheme), **ASKED, **{"with": "demo"})
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / f"models_{width}_{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
