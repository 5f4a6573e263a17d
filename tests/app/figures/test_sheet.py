"""Pictures composed as panels of one sheet: places, sizes, live text, what is chosen."""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from PIL import Image

from app.figures import composed, layouts, paper
from app.figures.composed import Part, Pending
from app.figures.look import KINDS, PALETTES, SIZES, SWATCHES, Look
from enformer.errors import EnformerLensError
from tests.app.figures.test_locus_paper import tool

SVG = "{http://www.w3.org/2000/svg}"


def drawn(sheet):
    with paper.style(sheet.look):
        figure = composed.draw(sheet)
        figure.draw_without_rendering()
        return figure


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def test_panels_fill_rows_from_left_to_right(picture, overlaid):
    sheet = composed.composed([Part(picture), Part(overlaid, 2), Part(overlaid, 2)], 183)
    (a, b, c) = sheet.placed
    assert (a.letter, b.letter, c.letter) == ("a", "b", "c")
    assert (a.left, a.top, a.width) == (0, 0, 183)
    assert b.left == 0
    assert b.width == c.width == (183 - composed.GAP) / 2
    assert c.left == pytest.approx(b.width + composed.GAP)
    assert b.top == c.top == pytest.approx(a.drawing.height + composed.ROW_GAP)
    assert sheet.height == pytest.approx(b.top + max(b.drawing.height, c.drawing.height))
    across, down = drawn(sheet).get_size_inches() * 25.4
    assert (across, down) == pytest.approx((183, sheet.height))


def test_a_panel_too_narrow_for_its_names_takes_a_row(overlaid):
    sheet = composed.composed([Part(overlaid, 2), Part(overlaid, 2)], 89)
    assert [one.width for one in sheet.placed] == [89, 89]
    assert sheet.placed[1].top > 0


def test_a_panel_shows_the_numbers_of_the_figure_that_stands_alone(picture, overlaid):
    with paper.style():
        alone = layouts.draw(picture, 183)
    steps = drawn(composed.composed([Part(overlaid), Part(picture)], 183)).findobj(StepPatch)
    for one, other in zip(steps[-8:], alone.findobj(StepPatch), strict=True):
        np.testing.assert_array_equal(one.get_data().values, other.get_data().values)


def test_letters_are_bold_lower_case_8_pt_and_only_where_there_are_several(overlaid):
    alone = drawn(composed.composed([Part(overlaid)], 120))
    assert not [t for t in texts(alone) if t.get_fontsize() == 8]
    both = drawn(composed.composed([Part(overlaid), Part(overlaid)], 120))
    letters = [t for t in texts(both) if t.get_fontsize() == 8]
    assert [(t.get_text(), t.get_weight()) for t in letters] == [("a", "bold"), ("b", "bold")]


@pytest.mark.parametrize("size", SIZES)
def test_text_is_of_5_to_7_pt_and_on_its_panel(picture, overlaid, size):
    parts = [Part(overlaid, 2), Part(overlaid, 2), Part(picture)]
    sheet = composed.composed(parts, 183, Look(text=size))
    figure = drawn(sheet)
    sizes = {t.get_fontsize() for t in texts(figure)} - {8.0}
    assert min(sizes) >= 5
    assert max(sizes) <= 7
    assert size in sizes
    for panel in figure.subfigs:
        for text in texts(panel):
            box = text.get_window_extent()
            assert panel.bbox.x0 - 1 <= box.x0 <= box.x1 <= panel.bbox.x1 + 1, text.get_text()


def test_long_titles_of_narrow_panels_keep_their_last_words_off_the_neighbour(at_the_end):
    sheet = composed.composed([Part(at_the_end, 3), Part(at_the_end, 3), Part(at_the_end, 3)], 183)
    figure = drawn(sheet)
    said = " ".join(t.get_text() for t in texts(figure.subfigs[0]))
    assert "never trained: random weights" in said.replace("  ", " ")


def test_colours_are_those_that_were_chosen(picture):
    look = Look(colours=PALETTES["Tol, muted"])
    steps = drawn(composed.composed([Part(picture)], 183, look)).findobj(StepPatch)
    for lane, step in zip(picture.lanes, steps, strict=True):
        wanted = PALETTES["Tol, muted"][lane.kind]
        channels = [int(wanted[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        np.testing.assert_allclose(step.get_facecolor()[:3], channels)


def test_every_palette_has_a_colour_of_its_own_for_each_kind():
    for name, palette in PALETTES.items():
        assert tuple(palette) == KINDS
        assert len(set(palette.values())) == len(KINDS) == len(SWATCHES[name])


def test_parts_can_be_left_out(picture):
    bare = Look(title=False, genes=False, scale_bar=False)
    full, less = (composed.composed([Part(picture)], 183, look) for look in (Look(), bare))
    assert less.height < full.height
    before, after = ({t.get_text() for t in texts(drawn(one))} for one in (full, less))
    assert {"HBB", "Genes", "1 kb", "chr11:8,097-16,288 (hg38)"} <= before - after


def test_a_place_is_kept_for_a_picture_that_is_not_there(picture):
    sheet = composed.composed([Part(Pending("being computed")), Part(picture)], 183)
    assert "being computed" in {t.get_text() for t in texts(drawn(sheet))}


@pytest.mark.parametrize(("count", "width", "said"), [
    (0, 183, "1 to 6 panels"), (7, 183, "1 to 6 panels"), (1, 59, "60 to 183 mm"), (1, 184, "60 to 183"),
])  # fmt: skip
def test_sheets_that_no_page_holds_are_refused(overlaid, count, width, said):
    with pytest.raises(EnformerLensError, match=said):
        composed.composed([Part(overlaid)] * count, width)


@pytest.fixture(scope="module")
def sheet(picture, overlaid):
    return composed.composed([Part(picture), Part(overlaid, 2), Part(overlaid, 2)], 183)


@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_equal_sheets_give_equal_bytes(sheet, form):
    again = replace(sheet, placed=tuple(sheet.placed))
    assert composed.render(sheet, form, "t", "{}") == composed.render(again, form, "t", "{}")


def test_svg_text_is_text_and_nothing_is_pasted_or_masked(sheet):
    written = composed.render(sheet, "svg", "t", '{"of": "all"}')
    tree = ElementTree.fromstring(written)
    said = ["".join(node.itertext()) for node in tree.iter(f"{SVG}text")]
    assert {"a", "b", "c", "HBB", "liver"} <= set(said)
    assert not list(tree.iter(f"{SVG}image"))
    assert b"clip-path" not in written
    source = tree.find(".//{http://purl.org/dc/elements/1.1/}source")
    assert source is not None
    assert source.text == '{"of": "all"}'


def test_pdf_fonts_are_embedded_truetype(sheet, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(composed.render(sheet, "pdf", "t", "{}"))
    rows = tool("pdffonts", path).splitlines()[2:]
    assert rows
    for row in rows:
        assert "CID TrueType" in row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]
    size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", tool("pdfinfo", path))
    assert size is not None
    assert float(size[1]) == pytest.approx(183 / 25.4 * 72, abs=0.1)


def test_png_is_450_dpi(sheet):
    with Image.open(io.BytesIO(composed.render(sheet, "png", "t", "{}"))) as image:
        assert image.info["dpi"] == pytest.approx((450, 450), abs=0.1)
        assert image.width == pytest.approx(183 / 25.4 * 450, abs=1)
