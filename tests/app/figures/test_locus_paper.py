import io
import json
import os
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from PIL import Image

from app.figures import paper
from app.figures.data import Highlight
from app.figures.layouts import draw, render
from app.figures.palette import PAPER
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError

PROVENANCE = json.dumps(
    {"model": "toy", "sha256": "ab" * 32, "note": "a < b & µ"}, ensure_ascii=False
)
FORMATS = ("svg", "pdf", "png")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture, width=183):
    with paper.style():
        figure = draw(picture, width)
        figure.draw_without_rendering()
        return figure


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def steps(figure):
    return figure.findobj(StepPatch)


def test_every_bin_in_view_is_drawn_with_its_number(picture):
    for lane, patch in zip(picture.lanes, steps(drawn(picture)), strict=True):
        np.testing.assert_array_equal(patch.get_data().values, lane.values)
        np.testing.assert_array_equal(patch.get_data().edges, picture.edges)


def test_bins_are_cut_at_the_ends_of_the_view(picture):
    view = Interval("chr11", 8_200, 8_400)
    patch = steps(drawn(replace(picture, view=view)))[0]
    assert list(patch.get_data().edges) == [8_200, 8_224, 8_352, 8_400]
    np.testing.assert_array_equal(patch.get_data().values, picture.lanes[0].values[:3])


@pytest.mark.parametrize("width", paper.WIDTHS)
@pytest.mark.parametrize("count", [1, 5, 8])
def test_size_and_text_follow_the_journals(picture, width, count):
    figure = drawn(replace(picture, lanes=picture.lanes[:count]), width)
    across, down = figure.get_size_inches() * 25.4
    assert across == pytest.approx(width)
    assert down <= 170
    assert all(5 <= text.get_fontsize() <= 7 for text in texts(figure))
    assert {text.get_color() for text in texts(figure)} == {PAPER.ink}


@pytest.mark.parametrize("width", paper.WIDTHS)
def test_all_text_is_on_the_page_and_names_stay_in_their_column(picture, width):
    figure = drawn(picture, width)
    page = figure.bbox
    for text in texts(figure):
        box = text.get_window_extent()
        assert page.x0 <= box.x0 < box.x1 <= page.x1, text.get_text()
        assert page.y0 <= box.y0 < box.y1 <= page.y1, text.get_text()
    left = min(axes.get_window_extent().x0 for axes in figure.axes if axes.get_xlim()[1] > 1)
    for text in figure.texts[1:]:
        assert text.get_window_extent().x1 < left, text.get_text()


@pytest.mark.parametrize("width", paper.WIDTHS)
def test_no_two_names_of_genes_or_tracks_overlap(picture, width):
    figure = drawn(picture, width)
    boxes = [t.get_window_extent() for t in texts(figure) if t.get_style() == "italic"]
    boxes += [t.get_window_extent() for t in figure.texts]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_axes_have_ticks_units_and_no_grid(picture):
    figure = drawn(picture)
    ruler = figure.axes[-1]
    assert ruler.get_xlabel() == "Position on chr11 (kb, hg38)"
    ends = {round(at - 0.5) + 1: label.get_text() for at, label in
            zip(ruler.get_xticks(), ruler.get_xticklabels(), strict=True)}  # fmt: skip
    assert ends[10_000] == "10"
    assert any("(mean coverage" in t.get_text() for t in figure.texts)
    assert not any(line.get_visible() for axes in figure.axes for line in axes.get_xgridlines())
    bar = next(t.get_text() for t in texts(figure) if re.fullmatch(r"\d+ (kb|bp)", t.get_text()))
    assert bar == "1 kb"


def test_nothing_is_clipped_by_masks(picture):
    assert b"clip-path" not in render(picture, 183, "svg", PROVENANCE)


def test_ref_and_alt(overlaid, prediction, alternative):
    filled, outline, ref = steps(drawn(overlaid))[:3]
    part = slice(overlaid.bins_in_view.start, overlaid.bins_in_view.stop)
    for patch, source in ((filled, alternative), (outline, alternative), (ref, prediction)):
        np.testing.assert_array_equal(patch.get_data().values, source.values["human"][part, 0])
    assert mpl.colors.to_hex(ref.get_edgecolor()) == PAPER.reference
    assert {"T>A", "REF: grey line; ALT: filled"} <= {t.get_text() for t in texts(drawn(overlaid))}


