"""What a person does with the app, in a real browser and on real sequence."""

import io
import json
import re
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from app import services
from app.locus.picker import model_title
from enformer.provenance import Provenance
from tests.app.in_browser import settled

pytestmark = pytest.mark.browser

CLUSTER = "chr11:5,225,000-5,290,000"
SEARCH = "Locus, gene, variant or sequence"


def picture(page: Page) -> Locator:
    """The figure, once it is drawn."""
    plot = page.locator(".js-plotly-plot .main-svg").first
    expect(plot).to_be_visible(timeout=90_000)
    return plot


def title(page: Page) -> str:
    picture(page)
    return page.locator(".js-plotly-plot .annotation-text").first.text_content() or ""


def shows(page: Page, text: str | re.Pattern[str]) -> None:
    """Waits until the figure's title says so."""
    first = page.locator(".js-plotly-plot .annotation-text").first
    expect(first).to_contain_text(text, timeout=90_000)


def search(page: Page, text: str) -> None:
    box = page.get_by_label(SEARCH)
    box.fill(text)
    box.press("Enter")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


@pytest.fixture
def page(server, new_page) -> Page:
    page = new_page()
    page.goto(server.url)
    shows(page, CLUSTER)
    settled(page)
    return page


def test_it_opens_on_the_globin_cluster_with_its_genes(page):
    for gene in ("HBB", "HBD", "HBG1", "HBG2", "HBE1"):
        assert page.locator(".js-plotly-plot .textpoint", has_text=gene).count() >= 1
    assert "hg38" in title(page)
    assert page.get_by_text("Read as a locus").is_visible()


def test_a_typed_locus_is_shown_and_echoed(page):
    search(page, "chr2:264,000")
    shows(page, "chr2:")
    expect(page.get_by_text("Read as a position")).to_be_visible()
    expect(page).to_have_url(re.compile("locus=chr2%3A264%2C000"))


def test_an_example_is_one_click(page):
    press(page, "β-globin LCR")
    shows(page, "chr11:5,270,791-5,292,315")
    expect(page.get_by_label(SEARCH)).to_have_value("chr11:5,270,791-5,292,315")


def test_what_cannot_be_read_is_explained_and_corrected_by_a_click(page):
    search(page, "chr11:5227002 A>G")  # the genome has T
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect(page.get_by_text("What to do")).to_be_visible()
    assert not page.get_by_text("Traceback").count()
    page.locator("[class*=st-key-example_of_error]").get_by_role("button").click()
    shows(page, "chr11:")
    expect(page.get_by_text("chr11:5,227,002 T>").first).to_be_visible()


def test_zoom_by_buttons_and_by_a_box_and_back(page):
    press(page, "Zoom in")
    shows(page, "chr11:5,241,250-5,273,749")
    settled(page)
    drag(page, 0.5, 0.75)
    expect(page.locator(".js-plotly-plot .annotation-text").first).not_to_contain_text("5,241,250")
    boxed = title(page)
    first, last = map(int, re.findall(r"\d{7}", boxed.replace(",", ""))[:2])
    assert 5_249_000 < first < last < 5_273_749
    expect(page).to_have_url(re.compile(f"zoom={first}-{last}"))
    settled(page)
    press(page, "Undo")
    shows(page, "chr11:5,241,250-5,273,749")
    settled(page)
    press(page, "Reset")
    shows(page, CLUSTER)


def drag(page: Page, start: float, end: float) -> None:
    """A box over a part of the plot, in shares of the figure's width."""
    box = picture(page).bounding_box()
    assert box is not None
    y, x = box["y"] + 250, [box["x"] + share * box["width"] for share in (start, end)]
    page.mouse.move(x[0], y)
    page.mouse.down()
    page.mouse.move(x[0] + 40, y, steps=4)
    page.mouse.move(x[1], y, steps=4)
    page.mouse.up()


def test_the_browser_goes_back_step_by_step(page):
    press(page, "Zoom in")
    shows(page, "chr11:5,241,250-5,273,749")
    settled(page)
    search(page, "chr2:264,000")
    shows(page, "chr2:")
    settled(page)
    page.go_back()
    shows(page, "chr11:5,241,250-5,273,749")
    page.go_back()
    shows(page, CLUSTER)


