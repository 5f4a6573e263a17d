"""The VCF view as a person meets it, in a real browser and on real sequence."""

import gzip
import json
import re
from contextlib import closing
from pathlib import Path

import pandas as pd
import pysam
import pytest
from cyvcf2 import VCF
from playwright.sync_api import Locator, Page, expect

from tests.app.in_browser import settled
from tests.app.story import drawing, go, saved

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def eqtls(shared_data, tmp_path_factory) -> Path:
    """Three real eQTLs that share a window, one of them also with REF and ALT swapped; bgzipped."""
    folder = tmp_path_factory.mktemp("eqtl")
    rows = (shared_data / "vcf" / "eqtl.vcf").read_text().splitlines()[3:6]
    flipped = (shared_data / "vcf" / "eqtl_flip.vcf").read_text().splitlines()[5]
    plain = folder / "eqtl.vcf"
    plain.write_text("\n".join(["##fileformat=VCFv4.2", *rows, flipped]) + "\n")
    pysam.tabix_compress(str(plain), str(folder / "eqtl.vcf.gz"))
    return folder / "eqtl.vcf.gz"


def opened(server, page: Page, **asked: str) -> Page:
    page.goto(server.link(**asked).replace("/?", "/vcf?"))
    expect(page.get_by_text("Score every variant of a VCF")).to_be_visible(timeout=90_000)
    settled(page)
    return page


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("Another file")).to_be_visible(timeout=60_000)


def rows(page: Page) -> Locator:
    """The table, once it is drawn."""
    grid = page.locator("[class*=st-key-effects_rows_] canvas").first
    expect(grid).to_be_visible(timeout=300_000)
    settled(page)
    return grid


def tick(page: Page, number: int) -> None:
    """Clicks the box of a row, counted from 0."""
    grid = rows(page)
    grid.scroll_into_view_if_needed()
    area = grid.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + 16, area["y"] + 35 * (number + 1.5))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_vcf_from_upload_to_variant_and_files(server, new_story, eqtls, tmp_path, scheme):
    story = new_story("vcf", scheme)
    page = story.page
    with story.step("open the view", page.get_by_text("Score every variant of a VCF")):
        opened(server, page)
    with story.step("give a file", page.get_by_text("3 of 4 can be scored"), kept=False):
        upload(page, written_for(scheme, eqtls, tmp_path))
    page.get_by_text("1 cannot be scored").click()
    story.look("why one cannot be scored", page.get_by_text("1 cannot be scored"))
    expect(page.get_by_text("REF differs from hg38")).to_have_count(0)
    with story.step("score it", page.get_by_text("4 of 4 alleles")):
        page.get_by_role("button", name="Score 3 variants").click()
    rows(page)
    with story.step("a region", page.get_by_text("3 of 4 alleles"), kept=False):
        page.get_by_label("Region").fill("chr1:63,690-64,800")
        page.get_by_label("Region").press("Enter")
    with story.step("only what was scored", page.get_by_text("2 of 4 alleles")):
        page.locator(".st-key-effects_status").click()
        page.get_by_role("option", name="scored (3)").click()
        page.keyboard.press("Escape")
    menu = page.get_by_text("python -m interpret.score")
    with story.step("download", menu, kept=False):  # it names paths of this machine
        page.get_by_role("button", name="Download").first.click()
    effects = saved(page, "VCF", tmp_path)
    table = pd.read_parquet(saved(page, "Parquet", tmp_path))
    check_vcf(effects, saved(page, "VCF index", tmp_path), table)
    if scheme == "light":
        check_others(saved(page, "TSV", tmp_path), saved(page, "JSON", tmp_path), table)
    page.keyboard.press("Escape")

    near = table[(table["status"] == "scored") & (table["position"] > 63_690)]
    first = near.loc[near["SAD_top"].abs().idxmax()]
    name = f"chr1:{first['position']:,} {first['ref']}>{first['alt']}"
    with story.step("the row at the top", page.get_by_role("button", name="Open in Variant view")):
        tick(page, 0)
    with story.step("its picture", drawing(page, f"Variant {name}")):
        page.get_by_role("button", name="Open in Variant view").click()
    expect(page.get_by_label("Locus, gene, variant or sequence")).to_have_value(name)
    with story.step("back, as it was left", page.get_by_text("2 of 4 alleles"), kept=False):
        go(page, "VCF")
    expect(page).to_have_url(re.compile("calls="))
    with story.step("from its link, with all rows", page.get_by_text("4 of 4 alleles"), kept=False):
        page.reload()


def written_for(scheme: str, eqtls: Path, folder: Path) -> Path:
    """The same rows in a file of its own, so that no other test has scored it."""
    first, *more = gzip.decompress(eqtls.read_bytes()).decode().splitlines()
    plain = folder / "eqtl.vcf"
    plain.write_text("\n".join([first, f"##source=story, {scheme}", *more]) + "\n")
    pysam.tabix_compress(str(plain), str(folder / "eqtl.vcf.gz"))
    return folder / "eqtl.vcf.gz"


def check_vcf(effects: Path, index: Path, table: pd.DataFrame) -> None:
    """By cyvcf2, from the first row to the last and by region: what the table says."""
    assert table["status"].tolist() == ["scored"] * 3 + ["ref_mismatch"]
    assert table["SAD_percentile"].dropna().between(0, 100).all()
    assert effects.name == "eqtl_mini_effects.vcf.gz"
    assert index.name == f"{effects.name}.tbi"
    with closing(VCF(str(effects))) as file:
        found = list(file)
        assert [record.POS for record in found] == table["position"].tolist()
        assert [record.INFO["EL_status"] for record in found] == table["status"].tolist()
        said = [record.INFO["EL_SAD_top"] for record in found[:3]]
        assert said == table["SAD_top"][:3].tolist()
        third = int(table["position"][2])
        there = [record.POS for record in file(f"chr1:{third}-{third}")]
        assert there == table["position"][table["position"] == third].tolist()


def check_others(tsv: Path, origin: Path, table: pd.DataFrame) -> None:
    """Text and provenance say the same as the table."""
    text = pd.read_csv(tsv, sep="\t", comment="#", keep_default_na=False, na_values=[""])
    assert text["SAD_top"].astype("float32").equals(table["SAD_top"])
    said = json.loads(origin.read_text())
    assert (said["input"], said["model"], said["assembly"]) == ("eqtl.vcf.gz", "mini", "hg38")


def test_what_is_no_vcf_is_explained(server, new_page, tmp_path):
    page = opened(server, new_page())
    broken = tmp_path / "table.vcf"
    broken.write_text("chrom,pos\n1,5\n")
    upload(page, broken)
    expect(page.get_by_text("it is no VCF").first).to_be_visible()
    expect(page.get_by_text("What to do")).to_be_visible()
    assert not page.get_by_text("Traceback").count()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1920, "dark")])
def test_screenshots(server, new_page, eqtls, request, root, tmp_path, width, scheme):
    page = opened(server, new_page(width, scheme))
    page.screenshot(path=tmp_path / "welcome.png")
    upload(page, eqtls)
    start = page.get_by_role("button", name="Score 3 variants")
    table = page.locator("[class*=st-key-effects_rows_] canvas").first
    expect(start.or_(table).first).to_be_visible(timeout=60_000)
    if start.is_visible():
        page.get_by_text("1 cannot be scored").click()
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / "survey.png")
        start.click()
    tick(page, 0)
    expect(page.get_by_role("button", name="Open in Variant view")).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "table.png")
    if request.config.getoption("--update-screenshots") and scheme == "light":
        page.screenshot(path=root / "docs" / "vcf.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