def test_marks(at_the_end):
    shown = replace(at_the_end, highlights=(Highlight(Interval("chr11", 2_000, 3_000), "HS1"),))
    said = {text.get_text() for text in texts(drawn(shown))}
    assert {"not predicted", "N padding", "HS1"} <= said
    assert "chr11:1-13,384 (hg38), never trained: random weights" in said


@pytest.mark.parametrize("form", FORMATS)
def test_equal_pictures_give_equal_bytes(picture, form):
    first = render(picture, 120, form, PROVENANCE)
    assert first == render(replace(picture), 120, form, PROVENANCE)
    assert first != render(replace(picture, lanes=picture.lanes[1:]), 120, form, PROVENANCE)


def test_svg_keeps_text_fonts_and_provenance(picture):
    tree = ElementTree.fromstring(render(picture, 183, "svg", PROVENANCE))
    written = ["".join(node.itertext()) for node in tree.iter(f"{SVG}text")]
    assert {"HBB", "ACP1", "liver", "Position on chr11 (kb, hg38)"} <= set(written)
    fonts = {node.get("style", "") for node in tree.iter(f"{SVG}text")}
    assert all("'Arial', 'Helvetica', 'Liberation Sans', 'DejaVu Sans'" in font for font in fonts)
    source = tree.find(".//{http://purl.org/dc/elements/1.1/}source")
    assert source is not None
    assert source.text == PROVENANCE
    assert tree.find(".//{http://purl.org/dc/elements/1.1/}date") is None


def test_png_is_450_dpi_and_holds_provenance(picture):
    with Image.open(io.BytesIO(render(picture, 89, "png", PROVENANCE))) as image:
        assert image.info["Provenance"] == PROVENANCE
        assert image.info["dpi"] == pytest.approx((450, 450), abs=0.1)
        assert image.width == pytest.approx(89 / 25.4 * 450, abs=1)


@pytest.fixture
def pdf(picture, tmp_path):
    path = tmp_path / "locus.pdf"
    path.write_bytes(render(picture, 183, "pdf", PROVENANCE))
    return path


def tool(name, *arguments):
    """What a program of poppler-utils says."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} of poppler-utils is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    command = [found, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_pdf_has_truetype_and_no_outlined_fonts(pdf):
    written = pdf.read_bytes()
    assert b"/CIDFontType2" in written
    assert b"/FontFile2" in written
    assert b"/Type3" not in written


def test_pdf_embeds_truetype_fonts(pdf):
    rows = tool("pdffonts", pdf).splitlines()[2:]
    assert rows
    for row in rows:
        assert "CID TrueType" in row
        assert re.search(r"(Liberation|DejaVu|Arial|Helvetica)", row)
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, mapped to Unicode


def test_pdf_text_can_be_found_and_holds_provenance(pdf):
    words = tool("pdftotext", "-layout", pdf, "-")
    assert "HBB" in words
    assert "chr11:8,097-16,288 (hg38)" in words
    info = tool("pdfinfo", pdf)
    assert PROVENANCE in info
    assert "Predicted tracks over chr11:8,097-16,288" in info
    assert "CreationDate" not in info


def test_settings_of_the_process_are_left_alone(picture):
    before = dict(mpl.rcParams)
    render(picture, 89, "svg", PROVENANCE)
    assert dict(mpl.rcParams) == before


def test_threads_do_not_disturb_each_other(picture):
    picture = replace(picture, lanes=picture.lanes[:1])
    alone, got = {w: render(picture, w, "svg", "{}") for w in paper.WIDTHS}, {}

    def work(width):
        got[width] = render(picture, width, "svg", "{}")

    threads = [threading.Thread(target=work, args=(width,)) for width in paper.WIDTHS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == alone


def test_other_widths_are_refused(picture):
    with pytest.raises(EnformerLensError, match="89, 120, 183 mm"):
        render(picture, 100, "svg", PROVENANCE)


def test_too_many_tracks_for_a_page_are_refused_and_many_are_squeezed(picture):
    twenty = replace(picture, lanes=(picture.lanes * 3)[:20])
    assert drawn(twenty).get_size_inches()[1] * 25.4 <= 170 + 1e-6
    with pytest.raises(EnformerLensError, match="fewer tracks"):
        render(replace(picture, lanes=picture.lanes * 5), 183, "svg", PROVENANCE)