def test_tracks_are_changed_and_the_link_keeps_them(page, new_page):
    box = page.locator(".st-key-tracks_box")
    before = lanes_shown(page)
    box.locator("[data-baseweb=tag] [role=presentation], [aria-label^=Remove]").first.click()
    expect(page.get_by_text(f"Tracks, {before - 1} shown")).to_be_visible()
    expect(page).to_have_url(re.compile("tracks="))
    settled(page)
    kept = re.search(r"tracks=([^&]+)", page.url)
    assert kept is not None
    other = new_page()
    other.goto(page.url)
    shows(other, CLUSTER)
    assert lanes_shown(other) == lanes_shown(page) == before - 1


def lanes_shown(page: Page) -> int:
    text = page.get_by_text(re.compile(r"Tracks, \d+ shown")).first.text_content() or ""
    return int(re.findall(r"\d+", text)[0])


def test_a_deep_link_restores_everything(server, new_page):
    page = new_page()
    page.goto(
        server.link(
            locus="chr11:5227002:T>A", tracks="human/3,human/1,human/0", zoom="5220001-5230000"
        )
    )
    shows(page, "chr11:5,220,001-5,230,000")
    expect(page.locator(".js-plotly-plot .annotation-text", has_text="T>A").first).to_be_visible()
    assert lanes_shown(page) == 3
    expect(page.get_by_label(SEARCH)).to_have_value("chr11:5227002:T>A")


def test_history_recalls_in_a_second(page):
    search(page, "chr2:264,000")
    shows(page, "chr2:")
    settled(page)
    page.get_by_text("History", exact=True).click()
    started = time.monotonic()
    page.locator("[class*=st-key-history_1]").get_by_role("button").click()
    shows(page, CLUSTER)
    assert time.monotonic() - started < 10  # 1 s on an idle machine; tests share theirs


def test_a_slow_job_tells_its_steps_and_is_cancelled(server, new_page, slow_model):
    page = new_page()
    page.goto(server.link(model=slow_model, locus="chr2:300,000"))
    job = page.locator(".st-key-job")
    expect(job).to_contain_text(re.compile("conv tower|transformer"), timeout=90_000)
    expect(job.get_by_role("progressbar")).to_be_visible()
    job.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(job).not_to_be_visible()
    assert page.get_by_role("button", name="Run again").is_visible()
    search(page, "chr11:5,225,464-5,227,071")
    expect(job).to_be_visible()


def test_the_job_of_one_is_not_cancelled_by_another(server, new_page, slow_model):
    one, other = new_page(), new_page()
    for page in (one, other):
        page.goto(server.link(model=slow_model, locus="chr2:400,000"))
        expect(page.locator(".st-key-job")).to_be_visible(timeout=90_000)
    one.locator(".st-key-job").get_by_role("button", name="Cancel").click()
    expect(one.get_by_text("Stopped.")).to_be_visible()
    shows(other, "chr2:")
    assert "NEVER TRAINED" in other.locator(".js-plotly-plot").inner_text()


def test_two_ask_for_different_things_and_one_waits_its_turn(server, new_page, slow_model):
    pages = [new_page(), new_page()]
    for number, page in enumerate(pages):
        page.goto(server.link(model=slow_model, locus=f"chr2:{500 + number},000"))
        expect(page.locator(".st-key-job")).to_be_visible(timeout=90_000)
    expect(pages[1].get_by_text(re.compile("Waiting for [12] computation"))).to_be_visible()
    for page in pages:
        page.locator(".st-key-job").get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Stopped.")).to_be_visible()


