"""The VCF view as a person meets it, in a real browser and on real sequence."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pysam
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.in_browser import settled

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


def saved(page: Page, label: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_{label}").get_by_role("button").click()
    path = folder / waiting.value.suggested_filename
    shutil.copy(waiting.value.path(), path)
    return path


def test_a_real_vcf_from_upload_to_variant_and_files(server, new_page, eqtls, tmp_path):
    page = opened(server, new_page())
    upload(page, eqtls)
    expect(page.get_by_text("3 of 4 can be scored")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("REF differs from hg38")).to_have_count(0)
    page.get_by_text("1 cannot be scored").click()
    page.get_by_role("button", name="Score 3 variants").click()
    rows(page)
    expect(page.get_by_text("4 of 4 alleles")).to_be_visible()

    page.get_by_label("Region").fill("chr1:63,690-64,800")
    page.get_by_label("Region").press("Enter")
    expect(page.get_by_text("3 of 4 alleles")).to_be_visible()
    page.locator(".st-key-effects_status").click()
    page.get_by_role("option", name="scored (3)").click()
    expect(page.get_by_text("2 of 4 alleles")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Download").first.click()
    files = {label: saved(page, label, tmp_path) for label in ("Parquet", "TSV", "VCF", "JSON")}
    saved(page, "VCF-index", tmp_path)
    check_files(files)
    expect(page.get_by_text("python -m interpret.score")).to_be_visible()
    page.keyboard.press("Escape")

    table = pd.read_parquet(files["Parquet"])
    near = table[(table["status"] == "scored") & (table["position"] > 63_690)]
    first = near.loc[near["SAD_top"].abs().idxmax()]
    tick(page, 0)
    page.get_by_role("button", name="Open in Variant view").click()
    expect(page).to_have_url(
        re.compile(rf"/variant\?.*locus=chr1%3A{first['position'] // 1000}%2C")
    )
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=120_000)
    box = page.get_by_label("Locus, gene, variant or sequence")
    expect(box).to_have_value(f"chr1:{first['position']:,} {first['ref']}>{first['alt']}")

    page.get_by_role("link", name="VCF").click()
    rows(page)
    expect(page.get_by_text("2 of 4 alleles")).to_be_visible()  # filters too are kept
    expect(page).to_have_url(re.compile("calls="))
    page.reload()
    rows(page)
    expect(page.get_by_text("4 of 4 alleles")).to_be_visible()


def check_files(files: dict[str, Path]) -> None:
    """Each is what it says it is, and they say the same."""
    table = pd.read_parquet(files["Parquet"])
    text = pd.read_csv(files["TSV"], sep="\t", comment="#", keep_default_na=False, na_values=[""])
    assert table["status"].tolist() == ["scored"] * 3 + ["ref_mismatch"]
    assert text["SAD_top"].astype("float32").equals(table["SAD_top"])
    assert table["SAD_percentile"].dropna().between(0, 100).all()
    assert files["VCF"].name == "eqtl_mini_effects.vcf.gz"
    with pysam.VariantFile(str(files["VCF"])) as file:
        found = list(file)
    assert [r.info["EL_status"][0] for r in found] == table["status"].tolist()
    assert [r.info["EL_SAD_top"][0] for r in found[:3]] == table["SAD_top"][:3].tolist()
    origin = json.loads(files["JSON"].read_text())
    assert (origin["input"], origin["model"], origin["assembly"]) == ("eqtl.vcf.gz", "mini", "hg38")


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
