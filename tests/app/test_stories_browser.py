"""Two stories of the demo genome, with real clicks, from a locus and from a variant to files.

Those of a figure, a VCF and two models are beside the other tests of their views.
"""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.in_browser import opened
from tests.app.read_back import bigwigs_hold, fonts_are_embedded, table_of, words_of
from tests.app.story import drawing, go, saved, search, titled

pytestmark = pytest.mark.browser
CLUSTER = "demo1:292,000-363,000"


@pytest.fixture(scope="module")
def offline(serve_app, tmp_path_factory):
    """The app without network or FASTA."""
    with serve_app(tmp_path_factory.mktemp("stories")) as running:
        yield running
    assert running.faults() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explore_the_globin_locus(offline, new_story, tmp_path, scheme):
    story = new_story("globin", scheme)
    page = story.page
    with story.step("open the cluster", drawing(page, f"Predicted tracks over {CLUSTER}")):
        opened(page, offline, genome="demo")
    with story.step("show what was planted", titled(page, "Planted truth")):
        page.get_by_text("Show truth").click()
    elsewhere = f"[aria-label^='Predicted tracks']:not([aria-label*='{CLUSTER}']) .main-svg"
    with story.step("search the gene", page.locator(elsewhere)):
        search(page, "DGB1")
    with story.step("attention of all heads", titled(page, "Layer 1, head 1")):
        go(page, "Attention")
    with story.step("contributions", drawing(page, "Contributions of the bases")):
        go(page, "Contributions")
    with story.step("back to the tracks", page.locator(elsewhere), kept=False):
        go(page, "Locus")
    with story.step("download", page.locator(".st-key-download_PDF")):
        page.get_by_role("button", name="Download").first.click()
    fonts_are_embedded(saved(page, "PDF", tmp_path))
    assert any("DGB1" in word for word in words_of(saved(page, "SVG", tmp_path)))
    if scheme == "light":
        table = table_of(saved(page, "TSV", tmp_path))
        bigwigs_hold(saved(page, "bigWig", tmp_path), table)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_effect_of_a_variant(offline, new_story, tmp_path, scheme):
    story = new_story("variant", scheme)
    page = story.page
    with story.step("open the variant view", page.get_by_text("is no variant")):
        opened(page, offline, genome="demo")
        go(page, "Variant")
    around = drawing(page, "Exact:")
    with story.step("an example", around):
        page.get_by_role("button", name="Broken site at DGB1").click()
    expect(titled(page, "ALT − REF").first).to_be_visible()
    story.look("the map around it", around)
    page.get_by_role("button", name="Download").first.click()
    alleles = saved(page, "TSV", tmp_path)
    scores_follow_from(alleles, saved(page, "Scores TSV", tmp_path))
    page.keyboard.press("Escape")
    with story.step("attention, REF against ALT", page.get_by_text("REF − ALT of")):
        go(page, "Attention")


def scores_follow_from(alleles: Path, scores: Path) -> None:
    """SAD is the mean over bins of ALT − REF, whichever file one takes it from."""
    with zipfile.ZipFile(alleles) as archive:
        archive.extractall(alleles.parent)
        tables = {
            name.partition("/")[0]: table_of(alleles.parent / name) for name in archive.namelist()
        }
    scored = table_of(scores).set_index(["head", "index"])
    drawn = [column for column in tables["REF"] if column.startswith("human/")]
    assert drawn
    for track in drawn:
        change = (tables["ALT"][track] - tables["REF"][track]).mean()
        said = scored.loc[("human", int(track.partition("/")[2])), "SAD"]
        assert change == pytest.approx(said, rel=1e-3)