def downloaded(page: Page, label: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_{label}").get_by_role("button").click()
    path = waiting.value.path()
    return waiting.value.suggested_filename, Path(path).read_bytes()


def test_every_file_downloads_and_opens(page):
    press(page, "Download")
    expect(page.locator(".st-key-download_TSV")).to_be_visible()
    name, content = downloaded(page, "TSV")
    table = pd.read_csv(io.BytesIO(content), sep="\t", comment="#")
    assert name.endswith(".tsv")
    assert len(table) == 512
    tracks = [column for column in table if "/" in column]
    _, content = downloaded(page, "NPZ")
    with np.load(io.BytesIO(content)) as arrays:
        np.testing.assert_allclose(arrays["values"], table[tracks].to_numpy(), rtol=1e-5)
    _, content = downloaded(page, "bedGraph")
    assert content.decode().count("track type=bedGraph") == len(tracks)
    _, content = downloaded(page, "bigWig")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sum(name.endswith(".bw") for name in archive.namelist()) == len(tracks)
    for form, magic in {"SVG": b"<?xml", "PDF": b"%PDF", "PNG": b"\x89PNG"}.items():
        name, content = downloaded(page, form)
        assert content.startswith(magic)
        assert "_183mm." in name
    name, content = downloaded(page, "JSON")
    made = Provenance.from_json(content.decode())
    assert (made.assembly, made.tracks) == ("hg38", tuple(tracks))
    assert json.loads(content)["view"] == [5_224_999, 5_290_000]
    _, content = downloaded(page, "ZIP")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 8


def test_the_models_view_and_back_keeps_the_question(page):
    search(page, "chr2:264,000")
    shows(page, "chr2:")
    settled(page)
    page.get_by_role("link", name="Models").click()
    expect(page.locator(".st-key-model_mini")).to_be_visible()
    expect(page.get_by_text("CC-BY-4.0").first).to_be_visible()
    page.get_by_role("link", name="Locus").click()
    shows(page, "chr2:")
    expect(page).to_have_url(re.compile("locus=chr2"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_screenshots(server, new_page, request, root, tmp_path, scheme, width):
    page = new_page(width, scheme)
    for name, locus in {
        "globin": CLUSTER,
        "acp1": "chr2:264,000",
        "variant": "chr11:5227002:T>A",
    }.items():
        page.goto(server.link(locus=locus))
        picture(page)
        settled(page)
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{name}.png")
        assert fits(page)
    if request.config.getoption("--update-screenshots") and (scheme, width) == ("light", 1280):
        page.goto(server.link(locus=CLUSTER))
        shows(page, CLUSTER)
        settled(page)
        page.wait_for_timeout(500)
        (root / "docs").mkdir(exist_ok=True)
        page.screenshot(path=root / "docs" / "locus.png")


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_results_are_found_after_a_restart(serve_app, real_genome, new_page, tmp_path):
    for visit in ("computes", "finds"):
        with serve_app(tmp_path, **real_genome) as running:
            page = new_page()
            page.goto(running.url)
            shows(page, CLUSTER)
            print(f"first picture {time.monotonic() - running.started:.1f} s ({visit})")
        files = list((tmp_path / "cache" / "results").rglob("*.val"))
        assert [file.stat().st_mtime < running.began for file in files] == [visit == "finds"]


def test_without_network_or_genome_it_opens_on_the_demo_genome(serve_app, new_page, tmp_path):
    with serve_app(tmp_path) as running:
        page = new_page()
        page.goto(running.url)
        shows(page, "demo1:")
        expect(page.get_by_text("This is the demo genome")).to_be_visible()
        chosen = page.get_by_role("combobox", name="Model")
        expect(chosen).to_have_value(model_title(services.default_model("demo")))
        print(f"first picture {time.monotonic() - running.started:.1f} s")
        settled(page)
        press(page, "More examples")
        expect(page.get_by_role("button", name="HBB (hg38, needs the network)")).to_be_visible()
        press(page, "HBB (hg38, needs the network)")
        expect(page.get_by_text("What to do")).to_be_visible()
        assert "Traceback" not in page.content()


def test_a_fasta_is_opened_by_typing_its_path(page, tmp_path):
    fasta = tmp_path / "own.fa"
    fasta.write_text(">one\n" + "ACGTTGCA" * 20_000 + "\n")
    box = page.locator(".st-key-genome_box input")
    box.click()
    box.fill(str(fasta))
    box.press("Enter")
    shows(page, "one:")
    expect(page.get_by_text("own.fa").first).to_be_visible()
