"""Whole stories, with real clicks: the files at their ends are read by other libraries than wrote them."""

import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from playwright.sync_api import Page, expect

from tests.app.in_browser import opened
from tests.app.story import Story, saved

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app as it opens without network or FASTA: `demo` on its genome."""
    with serve_app(tmp_path_factory.mktemp("stories")) as running:
        yield running
    assert running.faults() == []


def titled(page: Page, text: str | re.Pattern[str]) -> None:
    words = page.locator(".js-plotly-plot .annotation-text", has_text=text)
    expect(words.first).to_be_visible(timeout=180_000)


def search(page: Page, text: str) -> None:
    box = page.get_by_label("Locus, gene, variant or sequence")
    box.fill(text)
    box.press("Enter")


def go(page: Page, view: str) -> None:
    page.get_by_role("link", name=view, exact=True).first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explore_the_globin_locus(offline, new_page, tmp_path, scheme):
    page = new_page(1280, scheme)
    page.set_viewport_size({"width": 1280, "height": 1100})
    story = Story(page, tmp_path)
    with story.step("open the cluster"):
        opened(page, offline)
        titled(page, "demo1:292,000-363,000")
    with story.step("show what was planted"):
        page.get_by_text("Show truth").click()
        expect(page).to_have_url(re.compile("truth=blood"))
    with story.step("search the gene"):
        search(page, "DGB1")
        expect(page).to_have_url(re.compile("locus=DGB1"))
        titled(page, re.compile("demo1:"))
    with story.step("attention of all heads"):
        go(page, "Attention")
        titled(page, "Layer 1, head 1")
    with story.step("contributions over the window"):
        go(page, "Contributions")
        titled(page, "Input × gradient")
    with story.step("back to the tracks"):
        go(page, "Locus")
        expect(page.get_by_text("Tracks, 4 shown")).to_be_visible(timeout=60_000)
        titled(page, re.compile("demo1:"))
    page.get_by_role("button", name="Download").first.click()
    _values_agree(saved(page, "bigWig", tmp_path), saved(page, "TSV", tmp_path))
    _fonts_are_embedded(saved(page, "PDF", tmp_path))
    words = _words(saved(page, "SVG", tmp_path))
    assert any("DGB1" in word for word in words)


def _values_agree(bigwigs: Path, tsv: Path) -> None:
    """Every bin of every track, read from both files."""
    table = pd.read_csv(tsv, sep="\t", comment="#")
    tracks = [column for column in table if "/" in column]
    with zipfile.ZipFile(bigwigs) as archive:
        archive.extractall(bigwigs.parent)
        names = sorted(name for name in archive.namelist() if name.endswith(".bw"))
    assert len(names) == len(tracks) > 0
    read = [_bins(bigwigs.parent / name, table) for name in names]
    for column in tracks:
        assert any(np.allclose(table[column], values, rtol=1e-5) for values in read), column


def _bins(path: Path, table: pd.DataFrame) -> list[float]:
    with pyBigWig.open(str(path)) as file:
        rows = table[["contig", "start_0based", "end_0based"]].itertuples(index=False)
        return [file.stats(str(contig), start, end, exact=True)[0] for contig, start, end in rows]


def _fonts_are_embedded(pdf: Path) -> None:
    """By poppler: every font TrueType, in the file."""
    listed = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout
    fonts = listed.splitlines()[2:]
    assert fonts
    assert all("TrueType" in font and font.split()[-5] == "yes" for font in fonts)


def _words(svg: Path) -> list[str]:
    root = ElementTree.parse(svg).getroot()
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_effect_of_a_variant(offline, new_page, tmp_path, scheme):
    page = new_page(1280, scheme)
    page.set_viewport_size({"width": 1280, "height": 1100})
    story = Story(page, tmp_path)
    with story.step("open the variant view"):
        opened(page, offline)
        go(page, "Variant")
        expect(page.get_by_text("is no variant")).to_be_visible(timeout=90_000)
    with story.step("an example"):
        page.get_by_role("button", name="Broken site at DGB1").click()
        titled(page, "ALT − REF")
    with story.step("the map around it"):
        expect(page.locator("[class*=st-key-map_] .main-svg").first).to_be_visible(timeout=180_000)
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=180_000)
    page.get_by_role("button", name="Download").first.click()
    _scores_follow_from_alleles(saved(page, "TSV", tmp_path), saved(page, "Scores-TSV", tmp_path))
    page.keyboard.press("Escape")
    with story.step("attention, REF against ALT"):
        go(page, "Attention")
        expect(page.get_by_text("REF − ALT of").first).to_be_visible(timeout=180_000)


def _scores_follow_from_alleles(alleles: Path, scores: Path) -> None:
    """SAD is the mean over bins of ALT − REF, whichever file one takes it from."""
    with zipfile.ZipFile(alleles) as archive:
        tables = {
            name.partition("/")[0]: pd.read_csv(archive.open(name), sep="\t", comment="#")
            for name in archive.namelist()
        }
    scored = pd.read_csv(scores, sep="\t", comment="#").set_index(["head", "index"])
    drawn = [column for column in tables["REF"] if column.startswith("human/")]
    assert drawn
    for track in drawn:
        change = (tables["ALT"][track] - tables["REF"][track]).mean()
        said = scored.loc[("human", int(track.partition("/")[2])), "SAD"]
        assert change == pytest.approx(said, rel=1e-3)
